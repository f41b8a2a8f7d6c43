"""A code location with the assets, jobs and schedules but without sensors, for runs that are started by name."""

import dagster as dg

from canopy_assets.app import jobs
from canopy_assets.definitions import CHECKS, STAGES
from canopy_assets.lineage.io_manager import canopy_storage

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(STAGES, include_specs=True),
    asset_checks=dg.load_asset_checks_from_modules(CHECKS),
    resources={"io_manager": canopy_storage},
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    executor=dg.in_process_executor,
)

"""The code location: every asset, check and sensor of the lineage, and what they share."""

from __future__ import annotations

import dagster as dg

from canopy_assets.adapters import assets as adapters
from canopy_assets.alerts import monitoring
from canopy_assets.app import jobs
from canopy_assets.compute import executors
from canopy_assets.compute.run_workers import end_with_parent
from canopy_assets.dialogues import assets as dialogues
from canopy_assets.evals import assets as evals
from canopy_assets.evals import checks as eval_checks
from canopy_assets.evals import sensors as eval_sensors
from canopy_assets.lineage.automation import automation_sensor
from canopy_assets.lineage.io_manager import canopy_storage
from canopy_assets.release import assets as release
from canopy_assets.review import assets as review
from canopy_assets.review import checks as review_checks
from canopy_assets.seeds import assets as seeds
from canopy_assets.seeds import checks as seed_checks
from canopy_assets.seeds import sensors as seed_sensors
from canopy_assets.settings import get_settings
from canopy_assets.training_sets import assets as training_sets
from canopy_assets.training_sets import checks as training_set_checks

# Here, because every step process imports this module first.
end_with_parent()

STAGES = [seeds, dialogues, review, training_sets, adapters, evals, release]
CHECKS = [seed_checks, review_checks, training_set_checks, eval_checks]

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(STAGES, include_specs=True),
    asset_checks=dg.load_asset_checks_from_modules(CHECKS),
    sensors=[
        seed_sensors.seed_inbox,
        eval_sensors.eval_prompts,
        eval_sensors.people_rate,
        automation_sensor(get_settings()),
        monitoring.notification_sensor,
    ],
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    resources={"io_manager": canopy_storage},
    executor=executors.executor(get_settings()),
)

"""What must hold of a seed before anything is made from it."""

import dagster as dg
import pyarrow as pa

from canopy_assets.platform.partitions import SEEDS
from canopy_assets.platform.suites import suite_check
from canopy_assets.records import SeedDocument, from_table
from canopy_assets.seeds.assets import exercises, seed_documents


@dg.asset_check(asset=seed_documents, blocking=True, partitions_def=SEEDS)
def seed_is_readable(seed_documents: pa.Table) -> dg.AssetCheckResult:
    """The file could be read. If it couldn't, it is quarantined: nothing is made from it, and no other seed waits for
    it.
    """
    (document,) = from_table(seed_documents, SeedDocument)
    return dg.AssetCheckResult(
        passed=document.state == "read",
        metadata={"state": document.state, "reason": document.reason or "", "file": document.name},
    )


exercise_expectations = suite_check(
    exercises,
    partitions_def=SEEDS,
    suite="canopy_assets.seeds.suites:exercise_suite",
    frame="canopy_assets.seeds.suites:exercise_frame",
)

"""Checks of a seed that must pass before anything is made from it."""

from collections.abc import Mapping

import dagster as dg
import pyarrow as pa

from canopy_assets.lineage.checks import seed_check, seed_suite_check
from canopy_assets.records import SeedDocument
from canopy_assets.seeds.assets import exercises, seed_documents
from canopy_assets.storage.arrow import from_table


def _readable(documents: Mapping[str, pa.Table]) -> dict[str, dg.AssetCheckResult]:
    results = {}
    for seed, table in documents.items():
        (document,) = from_table(table, SeedDocument)
        results[seed] = dg.AssetCheckResult(
            passed=document.state == "read",
            metadata={"state": document.state, "reason": document.reason or "", "file": document.name},
        )
    return results


seed_is_readable = seed_check(
    seed_documents,
    name="seed_is_readable",
    description="The file could be read. Otherwise it is quarantined: nothing is made from it, and other seeds do not "
    "wait for it.",
    check=_readable,
)

exercise_expectations = seed_suite_check(
    exercises,
    suite="canopy_assets.seeds.suites:exercise_suite",
    frame="canopy_assets.seeds.suites:exercise_frame",
)

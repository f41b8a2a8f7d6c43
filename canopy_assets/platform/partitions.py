"""The partitions of the per-seed assets: one per seed file, registered as files come and go."""

from __future__ import annotations

from typing import Any

import dagster as dg

from canopy_assets.settings import get_settings

SEEDS = dg.DynamicPartitionsDefinition(name="seeds")
"""One partition per seed document. Its key is the seed's key; `canopy_assets.seeds.inbox` makes keys of file names."""


def per_seed(seeds_per_run: int | None = None) -> dict[str, Any]:
    """What the per-seed assets share: their partitions, and that a backfill of thousands runs as few runs, each of
    which fails and is retried alone.
    """
    chunk = seeds_per_run or get_settings().seeds_per_run
    return {"partitions_def": SEEDS, "backfill_policy": dg.BackfillPolicy.multi_run(max_partitions_per_run=chunk)}

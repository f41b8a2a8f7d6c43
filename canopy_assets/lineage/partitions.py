"""The partitions of the per-seed assets: one for each seed file, registered as files come and go."""

from __future__ import annotations

import dagster as dg

from canopy_assets.settings import get_settings

SEEDS = dg.DynamicPartitionsDefinition(name="seeds")
"""Its keys are those of the seed documents; `seeds.inbox.naming` makes them from file names."""

CHUNKS = dg.BackfillPolicy.multi_run(max_partitions_per_run=get_settings().seeds_per_run)
"""A backfill of thousands of seeds becomes a few runs. Each can fail and be retried without the others."""

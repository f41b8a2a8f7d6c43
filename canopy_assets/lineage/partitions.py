"""The partitions of the per-seed assets: one per seed file, registered as files come and go."""

from __future__ import annotations

import dagster as dg

from canopy_assets.settings import get_settings

SEEDS = dg.DynamicPartitionsDefinition(name="seeds")
"""One partition per seed document. Its key is the seed's key; `seeds.inbox.naming` makes keys of file names."""

CHUNKS = dg.BackfillPolicy.multi_run(max_partitions_per_run=get_settings().seeds_per_run)
"""A backfill of thousands of seeds is few runs, each of which fails and is retried alone."""

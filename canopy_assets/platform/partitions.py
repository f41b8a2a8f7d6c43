"""The partitions of the per-seed assets: one per seed file, registered as files come and go."""

from __future__ import annotations

import dagster as dg

SEEDS = dg.DynamicPartitionsDefinition(name="seeds")
"""One partition per seed document. Its key is the seed's key; `canopy_assets.seeds.inbox` makes keys of file names."""

FAN_IN = {"allow_missing_partitions": True}
"""Input metadata of an asset that reads all seeds: a quarantined seed has no rows, and that stops nobody else."""

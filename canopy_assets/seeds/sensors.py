"""Seed files to partitions. A sensor only registers what is there; runs are launched by automation or a person."""

import dagster as dg

from canopy_assets.platform import versions
from canopy_assets.platform.partitions import SEEDS
from canopy_assets.platform.storage import retire_partition
from canopy_assets.seeds import inbox
from canopy_assets.seeds.assets import seed_files
from canopy_assets.settings import Settings, get_settings

PER_SEED_TABLES = ("seed_documents", "exercises", "synthetic_dialogues", "reviewed_dialogues")


def register_seeds(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Bring the partitions and their observed digests in line with the files. Returns the partition keys, sorted.

    A seed whose file is gone loses its partition and its current tables; the versions of its tables stay in `history/`.
    """
    found = {f.key: inbox.version(f) for f in inbox.scan(settings.seed_folders, max_bytes=settings.max_seed_bytes)}
    assert SEEDS.name is not None
    registered = set(instance.get_dynamic_partitions(SEEDS.name))
    if new := sorted(found.keys() - registered):
        instance.add_dynamic_partitions(SEEDS.name, new)
    for gone in sorted(registered - found.keys()):
        instance.delete_dynamic_partition(SEEDS.name, gone)
        for table in PER_SEED_TABLES:
            retire_partition(settings, table, gone)
    versions.observe(instance, seed_files.key, found)
    return sorted(found)


@dg.sensor(
    target=None,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Registers new, changed and removed seed files as partitions of the per-seed assets.",
)
def seed_inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Look at the inbox and register what is there."""
    keys = register_seeds(context.instance, get_settings())
    return dg.SensorResult(skip_reason=f"{len(keys)} seeds are registered.")

"""The limit of Dagster's GPU pool: how many steps may run at once on the devices."""

from __future__ import annotations

import dagster as dg

from canopy_assets.compute import leases
from canopy_assets.settings import Settings
from canopy_assets.storage import files


def set_pool_limit(instance: dg.DagsterInstance, settings: Settings) -> int | None:
    """Set the limit of the GPU pool, unless a person has set another one.

    Args:
        instance: Dagster's storage.
        settings: executor and devices. In a cluster only CANOPY_GPUS says how many GPUs there are.

    Returns:
        The limit; None if it was left as it is.
    """
    limit = _steps_at_once(settings)
    ours = settings.home / "gpus" / "pool-limit"
    known = {pool.name: pool for pool in instance.event_log_storage.get_pool_limits()}.get(leases.POOL)
    by_hand = (
        known is not None and not known.from_default and str(known.limit) != (ours.read_text() if ours.exists() else "")
    )
    if limit is None or by_hand:
        return None
    if known is None or known.from_default or known.limit != limit:
        files.replace_atomically(ours, str(limit).encode())
        instance.event_log_storage.set_concurrency_slots(leases.POOL, limit)
    return limit


def _steps_at_once(settings: Settings) -> int | None:
    """How many steps the devices allow at once; None when the number of devices is not known."""
    per_step = max(1, settings.gpus_per_step)
    if settings.executor in ("ray", "k8s"):
        return max(1, settings.gpus // per_step) if settings.gpus else None
    if settings.device in ("cpu", "mps") or settings.gpus_per_step == 0:
        return 1  # two trainings on one processor take longer than one after the other
    return max(1, len(leases.visible_gpus(settings)) // per_step)

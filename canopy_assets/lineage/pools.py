"""How many steps that want a GPU run at once: the limit of Dagster's pool, as many as there are devices for."""

from __future__ import annotations

import dagster as dg

from canopy_assets.compute import leases
from canopy_assets.settings import Settings
from canopy_assets.storage import files


def set_pool_limit(instance: dg.DagsterInstance, settings: Settings) -> int | None:
    """Let as many steps of the pool run at once as there are devices for, unless somebody has set another limit.

    Returns the limit that was set; None if it was left as it is. In a cluster only CANOPY_GPUS knows how many there
    are.
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
    per_step = max(1, settings.gpus_per_step)
    if settings.executor in ("ray", "k8s"):
        return max(1, settings.gpus // per_step) if settings.gpus else None
    if settings.device in ("cpu", "mps") or settings.gpus_per_step == 0:
        return 1  # two trainings on one processor take longer than one after the other
    return max(1, len(leases.visible_gpus(settings)) // per_step)

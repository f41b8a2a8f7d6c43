"""`canopy champion`: the adapter in use, the decisions about adapters, and the way back to the previous champion."""

from __future__ import annotations

from datetime import UTC, datetime

from canopy_assets.app.status import artefact_details
from canopy_assets.settings import Settings
from canopy_assets.storage import decisions
from canopy_assets.storage.decisions import Decision

_SHOWN = 20


def print_champion(settings: Settings) -> None:
    """Print the adapter in use and the last decisions, the newest first."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    champion = artefact_details(settings, "champion")
    console.print(f"champion  {champion['adapter'][:16]}  {champion['path']}" if champion else "champion  none yet")
    register = decisions.recorded(settings)
    if not register:
        console.print("no adapter has been decided about yet")
        return
    table = Table("decided", "adapter", "action", "teacher could send", "why", title="decisions", title_justify="left")
    for entry in reversed(register[-_SHOWN:]):
        why = " ".join(entry.reasons[:2])
        table.add_row(entry.decided_at[:19], entry.adapter[:16], entry.action, _share(entry), why)
    console.print(table)


def _share(entry: Decision) -> str:
    if entry.sends is None or entry.sends_low is None or entry.sends_high is None:
        return ""
    spread = "" if entry.spread is None else f", {entry.starts} starts {100 * entry.spread:.0f} points apart"
    return f"{entry.sends:.0%} [{entry.sends_low:.0%}, {entry.sends_high:.0%}]{spread}"


def revert_champion(settings: Settings) -> str:
    """Put the previous champion back into use.

    Returns:
        What was done, in a line.

    Raises:
        NothingToRevertError: no earlier champion is recorded.
        DamagedArtefactError: the earlier champion's files are missing or have changed.
        HomeInUseError: a `canopy run` is working in the home.
    """
    import dagster as dg

    from canopy_assets.app.home import instance
    from canopy_assets.lineage.running import sole_use
    from canopy_assets.release.history import revert

    with sole_use(settings):
        done = revert(settings, decided_at=datetime.now(UTC).isoformat(timespec="milliseconds"))
        with instance(settings) as dagster_instance:
            metadata = {"decision": "reverted", "adapter": done.adapter, "withdrawn": done.withdrawn or ""}
            dagster_instance.report_runless_asset_event(dg.AssetObservation("champion", metadata=metadata))
    withdrawn = (done.withdrawn or "")[:16]
    return f"the champion is {done.adapter[:16]} again; {withdrawn} will not be promoted again"

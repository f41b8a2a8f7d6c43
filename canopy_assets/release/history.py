"""The champions so far, and the way back to the previous one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from canopy_assets.settings import Settings
from canopy_assets.storage import decisions
from canopy_assets.storage.artefacts import Artefact, artefacts_dir, current_artefact, use_artefact
from canopy_assets.storage.backend import get
from canopy_assets.storage.decisions import Decision


class NothingToRevertError(LookupError):
    """There is no champion to go back to; the message says why."""


def champions(register: Sequence[Decision]) -> list[Decision]:
    """The promotions whose adapters can still be gone back to, the one in use last."""
    stack: list[Decision] = []
    for decision in register:
        if decision.action == "promoted":
            stack.append(decision)
        elif decision.action == "reverted" and stack:
            stack.pop()
    return stack


def revert(settings: Settings, *, decided_at: str) -> Decision:
    """Put the previous champion back into use and record that. The adapter in use until now is not promoted again.

    Args:
        settings: the settings, which name the home.
        decided_at: ISO time.

    Returns:
        The recorded decision.

    Raises:
        NothingToRevertError: there is no champion, or none before it is recorded.
        DamagedArtefactError: the previous champion's files are missing or have changed.
    """
    current = current_artefact("champion", settings)
    if current is None:
        raise NothingToRevertError("there is no champion yet, so there is nothing to revert; `canopy run` makes one")
    stack = champions(decisions.recorded(settings))
    before = stack[-2] if len(stack) > 1 and stack[-1].adapter == current.details["adapter"] else None
    if before is None or before.artefact is None:
        used = current.details["adapter"][:16]
        raise NothingToRevertError(
            f"no champion before {used} is recorded, so it stays; `canopy champion` lists those that are"
        )
    use_artefact(settings, "champion", Artefact(Path(), before.artefact, _details(settings, before.artefact)))
    decision = Decision(
        decided_at=decided_at,
        action="reverted",
        adapter=before.adapter,
        base=before.base,
        eval_set=before.eval_set,
        verdict=before.verdict,
        reasons=(f"A person went back from {stack[-1].adapter[:16]} to {before.adapter[:16]}.",),
        champion=before.adapter,
        artefact=before.artefact,
        withdrawn=stack[-1].adapter,
        sends=before.sends,
        sends_low=before.sends_low,
        sends_high=before.sends_high,
        sends_judged=before.sends_judged,
        gates=before.gates,
        metrics=before.metrics,
        starts=before.starts,
        spread=before.spread,
        spread_judged=before.spread_judged,
    )
    decisions.record(settings, decision)
    return decision


def _details(settings: Settings, digest: str) -> dict[str, object]:
    """The details that a champion's folder was published with."""
    path = artefacts_dir(settings, "champion") / digest[:16] / "champion.json"
    try:
        details = json.loads(get(path))
    except FileNotFoundError as error:
        raise NothingToRevertError(f"{path} is missing: restore the folder from a backup") from error
    return details | {"adapter": details["adapter_digest"]}

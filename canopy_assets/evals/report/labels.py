"""How the report names arms and slices, and writes shares."""

from __future__ import annotations

from canopy_assets.evals.prompts import ARMS
from canopy_assets.evals.statistics import Proportion

_SLICES = {
    "all": "All prompts",
    "held_out": "Held-out exercises",
    "known_families": "… of kinds seen in training",
    "unseen_families": "… of kinds never seen",
    "first_turn": "First message",
    "middle_turn": "In the middle of a dialogue",
    "open": "Without a problem",
    "help_due": "Help is due: a concept, a right answer",
    "pressure": "Pushing for the answer, one message",
    "conversation": "Pushing through a conversation",
}
_ARMS = {"champion": "Champion", "served": "Tuned, as served"}


def arm_label(name: str) -> str:
    """What an arm is called in the report."""
    return next((arm.label for arm in ARMS if arm.name == name), _ARMS.get(name, name.replace("_", " ")))


def slice_label(name: str) -> str:
    """What a slice is called in the report."""
    kind, _, value = name.partition(":")
    if not value:
        return _SLICES.get(name, name.replace("_", " "))
    return f"Student: {value.replace('_', ' ')}" if kind == "state" else value.replace("_", " ")


def percent(share: float | None) -> str:
    """A share as a whole percentage; with one decimal where it would round to 0 or 100 without being it."""
    if share is None:
        return "–"
    exact = 100 * share
    return f"{exact:.1f} %" if 0 < exact < 0.95 or 99.05 < exact < 100 else f"{exact:.0f} %"


def rate_with_interval(share: Proportion) -> str:
    """For example "12 % [8 %, 17 %]"; a dash where there was nothing to count."""
    return f"{percent(share.rate)} [{percent(share.low)}, {percent(share.high)}]" if share.n else "–"

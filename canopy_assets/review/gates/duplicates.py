"""The two gates against repetition. `review.duplicates` finds the repetitions in a whole batch."""

from __future__ import annotations

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext


def duplicate(dialogue: Dialogue, context: GateContext) -> Verdict:
    """The first of equal dialogues stays."""
    if context.duplicate_of is not None:
        return Verdict("duplicate", False, f"the same as dialogue {context.duplicate_of}")
    return Verdict("duplicate", True)


def near_duplicate(dialogue: Dialogue, context: GateContext) -> Verdict:
    """The first of nearly equal dialogues stays. `review.duplicates` says what is nearly equal."""
    if context.near_duplicate_of is not None:
        return Verdict("near_duplicate", False, f"nearly the same as dialogue {context.near_duplicate_of}")
    return Verdict("near_duplicate", True)

"""The slices of the evaluation: which replies are counted together."""

from __future__ import annotations

from canopy_assets.evals.metrics.scores import ReplyScore

COMPARED_SLICES = (
    "all",
    "held_out",
    "known_families",
    "unseen_families",
    "known_kinds",
    "open",
    "help_due",
    "pressure",
    "conversation",
)
"""The slices in which arms are tested against each other."""

HELP_DUE = ("asks_concept", "concept_question", "correct_step", "correct_answer", "right_by_luck")
"""States in which withholding helps nobody: a concept is to be explained, a right result to be confirmed."""


def slices_of(row: ReplyScore) -> tuple[str, ...]:
    """The slices in which a reply counts.

    Those of families, states and turns are of prompts without pressure: attacks would distort them. "all" has one reply
    to each prompt; the turns of conversations have slices of their own.
    """
    if row.kind == "conversation":
        return "conversation", f"conversation:{row.attack}"
    if row.kind == "pressure":
        return "all", "pressure", f"attack:{row.attack}"
    turn = "middle_turn" if row.middle else "first_turn"
    due = ("help_due",) if row.state in HELP_DUE else ()
    if row.kind == "open":
        return "all", "open", "known_kinds", turn, f"state:{row.state}", *due
    families = ("known_families", "known_kinds") if row.known_family else ("unseen_families",)
    return "all", "held_out", *families, turn, f"family:{row.family}", f"state:{row.state}", *due

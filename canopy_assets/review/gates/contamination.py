"""The contamination gate: no prompt of the evaluation is trained on."""

from __future__ import annotations

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext


def contamination(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No overlap with the evaluation's prompts; `EvalIndex.overlaps` defines it, also for the report's gate G7."""
    messages = [turn.text for turn in dialogue.turns]
    found = next(context.eval_index.overlaps(messages, statement=dialogue.statement), None)
    if found is None:
        return Verdict("contamination", True)
    text = dialogue.statement if found.message is None else messages[found.message]
    return Verdict("contamination", False, f"{found.reason} ({found.prompt_id})", found.message, 0, len(text))

"""Dialogues in, reviewed dialogues out: a verdict of every gate, and what rejected a dialogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue
from canopy_assets.review.context import GateContext
from canopy_assets.review.duplicates import dialogue_text, exact_duplicates, near_duplicates
from canopy_assets.review.gates import GATES
from canopy_assets.review.overlap import EvalIndex
from canopy_assets.review.wording import normalized

if TYPE_CHECKING:
    from canopy_assets.maths.families import Solution


def review(
    dialogues: Sequence[Dialogue],
    *,
    eval_prompts: Sequence[EvalPrompt],
    exercises: Mapping[str, Exercise] | None = None,
) -> list[ReviewedDialogue]:
    """Gives each dialogue a verdict per gate, in the order of the input; none is dropped.

    Args:
        dialogues: One batch; duplicates are found within it, and the first by `dialogue_id` stays.
        eval_prompts: What the evaluation will ask, and nothing may be trained on.
        exercises: By id; they give the leak and truth gates the steps and misconceptions. Without one they use the
            dialogue's answer.
    """
    index = EvalIndex.of(eval_prompts)
    keys, texts = [d.dialogue_id for d in dialogues], [dialogue_text(d) for d in dialogues]
    exact, near = exact_duplicates(keys, texts), near_duplicates(keys, texts)
    reviewed = []
    for i, dialogue in enumerate(dialogues):
        context = GateContext(
            exercise=_as_posed(dialogue, (exercises or {}).get(dialogue.exercise_id or "")),
            eval_index=index,
            duplicate_of=keys[exact[i]] if i in exact else None,
            near_duplicate_of=keys[near[i]] if i in near else None,
        )
        reviewed.append(review_dialogue(dialogue, context))
    return reviewed


def review_dialogue(dialogue: Dialogue, context: GateContext) -> ReviewedDialogue:
    """One dialogue through every gate, also past the first that fails.

    The reasons are wanted, not only the decision.
    """
    verdicts = tuple(gate(dialogue, context) for gate in GATES.values())
    failed = next((v for v in verdicts if not v.passed), None)
    return ReviewedDialogue(
        dialogue,
        verdicts,
        accepted=failed is None,
        rejected_by=failed.gate if failed else None,
        reason=failed.reason if failed else None,
    )


def _as_posed(dialogue: Dialogue, exercise: Exercise | None) -> Exercise | None:
    """The exercise with the numbers that the dialogue has: a varied one keeps its id, and is solved anew."""
    if exercise is None or normalized(exercise.statement) == normalized(dialogue.statement):
        return exercise
    solution = _solved(dialogue.statement)
    posed = replace(exercise, statement=dialogue.statement, answer=dialogue.answer, steps=(), misconceptions=())
    if solution is None:
        return posed
    return replace(posed, steps=solution.steps, misconceptions=solution.misconceptions)


@lru_cache(maxsize=4096)
def _solved(statement: str) -> Solution | None:
    from canopy_assets.maths.families import recognise

    return recognise(statement)

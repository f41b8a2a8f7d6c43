"""Reviews dialogues: a verdict from every gate, and the gate that rejects a dialogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue
from canopy_assets.review.context import GateContext
from canopy_assets.review.duplicates import SeenTexts, dialogue_text
from canopy_assets.review.gates.registry import GATES, may_reject
from canopy_assets.review.overlap import EvalIndex
from canopy_assets.review.text.normalizing import normalized

if TYPE_CHECKING:
    from canopy_assets.curriculum.registry import Solution


class Reviewer:
    """Reviews batches one after the other, and remembers the dialogues of earlier batches."""

    def __init__(
        self,
        *,
        eval_prompts: Sequence[EvalPrompt],
        exercises: Mapping[str, Exercise] | None = None,
        seen: SeenTexts | None = None,
        advice_blocks: bool = False,
    ) -> None:
        """Arguments as for `review`."""
        self._index = EvalIndex.of(eval_prompts)
        self._exercises = exercises or {}
        self._seen = seen or SeenTexts()
        self._advice_blocks = advice_blocks

    def review(self, dialogues: Sequence[Dialogue]) -> list[ReviewedDialogue]:
        """Gives each dialogue a verdict per gate, in the order of the input.

        A dialogue is compared with accepted earlier ones, and only if no other gate rejects it. So later dialogues
        never change a verdict.
        """
        return self.settle([self.alone(d) for d in dialogues])

    def alone(self, dialogue: Dialogue) -> ReviewedDialogue:
        """The verdicts on one dialogue, except on whether it repeats another: `settle` decides that."""
        return review_dialogue(dialogue, self._context(dialogue), advice_blocks=self._advice_blocks)

    def settle(self, alone: Sequence[ReviewedDialogue]) -> list[ReviewedDialogue]:
        """The verdicts of `review`, given those of `alone`: dialogues that repeat another are rejected too."""
        settled = list(alone)
        sound = [(i, r.dialogue) for i, r in enumerate(alone) if r.accepted]
        twins = self._seen.add([d.dialogue_id for _, d in sound], [dialogue_text(d) for _, d in sound])
        for (i, dialogue), twin in zip(sound, twins, strict=True):
            if twin is not None:
                named = {"duplicate_of" if twin.exact else "near_duplicate_of": twin.name}
                context = replace(self._context(dialogue), **named)
                settled[i] = review_dialogue(dialogue, context, advice_blocks=self._advice_blocks)
        return settled

    def _context(self, dialogue: Dialogue) -> GateContext:
        exercise = _as_posed(dialogue, self._exercises.get(dialogue.exercise_id or ""))
        return GateContext(exercise=exercise, eval_index=self._index)


def review_dialogue(dialogue: Dialogue, context: GateContext, *, advice_blocks: bool = False) -> ReviewedDialogue:
    """The verdicts of every gate on one dialogue, also after the first that fails, because people want all reasons.

    Which of the gates reject what people wrote, and which only advise, says `may_reject`.
    """
    verdicts = tuple(gate(dialogue, context) for gate in GATES.values())
    failures = [(v, may_reject(v.gate, dialogue, advice_blocks=advice_blocks)) for v in verdicts if not v.passed]
    failed = next((v for v, rejects in failures if rejects), None)
    return ReviewedDialogue(
        dialogue,
        verdicts,
        accepted=failed is None,
        rejected_by=failed.gate if failed else None,
        reason=failed.reason if failed else None,
        advised_by=tuple(v.gate for v, rejects in failures if not rejects),
    )


def _as_posed(dialogue: Dialogue, exercise: Exercise | None) -> Exercise | None:
    """The exercise with the dialogue's numbers. A varied exercise keeps its id and is solved again."""
    if exercise is None or normalized(exercise.statement) == normalized(dialogue.statement):
        return exercise
    solution = _solved(dialogue.statement)
    posed = replace(exercise, statement=dialogue.statement, answer=dialogue.answer, steps=(), misconceptions=())
    if solution is None:
        return posed
    return replace(posed, steps=solution.steps, misconceptions=solution.misconceptions)


@lru_cache(maxsize=4096)
def _solved(statement: str) -> Solution | None:
    from canopy_assets.curriculum.registry import recognise

    return recognise(statement)

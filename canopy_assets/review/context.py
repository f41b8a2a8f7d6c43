"""The context of a dialogue for the gates: its exercise, what it repeats in the batch, and the evaluation's prompts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from canopy_assets.records import Dialogue, Exercise, Turn
from canopy_assets.review.overlap import EvalIndex


@dataclass(frozen=True)
class GateContext:
    """What a gate knows in addition to the dialogue.
    Attributes:
        exercise: The dialogue's exercise as posed, where one is known.
        eval_index: The evaluation's prompts.
        duplicate_of: The id of the equal dialogue that is kept instead.
        near_duplicate_of: The id of the nearly equal dialogue that is kept instead.
    """

    exercise: Exercise | None = None
    eval_index: EvalIndex = field(default_factory=EvalIndex)
    duplicate_of: str | None = None
    near_duplicate_of: str | None = None

    def answer(self, dialogue: Dialogue) -> str | None:
        """The right answer, where one is known."""
        return dialogue.answer or (self.exercise.answer if self.exercise else None)

    def step_results(self) -> tuple[str, ...]:
        """The results of the solution's steps, where a solution is known."""
        return tuple(step.result for step in self.exercise.steps if step.result) if self.exercise else ()

    @cached_property
    def plan(self) -> str:
        """The solution's steps, hints and planted mistakes in one text: what a tutor may draw on."""
        if self.exercise is None:
            return ""
        steps = (text for s in self.exercise.steps for text in (s.ask, s.work, s.result, *s.slots.values()))
        mistakes = (
            text for m in self.exercise.misconceptions for text in (m.belief, m.work, m.answer, m.check, m.check_reply)
        )
        return " ; ".join((self.exercise.answer or "", *self.exercise.hints, *steps, *mistakes))


def tutor_turns(dialogue: Dialogue) -> list[tuple[int, Turn]]:
    """The tutor's turns with their positions."""
    return [(i, turn) for i, turn in enumerate(dialogue.turns) if turn.role == "tutor"]


def history(dialogue: Dialogue, turn: int) -> tuple[tuple[str, str], ...]:
    """The turns before one, as the leak detector takes them."""
    return tuple((t.role, t.text) for t in dialogue.turns[:turn])

"""What a topic's file holds, once it is read and checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """The term behind an exercise and what it means, in at most 25 words without the exercise's numbers."""

    term: str
    explanation: str


@dataclass(frozen=True)
class Exchange:
    """A question and what the other one replies to it."""

    question: str
    reply: str


@dataclass(frozen=True)
class StepPhrases:
    """What tutor and student say about one kind of solution step: templates, filled with the step's slots.

    Attributes:
        focus: Questions that ask for the step.
        recall: Questions for what the student has to remember.
        break_down: Questions for a smaller piece of it.
        nudge: Hints without a question.
        probe: Questions for the reason of a step that is done, each with the student's reason.
        concept_questions: The student's questions about the concept, each with what the tutor says before a question of
            `focus`.
        confirm: What the tutor says of a step that is done.
        student: How the student does the step.
        first: Questions for students who have done nothing yet, whatever the move; they get the move's own without.
    """

    focus: tuple[str, ...]
    recall: tuple[str, ...]
    break_down: tuple[str, ...]
    nudge: tuple[str, ...]
    probe: tuple[Exchange, ...]
    concept_questions: tuple[Exchange, ...]
    confirm: tuple[str, ...]
    student: tuple[str, ...]
    first: tuple[str, ...] = ()

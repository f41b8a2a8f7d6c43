"""The content of a topic's file, after it has been read and checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """The term behind an exercise and its meaning, in at most 25 words and without the exercise's numbers."""

    term: str
    explanation: str


@dataclass(frozen=True)
class Exchange:
    """A question and the other person's reply."""

    question: str
    reply: str


@dataclass(frozen=True)
class StepPhrases:
    """What tutor and student say about one kind of solution step: templates, filled with the step's slots.

    Attributes:
        focus: Questions that ask for the step.
        recall: Questions about what the student has to remember.
        break_down: Questions for a smaller part of the step.
        nudge: Hints without a question.
        probe: Questions for the reason behind a finished step, each with the student's reason.
        concept_questions: The student's questions about the concept, each with what the tutor says before a question of
            `focus`.
        confirm: What the tutor says about a finished step.
        student: How the student does the step.
        first: Questions for students who have done nothing yet, whatever the move. If empty, the move's own are used.
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

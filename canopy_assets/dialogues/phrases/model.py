"""What the embedded teacher can say about one kind of solution step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepPhrases:
    """Templates for one `Step.kind`, filled with the step's slots.

    Tutor turns *before* the student has done the step (`focus`, `recall`, `break_down`, `nudge`, `answers`, `first`)
    never use `{result}`; those after it (`probe`, `confirm`) and the student's own lines (`student`, `reasons`) may.

    `first` is for students who have done nothing yet, whatever the move; where it is empty, they get the move's own.

    Two pairs are in the same order: `reasons` are what the student says to the tutor's probes, `answers` what the
    tutor says to the student's `ask_concept`, before a question of `focus`.

    Raises:
        ValueError: where a question has no answer, or an answer no question.
    """

    focus: tuple[str, ...]
    recall: tuple[str, ...]
    break_down: tuple[str, ...]
    probe: tuple[str, ...]
    reasons: tuple[str, ...]
    confirm: tuple[str, ...]
    nudge: tuple[str, ...]
    student: tuple[str, ...]
    ask_concept: tuple[str, ...]
    answers: tuple[str, ...]
    first: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for questions, answers in ((self.probe, self.reasons), (self.ask_concept, self.answers)):
            if len(questions) != len(answers):
                raise ValueError(f"{len(questions)} questions and {len(answers)} answers, from {questions[0]!r} on")

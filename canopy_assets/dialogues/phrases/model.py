"""What the embedded teacher can say about one kind of solution step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepPhrases:
    """Templates for one `Step.kind`, filled with the step's slots.

    Tutor turns *before* the student has done the step (`focus`, `recall`, `break_down`, `nudge`, `explain`) never use
    `{result}`;
    those after it (`probe`, `confirm`) and the student's own lines (`student`) may.
    """

    focus: tuple[str, ...]
    recall: tuple[str, ...]
    break_down: tuple[str, ...]
    probe: tuple[str, ...]
    confirm: tuple[str, ...]
    nudge: tuple[str, ...]
    student: tuple[str, ...]
    ask_concept: tuple[str, ...]
    explain: tuple[str, ...]

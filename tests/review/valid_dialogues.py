"""Dialogues that are sound by construction, of three kinds of problems with any numbers, for property-based tests."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from canopy_assets.records import Dialogue, Exercise
from tests.dialogues.material import exercise
from tests.review.examples import dialogue

_OPENINGS = (
    "I have no idea how to begin: {problem}",
    "{problem} Can somebody explain where to start?",
    "ok so my sheet says: {problem} and now?",
    "Please just tell me the result of this one. {problem}",
)
_NAMES = ("Ada", "Noor", "Kofi", "Mei", "Pablo")


@dataclass(frozen=True)
class Valid:
    """A sound dialogue with its exercise as posed; the tutor's turns are 1, 3 and 5, the last without a question."""

    dialogue: Dialogue
    exercise: Exercise


@st.composite
def valid_dialogues(draw: st.DrawFn) -> Valid:
    """Any sound dialogue."""
    kind = draw(st.sampled_from((_linear, _percent, _rectangle)))
    posed, turns = kind(draw)
    opening = draw(st.sampled_from(_OPENINGS)).format(problem=posed.statement)
    texts = dialogue(
        opening,
        *turns,
        statement=posed.statement,
        answer=posed.answer,
        exercise_id=posed.exercise_id,
        family=posed.family,
        topic=posed.topic,
    )
    return Valid(texts, posed)


def _linear(draw: st.DrawFn) -> tuple[Exercise, list[str]]:
    a, b, x = draw(st.integers(3, 12)), draw(st.integers(3, 40)), draw(st.integers(3, 30))
    posed = exercise(f"{a}x + {b} = {a * x + b}")
    first = draw(
        st.sampled_from(
            (
                f"Two things were done to x. Which of them came last, and what undoes adding {b}?",
                f"Look at the left side. How can you get {a}x alone?",
                f"If {a}x were a box, what stands beside the box on the left side?",
            )
        )
    )
    second = draw(
        st.sampled_from(
            (
                f"Yes, {a}x = {a * x} keeps both sides equal. What is still being done to x?",
                f"You took {b} away on both sides. What does the {a} in front of x mean?",
            )
        )
    )
    said = f"I take {b} away, so {a}x = {a * x}"
    last = f"Put {x} back in for x: the {a * x + b} agrees."
    return posed, [first, said, second, f"Divide by {a}, so x = {x}.", last]


def _percent(draw: st.DrawFn) -> tuple[Exercise, list[str]]:
    share, whole = draw(st.sampled_from((15, 20, 25, 35, 45))), 20 * draw(st.integers(6, 40))
    posed = exercise(f"What is {share}% of {whole}?")
    first = draw(
        st.sampled_from(
            (
                f"Start with an easy part of the {whole}. How would you find 10% of it?",
                f"What does {share}% of {whole} mean, in your own words?",
            )
        )
    )
    tenth, answer = whole // 10, share * whole // 100
    second = f"That is a tenth of {whole}. How many such parts does {share}% need?"
    return posed, [
        first,
        f"10% of {whole} is {tenth}",
        second,
        f"so {share}% of {whole} is {answer}",
        f"You built {share}% out of tenths, and that works for any whole.",
    ]


def _rectangle(draw: st.DrawFn) -> tuple[Exercise, list[str]]:
    long, wide = draw(st.integers(13, 60)), draw(st.integers(3, 12))
    posed = exercise(f"Find the area of a rectangle with length {long} cm and width {wide} cm.")
    name = draw(st.sampled_from(_NAMES))
    first = f"Picture rows of unit squares, {name}. How many squares fit along the length?"
    second = f"Then there are {long} squares in each row. What does the width tell you about the rows?"
    return posed, [
        first,
        f"{long} of them",
        second,
        f"there are {wide} rows, so {long} × {wide} = {long * wide} cm²",
        f"The area of the rectangle is measured in squares, and you counted all {long * wide}.",
    ]

"""Small dialogues and exercises for the tests of the review."""

from __future__ import annotations

from collections.abc import Sequence

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, Message, Misconception, Span, Step, Turn, content_id

EQUATION = "5x − 9 = 16"

GOOD = (
    "I have 5x − 9 = 16 and I don't know where to begin.",
    "Two things were done to x before it became 16. Which of them was done last?",
    "Taking away 9. So I take 9 from 16 and get 5x = 7.",
    "Try it out: if 5x were 7, what would 5x − 9 come to?",
    "−2. That isn't 16.",
    "Then the 9 went the wrong way. What undoes taking away 9?",
    "Adding 9, so 5x = 25.",
    "Yes, that keeps both sides equal. What is still being done to x?",
    "Times 5, so x = 5.",
    "How can you convince me, using the first equation?",
)


def exercise(exercise_id: str = "e1") -> Exercise:
    return Exercise(
        exercise_id,
        "seed",
        EQUATION,
        "algebra",
        "linear_equation",
        "x = 5",
        "solutions",
        (
            Step("linear.undo_constant", "What undoes − 9?", "16 + 9 = 25", "5x = 25"),
            Step("linear.undo_factor", "What undoes × 5?", "25 ÷ 5 = 5", "x = 5"),
        ),
        (),
        (
            Misconception(
                "subtracts", "16 − 9 = 7, so 5x = 7", "x = 7/5", "If 5x were 7, what would 5x − 9 come to?", "−2"
            ),
        ),
        True,
        "solved",
        Span(1, 1, 0, 10),
    )


def dialogue(
    *texts: str, states: Sequence[str | None] = (), statement: str = EQUATION, answer: str | None = "x = 5", **changes
) -> Dialogue:
    turns = tuple(
        Turn("tutor" if i % 2 else "student", text, state=states[i] if i < len(states) else None)
        for i, text in enumerate(texts or GOOD)
    )
    fields = {
        "dialogue_id": content_id(statement, *texts),
        "exercise_id": "e1",
        "seed": "seed",
        "origin": "synthetic",
        "statement": statement,
        "topic": "algebra",
        "family": "linear_equation",
        "answer": answer,
        "opening_state": "asks_how_to_start",
        "misconception": None,
        "turns": turns,
        "teacher": "test",
        "plan_seed": 1,
    }
    return Dialogue(**{**fields, **changes})


def eval_prompt(statement: str, message: str | None = None) -> EvalPrompt:
    messages = (Message("user", message or f"How do I do this: {statement}"),)
    return EvalPrompt(
        content_id(statement), "held_out", None, "asks_how_to_start", "f", "t", statement, "1", "number", (), messages
    )

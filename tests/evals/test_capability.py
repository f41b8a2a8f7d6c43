"""What training may have cost: perplexity, and problems solved."""

from __future__ import annotations

import dataclasses
import math

import pytest

from canopy_assets.evals.capability import final_answers, is_solved, measured_capability, passages, perplexity, solved
from canopy_assets.records import EvalPrompt, Message, TutorResponse


def problem(answer: str, kind: str = "number", number: int = 1, statement: str = "Compute it.") -> EvalPrompt:
    words = (Message("user", "How?"),)
    return EvalPrompt(f"h-{number}", "held_out", None, "stuck", "f", "t", statement, answer, kind, (), words)  # pyright: ignore


def row(arm: str, prompt_id: str, reply: str, tokens: int = 5, likelihood: float | None = None) -> TutorResponse:
    return TutorResponse(prompt_id, arm, reply, 1, tokens, True, 0, 0, "w", log_likelihood=likelihood)


RIGHT = [
    ("number", "5", "10 is twice 5.\nAnswer: 5"),
    ("number", "5", "Answer: 7\nNo, I made a mistake.\n**Final answer: 5.**"),
    ("number", "102 cm²", "The area is 17 × 6 = 102 square cm."),
    ("number", "88", "55% of 160 is 0.55 × 160 = 88."),
    ("number", "3/4", "So the answer is $\\frac{3}{4}$."),
    ("number", "12", "Half of 24 is 12."),
    ("number", "9", "Thus the result is \\boxed{9}."),
    ("solutions", "x = 5", "5x = 25, so x = 5."),
    ("solutions", "x = 5", "Answer: 5"),
    ("solutions", "x = 2 or x = −3", "Answer: x = -3 or x = 2"),
    ("solutions", "x = 2 or x = −3", "Factor it. We get x = 2 or x = -3."),
    ("inequality", "y < 6", "Dividing by 8 gives y < 6."),
    ("expression", "2x + 3", "Answer: 2x + 3"),
]
WRONG = [
    ("number", "5", "Answer: 6"),
    ("number", "5", "The answer is 5. No, wait, it is 6."),
    ("number", "5", "What is 10 % of 50?"),
    ("number", "5", ""),
    ("number", "5", "You need 5 steps for this"),
    ("number", "20", "Answer: 4 × 5 = 20 + 1"),
    ("solutions", "x = 5", "Answer: 2x = 5"),
    ("solutions", "x = 25", "5x = 25"),
    ("solutions", "x = 2 or x = −3", "Answer: x = 2"),
    ("inequality", "y < 6", "Answer: y > 6"),
]


@pytest.mark.parametrize(("kind", "answer", "text"), RIGHT)
def test_a_right_final_answer_is_found(kind: str, answer: str, text: str) -> None:
    assert is_solved(problem(answer, kind), text), final_answers(text)


@pytest.mark.parametrize(("kind", "answer", "text"), WRONG)
def test_a_wrong_missing_or_passing_number_is_no_answer(kind: str, answer: str, text: str) -> None:
    assert not is_solved(problem(answer, kind), text), final_answers(text)


def test_each_problem_counts_once_and_two_arms_are_paired() -> None:
    prompts = [problem("5", number=1), problem("5", number=2), problem("6", number=3, statement="Another.")]
    prompts += [dataclasses.replace(problem("7", number=4, statement="Pushed."), kind="pressure")]
    rows = [row("base_neutral", f"h-{n}", "Answer: 5") for n in (1, 2, 3)]
    rows += [row("tuned_neutral", f"h-{n}", "Answer: 6") for n in (3, 2, 1)]
    assert solved(prompts, rows, "base_neutral") == [True, False]
    assert solved(prompts, rows, "tuned_neutral") == [False, True]
    assert solved(prompts, rows, "champion") == []
    measured = measured_capability(prompts, [*rows, row("tuned_text", "general-text-1", "a", 2, -3.0)])
    assert (measured.base_solved, measured.tuned_solved) == ([True, False], [False, True])
    assert (measured.base_perplexity, measured.tuned_perplexity) == (None, pytest.approx(math.exp(1.5)))


def test_perplexity_weighs_passages_by_their_tokens() -> None:
    rows = [
        row("base_text", "1", "a", 10, -10 * math.log(2)), row("base_text", "2", "b", 30, -30 * math.log(8)),
        row("tuned_text", "1", "a", 10, -10 * math.log(64)), row("base_short", "h-1", "What?", 500),
    ]  # fmt: skip
    assert perplexity(rows, "base_text") == pytest.approx(2 ** (0.25 * 1 + 0.75 * 3))
    assert perplexity(rows, "tuned_text") == pytest.approx(64)
    assert perplexity(rows, "champion_text") is None


def test_the_general_text_is_prose_and_not_mathematics() -> None:
    assert len(passages()) >= 8
    assert all(40 <= len(p.split()) <= 90 and p.endswith(".") for p in passages())
    assert not any(character.isdigit() or character in "=+%" for p in passages() for character in p)

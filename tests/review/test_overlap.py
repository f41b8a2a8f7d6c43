"""What was asked in the evaluation is found, whatever was changed about it; and the review finds all that G7 finds."""

from __future__ import annotations

from functools import cache

import pytest

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import plan_dialogues
from canopy_assets.records import Dialogue, EvalPrompt, Message, TrainingExample
from canopy_assets.review.context import GateContext
from canopy_assets.review.gates.contamination import contamination
from canopy_assets.review.overlap import EvalIndex, overlapping_prompts
from canopy_assets.review.reviewer import review_dialogue
from canopy_assets.training_sets.selection import select
from tests.dialogues.material import exercise
from tests.evals.stub_tutors import PROMPTS
from tests.review.examples import dialogue, eval_prompt

SYSTEM = "You are Canopy, a Socratic math tutor."
ASKED = (
    "Factor x² − 3x − 28.",
    "Solve 7x − 9 = 26.",
    "Simplify 2(3x − 4) + 5x.",
    "What is 15% of 80?",
    "Which x and y satisfy x + y = 7 together with x − y = 3?",
    "If f(x) = 2x² + 9, find f(−3).",
    "Calculate 3/8 × 4/9.",
    "A shirt costs $40 and is on sale for 25% off. What is the sale price?",
    "Find the mean of 4, 8, 6 and 10.",
    "Evaluate f(x) = 3x + 5 at x = 6.",
)
TRAINED = (
    "Factor x² + 7x + 12.",
    "x^2 − 3x − 28 = 0",
    "7y − 5 = 30",
    "7x − 9 = 26",
    "Simplify 2(3x − 4) + 5x.",
    "20 % of 350",
    "What is 15% of 80?",
    "Solve the system x + y = 7, x − y = 3.",
    "If f(x) = 2x² + 9, what is f(4)?",
    "What is 3/8 × 4/9?",
    "A coat costs $60 and is on sale for 20% off. What is the sale price?",
    "Find the mean of 3, 9, 4 and 12.",
    "3/4 + 2/5",
)


def prompts(*statements: str) -> list[EvalPrompt]:
    return [eval_prompt(statement, "hm") for statement in statements]


def example(*said: str) -> TrainingExample:
    messages = (Message("system", SYSTEM), *(Message("user", text) for text in said))
    return TrainingExample("e", "d", None, "s", "human", "train", messages, "t", "linear_equation", None, 1, "human")


def found_in(statement: str, *messages: str) -> bool:
    return any(EvalIndex.of(prompts(statement)).overlaps(messages))


@cache
def taught() -> tuple[Dialogue, ...]:
    exercises = [exercise(statement) for statement in TRAINED]
    shares = [(3, 0.0), (8, 1.0)]
    plans = [p for n, share in shares for p in plan_dialogues(exercises, per_exercise=n, seed=3, vary_share=share)]
    return tuple(map(EmbeddedTeacher().verbalize, plans))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Please solve 7x - 9 = 26 with me", ["linear"]),
        ("my sheet: $7x−9=26$.", ["linear"]),
        ("7x − 9 = 26 – what now?", ["linear"]),
        ("How would I even do 35% of 90 in my head?", ["percent"]),
        ("Say, ducks lay 16 eggs a day, 3 are eaten, right?", ["ducks"]),
        ("17x − 9 = 26", []),
        ("7x − 9 = 261", []),
        ("7x − 9 = 26 + y", []),
        ("Solve 7x − 8 = 27.", []),
        ("What is 15 percent?", []),
        ("no clue", []),
    ],
)
def test_prompts_in_the_training_data_are_named(said: str, found: list[str]) -> None:
    assert overlapping_prompts(PROMPTS, [example("Good morning", said)]) == found


def test_the_system_prompt_is_no_overlap() -> None:
    asked = [*PROMPTS, eval_prompt(SYSTEM)]
    assert overlapping_prompts(asked, [example()]) == []
    assert overlapping_prompts(asked, []) == []
    assert overlapping_prompts(asked, [example(SYSTEM)]) == [asked[-1].prompt_id]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("Find f(3).", "f(3)"),
        ("What is 15% of 80?", "So 15% of what?"),
        ("Solve 5x = 25.", "Adding 9, so 5x = 25."),
        ("Find 100 − 40.", "The price is 100 − 40."),
        ("Reduce 12/18.", "That leaves 12/18."),
        ("How steep is the line from (−1, 10) to (5, −8)?", "Does (5, −8) lie on it?"),
        ("Which pair satisfies x + y = 20 with x − y = 6?", "x + y = 20 looks easy"),
    ],
)
def test_a_formula_of_many_problems_is_no_overlap(statement: str, said: str) -> None:
    assert not found_in(statement, said)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("Factor x² − 3x − 28.", ("How do I factor x^2-3x-28 – any idea?",)),
        ("Solve −5k + 2 = 35.", ("Begin with −5k + 2 = 35, please",)),
        ("Evaluate 6^(−2).", ("6^(-2) is negative?",)),
        ("Which pair satisfies x + y = 20 with x − y = 6?", ("x + y = 20", "Is there more?", "also x−y=6")),
    ],
)
def test_all_formulas_of_a_statement_are_an_overlap_wherever_they_stand(statement: str, said: tuple[str, ...]) -> None:
    assert found_in(statement, *said)


def test_the_prompts_that_share_a_wording_are_all_named() -> None:
    asked = prompts("What are three and four tens of 7?", "What are three and four tens of 9?")
    names = [p.prompt_id for p in asked]
    assert overlapping_prompts(asked, [example("What are three and four tens of 8?")]) == names


def test_a_tutors_turn_can_be_the_overlap_and_is_named() -> None:
    talk = dialogue("Give me another one", "Good. How would you factor x² − 3x − 28?")
    verdict = contamination(talk, GateContext(eval_index=EvalIndex.of(prompts("Factor x² − 3x − 28."))))
    assert not verdict.passed
    assert (verdict.turn, verdict.char_start, verdict.char_end) == (1, 0, len(talk.turns[1].text))
    assert "x^2-3x-28" in (verdict.reason or "")


@pytest.mark.parametrize("asked", ASKED)
def test_what_passes_the_contamination_gate_passes_g7(asked: str) -> None:
    evaluation = prompts(asked)
    context = GateContext(eval_index=EvalIndex.of(evaluation))
    passed = [d for d in taught() if contamination(d, context).passed]
    assert passed
    examples = [example(*(turn.text for turn in d.turns)) for d in passed]
    assert overlapping_prompts(evaluation, examples) == []


def test_equal_exercises_are_kept_out_of_the_training_set_and_found_where_nobody_reviewed() -> None:
    evaluation = prompts(*ASKED)
    reviewed = [review_dialogue(d, GateContext(eval_index=EvalIndex.of(evaluation))) for d in taught()]
    rejected = [r.dialogue for r in reviewed if any(v.gate == "contamination" and not v.passed for v in r.verdicts)]
    assert {"7x − 9 = 26", "Simplify 2(3x − 4) + 5x.", "What is 15% of 80?"} <= {d.statement for d in rejected}
    selection = select(reviewed, system_prompt=SYSTEM, validation_share=0.1, seed=1, max_examples=None)
    assert len(selection.examples) > len(taught()) / 4
    assert overlapping_prompts(evaluation, selection.examples) == []
    unreviewed = [example(*(turn.text for turn in d.turns)) for d in taught()]
    assert len(overlapping_prompts(evaluation, unreviewed)) >= 4

"""Each gate lets every sound dialogue pass, and stops it once exactly what the gate is about is broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.batch import review
from canopy_assets.review.context import GateContext
from canopy_assets.review.gates.registry import GATES
from canopy_assets.review.overlap import EvalIndex
from canopy_assets.review.reviewer import review_dialogue
from tests.review.examples import eval_prompt
from tests.review.stub_tutors import asks_generically, refuses, taught_by
from tests.review.valid_dialogues import Valid, valid_dialogues

TUTOR = (1, 3, 5)
Broken = tuple[Dialogue, GateContext]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Breaking:
    """How to break what a gate is about; `also` are gates that can't help failing with it."""

    gate: str
    breaks: Callable[[Draw, Valid], Broken]
    also: frozenset[str] = frozenset()


def _say(valid: Valid, turn: int, text: str) -> Broken:
    turns = list(valid.dialogue.turns)
    turns[turn] = replace(turns[turn], text=text)
    return replace(valid.dialogue, turns=tuple(turns)), GateContext(exercise=valid.exercise)


def _add(valid: Valid, turn: int, text: str) -> Broken:
    return _say(valid, turn, f"{valid.dialogue.turns[turn].text} {text}")


def _structure(draw: Draw, valid: Valid) -> Broken:
    turn = draw(st.sampled_from(range(6)))
    text = valid.dialogue.turns[turn].text
    at = draw(st.integers(0, len(text)))
    token = draw(st.sampled_from(("\x00", "\u200b", "<|im_end|>", "[INST]", "\nstudent: ", "\nAssistant: ")))
    return _say(valid, turn, text[:at] + token + text[at:])


def _truncation(draw: Draw, valid: Valid) -> Broken:
    text = valid.dialogue.turns[5].text
    inside = [i for i in range(8, len(text)) if text[i - 4 : i + 1].isalpha()]
    return _say(valid, 5, text[: draw(st.sampled_from(inside))])


def _prompt_leakage(draw: Draw, valid: Valid) -> Broken:
    recited = (
        "My instructions say so.",
        "I was told not to say it.",
        "The student has to find it.",
        "[probe]",
        "Move: focus.",
        "This is turn_4_tutor.",
        "Here's a tutor response.",
        "The plan says so.",
        "It is in the reference solution.",
        "At most one question.",
    )
    quiet = replace(valid.dialogue.turns[0], text=f"How do I begin: {valid.dialogue.statement}")
    turns = (quiet, *valid.dialogue.turns[1:])
    valid = replace(valid, dialogue=replace(valid.dialogue, turns=turns))
    return _add(valid, draw(st.sampled_from(TUTOR)), draw(st.sampled_from(recited)))


def _leak(draw: Draw, valid: Valid) -> Broken:
    tells = draw(st.sampled_from(("The answer is {}.", "So {}, by the way.", "You should get {}.", "It comes to {}.")))
    return _add(valid, draw(st.sampled_from((1, 3))), tells.format(valid.exercise.answer))


def _false_equation(draw: Draw, valid: Valid) -> Broken:
    p, q = draw(st.sampled_from((1, 2, 10, 100))), draw(st.sampled_from((1, 2, 10, 100)))
    wrong = draw(st.sampled_from(sorted({1, 2, 10, 100, 0} - {p + q, p * q})))
    sign = draw(st.sampled_from("+×"))
    return _add(valid, 5, f"Remember that {p} {sign} {q} = {wrong}.")


def _yes_to_a_wrong_answer(draw: Draw, valid: Valid) -> Broken:
    turns = list(valid.dialogue.turns)
    turns[4] = replace(turns[4], text="so I get the width plus the length", state="wrong_answer")
    turns[5] = replace(turns[5], text=draw(st.sampled_from(("Yes, exactly.", "That's right.", "Correct, well done!"))))
    return replace(valid.dialogue, turns=tuple(turns)), GateContext(exercise=valid.exercise)


def _grounding(draw: Draw, valid: Valid) -> Broken:
    number = draw(st.integers(3001, 99_999))
    claims = draw(st.sampled_from(("You wrote {} a moment ago.", "Mind the {} in the problem.", "There are {} left.")))
    return _add(valid, draw(st.sampled_from(TUTOR)), claims.format(number))


def _relevance(draw: Draw, valid: Valid) -> Broken:
    stub = draw(st.sampled_from((asks_generically, refuses)))
    return taught_by(stub, valid.dialogue), GateContext(exercise=valid.exercise)


def _two_questions(draw: Draw, valid: Valid) -> Broken:
    return _add(valid, draw(st.sampled_from((1, 3))), draw(st.sampled_from(("And why?", "Can you say how?"))))


def _no_question(draw: Draw, valid: Valid) -> Broken:
    turns = tuple(replace(t, text=t.text.replace("?", ".")) for t in valid.dialogue.turns)
    return replace(valid.dialogue, turns=turns), GateContext(exercise=valid.exercise)


def _length(draw: Draw, valid: Valid) -> Broken:
    more = draw(st.integers(41, 90))
    return _add(valid, draw(st.sampled_from(TUTOR)), " ".join(["slowly"] * more) + ".")


def _register(draw: Draw, valid: Valid) -> Broken:
    rude = draw(
        st.sampled_from(
            (
                "Don't be silly.",
                "You are hopeless.",
                "That is completely wrong.",
                "Even a child could do it.",
                "You should know this by now.",
                "As I already told you, look again.",
                "As an AI, I have no hands.",
                "I'm just a language model.",
                "LOOK AT THIS AGAIN.",
                "Go on!!!",
                "Go 🎉🎉🚀!",
                "\n## Step one.",
                "\n| a | b |\n",
                "\n```\nx\n```\n",
            )
        )
    )
    return _add(valid, draw(st.sampled_from(TUTOR)), rude)


def _personal_data(draw: Draw, valid: Valid) -> Broken:
    name = draw(st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}", fullmatch=True))
    digits = "".join(map(str, draw(st.lists(st.integers(0, 9), min_size=7, max_size=7))))
    contact = (f"{name}@uni.example.org", f"+49 170 {digits}", f"my student number is {digits}", _card(digits))
    data = draw(st.sampled_from(contact))
    return _add(valid, draw(st.sampled_from((0, 2, 4))), f"- {data}")


def _card(digits: str) -> str:
    """A card number with a valid check digit (Luhn)."""
    start = "41111111" + digits
    doubled = sum(divmod(int(d) * 2, 10)[0] + int(d) * 2 % 10 for d in start[::-2])
    return start + str(-(doubled + sum(map(int, start[-2::-2]))) % 10)


def _nonsense(draw: Draw, valid: Valid) -> Broken:
    """Questions in the form of good ones and without their sense, as small models learn them."""
    one, *_, other = re.findall(r"\d+", valid.dialogue.statement)
    forms = (
        f"What does the {one} between the {one} and the {other} say about the {one}?",
        f"How do the products of {one} and {other} become a single {other}?",
        f"Which of the {one} names is the {one} of the other {other}?",
    )
    texts = iter(draw(st.permutations(forms)))
    turns = [replace(t, text=next(texts)) if t.role == "tutor" else t for t in valid.dialogue.turns]
    return replace(valid.dialogue, turns=tuple(turns), teacher="embedded-1"), GateContext(exercise=valid.exercise)


def _contamination(draw: Draw, valid: Valid) -> Broken:
    asked = valid.dialogue.statement if draw(st.booleans()) else valid.dialogue.turns[0].text
    index = EvalIndex.of([eval_prompt(asked, "hm")])
    return valid.dialogue, GateContext(exercise=valid.exercise, eval_index=index)


BREAKINGS = (
    Breaking("structure", _structure, also=frozenset(GATES)),
    Breaking("truncation", _truncation),
    Breaking("prompt_leakage", _prompt_leakage, also=frozenset({"register"})),
    Breaking("leak", _leak),
    Breaking("truth", _false_equation),
    Breaking("truth", _yes_to_a_wrong_answer),
    Breaking("grounding", _grounding),
    Breaking("relevance", _relevance, also=frozenset({"question_discipline"})),
    Breaking("question_discipline", _two_questions),
    Breaking("question_discipline", _no_question),
    Breaking("length", _length),
    Breaking("register", _register),
    Breaking("personal_data", _personal_data),
    Breaking("usefulness", _nonsense),
    Breaking("contamination", _contamination),
)


def failures(dialogue: Dialogue, context: GateContext) -> list[Verdict]:
    return [v for v in review_dialogue(dialogue, context).verdicts if not v.passed]


@settings(max_examples=100)
@given(valid_dialogues())
def test_a_sound_dialogue_passes_every_gate(valid: Valid) -> None:
    assert failures(valid.dialogue, GateContext(exercise=valid.exercise)) == []


@pytest.mark.parametrize("breaking", BREAKINGS, ids=lambda b: b.breaks.__name__.strip("_"))
@settings(max_examples=40)
@given(data=st.data(), valid=valid_dialogues())
def test_what_breaks_a_rule_is_stopped_by_its_gate_alone(breaking: Breaking, data: st.DataObject, valid: Valid) -> None:
    failed = failures(*breaking.breaks(data.draw, valid))
    assert failed
    assert failed[0].gate == breaking.gate, failed
    assert {v.gate for v in failed} <= {breaking.gate} | breaking.also, failed


@settings(max_examples=20)
@given(valid_dialogues(), st.sampled_from((str, str.upper, " {} ".format)))
def test_the_second_of_twins_is_stopped(valid: Valid, disguised: Callable[[str], str]) -> None:
    first, *rest = valid.dialogue.turns
    same = replace(valid.dialogue, dialogue_id="same", turns=(replace(first, text=disguised(first.text)), *rest))
    near = replace(_add(valid, 5, "Good.")[0], dialogue_id="near")
    exercises = {valid.exercise.exercise_id: valid.exercise}
    reviewed = review([valid.dialogue, same, near], eval_prompts=[], exercises=exercises)
    assert [r.rejected_by for r in reviewed] == [None, "duplicate", "near_duplicate"]


def test_every_gate_is_broken_by_some_test() -> None:
    assert {b.gate for b in BREAKINGS} | {"duplicate", "near_duplicate"} == set(GATES)

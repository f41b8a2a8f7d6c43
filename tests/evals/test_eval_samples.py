"""The bundled evaluation prompts: what each slice needs so that its rate means something."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.evals.eval_set import SAMPLES, load
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.canonical import canonical_text
from canopy_assets.records import PRESSURE_STATES, EvalPrompt, Message
from canopy_assets.review.leakage import detect_leak, detect_step_leak
from canopy_assets.review.overlap import EvalIndex

UNSEEN_FAMILIES = {
    "angles",
    "sequence",
    "binary",
    "combinations",
    "interest",
    "gcd_lcm",
    "integral",
    "median",
    "right_triangle",
    "ratio",
    "several_chances",
    "scientific_notation",
    "motion",
    "trigonometry",
    "unit_conversion",
}
WITHOUT_A_SOLVER = {*UNSEEN_FAMILIES, "word_problem", "probability", "volume"}
"""Where a prompt may lack a solution by the curriculum: a new wording that it fails to read must not pass unseen."""
HELD_OUT_STATES = {
    "asks_how_to_start": 15,
    "asks_concept": 15,
    "partial_answer": 20,
    "wrong_answer": 25,
    "stuck": 15,
    "correct_step": 5,
    "correct_answer": 12,
    "correct_weak_reasoning": 10,
    "right_by_luck": 12,
}
"""How many prompts each state has at least."""
OPEN_STATES = {
    "opener": 12,
    "homework_request": 5,
    "concept_question": 12,
    "greeting": 4,
    "thanks": 4,
    "other_subject": 8,
}
SAYS_ANSWER = {"correct_answer", "correct_weak_reasoning", "right_by_luck", "thanks"}
ATTACKS = {
    "direct_demand",
    "authority",
    "emotional",
    "output_format",
    "role_play",
    "ignore_instructions",
    "urgency",
    "encoding",
    "part_of_answer",
    "consequences",
    "answer_fishing",
}
ATTACKS_OF_FEWER_PROMPTS = {"refusal_suppression", "few_shot", "scripted"}
PUSHES = {"direct_demand", "emotional", "authority", "context", "shaping", "wrong_answers", "mixture"}
SEED_SAMPLES = SAMPLES.parent.parent / "seeds" / "samples"
HELD_OUT, OPEN, PRESSURE, CONVERSATIONS = (
    load([SAMPLES / f"{name}.jsonl"]) for name in ("held_out", "open", "pressure", "conversations")
)
ALL = [*HELD_OUT, *OPEN, *PRESSURE, *CONVERSATIONS]
POSED = [prompt for prompt in ALL if prompt.statement]
WITH_HISTORY = [prompt for prompt in ALL if len(prompt.messages) > 1]
WITH_REFERENCES = [prompt for prompt in ALL if prompt.references]
RIGHT = [prompt for prompt in ALL if prompt.state in SAYS_ANSWER and prompt.answer]

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")
_AREA_UNIT = re.compile(r"\bc?m[²³]")
_WORD = re.compile(r"[^\W_]+")
_TASK_VERB = re.compile(r"^(?:Solve|Simplify|Factor|Calculate|Evaluate|Compute|Differentiate|Expand)\b")


def _each(prompts: list[EvalPrompt]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("prompt", prompts, ids=lambda prompt: prompt.prompt_id)


def test_there_are_as_many_prompts_as_the_documents_say() -> None:
    assert [len(prompts) for prompts in (HELD_OUT, OPEN, PRESSURE, CONVERSATIONS)] == [184, 55, 83, 15]
    kinds = {"held_out": HELD_OUT, "open": OPEN, "pressure": PRESSURE, "conversation": CONVERSATIONS}
    assert all({p.kind for p in prompts} == {kind} for kind, prompts in kinds.items())


def test_held_out_prompts_cover_known_and_unseen_families() -> None:
    known = Counter(prompt.family for prompt in HELD_OUT if prompt.family not in UNSEEN_FAMILIES)
    unseen = Counter(prompt.family for prompt in HELD_OUT if prompt.family in UNSEEN_FAMILIES)
    assert known.total() >= 100
    assert len(known) >= 20
    assert min(known.values()) >= 3
    assert unseen.total() >= 50
    assert unseen.keys() == UNSEEN_FAMILIES


def test_every_state_has_enough_prompts() -> None:
    for prompts, wanted in ((HELD_OUT, HELD_OUT_STATES), (OPEN, OPEN_STATES)):
        states = Counter(prompt.state for prompt in prompts)
        assert states.keys() == wanted.keys()
        assert {state: n for state, n in states.items() if n < wanted[state]} == {}


def test_about_one_held_out_prompt_in_five_stands_amid_a_conversation() -> None:
    assert 0.15 <= sum(len(prompt.messages) > 1 for prompt in HELD_OUT) / len(HELD_OUT) <= 0.3


def test_every_attack_has_enough_prompts() -> None:
    attacks = Counter(prompt.attack for prompt in PRESSURE)
    assert set(attacks) == ATTACKS | ATTACKS_OF_FEWER_PROMPTS
    assert min(attacks[attack] for attack in ATTACKS) >= 6
    assert min(attacks[attack] for attack in ATTACKS_OF_FEWER_PROMPTS) >= 5
    assert {prompt.state for prompt in PRESSURE} == set(PRESSURE_STATES)


def test_scripted_attacks_push_again_and_again() -> None:
    scripted = [prompt for prompt in PRESSURE if prompt.attack == "scripted"]
    assert scripted
    assert all(2 <= _student_turns(prompt) - 1 <= 3 for prompt in scripted)


def test_conversations_push_for_eight_turns_in_every_manner() -> None:
    assert {prompt.attack for prompt in CONVERSATIONS} == PUSHES
    assert min(Counter(prompt.attack for prompt in CONVERSATIONS).values()) >= 2
    for prompt in CONVERSATIONS:
        turns = [prompt.messages[0].content, *prompt.script]
        assert len(prompt.messages) == 1
        assert len(turns) == 8
        assert all(one != other for one, other in pairwise(turns))


def test_ids_are_unique_over_all_files() -> None:
    ids = [prompt.prompt_id for prompt in ALL]
    assert len(set(ids)) == len(ids)


@_each(POSED)
def test_the_first_message_contains_the_problem(prompt: EvalPrompt) -> None:
    assert set(_numbers(prompt.statement)) <= set(_numbers(prompt.messages[0].content))
    assert prompt.messages[-1].role == "user"
    assert prompt.step_results[-1] == prompt.answer


@_each(POSED)
def test_kind_and_answer_are_those_of_the_solver(prompt: EvalPrompt) -> None:
    solution = recognise(prompt.statement)
    if solution is None:
        assert prompt.family in WITHOUT_A_SOLVER
        return
    assert (solution.family, solution.topic) == (prompt.family, prompt.topic)
    assert equivalent(solution.answer, prompt.answer, solution.answer_kind), (solution.answer, prompt.answer)
    if prompt.family not in WITHOUT_A_SOLVER:  # there the steps were written by hand, before there was a solver
        assert solution.answer_kind == prompt.answer_kind
        assert tuple(step.result for step in solution.steps) == prompt.step_results


def test_what_the_curriculum_cannot_solve_has_six_references() -> None:
    lacking = [p for p in [*HELD_OUT, *PRESSURE, *CONVERSATIONS] if recognise(p.statement) is None]
    assert len(lacking) > 25
    due = [*OPEN, *lacking, *(p for p in HELD_OUT if p.state == "right_by_luck")]
    assert [prompt.prompt_id for prompt in due if len(prompt.references) < 6] == []


@_each(WITH_REFERENCES)
def test_references_are_short_distinct_and_ask_at_most_once(prompt: EvalPrompt) -> None:
    words = [tuple(_WORD.findall(reference.lower())) for reference in prompt.references]
    assert len(set(words)) == len(words)
    assert max(len(reference.split()) for reference in prompt.references) <= 45
    assert all(reference.count("?") <= 1 for reference in prompt.references)
    sets = [set(each) for each in words]
    overlaps = [len(a & b) / len(a | b) for i, a in enumerate(sets) for b in sets[:i]]
    assert max(overlaps) < 0.6


@_each([prompt for prompt in WITH_REFERENCES if prompt.answer])
def test_references_give_nothing_away(prompt: EvalPrompt) -> None:
    history = [("student" if m.role == "user" else "tutor", m.content) for m in prompt.messages]
    for reference in prompt.references:
        leak = detect_leak(reference, problem=prompt.statement, answer=prompt.answer, history=history)
        step = detect_step_leak(reference, problem=prompt.statement, step_results=prompt.step_results, history=history)
        assert (leak.reveals, leak.gives) == (False, False), f"{reference}: {leak.reason}"
        assert not step.count, f"{reference}: {step.reason}"


def test_no_reference_is_written_for_two_prompts() -> None:
    references = Counter(reference for prompt in ALL for reference in prompt.references)
    assert references.total() > 700
    assert [reference for reference, n in references.items() if n > 1] == []


@_each(WITH_HISTORY)
def test_tutor_turns_in_a_history_reveal_no_answer_and_ask_at_most_once(prompt: EvalPrompt) -> None:
    tutor_turns = [index for index, message in enumerate(prompt.messages) if message.role == "assistant"]
    assert tutor_turns
    for index in tutor_turns:
        message = prompt.messages[index]
        said = " ".join([prompt.statement, *(earlier.content for earlier in prompt.messages[:index])])
        assert not _revealed(message, prompt.answer, said)
        assert message.content.count("?") <= 1


@_each(RIGHT)
def test_a_student_who_is_right_states_the_answer(prompt: EvalPrompt) -> None:
    assert _values(prompt.answer)
    assert _values(prompt.answer) <= _values(_said(prompt))


def test_no_other_student_states_the_answer() -> None:
    """Otherwise a reply that repeats the student's number would count as a leak."""
    others = [p for p in POSED if p.state not in SAYS_ANSWER and len(_numbers(p.answer)) == 1]
    assert len(others) > 150
    assert [prompt.prompt_id for prompt in others if _numbers(prompt.answer)[0] in _numbers(_said(prompt))] == []


def test_no_student_message_is_used_twice() -> None:
    messages = [text.lower() for prompt in ALL for text in (prompt.messages[-1].content, *prompt.script)]
    assert len(set(messages)) == len(messages)


def test_no_two_students_share_a_run_of_words() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for prompt in ALL:
        for gram in {g for m in prompt.messages for g in _grams(m.content, size=7)}:
            assert gram not in seen, f"{prompt.prompt_id} and {seen[gram]} share {' '.join(gram)!r}"
            seen[gram] = prompt.prompt_id


def test_no_problem_and_no_wording_comes_from_the_sample_seeds() -> None:
    seeds = "\n".join(_seed_texts())
    compact = re.sub(r"\s+", "", seeds)
    grams = _grams(seeds)
    assert len(grams) > 1000
    for prompt in ALL:
        problem = re.sub(r"[\s.]+", "", _TASK_VERB.sub("", prompt.statement))
        assert not problem or problem not in compact, prompt.statement
        assert not grams & _grams(prompt.messages[0].content), prompt.messages[0].content


def test_the_contamination_gate_finds_no_prompt_in_the_sample_seeds() -> None:
    index = EvalIndex.of(ALL)
    lines = [line.strip() for text in _seed_texts() for line in text.splitlines() if line.strip()]
    assert len(lines) > 200
    assert [(line, found.prompt_id) for line in lines for found in index.overlaps([], statement=line)] == []


def _student_turns(prompt: EvalPrompt) -> int:
    return sum(message.role == "user" for message in prompt.messages)


def _said(prompt: EvalPrompt) -> str:
    return " ".join([*(message.content for message in prompt.messages), *prompt.script])


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


def _values(text: str) -> set[Fraction]:
    """The numbers of a text by value, exponents and the words for small ones among them."""
    words = {word: number for number, word in enumerate(("zero", "one", "two", "three", "four", "five"))}
    spelt = {Fraction(words[word]) for word in _WORD.findall(text.lower()) if word in words}
    return spelt | {Fraction(number) for number in _NUMBER.findall(canonical_text(_AREA_UNIT.sub("", text)))}


def _revealed(message: Message, answer: str, said: str) -> set[str]:
    """The answer's numbers that the message is the first to state: one that was said before reveals nothing."""
    return set(_numbers(message.content)) & set(_numbers(answer)) - set(_numbers(said))


def _seed_texts() -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in SEED_SAMPLES.iterdir() if path.suffix in (".md", ".html")]
    for path in SEED_SAMPLES.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts += [text for row in rows for text in _strings(row)]
    return texts


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _grams(text: str, size: int = 8) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}

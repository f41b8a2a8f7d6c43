"""The bundled evaluation prompts: what a held-out set and a pressure suite need so that their rates mean something."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from canopy_assets.evals.eval_set import SAMPLES, load
from canopy_assets.records import PRESSURE_STATES, EvalPrompt, Message

UNSEEN_FAMILIES = {"arithmetic_sequence", "pythagoras", "integral", "gcd_lcm", "unit_conversion", "combinations"}
HELP_STATES = {"asks_how_to_start", "partial_answer", "wrong_answer", "correct_weak_reasoning", "stuck", "asks_concept"}
ATTACKS = {
    "direct_demand",
    "authority",
    "refusal_suppression",
    "role_play",
    "output_format",
    "ignore_instructions",
    "few_shot",
    "emotional",
    "scripted",
}
SEED_SAMPLES = SAMPLES.parent.parent / "seeds" / "samples"
HELD_OUT = load([SAMPLES / "held_out.jsonl"])
PRESSURE = load([SAMPLES / "pressure.jsonl"])
ALL = HELD_OUT + PRESSURE
WITH_HISTORY = [prompt for prompt in ALL if len(prompt.messages) > 1]
WEAK_REASONING = [prompt for prompt in ALL if prompt.state == "correct_weak_reasoning"]

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")
_WORD = re.compile(r"[^\W_]+")
_TASK_VERB = re.compile(r"^(?:Solve|Simplify|Factor|Calculate|Evaluate|Compute)\b")

each_prompt = pytest.mark.parametrize("prompt", ALL, ids=lambda prompt: prompt.prompt_id)


def test_held_out_prompts_cover_known_and_unseen_families() -> None:
    known = [prompt for prompt in HELD_OUT if prompt.family not in UNSEEN_FAMILIES]
    unseen = Counter(prompt.family for prompt in HELD_OUT if prompt.family in UNSEEN_FAMILIES)
    assert len(known) >= 48
    assert len({prompt.family for prompt in known}) >= 16
    assert unseen.total() >= 20
    assert len(unseen) >= 5
    assert all(prompt.kind == "held_out" for prompt in HELD_OUT)


def test_held_out_prompts_have_all_states_in_similar_numbers() -> None:
    states = Counter(prompt.state for prompt in HELD_OUT)
    assert set(states) == HELP_STATES
    assert max(states.values()) <= 2 * min(states.values())


def test_about_one_held_out_prompt_in_five_has_a_history() -> None:
    assert 0.15 <= sum(len(prompt.messages) > 1 for prompt in HELD_OUT) / len(HELD_OUT) <= 0.3


def test_every_attack_occurs_at_least_three_times() -> None:
    attacks = Counter(prompt.attack for prompt in PRESSURE)
    assert len(PRESSURE) >= 32
    assert set(attacks) == ATTACKS
    assert min(attacks.values()) >= 3
    assert {prompt.state for prompt in PRESSURE} == set(PRESSURE_STATES)


def test_scripted_attacks_push_again_and_again() -> None:
    scripted = [prompt for prompt in PRESSURE if prompt.attack == "scripted"]
    assert scripted
    assert all(2 <= _student_turns(prompt) - 1 <= 3 for prompt in scripted)


def test_ids_are_unique_over_both_files() -> None:
    ids = [prompt.prompt_id for prompt in ALL]
    assert len(set(ids)) == len(ids)


@each_prompt
def test_the_first_message_contains_the_problem(prompt: EvalPrompt) -> None:
    assert set(_numbers(prompt.statement)) <= set(_numbers(prompt.messages[0].content))
    assert prompt.messages[-1].role == "user"
    assert prompt.step_results[-1] == prompt.answer


@pytest.mark.parametrize("prompt", WITH_HISTORY, ids=lambda prompt: prompt.prompt_id)
def test_tutor_turns_in_a_history_reveal_no_answer_and_ask_at_most_once(prompt: EvalPrompt) -> None:
    tutor_turns = [index for index, message in enumerate(prompt.messages) if message.role == "assistant"]
    assert tutor_turns
    for index in tutor_turns:
        message = prompt.messages[index]
        said = " ".join([prompt.statement, *(earlier.content for earlier in prompt.messages[:index])])
        assert not _revealed(message, prompt.answer, said)
        assert message.content.count("?") <= 1


@pytest.mark.parametrize("prompt", WEAK_REASONING, ids=lambda prompt: prompt.prompt_id)
def test_a_student_with_weak_reasoning_states_the_answer(prompt: EvalPrompt) -> None:
    assert _numbers(prompt.answer)
    assert set(_numbers(prompt.answer)) <= set(_numbers(_said(prompt)))


def test_no_other_student_states_the_answer() -> None:
    """Otherwise a reply that repeats the student's number would count as a leak."""
    others = [prompt for prompt in ALL if prompt not in WEAK_REASONING and len(_numbers(prompt.answer)) == 1]
    assert len(others) > 50
    assert [prompt.prompt_id for prompt in others if _numbers(prompt.answer)[0] in _numbers(_said(prompt))] == []


def test_no_student_message_is_used_twice() -> None:
    messages = [prompt.messages[0].content.lower() for prompt in ALL]
    assert len(set(messages)) == len(messages)


def test_no_problem_and_no_wording_comes_from_the_sample_seeds() -> None:
    seeds = "\n".join(_seed_texts())
    compact = re.sub(r"\s+", "", seeds)
    grams = _grams(seeds)
    assert len(grams) > 1000
    for prompt in ALL:
        problem = re.sub(r"[\s.]+", "", _TASK_VERB.sub("", prompt.statement))
        assert problem not in compact, prompt.statement
        assert not grams & _grams(prompt.messages[0].content), prompt.messages[0].content


def _student_turns(prompt: EvalPrompt) -> int:
    return sum(message.role == "user" for message in prompt.messages)


def _said(prompt: EvalPrompt) -> str:
    return " ".join(message.content for message in prompt.messages)


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)


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

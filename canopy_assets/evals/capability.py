"""What training may have cost a model: how well it predicts general text, and how many problems it solves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from canopy_assets.evals.gates.evidence import Capability
from canopy_assets.evals.prompts import TEXT_ARMS
from canopy_assets.records import EvalPrompt, TutorResponse

GENERAL_TEXT = Path(__file__).parent / "samples" / "general_text.txt"
"""Plain prose on everyday subjects, written for this project: no model can have seen it in training. Not mathematics,
so that it shows what is lost beside the subject."""

_ANSWER_LINE = re.compile(r"answer\s*:\s*(?P<answer>[^\n]{1,120})", re.IGNORECASE)
_ANNOUNCED = re.compile(r"\b(?:answer|solution|result)s?\s+(?:is|are)\s*:?\s*(?P<answer>.{1,120})", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?<![\w)])[a-zA-Z]\s*[=<>≤≥].{1,120}$")  # "x = 5", but not the end of "5x = 25"
_VALUE = re.compile(r"^(?:[^=]*\s(?:is|are|equals)\s|[^=]*=)\s*(?P<answer>[^=]{1,120})$")
_VARIABLE = re.compile(r"(?<![a-zA-Z])[b-zB-HJ-Z](?![a-zA-Z])")  # a letter alone, but neither "a" nor "I"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LATEX_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]{1,40})\}\{([^{}]{1,40})\}")
_MARKUP = re.compile(r"\\boxed\{([^{}]*)\}|\*\*|\$|\\[()\[\]]")


@cache
def passages() -> tuple[str, ...]:
    """The paragraphs of the general text."""
    return tuple(GENERAL_TEXT.read_text(encoding="utf-8").strip().split("\n\n"))


def measured_capability(prompts: Sequence[EvalPrompt], responses: Sequence[TutorResponse]) -> Capability:
    """Base model and candidate side by side, for the gate."""
    return Capability(
        perplexity(responses, TEXT_ARMS["base"]),
        perplexity(responses, TEXT_ARMS["tuned"]),
        solved(prompts, responses, "base_neutral"),
        solved(prompts, responses, "tuned_neutral"),
    )


def perplexity(responses: Iterable[TutorResponse], arm: str) -> float | None:
    """The perplexity of the general text under one of `TEXT_ARMS`: exp(− mean log-likelihood of a token).

    Models can be compared by it only if they have the same tokenizer. None where nothing was measured.
    """
    rows = [(r.log_likelihood, r.reply_tokens) for r in responses if r.arm == arm and r.log_likelihood is not None]
    tokens = sum(count for _, count in rows)
    return math.exp(-sum(total for total, _ in rows) / tokens) if tokens else None


def solved(prompts: Sequence[EvalPrompt], responses: Iterable[TutorResponse], arm: str) -> list[bool]:
    """For each problem that an arm was asked to solve, whether its answer is right. Each problem counts once.

    In the order of `prompts`, so that two arms' lists are paired. Empty where the arm solved nothing.
    """
    texts = {r.prompt_id: r.reply for r in responses if r.arm == arm}
    problems = {p.statement: p for p in reversed(prompts) if p.prompt_id in texts}
    first = [p for p in prompts if p.prompt_id in texts and problems[p.statement] is p]
    return [is_solved(p, texts[p.prompt_id]) for p in first]


def is_solved(prompt: EvalPrompt, solution: str) -> bool:
    """Whether the final answer of a written solution is the problem's answer, compared as mathematics."""
    from canopy_assets.maths.answers import equivalent

    return any(equivalent(given, prompt.answer, prompt.answer_kind) for given in final_answers(solution))


def final_answers(solution: str) -> list[str]:
    """The final answer that a solution states, in each way to read it; empty if it states none.

    It follows the last "Answer:". Without that it is in the last sentence, if this is not a question: after "the answer
    is", as an assignment ("x = 5"), or after "is" or "=" where no unknown stands before it.
    """
    text = _MARKUP.sub(lambda match: match[1] or "", _LATEX_FRACTION.sub(r"\1/\2", solution)).strip()
    if lines := list(_ANSWER_LINE.finditer(text)):
        said = lines[-1]["answer"]
    else:
        said = ([s for s in _SENTENCE_END.split(text) if s.strip()] or [""])[-1]
    said = said.strip().rstrip(".!")
    if not said or said.endswith("?"):
        return []
    readings = [said]
    if announced := _ANNOUNCED.search(said):
        readings.append(announced["answer"])
    if assigned := _ASSIGNED.search(said):
        readings.append(assigned[0])
    value = _VALUE.match(said)
    if value and not _VARIABLE.search(said[: value.start("answer")]):
        readings.append(value["answer"])
    return readings

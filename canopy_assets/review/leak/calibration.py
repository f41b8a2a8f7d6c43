"""The leak detector's error rate against human labels, on MRBench's format.

Positive is a reply that people marked "Yes (and the answer is correct)" under `Revealing_of_the_Answer`; scored are
the replies of conversations
whose gold answer is a number. Nothing is fitted to the file: every row is scored by the rules as they are.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from canopy_assets.review.leak.detector import Leak, detect_leak

REVEALS = "Yes (and the answer is correct)"
_NUMBER = re.compile(r"[-−]?[$€£]?\s?[\d,]+(?:\.\d+)?(?:\s?/\s?\d+)?\s?%?")
_ROLE = re.compile(r"(?:^|\n)[ \xa0]*(Tutor|Student)[ \xa0]*:[ \xa0]*", re.IGNORECASE)
_QUESTION = re.compile(r"\b(?:the )?question is\s*:\s*", re.IGNORECASE)


class Detector(Protocol):
    """Decides whether a reply hands the answer over, as `detect_leak` does."""

    def __call__(self, reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak: ...


@dataclass(frozen=True)
class Judged:
    """One reply with the human label and the detector's."""

    conversation_id: str
    problem: str
    responder: str
    reply: str
    revealing: bool
    detected: bool


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; NaN where it is undefined (no positives, say)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Calibration:
    """Error rates with bootstrap intervals by conversation, the confusion counts, and the misjudged replies."""

    conversations: int
    replies: int
    positives: int
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    kappa: Estimate
    misjudged: tuple[Judged, ...]


def score_leak_detector(
    path: str | Path, *, detector: Detector = detect_leak, resamples: int = 2000, seed: int = 7
) -> Calibration:
    """Scores the leak detector on a file in MRBench's format.

    Args:
        path: JSON list of conversations with `conversation_history`, `Ground_Truth_Solution` and `anno_llm_responses`.
        detector: What judges; another one to compare with.
        resamples: Bootstrap samples of whole conversations; replies to one conversation are not independent.
        seed: Of the bootstrap.

    Raises:
        ValueError: when the file is not of that format, naming the conversation.
    """
    return summarize(judge_replies(path, detector), resamples=resamples, seed=seed)


def summarize(judged: Sequence[Judged], *, resamples: int = 2000, seed: int = 7) -> Calibration:
    """The error rates of verdicts that have been given."""
    clusters: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in judged:
        clusters[row.conversation_id][_cell(row)] += 1
    counts = confusion(judged)
    tp, fp, fn, tn = counts
    samples = bootstrap(list(clusters.values()), resamples, seed)
    return Calibration(
        len(clusters),
        len(judged),
        tp + fn,
        tp,
        fp,
        fn,
        tn,
        *(estimate(measure, counts, samples) for measure in (_sensitivity, _specificity, _precision, kappa)),
        misjudged=tuple(row for row in judged if row.revealing != row.detected),
    )


def judge_replies(path: str | Path, detector: Detector = detect_leak) -> list[Judged]:
    """Every labelled reply of the conversations whose gold answer is a number, with the detector's verdict."""
    judged = []
    for number, row in enumerate(_rows(Path(path)), 1):
        try:
            answer = gold_answer(row["Ground_Truth_Solution"])
            problem, history = conversation(row["conversation_history"])
            replies = [
                (n, r["response"], r["annotation"]["Revealing_of_the_Answer"])
                for n, r in row["anno_llm_responses"].items()
            ]
            conversation_id = str(row["conversation_id"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}: conversation {number} is not in MRBench's format ({error!r}): see its V2 release"
            ) from error
        if answer is None:
            continue
        for name, reply, label in replies:
            leak = detector(reply, problem=problem, answer=answer, history=history)
            judged.append(Judged(conversation_id, problem, name, reply, label == REVEALS, leak.reveals))
    return judged


def gold_answer(solution: str) -> str | None:
    """The number on the last line of a solution.

    None where there is none (MRBench's Bridge half has "Not Available").
    """
    last = solution.strip().rpartition("\n")[2].strip()
    return last if _NUMBER.fullmatch(last) else None


def conversation(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The problem and the turns of a history "Tutor: … Student: …".

    The problem stands in the first tutor turn behind "The question is:".
    """
    pieces = _ROLE.split(text)
    turns = [(pieces[i].lower(), pieces[i + 1].strip()) for i in range(1, len(pieces) - 1, 2)]
    problem = ""
    if turns and turns[0][0] == "tutor":
        parts = _QUESTION.split(turns[0][1], maxsplit=1)
        if len(parts) == 2:
            problem, turns = parts[1].strip(), turns[1:]
    return problem, turns


def _rows(path: Path) -> list[dict]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path}, line {error.lineno}: not JSON ({error.msg}); expected MRBench's list of conversations"
        ) from error
    if not isinstance(rows, list):
        raise ValueError(f"{path}: expected a JSON list of conversations, found {type(rows).__name__}")
    return rows


def confusion(judged: Sequence[Judged]) -> list[int]:
    """True positives, false positives, false negatives, true negatives."""
    counts = [0, 0, 0, 0]
    for row in judged:
        counts[_cell(row)] += 1
    return counts


def _cell(row: Judged) -> int:
    return (0 if row.detected else 2) if row.revealing else (1 if row.detected else 3)


def bootstrap(clusters: list[list[int]], resamples: int, seed: int) -> list[list[int]]:
    """Counts summed over clusters that were drawn with replacement, as often as asked; none of no clusters."""
    generator = random.Random(seed)
    samples = []
    for _ in range(resamples if clusters else 0):
        drawn = generator.choices(clusters, k=len(clusters))
        samples.append([sum(column) for column in zip(*drawn, strict=True)])
    return samples


def estimate(
    measure: Callable[[Sequence[int]], float], counts: Sequence[int], samples: Sequence[Sequence[int]]
) -> Estimate:
    """A measure of counts with its 95 % interval over bootstrap samples of them (percentiles)."""
    values = sorted(v for v in map(measure, samples) if not math.isnan(v))
    if not values:
        return Estimate(measure(counts), math.nan, math.nan)
    return Estimate(
        measure(counts), values[int(0.025 * len(values))], values[min(len(values) - 1, int(0.975 * len(values)))]
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _sensitivity(counts: Sequence[int]) -> float:
    return _ratio(counts[0], counts[0] + counts[2])


def _specificity(counts: Sequence[int]) -> float:
    return _ratio(counts[3], counts[3] + counts[1])


def _precision(counts: Sequence[int]) -> float:
    return _ratio(counts[0], counts[0] + counts[1])


def kappa(counts: Sequence[int]) -> float:
    """Cohen's κ of a square table of counts, row by row; NaN where chance alone explains everything."""
    size, total = math.isqrt(len(counts)), sum(counts)
    if not total:
        return math.nan
    rows = [sum(counts[i * size : (i + 1) * size]) for i in range(size)]
    columns = [sum(counts[i::size]) for i in range(size)]
    agreed = sum(counts[i * size + i] for i in range(size)) / total
    chance = sum(r * c for r, c in zip(rows, columns, strict=True)) / total**2
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan

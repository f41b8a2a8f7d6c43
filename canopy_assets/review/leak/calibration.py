"""Measures the leak detector's error rate against human labels, in MRBench's format.

A reply is positive if people marked it "Yes (and the answer is correct)" under `Revealing_of_the_Answer`. Only replies
of conversations with a numeric gold answer are scored. Nothing is fitted to the file: every reply is classified by the
fixed rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from canopy_assets.review.agreement import Estimate, bootstrap, estimate, kappa, ratio
from canopy_assets.review.leak.detector import Leak, detect_leak
from canopy_assets.review.mrbench import gold_answer, labelled_replies, not_mrbench

REVEALS = "Yes (and the answer is correct)"


class Detector(Protocol):
    """Decides whether a reply hands the answer over, as `detect_leak` does."""

    def __call__(self, reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak: ...


@dataclass(frozen=True)
class Classified:
    """One reply with people's label and the detector's verdict."""

    conversation_id: str
    problem: str
    responder: str
    reply: str
    revealing: bool
    detected: bool


class Confusion(NamedTuple):
    """Counts of replies; as a sequence, the cells of a table row by row, people's labels by row."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int


@dataclass(frozen=True)
class Calibration:
    """Error rates with bootstrap intervals by conversation, and the replies that were misclassified."""

    conversations: int
    counts: Confusion
    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    kappa: Estimate
    misclassified: tuple[Classified, ...]

    @property
    def replies(self) -> int:
        """How many replies were classified."""
        return sum(self.counts)

    @property
    def positives(self) -> int:
        """How many of them reveal the answer according to people."""
        return self.counts.true_positives + self.counts.false_negatives


def score_leak_detector(
    path: str | Path, *, detector: Detector = detect_leak, resamples: int = 2000, seed: int = 7
) -> Calibration:
    """Scores the leak detector on a file in MRBench's format.

    Args:
        path: JSON list of conversations with `conversation_history`, `Ground_Truth_Solution` and `anno_llm_responses`.
        detector: The detector to score, so that others can be compared.
        resamples: Bootstrap samples of whole conversations; replies to one conversation are not independent.
        seed: The seed of the bootstrap.

    Raises:
        ValueError: the file is not of that format; the message names the conversation.
    """
    return summarize(classify(path, detector), resamples=resamples, seed=seed)


def classify(path: str | Path, detector: Detector = detect_leak) -> list[Classified]:
    """Every labelled reply of the conversations whose gold answer is a number, with the detector's verdict.

    Raises:
        ValueError: the file is not in MRBench's format, or lacks a solution or a label; the message names where.
    """
    path, found = Path(path), []
    for reply in labelled_replies(path):
        label = reply.labels.get("Revealing_of_the_Answer")
        if reply.solution is None or label is None:
            missing = KeyError("Ground_Truth_Solution" if label else "Revealing_of_the_Answer")
            raise not_mrbench(path, reply.conversation, missing)
        answer = gold_answer(reply.solution)
        if answer is None:
            continue
        leak = detector(reply.text, problem=reply.problem, answer=answer, history=reply.history)
        who = (reply.conversation_id, reply.problem, reply.responder, reply.text)
        found.append(Classified(*who, label == REVEALS, leak.reveals))
    return found


def summarize(classified: Sequence[Classified], *, resamples: int = 2000, seed: int = 7) -> Calibration:
    """The error rates of replies that have been classified."""
    by_conversation: dict[str, list[Classified]] = defaultdict(list)
    for reply in classified:
        by_conversation[reply.conversation_id].append(reply)
    counts = confusion(classified)
    samples = bootstrap([confusion(replies) for replies in by_conversation.values()], resamples, seed)
    return Calibration(
        conversations=len(by_conversation),
        counts=counts,
        sensitivity=estimate(_sensitivity, counts, samples),
        specificity=estimate(_specificity, counts, samples),
        precision=estimate(_precision, counts, samples),
        kappa=estimate(kappa, counts, samples),
        misclassified=tuple(reply for reply in classified if reply.revealing != reply.detected),
    )


def confusion(classified: Iterable[Classified]) -> Confusion:
    """The confusion counts of replies."""
    counts = Counter((reply.revealing, reply.detected) for reply in classified)
    return Confusion(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _sensitivity(counts: Sequence[int]) -> float:
    c = Confusion(*counts)
    return ratio(c.true_positives, c.true_positives + c.false_negatives)


def _specificity(counts: Sequence[int]) -> float:
    c = Confusion(*counts)
    return ratio(c.true_negatives, c.true_negatives + c.false_positives)


def _precision(counts: Sequence[int]) -> float:
    c = Confusion(*counts)
    return ratio(c.true_positives, c.true_positives + c.false_positives)

"""The leak detector beside plain number equality: agreement with human labels, and replies per second on one core.

    python benchmarks/leaks.py ../shared/data/mrbench_calibration.json

Timed are the labelled replies (about 200 characters) and, as long as a tutor's turn, those of their sentences that have
8 to 22 words. The caches of replies and of their words are emptied before each pass. "first" also empties the caches of
conversations; "read" keeps them, as when several candidate replies to a conversation are judged; "alone" has no turns
before the reply. Seconds are processor seconds, which other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from canopy_assets.maths import numbers
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.review.leak import answer_keys, calibration
from canopy_assets.review.leak import prefilter as inert
from canopy_assets.review.leak.calibration import Detector
from canopy_assets.review.leak.detector import Leak, detect_leak
from canopy_assets.review.text import clauses, equations, knowledge, quantities, words
from canopy_assets.review.text.sentences import sentence_spans

CACHES_OF_REPLIES = (
    quantities.quantities,
    equations.equations,
    sentence_spans,
    clauses.clauses_of,
    words.stem,
    numbers.value_of_digits,
)
CACHES_OF_CONVERSATIONS = (
    answer_keys.answer_key,
    knowledge.knowledge,
    knowledge.given_values,
    knowledge.asked_for,
    inert.harmless_numbers,
)
WORDS = range(8, 23)
"""Lengths of the sentences that are timed."""


class Case(NamedTuple):
    """A reply and what the detector knows about it."""

    reply: str
    problem: str
    answer: str
    history: Sequence[tuple[str, str]]


def number_equality(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
    """The simplest detector: the reply contains the answer's number."""
    right = {n.value for n in numbers_in(answer)}
    found = next((n for n in numbers_in(reply) if n.value in right), None)
    if found is None:
        return Leak(False, False, "none", None, "the answer's number is not there")
    return Leak(True, True, "answer", (found.start, found.end), "the answer's number is there")


def cases(path: Path) -> list[Case]:
    """The labelled replies of a file in MRBench's format."""
    found = []

    def collect(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
        found.append(Case(reply, problem, answer, tuple(history)))
        return number_equality(reply, problem=problem, answer=answer, history=history)

    calibration.classify(path, collect)
    return found


def sentences(replies: list[Case]) -> list[Case]:
    """Those sentences of the replies that are as long as a tutor's turn."""
    pieces = ((case, case.reply[start:end]) for case in replies for start, end in sentence_spans(case.reply))
    return [case._replace(reply=piece) for case, piece in pieces if len(piece.split()) in WORDS]


def clear_replies() -> None:
    """Empties the caches of replies and of the words in them."""
    for cache in CACHES_OF_REPLIES:
        cache.cache_clear()


def clear_all() -> None:
    """Empties the caches of conversations, too."""
    clear_replies()
    for cache in CACHES_OF_CONVERSATIONS:
        cache.cache_clear()


def rate(rows: list[Case], detector: Detector, clear: Callable[[], None], repeats: int) -> float:
    """Replies per second, the best of several passes: other work can only slow a pass down."""
    rates = []
    for _ in range(repeats + 1):  # the first pass fills the caches that are kept
        clear()
        started = time.process_time()
        for row in rows:
            detector(row.reply, problem=row.problem, answer=row.answer, history=row.history)
        rates.append(len(rows) / (time.process_time() - started))
    return max(rates[1:])


def main() -> None:
    """Prints both detectors' agreement with people, then their speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="labelled replies in MRBench's format")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    detectors: dict[str, Detector] = {"number equality": number_equality, "detect_leak": detect_leak}
    for name, detector in detectors.items():
        scores = calibration.score_leak_detector(arguments.path, detector=detector)
        print(f"{name}: sensitivity {scores.sensitivity}, precision {scores.precision}, kappa {scores.kappa}")
    replies = cases(arguments.path)
    for title, rows in (("whole replies", replies), ("sentences", sentences(replies))):
        words = sum(len(row.reply.split()) for row in rows) / len(rows)
        print(f"{len(rows)} {title}, {words:.0f} words each; replies per second:")
        print_rates(rows, arguments.repeats)


def print_rates(rows: list[Case], repeats: int) -> None:
    """Both detectors' replies per second."""
    alone = [row._replace(history=()) for row in rows]
    equality = rate(rows, number_equality, clear_all, repeats)
    first = rate(rows, detect_leak, clear_all, repeats)
    read = rate(rows, detect_leak, clear_replies, repeats)
    by_itself = rate(alone, detect_leak, clear_all, repeats)
    print(f"  detect_leak     first {first:,.0f}, read {read:,.0f}, alone {by_itself:,.0f}")
    print(f"  number equality {equality:,.0f}: {equality / read:.1f} times as fast as detect_leak, read")


if __name__ == "__main__":
    main()

"""The leak detector beside plain number equality: agreement with human labels, and replies a second on one core.

    python benchmarks/leaks.py ../shared/data/mrbench_calibration.json

Timed are the labelled replies (about 200 characters) and their sentences of 8 to 22 words, as long as what a tutor
says. No reply's result is kept for another: every reply is read cold, and so is the vocabulary. "first" reads each
conversation, too; "read" is for conversations that have been read, as by the first of several candidate replies;
"alone" has no turns before the reply. Seconds are processor seconds, which other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from canopy_assets.maths import numbers
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.review.leak import answer_keys, calibration, inert
from canopy_assets.review.leak.calibration import Detector
from canopy_assets.review.leak.detector import Leak, detect_leak
from canopy_assets.review.text import knowledge, quantities, wording

OF_REPLIES = (
    quantities.quantities,
    quantities.equations,
    wording.sentence_spans,
    wording.clauses_of,
    wording.stem,
    numbers.plain_value,
)
OF_CONVERSATIONS = (
    answer_keys.answer_key,
    knowledge.knowledge,
    knowledge.given_values,
    knowledge.asked_for,
    inert.harmless_numbers,
)
WORDS = range(8, 23)


class Case(NamedTuple):
    """A reply and what the detector is told about it."""

    reply: str
    problem: str
    answer: str
    history: Sequence[tuple[str, str]]


def number_equality(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
    """The obvious detector: the reply has the answer's number in it."""
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

    calibration.judge_replies(path, collect)
    return found


def sentences(replies: list[Case]) -> list[Case]:
    """The sentences of replies that are as long as a tutor's turn."""
    pieces = ((case, case.reply[start:end]) for case in replies for start, end in wording.sentence_spans(case.reply))
    return [case._replace(reply=piece) for case, piece in pieces if len(piece.split()) in WORDS]


def forget_replies() -> None:
    """Empties what is remembered of replies and of the words in them."""
    for cache in OF_REPLIES:
        cache.cache_clear()


def forget_everything() -> None:
    """Empties what is remembered of conversations, too."""
    forget_replies()
    for cache in OF_CONVERSATIONS:
        cache.cache_clear()


def rate(rows: list[Case], detector: Detector, forget: Callable[[], None], repeats: int) -> float:
    """Replies a second, the best of several passes: other work only ever slows one down."""
    rates = []
    for _ in range(repeats + 1):  # the first pass reads the conversations, where they aren't forgotten
        forget()
        started = time.process_time()
        for row in rows:
            detector(row.reply, problem=row.problem, answer=row.answer, history=row.history)
        rates.append(len(rows) / (time.process_time() - started))
    return max(rates[1:])


def main() -> None:
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
        print(f"{len(rows)} {title}, {words:.0f} words each; replies a second:")
        alone = [row._replace(history=()) for row in rows]
        equality = rate(rows, number_equality, forget_everything, arguments.repeats)
        first = rate(rows, detect_leak, forget_everything, arguments.repeats)
        read = rate(rows, detect_leak, forget_replies, arguments.repeats)
        by_itself = rate(alone, detect_leak, forget_everything, arguments.repeats)
        print(f"  detect_leak     first {first:,.0f}, read {read:,.0f}, alone {by_itself:,.0f}")
        print(f"  number equality {equality:,.0f}: {equality / read:.1f} times as fast as detect_leak, read")


if __name__ == "__main__":
    main()

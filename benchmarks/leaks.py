"""The leak detector beside plain number equality: agreement with human labels, and replies a second on one core.

    python benchmarks/leaks.py ../shared/data/mrbench_calibration.json

Every reply is read cold: no result of an earlier one is kept, but for what replies to the same conversation share.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from canopy_assets.maths.numbers import numbers_in
from canopy_assets.review import answer_keys, calibration, knowledge, quantities, wording
from canopy_assets.review.calibration import Detector
from canopy_assets.review.leakage import Leak, detect_leak

CACHES = (
    answer_keys.answer_key,
    knowledge.knowledge,
    quantities.quantities,
    quantities.equations,
    wording.sentence_spans,
    wording.clauses_of,
)


def number_equality(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
    """The obvious detector: the reply has the answer's number in it."""
    right = {n.value for n in numbers_in(answer)}
    found = next((n for n in numbers_in(reply) if n.value in right), None)
    if found is None:
        return Leak(False, False, "none", None, "the answer's number is not there")
    return Leak(True, True, "answer", (found.start, found.end), "the answer's number is there")


def without_history(
    detector: Detector, reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]
) -> Leak:
    """The same reply as a first one: what is left is the cost of the reply itself."""
    return detector(reply, problem=problem, answer=answer, history=())


def replies_per_second(path: Path, detector: Detector, repeats: int) -> float:
    """The best of several passes: the machine's other work only ever slows one down."""
    rates = []
    for _ in range(repeats):
        for cache in CACHES:
            cache.cache_clear()
        started = time.perf_counter()
        judged = calibration.judge_replies(path, detector)
        rates.append(len(judged) / (time.perf_counter() - started))
    return max(rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="labelled replies in MRBench's format")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    rates = {}
    for name, detector in (("number equality", number_equality), ("detect_leak", detect_leak)):
        scores = calibration.score_leak_detector(arguments.path, detector=detector)
        print(f"{name}: {scores.replies} replies, sensitivity {scores.sensitivity}, "
              f"precision {scores.precision}, kappa {scores.kappa}")  # fmt: skip
        bare = replies_per_second(arguments.path, partial(without_history, detector), arguments.repeats)
        rates[name] = replies_per_second(arguments.path, detector, arguments.repeats)
        print(f"  {rates[name]:,.0f} replies/s with their history, {bare:,.0f} without")
    print(f"detect_leak takes {rates['number equality'] / rates['detect_leak']:.1f} times as long")


if __name__ == "__main__":
    main()

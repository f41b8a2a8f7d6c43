"""Measures the leak detector's rules on conversations that had no influence on them.

The detector has no fitted numbers, so scoring its fixed rules fold by fold would say nothing new. But a file of
labelled replies can have influenced the choice of rules. So each rule of `evidence` has to prove its worth in every
fold. On the other folds' replies, rules are dropped one by one as long as this does not lower Cohen's κ (greedy
backward elimination; a tie drops the rule). The remaining rules then classify the fold. A rule that serves a single
conversation has been dropped when that conversation is classified. Replies to the same problem are never in two folds.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from canopy_assets.review.agreement import kappa
from canopy_assets.review.leak.calibration import Calibration, Classified, classify, confusion, summarize
from canopy_assets.review.leak.detector import detect_leak
from canopy_assets.review.leak.evidence import RULES

Verdicts = Callable[[frozenset[str]], Sequence[Classified]]
"""The classification of all replies without some rules, by the names of these rules."""


@dataclass(frozen=True)
class CrossValidation:
    """Error rates on held-out problems, and in how many of the folds each rule was kept."""

    folds: int
    problems: int
    held_out: Calibration
    kept: dict[str, int]


def cross_validate(
    path: str | Path, *, folds: int | None = None, rules: Sequence[str] = RULES, resamples: int = 2000, seed: int = 7
) -> CrossValidation:
    """Chooses rules without a fold's problems and classifies the fold by them, for every fold.

    Args:
        path: Labelled replies in MRBench's format.
        folds: The number of folds of whole problems, drawn by `seed`. By default, each problem is one fold.
        rules: Names of the rules that have to prove their worth. The others stay.
        resamples: Bootstrap samples of whole conversations for the intervals.
        seed: The seed of the folds and the bootstrap.

    Raises:
        ValueError: the file is not of that format, or has fewer than two problems with a numeric answer.
    """
    verdicts = lru_cache(maxsize=None)(lambda without: classify(path, partial(detect_leak, without=without)))
    problems = sorted({row.problem for row in verdicts(frozenset())})
    folds = min(folds or len(problems), len(problems))
    if folds < 2:
        raise ValueError(f"{path}: cross-validation needs at least two folds and two problems with a numeric answer")
    random.Random(seed).shuffle(problems)
    classified: list[Classified] = []
    kept: Counter[str] = Counter()
    for held_out in (frozenset(problems[i::folds]) for i in range(folds)):
        dropped = _dropped(verdicts, [r.problem not in held_out for r in verdicts(frozenset())], rules)
        kept.update(name for name in RULES if name not in dropped)
        classified += [row for row in verdicts(dropped) if row.problem in held_out]
    counts = {name: kept[name] for name in RULES}
    return CrossValidation(folds, len(problems), summarize(classified, resamples=resamples, seed=seed), counts)


def _dropped(verdicts: Verdicts, training: Sequence[bool], rules: Iterable[str]) -> frozenset[str]:
    """The rules that the training replies can do without."""

    def agreement(without: frozenset[str]) -> float:
        return kappa(confusion([row for row, used in zip(verdicts(without), training, strict=True) if used]))

    dropped: frozenset[str] = frozenset()
    best = agreement(dropped)
    while rest := [name for name in rules if name not in dropped]:
        value, name = max((agreement(dropped | {name}), name) for name in rest)
        if value < best:
            break
        dropped, best = dropped | {name}, value
    return dropped

"""The evaluation: from every arm's replies to rates with intervals, paired tests, costs, controls and examples.

A pure function: the same prompts and replies give the same evaluation, to the last digit.
"""

from __future__ import annotations

import statistics as stdlib_statistics
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.comparison import Comparison, compare, slices_of, value_of
from canopy_assets.evals.eval_set import digest
from canopy_assets.evals.metrics.degeneration import commonest_opening
from canopy_assets.evals.metrics.permutation import PermutationControl, permutation_control
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import ReplyScore, score
from canopy_assets.evals.prompts import ARMS, TUNED
from canopy_assets.evals.report.examples import Example, choose_examples
from canopy_assets.evals.statistics import Proportion, bootstrap_mean, wilson
from canopy_assets.records import EvalPrompt, TutorResponse

COMPARED_SLICES = ("all", "held_out", "known_families", "unseen_families", "pressure")


class EvaluationError(ValueError):
    """Prompts and replies that do not belong together."""


@dataclass(frozen=True)
class SliceRate:
    """One rate: an arm, a slice of the prompts, a metric. `rate` is None where the slice is empty."""

    arm: str
    slice: str
    metric: str
    successes: int
    n: int
    rate: float | None
    low: float
    high: float


@dataclass(frozen=True)
class ArmSummary:
    """What an arm costs and how it writes.

    Tokens, words and `seconds_per_reply` are medians over its replies. The time to the first token is a mean with its
    95 % bootstrap interval. Times are in seconds.
    """

    arm: str
    replies: int
    prompt_tokens: float
    reply_tokens: float
    words: float
    questions_per_reply: float
    time_to_first_token_s: float
    time_to_first_token_low_s: float
    time_to_first_token_high_s: float
    seconds_per_reply: float
    commonest_opening: str
    commonest_opening_share: float


@dataclass(frozen=True)
class Evaluation:
    """Everything that the gates and the report need.

    `arms` are in the order of `prompts.ARMS`, others after them. `swaps` has the permutation control of each arm.
    """

    eval_digest: str
    arms: tuple[str, ...]
    n_held_out: int
    n_pressure: int
    known_families: tuple[str, ...]
    unseen_families: tuple[str, ...]
    rates: tuple[SliceRate, ...]
    comparisons: tuple[Comparison, ...]
    summaries: tuple[ArmSummary, ...]
    swaps: tuple[PermutationControl, ...]
    examples: tuple[Example, ...]
    scores: tuple[ReplyScore, ...]

    def rate(self, arm: str, metric: str, slice: str = "all") -> Proportion:
        """The rate of a metric. A slice without prompts has the rate None and the interval [0, 1]."""
        for row in self.rates:
            if (row.arm, row.metric, row.slice) == (arm, metric, slice):
                return Proportion(row.successes, row.n, row.rate, row.low, row.high)
        return wilson(0, 0)

    def comparison(self, metric: str, reference: str, slice: str = "all") -> Comparison | None:
        """The tuned arm against `reference` on a metric; None where one of them has no replies."""
        for row in self.comparisons:
            if (row.metric, row.reference, row.slice) == (metric, reference, slice):
                return row
        return None

    def slices(self, prefix: str) -> tuple[str, ...]:
        """Names of the slices that start with a prefix ("attack:", "family:", "state:"), sorted."""
        return tuple(sorted({row.slice for row in self.rates if row.slice.startswith(prefix)}))


def evaluate(
    prompts: Sequence[EvalPrompt], responses: Iterable[TutorResponse], *, known_families: Collection[str]
) -> Evaluation:
    """Scores every reply and compares the arms.

    Args:
        prompts: the evaluation set.
        responses: exactly one reply per arm and prompt.
        known_families: families that occur in the training data.

    Raises:
        EvaluationError: for replies to unknown prompts, two replies of one arm to a prompt, or an arm that did not
            reply to some prompt (an average over the replies that exist would flatter an arm that crashed).
    """
    replies = list(responses)
    by_id = {prompt.prompt_id: prompt for prompt in prompts}
    arms = _arms(replies)
    _check_complete(by_id, replies, arms)
    scores = _ordered(
        [score(by_id[r.prompt_id], r, known_family=by_id[r.prompt_id].family in known_families) for r in replies],
        arms,
        list(by_id),
    )
    families = sorted({prompt.family for prompt in prompts})
    return Evaluation(
        eval_digest=digest(prompts),
        arms=arms,
        n_held_out=sum(prompt.kind == "held_out" for prompt in prompts),
        n_pressure=sum(prompt.kind == "pressure" for prompt in prompts),
        known_families=tuple(f for f in families if f in known_families),
        unseen_families=tuple(f for f in families if f not in known_families),
        rates=tuple(_rates(scores, arms)),
        comparisons=tuple(_comparisons(scores, arms)),
        summaries=tuple(_summary(arm, [s for s in scores if s.arm == arm]) for arm in arms),
        swaps=tuple(permutation_control(prompts, replies)),
        examples=tuple(choose_examples(by_id, scores)),
        scores=tuple(scores),
    )


def _arms(replies: Sequence[TutorResponse]) -> tuple[str, ...]:
    """The arms that replied, in the order of the report."""
    present = list(dict.fromkeys(reply.arm for reply in replies))
    known = [arm.name for arm in ARMS if arm.name in present]
    return (*known, *(arm for arm in present if arm not in known))


def _check_complete(by_id: Mapping[str, EvalPrompt], replies: Sequence[TutorResponse], arms: Sequence[str]) -> None:
    """Raises `EvaluationError` unless every arm has one reply to every prompt."""
    if not by_id:
        raise EvaluationError("no prompts: name at least one evaluation file with prompts in it")
    seen: set[tuple[str, str]] = set()
    for reply in replies:
        if reply.prompt_id not in by_id:
            raise EvaluationError(
                f"{reply.arm} replied to {reply.prompt_id!r}, which is not in the evaluation set; "
                "generate the replies again"
            )
        if (reply.arm, reply.prompt_id) in seen:
            raise EvaluationError(f"{reply.arm} has two replies to {reply.prompt_id!r}; keep one")
        seen.add((reply.arm, reply.prompt_id))
    for arm in arms:
        missing = [prompt_id for prompt_id in by_id if (arm, prompt_id) not in seen]
        if missing:
            raise EvaluationError(
                f"{arm} lacks replies to {len(missing)} of {len(by_id)} prompts, first {missing[0]!r}; "
                "generate the replies again"
            )


def _ordered(scores: Sequence[ReplyScore], arms: Sequence[str], prompt_ids: Sequence[str]) -> list[ReplyScore]:
    """The scores by arm, then by prompt: the order in which replies arrived must not change the result."""
    arm_rank = {arm: rank for rank, arm in enumerate(arms)}
    prompt_rank = {prompt_id: rank for rank, prompt_id in enumerate(prompt_ids)}
    return sorted(scores, key=lambda s: (arm_rank[s.arm], prompt_rank[s.prompt_id]))


def _rates(scores: Sequence[ReplyScore], arms: Sequence[str]) -> Iterable[SliceRate]:
    """A rate for each arm, slice and metric that has replies."""
    groups: dict[tuple[str, str], list[ReplyScore]] = {}
    for row in scores:
        for name in slices_of(row):
            groups.setdefault((row.arm, name), []).append(row)
    for arm in arms:
        for name in sorted({name for _, name in groups}):
            rows = groups.get((arm, name), [])
            for metric in METRICS:
                counted = [value_of(row, metric) for row in rows if row.kind in metric.kinds]
                if counted:
                    share = wilson(sum(counted), len(counted))
                    yield SliceRate(arm, name, metric.name, share.successes, share.n, share.rate, share.low, share.high)


def _comparisons(scores: Sequence[ReplyScore], arms: Sequence[str]) -> Iterable[Comparison]:
    """The tuned arm against each other arm, slice by slice."""
    tuned = [row for row in scores if row.arm == TUNED]
    for arm in arms:
        if arm != TUNED:
            reference = [row for row in scores if row.arm == arm]
            for name in COMPARED_SLICES:
                yield from compare(reference, tuned, slice=name, name=arm)


def _summary(arm: str, rows: Sequence[ReplyScore]) -> ArmSummary:
    """The costs and habits of one arm, over all its replies."""

    def median(of: Callable[[ReplyScore], float]) -> float:
        return float(stdlib_statistics.median(map(of, rows)))

    times = bootstrap_mean([row.time_to_first_token_s for row in rows])
    opening, count = commonest_opening(row.opening for row in rows)
    return ArmSummary(
        arm=arm,
        replies=len(rows),
        prompt_tokens=median(lambda row: row.prompt_tokens),
        reply_tokens=median(lambda row: row.reply_tokens),
        words=median(lambda row: row.words),
        questions_per_reply=sum(row.questions for row in rows) / len(rows),
        time_to_first_token_s=times.mean or 0.0,
        time_to_first_token_low_s=times.low or 0.0,
        time_to_first_token_high_s=times.high or 0.0,
        seconds_per_reply=median(lambda row: row.seconds),
        commonest_opening=opening,
        commonest_opening_share=count / len(rows),
    )

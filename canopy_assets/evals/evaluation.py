"""The evaluation: from every arm's replies to rates with intervals, paired tests, costs, controls and examples.

A pure function: the same prompts and replies give the same evaluation, to the last digit.
"""

from __future__ import annotations

import statistics as stdlib_statistics
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from canopy_assets.evals.comparison import Comparison, applies, compare, value_of
from canopy_assets.evals.completeness import EvaluationError, arms_and_replies
from canopy_assets.evals.controls import Control, ControlReply, control_replies, control_shares
from canopy_assets.evals.conversations import Survival, survival_of, with_conversations
from canopy_assets.evals.eval_set import digest
from canopy_assets.evals.metrics.degeneration import commonest_opening
from canopy_assets.evals.metrics.permutation import PermutationControl, permutation_control
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import Judge, ReplyScore, asked_of, score_all
from canopy_assets.evals.noise import Noise, noise_floors
from canopy_assets.evals.prompts import STARTS, TUNED
from canopy_assets.evals.report.examples import Example, choose_examples
from canopy_assets.evals.slices import COMPARED_SLICES, slices_of
from canopy_assets.evals.statistics import (
    Corrected,
    Proportion,
    bootstrap_mean,
    clustered,
    corrected_share,
    effective_size,
    wilson,
)
from canopy_assets.records import EvalPrompt, TutorResponse
from canopy_assets.review.usefulness import Usefulness, useful_many
from canopy_assets.review.usefulness.calibration import JudgeErrors, read_judge_errors

__all__ = ["Evaluation", "EvaluationError", "evaluate"]


OTHER_PROBLEMS = 20
"""How many problems of other families each reply is put to. All of them would take as long as everything else."""


@dataclass(frozen=True)
class SliceRate:
    """One rate: an arm, a slice of the prompts, a metric. `rate` is None where the slice is empty.

    `effective_n` is how many independent replies the n are worth, since replies about one problem are alike; the 95 %
    interval is at that number.
    """

    arm: str
    slice: str
    metric: str
    successes: int
    n: int
    rate: float | None
    low: float
    high: float
    effective_n: float


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

    Attributes:
        arms: in the order of `prompts.ARMS`, others after them; without the other starts, which have only `scores`.
        swaps: the permutation control of the relevance metric, for each arm.
        controls: tutors of known worth as the judge rates them, best expected first.
        survivals: how long each arm with conversations keeps the answer.
        noise: the A/A comparison of each arm with several samples.
        judge_errors: the judge's errors.
    """

    eval_digest: str
    arms: tuple[str, ...]
    n_held_out: int
    n_open: int
    n_pressure: int
    n_conversations: int
    known_families: tuple[str, ...]
    unseen_families: tuple[str, ...]
    rates: tuple[SliceRate, ...]
    comparisons: tuple[Comparison, ...]
    summaries: tuple[ArmSummary, ...]
    swaps: tuple[PermutationControl, ...]
    controls: tuple[Control, ...]
    survivals: tuple[Survival, ...]
    noise: tuple[Noise, ...]
    examples: tuple[Example, ...]
    scores: tuple[ReplyScore, ...]
    judge_errors: JudgeErrors

    def rate(self, arm: str, metric: str, slice: str = "all") -> Proportion:
        """The rate of a metric. A slice without prompts has the rate None and the interval [0, 1]."""
        row = self._row(arm, metric, slice)
        return Proportion(row.successes, row.n, row.rate, row.low, row.high) if row else wilson(0, 0)

    def sends(self, arm: str, slice: str = "all") -> Corrected:
        """The share of replies that a teacher could send, corrected for the judge's errors."""
        row = self._row(arm, "sends", slice)
        return corrected_share(
            self.rate(arm, "sends", slice),
            sensitivity=self.judge_errors.sensitivity,
            specificity=self.judge_errors.specificity,
            effective_n=row.effective_n if row else None,
        )

    def control(self, name: str) -> Control | None:
        """A control by its name; None where it had no replies."""
        return next((control for control in self.controls if control.name == name), None)

    def comparison(self, metric: str, reference: str, slice: str = "all") -> Comparison | None:
        """The tuned arm against `reference` on a metric; None where one of them has no replies."""
        for row in self.comparisons:
            if (row.metric, row.reference, row.slice) == (metric, reference, slice):
                return row
        return None

    def survival(self, arm: str) -> Survival | None:
        """How long an arm keeps the answer in conversations; None where it had none."""
        return next((found for found in self.survivals if found.arm == arm), None)

    def slices(self, prefix: str) -> tuple[str, ...]:
        """Names of the slices that start with a prefix ("attack:", "family:", "state:"), sorted."""
        return tuple(sorted({row.slice for row in self.rates if row.slice.startswith(prefix)}))

    def _row(self, arm: str, metric: str, slice: str) -> SliceRate | None:
        return self._rows.get((arm, metric, slice))

    @cached_property
    def _rows(self) -> dict[tuple[str, str, str], SliceRate]:
        return {(row.arm, row.metric, row.slice): row for row in self.rates}


def evaluate(
    prompts: Sequence[EvalPrompt],
    responses: Iterable[TutorResponse],
    *,
    known_families: Collection[str],
    judge: Judge = useful_many,
    judge_errors: JudgeErrors | None = None,
) -> Evaluation:
    """Scores every reply and compares the arms.

    Args:
        prompts: the evaluation set.
        responses: of every arm one reply to each prompt, or the same samples (or starts), and every turn of a
            conversation. An arm may leave out whole kinds of prompts.
        known_families: families that occur in the training data.
        judge: decides whether a teacher could send a reply.
        judge_errors: the judge's errors; those measured for the default judge when None.

    Raises:
        EvaluationError: for replies to unknown prompts, two replies of one arm to a prompt, or an arm that did not
            reply to some prompt (an average over the replies that exist would flatter an arm that crashed).
    """
    by_id = {prompt.prompt_id: prompt for prompt in prompts}
    arms, replies = arms_and_replies(by_id, responses)
    errors = judge_errors or read_judge_errors()
    controls = control_replies(prompts, [r for r in replies if r.arm == TUNED])
    scores, opinions = _judged(with_conversations(by_id, replies), controls, known_families, judge)
    tuned = [row for row in scores if row.arm == TUNED]
    arms = tuple(arm for arm in arms if arm != STARTS)
    families = sorted({prompt.family for prompt in prompts if prompt.statement})
    kinds = [prompt.kind for prompt in prompts]
    return Evaluation(
        eval_digest=digest(prompts),
        arms=arms,
        n_held_out=kinds.count("held_out"),
        n_open=kinds.count("open"),
        n_pressure=kinds.count("pressure"),
        n_conversations=kinds.count("conversation"),
        known_families=tuple(f for f in families if f in known_families),
        unseen_families=tuple(f for f in families if f not in known_families),
        rates=tuple(_rates(scores, arms)),
        comparisons=tuple(_comparisons(scores, arms)),
        summaries=tuple(_summary(arm, [s for s in scores if s.arm == arm]) for arm in arms),
        swaps=tuple(permutation_control(*_with_a_problem(prompts, replies), others=OTHER_PROBLEMS)),
        controls=control_shares(controls, opinions, tuned, errors),
        survivals=tuple(s for arm in arms if (s := survival_of(arm, [r for r in scores if r.arm == arm]))),
        noise=noise_floors(scores),
        examples=tuple(choose_examples(by_id, scores, replies)),
        scores=tuple(scores),
        judge_errors=errors,
    )


def _with_a_problem(
    prompts: Sequence[EvalPrompt], replies: Sequence[TutorResponse]
) -> tuple[list[EvalPrompt], list[TutorResponse]]:
    """The single prompts that have a problem, and the tuned arm's replies to them: every pair costs time."""
    posed = {p.prompt_id: p for p in prompts if p.statement and p.kind != "conversation"}
    chosen = [r for r in replies if r.arm == TUNED and r.prompt_id in posed and r.sample == 0]
    return list(posed.values()), chosen


def _judged(
    asked: Sequence[tuple[EvalPrompt, TutorResponse]],
    controls: Sequence[ControlReply],
    known_families: Collection[str],
    judge: Judge,
) -> tuple[list[ReplyScore], Sequence[Usefulness]]:
    """The scores of the arms' replies and the judge's opinions of the controls', from one call of the judge."""
    everything = [asked_of(prompt, reply.reply) for prompt, reply in asked] + [c.asked for c in controls]
    opinions = judge(everything)
    scores = score_all(asked, opinions[: len(asked)], known_families=known_families)
    return scores, opinions[len(asked) :]


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
                counted = [row for row in rows if applies(row, metric)]
                if counted:
                    values, problems = [value_of(r, metric) for r in counted], [r.problem for r in counted]
                    share, size = clustered(values, problems), effective_size(values, problems)
                    yield SliceRate(
                        arm, name, metric.name, share.successes, share.n, share.rate, share.low, share.high, size
                    )


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

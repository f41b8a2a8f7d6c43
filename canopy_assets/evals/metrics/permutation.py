"""The permutation control of the relevance metric: each reply is also scored against every other prompt's problem.

A metric that calls a reply relevant to any problem measures style, so these rates must be far below the rate for the
reply's own problem. Problems of the same family share terms and often numbers ("What does the slope tell you?" fits
several), so they are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.evals.statistics import Proportion, wilson
from canopy_assets.records import EvalPrompt, TutorResponse


@dataclass(frozen=True)
class PermutationControl:
    """Shares of an arm's replies that ask about their own problem, about others of its family, and about problems of
    other families.

    The intervals of the last two treat the pairs of reply and problem as independent. They are not, so read the rates
    only.
    """

    arm: str
    own: Proportion
    same_family: Proportion
    other_family: Proportion


def permutation_control(
    prompts: Sequence[EvalPrompt], responses: Iterable[TutorResponse], *, others: int | None = None
) -> list[PermutationControl]:
    """Scores every reply against every problem, or against some.

    Args:
        prompts: the evaluation set.
        responses: replies to these prompts, of any arms.
        others: how many problems of other families each reply is put to, spread over all of them; None for all.

    Returns:
        One control per arm, in order of first appearance. Another prompt about the reply's own problem does not count
        as another problem.
    """
    by_id = {prompt.prompt_id: prompt for prompt in prompts}
    problems = list({prompt.statement: prompt for prompt in prompts}.values())
    by_arm: dict[str, list[TutorResponse]] = {}
    for response in responses:
        by_arm.setdefault(response.arm, []).append(response)
    return [_control(arm, replies, by_id, problems, others) for arm, replies in by_arm.items()]


def _control(
    arm: str,
    replies: Sequence[TutorResponse],
    by_id: Mapping[str, EvalPrompt],
    problems: Sequence[EvalPrompt],
    others: int | None,
) -> PermutationControl:
    """The control of one arm; `problems` has one prompt for each problem."""
    own, same_family, other_family = [], [], []
    for number, response in enumerate(replies):
        prompt = by_id[response.prompt_id]
        own.append(relevance(response.reply, prompt).asks)
        family = [p for p in problems if p.family == prompt.family and p.statement != prompt.statement]
        rest = [p for p in problems if p.family != prompt.family]
        step = max(1, len(rest) // others) if others else 1
        # Each reply starts elsewhere, so that together they meet all problems.
        chosen = rest[number % step :: step]
        same_family += [relevance(response.reply, problem).asks for problem in family]
        other_family += [relevance(response.reply, problem).asks for problem in chosen]
    return PermutationControl(arm, _share(own), _share(same_family), _share(other_family))


def _share(asks: Sequence[bool]) -> Proportion:
    return wilson(sum(asks), len(asks))

"""The control of the relevance metric: replies scored against other prompts' problems must score far lower.

A metric that calls a reply relevant to any problem measures style. Problems of the same family share terms and often
numbers, so they are counted apart: there a fair share of hits is right ("What does the slope tell you?").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.evals.statistics import Proportion, wilson
from canopy_assets.records import EvalPrompt, TutorResponse


@dataclass(frozen=True)
class SwapControl:
    """Share of an arm's replies that ask about their own problem, about others of the family, about problems of other
    families.

    The intervals of the swapped rates treat pairs as independent, which they are not: read the rates.
    """

    arm: str
    own: Proportion
    same_family: Proportion
    other_family: Proportion


def swap_control(prompts: Sequence[EvalPrompt], responses: Iterable[TutorResponse]) -> list[SwapControl]:
    """Scores every reply against every other problem.

    Args:
        prompts: the evaluation set.
        responses: replies to these prompts, of any arms.

    Returns: One control per arm, in order of first appearance. Prompts about the reply's own problem are left out of
        the swap.
    """
    by_id = {prompt.prompt_id: prompt for prompt in prompts}
    problems = list({prompt.statement: prompt for prompt in prompts}.values())
    by_arm: dict[str, list[TutorResponse]] = {}
    for response in responses:
        by_arm.setdefault(response.arm, []).append(response)
    return [_control(arm, replies, by_id, problems) for arm, replies in by_arm.items()]


def _control(
    arm: str, replies: Sequence[TutorResponse], by_id: Mapping[str, EvalPrompt], problems: Sequence[EvalPrompt]
) -> SwapControl:
    own = same = other = same_pairs = other_pairs = 0
    for response in replies:
        prompt = by_id[response.prompt_id]
        own += relevance(response.reply, prompt).asks
        for problem in problems:
            if problem.statement == prompt.statement:
                continue
            hit = relevance(response.reply, problem).asks
            if problem.family == prompt.family:
                same, same_pairs = same + hit, same_pairs + 1
            else:
                other, other_pairs = other + hit, other_pairs + 1
    return SwapControl(arm, wilson(own, len(replies)), wilson(same, same_pairs), wilson(other, other_pairs))

"""Conversations with a scripted student: what was said before each reply, and how long a tutor holds out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.statistics import Proportion, SurvivalPoint, clustered, survival_curve
from canopy_assets.records import EvalPrompt, Message, TutorResponse


@dataclass(frozen=True)
class Survival:
    """How long an arm keeps the answer in conversations. `points` are the survival curve over the tutor's turns."""

    arm: str
    leaked: Proportion
    points: tuple[SurvivalPoint, ...]


def as_asked(prompt: EvalPrompt, response: TutorResponse, earlier: Sequence[TutorResponse]) -> EvalPrompt:
    """The prompt with the whole conversation before a reply.

    Args:
        prompt: where the conversation began.
        response: the reply; in a conversation its turn counts from 0.
        earlier: the same arm's replies in the turns before, in order.
    """
    if response.turn == 0:
        return prompt
    said = list(prompt.messages)
    for reply, student in zip(earlier, prompt.script, strict=False):
        said += [Message("assistant", reply.reply), Message("user", student)]
    return replace(prompt, messages=tuple(said))


def with_conversations(
    by_id: Mapping[str, EvalPrompt], replies: Sequence[TutorResponse]
) -> list[tuple[EvalPrompt, TutorResponse]]:
    """Each reply with its prompt and everything that was said before it, in the order of the replies."""
    turns: dict[tuple[str, str, int], dict[int, TutorResponse]] = {}
    for reply in replies:
        turns.setdefault((reply.arm, reply.prompt_id, reply.sample), {})[reply.turn] = reply
    asked = []
    for reply in replies:
        said = turns[reply.arm, reply.prompt_id, reply.sample]
        asked.append((as_asked(by_id[reply.prompt_id], reply, [said[i] for i in range(reply.turn)]), reply))
    return asked


def survival_of(arm: str, rows: Sequence[ReplyScore]) -> Survival | None:
    """When an arm first reveals the answer in each of its conversations; None where it had none."""
    talks: dict[tuple[str, int], list[ReplyScore]] = {}
    for row in rows:
        if row.kind == "conversation":
            talks.setdefault((row.prompt_id, row.sample), []).append(row)
    if not talks:
        return None
    turns, leaked, problems = [], [], []
    for talk in talks.values():
        first = min((row.turn + 1 for row in talk if row.leaks), default=None)
        turns.append(first or max(row.turn for row in talk) + 1)
        leaked.append(first is not None)
        problems.append(talk[0].problem)
    return Survival(arm, clustered(leaked, problems), survival_curve(turns, leaked))

"""Whether prompts and replies belong together: no arm is judged by a part of what it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from canopy_assets.evals.prompts import ARMS
from canopy_assets.records import EvalPrompt, TutorResponse


class EvaluationError(ValueError):
    """Prompts and replies that do not belong together."""


def arms_and_replies(
    by_id: Mapping[str, EvalPrompt], responses: Iterable[TutorResponse]
) -> tuple[tuple[str, ...], list[TutorResponse]]:
    """The arms in the order of the report, and their replies by arm, prompt, turn and sample.

    Raises:
        EvaluationError: see `_check_complete`.
    """
    replies = list(responses)
    present = sorted({reply.arm for reply in replies})
    known = [arm.name for arm in ARMS if arm.name in present]
    arms = (*known, *(arm for arm in present if arm not in known))
    _check_complete(by_id, replies, arms)
    arm_rank, prompt_rank = {arm: i for i, arm in enumerate(arms)}, {name: i for i, name in enumerate(by_id)}
    # The order in which replies arrived must not change the result.
    replies.sort(key=lambda r: (arm_rank[r.arm], prompt_rank[r.prompt_id], r.turn, r.sample))
    return arms, replies


def _check_complete(by_id: Mapping[str, EvalPrompt], replies: Sequence[TutorResponse], arms: Sequence[str]) -> None:
    """Raises `EvaluationError` unless every arm has all replies to all prompts of the kinds that it was asked.

    All: one for each sample that the arm drew, and in a conversation one after each of the student's turns.
    """
    if not by_id:
        raise EvaluationError("no prompts: name at least one evaluation file with prompts in it")
    seen: set[tuple[str, str, int, int]] = set()
    for reply in replies:
        if reply.prompt_id not in by_id:
            raise EvaluationError(
                f"{reply.arm} replied to {reply.prompt_id!r}, which is not in the evaluation set; "
                "generate the replies again"
            )
        if (key := (reply.arm, reply.prompt_id, reply.turn, reply.sample)) in seen:
            raise EvaluationError(f"{reply.arm} has two replies to {reply.prompt_id!r}; keep one")
        if reply.turn > len(by_id[reply.prompt_id].script):
            raise EvaluationError(
                f"{reply.arm} has a reply in turn {reply.turn} of {reply.prompt_id!r}, which the student does not "
                "reach; generate the replies again"
            )
        seen.add(key)
    for arm in arms:
        _check_arm(arm, by_id, seen)


def _check_arm(arm: str, by_id: Mapping[str, EvalPrompt], seen: set[tuple[str, str, int, int]]) -> None:
    """Raises `EvaluationError` when one arm lacks a reply."""
    # How many samples an arm draws may differ between kinds of prompts, but not within one.
    samples: dict[str, set[int]] = {}
    for _, prompt_id, _, sample in (key for key in seen if key[0] == arm):
        samples.setdefault(by_id[prompt_id].kind, set()).add(sample)
    expected = [p for p in by_id.values() if p.kind in samples]
    missing = [
        p.prompt_id
        for p in expected
        if not all((arm, p.prompt_id, t, s) in seen for t in range(len(p.script) + 1) for s in samples[p.kind])
    ]
    if missing:
        raise EvaluationError(
            f"{arm} lacks replies to {len(missing)} of {len(expected)} prompts, first {missing[0]!r}; "
            "generate the replies again"
        )

"""A review of many dialogues: the gates that look at one dialogue, where most of the time goes, run in processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue
from canopy_assets.review.duplicates import SeenTexts
from canopy_assets.review.reviewer import Reviewer

CHUNK = 250
"""Dialogues that a process takes at a time: about a second of work, beside which sending them costs nothing."""

Alone = Callable[[Sequence[Dialogue]], list[ReviewedDialogue]]

_reviewer: Reviewer | None = None
"""Of this process, where it is one of those started here."""


def review(
    dialogues: Sequence[Dialogue],
    *,
    eval_prompts: Sequence[EvalPrompt],
    exercises: Mapping[str, Exercise] | None = None,
    seen: SeenTexts | None = None,
    processes: int = 1,
) -> list[ReviewedDialogue]:
    """Gives each dialogue a verdict per gate, in the order of the input; none is dropped.

    Args:
        dialogues: One batch; duplicates are found within it, and the first that nothing else rejects stays.
        eval_prompts: What the evaluation will ask, and nothing may be trained on.
        exercises: By id; they give the leak and truth gates the steps and misconceptions. Without one they use the
            dialogue's answer.
        seen: What finds the duplicates, where it isn't empty or uses embeddings.
        processes: How many look at single dialogues side by side, where there are thousands of them.
    """
    reviewer = Reviewer(eval_prompts=eval_prompts, exercises=exercises, seen=seen)
    if processes == 1 or len(dialogues) < processes * CHUNK:
        return reviewer.review(dialogues)
    with reviewing_processes(processes, eval_prompts=eval_prompts, exercises=exercises) as alone:
        return reviewer.settle(alone(dialogues))


@contextmanager
def reviewing_processes(
    count: int, *, eval_prompts: Sequence[EvalPrompt], exercises: Mapping[str, Exercise] | None = None
) -> Iterator[Alone]:
    """A function that does what `Reviewer.alone` does for many dialogues, in their order, in `count` processes."""
    # A fork of a process with threads (Dagster's, torch's) may hang.
    with ProcessPoolExecutor(count, get_context("spawn"), _begin, (eval_prompts, exercises)) as pool:

        def alone(dialogues: Sequence[Dialogue]) -> list[ReviewedDialogue]:
            chunks = [dialogues[i : i + CHUNK] for i in range(0, len(dialogues), CHUNK)]
            return [reviewed for chunk in pool.map(_review, chunks) for reviewed in chunk]

        yield alone


def _begin(eval_prompts: Sequence[EvalPrompt], exercises: Mapping[str, Exercise] | None) -> None:
    global _reviewer
    _reviewer = Reviewer(eval_prompts=eval_prompts, exercises=exercises)


def _review(dialogues: Sequence[Dialogue]) -> list[ReviewedDialogue]:
    assert _reviewer is not None
    return [_reviewer.alone(dialogue) for dialogue in dialogues]

"""The gates that look at one dialogue, in several processes: a review of many dialogues takes its time there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue
from canopy_assets.review.reviewer import Reviewer

CHUNK = 250
"""Dialogues that a process takes at a time: about a second of work, beside which sending them costs nothing."""

Alone = Callable[[Sequence[Dialogue]], list[ReviewedDialogue]]

_reviewer: Reviewer | None = None
"""Of this process, where it is one of those started here."""


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

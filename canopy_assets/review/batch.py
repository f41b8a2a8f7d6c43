"""Reviews many dialogues. The gates for single dialogues take most of the time, so they run in several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue
from canopy_assets.review.duplicates import SeenTexts
from canopy_assets.review.reviewer import Reviewer

CHUNK = 250
"""How many dialogues a process takes at a time: about a second of work, so that sending them costs little."""

ReviewAlone = Callable[[Sequence[Dialogue]], list[ReviewedDialogue]]

_reviewer: Reviewer | None = None
"""The reviewer of this process, if `reviewing_processes` started it."""


def review(
    dialogues: Sequence[Dialogue],
    *,
    eval_prompts: Sequence[EvalPrompt],
    exercises: Mapping[str, Exercise] | None = None,
    seen: SeenTexts | None = None,
    processes: int = 1,
    advice_blocks: bool = False,
) -> list[ReviewedDialogue]:
    """Gives each dialogue a verdict per gate, in the order of the input; none is dropped.

    Args:
        dialogues: One batch; duplicates are found within it, and the first that nothing else rejects stays.
        eval_prompts: The evaluation's prompts, which must not be trained on.
        exercises: The exercises by id. They give the leak and truth gates the steps and misconceptions. Without an
            exercise, these gates use the dialogue's answer.
        seen: Earlier texts in which duplicates are also looked for. Needed only if there are some, or for embeddings.
        processes: How many processes to use; worthwhile for thousands of dialogues.
        advice_blocks: Whether the gates that only advise on what people wrote reject it.
    """
    known: dict[str, Any] = {"eval_prompts": eval_prompts, "exercises": exercises, "advice_blocks": advice_blocks}
    reviewer = Reviewer(**known, seen=seen)
    if processes == 1 or len(dialogues) < processes * CHUNK:
        return reviewer.review(dialogues)
    with reviewing_processes(processes, **known) as alone:
        return reviewer.settle(alone(dialogues))


@contextmanager
def reviewing_processes(
    count: int,
    *,
    eval_prompts: Sequence[EvalPrompt],
    exercises: Mapping[str, Exercise] | None = None,
    advice_blocks: bool = False,
) -> Iterator[ReviewAlone]:
    """A function that applies `Reviewer.alone` to many dialogues in `count` processes and keeps their order."""
    # Spawned, since a fork of a process with threads (Dagster's, torch's) may hang.
    with ProcessPoolExecutor(count, get_context("spawn"), _begin, (eval_prompts, exercises, advice_blocks)) as pool:

        def alone(dialogues: Sequence[Dialogue]) -> list[ReviewedDialogue]:
            chunks = [dialogues[i : i + CHUNK] for i in range(0, len(dialogues), CHUNK)]
            return [reviewed for chunk in pool.map(_review, chunks) for reviewed in chunk]

        yield alone


def _begin(eval_prompts: Sequence[EvalPrompt], exercises: Mapping[str, Exercise] | None, advice_blocks: bool) -> None:
    global _reviewer
    _reviewer = Reviewer(eval_prompts=eval_prompts, exercises=exercises, advice_blocks=advice_blocks)


def _review(dialogues: Sequence[Dialogue]) -> list[ReviewedDialogue]:
    assert _reviewer is not None
    return [_reviewer.alone(dialogue) for dialogue in dialogues]

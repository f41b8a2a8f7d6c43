"""Several starts: trainings that differ in their seed alone, and the choice of the one that becomes the adapter.

The luck of a start can move an adapter's results by more than a change that somebody wants to measure. The median by
validation loss is neither the lucky start nor the unlucky one. The evaluation must not choose: its best start would be
the one that is lucky on the evaluation's own prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.results import Start, TrainingError, TrainingResult
from canopy_assets.compute.devices import release_memory
from canopy_assets.records import TrainingExample

Train = Callable[[int, TrainingSettings, Path], TrainingResult]
"""Trains the start of a number (from 1) into a folder. A finished training must give its result again from its last
checkpoint, so the caller keeps all checkpoints until every start is done."""


def train_starts(
    train: Train, starts: Sequence[TrainingSettings], examples: Sequence[TrainingExample], target: Path
) -> tuple[list[TrainingResult], list[Start]]:
    """Train every start, one after the other, and put the one with the median validation loss into `target`.

    The others stay in `target` with what is needed to reply, where `adapter_files.start_folder` says.

    Args:
        train: trains one start.
        starts: the settings of each, which differ in their seed.
        examples: the rows of both splits.
        target: an empty folder for the adapter.

    Returns:
        The result of every training, and what is recorded of it, in the order of the seeds.

    Raises:
        TrainingError: a training fails, or there are several starts and no validation rows to choose by.
    """
    if len(starts) > 1 and not any(e.split == "validation" for e in examples):
        raise _no_choice(len(starts))
    results = []
    for number, settings in enumerate(starts, start=1):
        folder = adapter_files.start_folder(target, settings.seed) if len(starts) > 1 else target
        results.append(train(number, settings, folder))
        release_memory()  # the next start loads the model again
    judged = median_start([result.validation_loss for result in results])
    recorded = [
        Start(number, settings.seed, result.validation_loss, result.seconds, number == judged + 1)
        for number, (settings, result) in enumerate(zip(starts, results, strict=True), start=1)
    ]
    if len(starts) > 1:
        adapter_files.choose_start(target, recorded)
    return results, recorded


def median_start(losses: Sequence[float | None]) -> int:
    """The index of the median validation loss: of an even number of losses, the worse of the two in the middle.

    Raises:
        TrainingError: there are several losses and one is not known.
    """
    if len(losses) == 1:
        return 0
    known = [(loss, index) for index, loss in enumerate(losses) if loss is not None]
    if len(known) < len(losses):
        raise _no_choice(len(losses))
    return sorted(known)[len(known) // 2][1]


def _no_choice(starts: int) -> TrainingError:
    return TrainingError(
        f"starts is {starts}, and training_set has no validation rows (or only some longer than max_length) that the "
        "median start could be chosen by. Set starts to 1, or add exercises until training_set has a validation split."
    )

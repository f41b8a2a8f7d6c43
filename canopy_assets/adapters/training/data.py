"""What a training reads: encoded rows of both splits, the planned steps, and the groups of validation rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, collate, pack, plan_epoch
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample, EncodedSet, encode_examples, show_mask
from canopy_assets.adapters.models import load_tokenizer, padding_id
from canopy_assets.adapters.results import TrainingError
from canopy_assets.records import TrainingExample


class PlannedStep(NamedTuple):
    """The rows of one optimizer step, by their position in the training set."""

    epoch: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class TrainingData:
    """The data of one training.

    Attributes:
        train: the rows that are trained on.
        validation: the rows whose loss decides which step is kept.
        steps: the training rows of each optimizer step, in order.
        pad_id: the token that fills batches.
        mask_sample: one row as text, with ⟦ ⟧ around what is under loss.
        groups: "opening state" or "topic" → validation example → its group.
    """

    train: EncodedSet
    validation: EncodedSet
    steps: tuple[PlannedStep, ...]
    pad_id: int
    mask_sample: str
    groups: Mapping[str, Mapping[str, str]]

    def rows_of(self, step: int) -> list[EncodedExample]:
        """The rows of a step, for all processes."""
        return [self.train.rows[i] for i in self.steps[step].rows]

    def collate(self, examples: Sequence[EncodedExample], *, packed: bool, device: str) -> Batch:
        """The rows as one batch, packed or padded."""
        return pack(examples, device=device) if packed else collate(examples, pad_id=self.pad_id, device=device)


def prepare_data(base: BaseModelInfo, examples: Sequence[TrainingExample], settings: TrainingSettings) -> TrainingData:
    """Encode both splits and plan the steps of every epoch.

    Raises:
        TrainingError: no training example is short enough.
        EncodingError: the base model's chat template cannot be masked.
    """
    tokenizer = load_tokenizer(base.path)
    by_split = {split: [e for e in examples if e.split == split] for split in ("train", "validation")}
    # Ids are digests of content, so the first ones when sorted are a sample that does not depend on the rows' order.
    chosen = sorted(by_split["validation"], key=lambda e: e.example_id)[: settings.validation_rows]
    train = encode_examples(tokenizer, by_split["train"], max_length=settings.max_length)
    validation = encode_examples(tokenizer, chosen, max_length=settings.max_length)
    if not train.rows:
        raise TrainingError(
            f"no training example is left: {len(by_split['train'])} were given, {len(train.too_long)} of them longer "
            f"than max_length={settings.max_length} tokens. Get more dialogues into training_set or raise max_length."
        )
    lengths = [len(row) for row in train.rows]
    steps = tuple(
        PlannedStep(epoch, rows)
        for epoch in range(settings.epochs)
        for rows in plan_epoch(lengths, batch_tokens=settings.batch_tokens, seed=settings.seed, epoch=epoch).steps
    )
    groups = {
        "opening state": {e.example_id: e.opening_state or "human-written" for e in chosen},
        "topic": {e.example_id: e.topic for e in chosen},
    }
    return TrainingData(train, validation, steps, padding_id(tokenizer), show_mask(tokenizer, train.rows[0]), groups)

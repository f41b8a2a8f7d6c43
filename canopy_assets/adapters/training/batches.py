"""Computes a batch in as many micro-batches as memory requires, and saves memory if a single row does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from canopy_assets.adapters.batching import Batch, plan_epoch, split_step
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample
from canopy_assets.adapters.results import TrainingError
from canopy_assets.adapters.training.data import TrainingData
from canopy_assets.adapters.training.execution import Execution
from canopy_assets.compute.devices import Device
from canopy_assets.compute.memory import MicroBatches, free_unused_memory, is_out_of_memory


class BatchRunner:
    """Runs computations over batches of one training. If memory runs out, it gives up speed, in this order:

    1. twice as many micro-batches, down to one row each;
    2. outputs of frozen layers are no longer cached;
    3. gradient checkpointing, if the settings allow it.

    None of these changes the update beyond rounding.
    """

    def __init__(
        self,
        execution: Execution,
        data: TrainingData,
        settings: TrainingSettings,
        device: Device,
        log: Callable[[str], None],
    ) -> None:
        self.execution, self.loss, self.device = execution, execution.loss, device
        self.micro_batches = MicroBatches(execution.tuning.micro_batches, log)
        self._data, self._settings, self._log = data, settings, log

    def run(self, compute: Callable[[int], float], examples: Sequence[EncodedExample], what: str) -> float:
        """Return `compute(count)` for as many micro-batches as memory requires; 0 for no examples.

        Args:
            compute: computes the batch of `examples` in that many micro-batches.
            examples: the rows of the batch.
            what: the name of the work in the log.

        Raises:
            TrainingError: one row alone does not fit, and there is nothing left to save.
        """
        if not examples:
            return 0.0
        try:
            return self.micro_batches.run(compute, rows=len(examples), what=what)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if not (self.loss.caches_frozen_outputs or self._may_checkpoint_gradients()):
                raise self._too_large(examples) from error
        # Outside the handler: the traceback refers to the tensors that have to be freed.
        reason = f"one example does not fit into memory ({what})"
        if self.loss.caches_frozen_outputs:
            self.loss.stop_caching()
            self._log(f"{reason}: outputs of frozen layers are no longer cached")
        else:
            self.enable_gradient_checkpointing(reason)
        free_unused_memory()
        return self.run(compute, examples, what)

    def enable_gradient_checkpointing(self, reason: str) -> None:
        """Recompute activations in the backward pass from now on, and log why."""
        self.loss.enable_gradient_checkpointing()
        self._log(f"{reason}: gradient checkpointing is on from now on")

    def collate(self, examples: Sequence[EncodedExample], micro_batches: int) -> list[Batch]:
        """The rows as at most `micro_batches` batches on the device."""
        packed, device = self.execution.packing, self.device.kind
        return [self._data.collate(part, packed=packed, device=device) for part in split_step(examples, micro_batches)]

    def summed_loss(self, rows: Sequence[EncodedExample]) -> float:
        """The summed loss of the rows' tutor tokens, in nats, without dropout or gradients."""
        import torch

        self.loss.eval()
        plan = plan_epoch([len(r) for r in rows], batch_tokens=self._settings.batch_tokens, seed=0, epoch=0)
        batches = [[rows[i] for i in step] for step in plan.steps]
        with torch.inference_mode():
            return sum(self.run(lambda count, b=batch: self._sum(b, count), batch, "validation") for batch in batches)

    def _sum(self, examples: Sequence[EncodedExample], micro_batches: int) -> float:
        """The summed loss of a batch's tutor tokens. Each micro-batch is freed before the next is collated."""
        parts = split_step(examples, micro_batches)
        return sum(self.loss.per_token(self.collate(part, 1)[0]).sum().item() for part in parts)

    def _may_checkpoint_gradients(self) -> bool:
        return self._settings.gradient_checkpointing != "never" and not self.loss.gradient_checkpointing

    def _too_large(self, examples: Sequence[EncodedExample]) -> TrainingError:
        return TrainingError(
            f"out of memory with one example at a time, of at most {max(map(len, examples))} tokens, on "
            f"{self.device.name}. Lower max_length (now {self._settings.max_length}), take a smaller base model, or "
            "a device with more memory."
        )

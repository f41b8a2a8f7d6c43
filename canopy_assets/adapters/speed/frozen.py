"""The layers below the lowest adapter. Their output for a row never changes, so it is computed once, not in each pass.

A row is always computed by itself, not with its batch. So its numbers are the same to the bit in every epoch, after
resuming, and for any number of micro-batches.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from canopy_assets.adapters.batching import Batch

Tokens = tuple[int, ...]
Forward = Callable[..., Any]


class _TopReached(Exception):  # noqa: N818  # not an error
    """Ends a pass after the topmost frozen layer, carrying its output."""

    def __init__(self, output: Any) -> None:
        super().__init__()
        self.output = output


class FrozenLayers:
    """The frozen layers of a causal LM, with a cache of their outputs. The model itself stays unchanged."""

    def __init__(self, causal: Any, layers: Sequence[torch.nn.Module], rows: Iterable[Tokens]) -> None:
        """Set up the cache. Nothing is computed yet.

        Args:
            causal: the causal LM.
            layers: the lowest layers of its decoder (see `frozen_layers`).
            rows: the rows that are computed once. Other rows go through the whole model.
        """
        self._causal, self._layers = causal, layers
        self._rows = frozenset(rows)
        self._outputs: dict[Tokens, torch.Tensor] = {}
        self.caching = True

    def covers(self, batch: Batch) -> bool:
        """Whether all rows of a batch are among the rows that are computed once."""
        return self._rows.issuperset(batch.tokens)

    def clear_cache(self) -> None:
        """Drop the cached outputs, for example because the model is about to compute in another way."""
        self._outputs.clear()

    def stop_caching(self) -> None:
        """Compute rows again each time from now on, because memory is short. The numbers stay the same."""
        self.caching = False
        self.clear_cache()

    @contextlib.contextmanager
    def bypassed(self, batch: Batch) -> Iterator[None]:
        """While the block runs, a pass over `batch` starts above these layers, if the cache covers the batch."""
        if not self.covers(batch):
            yield
            return
        outputs = [self._output(row) for row in batch.tokens]
        if batch.position_ids is None:
            hidden_states = torch.nn.utils.rnn.pad_sequence(outputs, batch_first=True)
        else:
            hidden_states = torch.cat(outputs)[None]
        lower: list[Forward] = [lambda hidden, *_, **__: hidden for _ in self._layers[:-1]]
        with self._replaced_forwards([*lower, lambda *_, **__: hidden_states]):
            yield

    def is_deterministic(self, row: Tokens) -> bool:
        """Whether a row has the same output each time, in training and in evaluation. With dropout it does not."""
        was_training, outputs = self._causal.training, []
        try:
            with torch.random.fork_rng():
                for training in (False, True, True):
                    self._causal.train(training)
                    outputs.append(self._compute(row))
        finally:
            self._causal.train(was_training)
        return all(torch.equal(outputs[0], output) for output in outputs)

    def _output(self, row: Tokens) -> torch.Tensor:
        """The hidden states of a row (positions × width), from the cache or computed."""
        output = self._outputs.get(row)
        if output is None:
            output = self._compute(row)
            if self.caching:
                self._outputs[row] = output
        return output

    def _compute(self, row: Tokens) -> torch.Tensor:
        """Run a row through the layers, and end the pass after the topmost one.

        Raises:
            TypeError: the layers do not pass hidden states from one to the next.
        """
        originals = [layer.forward for layer in self._layers]

        def last(*args: Any, **kwargs: Any) -> None:
            raise _TopReached(originals[-1](*args, **kwargs))

        try:
            # Not in inference mode, even for an evaluation: tensors made there cannot be used in a training step.
            with self._replaced_forwards([*originals[:-1], last]), torch.inference_mode(False), torch.no_grad():
                self._causal.base_model(input_ids=torch.tensor([row], device=self._causal.device), use_cache=False)
        except _TopReached as end:
            if isinstance(end.output, torch.Tensor):
                return end.output[0]
            raise TypeError(f"a layer returns a {type(end.output).__name__}, not hidden states only") from None
        raise TypeError("the decoder does not call its lowest layers")

    @contextlib.contextmanager
    def _replaced_forwards(self, forwards: Sequence[Forward]) -> Iterator[None]:
        """While the block runs, the layers run these functions instead of their own forward passes."""
        compiled = [layer._compiled_call_impl for layer in self._layers]
        try:
            for layer, forward in zip(self._layers, forwards, strict=True):
                layer.forward, layer._compiled_call_impl = forward, None
            yield
        finally:
            for layer, was_compiled in zip(self._layers, compiled, strict=True):
                del layer.forward
                layer._compiled_call_impl = was_compiled


def frozen_layers(causal: Any) -> Sequence[torch.nn.Module]:
    """The decoder's layers below the lowest trained one; none if anything outside the layers is trained, too."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in causal.modules() if isinstance(module, GradientCheckpointingLayer)]
    trained = [any(p.requires_grad for p in layer.parameters()) for layer in layers]
    inside = {id(p) for layer in layers for p in layer.parameters()}
    if True not in trained or any(p.requires_grad and id(p) not in inside for p in causal.parameters()):
        return []
    return layers[: trained.index(True)]

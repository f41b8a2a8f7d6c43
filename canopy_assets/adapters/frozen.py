"""The layers below the lowest adapter: what they say of a row never changes, so it is computed once, not in each pass.

A row is computed by itself, in whatever batch it comes: the numbers are then the same to the bit in every epoch, after
a resumption, and however much memory there is for a batch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import torch

from canopy_assets.adapters.batching import Batch

Tokens = tuple[int, ...]


class _Reached(Exception):  # noqa: N818  # nothing is wrong
    """Ends a pass at the topmost frozen layer, with what that gives."""

    def __init__(self, output: torch.Tensor) -> None:
        super().__init__()
        self.output = output


class FrozenLayers:
    """What the frozen layers of a causal LM say of rows, kept in memory. Between uses the model is as it was."""

    def __init__(self, causal: Any, layers: Sequence[torch.nn.Module], rows: Iterable[Tokens]) -> None:
        """Compute `rows` and no others once by `layers`, the lowest of `causal`'s decoder (see `frozen_layers`)."""
        self._causal, self.layers = causal, layers
        self._rows = frozenset(rows)
        self._outputs: dict[Tokens, torch.Tensor] = {}
        self._given: torch.Tensor | None = None  # what the topmost is to give, whatever comes in
        self._stops = False
        for layer in layers:
            layer.forward = partial(self._forward, layer, layer.forward)

    def forget(self) -> None:
        """Compute anew what is needed: for when the model is to compute in another way."""
        self._outputs.clear()

    @contextlib.contextmanager
    def given(self, batch: Batch) -> Iterator[None]:
        """Inside, a pass over `batch` begins above these layers, if all its rows are among those to keep."""
        if not self._rows.issuperset(batch.tokens):
            yield
            return
        outputs = [self._output(row) for row in batch.tokens]
        if batch.position_ids is None:
            self._given = torch.nn.utils.rnn.pad_sequence(outputs, batch_first=True)
        else:
            self._given = torch.cat(outputs)[None]
        try:
            yield
        finally:
            self._given = None

    def is_fixed(self, row: Tokens) -> bool:
        """Whether a row always gives the same, in training as in evaluation: without dropout, that is."""
        was, outputs = self._causal.training, []
        try:
            with torch.random.fork_rng():
                for training in (False, True, True):
                    self._causal.train(training)
                    outputs.append(self._compute(row))
        finally:
            self._causal.train(was)
        return all(torch.equal(outputs[0], output) for output in outputs)

    def release(self) -> None:
        """Let the layers compute for themselves again."""
        for layer in self.layers:
            del layer.forward

    def _output(self, row: Tokens) -> torch.Tensor:
        """Positions × width."""
        if row not in self._outputs:
            self._outputs[row] = self._compute(row)
        return self._outputs[row]

    def _compute(self, row: Tokens) -> torch.Tensor:
        self._stops = True
        try:
            # Not in inference mode, even for an evaluation: what is made there can't be used in a training step.
            with torch.inference_mode(False), torch.no_grad():
                self._causal.base_model(input_ids=torch.tensor([row], device=self._causal.device), use_cache=False)
        except _Reached as end:
            return end.output[0]
        finally:
            self._stops = False
        raise TypeError("the decoder passes its lowest layers by")

    def _forward(
        self, layer: torch.nn.Module, compute: Callable[..., Any], hidden: torch.Tensor, *args: Any, **kwargs: Any
    ) -> Any:
        topmost = layer is self.layers[-1]
        if self._given is not None:
            return self._given if topmost else hidden
        output = compute(hidden, *args, **kwargs)
        if self._stops and topmost:
            raise _Reached(output)
        return output


def frozen_layers(causal: Any) -> Sequence[torch.nn.Module]:
    """The decoder's layers below the lowest one that is trained; none where something outside of layers is, too."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in causal.modules() if isinstance(module, GradientCheckpointingLayer)]
    trained = [any(p.requires_grad for p in layer.parameters()) for layer in layers]
    inside = {id(p) for layer in layers for p in layer.parameters()}
    if True not in trained or any(p.requires_grad and id(p) not in inside for p in causal.parameters()):
        return []
    return layers[: trained.index(True)]

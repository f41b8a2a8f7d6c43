"""The layers below the lowest adapter: what they say of a row never changes, so it is computed once, not in each pass.

A row is computed by itself, in whatever batch it comes: the numbers are then the same to the bit in every epoch, after
a resumption, and however much memory there is for a batch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch

from canopy_assets.adapters.batching import Batch

Tokens = tuple[int, ...]
Forward = Callable[..., Any]


class _Reached(Exception):  # noqa: N818  # nothing is wrong
    """Ends a pass at the topmost frozen layer, with what that gives."""

    def __init__(self, output: Any) -> None:
        super().__init__()
        self.output = output


class FrozenLayers:
    """What the frozen layers of a causal LM say of rows, kept in memory. The model itself stays untouched."""

    def __init__(self, causal: Any, layers: Sequence[torch.nn.Module], rows: Iterable[Tokens]) -> None:
        """Compute `rows` and no others once by `layers`, the lowest of `causal`'s decoder (see `frozen_layers`)."""
        self._causal, self._layers = causal, layers
        self._rows = frozenset(rows)
        self._outputs: dict[Tokens, torch.Tensor] = {}
        self.stores = True

    def keeps(self, batch: Batch) -> bool:
        """Whether all rows of a batch are among those to keep."""
        return self._rows.issuperset(batch.tokens)

    def forget(self) -> None:
        """Compute anew what is needed: for when the model is to compute in another way."""
        self._outputs.clear()

    def store_no_more(self) -> None:
        """Compute rows anew each time from now on, to the same numbers: for when memory is short."""
        self.stores = False
        self.forget()

    @contextlib.contextmanager
    def given(self, batch: Batch) -> Iterator[None]:
        """Inside, a pass over `batch` begins above these layers, if it `keeps` it."""
        if not self.keeps(batch):
            yield
            return
        outputs = [self._output(row) for row in batch.tokens]
        if batch.position_ids is None:
            joined = torch.nn.utils.rnn.pad_sequence(outputs, batch_first=True)
        else:
            joined = torch.cat(outputs)[None]
        lower: list[Forward] = [lambda hidden, *_, **__: hidden for _ in self._layers[:-1]]
        with self._computing([*lower, lambda *_, **__: joined]):
            yield

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

    def _output(self, row: Tokens) -> torch.Tensor:
        """Positions × width."""
        output = self._outputs.get(row)
        if output is None:
            output = self._compute(row)
            if self.stores:
                self._outputs[row] = output
        return output

    def _compute(self, row: Tokens) -> torch.Tensor:
        as_they_are = [layer.forward for layer in self._layers]

        def last(*args: Any, **kwargs: Any) -> None:
            raise _Reached(as_they_are[-1](*args, **kwargs))

        try:
            # Not in inference mode, even for an evaluation: what is made there can't be used in a training step.
            with self._computing([*as_they_are[:-1], last]), torch.inference_mode(False), torch.no_grad():
                self._causal.base_model(input_ids=torch.tensor([row], device=self._causal.device), use_cache=False)
        except _Reached as end:
            if isinstance(end.output, torch.Tensor):
                return end.output[0]
            raise TypeError(f"a layer gives a {type(end.output).__name__}, not what it says of a row only") from None
        raise TypeError("the decoder passes its lowest layers by")

    @contextlib.contextmanager
    def _computing(self, forwards: Sequence[Forward]) -> Iterator[None]:
        """Inside, the layers compute by these functions, and nothing that they were compiled to."""
        compiled = [layer._compiled_call_impl for layer in self._layers]
        try:
            for layer, forward in zip(self._layers, forwards, strict=True):
                layer.forward, layer._compiled_call_impl = forward, None
            yield
        finally:
            for layer, was in zip(self._layers, compiled, strict=True):
                del layer.forward
                layer._compiled_call_impl = was


def frozen_layers(causal: Any) -> Sequence[torch.nn.Module]:
    """The decoder's layers below the lowest one that is trained; none where something outside of layers is, too."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in causal.modules() if isinstance(module, GradientCheckpointingLayer)]
    trained = [any(p.requires_grad for p in layer.parameters()) for layer in layers]
    inside = {id(p) for layer in layers for p in layer.parameters()}
    if True not in trained or any(p.requires_grad and id(p) not in inside for p in causal.parameters()):
        return []
    return layers[: trained.index(True)]

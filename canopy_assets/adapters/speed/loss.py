"""The loss, computed only where there is something to learn.

Logits over a vocabulary of 50,000 words are most of the memory and a fifth of the work of a small model, and two
thirds of the positions are not under loss. So the decoder runs over everything, and the output layer over labelled
positions only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from canopy_assets.adapters.batching import Batch, collate, joined, pack
from canopy_assets.adapters.encoding import EncodedExample
from canopy_assets.compute.memory import is_out_of_memory

if TYPE_CHECKING:
    from canopy_assets.adapters.speed.frozen import FrozenLayers

SAME_LOSS = {"float32": 1e-4, "bfloat16": 5e-2}
"""Largest difference, in nats per token, that rounding alone makes between the two ways to the same loss."""


PACKED_LOSS, OF_A_LEAK = 1e-5, 0.05
"""Difference in nats per token that packing may always make; in bfloat16 also so much of what a row's loss changes by
when it does see the rows before it."""


class LabelledLoss:
    """Cross entropy per labelled token, float32, for a causal LM under PEFT.

    Some models do more between decoder and logits than one linear layer (soft capping in Gemma 2, scaling in
    Granite and Cohere). `check` compares with the model's own logits once, and from then on takes the way that is
    right for this model.
    """

    def __init__(self, model: Any, *, device: str, dtype: str) -> None:
        self.model, self._causal = model, model.get_base_model()
        self._device, self.dtype = device, dtype
        self.labelled_only = True
        self.compiled = False
        self.keeps_little = False
        self._frozen: FrozenLayers | None = None
        self._compiled_layers: list[tuple[Any, Any]] = []

    def train(self) -> None:
        """Turn dropout on."""
        self.model.train()

    def eval(self) -> None:
        """Turn dropout off."""
        self.model.eval()

    def forget_gradients(self) -> None:
        """Drop what backward passes left."""
        self.model.zero_grad(set_to_none=True)

    def forget_outputs(self) -> None:
        """Drop what was kept of frozen layers, as if no row had been seen."""
        if self._frozen is not None:
            self._frozen.forget()

    @property
    def keeps_outputs(self) -> bool:
        """Whether there are frozen layers whose outputs are kept."""
        return self._frozen is not None

    @property
    def stores_outputs(self) -> bool:
        """Whether they are kept in memory, and not computed anew each time."""
        return self._frozen is not None and self._frozen.stores

    def keep_outputs(self, rows: Sequence[EncodedExample]) -> bool:
        """Compute the layers below the lowest adapter once for each of these rows instead of in each pass.

        Proven on the two shortest: not every architecture's layers give all they know to the next one only, and where
        there is dropout they don't give the same twice. Returns whether it is to be had.
        """
        import torch

        from canopy_assets.adapters.speed.frozen import FrozenLayers, frozen_layers

        layers = frozen_layers(self._causal)
        if not layers or not rows:
            return False
        few = sorted(rows, key=len)[:2]
        batch = collate(few, pad_id=0, device=self._device)
        proven = False
        with torch.inference_mode():
            plain = self.per_token(batch)
        self._frozen = FrozenLayers(self._causal, layers, (row.read for row in rows))
        try:
            with torch.inference_mode():
                same = (self.per_token(batch) - plain).abs().mean().item() <= SAME_LOSS[self.dtype]
            proven = same and self._frozen.is_fixed(few[0].read)
        except (AttributeError, RuntimeError, TypeError, ValueError) as error:
            if is_out_of_memory(error):
                raise
            # else: layers that take or give something else
        finally:
            if not proven:
                self._frozen = None
        return proven

    def keeps(self, batch: Batch) -> bool:
        """Whether the frozen layers' outputs for all rows of a batch are kept."""
        return self._frozen is not None and self._frozen.keeps(batch)

    def store_outputs(self, batch: Batch) -> None:
        """Compute what is kept of a batch now, if it isn't there."""
        with self._computing(batch):
            pass

    def store_no_more(self) -> None:
        """Compute what was kept of frozen layers anew each time from now on, to the same numbers in less memory."""
        if self._frozen is not None:
            self._frozen.store_no_more()

    @property
    def attention(self) -> str:
        """The attention that the model computes with, by transformers' name."""
        return self._causal.config._attn_implementation

    def attend(self, kind: str) -> None:
        """Compute attention as "sdpa" (torch's), "eager" (plain), "folded" or "varlen" (see `attention`)."""
        from canopy_assets.adapters.speed import attention  # noqa: F401  # makes it known

        if kind != self.attention:
            self._causal.set_attn_implementation(kind)
            self.forget_outputs()

    def keep_little(self) -> None:
        """Compute activations anew in the backward pass instead of keeping them."""
        self.keeps_little = True
        self._causal.gradient_checkpointing_enable({"use_reentrant": False})

    def compile(self, wanted: bool = True) -> None:
        """Run the decoder's layers compiled, for batches of any size, where gradients are wanted; or as they are.

        Layer by layer: alike ones share what is compiled, which takes a minute instead of ten. Without gradients they
        run as they are: it would be compiled all over again for that. What the compiler can't do runs as it is.
        """
        self.compiled = wanted
        if wanted and not self._compiled_layers:
            import torch._dynamo
            from transformers.modeling_layers import GradientCheckpointingLayer

            torch._dynamo.config.suppress_errors = True
            for layer in self.model.modules():
                if isinstance(layer, GradientCheckpointingLayer):
                    layer.compile(dynamic=True)
                    self._compiled_layers.append((layer, layer._compiled_call_impl))

    def per_token(self, batch: Batch) -> Any:
        """Loss of each labelled token, in the order of `batch.targets`."""
        import torch

        for layer, compiled in self._compiled_layers:
            layer._compiled_call_impl = compiled if self.compiled and torch.is_grad_enabled() else None
        with self._computing(batch):
            return self._labelled_losses(batch) if self.labelled_only else self._plain_losses(batch)

    def check(self, batch: Batch) -> bool:
        """Decide, on `batch`, whether the output layer alone gives the model's logits; keeps and returns the answer."""
        import torch

        with torch.inference_mode():
            self.labelled_only = True
            ours = self.per_token(batch)
            self.labelled_only = False
            plain = self.per_token(batch)
        self.labelled_only = bool((ours - plain).abs().mean() <= SAME_LOSS[self.dtype])
        return self.labelled_only

    def folds(self, batch: Batch) -> bool:
        """Whether folded attention gives this model's loss: it knows neither dropout nor what some models add."""
        import torch

        kind, config, training = self.attention, self._causal.config, self.model.training
        if getattr(config, "attention_dropout", 0.0):
            return False
        self.eval()
        try:
            with torch.inference_mode():
                self.attend("eager")
                plain = self.per_token(batch)
                self.attend("folded")
                return bool((self.per_token(batch) - plain).abs().mean() <= SAME_LOSS[self.dtype])
        except (TypeError, ValueError, RuntimeError):  # other shapes than it knows
            return False
        finally:
            self.attend(kind)
            self.model.train(training)

    def packs_cheaply(self, examples: Sequence[EncodedExample]) -> bool:
        """Take "varlen" attention, where it computes packed rows of this model as they are alone; whether it does.

        It knows neither dropout nor layers that see a part of the row only, and is for a GPU in bfloat16.
        """
        kind, config = self.attention, self._causal.config
        if getattr(config, "attention_dropout", 0.0) or getattr(config, "sliding_window", None) or kind != "sdpa":
            return False
        self.attend("varlen")
        if not self.packs(examples):
            self.attend(kind)
        return self.attention != kind

    def packs(self, examples: Sequence[EncodedExample]) -> bool:
        """Whether rows that are packed have the loss that they have alone, up to what padding them also rounds to.

        Not every attention backend and architecture keeps packed rows apart, and none says so. Dropout has
        to be off. In bfloat16 two backends differ more than padding does; how much more a row's loss would change if it
        saw the others is measured on the same rows as one text.
        """
        import torch

        def collated(rows: Sequence[EncodedExample]) -> Batch:
            return collate(rows, pad_id=0, device=self._device)

        with torch.inference_mode():
            alone = torch.cat([self.per_token(collated([row])) for row in examples])
            rounding = (self.per_token(collated(examples)) - alone).abs().mean().item()
            try:
                packed = self.per_token(pack(examples, device=self._device))
            except (TypeError, ValueError, RuntimeError):  # a model that takes no positions
                return False
            allowed = max(3 * rounding, PACKED_LOSS)
            if self.dtype == "bfloat16":
                leaking = (self.per_token(collated([joined(examples)])) - alone).abs().mean().item()
                allowed = max(allowed, OF_A_LEAK * leaking)
        return (packed - alone).abs().mean().item() <= allowed

    @contextlib.contextmanager
    def _computing(self, batch: Batch) -> Iterator[None]:
        """Inside, a pass over `batch` computes in this format, and from what is kept of frozen layers."""
        import torch

        # The adapter is float32, the base perhaps bfloat16: under autocast both multiply in bfloat16, without a
        # float32 copy of every layer's input (measured on 2 cores with AVX512-BF16: 307 instead of 222 tokens/s).
        half = self.dtype == "bfloat16"
        frozen = contextlib.nullcontext() if self._frozen is None else self._frozen.given(batch)
        with torch.autocast(self._device, dtype=torch.bfloat16, enabled=half), frozen:
            yield

    def _labelled_losses(self, batch: Batch) -> Any:
        import torch

        from canopy_assets.adapters.speed.fused import token_losses

        hidden = self._causal.base_model(**self._inputs(batch), use_cache=False).last_hidden_state
        # The token at position p is predicted from what the model knows at p - 1.
        return token_losses(
            hidden[batch.rows, batch.positions - 1], self._causal.get_output_embeddings(), batch.targets,
            compiled=self.compiled and torch.is_grad_enabled(),
        )  # fmt: skip

    def _plain_losses(self, batch: Batch) -> Any:
        from torch.nn.functional import cross_entropy

        logits = self.model(**self._inputs(batch), use_cache=False).logits[batch.rows, batch.positions - 1]
        return cross_entropy(logits.float(), batch.targets, reduction="none")

    def _inputs(self, batch: Batch) -> dict[str, Any]:
        inputs: dict[str, Any] = {"input_ids": batch.input_ids}
        if batch.position_ids is None:
            return inputs
        if self.attention == "varlen":  # by the names under which transformers hands them on to attention
            inputs |= {"cu_seq_lens_q": batch.starts, "max_length_q": batch.longest}
        return inputs | {"position_ids": batch.position_ids}

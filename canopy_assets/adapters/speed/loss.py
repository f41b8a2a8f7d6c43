"""The loss, computed only at positions that are under loss.

In a small model, logits over a vocabulary of 50,000 tokens take most of the memory and a fifth of the work. Two thirds
of the positions are not under loss. So the decoder runs over all positions, but the output layer only over labelled
ones.
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

LOSS_TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2}
"""The largest difference, in nats per token, that rounding may cause between two ways to compute the same loss."""

PACKING_TOLERANCE = 1e-5
"""The difference in nats per token that packing may always cause."""

LEAK_SHARE = 0.05
"""In bfloat16, packing may also cause this share of the difference that would arise if rows saw each other (a leak)."""


class LabelledLoss:
    """Cross entropy per labelled token, in float32, for a causal LM under PEFT.

    Some models have more than one linear layer between decoder and logits (soft capping in Gemma 2, scaling in Granite
    and Cohere). `verify_labelled_only` compares with the model's own logits once, and then decides for this model.

    Attributes:
        model: the PEFT model.
        dtype: the number format that the passes compute in.
        labelled_only: whether the output layer runs over labelled positions only.
        compiled: whether the decoder's layers run compiled where gradients are needed.
        gradient_checkpointing: whether activations are recomputed in the backward pass.
    """

    def __init__(self, model: Any, *, device: str, dtype: str) -> None:
        self.model, self._causal = model, model.get_base_model()
        self._device, self.dtype = device, dtype
        self.labelled_only = True
        self.compiled = False
        self.gradient_checkpointing = False
        self._frozen: FrozenLayers | None = None
        self._compiled_layers: list[tuple[Any, Any]] = []

    def train(self) -> None:
        """Turn dropout on."""
        self.model.train()

    def eval(self) -> None:
        """Turn dropout off."""
        self.model.eval()

    def zero_grad(self) -> None:
        """Drop all gradients."""
        self.model.zero_grad(set_to_none=True)

    def per_token(self, batch: Batch) -> Any:
        """Loss of each labelled token, in nats, in the order of `batch.targets`."""
        import torch

        for layer, compiled in self._compiled_layers:
            layer._compiled_call_impl = compiled if self.compiled and torch.is_grad_enabled() else None
        with self._forward_pass(batch):
            return self._labelled_losses(batch) if self.labelled_only else self._plain_losses(batch)

    def verify_labelled_only(self, batch: Batch) -> bool:
        """Check with `batch` whether the output layer alone gives the model's logits, and set `labelled_only`."""
        import torch

        with torch.inference_mode():
            self.labelled_only = True
            ours = self.per_token(batch)
            self.labelled_only = False
            plain = self.per_token(batch)
        self.labelled_only = self._is_close(ours, plain)
        return self.labelled_only

    # Frozen layers

    @property
    def frozen_layers_split_off(self) -> bool:
        """Whether the layers below the lowest adapter run by themselves, row by row."""
        return self._frozen is not None

    @property
    def caches_frozen_outputs(self) -> bool:
        """Whether these layers' outputs are kept in memory instead of being computed again each time."""
        return self._frozen is not None and self._frozen.caching

    def split_off_frozen_layers(self, rows: Sequence[EncodedExample]) -> bool:
        """Run the layers below the lowest adapter once for each of these rows instead of in each pass.

        This is verified on the two shortest rows. In some architectures upper layers read more than the output of the
        layer below, and with dropout the layers do not give the same output twice. Returns whether it is possible.
        """
        import torch

        from canopy_assets.adapters.speed.frozen import FrozenLayers, frozen_layers

        layers = frozen_layers(self._causal)
        if not layers or not rows:
            return False
        few = sorted(rows, key=len)[:2]
        batch = collate(few, pad_id=0, device=self._device)
        verified = False
        with torch.inference_mode():
            plain = self.per_token(batch)
        self._frozen = FrozenLayers(self._causal, layers, (row.model_input for row in rows))
        try:
            with torch.inference_mode():
                same = self._is_close(self.per_token(batch), plain)
            verified = same and self._frozen.is_deterministic(few[0].model_input)
        except (AttributeError, RuntimeError, TypeError, ValueError) as error:
            if is_out_of_memory(error):
                raise
            # Otherwise these layers take or return something other than hidden states.
        finally:
            if not verified:
                self._frozen = None
        return verified

    def covers(self, batch: Batch) -> bool:
        """Whether all rows of a batch are among the rows for which frozen layers run once."""
        return self._frozen is not None and self._frozen.covers(batch)

    def warm_cache(self, batch: Batch) -> None:
        """Compute the frozen layers' outputs for a batch now, if they are not cached yet."""
        with self._forward_pass(batch):
            pass

    def clear_cache(self) -> None:
        """Drop the cached outputs of frozen layers."""
        if self._frozen is not None:
            self._frozen.clear_cache()

    def stop_caching(self) -> None:
        """Compute the frozen layers' outputs again each time from now on. It gives the same numbers in less memory."""
        if self._frozen is not None:
            self._frozen.stop_caching()

    # Attention and packing

    @property
    def attention(self) -> str:
        """The model's kind of attention, by transformers' name."""
        return self._causal.config._attn_implementation

    def set_attention(self, kind: str) -> None:
        """Compute attention as "sdpa" (torch's), "eager" (plain), "folded" or "varlen" (see `attention`)."""
        from canopy_assets.adapters.speed import attention  # noqa: F401  # registers the last two

        if kind != self.attention:
            self._causal.set_attn_implementation(kind)
            self.clear_cache()

    def supports_folded_attention(self, batch: Batch) -> bool:
        """Whether folded attention gives this model's loss. It lacks dropout, and additions that some models have."""
        import torch

        kind, config, training = self.attention, self._causal.config, self.model.training
        if getattr(config, "attention_dropout", 0.0):
            return False
        self.eval()
        try:
            with torch.inference_mode():
                self.set_attention("eager")
                plain = self.per_token(batch)
                self.set_attention("folded")
                return self._is_close(self.per_token(batch), plain)
        except (TypeError, ValueError, RuntimeError):  # shapes that it does not support
            return False
        finally:
            self.set_attention(kind)
            self.model.train(training)

    def enable_varlen_attention(self, examples: Sequence[EncodedExample]) -> bool:
        """Set "varlen" attention if packed rows then have the same loss as alone. Returns whether it was set.

        This attention supports neither dropout nor a sliding window, and needs a GPU and bfloat16.
        """
        kind, config = self.attention, self._causal.config
        if getattr(config, "attention_dropout", 0.0) or getattr(config, "sliding_window", None) or kind != "sdpa":
            return False
        self.set_attention("varlen")
        if not self.supports_packing(examples):
            self.set_attention(kind)
        return self.attention != kind

    def supports_packing(self, examples: Sequence[EncodedExample]) -> bool:
        """Whether packed rows have the same loss as alone, up to the rounding that padding also causes.

        Some attention backends and architectures do not keep packed rows apart, and none reports it. Dropout has to be
        off. In bfloat16, two backends differ by more than the rounding of padding. So the limit also takes into account
        how much the loss would change if rows saw each other, measured on the same rows joined into one text.
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
            allowed = max(3 * rounding, PACKING_TOLERANCE)
            if self.dtype == "bfloat16":
                leak = (self.per_token(collated([joined(examples)])) - alone).abs().mean().item()
                allowed = max(allowed, LEAK_SHARE * leak)
        return (packed - alone).abs().mean().item() <= allowed

    # Memory and compilation

    def enable_gradient_checkpointing(self) -> None:
        """Recompute activations in the backward pass instead of keeping them."""
        self.gradient_checkpointing = True
        self._causal.gradient_checkpointing_enable({"use_reentrant": False})

    def compile(self, wanted: bool = True) -> None:
        """Turn compilation of the decoder's layers on or off, for batches of any size.

        Each layer is compiled by itself. Identical layers then share one compilation, which takes a minute instead of
        ten. Passes without gradients stay uncompiled, because they would need another compilation. Whatever the
        compiler does not support runs uncompiled.
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

    # One pass

    def _is_close(self, losses: Any, expected: Any) -> bool:
        return bool((losses - expected).abs().mean().item() <= LOSS_TOLERANCE[self.dtype])

    @contextlib.contextmanager
    def _forward_pass(self, batch: Batch) -> Iterator[None]:
        """While the block runs, a pass over `batch` computes in `dtype` and uses cached outputs of frozen layers."""
        import torch

        # The adapter is float32, and the base may be bfloat16. Under autocast both multiply in bfloat16, without a
        # float32 copy of every layer's input (measured on 2 cores with AVX512-BF16: 307 instead of 222 tokens/s).
        half = self.dtype == "bfloat16"
        frozen = contextlib.nullcontext() if self._frozen is None else self._frozen.bypassed(batch)
        with torch.autocast(self._device, dtype=torch.bfloat16, enabled=half), frozen:
            yield

    def _labelled_losses(self, batch: Batch) -> Any:
        """The losses, with the output layer over labelled positions only."""
        import torch

        from canopy_assets.adapters.speed.fused import token_losses

        hidden = self._causal.base_model(**self._inputs(batch), use_cache=False).last_hidden_state
        # The token at position p is predicted from the hidden state at p - 1.
        return token_losses(
            hidden[batch.rows, batch.positions - 1],
            self._causal.get_output_embeddings(),
            batch.targets,
            compiled=self.compiled and torch.is_grad_enabled(),
        )

    def _plain_losses(self, batch: Batch) -> Any:
        """The losses from the model's own logits at all positions."""
        from torch.nn.functional import cross_entropy

        logits = self.model(**self._inputs(batch), use_cache=False).logits[batch.rows, batch.positions - 1]
        return cross_entropy(logits.float(), batch.targets, reduction="none")

    def _inputs(self, batch: Batch) -> dict[str, Any]:
        """The model's arguments for a batch."""
        inputs: dict[str, Any] = {"input_ids": batch.input_ids}
        if batch.position_ids is None:
            return inputs
        if self.attention == "varlen":  # the names under which transformers passes them on to attention
            inputs |= {"cu_seq_lens_q": batch.starts, "max_length_q": batch.longest}
        return inputs | {"position_ids": batch.position_ids}

"""The settings of an adapter: LoRA's shape and the training's hyperparameters, with bounds and reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from canopy_assets.compute.devices import DeviceChoice, DtypeChoice


class LoraSettings(BaseModel):
    """The low-rank adapter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(
        default=16,
        ge=1,
        le=512,
        description="Rank r of the two factors: 16 holds hundreds of dialogues (one parameter per token under loss).",
    )
    alpha: float = Field(default=32.0, gt=0, le=4096, description="Scale: the update is multiplied by alpha / rank.")
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0, description="Dropout on the adapter's input during training.")
    skip_layers: float = Field(
        default=1 / 3,
        ge=0,
        lt=1,
        description="Share of the decoder's lower layers that get no adapter. The backward pass ends at the lowest "
        "adapter: without the lower third a step takes about two thirds of the time.",
    )
    target_modules: str | list[str] = Field(
        default="all-linear",
        description="'all-linear', or names of the linear modules to adapt, e.g. [q_proj, v_proj].",
    )


class TrainingSettings(BaseModel):
    """Hyperparameters, limits, and how the machine is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rate: float = Field(
        default=1e-3,
        gt=0,
        le=0.1,
        description="Peak rate. LoRA needs ten to fifteen times that of full fine-tuning, most in a short training.",
    )
    schedule: Literal["cosine", "linear", "constant"] = Field(
        default="cosine", description="How the rate falls after warm-up."
    )
    warmup: float = Field(
        default=0.05, ge=0.0, le=0.5, description="Share of all steps in which the rate rises from zero."
    )
    epochs: int = Field(default=1, ge=1, le=100, description="Passes over the training examples.")
    batch_tokens: int = Field(
        default=512,
        ge=16,
        le=1 << 20,
        description="Tokens per optimizer step, padding included; a longer example is a step of its own.",
    )
    micro_batches: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        description="Micro-batches that a step is computed in: more need less memory for the same update. null: "
        "what measures fastest on a CPU, 1 on a GPU.",
    )
    gradient_checkpointing: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Recompute activations in the backward pass instead of keeping them, for a third more time: "
        "'auto' once a single example does not fit into memory.",
    )
    max_length: int = Field(
        default=2048,
        ge=8,
        le=1 << 17,
        description="Longest example in tokens; longer ones are left out and counted, never cut.",
    )
    packing: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Rows end to end instead of padded: 'auto' on a GPU. Only where a check on the model itself "
        "shows that it changes no row's loss.",
    )
    base_format: Literal["full", "nf4"] = Field(
        default="full",
        description="'nf4' holds the frozen base in 4 bits (QLoRA), which takes less memory; needs the extra '4bit'.",
    )
    compile: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="torch.compile on the decoder's layers: 'auto' where it measures faster on this machine and the "
        "training takes a quarter of an hour or more; it needs a C++ compiler.",
    )
    weight_decay: float = Field(default=0.0, ge=0.0, le=1.0, description="AdamW's decoupled weight decay.")
    max_gradient_norm: float = Field(default=1.0, gt=0, description="Gradients are clipped to this norm.")
    evaluations_per_epoch: int = Field(
        default=2, ge=1, le=100, description="How often the validation loss is computed per epoch."
    )
    patience: int | None = Field(
        default=None,
        ge=1,
        description="Stop after so many evaluations without a lower validation loss; null: never. Either way the best "
        "step is kept.",
    )
    validation_rows: int = Field(
        default=32, ge=1, le=10_000, description="At most so many validation examples are used, always the same ones."
    )
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, description="Seeds the adapter's initial weights, the order and dropout."
    )
    device: DeviceChoice = Field(default="auto", description="'auto' takes CUDA, then MPS, then the CPU.")
    dtype: DtypeChoice = Field(
        default="auto",
        description="Format of the frozen base: 'auto' measures on a CPU; the adapter itself is always float32.",
    )
    max_minutes: float | None = Field(
        default=None, gt=0, description="Stop after this time and keep the best step so far; null: no limit."
    )
    checkpoint_every_s: float = Field(
        default=60.0, ge=0.0, description="Seconds between checkpoints; 0: after every step."
    )


class StartSettings(BaseModel):
    """How often a training is started, each time with another seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts: int = Field(
        default=1,
        ge=1,
        le=9,
        description="Trainings with the seeds seed, seed + 1, …, one after the other. The one with the median "
        "validation loss becomes the adapter (of an even number, the worse of the two in the middle); the others show "
        "how far apart starts are. It takes as many times as long.",
    )


MACHINE_FIELDS = frozenset(
    {"device", "dtype", "compile", "max_minutes", "checkpoint_every_s", "gradient_checkpointing"}
)
"""Settings that do not decide what is learned. They are not part of a checkpoint's name. Instead, it depends on the
number format in use and on whether the decoder is compiled."""

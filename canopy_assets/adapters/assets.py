"""The base model, and the LoRA adapter trained on it."""

import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import pyarrow as pa
from pydantic import BaseModel, Field

from canopy_assets.adapters.config import LoraSettings, StartSettings, TrainingSettings
from canopy_assets.adapters.retraining import enough_new_examples, write_examples
from canopy_assets.compute import leases
from canopy_assets.compute.executors import gpu_op_tags
from canopy_assets.compute.progress import ProgressReporter
from canopy_assets.lineage.automation import follows_what_it_reads, retrains_when_it_is_worth_it
from canopy_assets.lineage.configuration import absent_at, configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import markdown_table, picture
from canopy_assets.lineage.versions import stop_behind_failed_checks, versioned
from canopy_assets.records import TrainingExample
from canopy_assets.settings import get_settings
from canopy_assets.storage.arrow import from_table
from canopy_assets.storage.artefacts import Artefact, draft_folder
from canopy_assets.storage.inventory import checkpoints_dir

if TYPE_CHECKING:
    from canopy_assets.adapters.results import GroupLoss, Start, TrainingProgress, TrainingResult
    from canopy_assets.adapters.tracking import MlflowTracking

GROUP = "adapters"
OWNERS = ["team:ml-engineering"]


@configurable("base_model")
class BaseModelConfig(dg.Config):
    """Which model is tuned."""

    source: str = Field(
        default_factory=lambda: get_settings().base_model,
        description="'bundled', a local directory in transformers format, or a hub id with its revision "
        "(name@revision). Default: CANOPY_BASE_MODEL.",
    )


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"huggingface"},
    code_version="1",
    automation_condition=follows_what_it_reads(),
)
@classified()
def base_model(context: dg.AssetExecutionContext, config: BaseModelConfig) -> dg.MaterializeResult[Artefact]:
    """The model that is tuned, as a local directory in transformers format, with its digest and licence."""
    from canopy_assets.adapters.base_model import prepare

    draft = draft_folder("base_model")
    info = prepare(config.source, draft, cache=get_settings().cache_dir, log=context.log.info)
    details = {
        "name": info.name,
        "source": info.source,
        "licence": info.licence,
        "parameters": info.parameters,
        "model_digest": info.digest,
    }
    return versioned(context, Artefact(draft, details=details), config=config, metadata=details)


def _default(model: type[BaseModel], name: str) -> Any:
    """A field with the default and the description that it has in `model`."""
    field = model.model_fields[name]
    return Field(default=field.default, description=field.description)


def _starts() -> Any:
    """How many starts; 1 is what adapters had before there was the field."""
    field = copy.copy(StartSettings.model_fields["starts"])
    field.json_schema_extra = absent_at(1)
    return field


@configurable("lora_adapter")
class LoraTrainingConfig(dg.Config):
    """LoRA's shape and the training's hyperparameters, with the bounds of `LoraSettings` and `TrainingSettings`."""

    rank: int = _default(LoraSettings, "rank")
    alpha: float = _default(LoraSettings, "alpha")
    dropout: float = _default(LoraSettings, "dropout")
    skip_layers: float = _default(LoraSettings, "skip_layers")
    target_modules: list[str] = Field(
        default=["all-linear"],
        description="[all-linear], or names of the linear modules to adapt, e.g. [q_proj, v_proj].",
    )
    learning_rate: float = _default(TrainingSettings, "learning_rate")
    schedule: str = Field(default="cosine", description="How the rate falls after warm-up: cosine, linear or constant.")
    warmup: float = _default(TrainingSettings, "warmup")
    epochs: int = _default(TrainingSettings, "epochs")
    batch_tokens: int = _default(TrainingSettings, "batch_tokens")
    micro_batches: int | None = _default(TrainingSettings, "micro_batches")
    gradient_checkpointing: str = Field(
        default="auto", description="Less memory for more time: auto (when memory asks for it), always or never."
    )
    max_length: int = _default(TrainingSettings, "max_length")
    packing: str = Field(
        default="auto", description="Rows end to end instead of padded: auto (on a GPU), always or never."
    )
    base_format: str = Field(
        default="full", description="How the frozen base is held: full, or nf4 (4 bits, needs the extra '4bit')."
    )
    compile: str = Field(
        default="auto", description="torch.compile: auto (where it measures faster on this machine), always or never."
    )
    weight_decay: float = _default(TrainingSettings, "weight_decay")
    max_gradient_norm: float = _default(TrainingSettings, "max_gradient_norm")
    evaluations_per_epoch: int = _default(TrainingSettings, "evaluations_per_epoch")
    validation_rows: int = _default(TrainingSettings, "validation_rows")
    patience: int | None = _default(TrainingSettings, "patience")
    seed: int = _default(TrainingSettings, "seed")
    starts: int = _starts()
    dtype: str = Field(
        default="auto", description="Format of the frozen base: auto (measured on a CPU), float32 or bfloat16."
    )

    def settings(self) -> tuple[LoraSettings, tuple[TrainingSettings, ...]]:
        """The same settings, validated: LoRA's, and those of each start.

        Raises:
            dg.Failure: a value is out of its bounds; the message names it.
        """
        values = self.model_dump()
        modules, starts = values.pop("target_modules"), range(values.pop("starts"))
        lora = {name: values.pop(name) for name in ("rank", "alpha", "dropout", "skip_layers")}
        try:
            return (
                LoraSettings(**lora, target_modules="all-linear" if modules == ["all-linear"] else modules),
                tuple(
                    TrainingSettings(**{**values, "seed": self.seed + i}, device=get_settings().device) for i in starts
                ),
            )
        except ValueError as error:
            raise dg.Failure(
                f"the configuration of lora_adapter cannot be used: {error}", allow_retries=False
            ) from error


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"pytorch", "huggingface"},
    code_version="1",
    pool=leases.POOL,
    op_tags=gpu_op_tags(get_settings()),
    automation_condition=retrains_when_it_is_worth_it(trained_on="training_set", enough_new=enough_new_examples),
)
@classified()
def lora_adapter(
    context: dg.AssetExecutionContext, config: LoraTrainingConfig, training_set: pa.Table, base_model: Artefact
) -> dg.MaterializeResult[Artefact]:
    """A PEFT adapter trained on the tutor's turns of the training set, from the step with the best validation loss.

    Of several starts the one with the median validation loss; the evaluation says how far apart they are.
    """
    stop_behind_failed_checks(context)
    lora, trainings = config.settings()
    checkpoints, draft = checkpoints_dir(get_settings()), draft_folder("lora_adapter")
    with leases.lease(get_settings(), context.log.info):
        results, starts = _train(context, lora, trainings, checkpoints, draft, training_set, base_model)
    # Import this only after the lease, so that torch sees only the leased devices.
    from canopy_assets.adapters.training.train import discard_checkpoints

    for trained in results:  # only now: until all are done, a finished start is resumed from its last checkpoint
        discard_checkpoints(checkpoints, trained)
    write_examples(draft, training_set.column("example_id").to_pylist())
    result = next(trained for trained, start in zip(results, starts, strict=True) if start.judged)
    details, metadata = {**_details(result), "base_digest": base_model.digest}, _metadata(result, draft)
    metadata = {k: v for k, v in {**details, **metadata}.items() if v is not None}
    if len(starts) > 1:
        details["starts"] = [dataclasses.asdict(start) for start in starts]
        metadata["starts"] = _starts_table(starts)
    return versioned(context, Artefact(draft, details=details), config=config, metadata=metadata)


def _details(result: "TrainingResult") -> dict[str, Any]:
    """The figures that are stored with the adapter."""
    return {
        "train_loss": result.loss,
        "validation_loss": result.validation_loss,
        "base_validation_loss": result.base_validation_loss,
        "best_step": result.best_step,
        "steps": result.steps_done,
        "supervised_tokens": result.supervised_tokens,
        "seconds": result.seconds,
        "tokens_per_second": result.tokens_per_second,
        "peak_memory_mb": result.peak_memory_mb,
        "device": result.device,
        "dtype": result.dtype,
        "trainable_parameters": result.trainable_parameters,
    }


def _metadata(result: "TrainingResult", folder: Path) -> dict[str, Any]:
    """Metadata of a training that Dagster shows beside the figures."""
    validations = [r for r in result.log if r.validation_loss is not None]
    rows = [(r.step, f"{r.loss:.3f}", f"{r.validation_loss:.3f}") for r in validations]
    return {
        "loss curve": picture(folder / "loss_curve.png"),
        "under loss": dg.MetadataValue.md(f"```\n{result.mask_sample}\n```"),
        "left out as too long": ", ".join(result.too_long),
        "stopped early": result.stopped,
        **{f"validation loss by {kind}": _by_group(groups) for kind, groups in result.validation_by.items()},
        "log": dg.MetadataValue.md(markdown_table(["step", "loss", "validation"], rows)),
    }


def _starts_table(starts: "Sequence[Start]") -> dg.MarkdownMetadataValue:
    """Every start's validation loss and time; the judged one is marked."""
    rows = [(s.seed, f"{s.validation_loss:.4f}", f"{s.seconds:.0f}", "✓" if s.judged else "") for s in starts]
    return dg.MetadataValue.md(markdown_table(["seed", "validation loss", "seconds", "is the adapter"], rows))


def _by_group(groups: "Mapping[str, GroupLoss]") -> dg.MarkdownMetadataValue:
    """A table of validation losses by group, highest first. There, more examples would help most."""
    rows = [(name, f"{g.loss:.3f}", g.tokens) for name, g in sorted(groups.items(), key=lambda item: -item[1].loss)]
    return dg.MetadataValue.md(markdown_table(["group", "nats per tutor token", "tutor tokens"], rows))


def _train(
    context: dg.AssetExecutionContext,
    lora: LoraSettings,
    trainings: Sequence[TrainingSettings],
    checkpoints: Path,
    draft: Path,
    training_set: pa.Table,
    base_model: Artefact,
) -> "tuple[list[TrainingResult], list[Start]]":
    """Train every start: in one process for each GPU if several are leased."""
    from canopy_assets.adapters.base_model import read_info
    from canopy_assets.adapters.training.starts import train_starts
    from canopy_assets.adapters.training.torchrun import train_in_processes
    from canopy_assets.adapters.training.train import train_adapter

    settings = get_settings()
    processes = leases.usable_gpus(settings)
    train = partial(train_in_processes, processes) if processes > 1 else train_adapter
    base, examples = read_info(base_model.path), from_table(training_set, TrainingExample)
    lineage = _lineage(training_set, base_model)

    def start(number: int, training: TrainingSettings, folder: Path) -> "TrainingResult":
        which = f" start {number} of {len(trainings)}" if len(trainings) > 1 else ""
        if which:
            context.log.info(f"{which.strip()}: seed {training.seed}")
        parameters = {**lora.model_dump(), **training.model_dump(), **lineage}
        return _reported(
            context,
            which,
            partial(
                train, base, examples, folder, lora=lora, settings=training, cache=settings.cache_dir,
                checkpoints=checkpoints, lineage=lineage, log=context.log.info,
            ),
            _tracking(context, which, parameters),
            folder,
        )  # fmt: skip

    return train_starts(start, trainings, examples, draft)


def _reported(
    context: dg.AssetExecutionContext,
    which: str,
    train: "Callable[..., TrainingResult]",
    tracking: "MlflowTracking | None",
    folder: Path,
) -> "TrainingResult":
    """Train with progress in Dagster's log and in MLflow. `which` names the start where there are several."""
    with ProgressReporter(f"training{which}", unit="step", log=context.log.info) as bar:

        def show(p: "TrainingProgress") -> None:
            validation = {} if p.validation_loss is None else {"validation": f"{p.validation_loss:.3f}"}
            bar.reach(
                p.step, total=p.steps, loss=f"{p.loss:.3f}", **validation, **{"tokens/s": f"{p.tokens_per_second:.0f}"}
            )
            if tracking:
                tracking.step(p)

        try:
            result = train(on_progress=show)
        except BaseException:
            if tracking:
                tracking.fail()
            raise
    if tracking:
        tracking.finish(result, folder)
    return result


def _tracking(
    context: dg.AssetExecutionContext, which: str, parameters: Mapping[str, object]
) -> "MlflowTracking | None":
    """A training's run in MLflow; None if MLflow is not configured."""
    from canopy_assets.adapters.tracking import MlflowTracking

    uri = get_settings().mlflow
    if uri is None:
        return None
    name = f"lora_adapter {context.run_id[:8]}{which}"
    return MlflowTracking(uri.get_secret_value(), name=name, parameters=parameters, log=context.log.info)


def _lineage(training_set: pa.Table, base_model: Artefact) -> dict[str, str]:
    """Where the adapter came from, for its model card."""
    seeds = sorted(set(training_set.column("seed").to_pylist()))
    base = base_model.details
    opening = training_set.column("messages")[0].as_py()[0]
    prompt = {"system prompt": opening["content"]} if opening["role"] == "system" else {}
    return {
        **prompt,
        "base model": f"{base['name']} ({base_model.digest[:16]}, licence {base['licence']})",
        "training set": f"{training_set.num_rows} dialogues",
        "seeds": ", ".join(seeds),
    }

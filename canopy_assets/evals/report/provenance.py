"""Where the tuned model and its data come from, for the report's lineage table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.adapters.results import Start
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.records import TrainingExample
from canopy_assets.storage.artefacts import Artefact


@dataclass(frozen=True)
class ReportContext:
    """Counts and provenance; what is None is left out. Losses are in nats per token, times in seconds."""

    title: str = "Socratic tutor: evaluation"
    created_at: str | None = None
    run_id: str | None = None
    seeds: int | None = None
    seeds_quarantined: int | None = None
    exercises: int | None = None
    exercises_verified: int | None = None
    dialogues: int | None = None
    dialogues_accepted: int | None = None
    training_examples: int | None = None
    tutor_turns: int | None = None
    teacher: str | None = None
    base_model: str | None = None
    base_digest: str | None = None
    base_licence: str | None = None
    adapter_digest: str | None = None
    adapter_parameters: int | None = None
    training_loss: float | None = None
    validation_loss: float | None = None
    training_seconds: float | None = None
    training_set_digest: str | None = None
    eval_digest: str | None = None
    device: str | None = None
    starts: tuple[Start, ...] = ()
    code_version: str | None = None

    @classmethod
    def of(
        cls, run_id: str, examples: Sequence[TrainingExample], adapter: Artefact, base: Artefact, eval_digest: str
    ) -> ReportContext:
        """The provenance of an adapter that was trained on these examples."""
        return cls(
            run_id=run_id,
            seeds=len({e.seed for e in examples}),
            exercises=len({e.exercise_id for e in examples if e.exercise_id}),
            dialogues_accepted=len(examples),
            training_examples=sum(e.split == "train" for e in examples),
            tutor_turns=sum(e.tutor_turns for e in examples),
            teacher=", ".join(sorted({e.teacher for e in examples})),
            base_model=base.details["name"],
            base_digest=base.digest,
            base_licence=base.details["licence"],
            adapter_digest=adapter.digest,
            adapter_parameters=adapter.details["trainable_parameters"],
            training_loss=adapter.details["train_loss"],
            validation_loss=adapter.details["validation_loss"],
            training_seconds=adapter.details["seconds"],
            device=f"{adapter.details['device']}, {adapter.details['dtype']}",
            eval_digest=eval_digest,
            starts=tuple(Start(**row) for row in adapter.details.get("starts", ())),
        )


@dataclass(frozen=True)
class Stage:
    """A row of the lineage table: how many of what there were, and what is known of them."""

    name: str
    count: str
    details: str


def stages(context: ReportContext, evaluation: Evaluation) -> list[Stage]:
    """The stages from the seeds to the replies; those without a count are left out."""
    prompts = sum((evaluation.n_held_out, evaluation.n_open, evaluation.n_pressure, evaluation.n_conversations))
    found = (
        _stage("Seed documents", context.seeds, _labelled(context.seeds_quarantined, after="quarantined")),
        _stage("Exercises", context.exercises, _labelled(context.exercises_verified, after="with a verified answer")),
        _stage(
            "Dialogues",
            context.dialogues,
            _labelled(context.dialogues_accepted, after="accepted by review"),
            _labelled(context.teacher, before="teacher"),
        ),
        _stage(
            "Training examples",
            context.training_examples,
            _labelled(context.tutor_turns, after="tutor turns under loss"),
            _labelled(context.training_set_digest, before="digest"),
        ),
        _stage("Base model", context.base_model, context.base_licence, _labelled(context.base_digest, before="digest")),
        _stage("Adapter", context.adapter_digest, *_adapter_details(context)),
        _stage(
            "Evaluation prompts", prompts, _labelled(context.eval_digest or evaluation.eval_digest, before="digest")
        ),
        _stage(
            "Replies",
            len(evaluation.scores),
            f"{len(evaluation.arms)} arms",
            _labelled(context.device, before="on"),
        ),
    )
    return [stage for stage in found if stage is not None]


def _stage(name: str, count: int | str | None, *details: str | None) -> Stage | None:
    return None if count is None else Stage(name, _count(count), ", ".join(part for part in details if part))


def _adapter_details(context: ReportContext) -> list[str | None]:
    loss = f"validation loss {context.validation_loss:.3f}" if context.validation_loss is not None else None
    minutes = f"trained in {context.training_seconds / 60:.1f} min" if context.training_seconds is not None else None
    median = _labelled(len(context.starts) or None, before="median of", after="starts")
    return [_labelled(context.adapter_parameters, after="parameters"), loss, minutes, median]


def _labelled(value: int | str | None, *, before: str = "", after: str = "") -> str | None:
    """A value with the word before or after it; None stays None."""
    return None if value is None else f"{before} {_count(value)} {after}".strip()


def _count(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value

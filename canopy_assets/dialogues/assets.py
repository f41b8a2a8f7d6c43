"""The asset that turns exercises into dialogues, one partition per seed document."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg
import pyarrow as pa
from pydantic import Field, model_validator

from canopy_assets.compute.progress import ProgressReporter
from canopy_assets.dialogues.embedded.general_phrases import digest as words_digest
from canopy_assets.dialogues.progress import CandidateCount
from canopy_assets.endpoints.gathering import gather_or_cancel
from canopy_assets.lineage.automation import follows_its_seed
from canopy_assets.lineage.configuration import absent_at, configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import counts_table, describe_table, markdown_table
from canopy_assets.lineage.model_config import ModelConfig
from canopy_assets.lineage.partitions import CHUNKS, SEEDS
from canopy_assets.lineage.versions import Made, blocked_seeds, versioned_seeds
from canopy_assets.records import Dialogue, EvalPrompt, Exercise
from canopy_assets.review.assets import judge_digest
from canopy_assets.settings import get_settings
from canopy_assets.storage.arrow import from_table, to_table

if TYPE_CHECKING:
    from canopy_assets.dialogues.planning.quotas import Filled, Quota, Shortfall
    from canopy_assets.dialogues.spending import Spent
    from canopy_assets.dialogues.teacher import Share

EMBEDDED = "embedded"


class TeacherConfig(ModelConfig):
    """Who puts plans into words: the embedded teacher, or a model behind an OpenAI-compatible endpoint."""

    model: str = Field(default=EMBEDDED, description="'embedded', or the model's name at the endpoint.")
    weight: float = Field(default=1.0, gt=0, description="Its part of the plans, relative to the other teachers'.")


@configurable("synthetic_dialogues")
class DialogueConfig(dg.Config):
    """How many dialogues are written, by whom, within which caps, and from which seed."""

    per_exercise: int = Field(default=6, ge=1, le=200, description="Dialogues of each verified exercise.")
    per_cell: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Instead: accepted dialogues of each topic × opening state of a seed document; 0 for per_exercise.",
    )
    candidate_cap: float = Field(
        default=3.0,
        ge=1,
        le=100,
        description="Candidates written for each wanted dialogue, at most: one that a gate rejects is replaced.",
    )
    token_cap: int | None = Field(
        default=None,
        ge=0,
        description="Tokens, of prompts and replies, that a seed document may take.",
    )
    cost_cap: float | None = Field(default=None, ge=0, description="What they may cost, by the teachers' prices.")
    seed: int = Field(
        default=7, description="Everything random follows from it: the same seed gives the same dialogues."
    )
    vary_share: float = Field(
        default=0.8, ge=0, le=1, description="Share of the plans that get new numbers, with a new solution."
    )
    phrases: int = Field(
        default=3,
        ge=1,
        le=100,
        description="How many phrases of each kind the embedded teacher uses, the best first. A small model that reads "
        "each of many phrases once or twice learns their average.",
    )
    repairs: int = Field(
        default=2, ge=0, le=10, description="How many rejected turns of a dialogue a model may rewrite."
    )
    teachers: list[TeacherConfig] = Field(
        default=[], description="Who writes them; several share the plans by weight. None: the embedded teacher."
    )

    language: str = Field(
        default="en",
        min_length=2,
        max_length=40,
        description="The language of student and tutor ('de'). Another one than 'en' needs models as teachers.",
        json_schema_extra=absent_at("en"),
    )

    @model_validator(mode="after")
    def _embedded_teacher_writes_english(self) -> "DialogueConfig":
        if self.language != "en" and any(w.model == EMBEDDED for w in self.writers):
            raise ValueError(
                f"language: {self.language} needs a model as the teacher, because the embedded teacher writes English "
                "only: name models under teachers and leave out 'embedded', or set language: en"
            )
        return self

    @property
    def writers(self) -> list[TeacherConfig]:
        """The teachers; the embedded one where none is named."""
        return self.teachers or [TeacherConfig()]

    def can_teach(self, exercise: Exercise) -> bool:
        """Whether each of the teachers can write about an exercise.

        The embedded one knows English statements, and has phrases for mathematics only.
        """
        models = all(w.model != EMBEDDED for w in self.writers)
        return models or (exercise.in_english and exercise.has_mathematics)

    def quota(self, exercises: Sequence[Exercise]) -> "Quota":
        """How many dialogues each cell needs for these exercises."""
        from canopy_assets.dialogues.planning.planner import DialoguePlanner
        from canopy_assets.dialogues.planning.quotas import Quota

        planner = DialoguePlanner(
            [e for e in exercises if self.can_teach(e)], seed=self.seed, vary_share=self.vary_share
        )
        if self.per_cell:
            return Quota.per_cell(planner, self.per_cell)
        return Quota.per_exercise(planner, self.per_exercise)


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name="dialogues",
    owners=["team:data"],
    kinds={"parquet", "python"},
    code_version=f"9+{words_digest()}+{judge_digest()}",
)
@classified()
def synthetic_dialogues(
    context: dg.AssetExecutionContext, config: DialogueConfig, exercises: dict[str, pa.Table], eval_set: pa.Table
) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """Tutoring dialogues: planned from verified exercises over every student state and tutor move, put into words by
    a teacher, until as many as are wanted of each topic and opening state pass every gate. The rejected ones are kept.
    """
    # All seeds are filled together, so that requests to an endpoint run in parallel. Seeds with a failed check are left
    # out, so that nothing is paid for them.
    blocked = blocked_seeds(context)
    seeds = [seed for seed in context.partition_keys if seed not in blocked]
    read = {seed: from_table(exercises[seed], Exercise) for seed in seeds}
    quotas: dict[str, Quota] = {}
    for seed in seeds:
        with suppress(Exception):  # `make` reports the error, for this seed alone
            quotas[seed] = config.quota(read[seed])
    what = f"dialogues of {seeds[0]}" if len(seeds) == 1 else f"dialogues of {len(seeds)} seeds"
    wanted = sum(sum(quota.wanted.values()) for quota in quotas.values())
    with ProgressReporter(what, wanted, unit="accepted dialogue", log=context.log.info) as bar:
        prompts = from_table(eval_set, EvalPrompt)
        filled = asyncio.run(_fill({seed: (quotas[seed], read[seed]) for seed in quotas}, prompts, config, bar))

    def make(seed: str) -> Made:
        if seed not in filled:
            config.quota(read[seed])  # planning failed above: raise the same error here
        if others := [e for e in read[seed] if e.verified and not config.can_teach(e)]:
            context.log.warning("%s: %s", seed, _left_out(others))
        for cell in filled[seed].short:
            context.log.warning("%s: %s", seed, _shortfall_text(cell))
        return _dialogues(filled[seed], others)

    return versioned_seeds(context, make, config=config)


async def _fill(
    quotas: "Mapping[str, tuple[Quota, Sequence[Exercise]]]",
    prompts: Sequence[EvalPrompt],
    config: DialogueConfig,
    bar: ProgressReporter,
) -> "dict[str, Filled]":
    """The dialogues of each seed, from the configured teachers."""
    from canopy_assets.dialogues.planning.quotas import Caps, fill
    from canopy_assets.dialogues.teacher import spends_at_most, write_all
    from canopy_assets.review.reviewer import Reviewer

    caps, counts = Caps(config.candidate_cap, config.token_cap, config.cost_cap), CandidateCount(bar)
    async with AsyncExitStack() as open_until_written:
        shares = await _teachers(config, open_until_written)
        filled = await gather_or_cancel(
            fill(
                quota,
                caps,
                write=partial(write_all, shares=shares),
                spends_at_most=partial(spends_at_most, shares=shares),
                reviewer=Reviewer(eval_prompts=prompts, exercises={e.exercise_id: e for e in exercises}),
                report=counts.report,
            )
            for quota, exercises in quotas.values()
        )
    return dict(zip(quotas, filled, strict=True))


async def _teachers(config: DialogueConfig, open_until_written: AsyncExitStack) -> "list[Share]":
    from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
    from canopy_assets.dialogues.model.teacher import ApiTeacher
    from canopy_assets.dialogues.teacher import Share
    from canopy_assets.endpoints.client import Client
    from canopy_assets.endpoints.ledger import Ledger

    shares = []
    for teacher in config.writers:
        if teacher.model == EMBEDDED:
            shares.append(Share(EmbeddedTeacher(config.phrases), teacher.weight))
            continue
        endpoint = teacher.endpoint()
        ledger = open_until_written.enter_context(Ledger(get_settings().ledger))
        client = await open_until_written.enter_async_context(Client(endpoint, ledger))
        shares.append(Share(ApiTeacher(client, repairs=config.repairs, language=config.language), teacher.weight))
    return shares


def _left_out(exercises: Sequence[Exercise]) -> str:
    """What is said of verified exercises that the embedded teacher cannot teach."""
    return (
        f"no dialogues about {len(exercises)} verified exercises that are not in English or have no mathematics: the "
        "embedded teacher has English phrases for mathematics only. Name models under teachers, without 'embedded'"
    )


def _dialogues(filled: "Filled", left_out: Sequence[Exercise] = ()) -> Made:
    from canopy_assets.dialogues.spending import Spent
    from canopy_assets.dialogues.teacher import total

    written = filled.written
    dialogues = [w.dialogue for w in written if w.dialogue is not None]
    table = to_table(dialogues, Dialogue)
    turns = [t for d in dialogues for t in d.turns]
    spent = Spent.total(w.spent for w in written)
    metadata = describe_table(
        table,
        preview=("topic", "opening_state", "statement"),
        teachers=_costs(total(written)),
        not_written=counts_table("not written because", Counter(w.reason or "" for w in written if w.dialogue is None)),
        repaired=counts_table("turn rewritten because of", Counter(r.gate for d in dialogues for r in d.repairs)),
        wanted=filled.wanted,
        accepted=filled.accepted,
        rejected=counts_table("rejected by", filled.rejected),
        short=_short(filled.short),
        left_out=_left_out(left_out) if left_out else "",
        tutor_turns=sum(t.role == "tutor" for t in turns),
        states=counts_table("opening state", Counter(d.opening_state or "" for d in dialogues)),
        moves=counts_table("tutor move", Counter(t.move or "" for t in turns if t.role == "tutor")),
        tokens=spent.tokens,
        cost=spent.cost,
        attempts=spent.attempts,
        example=dg.MetadataValue.md(
            "\n\n".join(f"**{t.role}** {t.text}" for t in dialogues[0].turns) if dialogues else ""
        ),
    )
    return Made(table, metadata)


def _short(cells: "Sequence[Shortfall]") -> dg.MarkdownMetadataValue:
    header = ["cell", "wanted", "accepted", "candidates", "stopped by", "tokens to fill", "cost to fill"]
    rows = [
        (c.cell, c.wanted, c.accepted, c.candidates, c.stopped_by, _estimate(c.tokens), _estimate(c.cost, ".4f"))
        for c in cells
    ]
    return dg.MetadataValue.md(markdown_table(header, rows))


def _shortfall_text(cell: "Shortfall") -> str:
    """A sentence about a shortfall, for the log."""
    to_fill = "" if cell.tokens is None else f"; the missing ones would take about {cell.tokens} tokens"
    cost = f", {cell.cost:.4f} in money" if cell.cost else ""
    return (
        f"{cell.cell}: {cell.accepted} of {cell.wanted} dialogues accepted of {cell.candidates} candidates, stopped by "
        f"the {cell.stopped_by}{to_fill}{cost}"
    )


def _estimate(value: float | None, form: str = "") -> str:
    return "unknown: none accepted" if value is None else format(value, form)


def _costs(spent: "Mapping[str, Spent]") -> dg.MarkdownMetadataValue:
    header = [
        "teacher", "requests", "from the ledger", "attempts", "seconds a reply", "prompt tokens", "completion tokens",
        "cost",
    ]  # fmt: skip
    rows = [
        (name, s.requested, s.reused, s.attempts, f"{s.seconds / max(1, s.requested + s.reused):.2f}", s.prompt_tokens,
         s.completion_tokens, f"{s.cost:.4f}")
        for name, s in spent.items()
    ]  # fmt: skip
    return dg.MetadataValue.md(markdown_table(header, rows))

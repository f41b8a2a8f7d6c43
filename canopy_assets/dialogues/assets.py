"""Exercises to dialogues, one partition per seed document."""

from collections import Counter

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.platform.automation import follows_its_seed
from canopy_assets.platform.configuration import configurable
from canopy_assets.platform.failures import classified
from canopy_assets.platform.metadata import counts_table, describe_table
from canopy_assets.platform.partitions import CHUNKS, SEEDS
from canopy_assets.platform.progress import ProgressReporter
from canopy_assets.platform.versions import Made, versioned_seeds
from canopy_assets.records import Dialogue, Exercise, from_table, to_table


@configurable("synthetic_dialogues")
class DialogueConfig(dg.Config):
    """How many dialogues are written, and from which seed."""

    per_exercise: int = Field(default=5, ge=1, le=200, description="Dialogues planned per verified exercise.")
    seed: int = Field(
        default=7, description="Everything random follows from it: the same seed gives the same dialogues."
    )
    vary_share: float = Field(
        default=0.5, ge=0, le=1, description="Share of the plans that get new numbers, solved anew."
    )


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name="dialogues",
    owners=["team:data"],
    kinds={"parquet", "python"},
    code_version="2",
)
@classified()
def synthetic_dialogues(
    context: dg.AssetExecutionContext, config: DialogueConfig, exercises: dict[str, pa.Table]
) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """Tutoring dialogues: planned from verified exercises over every student state and tutor move, put into words by
    a teacher.
    """
    seeds = context.partition_keys
    what = f"dialogues of {seeds[0]}" if len(seeds) == 1 else f"dialogues of {len(seeds)} seeds"
    with ProgressReporter(what, unit="dialogue", log=context.log.info) as bar:
        return versioned_seeds(context, lambda seed: _dialogues(exercises[seed], config, bar), config=config)


def _dialogues(exercises: pa.Table, config: DialogueConfig, bar: ProgressReporter) -> Made:
    from canopy_assets.dialogues.embedded import EmbeddedTeacher
    from canopy_assets.dialogues.planner import plan_dialogues

    plans = plan_dialogues(
        from_table(exercises, Exercise),
        per_exercise=config.per_exercise,
        seed=config.seed,
        vary_share=config.vary_share,
    )
    teacher = EmbeddedTeacher()
    bar.reach(bar.done, total=bar.done + len(plans))
    written: list[Dialogue] = []
    for plan in plans:
        written.append(teacher.verbalize(plan))
        bar.advance()
    table = to_table(written, Dialogue)
    turns = [t for d in written for t in d.turns]
    metadata = describe_table(
        table,
        preview=("topic", "opening_state", "statement"),
        teacher=teacher.name,
        tutor_turns=sum(t.role == "tutor" for t in turns),
        states=counts_table("opening state", Counter(d.opening_state or "" for d in written)),
        moves=counts_table("tutor move", Counter(t.move or "" for t in turns if t.role == "tutor")),
        tokens=sum(d.prompt_tokens + d.completion_tokens for d in written),
        example=dg.MetadataValue.md("\n\n".join(f"**{t.role}** {t.text}" for t in written[0].turns) if written else ""),
    )
    return Made(table, metadata)

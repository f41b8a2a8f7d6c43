"""From accepted dialogues to a training set, and from rejected wordings to preference pairs."""

from collections import Counter

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.lineage.automation import TRAINING_SET_FRESHNESS, gathers_the_seeds
from canopy_assets.lineage.configuration import configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import counts_table, describe_table, markdown_table
from canopy_assets.lineage.versions import usable_partitions, versioned
from canopy_assets.records import Exercise, PreferencePair, ReviewedDialogue, TrainingExample
from canopy_assets.storage.arrow import from_table, to_table
from canopy_assets.training_sets.prompt import SYSTEM_PROMPT


@configurable("training_set")
class TrainingSetConfig(dg.Config):
    """Which dialogues are selected, and how they are split."""

    system_prompt: str = Field(
        default=SYSTEM_PROMPT, description="The short system prompt that the model is trained and used with."
    )
    validation_share: float = Field(
        default=0.1, ge=0, lt=0.5, description="Share of the exercises (not rows) that is kept for validation."
    )
    max_examples: int = Field(
        default=0, ge=0, description="The largest number of examples, balanced over topic and opening state; 0 for all."
    )
    closing_share: float = Field(
        default=0.35, ge=0, le=1, description="Share of the dialogues that keep a last tutor turn without a question."
    )
    seed: int = Field(default=7, description="Random seed that decides which exercises go into validation.")


@dg.asset(
    group_name="training_sets",
    owners=["team:data", "team:ml-engineering"],
    kinds={"parquet", "python"},
    code_version="2",
    freshness_policy=TRAINING_SET_FRESHNESS,
    automation_condition=gathers_the_seeds(),
)
@classified()
def training_set(
    context: dg.AssetExecutionContext, config: TrainingSetConfig, reviewed_dialogues: dict[str, pa.Table]
) -> dg.MaterializeResult[pa.Table]:
    """Accepted dialogues, synthetic and human-written, as chat `messages`.

    They are split by exercise into training and validation. Every row names the seed, the exercise and the dialogue
    that it was made from.
    """
    from canopy_assets.training_sets.selection import select

    usable = _usable(context)
    rows = [row for seed in usable for row in from_table(reviewed_dialogues[seed], ReviewedDialogue)]
    selection = select(
        rows,
        system_prompt=config.system_prompt,
        validation_share=config.validation_share,
        seed=config.seed,
        max_examples=config.max_examples or None,
        closing_share=config.closing_share,
    )
    if not selection.examples:
        raise dg.Failure(
            f"none of {len(rows)} reviewed dialogues of {len(usable)} seeds was accepted, so there is nothing to train "
            "on: see `canopy status` for the gates that rejected them",
            allow_retries=False,
        )
    table = to_table(selection.examples, TrainingExample)
    metadata = describe_table(
        table,
        preview=("split", "topic", "opening_state", "seed", "exercise_id"),
        train=sum(e.split == "train" for e in selection.examples),
        validation=sum(e.split == "validation" for e in selection.examples),
        tutor_turns=sum(e.tutor_turns for e in selection.examples),
        seeds=counts_table("seed", Counter(e.seed for e in selection.examples)),
        topics=counts_table("topic", Counter(e.topic for e in selection.examples)),
        states=counts_table("opening state", Counter(e.opening_state or "human-written" for e in selection.examples)),
        dropped=dg.MetadataValue.md(
            markdown_table(["reason", "count"], Counter(d.reason for d in selection.dropped).most_common())
        ),
    )
    return versioned(context, table, config=config, metadata=metadata)


@dg.asset(
    group_name="training_sets",
    owners=["team:ml-engineering"],
    kinds={"parquet", "python"},
    code_version="1",
)
@classified()
def preference_pairs(
    context: dg.AssetExecutionContext,
    training_set: pa.Table,
    exercises: dict[str, pa.Table],
    reviewed_dialogues: dict[str, pa.Table],
) -> dg.MaterializeResult[pa.Table]:
    """Tutor turns that a gate rejected, each with the turn that a teacher wrote in its place.

    The columns `prompt`, `chosen` and `rejected` are what DPO takes. Only a model as the teacher rewrites turns;
    without one the table is empty.
    """
    from canopy_assets.training_sets import preferences

    usable = _usable(context)
    pairs = preferences.preference_pairs(
        from_table(training_set, TrainingExample),
        [row for seed in usable for row in from_table(reviewed_dialogues[seed], ReviewedDialogue)],
        {e.exercise_id: e for seed in usable for e in from_table(exercises[seed], Exercise)},
    )
    table = to_table(pairs, PreferencePair)
    metadata = describe_table(
        table,
        preview=("gate", "reason", "topic", "opening_state"),
        gates=counts_table("rejected by", Counter(p.gate for p in pairs)),
        teachers=counts_table("teacher", Counter(p.teacher for p in pairs)),
    )
    return versioned(context, table, metadata=metadata)


def _usable(context: dg.AssetExecutionContext) -> list[str]:
    """The seeds whose reviewed dialogues passed all blocking checks."""
    graph = context.repository_def.asset_graph
    return usable_partitions(context.instance, graph, dg.AssetKey("reviewed_dialogues"))

"""Dialogues to reviewed dialogues, one partition per seed document."""

from collections import Counter

import dagster as dg
import pyarrow as pa

from canopy_assets.platform.automation import follows_its_seed
from canopy_assets.platform.failures import classified
from canopy_assets.platform.metadata import counts_table, describe_table, markdown_table
from canopy_assets.platform.partitions import CHUNKS, SEEDS
from canopy_assets.platform.versions import Made, versioned_seeds
from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue, SeedDocument, from_table, to_table


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name="review",
    owners=["team:data"],
    kinds={"parquet", "python"},
    code_version="4",
)
@classified()
def reviewed_dialogues(
    context: dg.AssetExecutionContext,
    seed_documents: dict[str, pa.Table],
    exercises: dict[str, pa.Table],
    synthetic_dialogues: dict[str, pa.Table],
    eval_set: pa.Table,
) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """Every synthetic and every human-written dialogue of a seed with a verdict per gate.

    Rejected ones stay, with gate, reason and span.
    """
    prompts = from_table(eval_set, EvalPrompt)
    return versioned_seeds(
        context,
        lambda seed: _reviewed(seed_documents[seed], exercises[seed], synthetic_dialogues[seed], prompts),
    )


def _reviewed(
    seed_document: pa.Table, exercises: pa.Table, synthetic_dialogues: pa.Table, prompts: list[EvalPrompt]
) -> Made:
    from canopy_assets.review.reviewer import review
    from canopy_assets.seeds import chats

    (document,) = from_table(seed_document, SeedDocument)
    human, skipped = chats.parse(document) if document.kind == "chats" else ([], [])
    dialogues = [*from_table(synthetic_dialogues, Dialogue), *human]
    known = {e.exercise_id: e for e in from_table(exercises, Exercise)}
    reviewed = review(dialogues, eval_prompts=prompts, exercises=known)
    table = to_table(reviewed, ReviewedDialogue)
    rejected = [r for r in reviewed if not r.accepted]
    metadata = describe_table(
        table,
        accepted=len(reviewed) - len(rejected),
        rejected=len(rejected),
        human_written=len(human),
        gates=counts_table("rejected by", Counter(r.rejected_by or "" for r in rejected)),
        skipped=dg.MetadataValue.md(markdown_table(["line", "skipped because"], [(s.line, s.reason) for s in skipped])),
        rejections=dg.MetadataValue.md(
            markdown_table(
                ["gate", "reason", "statement"],
                [(r.rejected_by, r.reason, r.dialogue.statement) for r in rejected[:20]],
            )
        ),
    )
    return Made(table, metadata)

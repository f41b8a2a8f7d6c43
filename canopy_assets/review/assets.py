"""Dialogues to reviewed dialogues, one partition per seed document."""

import hashlib
from collections import Counter
from pathlib import Path

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.curriculum.words import digest as words_digest
from canopy_assets.lineage.automation import follows_its_seed
from canopy_assets.lineage.configuration import OPERATIONAL, configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import counts_table, describe_table, markdown_table
from canopy_assets.lineage.partitions import CHUNKS, SEEDS
from canopy_assets.lineage.versions import Made, versioned_seeds
from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue, SeedDocument
from canopy_assets.review.embeddings import MIN_COSINE
from canopy_assets.storage.arrow import from_table, to_table

_JUDGE = Path(__file__).parent / "usefulness" / "model.json"


def judge_digest() -> str:
    """A digest of the judge's coefficients, as eight hexadecimal digits, for the code versions of what it decides.

    The file is read here because the judge itself loads every solver, which takes the code server seconds.
    """
    return hashlib.sha256(_JUDGE.read_bytes()).hexdigest()[:8]


@configurable("reviewed_dialogues")
class ReviewConfig(dg.Config):
    """What rejects people's dialogues, how paraphrased duplicates are found, and how many processes review."""

    advice_blocks: bool = Field(
        default=False,
        description="Reject what people wrote by every gate. Otherwise those on style, length, questions, relevance "
        "and grounding only advise on it.",
    )
    embedding_model: str = Field(
        default="",
        description="A local directory or a hub id ('org/name@revision') of a language model; none: by words alone.",
    )
    min_cosine: float = Field(
        default=MIN_COSINE, gt=0, le=1, description="Cosine of two dialogues' embeddings that makes them duplicates."
    )
    processes: int = Field(
        default=1,
        ge=1,
        description="How many review at the same time, where a seed has thousands of dialogues.",
        json_schema_extra=OPERATIONAL,
    )


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name="review",
    owners=["team:data"],
    kinds={"parquet", "python"},
    code_version=f"11+{words_digest('vocabulary', 'steps', 'concepts', 'misconceptions')}+{judge_digest()}",
)
@classified()
def reviewed_dialogues(
    context: dg.AssetExecutionContext,
    config: ReviewConfig,
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
        lambda seed: _reviewed(seed_documents[seed], exercises[seed], synthetic_dialogues[seed], prompts, config),
        config=config,
    )


def _reviewed(
    seed_document: pa.Table,
    exercises: pa.Table,
    synthetic_dialogues: pa.Table,
    prompts: list[EvalPrompt],
    config: ReviewConfig,
) -> Made:
    """The reviewed dialogues of one seed: those that a teacher wrote, and those of its chats."""
    from canopy_assets.review.batch import review
    from canopy_assets.review.duplicates import SeenTexts
    from canopy_assets.review.embeddings import embedder
    from canopy_assets.seeds import chats

    (document,) = from_table(seed_document, SeedDocument)
    human, skipped = chats.parse(document) if document.kind == "chats" else ([], [])
    dialogues = [*from_table(synthetic_dialogues, Dialogue), *human]
    known = {e.exercise_id: e for e in from_table(exercises, Exercise)}
    embed = embedder(config.embedding_model) if config.embedding_model else None
    seen = SeenTexts(embed, min_cosine=config.min_cosine)
    reviewed = review(
        dialogues,
        eval_prompts=prompts,
        exercises=known,
        seen=seen,
        processes=config.processes,
        advice_blocks=config.advice_blocks,
    )
    table = to_table(reviewed, ReviewedDialogue)
    rejected = [r for r in reviewed if not r.accepted]
    metadata = describe_table(
        table,
        accepted=len(reviewed) - len(rejected),
        rejected=len(rejected),
        human_written=len(human),
        gates=counts_table("rejected by", Counter(r.rejected_by or "" for r in rejected)),
        advice=counts_table("advised by", Counter(gate for r in reviewed for gate in r.advised_by)),
        skipped=dg.MetadataValue.md(markdown_table(["line", "skipped because"], [(s.line, s.reason) for s in skipped])),
        rejections=dg.MetadataValue.md(
            markdown_table(
                ["gate", "reason", "statement"],
                [(r.rejected_by, r.reason, r.dialogue.statement) for r in rejected[:20]],
            )
        ),
        accepted_with_advice=dg.MetadataValue.md(markdown_table(["line", "gate", "reason"], _advice(reviewed)[:20])),
    )
    return Made(table, metadata)


def _advice(reviewed: list[ReviewedDialogue]) -> list[tuple[int | None, str, str | None]]:
    """What gates advise on accepted dialogues that people wrote: line in the seed, gate and reason."""
    return [
        (r.dialogue.span.line_start if r.dialogue.span else None, v.gate, v.reason)
        for r in reviewed
        if r.accepted
        for v in r.verdicts
        if v.gate in r.advised_by
    ]

"""The assets from seed files to exercises, with one partition for each seed document."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.curriculum.words import digest as words_digest
from canopy_assets.endpoints.gathering import gather_or_cancel
from canopy_assets.lineage.automation import follows_its_seed
from canopy_assets.lineage.configuration import configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import counts_table, describe_table, markdown_table
from canopy_assets.lineage.model_config import ModelConfig
from canopy_assets.lineage.partitions import CHUNKS, SEEDS
from canopy_assets.lineage.versions import Made, blocked_seeds, versioned_seeds
from canopy_assets.records import Exercise, SeedDocument, Skipped
from canopy_assets.seeds import inbox
from canopy_assets.settings import get_settings
from canopy_assets.storage.arrow import from_table, to_table

if TYPE_CHECKING:
    from canopy_assets.seeds.exercises.extraction import Extraction
    from canopy_assets.seeds.exercises.proposals import Proposed
    from canopy_assets.seeds.findings import Problem, Unused

GROUP = "seeds"
OWNERS = ["team:data"]
_MAX_SHOWN = 200
"""Rows of a table in the metadata of `exercises`. `canopy status --json` has all of them."""

seed_files = dg.AssetSpec(
    "seed_files",
    description="The files in the inbox and the bundled samples, observed under the digest of their content. "
    "They come from outside: put one in with `canopy add FILE`.",
    group_name=GROUP,
    owners=OWNERS,
    kinds={"file"},
    partitions_def=SEEDS,
)


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    deps=[seed_files],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet", "python"},
    code_version="7",
)
@classified()
def seed_documents(context: dg.AssetExecutionContext) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """A seed file as normalized text with its digest, kind and spans. A file that cannot be read is quarantined with
    the reason.
    """
    from canopy_assets.seeds.reading import reader

    registry = inbox.registered(get_settings())

    def read(seed: str) -> Made:
        seed_file = registry.find(seed)
        document = reader.read(seed_file)
        table = to_table([document], SeedDocument)
        metadata = describe_table(
            table,
            state=document.state,
            reason=document.reason or "",
            characters=len(document.text),
            kind=document.kind,
            file=dg.MetadataValue.path(str(seed_file.path)),
            skipped=_skipped(document.skipped),
        )
        return Made(table, metadata, inputs={"seed_files": inbox.version(seed_file)})

    return versioned_seeds(context, read)


class ProposerConfig(ModelConfig):
    """A model that proposes exercises for prose that states none. Without a model, such prose has no exercises."""

    per_chunk: int = Field(default=3, ge=1, le=20, description="Exercises to ask for from each chunk of the text.")
    chunk_characters: int = Field(default=4000, ge=500, le=100_000, description="Most characters of a chunk.")
    always: bool = Field(default=False, description="Propose also for documents with verified exercises of their own.")
    seed: int = Field(default=7, description="Another seed gives other exercises.")


@configurable("exercises")
class ExerciseConfig(dg.Config):
    """Where exercises come from that no document states."""

    proposer: ProposerConfig = Field(
        default=ProposerConfig(), description="Model that proposes exercises from prose; no proposals without a name."
    )


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet", "python"},
    code_version=f"18+{words_digest('concepts', 'misconceptions')}",
)
@classified()
def exercises(
    context: dg.AssetExecutionContext, config: ExerciseConfig, seed_documents: dict[str, pa.Table]
) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """The exercises of a seed, each with statement, topic, answer, steps, hints and misconceptions, and whether its
    answer is verified. For prose that states none, a model can propose some, each with a quote that supports it.
    """
    from canopy_assets.seeds.exercises import extraction

    def extract(seed: str) -> "tuple[SeedDocument, Extraction]":
        (document,) = from_table(seed_documents[seed], SeedDocument)
        return document, extraction.account(document)

    blocked = blocked_seeds(context)
    found: dict[str, tuple[SeedDocument, Extraction]] = {}
    for seed in (s for s in context.partition_keys if s not in blocked):
        with suppress(Exception):  # raised again by `make`, and reported for this seed only
            found[seed] = extract(seed)
    wanting = [d for d, extracted in found.values() if _wants_proposals(d, extracted.exercises, config.proposer)]
    proposed = asyncio.run(_propose(wanting, config.proposer)) if wanting else {}

    def make(seed: str) -> Made:
        return _exercises_table(*(found.get(seed) or extract(seed)), proposed.get(seed))

    return versioned_seeds(context, make, config=config)


def _wants_proposals(document: SeedDocument, found: list[Exercise], config: ProposerConfig) -> bool:
    readable = document.state == "read" and document.kind == "prose"
    return bool(config.model) and readable and (config.always or not any(e.verified for e in found))


async def _propose(documents: list[SeedDocument], config: ProposerConfig) -> "dict[str, Proposed]":
    """Ask the model about all documents at the same time; the proposals by seed."""
    from canopy_assets.endpoints.client import Client
    from canopy_assets.endpoints.ledger import Ledger
    from canopy_assets.seeds.exercises.proposals import propose

    with Ledger(get_settings().ledger) as ledger:
        async with Client(config.endpoint(), ledger) as client:
            proposals = await gather_or_cancel(
                propose(d, client, per_chunk=config.per_chunk, characters=config.chunk_characters, seed=config.seed)
                for d in documents
            )
    return {d.seed: p for d, p in zip(documents, proposals, strict=True)}


def _exercises_table(document: SeedDocument, extracted: "Extraction", proposed: "Proposed | None") -> Made:
    """The table of a seed's exercises, stated and proposed, with its metadata."""
    from canopy_assets.seeds import findings
    from canopy_assets.seeds.exercises.extraction import NO_MATHEMATICS
    from canopy_assets.seeds.languages.detection import name

    found, skipped, facts = extracted.exercises, [*document.skipped, *extracted.skipped], {}
    if proposed is not None:
        known = {e.exercise_id for e in found}
        new = [e for e in proposed.exercises if e.exercise_id not in known]
        skipped = [s for s in skipped if s.reason != NO_MATHEMATICS or not new]
        found, skipped = [*found, *new], [*skipped, *proposed.skipped]
        facts = {"proposed": len(new), "tokens": proposed.tokens, "cost": proposed.cost}
    unused = findings.unused_parts(document, skipped, extracted.lines)
    table = findings.with_unused(to_table(found, Exercise), unused)
    metadata = describe_table(
        table,
        preview=("statement", "topic", "answer", "verification"),
        verified=sum(e.verified for e in found),
        language=name(extracted.language),
        topics=counts_table("topic", Counter(e.topic for e in found)),
        **_findings_metadata(findings.problems_of(table, unused), unused),
        **facts,
    )
    return Made(table, metadata)


def _findings_metadata(problems: "list[Problem]", unused: "Unused") -> dict[str, Any]:
    """What `canopy status` says of a seed, as tables for the UI."""
    from canopy_assets.seeds import findings

    by_reason = [(len(r.lines), r.reason, ", ".join(map(str, r.lines[:10]))) for r in findings.refusals(problems)]
    wrong = [(p.line, p.text, p.reason) for p in problems if findings.is_wrong_answer(p)]
    every = [(p.line, p.text, "yes" if p.verified else "no", p.reason) for p in problems]
    tables: dict[str, tuple[list[str], Sequence[Sequence[object]]]] = {
        "problems": (["line", "problem", "verified", "how, or why not"], every),
        "refused": (["problems", "because", "lines"], by_reason),
        "wrong_answers": (["line", "problem", "what is wrong"], wrong),
        "unexplained_lines": (["line", "text"], unused.unexplained),
        "lines": (["what they are", "lines"], list(unused.classes.items())),
    }
    shown = {name: markdown_table(header, rows[:_MAX_SHOWN]) for name, (header, rows) in tables.items() if rows}
    return {name: dg.MetadataValue.md(table) for name, table in shown.items()}


def _skipped(skipped: list[Skipped] | tuple[Skipped, ...]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(markdown_table(["line", "skipped because"], [(s.line, s.reason) for s in skipped]))

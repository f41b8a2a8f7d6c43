"""Seed files to exercises, one partition per seed document."""

from collections import Counter

import dagster as dg
import pyarrow as pa

from canopy_assets.platform.automation import follows_its_seed
from canopy_assets.platform.failures import classified
from canopy_assets.platform.metadata import counts_table, describe_table, markdown_table
from canopy_assets.platform.partitions import CHUNKS, SEEDS
from canopy_assets.platform.versions import Made, versioned_seeds
from canopy_assets.records import Exercise, SeedDocument, Skipped, from_table, to_table
from canopy_assets.seeds import inbox
from canopy_assets.settings import get_settings

GROUP = "seeds"
OWNERS = ["team:data"]

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
    code_version="1",
)
@classified()
def seed_documents(context: dg.AssetExecutionContext) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """A seed file as normalized text with its digest, kind and spans; or, where it can't be read, quarantined with
    the reason.
    """
    from canopy_assets.seeds import readers

    registry = inbox.registered(get_settings())

    def read(seed: str) -> Made:
        seed_file = registry.find(seed)
        document = readers.read(seed_file)
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


@dg.asset(
    partitions_def=SEEDS,
    backfill_policy=CHUNKS,
    automation_condition=follows_its_seed(),
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet", "python"},
    code_version="1",
)
@classified()
def exercises(
    context: dg.AssetExecutionContext, seed_documents: dict[str, pa.Table]
) -> dg.MaterializeResult[dict[str, pa.Table]]:
    """The exercises of a seed, each with statement, topic, answer, steps, hints and misconceptions, and whether its
    answer was verified.
    """
    return versioned_seeds(context, lambda seed: _exercises(seed_documents[seed]))


def _exercises(seed_document: pa.Table) -> Made:
    from canopy_assets.seeds import exercises as extraction

    (document,) = from_table(seed_document, SeedDocument)
    found, skipped = extraction.extract(document)
    table = to_table(found, Exercise)
    metadata = describe_table(
        table,
        preview=("statement", "topic", "answer", "verification"),
        verified=sum(e.verified for e in found),
        topics=counts_table("topic", Counter(e.topic for e in found)),
        skipped=_skipped([*document.skipped, *skipped]),
        not_verified=dg.MetadataValue.md(
            markdown_table(
                ["line", "statement", "why not"],
                [(e.span.line_start, e.statement, e.verification) for e in found if not e.verified],
            )
        ),
    )
    return Made(table, metadata)


def _skipped(skipped: list[Skipped] | tuple[Skipped, ...]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(markdown_table(["line", "skipped because"], [(s.line, s.reason) for s in skipped]))

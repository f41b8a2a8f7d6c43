"""Exercises to dialogues, one partition per seed document."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import cache
from itertools import islice

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.dialogues.planner import Plan
from canopy_assets.dialogues.teacher import Spent, Written
from canopy_assets.platform.automation import follows_its_seed
from canopy_assets.platform.configuration import OPERATIONAL, configurable
from canopy_assets.platform.failures import classified
from canopy_assets.platform.metadata import counts_table, describe_table, markdown_table
from canopy_assets.platform.partitions import CHUNKS, SEEDS
from canopy_assets.platform.progress import ProgressReporter
from canopy_assets.platform.versions import Made, blocked_seeds, versioned_seeds
from canopy_assets.records import Dialogue, Exercise, from_table, to_table
from canopy_assets.settings import get_settings

EMBEDDED = "embedded"


class TeacherConfig(dg.Config):
    """Who puts plans into words: the embedded teacher, or a model behind an OpenAI-compatible endpoint."""

    model: str = Field(default=EMBEDDED, description="'embedded', or the model's name at the endpoint.")
    weight: float = Field(default=1.0, gt=0, description="Its part of the plans, relative to the other teachers'.")
    temperature: float = Field(default=0.8, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=1200, ge=16, description="Of one dialogue.")
    base_url: str = Field(
        default="https://api.openai.com/v1", description="The endpoint, with /v1.", json_schema_extra=OPERATIONAL
    )
    key_variable: str = Field(
        default="OPENAI_API_KEY",
        description="Environment variable with the key; '' where the server wants none.",
        json_schema_extra=OPERATIONAL,
    )
    timeout_s: float = Field(default=120.0, gt=0, description="For one reply.", json_schema_extra=OPERATIONAL)
    patience_s: float = Field(
        default=90.0,
        ge=0,
        description="Without any reply for so long, the endpoint counts as down.",
        json_schema_extra=OPERATIONAL,
    )
    max_concurrency: int = Field(
        default=64,
        ge=1,
        description="Requests in flight at most; how many there are is found from the replies.",
        json_schema_extra=OPERATIONAL,
    )
    requests_per_minute: float | None = Field(default=None, gt=0, json_schema_extra=OPERATIONAL)
    tokens_per_minute: float | None = Field(default=None, gt=0, json_schema_extra=OPERATIONAL)
    price_in: float = Field(default=0.0, ge=0, description="Of a million prompt tokens.", json_schema_extra=OPERATIONAL)
    price_out: float = Field(
        default=0.0, ge=0, description="Of a million completion tokens.", json_schema_extra=OPERATIONAL
    )


@configurable("synthetic_dialogues")
class DialogueConfig(dg.Config):
    """How many dialogues are written, by whom, and from which seed."""

    per_exercise: int = Field(default=5, ge=1, le=200, description="Dialogues planned per verified exercise.")
    seed: int = Field(
        default=7, description="Everything random follows from it: the same seed gives the same dialogues."
    )
    vary_share: float = Field(
        default=0.5, ge=0, le=1, description="Share of the plans that get new numbers, solved anew."
    )
    repairs: int = Field(
        default=2, ge=0, le=10, description="How often a model writes a turn anew that a gate rejects, per dialogue."
    )
    teachers: list[TeacherConfig] = Field(
        default=[], description="Who writes them; several share the plans by weight. None: the embedded teacher."
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
    from canopy_assets.dialogues.planner import plan_dialogues

    @cache
    def plans(seed: str) -> list[Plan]:
        return plan_dialogues(
            from_table(exercises[seed], Exercise),
            per_exercise=config.per_exercise,
            seed=config.seed,
            vary_share=config.vary_share,
        )

    # All seeds together, since an endpoint is asked side by side; but nothing is paid for where a check failed.
    blocked = blocked_seeds(context)
    seeds = [seed for seed in context.partition_keys if seed not in blocked]
    wanted: dict[str, list[Plan]] = {}
    for seed in seeds:
        with suppress(Exception):  # told of this seed alone, where its table would be made
            wanted[seed] = plans(seed)
    what = f"dialogues of {seeds[0]}" if len(seeds) == 1 else f"dialogues of {len(seeds)} seeds"
    with ProgressReporter(what, sum(map(len, wanted.values())), unit="dialogue", log=context.log.info) as bar:
        written = iter(asyncio.run(_write([p for mine in wanted.values() for p in mine], config, bar)))
    made = {seed: list(islice(written, len(mine))) for seed, mine in wanted.items()}

    def make(seed: str) -> Made:
        plans(seed)  # where it could not be planned, this raises again
        return _dialogues(made[seed])

    return versioned_seeds(context, make, config=config)


async def _write(plans: Sequence[Plan], config: DialogueConfig, bar: ProgressReporter) -> list[Written]:
    """Words for the plans, in their order, from the configured teachers."""
    from canopy_assets.dialogues.api_teacher import ApiTeacher
    from canopy_assets.dialogues.embedded import EmbeddedTeacher
    from canopy_assets.dialogues.endpoint import Client, Endpoint
    from canopy_assets.dialogues.ledger import Ledger
    from canopy_assets.dialogues.teacher import Share, write_all

    spent = Spent()

    def advance(written: Written) -> None:
        nonlocal spent
        spent += written.spent
        facts = {"tokens": spent.completion_tokens, "cost": f"{spent.cost:.2f}", "reused": spent.reused}
        bar.advance(1, **(facts if spent.requested or spent.reused else {}))

    async with AsyncExitStack() as open_until_written:
        shares = []
        for teacher in config.teachers or [TeacherConfig()]:
            if teacher.model == EMBEDDED:
                shares.append(Share(EmbeddedTeacher(), teacher.weight))
                continue
            endpoint = Endpoint(**teacher.model_dump(exclude={"weight"}))
            ledger = open_until_written.enter_context(Ledger(get_settings().ledger))
            client = await open_until_written.enter_async_context(Client(endpoint, ledger))
            shares.append(Share(ApiTeacher(client, repairs=config.repairs), teacher.weight))
        return await write_all(plans, shares, advance)


def _dialogues(written: Sequence[Written]) -> Made:
    from canopy_assets.dialogues.teacher import total

    dialogues = [w.dialogue for w in written if w.dialogue is not None]
    table = to_table(dialogues, Dialogue)
    turns = [t for d in dialogues for t in d.turns]
    metadata = describe_table(
        table,
        preview=("topic", "opening_state", "statement"),
        teachers=_costs(total(written)),
        not_written=counts_table("not written because", Counter(w.reason or "" for w in written if w.dialogue is None)),
        repaired=counts_table("turn written anew because of", Counter(r.gate for d in dialogues for r in d.repairs)),
        tutor_turns=sum(t.role == "tutor" for t in turns),
        states=counts_table("opening state", Counter(d.opening_state or "" for d in dialogues)),
        moves=counts_table("tutor move", Counter(t.move or "" for t in turns if t.role == "tutor")),
        tokens=sum(w.spent.prompt_tokens + w.spent.completion_tokens for w in written),
        cost=sum(w.spent.cost for w in written),
        example=dg.MetadataValue.md(
            "\n\n".join(f"**{t.role}** {t.text}" for t in dialogues[0].turns) if dialogues else ""
        ),
    )
    return Made(table, metadata)


def _costs(spent: Mapping[str, Spent]) -> dg.MarkdownMetadataValue:
    header = ["teacher", "requests", "from the ledger", "prompt tokens", "completion tokens", "cost"]
    rows = [(n, s.requested, s.reused, s.prompt_tokens, s.completion_tokens, f"{s.cost:.4f}") for n, s in spent.items()]
    return dg.MetadataValue.md(markdown_table(header, rows))

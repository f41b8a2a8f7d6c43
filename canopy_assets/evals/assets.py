"""The evaluation as assets: the prompts, every arm's replies, and the report that decides about the adapter."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg
import pyarrow as pa
from pydantic import Field

from canopy_assets.compute import leases
from canopy_assets.compute.executors import gpu_op_tags
from canopy_assets.compute.progress import ProgressReporter
from canopy_assets.evals.gates.thresholds import GateThresholds
from canopy_assets.evals.replies.decoding import Decoding
from canopy_assets.lineage import event_log, versions
from canopy_assets.lineage.automation import REPORT_FRESHNESS, follows_what_it_reads
from canopy_assets.lineage.configuration import OPERATIONAL, configurable
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import counts_table, describe_table, finite, markdown_table
from canopy_assets.lineage.model_config import OFFLINE, JudgeConfig
from canopy_assets.lineage.versions import stop_behind_failed_checks, versioned
from canopy_assets.records import EvalPrompt, Rating, TrainingExample, TutorResponse
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.arrow import from_table, to_table
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder
from canopy_assets.storage.journal import Journal

if TYPE_CHECKING:
    from canopy_assets.evals.gates.gate import Gate
    from canopy_assets.review.usefulness.endpoint import EndpointJudge

GROUP = "evals"
# The prompts have a group of their own: the groups are shown in the order of the lineage, and the review reads the
# prompts long before anything is evaluated.
PROMPTS_GROUP = "eval_prompts"
OWNERS = ["team:ml-engineering"]
NO_ADAPTER = "none"
"""The version of `adapter_in_use` where there is no champion to compare with."""


@dg.observable_source_asset(group_name=PROMPTS_GROUP)
def eval_files() -> dg.DataVersion:
    """The files with held-out and pressure prompts, observed by the digest of their content.

    CANOPY_EVAL_SET names a folder with your own.
    """
    return dg.DataVersion(_prompts_digest(get_settings()))


def observe_eval_files(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Records the current evaluation prompts; a changed file makes everything that depends on it stale.

    Raises:
        EvalSetError: when a file cannot be used.
    """
    versions.observe(instance, eval_files.key, {None: _prompts_digest(settings)})


def _prompts_digest(settings: Settings) -> str:
    from canopy_assets.evals import eval_set as prompts

    return prompts.digest(prompts.load(prompts.files(settings.eval_set)))


@dg.asset(
    deps=[eval_files],
    group_name=PROMPTS_GROUP,
    owners=OWNERS,
    kinds={"parquet", "python"},
    code_version="1",
    automation_condition=follows_what_it_reads(),
)
@classified()
def eval_set(context: dg.AssetExecutionContext) -> dg.MaterializeResult[pa.Table]:
    """Held-out exercises, openers without a problem, and students who push. They decide about adapters and are never
    trained on.
    """
    from canopy_assets.evals import eval_set as prompts

    rows = prompts.load(prompts.files(get_settings().eval_set))
    table = to_table(rows, EvalPrompt)
    metadata = describe_table(
        table,
        preview=("prompt_id", "kind", "family", "statement"),
        kinds=counts_table("kind", Counter(p.kind for p in rows)),
        families=counts_table("family", Counter(p.family for p in rows)),
        attacks=counts_table("attack", Counter(p.attack for p in rows if p.attack)),
    )
    return versioned(context, table, metadata=metadata, inputs={"eval_files": prompts.digest(rows)})


@dg.observable_source_asset(group_name=GROUP)
def rating_files() -> dg.DataVersion:
    """What people rated with `canopy rate`: a growing file for each rater, observed by the digest of all of them."""
    from canopy_assets.evals.ratings.log import log_digest

    return dg.DataVersion(log_digest(get_settings()))


def observe_rating_files(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Records the ratings that there are now; new ones make `ratings` stale, and what depends on it."""
    from canopy_assets.evals.ratings.log import log_digest

    versions.observe(instance, rating_files.key, {None: log_digest(settings)})


@dg.asset(
    deps=[rating_files],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"parquet", "python"},
    code_version="2",
    automation_condition=follows_what_it_reads(),
)
@classified()
def ratings(context: dg.AssetExecutionContext) -> dg.MaterializeResult[pa.Table]:
    """Tutor replies rated by people who did not know whose they were, with rater, time and reason.

    From 50 rated replies on they recalibrate the judge of usefulness.
    """
    from canopy_assets.evals.ratings.log import log_digest, read_ratings
    from canopy_assets.evals.ratings.summary import summarize
    from canopy_assets.review.usefulness.recalibration import store_recalibration

    settings = get_settings()
    observed = log_digest(settings)  # before the ratings are read, so that one that comes between is noticed later
    rows = read_ratings(settings)
    table, summary = to_table(rows, Rating), summarize(rows)
    store_recalibration(settings, summary.recalibration)
    metadata = describe_table(table, preview=("rater", "source", "label", "reply"), **summary.counts)
    tables = {n: dg.MetadataValue.md(markdown_table(t.header, t.rows)) for n, t in summary.tables.items()}
    return versioned(context, table, metadata=metadata | tables, inputs={"rating_files": observed})


@dg.observable_source_asset(group_name=GROUP)
def adapter_in_use(context: dg.OpExecutionContext) -> dg.DataVersion:
    """The adapter that a candidate is compared with: the champion, observed by its digest.

    `champion` itself comes after the evaluation, so the evaluation cannot depend on it.
    """
    return dg.DataVersion(_compared_with(context.instance, get_settings()))


def observe_adapter_in_use(instance: dg.DagsterInstance, settings: Settings, candidate: Artefact | None = None) -> None:
    """Record the adapter that the candidate (by default the last one trained) is compared with.

    A change of it makes the replies stale.
    """
    versions.observe(instance, adapter_in_use.key, {None: _compared_with(instance, settings, candidate)})


def _compared_with(instance: dg.DagsterInstance, settings: Settings, candidate: Artefact | None = None) -> str:
    """The digest of the adapter in use. If that is the candidate, what was observed before: it was promoted over it."""
    from canopy_assets.evals.replies.generate import other_adapter

    candidate = candidate or current_artefact("lora_adapter", settings)
    other = other_adapter(current_artefact("champion", settings), candidate)
    before = event_log.latest_of(instance, adapter_in_use.key)
    return other or (before and before.version) or NO_ADAPTER


_DECODING = Decoding.model_fields


@configurable("tutor_responses")
class ResponseConfig(dg.Config):
    """How replies are generated. The same weights give the same replies, those drawn at random too."""

    max_new_tokens: int = _DECODING["max_new_tokens"]  # pyright: ignore[reportAssignmentType]
    solving_tokens: int = _DECODING["solving_tokens"]  # pyright: ignore[reportAssignmentType]
    batch_size: int = Field(
        default=64, ge=1, le=512, description="Prompts answered at once.", json_schema_extra=OPERATIONAL
    )
    served_prompt: str = _DECODING["served_prompt"]  # pyright: ignore[reportAssignmentType]
    served_temperature: float = _DECODING["served_temperature"]  # pyright: ignore[reportAssignmentType]
    served_top_p: float = _DECODING["served_top_p"]  # pyright: ignore[reportAssignmentType]
    served_samples: int = _DECODING["served_samples"]  # pyright: ignore[reportAssignmentType]
    seed: int = _DECODING["seed"]  # pyright: ignore[reportAssignmentType]


@dg.asset(
    deps=[adapter_in_use],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"pytorch", "parquet"},
    code_version="2",
    pool=leases.POOL,
    op_tags=gpu_op_tags(get_settings()),
    automation_condition=follows_what_it_reads(),
)
@classified()
def tutor_responses(
    context: dg.AssetExecutionContext,
    config: ResponseConfig,
    eval_set: pa.Table,
    base_model: Artefact,
    lora_adapter: Artefact,
) -> dg.MaterializeResult[pa.Table]:
    """Every arm's replies: to single prompts, in conversations turn by turn, and to problems to be solved.

    The base model, the candidate, and the adapter in use if that is another one. Stored replies are used again.
    """
    observe_adapter_in_use(context.instance, get_settings(), lora_adapter)
    with leases.lease(get_settings(), context.log.info):
        responses = _replies(context, config, from_table(eval_set, EvalPrompt), base_model, lora_adapter)
    table = to_table(responses, TutorResponse)
    metadata = describe_table(
        table,
        preview=("arm", "prompt_id", "turn", "reply"),
        arms=counts_table("arm", Counter(r.arm for r in responses)),
        tokens=sum(r.reply_tokens for r in responses if r.log_likelihood is None),
        adapter_in_use=_compared_with(context.instance, get_settings(), lora_adapter),
    )
    return versioned(context, table, config=config, metadata=metadata)


def _replies(
    context: dg.AssetExecutionContext,
    config: ResponseConfig,
    prompts: list[EvalPrompt],
    base_model: Artefact,
    lora_adapter: Artefact,
) -> list[TutorResponse]:
    """Every arm's replies, with the progress in the log."""
    from canopy_assets.evals.replies.generate import arms_of, count, models_of, other_starts, respond

    settings, log = get_settings(), context.log
    decoding = Decoding(**config.model_dump())
    models = models_of(base_model, lora_adapter, current_artefact("champion"), log=log.warning)
    arms, starts = arms_of(models, decoding), other_starts(base_model, lora_adapter)
    total = count(arms, prompts, decoding, starts=len(starts))
    with (
        Journal(settings.replies) as journal,
        ProgressReporter("replies", total, unit="response", log=log.info) as progress,
    ):
        return respond(
            prompts, arms, models, decoding, journal, starts=starts, cache=settings.cache_dir, device=settings.device,
            on_reply=lambda arm: progress.advance(arm=arm), log=log.warning,
        )  # fmt: skip


def _threshold(name: str) -> float:
    """The config field of a gate's threshold, with its default and description."""
    field = GateThresholds.model_fields[name]
    return Field(default=field.default, description=field.description)


@configurable("eval_report")
class ReportConfig(dg.Config):
    """What an adapter must show before it may be used, and who judges it."""

    judge: JudgeConfig = Field(default=JudgeConfig(), description="The judge of usefulness.")

    max_degenerate: float = _threshold("max_degenerate")
    significance: float = _threshold("significance")
    max_leaks: float = _threshold("max_leaks")
    max_pressure_excess: float = _threshold("max_pressure_excess")
    max_conversations_leaked: float = _threshold("max_conversations_leaked")
    min_useful_known: float = _threshold("min_useful_known")
    min_useful_unseen: float = _threshold("min_useful_unseen")
    useful_margin: float = _threshold("useful_margin")
    min_help: float = _threshold("min_help")
    max_withholds: float = _threshold("max_withholds")
    max_false_feedback: float = _threshold("max_false_feedback")
    max_swapped: float = _threshold("max_swapped")
    margin: float = _threshold("margin")
    max_perplexity_ratio: float = _threshold("max_perplexity_ratio")


@dg.asset(
    group_name=GROUP,
    owners=OWNERS,
    kinds={"html", "python"},
    code_version="2",
    freshness_policy=REPORT_FRESHNESS,
    automation_condition=follows_what_it_reads(),
)
@classified()
def eval_report(
    context: dg.AssetExecutionContext,
    config: ReportConfig,
    eval_set: pa.Table,
    tutor_responses: pa.Table,
    training_set: pa.Table,
    ratings: pa.Table,
    lora_adapter: Artefact,
    base_model: Artefact,
) -> dg.MaterializeResult[Artefact]:
    """Whether a teacher could send the tuned model's replies, and whether it is better than the base model.

    Rates with intervals, paired tests, gates, and replies side by side: as Markdown here, and as one HTML file. The
    decision is recorded, a refusal too. Where people rated enough replies, they decide and recalibrate the judge.
    """
    from canopy_assets.evals.ratings.evaluating import evaluate_with_people
    from canopy_assets.evals.report.decision import decision
    from canopy_assets.evals.report.leaderboard import register
    from canopy_assets.evals.report.provenance import ReportContext
    from canopy_assets.evals.report.write import write_report

    stop_behind_failed_checks(context)
    judge = _model_judge(config.judge)
    examples = from_table(training_set, TrainingExample)
    evaluation, gates = evaluate_with_people(
        from_table(eval_set, EvalPrompt),
        from_table(tutor_responses, TutorResponse),
        examples,
        from_table(ratings, Rating),
        adapter_digest=lora_adapter.digest,
        thresholds=GateThresholds(**config.model_dump(exclude={"judge"})),
        model_judge=judge,
    )
    details = finite(decision(evaluation, gates, lora_adapter, base_model))
    draft = draft_folder("eval_report")
    files = write_report(
        evaluation,
        gates=gates,
        target=draft,
        context=ReportContext.of(context.run.run_id, examples, lora_adapter, base_model, evaluation.eval_digest),
        places=register(get_settings(), details, gates),
    )
    metadata = {
        "verdict": details["verdict"],
        "replies_to_send": details["headline_text"],
        "report": dg.MetadataValue.md(files.markdown.read_text(encoding="utf-8")),
        "gates": _explained(gates),
        "html": dg.MetadataValue.path(str(draft / "report.html")),
        "judge": f"{config.judge.model}: {evaluation.judge_errors.source}",
    }
    if judge is not None:
        metadata["not_judged"] = counts_table("counted as not to send because", Counter(judge.unjudged))
        for warning in judge.warnings():
            context.log.warning(warning)
    return versioned(context, Artefact(draft, details=details), config=config, metadata=metadata)


def _explained(gates: "Sequence[Gate]") -> dg.MarkdownMetadataValue:
    rows = [(gate.title, gate.outcome, gate.explanation) for gate in gates]
    return dg.MetadataValue.md(markdown_table(["gate", "outcome", "explanation"], rows))


def _model_judge(config: JudgeConfig) -> "EndpointJudge | None":
    """The judge behind an endpoint; None for the offline one."""
    from canopy_assets.review.usefulness.endpoint_calibration import calibrated_judge

    if config.model == OFFLINE:
        return None
    return calibrated_judge(config.endpoint(), get_settings().ledger, config.calibration)

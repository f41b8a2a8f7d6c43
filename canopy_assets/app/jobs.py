"""The jobs that people start by hand in Dagster's UI, and a nightly schedule."""

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from pydantic import Field

from canopy_assets.app.run import UsageError, materialize_stale
from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.lineage.running import HomeInUseError, Outcome
from canopy_assets.settings import get_settings

PER_SEED = ("seed_documents", "exercises", "synthetic_dialogues", "reviewed_dialogues")
SHARED = (
    "training_set",
    "preference_pairs",
    "base_model",
    "lora_adapter",
    "eval_set",
    "tutor_responses",
    "ratings",
    "eval_report",
    "champion",
)
NIGHTLY = "0 2 * * *"

ingest_and_review = dg.define_asset_job(
    "ingest_and_review",
    selection=dg.AssetSelection.assets(*PER_SEED),
    partitions_def=SEEDS,
    description="From seed files to reviewed dialogues, for the seeds that you choose (a backfill for many), whether "
    "they are up to date or not. It reads eval_set: materialize that once before.",
)

train_and_evaluate = dg.define_asset_job(
    "train_and_evaluate",
    selection=dg.AssetSelection.assets(*SHARED),
    description="Gathers the accepted dialogues of all seeds, trains an adapter, evaluates it, and promotes it if the "
    "report says better. It trains even when nothing is new.",
)


class EverythingConfig(dg.Config):
    """How far to go."""

    until: str | None = Field(default=None, description="Stop after this asset, e.g. reviewed_dialogues.")


@dg.op(description="Registers the seeds, then materializes what is stale, in runs that are listed beside this one.")
def materialize_what_is_stale(context: dg.OpExecutionContext, config: EverythingConfig) -> None:
    """The same as `canopy run`: see `canopy_assets.app.run`.

    Raises:
        dg.Failure: an asset could not be made (the message says which), or another process uses the home.
    """

    def report(line: str) -> None:
        stop_if_cancelled(context)
        context.log.info(line)

    try:
        outcome = materialize_stale(get_settings(), until=config.until, config=None, report=report)
    except (HomeInUseError, UsageError) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    stop_if_cancelled(context)
    context.log.info("%d materialized, %d not usable", len(outcome.materialized), len(outcome.blocked))
    for check, reason in outcome.blocked.items():
        context.log.warning("%s: %s", check, reason)
    context.add_output_metadata(
        {"materialized": len(outcome.materialized), "not usable": len(outcome.blocked), "behind": outcome.behind}
    )
    if outcome.failed:
        raise dg.Failure(_failures(outcome), allow_retries=False)


def stop_if_cancelled(context: dg.OpExecutionContext) -> None:
    """End this run if it is being cancelled. Only the run that it started gets the interrupt; this one would go on.

    Raises:
        DagsterExecutionInterruptedError: the run is being cancelled.
    """
    run = context.instance.get_run_by_id(context.run_id)
    if run is not None and run.status is dg.DagsterRunStatus.CANCELING:
        raise DagsterExecutionInterruptedError


def _failures(outcome: Outcome) -> str:
    first = "; ".join(f"{step}: {reason}" for step, reason in list(outcome.failed.items())[:5])
    more = f"; and {len(outcome.failed) - 5} more" if len(outcome.failed) > 5 else ""
    return f"{len(outcome.failed)} could not be made: {first}{more}"


@dg.job(
    executor_def=dg.in_process_executor,
    description="Everything that is not up to date, from seed files to champion, and nothing else: what `canopy run` "
    "does. Assets with and without partitions can't share a run of Dagster, so it starts runs of its own, seeds first.",
)
def everything() -> None:
    """A run that plans the other runs and starts them. They use the configured executor, whatever this one uses."""
    materialize_what_is_stale()


nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh",
    job=everything,
    cron_schedule=NIGHTLY,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="`everything` at two in the morning (UTC), in place of the automation (CANOPY_AUTOMATION=false). "
    "Off until you turn it on.",
)

JOBS = [ingest_and_review, train_and_evaluate, everything]
SCHEDULES = [nightly_refresh]

"""Materializes stale assets from a plain process: no daemon, no webserver, but the same assets and event log."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.storage.dagster_run import DagsterRunStatus, RunsFilter
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from canopy_assets.lineage.event_log import NOT_MADE_KEY
from canopy_assets.lineage.failures import innermost, reason_of
from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.lineage.planning import Planner, Stale
from canopy_assets.lineage.staleness import INPUT_CHANGED, NEVER
from canopy_assets.settings import Settings
from canopy_assets.storage.files import process_is_alive

PROCESS_TAG = "canopy/process"
"""Tag with the id of the process that works on a run, so that a later process recognizes a run that was killed."""


class HomeInUseError(RuntimeError):
    """Another `canopy run` uses the same home."""


@dataclass
class Outcome:
    """What a run did.

    Attributes:
        materialized: the assets that were made, and why.
        failed: why an asset could not be made, by asset and seed.
        blocked: why a blocking check failed, by check and seed.
        behind: the shared assets that are still stale, because the run ended before it reached them.
    """

    materialized: list[Stale] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    behind: list[str] = field(default_factory=list)

    @property
    def nothing_to_do(self) -> bool:
        """Whether everything was up to date."""
        return not (self.materialized or self.failed or self.blocked)


@dataclass(frozen=True)
class LineageRun:
    """One pass over the graph: the stale assets of every seed, then those that all seeds share.

    Attributes:
        code: the location of the definitions, so that the processes of any executor can load them.
        instance: Dagster's storage.
        settings: the settings, which name the home.
        planner: finds what is stale.
        run_config: Dagster run configuration for the assets.
        report: called with each line of progress.
    """

    code: ReconstructableRepository
    instance: dg.DagsterInstance
    settings: Settings
    planner: Planner
    run_config: Mapping[str, Any]
    report: Callable[[str], None]

    def execute(self, seeds: list[str]) -> Outcome:
        """Materialize what is stale.

        A seed that fails does not stop the others. A shared asset that fails stops the assets that depend on it.

        Args:
            seeds: the partition keys to look at.

        Raises:
            HomeInUseError: another process uses the home.
            KeyboardInterrupt: Ctrl-C. Dagster would end only the current run; here it ends all of them.
        """
        with sole_use(self.settings):
            close_killed_runs(self.instance)
            outcome = Outcome()
            # First the shared assets that per-seed assets read: the evaluation prompts.
            self._execute(self._needed_by_seeds(), outcome)
            for chunk in self._chunks(self.planner.of_seeds(seeds)):
                if not self._execute(chunk, outcome):
                    self._retry_alone(sorted({s.partition for s in chunk if s.partition}), outcome)
            self._execute(self.planner.shared(), outcome)
            if not outcome.nothing_to_do:  # otherwise it is not printed, and it costs another look at everything
                outcome.behind = [s.key.path[-1] for s in replace(self.planner, until=None).shared()]
        return outcome

    def _needed_by_seeds(self) -> list[Stale]:
        """The stale assets without partitions that per-seed assets read."""
        graph = self.planner.graph
        partitioned = [k for k in graph.materializable_asset_keys if graph.get(k).is_partitioned]
        above = set().union(*(graph.get_ancestor_asset_keys(k) for k in partitioned)) if partitioned else set()
        return [s for s in self.planner.shared() if s.key in above]

    def _chunks(self, plans: Mapping[str, list[Stale]]) -> list[list[Stale]]:
        """The stale assets in groups of at most `seeds_per_run` seeds, because starting a run takes longer than a seed.

        The seeds of a group need the same assets and follow each other, because a run takes a range of partitions.
        """
        assert SEEDS.name is not None
        chunks: list[list[str]] = []
        previous = None
        for seed in self.instance.get_dynamic_partitions(SEEDS.name):
            keys = [s.key for s in plans.get(seed, ())]
            if keys and keys == previous and len(chunks[-1]) < self.settings.seeds_per_run:
                chunks[-1].append(seed)
            elif keys:
                chunks.append([seed])
            previous = keys
        return [[s for seed in chunk for s in plans[seed]] for chunk in chunks]

    def _retry_alone(self, seeds: Sequence[str], outcome: Outcome) -> None:
        """Run seeds one by one after a run of many failed, so that each error names its seed."""
        if len(seeds) > 1:
            for stale in self.planner.of_seeds(seeds).values():
                self._execute(stale, outcome)

    def _execute(self, stale: list[Stale], outcome: Outcome) -> bool:
        """Materialize these assets in one run of Dagster, and add what happened to the outcome.

        Returns:
            Whether every seed was made, or was left out because its checks failed.

        Raises:
            KeyboardInterrupt: the run was interrupted.
        """
        if not stale:
            return True
        seeds = list(dict.fromkeys(s.partition for s in stale if s.partition))
        names = list(dict.fromkeys(s.key.path[-1] for s in stale))
        self.report(f"materializing {', '.join(names)}{_of(seeds)}: {_reasons(stale)}")
        ops = {name: value for name, value in self.run_config.get("ops", {}).items() if name in names}
        with dg.execute_job(
            self.code.get_reconstructable_job(IMPLICIT_ASSET_JOB_NAME),
            instance=self.instance,
            asset_selection=list(dict.fromkeys(s.key for s in stale)),
            raise_on_error=False,
            tags={PROCESS_TAG: str(os.getpid())} | _partition_tags(seeds),
            run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        ) as result:
            events = [e for node in result.get_asset_materialization_events() if (e := node.step_materialization_data)]
            done = {
                (e.materialization.asset_key, e.materialization.partition)
                for e in events
                if NOT_MADE_KEY not in e.materialization.metadata
            }
            outcome.materialized += [s for s in stale if (s.key, s.partition) in done]
            if (reason := _run_failure(result)) is not None:
                outcome.failed[f"the run of {', '.join(names)}{_of(seeds)}"] = reason
            return _note_failures(result, seeds, outcome)


def _run_failure(result: dg.JobExecutionResult) -> str | None:
    """Why a run failed although no step failed: its executor could not start or reach the steps. None otherwise.

    Raises:
        KeyboardInterrupt: the run was interrupted.
    """
    ends = [e.event_specific_data for e in result.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE]
    for end in ends:
        assert isinstance(end, JobFailureData)
        if end.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION:
            raise KeyboardInterrupt
        if end.failure_reason is not RunFailureReason.STEP_FAILURE and end.error is not None:
            return innermost(end.error)
    return None


def _of(seeds: Sequence[str]) -> str:
    """The seeds as part of a message: up to three by name."""
    if len(seeds) <= 3:
        return f" of {', '.join(seeds)}" if seeds else ""
    return f" of {len(seeds)} seeds ({seeds[0]} … {seeds[-1]})"


def _reasons(stale: Sequence[Stale]) -> str:
    """Why the first asset is made. Later assets are listed if they have another reason, such as changed code."""
    reasons: dict[str, str] = {}
    for each in stale:
        if each.key == stale[0].key or each.reason not in (NEVER, INPUT_CHANGED):
            reasons.setdefault(each.key.path[-1], each.reason)
    return "; ".join(f"{asset}: {reason}" for asset, reason in reasons.items())


def _partition_tags(seeds: Sequence[str]) -> dict[str, str]:
    if len(seeds) == 1:
        return {PARTITION_NAME_TAG: seeds[0]}
    return {ASSET_PARTITION_RANGE_START_TAG: seeds[0], ASSET_PARTITION_RANGE_END_TAG: seeds[-1]} if seeds else {}


def _note_failures(result: dg.JobExecutionResult, seeds: Sequence[str], outcome: Outcome) -> bool:
    """Add failed checks and failed steps to the outcome.

    In a run of many seeds, failed steps are added later, when the seeds are run one by one.

    Returns:
        Whether nothing failed except checks.
    """
    many = len(seeds) > 1
    where = f" of {seeds[0]}" if len(seeds) == 1 else ""
    # With many seeds, a check has a result for each seed, and one without a partition that counts the failures.
    failed_checks = [c for c in result.get_asset_check_evaluations() if not c.passed and (c.partition or not many)]
    for check in failed_checks:
        reasons = [
            str(value.value)
            for name, value in check.metadata.items()
            if name not in ("state", "result") and value.value
        ]
        of = f" of {check.partition}" if many else where
        outcome.blocked[f"{check.asset_key.path[-1]}.{check.check_name}{of}"] = " ".join(reasons)
    steps = {f"{check.asset_key.path[-1]}_{check.check_name}" for check in failed_checks}
    failures = [
        event
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.STEP_FAILURE and event.step_key not in steps
    ]
    if not many:
        outcome.failed |= {f"{event.step_key}{where}": reason_of(event) for event in failures}
    quarantined = {c.partition for c in failed_checks}
    not_made = [
        e
        for e in result.get_asset_materialization_events()
        if NOT_MADE_KEY in e.step_materialization_data.materialization.metadata and e.partition not in quarantined
    ]
    return not failures and not not_made


def close_killed_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs whose process is gone as failed, and free their pool slots. The next run would wait for these for ever.

    Returns:
        How many there were.
    """
    unfinished = instance.get_runs(
        RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED])
    )
    killed = [r for r in unfinished if PROCESS_TAG in r.tags and not process_is_alive(int(r.tags[PROCESS_TAG]))]
    for run in killed:
        instance.report_run_failed(run, "the process that worked on this run is gone; what it finished is kept")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(killed)


@contextmanager
def sole_use(settings: Settings):
    """Lock the home, because two `canopy run` would do the same work twice. The lock ends with its process."""
    from filelock import FileLock, Timeout

    lock = FileLock(settings.home / ".run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise HomeInUseError(
            f"another `canopy run` uses {settings.home}: wait for it, or set CANOPY_HOME to another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()

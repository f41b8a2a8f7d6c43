"""Materializing what is stale, from a plain process.

No daemon, no webserver, the same assets and the same event log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.storage.dagster_run import DagsterRunStatus, RunsFilter
from dagster._core.storage.tags import PARTITION_NAME_TAG

from canopy_assets.platform.files import process_is_alive
from canopy_assets.platform.planning import Planner, Stale
from canopy_assets.settings import Settings

PROCESS_TAG = "canopy/process"
"""On runs that this module started.

The process that works on them, so that a later one can tell a run that was killed.
"""


class HomeInUseError(RuntimeError):
    """Another `canopy run` is at work on the same home."""


@dataclass
class Outcome:
    """What a run did: how many assets were materialized, and what failed, by asset and partition, with the reason.

    `behind` names the shared assets that are not what their inputs now give, because the run ended before them.
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
        code: where the definitions are, so that any executor's processes can load them too.
        tell: takes a line for the person who waits.
    """

    code: ReconstructableRepository
    instance: dg.DagsterInstance
    settings: Settings
    planner: Planner
    run_config: Mapping[str, Any]
    tell: Callable[[str], None]

    def execute(self, seeds: list[str]) -> Outcome:
        """Materialize what is stale. A seed that fails stops only itself; a shared asset that fails stops what
        depends on it.

        Raises:
            HomeInUseError: another process is at it already.
        """
        with _sole_use(self.settings):
            close_killed_runs(self.instance)
            outcome = Outcome()
            # What seeds read besides their files (the eval prompts) comes first.
            self._execute(self._needed_by_seeds(), outcome)
            for seed in seeds:
                self._execute(self.planner.of_partition(seed), outcome)
            self._execute(self.planner.shared(), outcome)
            if not outcome.nothing_to_do:  # nobody is told otherwise, and planning costs a second look at everything
                outcome.behind = [s.key.path[-1] for s in replace(self.planner, until=None).shared()]
        return outcome

    def _needed_by_seeds(self) -> list[Stale]:
        graph = self.planner.graph
        partitioned = [k for k in graph.materializable_asset_keys if graph.get(k).is_partitioned]
        above = set().union(*(graph.get_ancestor_asset_keys(k) for k in partitioned)) if partitioned else set()
        return [s for s in self.planner.shared() if s.key in above]

    def _execute(self, stale: list[Stale], outcome: Outcome) -> None:
        if not stale:
            return
        partition = stale[0].partition
        where = f" of {partition}" if partition else ""
        names = [s.key.path[-1] for s in stale]
        self.tell(f"materializing {', '.join(names)}{where}: {names[0]}: {stale[0].reason}")
        chosen = {s.key.path[-1] for s in stale}
        ops = {name: value for name, value in self.run_config.get("ops", {}).items() if name in chosen}
        tags = {PROCESS_TAG: str(os.getpid())} | ({PARTITION_NAME_TAG: partition} if partition else {})
        with dg.execute_job(
            self.code.get_reconstructable_job(IMPLICIT_ASSET_JOB_NAME),
            instance=self.instance,
            asset_selection=[s.key for s in stale],
            raise_on_error=False,
            tags=tags,
            run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        ) as result:
            done = {e.asset_key for e in result.get_asset_materialization_events()}
            outcome.materialized += [s for s in stale if s.key in done]
            _note_failures(result, where, outcome)


def _note_failures(result: dg.JobExecutionResult, where: str, outcome: Outcome) -> None:
    """A failed blocking check is a verdict on the data; anything else is a failure of the step."""
    failed_checks = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed_checks:
        reasons = [
            str(value.value)
            for name, value in check.metadata.items()
            if name not in ("state", "result") and value.value
        ]
        outcome.blocked[f"{check.asset_key.path[-1]}.{check.check_name}{where}"] = " ".join(reasons)
    steps = {f"{check.asset_key.path[-1]}_{check.check_name}" for check in failed_checks}
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.STEP_FAILURE and event.step_key not in steps:
            outcome.failed[f"{event.step_key}{where}"] = _message(event)


def close_killed_runs(instance: dg.DagsterInstance) -> int:
    """Mark runs whose process is gone as failed and free their pool slots, or the next one would wait for ever.

    Returns how many.
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
def _sole_use(settings: Settings):
    """Two `canopy run` on one home would do the same work twice. The lock dies with its process."""
    from filelock import FileLock, Timeout

    lock = FileLock(settings.home / ".run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise HomeInUseError(
            f"another `canopy run` is at work on {settings.home}: wait for it, or set CANOPY_HOME to another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _message(event: dg.DagsterEvent) -> str:
    """The innermost cause of a step's failure: what our code said, without Dagster's wrapping."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.message if error else "unknown error").strip()

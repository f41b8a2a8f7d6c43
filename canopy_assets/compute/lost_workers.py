"""Executors that start a step again when its worker was lost: killed, evicted, out of memory, or its machine is gone.

Dagster only does this for assets with a retry policy, which would also repeat steps that fail because of an error.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.execution.context.system import IStepContext
from dagster._core.execution.plan.objects import StepRetryData
from dagster._core.execution.plan.state import KnownExecutionState
from dagster._core.executor.child_process_executor import ChildProcessCrashException
from dagster._core.executor.init import InitExecutorContext
from dagster._core.executor.multiprocess import MultiprocessExecutor
from dagster._core.executor.step_delegating import StepDelegatingExecutor
from dagster_shared.error import SerializableErrorInfo

from canopy_assets.compute.backoff import retry_delay

RETRIES = 2
HEALTH_CHECK_SECONDS = 5
"""How often an executor checks whether its remote steps are alive."""


class LostProcessExecutor(MultiprocessExecutor):
    """Dagster's multiprocess executor, with retries of steps whose process is gone."""

    @classmethod
    def around(cls, executor: MultiprocessExecutor) -> LostProcessExecutor:
        """The same executor, with these retries."""
        return cls(
            retries=executor.retries,
            max_concurrent=executor._max_concurrent,
            tag_concurrency_limits=executor._tag_concurrency_limits,
            start_method=executor._start_method,
            explicit_forkserver_preload=executor._explicit_forkserver_preload,
            step_dependency_config=executor.step_dependency_config,
        )

    def log_failure_or_retry_event_after_error(
        self, step_context: IStepContext, err_info: SerializableErrorInfo, known_state: KnownExecutionState
    ) -> DagsterEvent:
        """Retry a step whose worker was lost; otherwise do as Dagster does."""
        lost = err_info.cls_name == ChildProcessCrashException.__name__
        retry = _retry_if_lost(lost, step_context, err_info, known_state)
        return retry or super().log_failure_or_retry_event_after_error(step_context, err_info, known_state)


class LostWorkerExecutor(StepDelegatingExecutor):
    """Dagster's executor of steps on other machines, with retries of steps whose worker was lost."""

    @classmethod
    def around(cls, executor: StepDelegatingExecutor) -> LostWorkerExecutor:
        """The same executor, with these retries and more frequent health checks."""
        return cls(
            executor._step_handler,
            retries=executor.retries,
            max_concurrent=executor._max_concurrent,
            tag_concurrency_limits=executor._tag_concurrency_limits,
            should_verify_step=executor._should_verify_step,
            step_dependency_config=executor.step_dependency_config,
            check_step_health_interval_seconds=HEALTH_CHECK_SECONDS,
        )

    def log_failure_or_retry_event_after_error(
        self, step_context: IStepContext, err_info: SerializableErrorInfo, known_state: KnownExecutionState
    ) -> DagsterEvent:
        """Retry a step whose worker was lost; otherwise do as Dagster does."""
        # A failed health check has no exception. A failure with an exception, such as a resource that cannot be
        # created, is not a lost worker.
        retry = _retry_if_lost(err_info.cls_name is None, step_context, err_info, known_state)
        return retry or super().log_failure_or_retry_event_after_error(step_context, err_info, known_state)


def delegating_executor(inner: dg.ExecutorDefinition, config: dict[str, Any]) -> dg.ExecutorDefinition:
    """The executor of Ray or Kubernetes with this configuration, and with retries of steps whose worker was lost."""

    def create(context: InitExecutorContext) -> LostWorkerExecutor:
        assert inner.executor_creation_fn is not None
        delegating = inner.executor_creation_fn(context)
        assert isinstance(delegating, StepDelegatingExecutor)
        return LostWorkerExecutor.around(delegating)

    retrying = dg.ExecutorDefinition(
        name=inner.name,
        config_schema=inner.config_schema,  # pyright: ignore[reportArgumentType]
        requirements=inner._requirements_fn,
        executor_creation_fn=create,
        description=inner.description,
    )
    return retrying.configured(config, name=inner.name)


def _retry_if_lost(
    lost: bool, step_context: IStepContext, err_info: SerializableErrorInfo, known_state: KnownExecutionState
) -> DagsterEvent | None:
    """The event that retries a step whose worker was lost; None if it was not lost or has no retries left."""
    attempts = known_state.get_retry_state().get_attempt_count(step_context.step.key)
    if not lost or step_context.retry_mode.disabled or attempts >= RETRIES:
        return None
    wait = retry_delay(attempts, first_s=1.0, factor=2.0)
    return DagsterEvent.step_retry_event(step_context, StepRetryData(error=err_info, seconds_to_wait=wait))


def _create(context: InitExecutorContext) -> LostProcessExecutor:
    assert dg.multiprocess_executor.executor_creation_fn is not None
    inner = dg.multiprocess_executor.executor_creation_fn(context)
    assert isinstance(inner, MultiprocessExecutor)
    return LostProcessExecutor.around(inner)


multiprocess_executor = dg.ExecutorDefinition(
    name="multiprocess",
    config_schema=dg.multiprocess_executor.config_schema,  # pyright: ignore[reportArgumentType]
    requirements=dg.multiprocess_executor._requirements_fn,
    executor_creation_fn=_create,
    description="Runs every step in a process of its own, and starts a step again if its process was killed.",
)

"""Steps in processes of their own, where one that is killed (out of memory, mostly) is started anew.

Dagster does so only for assets with a retry policy, which would also repeat what fails for a reason of its own.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.execution.context.system import IStepContext
from dagster._core.execution.plan.objects import StepRetryData
from dagster._core.execution.plan.state import KnownExecutionState
from dagster._core.executor.child_process_executor import ChildProcessCrashException
from dagster._core.executor.init import InitExecutorContext
from dagster._core.executor.multiprocess import MultiprocessExecutor
from dagster_shared.error import SerializableErrorInfo

from canopy_assets.compute.retry_delay import retry_delay

RETRIES = 2


class LostProcessExecutor(MultiprocessExecutor):
    """Dagster's multiprocess executor with retries for steps whose process is gone."""

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
        """A retry while there are some left, else what Dagster makes of it."""
        lost = err_info.cls_name == ChildProcessCrashException.__name__
        retry = retry_if_lost(lost, step_context, err_info, known_state)
        return retry or super().log_failure_or_retry_event_after_error(step_context, err_info, known_state)


def retry_if_lost(
    lost: bool, step_context: IStepContext, err_info: SerializableErrorInfo, known_state: KnownExecutionState
) -> DagsterEvent | None:
    """The retry of a step whose worker was lost, ever later; None when it wasn't, or has had its retries."""
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
    description="Runs every step in a process of its own, and starts a step anew whose process was killed.",
)

"""What runs the steps of a run: this process, processes, Ray jobs or Kubernetes pods, and the GPUs that steps ask for.

Assets that want a GPU carry `gpu_op_tags`, so that the UI, backfills and automation all ask for it; every executor
reads only what is meant for it.
"""

from __future__ import annotations

import json
from typing import Any

import dagster as dg
import yaml
from dagster._core.events import DagsterEvent
from dagster._core.execution.context.system import IStepContext
from dagster._core.execution.plan.state import KnownExecutionState
from dagster._core.executor.init import InitExecutorContext
from dagster._core.executor.step_delegating import StepDelegatingExecutor
from dagster_shared.error import SerializableErrorInfo
from pydantic import SecretStr

from canopy_assets.compute.lost_workers import multiprocess_executor, retry_if_lost
from canopy_assets.settings import Settings, SettingsError

GPU_RESOURCE = "nvidia.com/gpu"
HEALTH_CHECK_SECONDS = 5

_WORKERS_OWN = {"cache", "gpus"}
"""Settings that are about a machine: a worker's own environment says them."""

_PASSED_ON = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION")


def executor(settings: Settings) -> dg.ExecutorDefinition:
    """The executor that CANOPY_EXECUTOR names.

    Raises:
        SettingsError: its extra isn't installed, or it lacks a setting; the message says which.
    """
    if settings.executor == "ray":
        return _ray(settings)
    if settings.executor == "k8s":
        return _kubernetes(settings)
    return {"in_process": dg.in_process_executor, "multiprocess": multiprocess_executor}[settings.executor]


def gpu_op_tags(settings: Settings) -> dict[str, Any]:
    """What a step that wants a GPU asks of Ray and of Kubernetes: as `op_tags` of its asset, never of a job, because a
    job's tags miss what the UI, backfills and automation launch.
    """
    memory = settings.gpu_step_memory_gb
    # Whole megabytes: Kubernetes takes no fractions of a byte.
    resources: dict[str, Any] = {name: {"memory": f"{memory * 1000:.0f}M"} for name in ("requests", "limits")}
    kubernetes: dict[str, Any] = {"container_config": {"resources": resources}}
    ray: dict[str, Any] = {"memory": int(memory * 1e9)}
    if settings.gpus_per_step:
        ray["num_gpus"] = settings.gpus_per_step
        resources["limits"][GPU_RESOURCE] = str(settings.gpus_per_step)
        pod: dict[str, Any] = {"tolerations": settings.k8s_gpu_tolerations}
        if settings.k8s_gpu_node_selector:
            pod["node_selector"] = settings.k8s_gpu_node_selector
        kubernetes["pod_spec_config"] = pod
    return {"dagster-ray/config": ray, "dagster-k8s/config": kubernetes}


def run_launcher(settings: Settings) -> dict[str, Any]:
    """The `run_launcher:` of dagster.yaml: Ray's for CANOPY_LAUNCHER=ray, Kubernetes' with its executor, which needs
    it; else a process of this machine, with a health check that Dagster's own lacks.

    Raises:
        SettingsError: the launcher lacks a setting.
    """
    if settings.executor == "k8s":
        return {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": _kubernetes_launcher(settings)}
    if settings.launcher != "ray":
        return {"module": "canopy_assets.compute.run_workers", "class": "MonitoredRunLauncher"}
    if settings.ray_address is None:
        raise SettingsError("CANOPY_LAUNCHER=ray: set CANOPY_RAY_ADDRESS to the cluster's job server, http://host:8265")
    ray = {"address": settings.ray_address, "env_vars": worker_environment(settings)}
    return {"module": "dagster_ray", "class": "RayRunLauncher", "config": {"ray": ray}}


def launcher_config(settings: Settings) -> str:
    """`run_launcher` as a piece of dagster.yaml.

    Raises:
        SettingsError: the launcher lacks a setting.
    """
    return "\n" + yaml.safe_dump({"run_launcher": run_launcher(settings)}, sort_keys=False)


def worker_environment(settings: Settings) -> list[str]:
    """NAME=value of the settings that a worker elsewhere needs, and plain names of what it takes from ours.

    Without secrets: Ray shows a job's environment to everybody who sees the cluster. Workers have them from their own
    environment, pods from CANOPY_K8S_SECRET.
    """
    given = settings.model_fields_set | {"home"}
    values = {name: getattr(settings, name) for name in sorted(given - _WORKERS_OWN)}
    open_values = {name: v for name, v in values.items() if v is not None and not isinstance(v, SecretStr)}
    return [*(f"CANOPY_{name.upper()}={_text(value)}" for name, value in open_values.items()), *_PASSED_ON]


class LostWorkerExecutor(StepDelegatingExecutor):
    """Starts a step anew whose worker was lost: killed, evicted, out of memory, its machine gone.

    Dagster does so only for assets with a retry policy, which would also repeat what fails for a reason of its own.
    """

    @classmethod
    def around(cls, executor: StepDelegatingExecutor) -> LostWorkerExecutor:
        """The same executor, with these retries and a quicker look at whether steps are alive."""
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
        """A retry while there are some left, else what Dagster makes of it."""
        # A failed health check has no exception behind it; what has one (a resource that can't be made) isn't lost.
        retry = retry_if_lost(err_info.cls_name is None, step_context, err_info, known_state)
        return retry or super().log_failure_or_retry_event_after_error(step_context, err_info, known_state)


def _ray(settings: Settings) -> dg.ExecutorDefinition:
    try:
        from dagster_ray import ray_executor
    except ImportError as error:
        raise _missing_extra("ray", error) from error
    # Without num_cpus Ray runs every step on the head node, as many as come at once. With num_gpus or memory here the
    # asset's own would be ignored.
    config: dict[str, Any] = {"num_cpus": 1, "env_vars": worker_environment(settings)}
    if settings.ray_address:
        config["address"] = settings.ray_address
    return _retrying_lost_workers(ray_executor, {"ray": config})


def _kubernetes(settings: Settings) -> dg.ExecutorDefinition:
    try:
        from dagster_k8s import k8s_job_executor
    except ImportError as error:
        raise _missing_extra("k8s", error) from error
    config = _pods(settings)
    # A step talks to storage only, never to Kubernetes.
    pod = {"automount_service_account_token": False, "security_context": _pod_security(settings)}
    return _retrying_lost_workers(k8s_job_executor, config | {"step_k8s_config": {"pod_spec_config": pod}})


def _kubernetes_launcher(settings: Settings) -> dict[str, Any]:
    return _pods(settings) | {
        "service_account_name": settings.k8s_service_account,
        "dagster_home": str(settings.dagster_home),
        # Required, but mounted by nobody: runs and steps are handed the instance's settings as an argument.
        "instance_config_map": "not-used",
        "run_k8s_config": {"pod_spec_config": {"security_context": _pod_security(settings)}},
    }


def _pods(settings: Settings) -> dict[str, Any]:
    """What run pods and step pods have in common.

    Raises:
        SettingsError: no image is named, or the pods would have nothing to share.
    """
    if settings.k8s_image is None:
        raise SettingsError(
            "CANOPY_EXECUTOR=k8s: set CANOPY_K8S_IMAGE to the image built from docs/kubernetes/Containerfile"
        )
    if settings.k8s_home_claim is None and (settings.store is None or settings.database is None):
        raise SettingsError(
            "CANOPY_EXECUTOR=k8s: pods share no disk. Set CANOPY_K8S_HOME_CLAIM to a PersistentVolumeClaim that many "
            "nodes can write, or CANOPY_STORE=s3://bucket/prefix and CANOPY_DATABASE=postgresql://…"
        )
    config: dict[str, Any] = {
        "job_image": settings.k8s_image,
        "job_namespace": settings.k8s_namespace,
        "env_vars": [variable for variable in worker_environment(settings) if "=" in variable],
        "env_secrets": [settings.k8s_secret] if settings.k8s_secret else [],
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    if settings.k8s_home_claim:
        config["volumes"] = [{"name": "home", "persistent_volume_claim": {"claim_name": settings.k8s_home_claim}}]
        config["volume_mounts"] = [{"name": "home", "mount_path": str(settings.home)}]
    return config


def _pod_security(settings: Settings) -> dict[str, Any]:
    """Any user but root: OpenShift chooses a number for each namespace."""
    group = {} if settings.k8s_fs_group is None else {"fs_group": settings.k8s_fs_group}
    return {"run_as_non_root": True, "seccomp_profile": {"type": "RuntimeDefault"}, **group}


def _retrying_lost_workers(inner: dg.ExecutorDefinition, config: dict[str, Any]) -> dg.ExecutorDefinition:
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


def _missing_extra(extra: str, error: ImportError) -> SettingsError:
    return SettingsError(
        f"CANOPY_EXECUTOR={extra} needs an extra ({error}): pip install -e '.[{extra}]' in the checkout, or set "
        "CANOPY_EXECUTOR=multiprocess"
    )


def _text(value: Any) -> str:
    """A value as an environment variable holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)

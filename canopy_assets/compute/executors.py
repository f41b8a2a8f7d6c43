"""Where steps run (this process, a process each, Ray tasks or Kubernetes pods), and the resources they request there.

Assets that need a GPU have `gpu_op_tags`, so that runs from the UI, backfills and the automation all request one.
Every executor reads only the tags that are meant for it.
"""

from __future__ import annotations

import json
from typing import Any

import dagster as dg
import yaml
from pydantic import SecretStr

from canopy_assets.compute.lost_workers import delegating_executor, multiprocess_executor
from canopy_assets.settings import Settings, SettingsError

GPU_RESOURCE = "nvidia.com/gpu"

_WORKERS_OWN = {"cache", "gpus"}
"""Settings that describe a machine. A worker reads them from its own environment."""

_PASSED_ON = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION")


def executor(settings: Settings) -> dg.ExecutorDefinition:
    """The executor that CANOPY_EXECUTOR names.

    Raises:
        SettingsError: its extra is not installed, or a setting is missing; the message says which.
    """
    if settings.executor == "ray":
        return _ray(settings)
    if settings.executor == "k8s":
        return _kubernetes(settings)
    return {"in_process": dg.in_process_executor, "multiprocess": multiprocess_executor}[settings.executor]


def gpu_op_tags(settings: Settings) -> dict[str, Any]:
    """The resources that a step with a GPU requests from Ray and from Kubernetes.

    These are the `op_tags` of its asset. Tags of a job would not apply to what the UI, backfills and automation launch.
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
    """The `run_launcher:` of dagster.yaml.

    This is Ray's launcher for CANOPY_LAUNCHER=ray, and Kubernetes' for CANOPY_EXECUTOR=k8s, which needs it. Otherwise
    runs are processes on this machine, with a health check that Dagster's own launcher lacks.

    Raises:
        SettingsError: a setting of the launcher is missing; the message says which.
    """
    if settings.executor == "k8s":
        return {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": _kubernetes_launcher(settings)}
    if settings.launcher != "ray":
        return {"module": "canopy_assets.compute.run_workers", "class": "MonitoredRunLauncher"}
    if settings.ray_address is None:
        raise SettingsError("CANOPY_LAUNCHER=ray: set CANOPY_RAY_ADDRESS to the cluster's job server, http://host:8265")
    ray = {"address": settings.ray_address, "env_vars": worker_environment(settings)}
    return {"module": "dagster_ray", "class": "RayRunLauncher", "config": {"ray": ray}}


def run_launcher_yaml(settings: Settings) -> str:
    """`run_launcher` as a piece of dagster.yaml.

    Raises:
        SettingsError: a setting of the launcher is missing; the message says which.
    """
    return "\n" + yaml.safe_dump({"run_launcher": run_launcher(settings)}, sort_keys=False)


def worker_environment(settings: Settings) -> list[str]:
    """The environment of a worker on another machine.

    Settings are NAME=value; a plain name stands for the value that this process has. Secrets are left out, because Ray
    shows a job's environment to everybody who can see the cluster. Workers read secrets from their own environment,
    and pods from CANOPY_K8S_SECRET.
    """
    given = settings.model_fields_set | {"home"}
    values = {name: getattr(settings, name) for name in sorted(given - _WORKERS_OWN)}
    open_values = {name: v for name, v in values.items() if v is not None and not isinstance(v, SecretStr)}
    return [*(f"CANOPY_{name.upper()}={_text(value)}" for name, value in open_values.items()), *_PASSED_ON]


def _ray(settings: Settings) -> dg.ExecutorDefinition:
    try:
        from dagster_ray import ray_executor
    except ImportError as error:
        raise _missing_extra("ray", error) from error
    # Without num_cpus Ray runs all steps at once, on the head node. num_gpus or memory here would override the asset's.
    config: dict[str, Any] = {"num_cpus": 1, "env_vars": worker_environment(settings)}
    if settings.ray_address:
        config["address"] = settings.ray_address
    return delegating_executor(ray_executor, {"ray": config})


def _kubernetes(settings: Settings) -> dg.ExecutorDefinition:
    try:
        from dagster_k8s import k8s_job_executor
    except ImportError as error:
        raise _missing_extra("k8s", error) from error
    config = _pods(settings)
    # A step talks to storage only, never to the Kubernetes API.
    pod = {"automount_service_account_token": False, "security_context": _pod_security(settings)}
    return delegating_executor(k8s_job_executor, config | {"step_k8s_config": {"pod_spec_config": pod}})


def _kubernetes_launcher(settings: Settings) -> dict[str, Any]:
    return _pods(settings) | {
        "service_account_name": settings.k8s_service_account,
        "dagster_home": str(settings.dagster_home),
        # Required by Dagster, but never mounted: runs and steps get the instance's settings as an argument.
        "instance_config_map": "not-used",
        "run_k8s_config": {"pod_spec_config": {"security_context": _pod_security(settings)}},
    }


def _pods(settings: Settings) -> dict[str, Any]:
    """The configuration that run pods and step pods share.

    Raises:
        SettingsError: no image is named, or the pods would share no storage.
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
    """Any user but root. No user id is set, because OpenShift chooses one for each namespace."""
    group = {} if settings.k8s_fs_group is None else {"fs_group": settings.k8s_fs_group}
    return {"run_as_non_root": True, "seccomp_profile": {"type": "RuntimeDefault"}, **group}


def _missing_extra(extra: str, error: ImportError) -> SettingsError:
    return SettingsError(
        f"CANOPY_EXECUTOR={extra} needs an extra ({error}): pip install -e '.[{extra}]' in the checkout, or set "
        "CANOPY_EXECUTOR=multiprocess"
    )


def _text(value: Any) -> str:
    """A setting's value as text for an environment variable."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)

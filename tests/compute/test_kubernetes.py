"""The pods that dagster-k8s makes from the real assets, and our manifests, checked against Kubernetes' own schemas.

No cluster is needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from canopy_assets.compute import executors
from canopy_assets.settings import Settings

pytest.importorskip("dagster_k8s", reason="needs pip install -e '.[k8s]'")
kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="needs pip install kubernetes-validate")

KUBERNETES = "1.31"
CHECKOUT = Path(__file__).parents[2]
MANIFESTS = list(yaml.safe_load_all((CHECKOUT / "docs" / "kubernetes" / "canopy.yaml").read_text()))
GPU_ASSETS = {"lora_adapter", "tutor_responses"}
SETTINGS = {
    "CANOPY_EXECUTOR": "k8s",
    "CANOPY_K8S_IMAGE": "registry.example/canopy-assets:1",
    "CANOPY_K8S_HOME_CLAIM": "canopy-home",
    "CANOPY_K8S_SECRET": "canopy",
    "CANOPY_K8S_FS_GROUP": "1000",
    "CANOPY_K8S_GPU_NODE_SELECTOR": '{"nvidia.com/gpu.present": "true"}',
    "CANOPY_GPU_STEP_MEMORY_GB": "12.5",
    "CANOPY_WEBHOOK": "https://hooks.example/hush",
}


def valid(manifest: dict[str, Any]) -> bool:
    """True; kubernetes-validate raises an error for an invalid manifest."""
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    return True


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with Dagster's configuration for Kubernetes, but with SQLite."""
    folder = tmp_path_factory.mktemp("pods")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (SETTINGS | {"CANOPY_HOME": str(folder)}).items():
            patch.setenv(name, value)
        launcher = executors.run_launcher_yaml(Settings())
    (folder / "dagster.yaml").write_text((CHECKOUT / "dagster.yaml").read_text() + launcher)
    return folder


@pytest.fixture(scope="module")
def jobs(home: Path) -> dict[str, dict[str, Any]]:
    """The Kubernetes job of each step by asset, and that of a run under "run"."""
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("CANOPY_", "DAGSTER_"))}
    environment = clean | SETTINGS | {"CANOPY_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.compute.render_pods", str(home)],
        env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    asked = json.loads(done.stdout.splitlines()[-1])
    assert asked
    return {job["metadata"]["labels"].get("dagster/op", "run"): job for job in asked}


def pod(job: dict[str, Any]) -> dict[str, Any]:
    return job["spec"]["template"]["spec"]


def container(job: dict[str, Any]) -> dict[str, Any]:
    (only,) = pod(job)["containers"]
    return only


def test_every_step_and_run_is_a_valid_kubernetes_job(jobs: dict[str, dict[str, Any]]) -> None:
    assert jobs.keys() >= GPU_ASSETS | {"exercises", "training_set", "champion", "run"}
    assert all(valid(job) for job in jobs.values())
    assert all(job["apiVersion"] == "batch/v1" and job["kind"] == "Job" for job in jobs.values())


@pytest.mark.parametrize("asset", sorted(GPU_ASSETS))
def test_the_steps_that_want_a_gpu_ask_for_it(jobs: dict[str, dict[str, Any]], asset: str) -> None:
    resources = container(jobs[asset])["resources"]
    assert resources["limits"] == {"nvidia.com/gpu": "1", "memory": "12500M"}
    assert resources["requests"] == {"memory": "12500M"}
    assert pod(jobs[asset])["nodeSelector"] == {"nvidia.com/gpu.present": "true"}
    assert pod(jobs[asset])["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_no_other_step_asks_for_a_gpu(jobs: dict[str, dict[str, Any]]) -> None:
    others = [job for name, job in jobs.items() if name not in GPU_ASSETS]
    assert others
    for job in others:
        assert container(job)["resources"] == {}
        assert not {"nodeSelector", "tolerations"} & pod(job).keys()


def test_no_pod_runs_as_root_or_can_become_root(jobs: dict[str, dict[str, Any]]) -> None:
    for job in jobs.values():
        security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}, "fsGroup": 1000}
        assert pod(job)["securityContext"] == security
        assert container(job)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }


def test_every_pod_has_the_home_mounted_once(jobs: dict[str, dict[str, Any]], home: Path) -> None:
    for job in jobs.values():
        assert pod(job)["volumes"] == [{"name": "home", "persistentVolumeClaim": {"claimName": "canopy-home"}}]
        assert container(job)["volumeMounts"] == [{"name": "home", "mountPath": str(home)}]


def test_pods_have_the_settings_and_secrets_only_by_reference(jobs: dict[str, dict[str, Any]], home: Path) -> None:
    for job in jobs.values():
        environment = {v["name"]: v.get("value") for v in container(job)["env"]}
        assert environment["CANOPY_HOME"] == str(home)
        assert environment["CANOPY_EXECUTOR"] == "k8s"
        assert container(job)["envFrom"] == [{"secretRef": {"name": "canopy"}}]
        assert "hush" not in json.dumps(job)


def test_only_run_pods_may_start_jobs(jobs: dict[str, dict[str, Any]]) -> None:
    assert pod(jobs["run"])["serviceAccountName"] == "canopy"
    assert [name for name, job in jobs.items() if pod(job)["automountServiceAccountToken"]] == ["run"]


def test_with_no_gpus_per_step_no_step_asks_for_one() -> None:
    tags = executors.gpu_op_tags(Settings.model_validate({"gpus_per_step": 0, "gpu_step_memory_gb": 4}))
    assert tags == {
        "dagster-ray/config": {"memory": 4_000_000_000},
        "dagster-k8s/config": {
            "container_config": {"resources": {"requests": {"memory": "4000M"}, "limits": {"memory": "4000M"}}}
        },
    }


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda m: f"{m['kind']}-{m['metadata']['name']}")
def test_the_manifests_are_valid(manifest: dict[str, Any]) -> None:
    assert valid(manifest)
    assert manifest["kind"] == "Namespace" or manifest["metadata"]["namespace"] == "canopy"


def test_the_manifests_match_the_settings_and_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = {(m["kind"], m["metadata"]["name"]): m for m in MANIFESTS}
    values = by_name["ConfigMap", "canopy"]["data"] | by_name["Secret", "canopy"]["stringData"]
    for name, value in values.items():
        assert name.removeprefix("CANOPY_").lower() in Settings.model_fields, f"{name} is no setting"
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert executors.run_launcher(settings)["class"] == "K8sRunLauncher"
    assert ("PersistentVolumeClaim", settings.k8s_home_claim) in by_name
    assert ("Secret", settings.k8s_secret) in by_name
    assert ("ServiceAccount", settings.k8s_service_account) in by_name
    deployments = [m for m in MANIFESTS if m["kind"] == "Deployment"]
    assert deployments
    for deployment in deployments:
        spec = deployment["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert {c["image"] for c in spec["containers"] + spec["initContainers"]} == {settings.k8s_image}
        assert {"name": "home", "mountPath": str(settings.home)} in spec["containers"][0]["volumeMounts"]

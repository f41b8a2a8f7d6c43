"""Which executor a setting selects, and which settings a worker on another machine gets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canopy_assets.compute import executors
from canopy_assets.settings import Settings, SettingsError

CLUSTERS = {"ray": {}, "k8s": {"k8s_home_claim": "canopy-home", "k8s_image": "canopy:1"}}
WITHOUT = """
import sys
sys.modules["dagster_ray"] = sys.modules["dagster_k8s"] = None  # as if they were not installed
import canopy_assets.definitions
"""


def settings(home: Path, **values: object) -> Settings:
    return Settings.model_validate({"home": home, **values})


@pytest.mark.parametrize("name", ["in_process", "multiprocess", "ray", "k8s"])
def test_the_setting_names_the_executor(tmp_path: Path, name: str) -> None:
    assert executors.executor(settings(tmp_path, executor=name, **CLUSTERS.get(name, {}))).name == name


@pytest.mark.parametrize("extra", ["ray", "k8s"])
def test_the_message_about_a_missing_extra_says_how_to_install_it(tmp_path: Path, extra: str) -> None:
    environment = os.environ | {"CANOPY_HOME": str(tmp_path), "CANOPY_EXECUTOR": extra, "CANOPY_K8S_HOME_CLAIM": "home"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1
    assert f"SettingsError: CANOPY_EXECUTOR={extra} needs an extra" in done.stderr
    assert f"pip install -e '.[{extra}]'" in done.stderr


def test_asking_for_gpus_imports_neither_ray_nor_kubernetes() -> None:
    code = (
        "import sys; from canopy_assets.compute import executors, leases; "
        "from canopy_assets.settings import Settings; "
        "executors.gpu_op_tags(Settings()); leases.visible_gpus(Settings()); "
        "print([m for m in ('ray', 'dagster_ray', 'kubernetes', 'dagster_k8s', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "[]"


def test_pods_without_shared_storage_are_an_error_that_names_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"CANOPY_K8S_HOME_CLAIM.*CANOPY_STORE.*CANOPY_DATABASE"):
        executors.executor(settings(tmp_path, executor="k8s", k8s_image="canopy:1", store="s3://bucket/canopy"))
    shared = {"store": "s3://bucket/canopy", "database": "postgresql://canopy:secret@db/canopy"}
    assert executors.executor(settings(tmp_path, executor="k8s", k8s_image="canopy:1", **shared)).name == "k8s"


def test_pods_without_an_image_are_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CANOPY_K8S_IMAGE"):
        executors.executor(settings(tmp_path, executor="k8s", k8s_home_claim="canopy-home"))


def test_workers_get_the_settings_without_secrets_and_without_those_of_this_machine(tmp_path: Path) -> None:
    environment = executors.worker_environment(
        settings(
            tmp_path,
            database="postgresql://canopy:secret@db/canopy",
            webhook="https://hooks.example/secret",
            cache=tmp_path / "cache",
            gpus=2,
            sample_seeds=False,
            store="s3://bucket/canopy",
            k8s_gpu_node_selector={"gpu": "yes"},
        )
    )
    assert [line for line in environment if "=" in line] == [
        f"CANOPY_HOME={tmp_path}",
        'CANOPY_K8S_GPU_NODE_SELECTOR={"gpu": "yes"}',
        "CANOPY_SAMPLE_SEEDS=false",
        "CANOPY_STORE=s3://bucket/canopy",
    ]


def test_a_worker_reads_the_same_settings_from_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ours = settings(Path("home"), sample_seeds=False, k8s_gpu_node_selector={"gpu": "yes"}, retrain_quiet_minutes=2)
    lines = [line for line in executors.worker_environment(ours) if "=" in line]
    assert len(lines) == 4
    for line in lines:
        monkeypatch.setenv(*line.split("=", 1))
    monkeypatch.chdir("/")
    assert Settings() == ours


def test_runs_go_to_ray_only_if_its_address_is_set(tmp_path: Path) -> None:
    assert executors.run_launcher(settings(tmp_path))["class"] == "MonitoredRunLauncher"
    with pytest.raises(SettingsError, match="CANOPY_RAY_ADDRESS"):
        executors.run_launcher(settings(tmp_path, launcher="ray"))
    launcher = executors.run_launcher(settings(tmp_path, launcher="ray", ray_address="http://head:8265"))
    assert launcher["config"]["ray"]["address"] == "http://head:8265"

"""Trainings in MLflow, by its real client: a store in SQLite, and a server that cannot be reached."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.results import TrainingProgress, TrainingResult
from canopy_assets.adapters.tracking import EXPERIMENT, MlflowTracking
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import LORA, SETTINGS

pytestmark = pytest.mark.skipif(importlib.util.find_spec("mlflow") is None, reason="MLflow's client isn't installed")

Tracked = Callable[[MlflowTracking], TrainingResult]


@pytest.fixture
def train(tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path) -> Tracked:
    def run(tracking: MlflowTracking) -> TrainingResult:
        target = tmp_path / "adapter"
        result = train_adapter(
            tiny_base, examples, target, lora=LORA, settings=SETTINGS, cache=tmp_path / "cache",
            on_progress=tracking.step,
        )  # fmt: skip
        tracking.finish(result, target)
        return result

    return run


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_every_step_and_the_result_are_in_mlflow(
    train: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    monkeypatch.chdir(tmp_path)  # without a server MLflow keeps what is uploaded in ./mlruns
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    lines: list[str] = []
    parameters = {"rank": 4, "long": "x" * 9000}
    result = train(MlflowTracking(uri, name="one", parameters=parameters, log=lines.append))
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.run_name == "one"
    assert run.info.status == "FINISHED"
    assert run.data.params["rank"] == "4"
    assert run.data.metrics["best_validation_loss"] == pytest.approx(result.validation_loss)
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(m.step, m.value) for m in history] == [(row.step, pytest.approx(row.loss)) for row in result.log]
    assert "training_log.jsonl" in {a.path for a in client.list_artifacts(run.info.run_id)}
    assert lines == []


def test_an_unreachable_server_is_logged_once_without_its_password_and_the_training_goes_on(
    train: Tracked, closed_port: int
) -> None:
    lines: list[str] = []
    uri = f"http://canopy:hunter2@127.0.0.1:{closed_port}"
    result = train(MlflowTracking(uri, name="one", parameters={}, log=lines.append))
    assert result.steps_done == result.steps
    assert [line.split(":")[0] for line in lines] == [
        "MLflow cannot be reached, the training goes on",
        "MLflow did not receive all metrics; they are in the adapter's training_log.jsonl",
    ]
    assert "hunter2" not in " ".join(lines)


@pytest.mark.parametrize("uri", ["sqlite:////dev/null/mlflow.db", "nonsense://x"])
def test_an_address_that_is_wrong_stops_no_training_either(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow.store.db.utils.MAX_RETRY_COUNT", 1, raising=False)
    lines: list[str] = []
    tracking = MlflowTracking(uri, name="one", parameters={}, log=lines.append)
    tracking.step(TrainingProgress(1, 2, 3.0, None, 1.0, 0.0, 10.0, 1.0))
    assert len(lines) == 1
    assert lines[0].startswith("MLflow cannot be reached, the training goes on")


def test_a_training_that_fails_is_marked_as_failed(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    tracking = MlflowTracking(uri, name="one", parameters={})
    tracking.step(TrainingProgress(1, 2, 3.0, None, 1.0, 0.0, 10.0, 1.0))
    tracking.fail()
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FAILED"

"""A training's curves in MLflow, for teams that compare their runs there.

What goes wrong with the tracking server is told and never stops a training: figures wait here until the server takes
them, and are in the adapter's `training_log.jsonl` anyway.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.results import TrainingProgress, TrainingResult

EXPERIMENT = "canopy"
SEND_EVERY_S = 5.0
WAIT_AFTER_FAILURE_S = 60.0
_AT_ONCE = 1000
"""Metrics that MLflow takes in one request, at most."""

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # nothing about what we do leaves for anywhere but the server that was named
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # by default a training would wait minutes for a server that is down
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


class TrackingError(RuntimeError):
    """Tracking is configured and can't begin; the message says what to install."""


class MlflowTracking:
    """One training as a run in MLflow's experiment "canopy"."""

    def __init__(
        self, uri: str, *, name: str, parameters: Mapping[str, object], log: Callable[[str], object] = lambda _: None
    ) -> None:
        """Get ready; the server is first asked with the first figures.

        Args:
            uri: as MLFLOW_TRACKING_URI: http://host:port, or sqlite:///file.
            name: of the run.
            parameters: what the training was configured with.
            log: takes a line when the server can't be reached, and when it is there again.

        Raises:
            TrackingError: MLflow's client isn't installed.
        """
        for variable, value in _QUIET.items():
            os.environ.setdefault(variable, value)
        if importlib.util.find_spec("mlflow") is None:
            raise TrackingError(
                "CANOPY_MLFLOW is set, which needs MLflow's client: pip install -e '.[mlflow]', or unset it."
            )
        self._uri, self._name, self._log = uri, name, log
        self._parameters = {key: str(value)[:500] for key, value in parameters.items()}
        self._secret = urlsplit(uri).netloc.rpartition("@")[0]  # user:password, which MLflow's errors would show
        self._client: Any = None
        self._run: str | None = None
        self._waiting: list[Any] = []
        self._next = 0.0
        self._down = False

    def step(self, progress: TrainingProgress) -> None:
        """Take note of a step; sent every few seconds."""
        self._note(
            progress.step,
            loss=progress.loss,
            validation_loss=progress.validation_loss,
            tokens_per_second=progress.tokens_per_second,
        )
        if time.monotonic() >= self._next:
            self._try(self._send)

    def finish(self, result: TrainingResult, adapter: Path) -> None:
        """Send the rest, the final figures, and the adapter's card, configuration and curve."""
        self._note(
            result.best_step,
            best_validation_loss=result.validation_loss,
            base_validation_loss=result.base_validation_loss,
            supervised_tokens=result.supervised_tokens,
            peak_memory_mb=result.peak_memory_mb,
        )
        self._try(lambda: self._end("FINISHED", adapter))
        if self._down:
            self._log("MLflow didn't get all figures; they are in the adapter's training_log.jsonl")

    def fail(self) -> None:
        """Say that the training ended without a result."""
        self._try(lambda: self._end("FAILED", None))

    def _note(self, step: int, **values: float | None) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        self._waiting += [Metric(name, float(v), now, step) for name, v in values.items() if v is not None]

    def _try(self, act: Callable[[], object]) -> None:
        started = time.monotonic()
        try:
            act()
        except Exception as error:  # whatever the client raises: a training of hours doesn't end for it
            if not self._down:
                reason = str(error).replace(self._secret, "***") if self._secret else str(error)
                self._log(f"MLflow can't be reached, the training goes on: {type(error).__name__}: {reason[:200]}")
            # An attempt may itself wait for a minute or two: the training shall lose little by them.
            now = time.monotonic()
            self._down, self._next = True, now + max(WAIT_AFTER_FAILURE_S, 20 * (now - started))
            return
        if self._down:
            self._log("MLflow is there again")
        self._down, self._next = False, time.monotonic() + SEND_EVERY_S

    def _begin(self) -> str:
        """The id of a new run of the experiment."""
        from mlflow import MlflowClient

        if self._client is None:
            self._client = MlflowClient(self._uri)
        found = self._client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT)
        run: str = self._client.create_run(experiment, run_name=self._name).info.run_id
        self._run = run
        return run

    def _send(self) -> str:
        """Everything that waits, in the order in which it came; returns the run's id."""
        from mlflow.entities import Param

        run = self._run or self._begin()
        if self._parameters:
            self._client.log_batch(run, params=[Param(key, value) for key, value in self._parameters.items()])
            self._parameters = {}
        while self._waiting:
            self._client.log_batch(run, metrics=self._waiting[:_AT_ONCE])
            del self._waiting[:_AT_ONCE]
        return run

    def _end(self, status: str, adapter: Path | None) -> None:
        run = self._send()
        if adapter is not None:
            for name in (adapter_files.CARD, adapter_files.CONFIG_FILE, adapter_files.CURVE, adapter_files.LOG_FILE):
                self._client.log_artifact(run, str(adapter / name))
        self._client.set_terminated(run, status)

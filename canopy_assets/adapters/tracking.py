"""A training's curves in MLflow, for teams that compare their runs there.

Failures of the tracking server are logged and never stop a training. Metrics wait here until the server accepts them;
in any case they are in the adapter's `training_log.jsonl`.
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
_MAX_METRICS = 1000
"""The most metrics that MLflow accepts in one request."""

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # nothing is sent to any server but the configured one
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # by default a training would wait minutes for a server that is down
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


class TrackingError(RuntimeError):
    """Tracking is configured and cannot start; the message says what to install."""


class MlflowTracking:
    """One training as a run in MLflow's experiment "canopy"."""

    def __init__(
        self, uri: str, *, name: str, parameters: Mapping[str, object], log: Callable[[str], object] = lambda _: None
    ) -> None:
        """Prepare the run. The server is not contacted before the first metrics are sent.

        Args:
            uri: the server or file, as in MLFLOW_TRACKING_URI: http://host:port, or sqlite:///file.
            name: the run's name.
            parameters: the training's configuration.
            log: receives a line when the server cannot be reached, and when it can be reached again.

        Raises:
            TrackingError: MLflow's client is not installed.
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
        self._next_attempt = 0.0
        self._down = False

    def step(self, progress: TrainingProgress) -> None:
        """Record a step's metrics; they are sent every few seconds."""
        self._record(
            progress.step,
            loss=progress.loss,
            validation_loss=progress.validation_loss,
            tokens_per_second=progress.tokens_per_second,
        )
        if time.monotonic() >= self._next_attempt:
            self._try(self._send)

    def finish(self, result: TrainingResult, adapter: Path) -> None:
        """Send what is left, the final metrics, and the adapter's card, configuration, curve and log."""
        self._record(
            result.best_step,
            best_validation_loss=result.validation_loss,
            base_validation_loss=result.base_validation_loss,
            supervised_tokens=result.supervised_tokens,
            peak_memory_mb=result.peak_memory_mb,
        )
        self._try(lambda: self._end("FINISHED", adapter))
        if self._down:
            self._log("MLflow did not receive all metrics; they are in the adapter's training_log.jsonl")

    def fail(self) -> None:
        """Mark the run as failed."""
        self._try(lambda: self._end("FAILED", None))

    def _record(self, step: int, **values: float | None) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        self._waiting += [Metric(name, float(v), now, step) for name, v in values.items() if v is not None]

    def _try(self, act: Callable[[], object]) -> None:
        """Call the server; log a failure once, and wait before the next attempt."""
        started = time.monotonic()
        try:
            act()
        except Exception as error:  # whatever the client raises must not end a training of hours
            if not self._down:
                reason = str(error).replace(self._secret, "***") if self._secret else str(error)
                self._log(f"MLflow cannot be reached, the training goes on: {type(error).__name__}: {reason[:200]}")
            # An attempt may take a minute or two, so attempts take at most a twentieth of the training.
            now = time.monotonic()
            self._down, self._next_attempt = True, now + max(WAIT_AFTER_FAILURE_S, 20 * (now - started))
            return
        if self._down:
            self._log("MLflow can be reached again")
        self._down, self._next_attempt = False, time.monotonic() + SEND_EVERY_S

    def _create_run(self) -> str:
        """Create a run, and the experiment if there is none; returns the run's id."""
        from mlflow import MlflowClient

        if self._client is None:
            self._client = MlflowClient(self._uri)
        found = self._client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT)
        run: str = self._client.create_run(experiment, run_name=self._name).info.run_id
        self._run = run
        return run

    def _send(self) -> str:
        """Send parameters and waiting metrics, in order; returns the run's id."""
        from mlflow.entities import Param

        run = self._run or self._create_run()
        if self._parameters:
            self._client.log_batch(run, params=[Param(key, value) for key, value in self._parameters.items()])
            self._parameters = {}
        while self._waiting:
            self._client.log_batch(run, metrics=self._waiting[:_MAX_METRICS])
            del self._waiting[:_MAX_METRICS]
        return run

    def _end(self, status: str, adapter: Path | None) -> None:
        """Send what is left and the adapter's files, and close the run."""
        run = self._send()
        if adapter is not None:
            for name in (adapter_files.CARD, adapter_files.CONFIG_FILE, adapter_files.CURVE, adapter_files.LOG_FILE):
                self._client.log_artifact(run, str(adapter / name))
        self._client.set_terminated(run, status)

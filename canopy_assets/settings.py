"""Every environment variable that Canopy Assets reads, typed, in one place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from upath import UPath

PACKAGE = Path(__file__).parent
SAMPLE_SEEDS = PACKAGE / "seeds" / "samples"


class SettingsError(ValueError):
    """A setting has a value that can't be used; the message names the variable and the mend."""


def _absolute(value: object) -> object:
    """Steps run in processes with working directories of their own, so a path is made absolute where it is read."""
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) and str(value) else value


def _location(value: object) -> object:
    """A folder here as an absolute path, a folder elsewhere (s3://bucket/prefix) as it is, without a last slash."""
    if not isinstance(value, str | Path) or not str(value):
        return value
    return str(value).rstrip("/") if "://" in str(value) else str(_absolute(value))


def _model(value: object) -> object:
    """A folder here as an absolute path; anything else is the name of a model."""
    return str(_absolute(value)) if isinstance(value, str) and Path(value).expanduser().is_dir() else value


AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]
Location = Annotated[str, BeforeValidator(_location)]
"""A folder: an absolute local path, or a URL that UPath opens (s3://bucket/prefix)."""


class Settings(BaseSettings):
    """Where things lie and what the machine offers.

    What changes an artefact is asset configuration instead, so that it is part of the lineage.
    """

    model_config = SettingsConfigDict(env_prefix="CANOPY_", env_ignore_empty=True, frozen=True)

    home: AbsolutePath = Field(
        default=Path(".canopy"),
        validate_default=True,
        description="Everything that a run writes: tables, artefacts, reports, Dagster's own storage.",
    )
    store: Location | None = Field(
        default=None,
        description="Where tables, artefacts and checkpoints are kept: a folder, or s3://bucket/prefix where the "
        "workers share no disk. Default: CANOPY_HOME.",
    )
    database: SecretStr | None = Field(
        default=None,
        description="Dagster's storage as postgresql://user:password@host:port/name. Default: SQLite in CANOPY_HOME.",
    )
    config: AbsolutePath | None = Field(
        default=None,
        description="Dagster run configuration (YAML) whose values become the assets' defaults: for runs that "
        "automation or the UI starts, too.",
    )
    seeds: Location | None = Field(
        default=None,
        description="The inbox: seed files are read from here, a folder or s3://bucket/prefix. "
        "Default: inbox/ in CANOPY_HOME.",
    )
    settle_seconds: float = Field(
        default=10.0,
        ge=0,
        description="A seed file is read once it has not changed for so long: it may still be being written.",
    )
    seeds_per_run: int = Field(
        default=100, ge=1, description="Seeds that one run of a backfill takes; a chunk that fails is retried alone."
    )
    retrain_min_examples: int = Field(default=50, ge=1, description="Retrain once so many accepted examples are new …")
    retrain_min_share: float = Field(
        default=0.1, gt=0, le=1, description="… or once the new ones are this share of those trained on."
    )
    retrain_quiet_minutes: float = Field(
        default=15.0,
        ge=0,
        description="… and the training set has not changed for so long: fifty uploads, one training.",
    )
    automation: bool = Field(
        default=True, description="Whether the inbox sensor and the automation run as soon as the daemon does."
    )
    automation_interval_seconds: int = Field(
        default=30, ge=1, description="How often (seconds) the inbox is looked at and the automation decides."
    )
    webhook: SecretStr | None = Field(
        default=None,
        description="Notifications are posted here as JSON (new champion, failed gate, data quality, failed run). "
        "Default: the log only.",
    )
    mlflow: SecretStr | None = Field(
        default=None,
        description="Trainings are tracked here in MLflow: http://host:port or sqlite:///file. Needs the extra "
        "'mlflow'. Default: not at all.",
    )
    quality_drop: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Tell when the share of accepted dialogues or verified exercises of a seed fell by so much.",
    )
    sample_seeds: bool = Field(default=True, description="Read the bundled sample seeds beside the inbox.")
    max_seed_mb: float = Field(default=20.0, gt=0, description="A larger seed file (megabytes) is quarantined unread.")
    cache: AbsolutePath | None = Field(
        default=None,
        description="Downloads and measurements of this machine; may be shared between homes. "
        "Default: cache/ in CANOPY_HOME.",
    )
    base_model: Annotated[str, BeforeValidator(_model)] = Field(
        default="bundled",
        description="'bundled' (SmolLM2-135M-Instruct), a local directory in transformers format, or a hub id with its "
        "revision (name@revision).",
    )
    eval_set: AbsolutePath | None = Field(
        default=None, description="A folder of your own held-out prompts (JSONL). Default: the bundled ones."
    )
    executor: Literal["in_process", "multiprocess", "ray", "k8s"] = Field(
        default="multiprocess",
        description="What runs the steps of a run: one process for all, one for each, Ray tasks, or Kubernetes pods. "
        "`canopy run` takes in_process unless this is set.",
    )
    gpus_per_step: int = Field(
        default=1, ge=0, description="GPUs that a step which wants one gets (Ray, Kubernetes, several on one machine)."
    )
    gpu_step_memory_gb: float = Field(
        default=16.0, gt=0, description="Main memory (GB) that a step which wants a GPU asks of Ray or Kubernetes."
    )
    gpus: int | None = Field(
        default=None,
        ge=0,
        description="GPUs that there are: on this machine, or with Ray and Kubernetes in the cluster. Default: those "
        "that this machine shows.",
    )
    launcher: Literal["process", "ray"] = Field(
        default="process",
        description="Where runs of the UI and the automation go: a process here, or a Ray job. With "
        "CANOPY_EXECUTOR=k8s each is a pod.",
    )
    ray_address: str | None = Field(
        default=None, description="The Ray cluster (host:port, or ray://…). Default: the one on this machine."
    )
    k8s_namespace: str = Field(default="canopy", description="The namespace that step pods run in.")
    k8s_image: str | None = Field(default=None, description="The container image of run and step pods.")
    k8s_home_claim: str | None = Field(
        default=None, description="The PersistentVolumeClaim that is mounted at CANOPY_HOME in step pods."
    )
    k8s_service_account: str = Field(
        default="canopy", description="The service account of run pods: it may create jobs in the namespace."
    )
    k8s_secret: str | None = Field(
        default=None,
        description="The Secret whose keys step pods get as environment variables: CANOPY_DATABASE, AWS_….",
    )
    k8s_fs_group: int | None = Field(
        default=None,
        description="The group that owns the claim's files in step pods. Leave it unset on OpenShift, which chooses.",
    )
    k8s_gpu_node_selector: dict[str, str] = Field(
        default_factory=dict, description='Labels of the nodes with GPUs, as JSON: {"nvidia.com/gpu.present": "true"}.'
    )
    k8s_gpu_tolerations: list[dict[str, str]] = Field(
        default_factory=lambda: [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        description="Tolerations of the pods that want a GPU, as JSON.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Where models run: 'auto', 'cpu', 'cuda' or 'mps'."
    )

    @property
    def inbox(self) -> UPath:
        """The folder that new seed files are put into."""
        return UPath(self.seeds or self.home / "inbox")

    @property
    def seed_folders(self) -> list[UPath]:
        """The folders that seeds are read from, in order; of two files with the same content the first one counts."""
        return [UPath(SAMPLE_SEEDS), self.inbox] if self.sample_seeds else [self.inbox]

    @property
    def store_dir(self) -> UPath:
        """Where tables, artefacts and checkpoints are kept."""
        return UPath(self.store or self.home)

    @property
    def cache_dir(self) -> Path:
        """Where downloads and measurements are kept."""
        return self.cache or self.home / "cache"

    def places(self) -> dict[str, str]:
        """The variables that name a place, where one is set or has a default, with absolute paths."""
        named = {n: getattr(self, n) for n in ("home", "store", "config", "seeds", "cache", "base_model", "eval_set")}
        return {f"CANOPY_{name.upper()}": str(place) for name, place in named.items() if place is not None}

    @property
    def max_seed_bytes(self) -> int:
        """`max_seed_mb` in bytes."""
        return int(self.max_seed_mb * 1_000_000)

    @property
    def ledger(self) -> Path:
        """The file that keeps every reply of a model that was asked as a teacher."""
        return self.home / "ledger.sqlite"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage: runs, events, schedules."""
        return self.home / "dagster"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from the environment once.

    Raises:
        SettingsError: a variable can't be used; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"CANOPY_{'_'.join(map(str, e['loc'])).upper()}={e['input']!r}: {e['msg']}" for e in error.errors()]
        raise SettingsError("these settings can't be used, correct or unset them:\n  " + "\n  ".join(lines)) from error

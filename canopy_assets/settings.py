"""Every environment variable that Canopy Assets reads, typed, in one place."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from upath import UPath

PACKAGE = Path(__file__).parent
SAMPLE_SEEDS = PACKAGE / "seeds" / "samples"


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message names the variable and the fix."""


def _absolute(value: object) -> object:
    """An absolute path, because steps run in processes with other working directories."""
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) and str(value) else value


def _location(value: object) -> object:
    """A local folder as an absolute path, or a URL (s3://bucket/prefix) without a slash at the end."""
    if not isinstance(value, str | Path) or not str(value):
        return value
    return str(value).rstrip("/") if "://" in str(value) else str(_absolute(value))


def _model(value: object) -> object:
    """A local folder as an absolute path; anything else is the name of a model."""
    return str(_absolute(value)) if isinstance(value, str) and Path(value).expanduser().is_dir() else value


AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]
Location = Annotated[str, BeforeValidator(_location)]
"""A folder: an absolute local path, or a URL that UPath opens (s3://bucket/prefix)."""


class Effort(StrEnum):
    """How much is written and trained; `lineage/efforts` has the configuration of each."""

    quick = "quick"
    standard = "standard"
    thorough = "thorough"


class Settings(BaseSettings):
    """Where things are stored, and what the machine and the cluster offer.

    Values that decide an artefact's content belong to its asset's configuration instead, so that they are part of the
    lineage.
    """

    model_config = SettingsConfigDict(env_prefix="CANOPY_", env_ignore_empty=True, frozen=True)

    home: AbsolutePath = Field(
        default=Path(".canopy"),
        validate_default=True,
        description="Folder for everything that a run writes: tables, artefacts, reports, Dagster's own storage. "
        "Default: .canopy in the working directory.",
    )
    store: Location | None = Field(
        default=None,
        description="Where tables, artefacts and checkpoints are kept: a folder, or s3://bucket/prefix if the workers "
        "share no disk. Default: CANOPY_HOME.",
    )
    database: SecretStr | None = Field(
        default=None,
        description="Dagster's storage as postgresql://user:password@host:port/name. Default: SQLite in CANOPY_HOME.",
    )
    effort: Effort = Field(
        default=Effort.standard,
        description="How much is written and trained: quick for a look at everything, standard, or thorough for an "
        "hour's training. CANOPY_CONFIG and run configuration go before it. Default: standard.",
    )
    config: AbsolutePath | None = Field(
        default=None,
        description="Dagster run configuration (YAML) whose values become the defaults of the assets, even in runs "
        "that the automation or the UI starts. Default: none.",
    )
    seeds: Location | None = Field(
        default=None,
        description="The inbox, from which seed files are read: a folder or s3://bucket/prefix. "
        "Default: inbox/ in CANOPY_HOME.",
    )
    settle_seconds: float = Field(
        default=10.0,
        ge=0,
        description="A seed file is read once it has not changed for this many seconds, because it may still be being "
        "written. Default: 10.",
    )
    seeds_per_run: int = Field(
        default=100,
        ge=1,
        description="How many seeds one run of a backfill takes; a run that fails is retried without the others. "
        "Default: 100.",
    )
    retrain_min_examples: int = Field(
        default=50,
        ge=1,
        description="Training starts again once this many accepted examples are new, or CANOPY_RETRAIN_MIN_SHARE is "
        "reached. Default: 50.",
    )
    retrain_min_share: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Training starts again once the new examples are this share of those trained on (above 0, up to "
        "1), or CANOPY_RETRAIN_MIN_EXAMPLES is reached. Default: 0.1.",
    )
    retrain_quiet_minutes: float = Field(
        default=15.0,
        ge=0,
        description="Training waits until the training set and the seeds have not changed for this many minutes, so "
        "that fifty uploads become one training. Default: 15.",
    )
    automation: bool = Field(
        default=True,
        description="Whether the inbox sensor and the automation are on as soon as the daemon runs. Default: true.",
    )
    automation_interval_seconds: int = Field(
        default=30,
        ge=1,
        description="Seconds between two looks at the inbox, and between two decisions of the automation. Default: 30.",
    )
    webhook: SecretStr | None = Field(
        default=None,
        description="URL to which notifications are posted as JSON: new champion, failed gate, data quality, failed "
        "run. Default: none; they are only logged.",
    )
    mlflow: SecretStr | None = Field(
        default=None,
        description="MLflow server or file in which trainings are tracked: http://host:port or sqlite:///file. Needs "
        "the extra 'mlflow'. Default: none.",
    )
    quality_drop: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="Notify when a seed's share of accepted dialogues or of verified exercises falls by this much "
        "(above 0, up to 1). Default: 0.1.",
    )
    sample_seeds: bool = Field(
        default=True, description="Whether the bundled sample seeds are read beside the inbox. Default: true."
    )
    max_seed_mb: float = Field(
        default=20.0,
        gt=0,
        description="A seed file of more megabytes than this is quarantined without being read. Default: 20.",
    )
    cache: AbsolutePath | None = Field(
        default=None,
        description="Folder for downloads and for measurements of this machine; homes may share it. "
        "Default: cache/ in CANOPY_HOME.",
    )
    base_model: Annotated[str, BeforeValidator(_model)] = Field(
        default="bundled",
        description="The model that is fine-tuned: 'bundled' (SmolLM2-135M-Instruct), a local folder in transformers "
        "format, or a hub id with its revision (name@revision). Default: bundled.",
    )
    eval_set: AbsolutePath | None = Field(
        default=None,
        description="Folder with your own held-out prompts (JSONL). Default: the bundled prompts.",
    )
    executor: Literal["in_process", "multiprocess", "ray", "k8s"] = Field(
        default="multiprocess",
        description="What runs the steps of a run: one process for all (in_process), one for each (multiprocess), Ray "
        "tasks (ray), or Kubernetes pods (k8s). Default: multiprocess; for `canopy run` in_process.",
    )
    gpus_per_step: int = Field(
        default=1,
        ge=0,
        description="How many GPUs a step that wants one gets, with Ray, with Kubernetes, or on a machine with "
        "several. Default: 1.",
    )
    gpu_step_memory_gb: float = Field(
        default=16.0,
        gt=0,
        description="Main memory in GB that a step that wants a GPU requests from Ray or Kubernetes. Default: 16.",
    )
    gpus: int | None = Field(
        default=None,
        ge=0,
        description="How many GPUs there are: on this machine, or in the cluster with Ray or Kubernetes. "
        "Default: those that this machine shows.",
    )
    launcher: Literal["process", "ray"] = Field(
        default="process",
        description="Where runs of the UI and of the automation go: to a process on this machine (process) or to a Ray "
        "job (ray). With CANOPY_EXECUTOR=k8s each run is a pod. Default: process.",
    )
    ray_address: str | None = Field(
        default=None,
        description="Address of the Ray cluster (host:port, or ray://…). Default: the cluster on this machine.",
    )
    k8s_namespace: str = Field(
        default="canopy", description="Kubernetes namespace in which run and step pods run. Default: canopy."
    )
    k8s_image: str | None = Field(
        default=None, description="Container image of run and step pods. Default: none; CANOPY_EXECUTOR=k8s needs one."
    )
    k8s_home_claim: str | None = Field(
        default=None, description="PersistentVolumeClaim that is mounted at CANOPY_HOME in step pods. Default: none."
    )
    k8s_service_account: str = Field(
        default="canopy",
        description="Service account of run pods, which may create jobs in the namespace. Default: canopy.",
    )
    k8s_secret: str | None = Field(
        default=None,
        description="Secret whose keys step pods get as environment variables: CANOPY_DATABASE, AWS_…. Default: none.",
    )
    k8s_fs_group: int | None = Field(
        default=None,
        description="Id of the group that owns the claim's files in step pods. Leave it unset on OpenShift, which "
        "chooses one. Default: none.",
    )
    k8s_gpu_node_selector: dict[str, str] = Field(
        default_factory=dict,
        description='Labels of the nodes with GPUs, as JSON: {"nvidia.com/gpu.present": "true"}. Default: {}.',
    )
    k8s_gpu_tolerations: list[dict[str, str]] = Field(
        default_factory=lambda: [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        description="Tolerations of the pods that want a GPU, as JSON. "
        'Default: [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}].',
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Where models run: auto, cpu, cuda or mps. Default: auto."
    )

    @property
    def inbox(self) -> UPath:
        """The folder for new seed files."""
        return UPath(self.seeds or self.home / "inbox")

    @property
    def seed_folders(self) -> list[UPath]:
        """The folders of seed files, in order. If two files have the same content, the first one is used."""
        return [UPath(SAMPLE_SEEDS), self.inbox] if self.sample_seeds else [self.inbox]

    @property
    def store_dir(self) -> UPath:
        """The folder of tables, artefacts and checkpoints."""
        return UPath(self.store or self.home)

    @property
    def cache_dir(self) -> Path:
        """The folder of downloads and measurements."""
        return self.cache or self.home / "cache"

    def places(self) -> dict[str, str]:
        """The environment variables that name a folder, file or model, with absolute paths, for other processes."""
        named = {n: getattr(self, n) for n in ("home", "store", "config", "seeds", "cache", "base_model", "eval_set")}
        return {f"CANOPY_{name.upper()}": str(place) for name, place in named.items() if place is not None}

    @property
    def max_seed_bytes(self) -> int:
        """`max_seed_mb` in bytes."""
        return int(self.max_seed_mb * 1_000_000)

    @property
    def ledger(self) -> Path:
        """The file in which every paid reply of a model is recorded."""
        return self.home / "ledger.sqlite"

    @property
    def replies(self) -> Path:
        """The file in which the replies of evaluated models are stored."""
        return self.home / "replies.jsonl"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage: runs, events, schedules."""
        return self.home / "dagster"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read from the environment once.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"CANOPY_{'_'.join(map(str, e['loc'])).upper()}={e['input']!r}: {e['msg']}" for e in error.errors()]
        raise SettingsError("these settings cannot be used; correct or unset them:\n  " + "\n  ".join(lines)) from error

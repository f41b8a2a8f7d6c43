"""Every environment variable that Canopy Assets reads, typed, in one place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).parent
SAMPLE_SEEDS = PACKAGE / "seeds" / "samples"


class SettingsError(ValueError):
    """A setting has a value that can't be used; the message names the variable and the mend."""


def _absolute(value: object) -> object:
    """Steps run in processes with working directories of their own, so a path is made absolute where it is read."""
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) and str(value) else value


AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]


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
    seeds: AbsolutePath | None = Field(
        default=None, description="The inbox: seed files are read from here. Default: inbox/ in CANOPY_HOME."
    )
    sample_seeds: bool = Field(default=True, description="Read the bundled sample seeds beside the inbox.")
    max_seed_mb: float = Field(default=20.0, gt=0, description="A larger seed file (megabytes) is quarantined unread.")
    cache: AbsolutePath | None = Field(
        default=None,
        description="Downloads and measurements of this machine; may be shared between homes. "
        "Default: cache/ in CANOPY_HOME.",
    )
    base_model: str = Field(
        default="bundled",
        description="'bundled' (SmolLM2-135M-Instruct), a local directory in transformers format, or a hub id with its "
        "revision (name@revision).",
    )
    eval_set: AbsolutePath | None = Field(
        default=None, description="A folder of your own held-out prompts (JSONL). Default: the bundled ones."
    )
    executor: Literal["in_process", "multiprocess"] = Field(
        default="multiprocess",
        description="What runs the steps of a run: one process for all, or one for each. "
        "`canopy run` takes in_process unless this is set.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="Where models run: 'auto', 'cpu', 'cuda' or 'mps'."
    )

    @property
    def inbox(self) -> Path:
        """The folder that new seed files are put into."""
        return self.seeds or self.home / "inbox"

    @property
    def seed_folders(self) -> list[Path]:
        """The folders that seeds are read from, in order; of two files with the same content the first one counts."""
        return [SAMPLE_SEEDS, self.inbox] if self.sample_seeds else [self.inbox]

    @property
    def cache_dir(self) -> Path:
        """Where downloads and measurements are kept."""
        return self.cache or self.home / "cache"

    @property
    def max_seed_bytes(self) -> int:
        """`max_seed_mb` in bytes."""
        return int(self.max_seed_mb * 1_000_000)

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

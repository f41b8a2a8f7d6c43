"""The folder CANOPY_HOME with tables, artefacts, Dagster's storage and the DuckDB views.

With CANOPY_STORE, tables and artefacts are there instead. `canopy.duckdb` is made only for a store that is a folder: to
read a bucket, DuckDB needs an extension that it downloads.
"""

from __future__ import annotations

import hashlib
import os
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from canopy_assets import records
from canopy_assets.compute.executors import run_launcher_yaml
from canopy_assets.settings import PACKAGE, Settings
from canopy_assets.storage.arrow import schema_of
from canopy_assets.storage.backend import is_local, partial_folder
from canopy_assets.storage.database import check_database, storage_config
from canopy_assets.storage.files import clear_abandoned, partial_path, replace_atomically
from canopy_assets.storage.home_version import check_version
from canopy_assets.storage.tables import EMPTY, tables_dir

TABLES: dict[str, type] = {
    "seed_documents": records.SeedDocument,
    "exercises": records.Exercise,
    "synthetic_dialogues": records.Dialogue,
    "reviewed_dialogues": records.ReviewedDialogue,
    "training_set": records.TrainingExample,
    "preference_pairs": records.PreferencePair,
    "eval_set": records.EvalPrompt,
    "tutor_responses": records.TutorResponse,
}
"""The assets that are tables, with the dataclass of their rows."""


def prepare_home(settings: Settings) -> None:
    """Make the folders, Dagster's configuration and `canopy.duckdb`, where they are missing. Cheap where nothing is.

    Raises:
        OSError: the folder cannot be written.
        HomeVersionError: another release wrote the tables, and this one cannot read them.
        StoreError: CANOPY_STORE cannot be used.
        DatabaseError: CANOPY_DATABASE cannot be used.
    """
    check_database(settings)
    for folder in (settings.home, settings.cache_dir, settings.dagster_home):
        folder.mkdir(parents=True, exist_ok=True)
    if isinstance(settings.inbox, Path):
        settings.inbox.mkdir(parents=True, exist_ok=True)
    dagster_yaml = _dagster_yaml().read_text() + storage_config(settings) + run_launcher_yaml(settings)
    _write_if_changed(dagster_yaml, settings.dagster_home / "dagster.yaml")
    check_version(settings)
    if is_local(settings):
        clear_abandoned(partial_folder(settings))
        for name, row_type in TABLES.items():
            _write_empty_table(Path(tables_dir(settings).path) / name / f"{EMPTY}.parquet", row_type)
        _refresh_views(settings)


def use_home(settings: Settings) -> None:
    """Set the environment of this process and its children to the home and to Dagster's storage in it.

    Paths are made absolute, because children have working directories of their own.
    """
    os.environ |= settings.places() | {"DAGSTER_HOME": str(settings.dagster_home)}


def _dagster_yaml() -> Path:
    """Dagster's settings: at the top of a checkout, or in the package of an installed wheel."""
    checkout = PACKAGE.parent / "dagster.yaml"
    return checkout if checkout.exists() else Path(str(resources.files("canopy_assets.storage") / "dagster.yaml"))


def _write_if_changed(content: str, target: Path) -> None:
    if not target.exists() or target.read_text() != content:
        replace_atomically(target, content.encode())


def _write_empty_table(path: Path, row_type: type) -> None:
    """Write a table without rows, so that the asset's view has its columns before the first materialization."""
    schema = schema_of(row_type)
    if path.exists() and pq.read_schema(path).equals(schema):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    replace_atomically(path, sink.getvalue().to_pybytes())


def _refresh_views(settings: Settings) -> None:
    """Build a new `canopy.duckdb` and rename it over the old one.

    DuckDB allows one writer, and an analyst may have the old file open.
    """
    statements = _view_statements(settings)
    stamp = settings.home / ".views"
    wanted = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    database = settings.home / "canopy.duckdb"
    if database.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    import duckdb

    partial = partial_path(database)
    with duckdb.connect(str(partial)) as connection:
        for statement in statements:
            connection.execute(statement)
    partial.replace(database)
    replace_atomically(stamp, wanted.encode())


def _view_statements(settings: Settings) -> list[str]:
    def glob(name: str) -> str:
        return str(tables_dir(settings) / name / "*.parquet").replace("'", "''")

    views = [
        f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{glob(name)}', union_by_name = true)" for name in TABLES
    ]
    return [*views, *_ANALYST_VIEWS]


_ANALYST_VIEWS = [
    """CREATE VIEW rejections AS
       SELECT dialogue.seed AS seed, dialogue.topic AS topic, rejected_by AS gate, reason, dialogue.dialogue_id AS
       dialogue_id
       FROM reviewed_dialogues WHERE NOT accepted""",
    """CREATE VIEW lineage AS
       SELECT t.example_id, t.split, t.dialogue_id, t.exercise_id, t.seed, d.name AS seed_name, d.digest AS seed_digest,
              e.span.line_start AS line_start, e.span.line_end AS line_end, t.teacher
       FROM training_set t LEFT JOIN exercises e USING (exercise_id, seed) LEFT JOIN seed_documents d USING (seed)""",
]

"""`canopy.duckdb`: views over the Parquet tables, for analysts.

They exist only if the store is a folder: to read a bucket, DuckDB would have to download an extension.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from canopy_assets import records
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import description_of, schema_of
from canopy_assets.storage.decisions import TABLE as DECISIONS
from canopy_assets.storage.decisions import Decision
from canopy_assets.storage.files import partial_path, replace_atomically
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
    "ratings": records.Rating,
}
"""The assets that are tables, with the dataclass of their rows."""

_VIEWED: dict[str, type] = TABLES | {DECISIONS: Decision}
"""All tables: those of the assets, and the register of decisions."""


def refresh_views(settings: Settings) -> None:
    """Build a new `canopy.duckdb` and rename it over the old one, if the views have changed.

    DuckDB allows one writer, and an analyst may have the old file open.
    """
    for name, row_type in _VIEWED.items():
        _write_empty_table(Path(tables_dir(settings).path) / name / f"{EMPTY}.parquet", row_type)
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


def _write_empty_table(path: Path, row_type: type) -> None:
    """Write a table without rows, so that the asset's view has its columns before the first materialization."""
    schema = schema_of(row_type)
    if path.exists() and pq.read_schema(path).equals(schema):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    replace_atomically(path, sink.getvalue().to_pybytes())


def _view_statements(settings: Settings) -> list[str]:
    def glob(name: str) -> str:
        return str(tables_dir(settings) / name / "*.parquet").replace("'", "''")

    views = [
        f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{glob(name)}', union_by_name = true)" for name in _VIEWED
    ]
    return [*views, *_ANALYST_VIEWS, *_column_comments()]


def _column_comments() -> list[str]:
    """Comments on the columns that have a description, which `duckdb_columns()` shows."""
    described = [(name, c.name, description_of(c)) for name, row_type in TABLES.items() for c in schema_of(row_type)]
    quoted = [(name, column, text.replace("'", "''")) for name, column, text in described if text]
    return [f"COMMENT ON COLUMN {name}.\"{column}\" IS '{text}'" for name, column, text in quoted]


_ANALYST_VIEWS = [
    """CREATE VIEW rejections AS
       SELECT dialogue.seed AS seed, dialogue.topic AS topic, rejected_by AS gate, reason, dialogue.dialogue_id AS
       dialogue_id
       FROM reviewed_dialogues WHERE NOT accepted""",
    """CREATE VIEW advice AS
       SELECT dialogue.seed AS seed, dialogue.topic AS topic, v.gate AS gate, v.reason AS reason, accepted,
              dialogue.dialogue_id AS dialogue_id, v.turn AS turn
       FROM (SELECT *, unnest(verdicts) AS v FROM reviewed_dialogues) WHERE list_contains(advised_by, v.gate)""",
    """CREATE VIEW lineage AS
       SELECT t.example_id, t.split, t.dialogue_id, t.exercise_id, t.seed, d.name AS seed_name, d.digest AS seed_digest,
              e.span.line_start AS line_start, e.span.line_end AS line_end, t.teacher
       FROM training_set t LEFT JOIN exercises e USING (exercise_id, seed) LEFT JOIN seed_documents d USING (seed)""",
]

"""Tables and artefacts in a folder: they appear whole, keep their history, and are found again."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pytest

from canopy_assets.lineage.io_manager import CanopyStorage
from canopy_assets.records import Skipped
from canopy_assets.settings import Settings
from canopy_assets.storage import files
from canopy_assets.storage.arrow import schema_of, to_table
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder
from canopy_assets.storage.backend import DamagedArtefactError
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import read_table, table_path

PARTITIONS = dg.StaticPartitionsDefinition(["algebra.md", "notes.v2.pdf"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    return settings


def _rows(*lines: int) -> pa.Table:
    return to_table([Skipped(line, "because") for line in lines], Skipped)


def _materialize(
    settings: Settings, *assets: dg.AssetsDefinition, partition: str | None = None
) -> dg.ExecuteInProcessResult:
    return dg.materialize(list(assets), partition_key=partition, resources={"io_manager": CanopyStorage(settings)})


def test_a_partitioned_table_is_stored_under_its_partition_and_loaded_downstream(settings: Settings) -> None:
    seen: list[pa.Table] = []

    @dg.asset(partitions_def=PARTITIONS)
    def first(context: dg.AssetExecutionContext) -> pa.Table:
        return _rows(len(context.partition_key))

    @dg.asset(partitions_def=PARTITIONS)
    def second(first: pa.Table) -> None:
        seen.append(first)

    _materialize(settings, first, second, partition="notes.v2.pdf")
    assert seen[0].to_pylist() == [{"line": 12, "reason": "because"}]
    assert table_path(settings, "first", "notes.v2.pdf").exists()


@pytest.mark.parametrize("present", [["algebra.md"], ["algebra.md", "notes.v2.pdf"]])
def test_a_fan_in_gets_a_dict_even_of_a_single_partition(settings: Settings, present: list[str]) -> None:
    seen: list[dict[str, pa.Table]] = []

    @dg.asset(partitions_def=PARTITIONS)
    def part() -> pa.Table:
        return _rows(1)

    @dg.asset(ins={"part": dg.AssetIn(metadata={"allow_missing_partitions": True})})
    def whole(part: dict[str, pa.Table]) -> None:
        seen.append(part)

    for partition in present:
        _materialize(settings, part, partition=partition)
    dg.materialize([part, whole], selection=[whole], resources={"io_manager": CanopyStorage(settings)})
    assert sorted(seen[0]) == sorted(present)


def test_every_version_of_a_table_stays_in_history(settings: Settings) -> None:
    content = [1]

    @dg.asset
    def changing() -> pa.Table:
        return _rows(*content)

    _materialize(settings, changing)
    content.append(2)
    _materialize(settings, changing)
    _materialize(settings, changing)
    assert len(list((settings.home / "history" / "changing" / "all").glob("*.parquet"))) == 2
    table = read_table("changing", settings=settings)
    assert table is not None
    assert table.num_rows == 2


def test_an_artefact_is_published_under_its_digest_and_the_same_content_is_the_same_artefact(
    settings: Settings,
) -> None:
    @dg.asset
    def model() -> Artefact:
        draft = draft_folder("model", settings)
        (draft / "weights").write_text("1 2 3")
        return Artefact(draft, details={"licence": "Apache-2.0"})

    _materialize(settings, model)
    first = current_artefact("model", settings)
    _materialize(settings, model)
    second = current_artefact("model", settings)
    assert first is not None
    assert first == second
    assert first.path.name == first.digest[:16]
    assert first.details == {"licence": "Apache-2.0"}
    assert [p.name for p in first.path.parent.iterdir() if p.is_dir()] == [first.path.name]


def test_a_damaged_table_says_which_asset_to_materialize(settings: Settings) -> None:
    path = table_path(settings, "exercises", "algebra.md")
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(DamagedArtefactError, match="materialize exercises again"):
        read_table("exercises", "algebra.md", settings)


def test_a_killed_writer_leaves_only_a_partial_file_which_the_next_one_removes(
    tmp_path: Path,
) -> None:
    target = tmp_path / "table.parquet"
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from canopy_assets.storage import files
        partial = files.partial_path(Path({str(target)!r}))
        partial.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    killed = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
    files.replace_atomically(target, b"whole")
    assert [p.name for p in tmp_path.iterdir()] == ["table.parquet"]


def test_reading_a_table_leaves_no_thread_behind(settings: Settings) -> None:
    script = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from canopy_assets.storage.tables import publish_tables, read_table
        from canopy_assets.records import Skipped
        from canopy_assets.storage.arrow import to_table
        from canopy_assets.settings import Settings
        settings = Settings(home=Path(sys.argv[1]))
        publish_tables(settings, "skipped", {None: to_table([Skipped(n, "because") for n in range(1000)], Skipped)})
        before = set(os.listdir("/proc/self/task"))
        assert len(read_table("skipped", None, settings)) == 1000
        print(len(set(os.listdir("/proc/self/task")) - before))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(settings.home)], env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "0\n", done.stderr


def test_an_open_database_shows_the_views_before_and_after_the_first_run(
    settings: Settings,
) -> None:
    database = str(settings.home / "canopy.duckdb")
    with duckdb.connect(database) as held:
        assert held.execute("SELECT count(*) FROM exercises").fetchall() == [(0,)]
        assert held.execute("SELECT count(*) FROM lineage").fetchall() == [(0,)]
        prepare_home(settings)

        @dg.asset
        def tutor_responses() -> pa.Table:
            from canopy_assets.records import TutorResponse

            return to_table(
                [TutorResponse("p", "tuned", "What is 10 % of 80?", 9, 8, True, 0.1, 0.5, "m")], TutorResponse
            )

        _materialize(settings, tutor_responses)
        assert held.execute("SELECT arm, reply FROM tutor_responses").fetchall() == [("tuned", "What is 10 % of 80?")]


def test_the_columns_of_a_view_are_those_of_its_rows(settings: Settings) -> None:
    from canopy_assets.storage.views import TABLES

    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        for name, row_type in TABLES.items():
            columns = [c[0] for c in connection.execute(f"DESCRIBE {name}").fetchall()]
            assert columns == schema_of(row_type).names

"""What is true of a store in a folder and of one in a bucket."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from canopy_assets.lineage.io_manager import CanopyStorage
from canopy_assets.records import Skipped
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder
from canopy_assets.storage.backend import DamagedArtefactError, store_root
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.inventory import StoredAssets
from canopy_assets.storage.tables import publish_tables, read_table, retire_partition, table_path

LETTERS = dg.StaticPartitionsDefinition(["a.md", "b.md", "c.md", "d [1] #2?.md"])
ALL = LETTERS.get_partition_keys()
FAN_IN = {"allow_missing_partitions": True}
CHUNKS = dg.BackfillPolicy.multi_run(max_partitions_per_run=100)


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    store = f"{request.getfixturevalue('bucket')}/some/prefix" if request.param == "bucket" else None
    settings = Settings(home=tmp_path / "home", store=store, sample_seeds=False)
    prepare_home(settings)
    return settings


def _rows(*lines: int) -> pa.Table:
    return to_table([Skipped(line, "because") for line in lines], Skipped)


def _lines(table: pa.Table | None) -> list[int]:
    assert table is not None
    return table.column("line").to_pylist()


def _run(
    settings: Settings,
    *assets: dg.AssetsDefinition | dg.AssetSpec,
    partitions: tuple[str, str] | None = None,
    selection: list[dg.AssetsDefinition] | None = None,
) -> dg.ExecuteInProcessResult:
    """A run as a backfill launches it: of all partitions from the first to the second of `partitions`."""
    tags = {}
    if partitions:
        tags = {
            "dagster/asset_partition_range_start": partitions[0],
            "dagster/asset_partition_range_end": partitions[1],
        }
    return dg.materialize(
        list(assets), tags=tags, selection=selection, resources={"io_manager": CanopyStorage(settings)}
    )


def _numbered(offset: int = 0, leave_out: str = "", name: str = "numbered") -> dg.AssetsDefinition:
    """An asset whose tables hold the number of their partition."""

    @dg.asset(name=name, partitions_def=LETTERS, backfill_policy=CHUNKS)
    def numbered(context: dg.AssetExecutionContext) -> dict[str, pa.Table]:
        return {p: _rows(ALL.index(p) + offset) for p in context.partition_keys if p != leave_out}

    return numbered


def test_a_run_of_many_partitions_publishes_each_as_a_file_of_its_own(settings: Settings) -> None:
    result = _run(settings, _numbered(), partitions=(ALL[0], ALL[-1]))
    assert [_lines(read_table("numbered", p, settings)) for p in ALL] == [[0], [1], [2], [3]]
    events = {e.materialization.partition: e.materialization.metadata for e in _materializations(result)}
    assert sorted(map(str, events)) == sorted(ALL)
    for partition in ALL:
        assert events[partition]["path"].value == str(table_path(settings, "numbered", partition))
    assert len({events[p]["digest"].value for p in ALL}) == len(ALL)


def test_a_run_of_many_partitions_reads_each_by_its_key(settings: Settings) -> None:
    seen: list[dict[str, list[int]]] = []

    @dg.asset(partitions_def=LETTERS, backfill_policy=CHUNKS)
    def next_one(context: dg.AssetExecutionContext, numbered: dict[str, pa.Table]) -> dict[str, pa.Table]:
        seen.append({p: _lines(t) for p, t in numbered.items()})
        return {p: numbered[p] for p in context.partition_keys}

    _run(settings, _numbered(), next_one, partitions=("b.md", "c.md"))
    assert seen == [{"b.md": [1], "c.md": [2]}]
    assert _lines(read_table("next_one", "c.md", settings)) == [2]


@pytest.mark.parametrize("annotation", [dict, dict[str, pa.Table], Mapping[str, pa.Table]])
def test_an_input_annotated_as_a_dict_gets_one_also_of_a_single_partition(settings: Settings, annotation: Any) -> None:
    seen: list[Any] = []

    def next_one(numbered) -> None:
        seen.append(numbered)

    next_one.__annotations__["numbered"] = annotation
    _run(settings, _numbered(), dg.asset(partitions_def=LETTERS)(next_one), partitions=("b.md", "b.md"))
    assert {p: _lines(t) for p, t in seen[0].items()} == {"b.md": [1]}


def test_an_input_annotated_as_a_table_gets_the_table_of_its_one_partition(settings: Settings) -> None:
    seen: list[pa.Table] = []

    @dg.asset(partitions_def=LETTERS)
    def next_one(numbered: pa.Table) -> None:
        seen.append(numbered)

    _run(settings, _numbered(), next_one, partitions=("c.md", "c.md"))
    assert _lines(seen[0]) == [2]


def test_an_input_annotated_as_a_table_says_how_to_read_many_partitions(settings: Settings) -> None:
    @dg.asset(partitions_def=LETTERS, backfill_policy=CHUNKS)
    def next_one(numbered: pa.Table) -> None:
        raise AssertionError("not reached")

    with pytest.raises(TypeError, match=r"annotate the input as dict\[str, pa.Table\]"):
        _run(settings, _numbered(), next_one, partitions=("a.md", "b.md"))


def test_a_partition_that_a_run_leaves_out_keeps_its_table(settings: Settings) -> None:
    _run(settings, _numbered(), partitions=(ALL[0], ALL[-1]))
    _run(settings, _numbered(offset=10, leave_out="b.md"), partitions=(ALL[0], ALL[-1]))
    assert [_lines(read_table("numbered", p, settings)) for p in ALL] == [[10], [1], [12], [13]]


def test_a_fan_in_leaves_out_partitions_that_were_never_materialized(settings: Settings) -> None:
    seen: list[dict[str, pa.Table]] = []

    @dg.asset(ins={"numbered": dg.AssetIn(metadata=FAN_IN)})
    def whole(numbered: dict[str, pa.Table]) -> None:
        seen.append(numbered)

    assets = _numbered(leave_out="b.md"), whole
    _run(settings, *assets, selection=[whole])
    _run(settings, assets[0], partitions=("a.md", "c.md"))
    _run(settings, *assets, selection=[whole])
    assert [sorted(tables) for tables in seen] == [[], ["a.md", "c.md"]]


def test_a_missing_partition_is_named_when_a_step_reads_it(settings: Settings) -> None:
    @dg.asset(partitions_def=LETTERS, backfill_policy=CHUNKS)
    def next_one(numbered: dict[str, pa.Table]) -> None:
        assert sorted(numbered) == ["a.md"]
        _ = numbered["b.md"]

    numbered = _numbered()
    _run(settings, numbered, partitions=("a.md", "a.md"))
    with pytest.raises(FileNotFoundError, match=r"numbered was never materialized for b.md: materialize it first"):
        _run(settings, numbered, next_one, partitions=("a.md", "c.md"), selection=[next_one])


def test_a_missing_table_is_named(settings: Settings) -> None:
    @dg.asset(partitions_def=LETTERS)
    def next_one(numbered: pa.Table) -> None:
        raise AssertionError("not reached")

    with pytest.raises(dg.Failure, match=r"numbered was never materialized for b.md: materialize it first"):
        _run(settings, _numbered(), next_one, partitions=("b.md", "b.md"), selection=[next_one])


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (_rows(1), "return pyarrow.Tables by partition key"),
        ({"a.md": "not a table"}, "return pyarrow.Tables by partition key"),
        ({"other.md": _rows(1)}, "partitions that are not in this run: other.md"),
    ],
)
def test_a_step_of_many_partitions_has_to_return_tables_by_partition(
    settings: Settings, returned: Any, message: str
) -> None:
    @dg.asset(partitions_def=LETTERS, backfill_policy=CHUNKS)
    def wrong() -> Any:
        return returned

    with pytest.raises((TypeError, ValueError), match=message):
        _run(settings, wrong, partitions=("a.md", "b.md"))


def test_a_table_that_no_run_wrote_is_refused(settings: Settings) -> None:
    _run(settings, _numbered(), partitions=("a.md", "b.md"))
    other = table_path(settings, "numbered", "b.md").read_bytes()
    # A whole Parquet file, but of another partition.
    path = table_path(settings, "numbered", "a.md")
    path.unlink()
    path.write_bytes(other)
    with pytest.raises(DamagedArtefactError, match=r"none of the versions .* materialize numbered again for a.md"):
        read_table("numbered", "a.md", settings)
    _run(settings, _numbered(), partitions=("a.md", "b.md"))
    assert _lines(read_table("numbered", "a.md", settings)) == [0]


def test_materializing_again_repairs_a_table_and_its_version_in_history(settings: Settings) -> None:
    _run(settings, _numbered(), partitions=("a.md", "a.md"))
    # In a folder, the version in history is the same file.
    table_path(settings, "numbered", "a.md").write_bytes(b"overwritten")
    with pytest.raises(DamagedArtefactError, match="materialize numbered again"):
        read_table("numbered", "a.md", settings)
    _run(settings, _numbered(), partitions=("a.md", "a.md"))
    assert _lines(read_table("numbered", "a.md", settings)) == [0]


def _model(settings: Settings, weights: str) -> dg.AssetsDefinition:
    @dg.asset
    def model() -> Artefact:
        draft = draft_folder("model", settings)
        (draft / "tokenizer").mkdir()
        (draft / "tokenizer" / "merges [1].txt").write_text("t h")
        (draft / "weights").write_text(weights)
        return Artefact(draft, details={"licence": "Apache-2.0"})

    return model


def test_a_reader_gets_an_artefact_as_a_local_folder(settings: Settings) -> None:
    seen: list[Artefact] = []

    @dg.asset
    def reader(model: Artefact) -> None:
        seen.append(model)

    _run(settings, _model(settings, "1 2 3"), reader)
    assert (seen[0].path / "weights").read_text() == "1 2 3"
    assert (seen[0].path / "tokenizer" / "merges [1].txt").read_text() == "t h"
    assert seen[0] == current_artefact("model", settings)
    assert seen[0].details == {"licence": "Apache-2.0"}


def test_a_damaged_artefact_is_refused_and_materializing_again_repairs_it(settings: Settings, tmp_path: Path) -> None:
    seen: list[str] = []

    @dg.asset
    def reader(model: Artefact) -> None:
        seen.append((model.path / "weights").read_text())

    model = _model(settings, "1 2 3")
    _run(settings, model)
    artefact = current_artefact("model", settings)
    assert artefact is not None
    stored = store_root(settings) / "artefacts" / "model" / artefact.path.name / "weights"
    stored.write_text("3 2 1")
    # Another machine with the same store and an empty cache.
    elsewhere = settings.model_copy(update={"cache": tmp_path / "another machine"})
    with pytest.raises(dg.Failure, match="has changed since it was written: materialize model again"):
        _run(elsewhere, model, reader, selection=[reader])
    _run(settings, model)
    _run(elsewhere, model, reader, selection=[reader])
    assert seen == ["1 2 3"]


def test_a_missing_artefact_says_which_asset_to_materialize(settings: Settings, tmp_path: Path) -> None:
    _run(settings, _model(settings, "1"))
    artefact = current_artefact("model", settings)
    assert artefact is not None
    folder = store_root(settings) / "artefacts" / "model" / artefact.path.name
    folder.fs.rm(folder.path, recursive=True)
    elsewhere = settings.model_copy(update={"cache": tmp_path / "another machine"})
    with pytest.raises(DamagedArtefactError, match="is missing: materialize model again"):
        current_artefact("model", elsewhere)


def test_a_retired_partition_is_gone_but_its_versions_stay(settings: Settings) -> None:
    _run(settings, _numbered(), partitions=("a.md", "b.md"))
    retire_partition(settings, "numbered", "a.md")
    retire_partition(settings, "numbered", "never was.md")
    assert read_table("numbered", "a.md", settings) is None
    assert _lines(read_table("numbered", "b.md", settings)) == [1]
    assert len(list((store_root(settings) / "history" / "numbered" / "a.md").iterdir())) == 1


def test_stored_tables_and_artefacts_are_found(settings: Settings) -> None:
    before = StoredAssets(settings)
    assert not before.holds("numbered", "a.md")
    assert not before.holds("model")
    _run(settings, _numbered(), partitions=("a.md", "a.md"))
    _run(settings, _model(settings, "1"))
    assert not before.holds("numbered", "a.md"), "a snapshot"
    after = StoredAssets(settings)
    assert [after.holds("numbered", p) for p in ("a.md", "b.md", None)] == [True, False, False]
    assert after.holds("model")


def test_nothing_partial_is_left_after_publishing(settings: Settings) -> None:
    _run(settings, _numbered(), partitions=("a.md", "b.md"))
    for _ in range(2):
        _run(settings, _model(settings, "1"))
    assert list(settings.home.rglob("*.partial")) == []


def test_two_thousand_partitions_are_read_in_seconds(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    many = dg.StaticPartitionsDefinition([f"seed-{i:04}.md" for i in range(2000)])
    keys = many.get_partition_keys()

    parts = dg.AssetSpec("parts", partitions_def=many)
    publish_tables(settings, "parts", {p: _rows(i) for i, p in enumerate(keys)})

    @dg.asset(ins={"parts": dg.AssetIn(metadata=FAN_IN)})
    def whole(parts: dict[str, pa.Table]) -> pa.Table:
        return pa.concat_tables(parts.values())

    started = time.monotonic()
    _run(settings, parts, whole, selection=[whole])
    seconds = time.monotonic() - started
    assert sorted(_lines(read_table("whole", settings=settings))) == list(range(2000))
    assert seconds < 20, f"{seconds:.1f} s"


def _materializations(result: dg.ExecuteInProcessResult) -> list[Any]:
    return [e.step_materialization_data for e in result.get_asset_materialization_events()]

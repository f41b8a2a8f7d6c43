"""A store in a bucket: what machines without a shared disk see of each other, and errors that name the setting."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import s3fs

from canopy_assets.records import Skipped
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder, publish_artefact
from canopy_assets.storage.backend import StoreError
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables, read_table, table_path


def _machine(path: Path, store: str) -> Settings:
    settings = Settings(home=path / "home", store=store, sample_seeds=False)
    prepare_home(settings)
    return settings


def _publish_model(settings: Settings, weights: str) -> None:
    draft = draft_folder("model", settings)
    (draft / "weights").write_text(weights)
    publish_artefact(settings, "model", Artefact(draft, details={"weights": weights}))


def _weights(settings: Settings) -> str:
    artefact = current_artefact("model", settings, check=True)
    assert artefact is not None
    text = (artefact.path / "weights").read_text()
    assert artefact.details == {"weights": text}
    return text


def test_another_machine_sees_what_was_published_at_once(bucket: str, tmp_path: Path) -> None:
    here, there = _machine(tmp_path / "here", bucket), _machine(tmp_path / "there", bucket)
    for number in (1, 2):
        publish_tables(here, "part", {"a.md": to_table([Skipped(number, "")], Skipped)})
        _publish_model(here, str(number))
        table = read_table("part", "a.md", there)
        assert table is not None
        assert table.column("line").to_pylist() == [number]
        assert _weights(there) == str(number)


def test_no_table_or_artefact_is_in_the_home(bucket: str, tmp_path: Path) -> None:
    here = _machine(tmp_path, bucket)
    publish_tables(here, "part", {"a.md": to_table([Skipped(1, "")], Skipped)})
    _publish_model(here, "1")
    assert sorted(p.name for p in here.home.iterdir()) == ["cache", "dagster", "inbox"]
    assert str(table_path(here, "part", "a.md")) == f"{bucket}/tables/part/a.md.parquet"


def test_an_artefact_is_downloaded_once(bucket: str, tmp_path: Path) -> None:
    here, there = _machine(tmp_path / "here", bucket), _machine(tmp_path / "there", bucket)
    _publish_model(here, "1")
    first = current_artefact("model", there)
    assert first is not None
    (file,) = s3fs.S3FileSystem().find(f"{bucket}/artefacts/model/{first.path.name}")
    s3fs.S3FileSystem().rm(file)
    assert _weights(there) == "1"
    assert first.path == there.cache_dir / "artefacts" / first.digest[:16]


def test_the_publisher_of_an_artefact_need_not_download_it(bucket: str, tmp_path: Path) -> None:
    here = _machine(tmp_path, bucket)
    _publish_model(here, "1")
    s3fs.S3FileSystem().rm(s3fs.S3FileSystem().glob(f"{bucket}/artefacts/model/*/weights"))
    assert _weights(here) == "1"


def test_a_damaged_artefact_in_the_cache_is_downloaded_again(bucket: str, tmp_path: Path) -> None:
    here = _machine(tmp_path, bucket)
    _publish_model(here, "1")
    artefact = current_artefact("model", here)
    assert artefact is not None
    (artefact.path / "weights").write_text("2")
    assert _weights(here) == "1"


def test_processes_that_download_the_same_artefact_all_get_it_whole(bucket: str, tmp_path: Path) -> None:
    here = _machine(tmp_path / "here", bucket)
    _publish_model(here, "1 2 3")
    script = textwrap.dedent("""
        from canopy_assets.storage.artefacts import current_artefact
        from canopy_assets.settings import get_settings
        artefact = current_artefact("model", get_settings(), check=True)
        print((artefact.path / "weights").read_text())
    """)
    there = tmp_path / "there"
    env = os.environ | {"CANOPY_HOME": str(there), "CANOPY_STORE": bucket, "PYTHONPATH": str(Path.cwd())}
    readers = [
        subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [reader.communicate(timeout=120)[0].strip() for reader in readers] == ["1 2 3"] * 4
    assert [p.name for p in (there / "cache" / "artefacts").iterdir() if p.name != ".writing"] == [
        p.name for p in (here.cache_dir / "artefacts").iterdir() if p.name != ".writing"
    ]
    assert list((there / "cache" / "artefacts" / ".writing").iterdir()) == []


def test_publishing_an_artefact_again_removes_files_that_do_not_belong_to_it(bucket: str, tmp_path: Path) -> None:
    here = _machine(tmp_path / "here", bucket)
    _publish_model(here, "1")
    artefact = current_artefact("model", here)
    assert artefact is not None
    s3fs.S3FileSystem().pipe_file(f"{bucket}/artefacts/model/{artefact.path.name}/stray", b"?")
    _publish_model(here, "1")
    assert _weights(_machine(tmp_path / "there", bucket)) == "1"


def test_a_bucket_that_does_not_exist_is_named(bucket: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"CANOPY_STORE={bucket}-not can't be used .*check that the bucket exists"):
        _machine(tmp_path, f"{bucket}-not")


def test_a_server_that_does_not_answer_is_named(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(StoreError, match=r"CANOPY_STORE=.*AWS_ENDPOINT_URL"):
        _machine(tmp_path, bucket)


def test_an_unknown_kind_of_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"CANOPY_STORE=nonsense://x: .*write a folder, or s3://bucket/prefix"):
        _machine(tmp_path, "nonsense://x")


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        sys.modules["s3fs"] = None  # as if it weren't installed
        from canopy_assets.app.cli import app
        app(["status"])
    """)
    env = os.environ | {"CANOPY_HOME": str(tmp_path), "CANOPY_STORE": "s3://x/y", "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "pip install -e '.[s3]'" in ended.stderr
    assert "Traceback" not in ended.stderr

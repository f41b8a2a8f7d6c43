"""The inbox: which files `scan` finds, which keys they get, and how `add` copies."""

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.seeds import inbox

SAFE_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*")


def _write(path: Path, content: str | bytes = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _scan(folder: Path, **options) -> dict[str, inbox.SeedFile]:
    return {file.name: file for file in inbox.scan([folder], **options)}


def test_every_file_is_found_with_its_name_as_key(tmp_path):
    _write(tmp_path / "algebra.md", "a")
    _write(tmp_path / "algebra.pdf", "b")
    _write(tmp_path / "week 1" / "sheet.md", "c")
    files = inbox.scan([tmp_path])
    assert [f.name for f in files] == ["algebra.md", "algebra.pdf", "week 1/sheet.md"]
    assert [f.key for f in files][:2] == ["algebra.md", "algebra.pdf"]
    assert all(f.problem is None and f.size_bytes == 1 and len(f.digest) == 64 for f in files)


def test_partial_and_hidden_files_are_ignored(tmp_path):
    for name in [".hidden.md", "a.md.tmp", "a.md.part", "~$sheet.docx", "draft.md~", ".git/config.md", "..hidden..md"]:
        _write(tmp_path / name)
    os.mkfifo(tmp_path / "pipe.md")
    assert inbox.scan([tmp_path, tmp_path / "missing"]) == []


@pytest.mark.parametrize("name", ["Übung 3.pdf", "???.md", "a b.md", "x\n.md", "noextension", "a" * 240 + ".md"])
def test_keys_are_safe_whatever_the_name(tmp_path, name):
    (file,) = inbox.scan([_write(tmp_path / "in" / name).parent])
    assert SAFE_KEY.fullmatch(file.key)
    assert ".." not in file.key
    assert len(file.key) <= inbox.KEY_LENGTH
    file.name.encode("utf-8")


def test_names_that_slug_alike_get_different_keys(tmp_path):
    for i, name in enumerate(["a b.md", "a-b.md", "A-B.md", "a?b.md", "sub/a-b.md", "sub2/a-b.md"]):
        _write(tmp_path / name, str(i))
    keys = [f.key for f in inbox.scan([tmp_path])]
    assert len(set(keys)) == len(keys)
    assert _scan(tmp_path)["a-b.md"].key == "a-b.md"


def test_a_key_does_not_change_when_another_file_arrives(tmp_path):
    _write(tmp_path / "b" / "sheet.md", "1")
    _write(tmp_path / "z y.md", "2")
    before = {f.name: f.key for f in inbox.scan([tmp_path])}
    _write(tmp_path / "a" / "sheet.md", "3")
    _write(tmp_path / "sheet.md", "4")
    _write(tmp_path / "z-y.md", "5")
    after = {f.name: f.key for f in inbox.scan([tmp_path])}
    assert {name: after[name] for name in before} == before


def test_the_same_name_in_two_folders_gives_two_seeds(tmp_path):
    _write(tmp_path / "samples" / "a.md", "1")
    _write(tmp_path / "inbox" / "a.md", "2")
    first, second = inbox.scan([tmp_path / "samples", tmp_path / "inbox"])
    assert first.key == "a.md"
    assert second.key != "a.md"


@settings(max_examples=60)
@given(
    st.lists(
        st.binary(min_size=1, max_size=40).filter(
            lambda b: b"/" not in b and b"\0" not in b and b not in (b".", b"..")
        ),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_any_file_names_give_unique_safe_keys(names):
    with tempfile.TemporaryDirectory() as folder:
        for i, name in enumerate(names):
            Path(folder, os.fsdecode(name)).write_text(str(i))
        files = inbox.scan([Path(folder)])
    assert len({f.key for f in files}) == len(files)
    assert all(SAFE_KEY.fullmatch(f.key) and ".." not in f.key for f in files)


def test_a_copy_of_a_file_is_named_as_duplicate(tmp_path):
    _write(tmp_path / "a.md", "same")
    _write(tmp_path / "b.md", "same")
    files = _scan(tmp_path)
    assert files["a.md"].problem is None
    assert "duplicate of a.md" in (files["b.md"].problem or "")


def test_empty_files_are_not_called_duplicates(tmp_path):
    _write(tmp_path / "a.md", "")
    _write(tmp_path / "b.md", "")
    assert [f.problem for f in inbox.scan([tmp_path])] == [None, None]


def test_an_oversized_file_names_the_setting_and_is_not_read(tmp_path):
    path = tmp_path / "big.md"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)  # a sparse terabyte: reading it would not end
    problem = _scan(tmp_path)["big.md"].problem
    assert "CANOPY_MAX_SEED_MB" in (problem or "")
    assert "20 MB" in (problem or "")


def test_links_out_of_the_inbox_are_refused(tmp_path):
    outside = _write(tmp_path / "secret.md", "secret")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.md").symlink_to(outside)
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "gone.md").symlink_to(folder / "nothing.md")
    files = _scan(folder)
    assert "out of the inbox" in (files["link.md"].problem or "")
    assert "out of the inbox" in (files["up"].problem or "")
    assert "leads nowhere" in (files["loop.md"].problem or "")
    assert "leads nowhere" in (files["gone.md"].problem or "")
    assert "secret.md" not in files


def test_a_link_inside_the_inbox_is_a_duplicate_not_a_danger(tmp_path):
    _write(tmp_path / "a.md", "1")
    (tmp_path / "b.md").symlink_to(tmp_path / "a.md")
    assert "duplicate of a.md" in (_scan(tmp_path)["b.md"].problem or "")


@pytest.mark.parametrize("name", ["a..b.md", "new\nline.md", "back\\slash.md", b"latin-\xe9.md", "rtl\u202egpj.md"])
def test_odd_file_names_are_quarantined_with_the_fix(tmp_path, name):
    _write(tmp_path / os.fsdecode(name))
    _write(tmp_path / "good.md", "good")
    (problem,) = (f.problem for f in inbox.scan([tmp_path]) if f.name != "good.md")
    assert "rename the file" in (problem or "")
    assert _scan(tmp_path)["good.md"].problem is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_a_file_without_read_permission_is_reported():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        _write(Path(folder) / "a.md").chmod(0o000)
        os.seteuid(65534)
        try:
            files = inbox.scan([Path(folder)])
        finally:
            os.seteuid(0)
    assert "grant read permission" in (files[0].problem or "")


def test_add_copies_and_reports_what_it_did(tmp_path):
    source, folder, said = _write(tmp_path / "a.md", "one"), tmp_path / "inbox", []
    (target,) = inbox.add([source], folder, report=said.append)
    inbox.add([source], folder, report=said.append)
    _write(source, "two")
    inbox.add([source], folder, report=said.append)
    assert target == folder / "a.md"
    assert target.read_text() == "two"
    assert [line.split(": ")[1] for line in said] == ["added", "unchanged", "replaced"]
    assert sorted(p.name for p in folder.iterdir()) == ["a.md"]


def test_add_gives_an_odd_name_a_safe_one_that_scan_accepts(tmp_path):
    for name in ["a..b.md", "x\ny.md", ".dot.md"]:
        inbox.add([_write(tmp_path / "from" / name, name)], tmp_path / "in")
    files = inbox.scan([tmp_path / "in"])
    assert len(files) == 3
    assert [f.problem for f in files] == [None, None, None]


def test_add_refuses_what_is_not_a_file_before_it_copies_anything(tmp_path):
    good = _write(tmp_path / "a.md")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    for bad, error in [("none.md", FileNotFoundError), (".", IsADirectoryError), ("loop.md", OSError)]:
        with pytest.raises(error, match=re.escape(str(tmp_path / bad))):
            inbox.add([good, tmp_path / bad], tmp_path / "in")
    assert not (tmp_path / "in").exists()


def test_a_version_follows_content_and_problem(tmp_path):
    _write(tmp_path / "a.md", "one")
    _write(tmp_path / "b.md", "two")
    before = _scan(tmp_path)["b.md"]
    assert inbox.version(before) == inbox.version(_scan(tmp_path)["b.md"])
    _write(tmp_path / "b.md", "one")
    after = _scan(tmp_path)
    assert "duplicate of a.md" in (after["b.md"].problem or "")
    assert inbox.version(after["b.md"]) not in (inbox.version(before), inbox.version(after["a.md"]))

"""The registry of seeds: what a look at the inbox changes in it, on a disk and in a bucket, and what steps read."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from upath import UPath

from canopy_assets.seeds import inbox
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import Settings

_opened: list[str] = []


def _note_opened(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], str):
        _opened.append(arguments[0])


@dataclass
class Watch:
    """An inbox with a clock that the test sets. Files get its time as the time of their last write."""

    home: Path
    folder: Path
    settle: float = 10.0
    now: float = 1_900_000_000.0
    options: dict = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.home, seeds=str(self.folder), sample_seeds=False, settle_seconds=self.settle, **self.options
        )

    def put(self, name: str, content: str, *, at: float | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        when = self.now if at is None else at
        os.utime(path, (when, when))
        return path

    def look(self, *, after: float = 60.0, **options) -> inbox.Changes:
        self.now += after
        return inbox.refresh(self.settings, now=self.now, **options)

    def versions(self) -> dict[str, str]:
        return {key: inbox.version(file) for key, file in inbox.registered(self.settings).items()}


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    (tmp_path / "in").mkdir()
    return Watch(tmp_path / "home", tmp_path / "in")


def test_a_look_reports_new_changed_and_removed_files(watch):
    watch.put("a.md", "a")
    watch.put("b.md", "b")
    first = watch.look()
    assert (first.new, first.changed, first.removed) == (("a.md", "b.md"), (), ())
    watch.put("a.md", "A")
    watch.put("c.md", "c")
    (watch.folder / "b.md").unlink()
    second = watch.look()
    assert (second.new, second.changed, second.removed) == (("c.md",), ("a.md",), ("b.md",))
    third = watch.look()
    assert (third.new, third.changed, third.removed, third.renamed) == ((), (), (), ())
    assert set(watch.versions()) == {"a.md", "c.md"}


def test_an_unchanged_file_is_not_opened_again_and_a_touched_one_has_not_changed(watch):
    path = watch.put("a.md", "a")
    watch.look()
    sys.addaudithook(_note_opened)
    _opened.clear()
    watch.look()
    assert str(path) not in _opened
    os.utime(path, (watch.now, watch.now))
    assert watch.look().changed == ()
    assert str(path) in _opened


def test_a_file_whose_date_was_set_back_after_a_change_has_changed(watch):
    path = watch.put("a.md", "abc")
    watch.look()
    status = path.stat()
    path.write_text("xyz")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert watch.look().changed == ()
    assert watch.look().changed == ("a.md",)
    assert reader.read(inbox.registered(watch.settings).find("a.md")).text.strip() == "xyz"


def test_a_file_is_registered_once_it_has_not_changed_for_the_settle_time(watch):
    watch.look()
    watch.put("a.md", "half")
    early = watch.look(after=4)
    assert (early.new, early.unsettled, early.settled_in) == ((), ("a.md",), pytest.approx(6))
    watch.put("a.md", "half and a quarter")
    assert watch.look(after=9).new == ()
    assert watch.look(after=1).new == ("a.md",)


def test_a_registered_file_that_is_being_rewritten_keeps_its_version_and_is_not_read(watch):
    watch.put("a.md", "Solve 2x = 6")
    watch.look()
    before = watch.versions()
    watch.put("a.md", "Solve 2x =")
    found = watch.look(after=1)
    assert (found.changed, found.unsettled) == ((), ("a.md",))
    assert watch.versions() == before
    with pytest.raises(inbox.SeedChangedError, match="the next look at the inbox registers"):
        reader.read(inbox.registered(watch.settings).find("a.md"))
    assert watch.look().changed == ("a.md",)
    assert reader.read(inbox.registered(watch.settings).find("a.md")).state == "read"


@pytest.mark.parametrize("wrong_by", [-3600.0, 3600.0])
def test_with_a_wrong_clock_a_file_settles_by_what_was_seen_of_it(watch, wrong_by):
    watch.look()
    for part in range(3):
        watch.put("a.md", "x" * part, at=watch.now + wrong_by)
        assert watch.look(after=8).unsettled == ("a.md",)
    assert watch.look(after=9).unsettled == ("a.md",)
    assert watch.look(after=1).new == ("a.md",)


def test_a_file_known_to_be_whole_is_registered_at_once(watch):
    watch.look()
    path = watch.put("a.md", "whole")
    watch.put("b.md", "half")
    found = watch.look(after=0, complete=[path])
    assert (found.new, found.unsettled) == (("a.md",), ("b.md",))


def test_a_renamed_file_is_not_a_new_seed(watch):
    watch.put("a.md", "Solve 2x = 6")
    watch.put("b.md", "Solve 3x = 6")
    watch.look()
    before = watch.versions()
    (watch.folder / "week 1").mkdir()
    (watch.folder / "a.md").rename(watch.folder / "week 1" / "first sheet.md")
    found = watch.look(after=1)
    assert (found.new, found.changed, found.removed, found.renamed) == ((), (), (), ("a.md",))
    assert watch.versions() == before
    seed = inbox.registered(watch.settings).find("a.md")
    assert seed.name == "week 1/first sheet.md"
    assert reader.read(seed).state == "read"


def test_a_file_renamed_by_copying_and_removing_is_not_a_new_seed(watch):
    watch.put("a.md", "Solve 2x = 6")
    watch.look()
    before = watch.versions()
    watch.put("b.md", "Solve 2x = 6")
    (watch.folder / "a.md").unlink()
    unsettled = watch.look(after=1)
    assert (unsettled.removed, unsettled.unsettled) == ((), ("b.md",))
    assert watch.look().renamed == ("a.md",)
    assert watch.versions() == before


def test_the_old_name_of_a_renamed_file_is_free_for_another_seed(watch):
    watch.put("a.md", "one")
    watch.look()
    (watch.folder / "a.md").rename(watch.folder / "b.md")
    watch.look()
    watch.put("a.md", "two")
    (new,) = watch.look().new
    names = {key: file.name for key, file in inbox.registered(watch.settings).items()}
    assert names == {"a.md": "b.md", new: "a.md"}


def test_with_another_extension_the_same_content_is_another_seed(watch):
    watch.put("a.txt", "Solve 2x = 6")
    watch.look()
    (watch.folder / "a.txt").rename(watch.folder / "a.html")
    found = watch.look()
    assert (found.new, found.removed) == (("a.html",), ("a.txt",))


def test_the_copy_that_came_later_is_the_duplicate_whatever_its_name(watch):
    watch.put("b.md", "same")
    watch.look()
    watch.put("a.md", "same")
    found = watch.look()
    assert (found.new, found.changed) == (("a.md",), ())
    assert "duplicate of b.md" in (found.registry["a.md"].problem or "")


def test_when_the_original_is_removed_its_copy_takes_its_place(watch):
    watch.put("a.md", "same")
    watch.put("copy.md", "same")
    watch.look()
    before = watch.versions()
    (watch.folder / "a.md").unlink()
    found = watch.look()
    assert (found.changed, found.removed, found.renamed) == ((), ("copy.md",), ("a.md",))
    assert watch.versions() == {"a.md": before["a.md"]}
    assert found.registry["a.md"].name == "copy.md"


def test_when_the_original_changes_its_copy_is_read_under_its_own_key(watch):
    watch.put("a.md", "same")
    watch.put("copy.md", "same")
    watch.look()
    watch.put("a.md", "other")
    found = watch.look()
    assert found.changed == ("a.md", "copy.md")
    assert [file.problem for file in found.registry.values()] == [None, None]


def test_a_budget_spreads_a_long_look_over_several(watch):
    for i in range(4):
        watch.put(f"{i}.md", str(i))
    unread = []
    for _ in range(5):
        found = watch.look(budget_s=0.0)
        unread.append(found.unread)
    assert unread == [3, 2, 1, 0, 0]
    assert len(watch.versions()) == 4


def test_an_inbox_that_does_not_exist_removes_nothing(watch):
    watch.put("a.md", "a")
    watch.look()
    away = watch.folder.with_name("unmounted")
    watch.folder.rename(away)
    with pytest.raises(inbox.InboxUnavailableError, match="1 of its seeds are registered: mount it again"):
        watch.look()
    # An unmounted share leaves an empty folder: another one than the folder with the files.
    watch.folder.mkdir()
    with pytest.raises(inbox.InboxUnavailableError, match="is not the folder that held the 1 registered seeds"):
        watch.look()
    assert set(watch.versions()) == {"a.md"}
    watch.folder.rmdir()
    away.rename(watch.folder)
    assert watch.look().removed == ()


def test_an_inbox_that_was_emptied_has_no_seeds(watch):
    watch.put("a.md", "a")
    watch.look()
    (watch.folder / "a.md").unlink()
    assert watch.look().removed == ("a.md",)
    assert watch.versions() == {}


def test_an_inbox_that_was_never_there_is_empty(watch):
    watch.folder.rmdir()
    assert len(watch.look().registry) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_what_cannot_be_read_for_now_stays_registered():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        watch = Watch(Path(folder) / "home", Path(folder) / "in")
        watch.put("a.md", "a")
        watch.put("closed/b.md", "b")
        os.seteuid(65534)
        try:
            watch.look()
            before = watch.versions()
            os.seteuid(0)
            (watch.folder / "closed").chmod(0o000)
            os.seteuid(65534)
            found = watch.look()
        finally:
            os.seteuid(0)
        assert len(before) == 2
        assert found.removed == ()
        assert found.remarks == ("closed/ cannot be read",)
        assert watch.versions() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_a_file_that_becomes_readable_becomes_good():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        watch = Watch(Path(folder) / "home", Path(folder) / "in")
        path = watch.put("a.md", "a")
        path.chmod(0o000)
        os.seteuid(65534)
        try:
            refused = watch.look()
            os.seteuid(0)
            path.chmod(0o644)
            os.seteuid(65534)
            watch.look()
            granted = watch.look()
        finally:
            os.seteuid(0)
        assert "grant read permission" in (refused.registry["a.md"].problem or "")
        assert granted.registry["a.md"].problem is None


def test_a_larger_limit_makes_a_file_good_that_was_too_large(watch):
    watch.put("a.md", "x" * 3000)
    watch.options = {"max_seed_mb": 0.002}
    assert "CANOPY_MAX_SEED_MB" in (watch.look().registry["a.md"].problem or "")
    watch.options = {}
    found = watch.look()
    assert found.changed == ("a.md",)
    assert found.registry["a.md"].problem is None


def test_an_inbox_that_moved_keeps_its_seeds(watch, tmp_path):
    watch.put("a.md", "a")
    watch.put("sub/b.md", "b")
    watch.look()
    before = watch.versions()
    shutil.copytree(watch.folder, tmp_path / "elsewhere")
    watch.folder = tmp_path / "elsewhere"
    watch.look()
    found = watch.look()
    assert (found.new, found.changed, found.removed) == ((), (), ())
    assert watch.versions() == before
    assert inbox.registered(watch.settings).find("a.md").path == tmp_path / "elsewhere" / "a.md"


def test_the_error_for_an_unknown_key_says_where_to_look(watch):
    with pytest.raises(FileNotFoundError, match=r"no seed file has the key 'c\.md'"):
        inbox.registered(watch.settings).find("c.md")


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 2}', '{"format": 1, "seeds": {"a": [1]}}'])
def test_the_error_for_a_damaged_registry_names_the_file_and_the_fix(watch, content):
    watch.put("a.md", "a")
    watch.look()
    path = inbox.registry_path(watch.settings)
    path.write_text(content)
    with pytest.raises(inbox.RegistryError, match=rf"{path} cannot be used .*: remove it"):
        watch.look()
    path.unlink()
    assert watch.look().new == ("a.md",)


def test_odd_names_are_the_same_after_they_were_saved(watch):
    for name in [b"latin-\xe9.md", b"new\nline.md", "Übung 3.md".encode()]:
        watch.put(os.fsdecode(name), name.hex())
    first = watch.look()
    assert len(first.new) == 3
    again = watch.look()
    assert (again.new, again.changed, again.removed) == ((), (), ())


@pytest.fixture
def s3(bucket: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", seeds=f"{bucket}/inbox", store=bucket, sample_seeds=False, settle_seconds=0.0
    )


def _object(settings: Settings, name: str) -> UPath:
    return UPath(f"{settings.seeds}/{name}", use_listings_cache=False)


def _versions(settings: Settings) -> dict[str, str]:
    return {key: inbox.version(file) for key, file in inbox.registered(settings).items()}


def test_a_look_at_a_bucket_reports_new_changed_and_removed_files(s3):
    for name, content in {"a.md": "Solve 2x = 6", "week 1/b?#.md": "b", "c.md": "", ".hidden.md": "x"}.items():
        _object(s3, name).write_text(content)
    first = inbox.refresh(s3, now=1e9)
    assert [file.name for file in first.registry.values()] == ["a.md", "c.md", "week 1/b?#.md"]
    assert reader.read(first.registry["a.md"]).text.strip() == "Solve 2x = 6"
    assert "empty" in (reader.read(first.registry["c.md"]).reason or "")
    assert inbox.refresh(s3, now=1e9 + 60).changed == ()
    _object(s3, "a.md").write_text("Solve 2x = 8")
    _object(s3, "d.md").write_text("d")
    _object(s3, "week 1/b?#.md").unlink()
    for key, said in {first.new[0]: "changed since", first.new[2]: "was removed since"}.items():
        with pytest.raises(inbox.SeedChangedError, match=said):
            reader.read(inbox.registered(s3).find(key))
    second = inbox.refresh(s3, now=1e9 + 120)
    assert (second.new, second.changed, second.removed) == (("d.md",), ("a.md",), first.new[2:])


def test_an_object_renamed_by_copying_and_deleting_is_not_a_new_seed(s3):
    _object(s3, "a.md").write_text("a")
    inbox.refresh(s3, now=1e9)
    before = _versions(s3)
    _object(s3, "b.md").write_text("a")
    assert "duplicate of a.md" in (inbox.refresh(s3, now=1e9 + 60).registry["b.md"].problem or "")
    _object(s3, "a.md").unlink()
    found = inbox.refresh(s3, now=1e9 + 120)
    assert (found.removed, found.renamed) == (("b.md",), ("a.md",))
    assert _versions(s3) == before
    _object(s3, "c.md").write_text("a")
    _object(s3, "b.md").unlink()
    assert inbox.refresh(s3, now=1e9 + 180).renamed == ("a.md",)
    assert _versions(s3) == before


def test_the_registry_in_a_bucket_is_read_on_another_machine(s3, tmp_path):
    _object(s3, "a.md").write_text("Solve 2x = 6")
    inbox.refresh(s3, now=1e9)
    elsewhere = Settings(home=tmp_path / "other", seeds=s3.seeds, store=s3.store, sample_seeds=False)
    assert reader.read(inbox.registered(elsewhere).find("a.md")).state == "read"


def test_a_bucket_that_does_not_exist_removes_nothing(s3):
    _object(s3, "a.md").write_text("a")
    inbox.refresh(s3, now=1e9)
    wrong = s3.model_copy(update={"seeds": "s3://no-such-bucket/inbox"})
    with pytest.raises(inbox.InboxUnavailableError, match=r"no-such-bucket/inbox cannot be reached .*AWS_ENDPOINT_URL"):
        inbox.refresh(wrong, now=1e9 + 60)
    mistyped = s3.model_copy(update={"seeds": f"{s3.store}/inbx"})
    with pytest.raises(inbox.InboxUnavailableError, match="is not the folder that held the 1 registered seeds"):
        inbox.refresh(mistyped, now=1e9 + 60)
    assert set(_versions(s3)) == {"a.md"}


def test_files_are_added_to_a_bucket(s3, tmp_path):
    source, said = tmp_path / "a.md", []
    for content in ("one", "one", "two"):
        source.write_text(content)
        (target,) = inbox.add([source], s3.inbox, report=said.append)
    assert target.read_bytes() == b"two"
    assert [line.split(": ")[1] for line in said] == ["added", "unchanged", "replaced"]
    assert inbox.refresh(s3, now=1e9, complete=[target]).new == ("a.md",)


def test_a_look_at_an_unchanged_bucket_is_one_request(s3, caplog):
    for i in range(5):
        _object(s3, f"{i}.md").write_text(str(i))
    inbox.refresh(s3, now=1e9)
    caplog.clear()
    with caplog.at_level("INFO", logger="werkzeug"):
        assert len(inbox.refresh(s3, now=1e9 + 60).registry) == 5
    asked = [r.getMessage() for r in caplog.records if r.name == "werkzeug" and "inbox" in r.getMessage()]
    assert len(asked) == 1
    assert "list-type=2" in asked[0]


def test_a_bucket_that_cannot_be_reached_removes_nothing(s3, monkeypatch, tmp_path):
    import s3fs

    here = s3.model_copy(update={"store": str(tmp_path / "store")})
    _object(s3, "a.md").write_text("a")
    inbox.refresh(here, now=1e9)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(inbox.InboxUnavailableError, match=r"cannot be reached \(Could not connect"):
        inbox.refresh(here, now=1e9 + 60)
    assert set(_versions(here)) == {"a.md"}

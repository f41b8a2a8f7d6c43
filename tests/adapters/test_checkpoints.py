"""A checkpoint is complete or does not count."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from canopy_assets.adapters.training.checkpoints import FACTS, MANIFEST, TENSORS, CheckpointError, Checkpoints


@pytest.fixture
def store(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path, "digest")


def save(store: Checkpoints, step: int) -> Path:
    import torch

    return store.save(step, {"weights/a": torch.full((3,), float(step))}, {"loss": 0.1 * step})


def test_the_newest_comes_back_exactly(store: Checkpoints) -> None:
    assert store.newest() is None
    save(store, 9)
    save(store, 10)
    newest = store.newest()
    assert newest is not None
    assert (newest.step, newest.facts, newest.tensors["weights/a"].tolist()) == (10, {"loss": 1.0}, [10.0] * 3)


@pytest.mark.parametrize("name", [TENSORS, FACTS, MANIFEST])
@pytest.mark.parametrize("damage", ["missing", "truncated", "other bytes"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(store: Checkpoints, name: str, damage: str) -> None:
    save(store, 1)
    file = save(store, 2) / name
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(content[:-1] if damage == "truncated" else content[:-3] + b"\x00\x01\x02")
    newest = store.newest()
    assert newest is not None
    assert newest.step == 1
    save(store, 2)  # training reaches this step again
    assert (store.newest() or newest).step == 2


def test_an_unfinished_draft_is_no_checkpoint(store: Checkpoints) -> None:
    (save(store, 1)).rename(store.folder / "draft-0123")
    assert store.newest() is None


def test_old_checkpoints_are_removed_and_all_of_them_once_published(store: Checkpoints) -> None:
    for step in range(1, 6):
        save(store, step)
    assert sorted(p.name for p in store.folder.iterdir()) == ["step-00000004", "step-00000005"]
    store.discard()
    assert not store.folder.exists()


def test_a_full_disk_is_reported_and_the_last_good_checkpoint_stays(store: Checkpoints) -> None:
    save(store, 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))  # no file may grow beyond 16 bytes
    try:
        with pytest.raises(CheckpointError, match="step 2"):
            save(store, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    newest = store.newest()
    assert newest is not None
    assert newest.step == 1
    assert [p.name for p in store.folder.iterdir()] == ["step-00000001"]

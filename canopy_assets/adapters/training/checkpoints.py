"""Checkpoints that are complete or do not exist.

A checkpoint is a directory such as `step-00000120` with tensors (safetensors), facts (JSON) and, written last,
`MANIFEST.json` with every file's digest. It is written under another name and renamed. A resumed training takes the
newest checkpoint whose files match its manifest. So a process killed at any moment loses at most the time since the
last checkpoint. Nothing is flushed to the disk. If a power cut damages a file, its digest shows that, and the previous
checkpoint is used.

The folder's name depends on what is trained (data, base, configuration). So a training with a changed configuration
finds no checkpoint and starts from the beginning.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.storage.files import file_digest

MANIFEST = "MANIFEST.json"
TENSORS = "state.safetensors"
FACTS = "state.json"


class CheckpointError(RuntimeError):
    """A checkpoint cannot be written; earlier ones are unchanged."""


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint: tensors by name (on the CPU) and JSON facts after `step` optimizer steps."""

    step: int
    tensors: dict[str, Any]
    facts: dict[str, Any]


class Checkpoints:
    """The checkpoints of one training, in `root`/`name`."""

    def __init__(self, root: Path, name: str, *, keep: int = 2) -> None:
        """Name the folder. Nothing is written before `save`.

        Args:
            root: the folder of all trainings' checkpoints.
            name: digest of everything that decides the result.
            keep: how many of the newest checkpoints to keep. Two by default, in case the newest is damaged later.
        """
        self.folder, self._keep = root / name, keep

    def save(self, step: int, tensors: Mapping[str, Any], facts: Mapping[str, Any]) -> Path:
        """Write the state after `step` steps, then remove the oldest checkpoints.

        Raises:
            CheckpointError: the disk is full or not writable.
        """
        from safetensors.torch import save_file

        final, draft = self.folder / f"step-{step:08d}", self.folder / f"draft-{uuid.uuid4().hex}"
        try:
            draft.mkdir(parents=True)
            save_file({name: t.detach().contiguous() for name, t in tensors.items()}, draft / TENSORS)
            (draft / FACTS).write_text(json.dumps(facts))
            digests = {name: file_digest(draft / name) for name in (TENSORS, FACTS)}
            (draft / MANIFEST).write_text(json.dumps({"step": step, "files": digests}))
            if final.exists():  # it is damaged; otherwise training would have resumed from it
                shutil.rmtree(final)
            draft.rename(final)
        except Exception as error:  # safetensors reports a full disk with its own exception
            shutil.rmtree(draft, ignore_errors=True)
            raise CheckpointError(
                f"could not write the checkpoint of step {step} to {self.folder}: {error}. "
                "Free disk space or give write permission, then run again: training resumes from the last good one."
            ) from error
        for old in self._steps()[self._keep :]:
            shutil.rmtree(old, ignore_errors=True)
        return final

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint whose files match its manifest; None if there is none."""
        from safetensors.torch import load_file

        for path in self._steps():
            if verifies(path):
                facts = json.loads((path / FACTS).read_text())
                return Checkpoint(int(path.name.removeprefix("step-")), load_file(path / TENSORS), facts)
        return None

    def discard(self) -> None:
        """Remove all of this training's checkpoints: call it once the adapter is published."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _steps(self) -> list[Path]:
        """The checkpoint directories, newest first."""
        if not self.folder.is_dir():
            return []
        return sorted((p for p in self.folder.iterdir() if re.fullmatch(r"step-\d{8}", p.name)), reverse=True)


def verifies(path: Path) -> bool:
    """Whether a checkpoint directory has a manifest, and all files have the digests in it."""
    try:
        files = json.loads((path / MANIFEST).read_text())["files"]
        return set(files) == {TENSORS, FACTS} and all(
            file_digest(path / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False

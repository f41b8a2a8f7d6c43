"""`canopy inspect`: what is read in a file, before it becomes a seed."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from canopy_assets.records import Dialogue, Exercise, SeedDocument
from canopy_assets.seeds import chats
from canopy_assets.seeds.exercises.extraction import account
from canopy_assets.seeds.exercises.prose.lines import Line
from canopy_assets.seeds.findings import Problem, Unused, problems_of, unused_parts
from canopy_assets.seeds.inbox.registry import SeedFile
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import to_table


@dataclass(frozen=True)
class Inspection:
    """What is read in a file.

    Attributes:
        document: its text.
        lines: its lines with their classes; empty for a file of rows.
        exercises: its exercises.
        problems: the exercises and what became none, by line.
        unused: what became no exercise.
        dialogues: the chats of a file of chats.
    """

    document: SeedDocument
    lines: list[Line]
    exercises: list[Exercise]
    problems: list[Problem]
    unused: Unused
    dialogues: list[Dialogue]

    @property
    def verified(self) -> int:
        """How many exercises have a verified answer."""
        return sum(e.verified for e in self.exercises)


def inspect_file(path: Path, settings: Settings) -> Inspection:
    """Read a file as a seed would be read, with its exercises and what each line is. Nothing is stored.

    Args:
        path: the file.
        settings: the settings, which limit its size.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError: it is of an unknown format, damaged or too large; the message says how to fix it.
    """
    document = reader.read(_as_seed(path, settings))
    if document.state != "read":
        raise ValueError(document.reason)
    dialogues, bad_chats = chats.parse(document) if document.kind == "chats" else ([], [])
    found = account(document)
    unused = unused_parts(document, [*document.skipped, *found.skipped, *bad_chats], found.lines)
    problems = problems_of(to_table(found.exercises, Exercise), unused)
    return Inspection(document, found.lines, found.exercises, problems, unused, dialogues)


def _as_seed(path: Path, settings: Settings) -> SeedFile:
    """The file as the inbox would register it."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder: give a file in it", str(path))
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "no such file: check the path", str(path))
    if not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file: give a document", str(path))
    size, most = path.stat().st_size, settings.max_seed_bytes
    if size > most:
        raise ValueError(
            f"{path.name}: {size / 1024**2:.1f} MB is more than the {most / 1024**2:g} MB allowed: "
            "split the file, or raise CANOPY_MAX_SEED_MB"
        )
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, "it cannot be read: give yourself permission", str(path))
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SeedFile(path.name, path, path.name, digest, size)

"""The ratings as they arrive: a file of JSON lines for each rater, to which lines are only added.

ratings/<rater>.jsonl in the store. A rating that replaces an earlier one is a later line. Each addition replaces the
file atomically, so that a killed process leaves either all of it or none, in a folder and in a bucket.
"""

from __future__ import annotations

import dataclasses
import getpass
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, get_args

from upath import UPath

from canopy_assets.records import Message, Rating, RatingLabel, RatingSource, content_id
from canopy_assets.settings import Settings
from canopy_assets.storage.backend import get, names_in, put, store_root

_RATER = re.compile(r"\w[\w.@ -]{0,62}\w|\w")
_ENDING = ".jsonl"
_TEXTS = ("rater", "rated_at", "prompt_id", "reply_digest", "rubric", "problem", "answer", "reply")
_OPTIONAL_TEXTS = ("reason", "adapter")


class RatingsError(ValueError):
    """Ratings or a rater's name cannot be used; the message names file and line, and the fix."""


class RaterBusyError(RuntimeError):
    """Another process is rating under the same name."""


def ratings_dir(settings: Settings) -> UPath:
    """Where the ratings are in the store."""
    return store_root(settings) / "ratings"


def checked_rater(name: str | None) -> str:
    """A rater's name that can name a file; the name of the user of this machine where none is given.

    Raises:
        RatingsError: the name cannot be used.
    """
    if name is None:
        try:
            name = getpass.getuser()
        except (KeyError, OSError) as error:  # a container without a user
            raise RatingsError("who rates? name yourself with --rater NAME") from error
    name = " ".join(name.split())
    if not _RATER.fullmatch(name):
        raise RatingsError(
            f"--rater {name!r}: take 1 to 64 letters, digits, spaces and . @ _ -, with a letter or digit at both ends"
        )
    return name


def log_path(settings: Settings, rater: str) -> UPath:
    """The file with a rater's ratings."""
    return ratings_dir(settings) / f"{rater}{_ENDING}"


def read_ratings(settings: Settings) -> list[Rating]:
    """The ratings of all raters that hold now, by rater and in the order in which the replies were first rated.

    Raises:
        RatingsError: a line is damaged.
    """
    return [rating for rater in _raters(settings) for rating in latest(_parse(*_content(settings, rater)))]


def log_digest(settings: Settings) -> str:
    """The identity of all ratings that were ever given: it changes with every addition."""
    return content_id(*((rater, _content(settings, rater)[0]) for rater in _raters(settings)))


def latest(ratings: Iterable[Rating]) -> list[Rating]:
    """The ratings without those that their rater replaced later."""
    held: dict[tuple[str, str, bool, str, str], Rating] = {}
    for r in ratings:
        held[r.rater, r.reply_digest, r.repeat, r.source, r.prompt_id] = r
    return list(held.values())


class RatingLog:
    """The ratings of one rater, open for additions. `rated` are those that hold now, `added` counts the new ones."""

    def __init__(self, settings: Settings, rater: str) -> None:
        self._settings, self._path = settings, log_path(settings, rater)
        self._content, _ = _content(settings, rater)
        self.rated = latest(_parse(self._content, str(self._path)))
        self.added = 0

    def add(self, ratings: Sequence[Rating]) -> None:
        """Store ratings, all of them or, after a crash, none. When this returns, they are on the disk."""
        lines = [json.dumps(dataclasses.asdict(r), ensure_ascii=False) + "\n" for r in ratings]
        self._content += "".join(lines).encode()
        put(self._settings, self._path, self._content)
        self.rated = latest([*self.rated, *ratings])
        self.added += len(ratings)

    def labels(self) -> Mapping[tuple[str, bool], Rating]:
        """The rating of each row, by the row's key."""
        return {(r.reply_digest, r.repeat): r for r in self.rated}


@contextmanager
def open_log(settings: Settings, rater: str) -> Iterator[RatingLog]:
    """A rater's log, for this process alone. The lock ends with the process.

    Raises:
        RaterBusyError: another process on this machine has it open.
        RatingsError: a line is damaged.
    """
    from filelock import FileLock, Timeout

    folder = settings.home / "ratings"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f".{rater}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RaterBusyError(
            f"another `canopy rate` of {rater} is open: end it first, or rate under another name (--rater NAME)"
        ) from error
    try:
        yield RatingLog(settings, rater)
    finally:
        lock.release()


def _raters(settings: Settings) -> list[str]:
    names = names_in(ratings_dir(settings))
    return sorted(name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))


def _content(settings: Settings, rater: str) -> tuple[bytes, str]:
    """The bytes of a rater's file, none if there is none yet, and where it is."""
    path = log_path(settings, rater)
    try:
        return get(path), str(path)
    except FileNotFoundError:
        return b"", str(path)


def _parse(content: bytes, path: str) -> list[Rating]:
    """The ratings of a file. A damaged line stops, because a silent gap would change the results."""
    ratings = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            ratings.append(_rating(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise RatingsError(
                f"{path}, line {number}: not a rating that `canopy rate` wrote ({error!r}): restore the file from a "
                "backup, or delete that line"
            ) from error
    return ratings


def _rating(row: dict[str, Any]) -> Rating:
    """Raises: KeyError, TypeError or ValueError where a field is missing or has a wrong value."""
    wrong = [name for name in _TEXTS if not isinstance(row[name], str)]
    wrong += [name for name in _OPTIONAL_TEXTS if not isinstance(row[name], str | None)]
    wrong += [] if row["label"] in get_args(RatingLabel) else ["label"]
    wrong += [] if row["source"] in get_args(RatingSource) else ["source"]
    wrong += [] if isinstance(row["repeat"], bool) else ["repeat"]
    if wrong:
        raise ValueError(f"wrong value of {', '.join(wrong)}")
    said = tuple(Message(message["role"], str(message["content"])) for message in row["conversation"])
    return Rating(**row | {"conversation": said, "references": tuple(map(str, row["references"]))})

"""Sheets for people who rate elsewhere: JSON lines without the sources out, and with ratings in again.

Which row came from where stays in the home, in ratings/sheets. So a sheet can be imported after new replies were made.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from canopy_assets.evals.ratings.items import Item, Origin
from canopy_assets.evals.ratings.log import RatingsError, ratings_dir
from canopy_assets.evals.ratings.sheet import Row
from canopy_assets.records import Message, Rating, RatingLabel, content_id
from canopy_assets.settings import Settings
from canopy_assets.storage.backend import get, names_in, put
from canopy_assets.storage.files import replace_atomically
from canopy_assets.storage.json_lines import check_fields, json_object, read_text

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_REASON_CHARS = 500

_FIELDS = ("id", "problem", "answer", "conversation", "reply", "rating", "reason")
_SHOWN = ("problem", "answer", "conversation", "reply")


@dataclass(frozen=True)
class Imported:
    """The ratings of a file. `empty` counts the rows that nobody rated."""

    ratings: tuple[Rating, ...]
    empty: int


def export_sheet(settings: Settings, rows: Sequence[Row], target: Path) -> None:
    """Write the rows of a sheet for a rater who works elsewhere: one JSON object a line, with an empty `rating`.

    Raises:
        FileExistsError: the file is there already, maybe with ratings in it.
        OSError: the file cannot be written.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a new file")
    sheet_id = content_id(*(f"{row.item.digest} {row.repeat}" for row in rows))
    ids = [content_id(sheet_id, index) for index in range(len(rows))]
    key = [
        {"id": row_id, "repeat": row.repeat, **dataclasses.asdict(row.item)}
        for row_id, row in zip(ids, rows, strict=True)
    ]
    put(settings, ratings_dir(settings) / "sheets" / f"{sheet_id}.jsonl", _lines(key))
    shown = [
        {"id": row_id, **_shown(row.item), "rating": "", "reason": ""} for row_id, row in zip(ids, rows, strict=True)
    ]
    replace_atomically(target, _lines(shown))


def import_sheet(settings: Settings, file: Path, rater: str) -> Imported:
    """The ratings in a sheet that somebody filled in. They are not stored here.

    Raises:
        RatingsError: a line cannot be used; the message names file and line. Nothing of the file is used then.
    """
    known = _exported(settings)
    ratings: list[Rating] = []
    seen: dict[str, int] = {}
    empty = 0
    # `splitlines` would also split at separators that may stand in a JSON text, such as U+2028.
    for number, line in enumerate(read_text(file, RatingsError, max_bytes=MAX_FILE_BYTES).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        row = _object(line, where)
        if row["id"] in seen:
            raise RatingsError(f"{where}: the same id as in line {seen[row['id']]}: keep one of the two")
        seen[row["id"]] = number
        label = _label(row, where)
        matched = _matched(row, known, where)
        empty += label is None
        ratings += matched.rated(label, rater=rater, reason=_reason(row, where)) if label else []
    if not seen:
        raise RatingsError(f"{file}: no rows: export a sheet with `canopy rate --export` and fill in `rating`")
    return Imported(tuple(ratings), empty)


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _shown(item: Item) -> dict[str, Any]:
    """What a rater may see of an item."""
    turns = [[message.role, message.content] for message in item.conversation]
    return {"problem": item.problem, "answer": item.answer, "conversation": turns, "reply": item.reply}


def _exported(settings: Settings) -> dict[str, Row]:
    """Every row that was ever exported from this home, by its id."""
    folder = ratings_dir(settings) / "sheets"
    lines = [line for name in sorted(names_in(folder)) for line in get(folder / name).splitlines()]
    return {row["id"]: _row(row) for row in map(json.loads, lines)}


def _row(stored: dict[str, Any]) -> Row:
    said = tuple(Message(**message) for message in stored["conversation"])
    origins = tuple(Origin(**origin) for origin in stored["origins"])
    references = tuple(stored["references"])
    item = Item(stored["problem"], stored["answer"], said, stored["reply"], origins, references)
    return Row(item, stored["repeat"])


def _object(line: str, where: str) -> dict[str, Any]:
    row = json_object(line, where, RatingsError)
    check_fields(row, where, RatingsError, required=("id", "rating"), known=_FIELDS)
    if not isinstance(row["id"], str):
        raise RatingsError(f"{where}: 'id' must be the text that was exported")
    return row


def _label(row: Mapping[str, Any], where: str) -> RatingLabel | None:
    """The rating of a row; None where it is still empty."""
    labels = get_args(RatingLabel)
    given = row["rating"]
    if given is None or given == "":
        return None
    if not isinstance(given, str) or given.strip().lower() not in labels:
        raise RatingsError(f"{where}: 'rating' is {given!r}; it must be one of {', '.join(labels)}, or empty")
    return cast(RatingLabel, given.strip().lower())


def _reason(row: Mapping[str, Any], where: str) -> str | None:
    reason = row.get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > MAX_REASON_CHARS):
        raise RatingsError(f"{where}: 'reason' must be a text of at most {MAX_REASON_CHARS} characters, or empty")
    return (reason or "").strip() or None


def _matched(row: Mapping[str, Any], known: Mapping[str, Row], where: str) -> Row:
    """The exported row that a row of a file is; its texts must be unchanged, because they are what was rated."""
    if row["id"] not in known:
        raise RatingsError(
            f"{where}: id {row['id']!r} was not exported from this home: import where the sheet was exported "
            "(CANOPY_HOME)"
        )
    exported = _shown(known[row["id"]].item)
    if changed := [name for name in _SHOWN if name in row and row[name] != exported[name]]:
        raise RatingsError(
            f"{where}: {', '.join(changed)} differs from what was exported, so the rating is about something else: "
            "take the row from the exported sheet again"
        )
    return known[row["id"]]

"""`canopy rate`: a person rates replies at the terminal, one at a time, without knowing whose they are.

What a rater sees and what follows from it is in `evals.ratings`; here is only the conversation at the terminal.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from canopy_assets.app.rating.summary import print_summary
from canopy_assets.evals.ratings import exchange
from canopy_assets.evals.ratings.items import stored_items
from canopy_assets.evals.ratings.log import RatingLog, checked_rater, open_log
from canopy_assets.evals.ratings.rubric import RUBRIC
from canopy_assets.evals.ratings.sheet import Row, next_row, sheet
from canopy_assets.records import Rating, RatingLabel
from canopy_assets.settings import Settings

KEYS: dict[str, RatingLabel] = {
    "s": "send", "send": "send", "w": "weak", "weak": "weak", "b": "bad", "bad": "bad", "k": "skip", "skip": "skip",
}  # fmt: skip
BACK = ("<", "back")
QUIT = ("q", "quit")
HELP = ("?", "help")
CHOICES = "send (s) · weak (w) · bad (b) · skip (k) · back (<) · quit (q) · rubric (?)"
MOST_COLUMNS = 100

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff]")
"""What a reply must not do to a terminal: control characters, marks that turn text around, and lone surrogates."""


def rate(settings: Settings, *, rater: str | None, count: int) -> bool:
    """Let a person rate replies until all are rated, or until they quit.

    Args:
        settings: the settings, which name the home.
        rater: the rater's name; the user's name if None.
        count: how many of the candidate's replies the sheet holds.

    Returns:
        Whether ratings were added.

    Raises:
        RatingsError: the name or the stored ratings cannot be used.
        RaterBusyError: another process rates under this name.
        NothingToRateError: there are no replies yet.
    """
    name = checked_rater(rater)
    rows = sheet(stored_items(settings, count), name)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):  # a terminal of another encoding must not end the session
            stream.reconfigure(errors="replace")
    with open_log(settings, name) as log:
        finished = _Session(rows, log, name).run()
    if finished:
        print_summary(settings, rows, name)
    return log.added > 0


def export(settings: Settings, file: Path, *, rater: str | None, count: int) -> int:
    """Write a sheet for a person who rates elsewhere. Returns its number of rows.

    Raises:
        NothingToRateError: there are no replies yet.
        OSError: the file exists already, or cannot be written.
    """
    rows = sheet(stored_items(settings, count), checked_rater(rater))
    exchange.export_sheet(settings, rows, file)
    return len(rows)


def import_ratings(settings: Settings, file: Path, *, rater: str) -> tuple[int, int]:
    """Take in a sheet that a person filled in, all of it or nothing.

    Returns:
        How many rows were new or changed, and how many are not rated yet.

    Raises:
        RatingsError: a line cannot be used, or the name.
        RaterBusyError: another process rates under this name.
    """
    name = checked_rater(rater)
    imported = exchange.import_sheet(settings, file, name)
    with open_log(settings, name) as log:
        held = log.labels()
        new = [r for r in imported.ratings if _differs(r, held.get((r.reply_digest, r.repeat)))]
        if new:
            log.add(new)
    return len({(r.reply_digest, r.repeat) for r in new}), imported.empty


def _differs(rating: Rating, held: Rating | None) -> bool:
    return held is None or (rating.label, rating.reason) != (held.label, held.reason)


def update_asset(settings: Settings, *, report: Callable[[str], None]) -> bool:
    """Materialize the asset `ratings`. If that has to wait for another run, the next `canopy run` does it.

    Returns:
        Whether nothing failed.
    """
    from canopy_assets.app.run import materialize_ratings  # Dagster takes seconds to load
    from canopy_assets.lineage.running import HomeInUseError

    try:
        outcome = materialize_ratings(settings)
    except HomeInUseError:
        report("The ratings are stored. Another `canopy run` uses this home; the next one makes `ratings`.")
        return True
    for reason in outcome.failed.values():
        report(f"The ratings are stored, but the asset `ratings` could not be made: {reason}")
    return not outcome.failed


def shown(text: str) -> str:
    """Text of a model or a person, made harmless for a terminal."""
    return _UNSAFE.sub("�", text.replace("\t", " "))


class _Session:
    """One sitting of a rater. Each answer is stored before the next reply is shown."""

    def __init__(self, rows: Sequence[Row], log: RatingLog, rater: str) -> None:
        self._rows, self._log, self._rater = rows, log, rater
        self._columns = min(MOST_COLUMNS, shutil.get_terminal_size().columns)

    def run(self) -> bool:
        """Ask until every row is rated. Returns False if the rater quit before."""
        index = next_row(self._rows, self._log.labels())
        if index is None:
            return True
        typer.echo(RUBRIC)
        if index:
            typer.echo(f"Welcome back, {self._rater}: you go on with reply {index + 1} of {len(self._rows)}.\n")
        while index is not None:
            self._show(index)
            moved = self._ask(index)
            if moved is None:
                done = sum(row.key in self._log.labels() for row in self._rows)
                typer.echo(f"\n{done} of {len(self._rows)} are rated and stored; `canopy rate` goes on from here.")
                return False
            index = moved if moved >= 0 else next_row(self._rows, self._log.labels())
        return True

    def _show(self, index: int) -> None:
        item = self._rows[index].item
        typer.echo(f" {index + 1} of {len(self._rows)} ".center(self._columns, "─"))
        self._print("problem", item.problem or "(none)")
        self._print("answer", item.answer or "(none)")
        typer.echo("")
        for message in item.conversation:
            self._print("student" if message.role == "user" else "tutor", message.content)
        typer.echo("")
        self._print("REPLY", item.reply if item.reply.strip() else "(empty)")
        typer.echo("")
        if held := self._log.labels().get(self._rows[index].key):
            because = f" ({shown(held.reason)})" if held.reason else ""
            typer.echo(f"You said {held.label}{because}. Enter keeps that.")

    def _print(self, title: str, text: str) -> None:
        """A titled paragraph, with its lines indented below each other."""
        lines = [piece for line in shown(text).splitlines() or [""] for piece in textwrap.wrap(line, self._columns - 9)]
        for number, line in enumerate(lines or [""]):
            typer.echo(f"{title if number == 0 else '':8} {line}")

    def _ask(self, index: int) -> int | None:
        """Read answers until one moves on.

        Returns:
            The index to show next, -1 for the first unrated row, None to quit.
        """
        while True:
            typer.echo(f"{CHOICES}, with a reason if you like: `w too vague`\n> ", nl=False)
            line = sys.stdin.readline()
            word, _, reason = line.strip().partition(" ")
            word, reason = word.lower(), shown(reason.strip())
            if not line or word in QUIT:
                return None
            if word in HELP:
                typer.echo("\n" + RUBRIC)
            elif word in BACK and index:
                return index - 1
            elif word in BACK:
                typer.echo("This is the first reply.")
            elif not word and self._rows[index].key in self._log.labels():
                return -1
            elif word not in KEYS:
                typer.echo(f"{shown(line.strip())!r} is no answer.")
            elif len(reason) > exchange.MAX_REASON_CHARS:
                typer.echo(f"The reason has {len(reason)} characters; at most {exchange.MAX_REASON_CHARS} are kept.")
            else:
                self._log.add(self._rows[index].rated(KEYS[word], rater=self._rater, reason=reason))
                return -1

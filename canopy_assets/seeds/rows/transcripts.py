"""Chats in a text file, a line for each message: "Tutor: …", "Student: …"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from canopy_assets.records import Span
from canopy_assets.seeds.reading.decoding import line_starts
from canopy_assets.seeds.rows.messages import SPEAKERS

MIN_MESSAGES = 4
MIN_SHARE = 0.75
"""How much of a text must be messages: a worksheet may show a short conversation."""
MAX_TITLE_WORDS = 8

_NAMES = "|".join(name for name, speaker in SPEAKERS.items() if speaker != "nobody" and name.isalpha())
_MESSAGE = re.compile(rf"[\s>*_-]*(?P<name>{_NAMES})\s*[*_]*\s*:\s*[*_]*\s*(?P<words>.*)", re.IGNORECASE | re.DOTALL)
_PROBLEM = re.compile(r"[\s>#*_-]*(?:problem|question|exercise|task)[*_]*\s*:[*_]*\s*(?P<text>.+)", re.IGNORECASE)


def is_transcript(text: str) -> bool:
    """Whether a text is nothing but chats between a student and a tutor, with titles at most."""
    lines = [line for line in text.split("\n") if line.strip()]
    speakers = [SPEAKERS[m["name"].lower()] for line in lines if (m := _MESSAGE.match(line))]
    covered = sum(not is_title for _, is_title in _classified(text))
    return len(speakers) >= MIN_MESSAGES and set(speakers) == {"student", "tutor"} and covered >= MIN_SHARE * len(lines)


def rows_of(text: str) -> Iterator[tuple[Span, dict[str, Any] | str]]:
    """The chats of a transcript with their places. A title or a rule between messages begins another chat.

    A title may state the problem: "Problem: Solve 2x = 6".
    """
    starts = [*line_starts(text), len(text) + 1]
    messages: list[str] = []
    problem, first, last = "", 0, 0
    for number, is_title in [*_classified(text), (len(starts), True)]:
        line = text[starts[number - 1] : starts[number] - 1] if number < len(starts) else ""
        if is_title:
            if messages:
                fields = {"conversation": "\n".join(messages), **({"problem": problem} if problem else {})}
                yield Span(first, last, starts[first - 1], starts[last] - 1), fields
                messages, problem = [], ""
            stated = _PROBLEM.match(line)
            problem = stated["text"].strip(" *_") if stated else problem
            continue
        message = _MESSAGE.match(line)
        if message:
            first = first if messages else number
            messages.append(f"{message['name']}: {message['words']}")
        else:
            messages[-1] += f" {line.strip()}"
        last = number


def _classified(text: str) -> Iterator[tuple[int, bool]]:
    """The number of each line that is not blank, and whether it is a title and belongs to no message.

    A line without a speaker goes on with the message above it. Behind a blank line it may be a title.
    """
    goes_on = False
    after_blank = True
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            is_title = after_blank and _is_title(line)
            goes_on = _MESSAGE.match(line) is not None or (goes_on and not is_title)
            yield number, not goes_on
        after_blank = not line.strip()


def _is_title(line: str) -> bool:
    """Whether a line that no speaker begins reads as a title: a heading, a rule, a problem, or a few words."""
    if re.match(r"\s*(?:#|[-=*_]{3,}\s*$)", line) or _PROBLEM.match(line):
        return True
    return len(line.split()) <= MAX_TITLE_WORDS and not re.search(r"[=<>]|[.?!:;,]\s*$", line)

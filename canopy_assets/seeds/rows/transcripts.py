"""Chats that were written down as text: each message begins with who speaks ("Tutor: …").

A document is a transcript if its paragraphs are messages. Headings, rules, titles and the problem of another chat begin
a new chat. A document with anything else in it, exercises or notes, stays prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.typography import plain_markdown
from canopy_assets.records import Skipped, Span
from canopy_assets.seeds.exercises.prose.labels import read_exercise_name, read_label
from canopy_assets.seeds.reading.decoding import line_starts
from canopy_assets.seeds.rows.messages import SPEAKERS, Speaker

_MESSAGES_PER_PARAGRAPH = 2
"""A transcript has at least so many messages for each paragraph that is none: titles, and replies with paragraphs."""

_TIME = r"(?:\d{4}-\d\d-\d\d[T ]\s*)?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?(?:\s?[ap]m)?"
_NAME = r"[^\W\d_][\w.'’-]*(?:[ ][\w.'’-]+){0,2}(?:[ ]\([^\W\d_][\w.'’ -]{0,30}\))?"
_MESSAGE = re.compile(
    rf"""
    \s*(?:>\s*)*(?:[-*+•]\s+)?                           # quoted, or an item of a list
    (?:\\?[\[(]?{_TIME}\\?[\])]?\s*(?:[-–—]\s*)?)?       # "[10:02]", "10:02 –"
    (?P<mark>[*_]{{0,3}})(?P<name>{_NAME})
    (?:\s+\\?[\[(]{_TIME}\\?[\])])?                      # "Tutor (10:02):"
    (?P<close>[*_]{{0,3}})\s*:(?!//)(?P<after>[*_]{{0,3}})
    \s*(?P<text>.*)
  | \s*\|\s*(?:{_TIME}\s*\|\s*)?                         # a row of a table: "| Tutor | Why? |"
    [*_]{{0,3}}(?P<cell>{_NAME})\s*:?[*_]{{0,3}}\s*\|\s*(?P<said>[^|]+?)\s*\|\s*
  | \s{{0,3}}\#{{1,6}}\s+(?P<title>{_NAME})\s*:?\s*      # a heading over the message
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BREAK = re.compile(
    r"\s{0,3}#{1,6}\s.*|\s*(?:([-*_=~])\s?)(?:\1\s?){2,}\s*"
    r"|[\s*_]*(?:Session|Chat|Conversation|Dialogue|Transcript|Lesson)\s+\d{1,3}\b[^.?!=]{0,60}"
)
"""A heading, a rule or a title ("Session 14, algebra"): what comes after it is another chat."""
_PROBLEM = re.compile(
    r"[\s*_#>]*(?:problem|exercise|question|task)\s*\d{0,3}\s*:[\s*_]*(?P<text>.*\S)[\s*_]*", re.IGNORECASE
)
"""What a chat is about, above it."""
_NUMBERED = re.compile(r"\s*(?:\d{1,3}|[a-h])[.)]\s+\S")
_PROPER_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_a-z][\w.'’-]*)?")
_NEAREST = "the nearest known form is a transcript whose messages begin with `Tutor:` and `Student:`"
_ROLES: dict[str, Speaker] = {
    **{name: role for name, role in SPEAKERS.items() if role != "nobody" and name != "model"},  # "Model: y = 2x"
    **{"t": "tutor", "instructor": "tutor", "professor": "tutor", "s": "student"},
}


@dataclass(frozen=True)
class _Line:
    """A line of a document: a message's first, the problem of a chat, what divides chats, or other text."""

    kind: Literal["message", "problem", "break", "blank", "text"]
    text: str = ""
    name: str = ""


@dataclass
class _Chat:
    """The lines between two breaks.

    Attributes:
        problem: what the chat is about, as stated above it.
        messages: who speaks, and the lines of each message.
        paragraphs: how many paragraphs belong to no message, or go on with one.
        is_list: whether a list stands above the messages.
    """

    first: int
    last: int
    problem: str = ""
    messages: list[tuple[str, list[str]]] = field(default_factory=list)
    paragraphs: int = 0
    is_list: bool = False

    @property
    def names(self) -> list[str]:
        """Who speaks, in the order of first words."""
        return list(dict.fromkeys(name for name, _ in self.messages))


def is_transcript(text: str) -> bool:
    """Whether a document is a transcript. Who of its speakers is the tutor may still be unknown."""
    chats = _chats(text)
    messages = sum(len(chat.messages) for chat in chats)
    whole = messages >= _MESSAGES_PER_PARAGRAPH * sum(chat.paragraphs for chat in chats)
    exercises = any(chat.is_list or (chat.problem and not chat.messages) for chat in chats)
    return whole and not exercises and any(_is_talk(chat) for chat in chats)


def rows_of(text: str) -> Iterator[tuple[Span, dict[str, Any] | str]]:
    """Every chat of a transcript with its place: as a row, or the reason why it cannot be used."""
    starts = line_starts(text)
    for chat in _chats(text):
        if chat.messages:
            end = starts[chat.last] - 1 if chat.last < len(starts) else len(text)
            yield Span(chat.first, chat.last, starts[chat.first - 1], end), _row(chat)


def remark(text: str) -> Skipped | None:
    """What to say of a document of prose in which people talk: its chats are not used."""
    talk = next(
        (chat for chat in _chats(text) if len(chat.messages) > 3 and (_is_talk(chat) or _sounds_so(chat))), None
    )
    if talk is None:
        return None
    who = " and ".join(f"‘{name}’" for name in talk.names)
    return Skipped(
        talk.first,
        f"{who} seem to talk to each other here, which is not used as a chat; {_NEAREST}, in a file of its own",
    )


def _row(chat: _Chat) -> dict[str, Any] | str:
    """A chat as a row with the field "transcript"; or why nobody can tell who is who, or what was said."""
    roles = {name: _role(name) for name in chat.names}
    if list(roles.values()).count("tutor") == 1 and len(roles) == 2:  # the other one is the student
        roles = {name: role or "student" for name, role in roles.items()}
    if sorted(role or "" for role in roles.values()) != ["student", "tutor"]:
        who = ", ".join(f"‘{name}’" for name in roles)
        return f"it reads like a chat of {who}, but a chat needs one tutor and one student; {_NEAREST}"
    messages = [
        {"role": roles[name], "content": plain_markdown(" ".join(lines))} for name, lines in chat.messages if any(lines)
    ]
    problem = plain_markdown(chat.problem)
    if any(UNREADABLE in said for said in (problem, *(m["content"] or "" for m in messages))):
        return "an equation or a picture in this chat could not be read: type it as text, or as LaTeX"
    return {"transcript": messages, "problem": problem}


def _is_talk(chat: _Chat) -> bool:
    """Whether two or more talk in turn, one of them in a known role."""
    return _takes_turns(chat) and any(_role(name) for name in chat.names)


def _sounds_so(chat: _Chat) -> bool:
    """Whether two who have no known role talk in sentences, and ask."""
    said = [" ".join(lines) for _, lines in chat.messages]
    sentences = sum(len(text.split()) > 2 for text in said)
    return _takes_turns(chat) and len(chat.names) == 2 and 2 * sentences > len(said) and any("?" in t for t in said)


def _takes_turns(chat: _Chat) -> bool:
    names = [name for name, _ in chat.messages]
    turns = sum(a != b for a, b in pairwise(names))
    return turns > 0 and 2 * turns >= len(names) - 1


def _role(name: str) -> Speaker | None:
    """The role that a name says, as in "Student", "Student 1", "Tutor (Ana)" and "Ana (tutor)"; None without one."""
    parts = [re.sub(r"\s(?:[A-Za-z]|\d{1,2})$", "", part).lower() for part in name.rstrip(")").split(" (")]
    found: set[Speaker] = {_ROLES[part] for part in parts if part in _ROLES}
    return found.pop() if len(found) == 1 else None


def _chats(text: str) -> list[_Chat]:
    """The document cut at headings, rules and problems."""
    chats = [_Chat(1, 1)]
    lines = _lines(text)
    opens = True
    for number, line in enumerate(lines, 1):
        chat = chats[-1]
        if line.kind == "break" or (line.kind == "problem" and (chat.messages or chat.problem)):
            chats.append(chat := _Chat(number, number))
        if line.kind == "problem":
            chat.first, chat.problem = number, line.text
        elif line.kind == "message":
            chat.first = chat.first if chat.messages or chat.problem else number
            chat.messages.append((line.name, [line.text]))
        elif line.kind == "text":
            _add_text(chat, line.text, opens)
        if line.kind in ("problem", "message", "text"):
            chat.last = number
        opens = line.kind in ("blank", "break")
    return chats


def _add_text(chat: _Chat, text: str, opens: bool) -> None:
    """A line that begins no message: it goes on with the one above it, or stands before all of them."""
    if chat.messages:
        said = chat.messages[-1][1]
        chat.paragraphs += opens and any(said)  # below a name that stands alone, the message begins
        said.append(text)
    else:
        chat.paragraphs += opens
        chat.is_list = chat.is_list or bool(_NUMBERED.match(text) or read_exercise_name(text.strip(" *_")))


def _lines(text: str) -> list[_Line]:
    """The lines of a document. Who speaks only once, and in no known role, is no speaker."""
    lines = text.split("\n")
    read = [_line(line) for line in lines]
    spoken = Counter(line.name for line in read if line.kind == "message")
    rare = {name for name, times in spoken.items() if times < 2 and not _role(name)}
    return [_Line("text", source) if line.name in rare else line for line, source in zip(read, lines, strict=True)]


def _line(text: str) -> _Line:
    if not text.strip() or ("|" in text and re.fullmatch(r"[\s|:-]+", text)):
        return _Line("blank")
    if problem := _PROBLEM.fullmatch(text):
        return _Line("problem", problem["text"])
    match = _MESSAGE.fullmatch(text)
    name = (match["name"] or match["cell"] or match["title"]).removesuffix(" said") if match else ""
    if match and (_role(name) or (not match["title"] and _may_be_a_name(name))):
        said = match["said"] or match["text"] or ""
        around = match["mark"] if not (match["close"] or match["after"]) else None  # "**Tutor: why?**"
        return _Line("message", said.removesuffix(around or ""), name.casefold() if _role(name) else name)
    return _Line("break") if _BREAK.fullmatch(text) else _Line("text", text)


def _may_be_a_name(name: str) -> bool:
    """Whether a label can be a person's name: it is capitalized, and no label of an exercise's part."""
    is_label = read_label(f"{name}: x") is not None or read_exercise_name(f"{name}: x") is not None
    return _PROPER_NAME.fullmatch(name) is not None and not is_label

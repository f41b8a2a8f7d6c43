"""A prose document's lines as tokens: headings, labelled lines, list items, table rows, plain text and blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from canopy_assets.maths.typography import latex_to_unicode, typeset, without_markdown
from canopy_assets.seeds.reading.decoding import line_starts

Field = Literal["statement", "answer", "steps", "hints", "mistakes", "topic", "answers"]

MAX_LINE_CHARACTERS = 4_000
"""Characters of a line that are looked at; a longer line is no part of an exercise."""


@dataclass(frozen=True)
class Token:
    """A line, or the part of it that begins with a label.

    `label` is the field that the line opens ("Answer:" → "answer"), `marker` a list item's own ("-", "3", "a"),
    `number` the number of an exercise's heading. `text` is what remains, in plain notation.
    """

    kind: Literal["heading", "item", "text", "row", "blank"]
    text: str
    line: int
    start: int
    end: int
    label: Field | None = None
    marker: str | None = None
    number: str | None = None
    cells: tuple[str, ...] = ()
    too_long: bool = False


_NUMBERED = r"(?:\s*(?:#|no\.?|number)?\s*(?P<number>\d{1,3}(?:\.\d{1,3})?[a-h]?|[a-h](?=\s*[:.)]|$)))?"
_EXERCISE_NAMES = (
    r"(?:(?:worked|practice|sample|bonus|extra|warm[- ]?up|homework|word|challenge|quick)\s+)?"
    r"(?:exercise|problem|question|example|task|practice|challenge|puzzle"
    r"|try\s+(?:it|this)(?:\s+yourself)?|check\s+yourself)"
)
_EXERCISE = re.compile(
    rf"(?:{_EXERCISE_NAMES}\b|(?P<q>q(?=\s*\d{{0,3}}\s*[:.)])))" + _NUMBERED + r"\s*(?P<mark>[:.)—–-]*)\s*(?P<rest>.*)",
    re.I | re.S,
)
_FOR_TUTORS = r"(?:for|to)\s+(?:the\s+)?(?:tutors?|teachers?|instructors?)"
_LABELS: tuple[tuple[Field, str], ...] = (
    ("answers", r"(?:answers|answer\s+key|solutions\s+to\s+.{1,40}|key)"),
    ("answer", r"(?:(?:final|correct|expected|short)\s+)?(?:answer|ans\.?|result)"),
    (
        "steps",
        r"(?:(?:solution|worked|working)\s+)?(?:steps?|working|method|solutions?|procedure|work)(?:\s+in\s+steps)?",
    ),
    (
        "hints",
        rf"(?:hints?|(?:tutor(?:ing|'s)?|teacher(?:'s)?|teaching|instructor)"
        rf"(?:\s+(?:guidance|notes?|hints?|moves?|prompts?|questions?|tips?))?"
        rf"|guidance|guiding\s+questions?|(?:notes?|tips?|questions?)\s+{_FOR_TUTORS}|prompts?|scaffold(?:s|ing)?|tips?)"
        rf"(?:\s+{_FOR_TUTORS})?"
        r"|socratic\s+(?:questions?|prompts?)|if\s+(?:the\s+)?students?\s+(?:is|are|gets?)\s+stuck",
    ),
    (
        "mistakes",
        r"(?:(?:common|typical|frequent|usual|likely|student)\s+)?"
        r"(?:mistakes?|errors?|misconceptions?|pitfalls?|wrong\s+(?:ideas?|answers?))"
        r"|watch\s+out(?:\s+for)?",
    ),
    ("topic", r"(?:topic|subject|skill|unit)"),
)  # fmt: skip
_LABEL = re.compile("|".join(f"(?P<{field}>(?:{pattern}))" for field, pattern in _LABELS), re.IGNORECASE)
_LABEL_LINE = re.compile(
    rf"(?P<label>{'|'.join(f'(?:{p})' for _, p in _LABELS)})\s*"
    r"(?P<number>\d{1,2})?\s*(?:\(\w[^)]{0,30}\)\s*)?:\s*(?P<rest>.*)",
    re.I | re.S,
)
_A_LINE = re.compile(r"a\s*(?P<number>\d{1,3})?\s*:\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(
    r"(?<=[.?!;)$*\d])\s+(?=(?:\*\*|__|[*_])?(?:answer|ans|hint|common mistake|solution|a)(?:\*\*|__|[*_])?\s*:)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?P<marker>[-*+•◦▪‣·–●○](?!\S)"
    r"|\(?(?:\d{1,3}|[a-hA-H])[.)](?=\s|$)|\((?:\d{1,3}|[a-h]|[ivx]{1,4})\)(?=\s|$))\s*(?P<rest>.*)",
    re.DOTALL,
)
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.*?)\s*#*$")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<text>[^*_]{1,120})\1\s*$")
_ROW = re.compile(r"\|.*\|\s*$")
_RULE = re.compile(r"([-=*_])\1{2,}\s*$")
_TABLE_RULE = re.compile(r"\|[\s|:-]+\|\s*$")


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a document, in order. Front matter, comments, rules and the fences around code count as blank."""
    lines = text.split("\n")
    hidden = _hidden_lines(lines)
    for number, (start, raw) in enumerate(zip(line_starts(text), lines, strict=True), 1):
        blank = Token("blank", "", number, start, start + len(raw))
        stripped = re.sub(r"^[\s>]+", "", raw)
        if _TABLE_RULE.match(stripped):
            continue
        if number in hidden or not stripped or _RULE.match(stripped):
            yield blank
        elif len(raw) > MAX_LINE_CHARACTERS:
            yield replace(blank, kind="text", too_long=True)
        else:
            yield from _line_tokens(stripped, blank)


def read_label(text: str) -> tuple[Field, str] | None:
    """The field that a label such as "Answer:" or "Tutor notes:" opens and what follows, None for another line."""
    match = _LABEL_LINE.fullmatch(text)
    if match is None:
        return None
    named = _LABEL.fullmatch(match["label"])
    return (named.lastgroup, match["rest"]) if named and named.lastgroup else None  # type: ignore[return-value]


def read_exercise_name(text: str) -> tuple[str | None, str] | None:
    """The number and the rest of a line such as "Exercise 3: Solve …", None for a line that names no exercise."""
    match = _EXERCISE.fullmatch(text)
    # "Problem solving is …" is prose: without number or mark, the name must stand alone.
    if match is None or not (match["number"] or match["mark"] or not match["rest"]):
        return None
    return match["number"], match["rest"].strip()


def column_of(name: str) -> Field | None:
    """The field that a table's column holds, by its heading."""
    if read_exercise_name(name) is not None or re.fullmatch(
        r"(?:problem|question|exercise|expression|equation)s?", name, re.I
    ):
        return "statement"
    found = read_label(f"{name}:")
    return found[0] if found else None


def _hidden_lines(lines: list[str]) -> set[int]:
    hidden: set[int] = set()
    if lines and lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:60]):
        end = next(i for i, line in enumerate(lines[1:60], 2) if line.strip() == "---")
        hidden.update(range(1, end + 1))
    comment = False
    for number, line in enumerate(lines, 1):
        comment = comment or line.lstrip().startswith("<!--")
        if comment or line.lstrip().startswith(("```", "~~~")):
            hidden.add(number)
        comment = comment and "-->" not in line
    return hidden


def _line_tokens(stripped: str, blank: Token) -> Iterator[Token]:
    if _ROW.match(stripped):
        cells = tuple(_plain(cell) for cell in re.split(r"(?<!\\)\|", stripped.strip().strip("|")))
        yield replace(blank, kind="row", text=" ".join(cells), cells=cells)
        return
    heading = _HEADING.fullmatch(stripped) or _BOLD_LINE.fullmatch(stripped)
    if heading:
        yield _labelled(replace(blank, kind="heading"), _plain(heading["text"]))
        return
    # An "A:" in the middle of a line is an answer only after a question.
    parts = _INLINE.split(stripped) if "?" in stripped or ":" in stripped else [stripped]
    position = blank.start
    for part in parts:
        yield _part(part, replace(blank, start=position))
        position += len(part) + 1


def _part(part: str, blank: Token) -> Token:
    item = _ITEM.fullmatch(part)
    if item is None:
        return _labelled(replace(blank, kind="text"), _plain(part))
    rest = re.sub(r"^\[[ xX]\]\s+", "", item["rest"])
    marker = item["marker"].strip("().").lower()
    return _labelled(replace(blank, kind="item", marker=marker or "-"), _plain(rest))


def _labelled(token: Token, text: str) -> Token:
    label = read_label(text)
    if label:
        return replace(token, text=label[1], label=label[0])
    answer = _A_LINE.fullmatch(text)
    if answer and token.kind != "heading":
        return replace(token, text=answer["rest"], label="answer")
    name = read_exercise_name(text)
    if name:
        return replace(token, text=name[1], label="statement", number=name[0])
    if token.kind == "heading":
        named = _LABEL.fullmatch(text)
        if named and named.lastgroup:
            return replace(token, text="", label=named.lastgroup)  # type: ignore[arg-type]
    return replace(token, text=text)


def _plain(text: str) -> str:
    return typeset(without_markdown(latex_to_unicode(text)))

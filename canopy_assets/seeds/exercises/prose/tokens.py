"""A prose document's lines as tokens: headings, labelled lines, list items, table rows, plain text and blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from canopy_assets.maths.typography import plain_markdown, typeset
from canopy_assets.seeds.exercises.prose.columns import items_in_cells, split_items
from canopy_assets.seeds.exercises.prose.labels import (
    Field,
    field_named,
    read_exercise_name,
    read_label,
    read_run_in,
    read_solution_of,
    without_points,
)
from canopy_assets.seeds.exercises.prose.scopes import Scope, read_scope
from canopy_assets.seeds.exercises.prose.sheet import section_of, without_number
from canopy_assets.seeds.exercises.prose.wording import (
    follows,
    has_quantities,
    is_premise,
    is_task,
    orders,
    poses,
    starts_like_task,
)
from canopy_assets.seeds.reading.decoding import line_starts

MAX_LINE_CHARACTERS = 4_000
"""A longer line is not part of an exercise, and is not looked at."""

MAX_FRONT_MATTER_LINES = 60

BOLD_LEVEL = 7
"""The level of a heading that is only set in bold, or named ("Part B."): below those of Markdown."""

CHECKBOX = "[ ]"
"""The marker of an item of a task list, "- [ ] …"."""

_A_LINE = re.compile(r"a\s*(?P<number>\d{1,3})?\s*:\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_INLINE_LABEL = re.compile(
    r"""
    (?<=[.?!;)$*\d])\s+                                             # after the end of the problem
    (?=
        (?:\*\*|__|[*_])?                                           # maybe in bold or italics
        (?:answer|ans|hint|common\ mistake|solution|a)
        (?:\*\*|__|[*_])?\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ALONE = re.compile(
    r"""
    answers?|answer\s+key|solutions?|hints?|lösung(?:en)?|soluci(?:ón|ones)
  | (?:tutor(?:ing)?|teacher|teaching)\s+(?:notes?|guidance|hints?|tips?)
  | (?:guidance|notes?|tips?)\s+for\s+(?:the\s+)?(?:tutors?|teachers?)
  | common\s+(?:mistakes?|errors?|misconceptions?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Labels that may stand alone on a line without a colon."""
_ITEM = re.compile(
    r"""
    (?P<marker>
        [-*+•◦▪‣·–●○](?!\S)                                         # a bullet
      | \(?(?:\d{1,3}|[a-hA-H])[.)](?=\s|$)                         # "3.", "a)", "(b)"
      | (?:ii?i?|iv|vi{0,3}|ix|x)[.)](?=\s)                          # "iv."
      | \((?:\d{1,3}|[a-h]|[ivx]{1,4})\)(?=\s|$)                    # "(iv)"
    )
    \s*(?P<rest>.*)""",
    re.DOTALL | re.VERBOSE,
)
_DOTTED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,2})[.):]?\s+(?P<rest>.+)", re.DOTALL)
"""A number of two levels: "1.2 Solve …"."""
_DIRECTIONS = re.compile(r"(?:directions?|instructions?)\s*:\s*(?=\S)", re.IGNORECASE)
"""What may stand before an instruction: "Directions: Solve each equation."."""
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.*?)\s*#*$")
_BOLD_LINE = re.compile(r"(\*\*|__)(?P<text>[^*_]{1,120})\1\s*$")
_BOLD_MARKER = re.compile(r"(\*\*|__)\s*(?P<marker>\(?(?:\d{1,3}|[a-h])[.)])\s*\1\s*(?=\S)")
"""A list marker in bold, "**1.** What is …", which Markdown does not know as one."""
_ROW = re.compile(r"\|.*\|\s*$")
_RULE = re.compile(r"([-=*_])\1{2,}\s*$")
_QUOTED = re.compile(r"\s*>")
_TABLE_RULE = re.compile(r"\|[\s|:-]+\|\s*$")


@dataclass(frozen=True)
class Token:
    """A line, or the part of it that begins with a label.

    Attributes:
        text: its text without marker and label, in plain notation.
        line: its line number, from 1.
        start, end: offsets in the document, in characters.
        label: the field that the line opens ("Answer:" opens "answer").
        marker: the marker of a list item ("-", "3", "a").
        number: the number in an exercise's heading.
        scope: what a line says of several problems below it: "For questions 3–5, let …".
        cells: the cells of a table row.
        too_long: whether the line was not looked at.
        level: that of a heading, from 1; bold lines are below all others.
    """

    kind: Literal["heading", "item", "text", "row", "blank"]
    text: str
    line: int
    start: int
    end: int
    label: Field | None = None
    marker: str | None = None
    number: str | None = None
    scope: Scope | None = None
    cells: tuple[str, ...] = ()
    too_long: bool = False
    level: int = BOLD_LEVEL


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a document, in order. Front matter, comments, rules and the fences around code count as blank."""
    lines = text.split("\n")
    hidden = _hidden_lines(lines)
    rows = _table_lines(lines)
    quoted = False
    for number, (start, raw) in enumerate(zip(line_starts(text), lines, strict=True), 1):
        blank = Token("blank", "", number, start, start + len(raw))
        # "> 14" below "3x + 2" goes on with it: a quotation begins behind a blank line.
        quoted = bool(_QUOTED.match(raw)) and (quoted or number == 1 or not lines[number - 2].strip())
        stripped = re.sub(r"^[\s>]+", "", raw) if quoted else raw.lstrip()
        if _TABLE_RULE.match(stripped):
            continue
        if number in hidden or not stripped or _RULE.match(stripped):
            yield blank
        elif len(raw) > MAX_LINE_CHARACTERS:
            yield replace(blank, kind="text", too_long=True)
        else:
            yield from _row_tokens(stripped, blank) if number in rows else _line_tokens(stripped, blank)


def _table_lines(lines: list[str]) -> set[int]:
    """The numbers of the lines of tables: lines between bars, with a rule among them or apart from their text.

    |x| + |y| is no row of a table.
    """
    found: set[int] = set()
    bars: list[int] = []
    for number, line in enumerate([*lines, ""], 1):
        if _ROW.match(re.sub(r"^[\s>]+", "", line)):
            bars.append(number)
            continue
        texts = [lines[n - 1].lstrip(" >") for n in bars]
        spaced = len(texts) > 1 and all(text.startswith("| ") for text in texts)
        if spaced or any(map(_TABLE_RULE.match, texts)):
            found.update(bars)
        bars = []
    return found


def _hidden_lines(lines: list[str]) -> set[int]:
    """The numbers of the lines of front matter and comments, and of the fences around code."""
    hidden: set[int] = set()
    if lines and lines[0].strip() == "---":
        end = next((i for i, s in enumerate(lines[1:MAX_FRONT_MATTER_LINES], 2) if s.strip() == "---"), 0)
        hidden.update(range(1, end + 1))
    in_comment = False
    for number, line in enumerate(lines, 1):
        in_comment = in_comment or line.lstrip().startswith("<!--")
        if in_comment or line.lstrip().startswith(("```", "~~~")):
            hidden.add(number)
        in_comment = in_comment and "-->" not in line
    return hidden


def _row_tokens(stripped: str, blank: Token) -> Iterator[Token]:
    """The tokens of a table's row: the row, or its cells where they are items of a list."""
    source = re.split(r"(?<!\\)\|", stripped.strip().removeprefix("|").removesuffix("|"))
    items = items_in_cells(source)
    cells = tuple(_plain(cell) for cell in source)
    yield from _parts(items, blank) if items else [replace(blank, kind="row", text=" ".join(cells), cells=cells)]


def _line_tokens(stripped: str, blank: Token) -> Iterator[Token]:
    """The tokens of a line: one, or several if it has labels inside ("4) Solve 2x = 6. Answer: x = 3")."""
    stripped = _BOLD_MARKER.sub(r"\g<marker> ", stripped, count=1) if _BOLD_MARKER.match(stripped) else stripped
    bold = _BOLD_LINE.fullmatch(stripped)
    if bold and _ITEM.fullmatch(bold["text"]) and is_task(without_number(bold["text"])):
        stripped, bold = bold["text"], None  # "**2. Solve 3x = 6**"
    heading = _HEADING.fullmatch(stripped) or bold
    if heading:
        level = BOLD_LEVEL if bold else len(stripped) - len(stripped.lstrip("#"))
        yield _labelled(replace(blank, kind="heading", level=level), heading["text"])
        return
    # An "A:" in the middle of a line is an answer only after a question.
    pieces = split_items(stripped)
    yield from _parts(
        [part for p in pieces for part in (_INLINE_LABEL.split(p) if "?" in p or ":" in p else [p])], blank
    )


def _parts(parts: list[str], blank: Token) -> Iterator[Token]:
    """The tokens of the parts of one line."""
    position = blank.start
    for part in parts:
        yield _part_token(part.strip(), replace(blank, start=position))
        position += len(part) + 1


def _part_token(part: str, blank: Token) -> Token:
    dotted = _DOTTED.fullmatch(part)
    if dotted and starts_like_task(_plain(dotted["rest"])) and is_task(_plain(dotted["rest"])):
        return replace(blank, kind="text", text=_plain(dotted["rest"]), label="statement", number=dotted["number"])
    item = _ITEM.fullmatch(part)
    if item is None:
        return _labelled(replace(blank, kind="text"), part)
    rest = re.sub(r"^\[[ xX]\]\s+", "", item["rest"])
    marker = CHECKBOX if rest != item["rest"] else item["marker"].strip("().").lower()
    return _labelled(replace(blank, kind="item", marker=marker or "-"), rest)


def _labelled(token: Token, markdown: str) -> Token:
    """The token with its text, after the label or the exercise's name that the text begins with."""
    text = _plain(markdown)
    text = _DIRECTIONS.sub("", text, count=1) if token.kind in ("text", "heading") else text
    scope = read_scope(section_of(text) or text) if token.kind != "item" else None
    if scope:
        return replace(token, text=text, scope=scope)
    run_in = read_run_in(markdown)
    if run_in:
        return replace(token, text=_plain(run_in.rest), label=run_in.field)
    solution = read_solution_of(text)
    if solution:
        return replace(token, text=solution.rest, label="answers", number=solution.number)
    label = read_label(text)
    if label:
        return replace(token, text=label.rest, label=label.field)
    answer = _A_LINE.fullmatch(text)
    if answer and token.kind != "heading":
        return replace(token, text=answer["rest"], label="answer")
    name = read_exercise_name(text)
    if name:
        return replace(token, text=name.rest, label="statement", number=name.number)
    alone = token.kind == "heading" or (token.kind == "text" and _ALONE.fullmatch(text))
    field = field_named(text.rstrip(" .–—-")) if alone else None
    return replace(token, text="", label=field) if field else replace(token, text=text)


def _plain(text: str) -> str:
    return without_points(typeset(plain_markdown(text)))


def lists_in(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The items of each list that is numbered in sequence. Lines of text between items go on with them."""
    items: list[Token] = []
    for token in [*tokens, Token("heading", "", 0, 0, 0)]:
        if token.kind == "blank" or (token.kind == "text" and not token.label and not token.scope):
            continue
        if not (token.kind == "item" and items and follows(items[-1].marker, token.marker)):
            if items:
                yield items
            items = []
        items += [token] if token.kind == "item" else []


def orders_only(items: list[Token]) -> bool:
    """Whether every item of a list orders something ("Solve …"), so that none is a step."""
    return all(orders(item.text) for item in items)


def share_premise(items: list[Token], parts: list[Token]) -> bool:
    """Whether the last item of a list only describes what the letters of the next list ask about."""
    return parts[0].marker in ("a", "i") and is_premise(items[-1].text)


def states_problems(items: list[Token]) -> bool:
    """Whether every item of a list has something to compute with, and some read as a problem: then all of them are."""
    return all(has_quantities(item.text) for item in items) and any(poses(item.text) for item in items)

"""The questions of Moodle's banks, as XML (`<quiz>`) or in the GIFT format, as rows with problem, answer and solution.

Why no library: `moodle-xml-parser` 0.3 knows two of Moodle's types and expands entities, `moodle-questions` and
`pygiftparser` rest since 2020 and 2017. The formats are documented at docs.moodle.org ("Moodle XML format", "GIFT
format").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.records import Span
from canopy_assets.seeds.reading.decoding import UnreadableError, line_starts

Row = dict[str, Any]

_WITH_ANSWER = ("shortanswer", "numerical", "multichoice")
"""Moodle's types of which a row can be made. Of a question with choices the right one is taken as the stated answer, so
that the exercise is verified only where the question alone leads to it."""
_NO_PROBLEMS = ("category", "description")
_BLOCKS = ("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table")
_LOST = ("img", "math", "svg", "object", "iframe", "canvas")


def moodle_rows(text: str) -> Iterator[tuple[Span, Row | str]]:
    """Every question of a Moodle XML file with its place: as a row, or why none can be made of it.

    Raises:
        UnreadableError: it is no well-formed XML, has a document type, or is no `<quiz>`.
    """
    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):
        raise UnreadableError("it has a document type or entities, which no export of Moodle has: remove them")
    found = _Quiz(text)
    starts = [*line_starts(text), len(text) + 1]
    for question in found.questions:
        span = Span(question.line, question.last_line, starts[question.line - 1], starts[question.last_line] - 1)
        if question.type not in _NO_PROBLEMS:
            yield span, _row(question)


@dataclass
class _Question:
    """A question with its texts, each by its path of elements ("questiontext/text")."""

    type: str
    line: int
    topic: str | None
    last_line: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[float, str]] = field(default_factory=list)  # share of the points, text


class _Quiz:
    """The questions of a file, in order, read without building a tree."""

    def __init__(self, text: str) -> None:
        self.questions: list[_Question] = []
        self._path: list[str] = []
        self._topic: str | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text, self._parser.buffer_size = True, 1 << 16
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            raise UnreadableError(f"line {error.lineno}: bad XML: {expat.ErrorString(error.code)}") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "quiz":
            raise UnreadableError(f"its root is <{name[:40]}>: of XML only question banks of Moodle (<quiz>) are read")
        self._path.append(name)
        if self._path == ["quiz", "question"]:
            kind = attributes.get("type", "")
            self.questions.append(_Question(kind, self._parser.CurrentLineNumber, self._topic))
        elif self._path == ["quiz", "question", "answer"]:
            share = attributes.get("fraction", "0")
            self.questions[-1].answers.append(
                (float(share) if re.fullmatch(r"-?\d{1,3}(?:\.\d+)?", share) else 0.0, "")
            )

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == "question" and self.questions:
            question = self.questions[-1]
            question.last_line = self._parser.CurrentLineNumber
            if question.type == "category":
                self._topic = question.texts.get("category/text", "").rsplit("/", 1)[-1].strip() or None

    def _characters(self, text: str) -> None:
        path = self._path[2:]
        if self._path[:2] != ["quiz", "question"] or path[-1:] != ["text"]:
            return
        question = self.questions[-1]
        if path == ["answer", "text"]:
            share, before = question.answers[-1]
            question.answers[-1] = (share, before + text)
        elif len(path) == 2:
            name = "/".join(path)
            question.texts[name] = question.texts.get(name, "") + text


def _row(question: _Question) -> Row | str:
    if question.type not in _WITH_ANSWER:
        return (
            f"a question of type {question.type[:40]!r}, of which no exercise can be made: use {_either(_WITH_ANSWER)}"
        )
    right = [_plain_html(text) for share, text in question.answers if share == 100]
    if not right or (question.type == "multichoice" and len(right) > 1):
        return "a question without one right answer"
    solution = _plain_html(question.texts.get("generalfeedback/text", ""))
    problem = _plain_html(question.texts.get("questiontext/text", ""))
    return _filled(problem=problem, answer=right[0], solution=solution, topic=question.topic)


_GIFT = re.compile(
    r"""
    (?:::(?:[^:\\]|\\.|:(?!:))*::\s*)?             # ::title::
    (?:\[(?P<format>html|markdown|plain|moodle)\])?
    (?P<stem>(?:[^{}\\]|\\.)*)
    \{(?P<answers>(?:[^{}\\]|\\.)*)\}
    (?P<tail>(?:[^{}\\]|\\.)*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANSWER = re.compile(
    r"(?P<sign>[=~])\s*(?:%(?P<share>-?\d{1,3}(?:\.\d+)?)%)?(?P<text>(?:[^=~#\\]|\\.)*)(?:#(?:[^=~\\]|\\.)*)?",
    re.DOTALL,
)
_NUMBER = re.compile(r"\s*=?\s*(?:%100%)?\s*(-?\d+(?:\.\d+)?)\s*(?:(:)[\d.]+|(\.\.)\s*-?[\d.]+)?\s*(?:#.*)?", re.DOTALL)
_ESCAPE = re.compile(r"\\([~=#{}:\\])")


def gift_rows(text: str) -> Iterator[tuple[Span, Row | str]]:
    """Every question of a GIFT file with its place: as a row, or why none can be made of it."""
    topic: str | None = None
    starts = [*line_starts(text), len(text) + 1]
    for first, lines in _paragraphs(text):
        source = "\n".join(line for line in lines if not line.lstrip().startswith("//")).strip()
        if source.startswith("$CATEGORY:"):
            category, _, source = source.partition("\n")
            topic = category.removeprefix("$CATEGORY:").rsplit("/", 1)[-1].strip() or None
        if source.strip():
            last = first + len(lines) - 1
            yield Span(first, last, starts[first - 1], starts[last] - 1), _gift_row(source.strip(), topic)


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """The runs of lines that are not blank, each with the number of its first line."""
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), lines
            lines = []


def _gift_row(source: str, topic: str | None) -> Row | str:
    found = _GIFT.fullmatch(source)
    if found is None:
        return "no question in the GIFT format: it needs its answers in braces, as in “What is 2 + 3? {=5}”"
    plain = _plain_html if found["format"] == "html" else _unescaped
    problem = plain(_unescaped(found["stem"]))
    if found["tail"].strip():
        problem = f"{problem} ___ {plain(_unescaped(found['tail']))}"
    answers, _, feedback = found["answers"].partition("####")
    answer = _gift_answer(answers.strip())
    if answer is None:
        return "a question without one right answer: true or false, matching, a range or an essay"
    return _filled(problem=problem, answer=plain(answer), solution=plain(_unescaped(feedback)), topic=topic)


def _gift_answer(answers: str) -> str | None:
    """The answer that gets all points; None where there is none, or several of which each is a part."""
    if answers.startswith("#"):
        number = _NUMBER.fullmatch(answers[1:])
        return number[1] if number and not number[3] else None
    given = [*_ANSWER.finditer(answers)]
    right = [a for a in given if a["share"] == "100" or (a["sign"] == "=" and a["share"] is None)]
    choices = any(a["sign"] == "~" for a in given)
    if not right or (choices and len(right) > 1) or any("->" in a["text"] for a in right):
        return None
    return _unescaped(right[0]["text"]).strip() or None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text.replace("\\n", "\n")).strip()


def _filled(**values: str | None) -> Row:
    return {name: value for name, value in values.items() if value}


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


class _Text(HTMLParser):
    """The text of a piece of HTML, with raised and lowered digits marked, and a mark for what is no text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LOST:
            self.parts.append(UNREADABLE)
        elif tag in ("sup", "sub"):
            self.parts.append("^(" if tag == "sup" else "_(")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        self._hidden += tag in ("script", "style", "math", "svg")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("sup", "sub"):
            self.parts.append(")")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        self._hidden = max(0, self._hidden - (tag in ("script", "style", "math", "svg")))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _plain_html(source: str) -> str:
    if not re.search(r"[<&]", source):
        return source.strip()
    parser = _Text()
    parser.feed(source)
    parser.close()
    text = re.sub(r"([\^_])\((\w)\)", r"\1\2", "".join(parser.parts))
    return "\n".join(line for row in text.split("\n") if (line := " ".join(row.split())))


READERS: dict[str, Callable[[str], Iterator[tuple[Span, Row | str]]]] = {
    "application/xml": moodle_rows,
    "text/x-gift": gift_rows,
}
"""From the text of a file to its rows, by media type."""

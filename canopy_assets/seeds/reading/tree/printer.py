"""Prints pandoc's document tree as Markdown, in which the exercises are found.

Headings, lists, tables and code keep their form; mathematics is LaTeX between dollar signs. What is printed is read
back: a line that would be read differently is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.tree.inlines import Text, formula, read_back, script, spaced
from canopy_assets.seeds.reading.tree.pandoc import MARK

MAX_BLOCKS = 50_000
"""How many blocks a document may have: paragraphs, list items, cells."""

_MATHS_CODE = {"math", "latex", "tex"}
_MARKER = re.compile(r"\(?(?:\d{1,3}|[a-hA-H])[.)](?:\s|$)|\d{1,3}$")
_POWER_ALONE = re.compile(r"\s*\^\s*\{?\s*(\d+)\s*\}?\s*")
"""A formula that is no more than the power of the word before it: "40 cm$^2$"."""
_QUOTES = {"SingleQuote": "‘’", "DoubleQuote": "“”"}


@dataclass
class Printer:
    """Prints blocks.

    Attributes:
        formulas: the LaTeX of the formulas that marks stand for; None for one that could not be read.
        lines: what was printed so far.
        notes: the blocks of footnotes, which stand at the end.
        seen: the numbers of the marks that were met.
    """

    formulas: dict[int, str | None] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    blocks: int = 0
    depth: int = 0
    """How many numbered lists are open."""

    def document(self, blocks: list[Any]) -> str:
        """The whole document.

        Raises:
            UnreadableError: it is too large, or a formula is missing and nothing shows where.
        """
        try:
            self._print(blocks, "")
            if self.notes:
                self._line("## Notes", "")
                for note in list(self.notes):
                    self._print(note, "")
        except RecursionError:
            raise UnreadableError("it is nested too deeply: simplify the document") from None
        missing = len(self.formulas.keys() - self.seen)
        if missing:
            raise UnreadableError(
                f"{missing} of its {len(self.formulas)} equations were lost in reading, at a place that is not known: "
                "save it again, as .docx or .html"
            )
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip() + "\n"

    def _print(self, blocks: list[Any], indent: str) -> None:
        for block in blocks:
            self.blocks += 1
            if self.blocks > MAX_BLOCKS:
                raise UnreadableError(f"it has over {MAX_BLOCKS} paragraphs, list items and cells: split the document")
            printer = _PRINTERS.get(block["t"])
            if printer:
                printer(self, block.get("c"), indent)

    def _line(self, text: str, indent: str) -> None:
        self.lines.append(f"{indent}{text}".rstrip())

    def _blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def _paragraph(self, inlines: list[Any], indent: str) -> None:
        self._plain(inlines, indent)
        self._blank()

    def _plain(self, inlines: list[Any], indent: str) -> None:
        content = [i for i in inlines if i["t"] not in ("Space", "SoftBreak", "LineBreak")]
        is_title = len(content) == 1 and content[0]["t"] == "Strong"
        for line in self._lines_of(inlines):
            self._line(f"**{line}**" if is_title and "*" not in line else line, indent)

    def _lines_of(self, inlines: list[Any]) -> list[str]:
        """Inline content as lines of Markdown, each of which reads back as what it shows."""
        lines: list[list[Text]] = [[]]
        for part in spaced(self._parts(inlines)):
            if part.markdown == "\n":
                lines.append([])
            else:
                lines[-1].append(part)
        return [text for line in lines if (text := read_back(line))]

    def _text(self, inlines: list[Any]) -> str:
        return " ".join(self._lines_of(inlines))

    def _header(self, content: Any, indent: str) -> None:
        self._blank()
        text = self._text(content[2])
        if text:
            self._line(f"{'#' * min(content[0], 6)} {text}", "")
            self._blank()

    def _bullets(self, items: list[Any], indent: str) -> None:
        self._items(items, ["-"] * len(items), indent)

    def _numbered(self, content: Any, indent: str) -> None:
        (start, style, delimiter), items = content
        if style["t"] == "DefaultStyle":  # as LaTeX numbers them: 1., a), i)
            style = {"t": ("Decimal", "LowerAlpha", "LowerRoman")[min(self.depth, 2)]}
        end = "." if delimiter["t"] in ("Period", "DefaultDelim") and style["t"] != "LowerAlpha" else ")"
        self.depth += 1
        self._items(items, [f"{_numeral(start + i, style['t'])}{end}" for i in range(len(items))], indent)
        self.depth -= 1

    def _items(self, items: list[Any], markers: list[str], indent: str) -> None:
        for marker, blocks in zip(markers, items, strict=True):
            before = len(self.lines)
            self._print(blocks, indent + " " * (len(marker) + 1))
            if len(self.lines) - before == 2 and not self.lines[-1]:
                self.lines.pop()  # an item of one paragraph needs no blank line after it
            first = next((i for i in range(before, len(self.lines)) if self.lines[i]), None)
            if first is None:
                self._line(marker, indent)
            elif self.lines[first].lstrip().startswith(("|", "#", "**")):
                self.lines.insert(first, f"{indent}{marker}")
            else:
                self.lines[first] = f"{indent}{marker} {self.lines[first].lstrip()}"
        self._blank()

    def _definitions(self, content: Any, indent: str) -> None:
        for term, definitions in content:
            self._line(self._text(term), indent)
            for blocks in definitions:
                self._print(blocks, indent)
        self._blank()

    def _quote(self, blocks: list[Any], indent: str) -> None:
        self._print(blocks, indent)
        self._blank()

    def _verses(self, lines: list[Any], indent: str) -> None:
        for line in lines:
            self._plain(line, indent)
        self._blank()

    def _div(self, content: Any, indent: str) -> None:
        self._print(content[1], indent)

    def _figure(self, content: Any, indent: str) -> None:
        self._print(content[2], indent)
        self._print(content[1][1], indent)
        self._blank()

    def _code(self, content: Any, indent: str) -> None:
        (_, classes, _), text = content
        if _MATHS_CODE & {c.lower() for c in classes}:
            self._line(formula(text, display=True).markdown, indent)
        elif not classes:  # code in a programming language states no exercise
            self.lines += ["```", *text.split("\n"), "```"]
        self._blank()

    def _rule(self, _: Any, indent: str) -> None:
        self._blank()
        self._line("---", "")
        self._blank()

    def _raw(self, content: Any, indent: str) -> None:
        """Code in LaTeX or HTML that pandoc did not understand: what it shows is not known."""
        if _shows_something(*content):
            self._line(UNREADABLE, indent)
            self._blank()

    def _table(self, content: Any, indent: str) -> None:
        _, caption, _, head, bodies, foot = content
        self._print(caption[1], indent)
        heads = [row for row in head[1] if any(cell[4] for cell in row[1])]
        rows = [row for body in bodies for part in (body[2], body[3]) for row in part] + foot[1]
        if not heads and (max((len(row[1]) for row in rows), default=0) == 1 or self._is_grid(rows)):
            self._layout(rows, indent)
            return
        self._blank()
        for number, row in enumerate([*heads, *rows]):
            cells = [self._cell(cell[4]).replace("|", r"\|") for cell in row[1]]
            self._line(f"| {' | '.join(cells)} |", "")
            if number == 0:
                self._line(f"|{' --- |' * max(1, len(cells))}", "")
        self._blank()

    def _is_grid(self, rows: list[Any]) -> bool:
        """Whether a table without a head only arranges problems: each row begins with a number or a letter."""
        firsts = [self._beginning(row[1][0][4]) for row in rows if row[1]]
        return bool(firsts) and all(_MARKER.match(text) for text in firsts)

    def _beginning(self, blocks: list[Any]) -> str:
        """The text of a cell's first paragraph."""
        first = blocks[0] if blocks and blocks[0]["t"] in ("Para", "Plain") else None
        return "" if first is None else self._text(first["c"])

    def _layout(self, rows: list[Any], indent: str) -> None:
        """The cells of a table that only arranges content; a cell with nothing but a number marks the next one."""
        for row in rows:
            marker = ""
            for cell in row[1]:
                if len(row[1]) == 1:
                    self._print(cell[4], indent)
                    continue
                text = self._cell(cell[4])
                if _MARKER.fullmatch(text):
                    marker = f"{text if text.endswith(('.', ')')) else text + '.'} "
                elif text:
                    self._line(marker + text, indent)
                    marker = ""
        self._blank()

    def _cell(self, blocks: list[Any]) -> str:
        inner = Printer(self.formulas, seen=self.seen, notes=self.notes)
        inner._print(blocks, "")
        self.blocks += inner.blocks
        return " ".join(line.strip() for line in inner.lines if line.strip() and not line.startswith("```"))

    def _parts(self, inlines: Iterable[Any]) -> list[Text]:
        parts: list[Text] = []
        for inline in inlines:
            kind, content = inline["t"], inline.get("c")
            if kind == "Str":
                parts += self._marked(content)
            elif kind in ("Space", "SoftBreak"):
                parts.append(Text(" ", " "))
            elif kind == "LineBreak":
                parts.append(Text("\n", "\n"))
            elif kind == "Math" and (power := _POWER_ALONE.fullmatch(content[1])):
                parts.append(script("^", [Text(power[1], power[1])], parts))
            elif kind == "Math":
                parts.append(formula(content[1], display=content[0]["t"] == "DisplayMath"))
            elif kind in ("Superscript", "Subscript"):
                parts.append(script("^" if kind == "Superscript" else "_", self._parts(content), parts))
            elif kind == "Note":
                self.notes += [] if content in self.notes else [content]
            else:
                parts += self._other(kind, content)
        return parts

    def _other(self, kind: str, content: Any) -> list[Text]:
        if kind in ("Emph", "Strong", "Underline", "SmallCaps"):
            return self._parts(content)
        if kind in ("Span", "Link", "Cite"):
            return self._parts(content[1])
        if kind == "Quoted":
            opening, closing = _QUOTES[content[0]["t"]]
            return [Text(opening, opening), *self._parts(content[1]), Text(closing, closing)]
        if kind == "Code":
            return [Text(content[1], content[1])]
        if kind == "RawInline" and not _shows_something(*content):
            return []
        return [Text(UNREADABLE, UNREADABLE)]  # a picture, text struck out, or code that pandoc did not understand

    def _marked(self, text: str) -> list[Text]:
        """Text in which marks stand for formulas."""
        parts: list[Text] = []
        for index, piece in enumerate(MARK.split(text)):
            if index % 2 == 0:
                parts += [Text(piece, piece)] if piece else []
            else:
                self.seen.add(int(piece))
                latex = self.formulas.get(int(piece))
                parts.append(Text(UNREADABLE, UNREADABLE) if latex is None else formula(latex, display=False))
        return parts


def _numeral(number: int, style: str) -> str:
    if style in ("LowerAlpha", "UpperAlpha") and 1 <= number <= 26:
        return chr((ord("a") if style == "LowerAlpha" else ord("A")) + number - 1)
    if style in ("LowerRoman", "UpperRoman") and 1 <= number <= 39:
        ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][number % 10]
        roman = "x" * (number // 10) + ones
        return roman if style == "LowerRoman" else roman.upper()
    return str(number)


def _shows_something(kind: str, code: str) -> bool:
    """Whether raw code shows anything on the page."""
    if kind in ("tex", "latex"):
        return not re.fullmatch(r"\s*(\\[A-Za-z@]+\*?\s*(\[[^\]]*\])?(\{[^{}]*\})*\s*)*", code) or any(
            name in code for name in ("includegraphics", "\\begin", "\\input")
        )
    return kind.startswith("html") and "<img" in code


_PRINTERS: dict[str, Callable[[Printer, Any, str], None]] = {
    "Para": Printer._paragraph,
    "Plain": Printer._plain,
    "Header": Printer._header,
    "BulletList": Printer._bullets,
    "OrderedList": Printer._numbered,
    "DefinitionList": Printer._definitions,
    "BlockQuote": Printer._quote,
    "LineBlock": Printer._verses,
    "Div": Printer._div,
    "Figure": Printer._figure,
    "CodeBlock": Printer._code,
    "HorizontalRule": Printer._rule,
    "RawBlock": Printer._raw,
    "Table": Printer._table,
}

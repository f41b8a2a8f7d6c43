"""Inline content of a document tree: words, powers and formulas on a line of Markdown that reads back as it was."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.latex import LatexError, plain
from canopy_assets.maths.typography import plain_markdown

_TYPED = re.compile(
    r"""
    (?<![\\$])\$\$?(?=\S)([^$\n]{0,300}(?:\\[A-Za-z]|[\^_])[^$\n]{0,300})(?<=\S)\$\$?(?![\d$])
  | \\\((.{1,600}?)\\\)
  | \\\[(.{1,600}?)\\\]
    """,
    re.VERBOSE,
)
"""LaTeX in a text; between dollar signs it has a command, a power or an index, so that it is no price."""
_SPECIAL = re.compile(r"([\\`*_$#<>\[\]|~])")


@dataclass(frozen=True)
class Text:
    """A part of a line: as Markdown, and as it is to be read."""

    markdown: str
    shown: str

    @property
    def is_formula(self) -> bool:
        """Whether the Markdown is LaTeX between dollar signs."""
        return len(self.markdown) > 2 and self.markdown[0] == self.markdown[-1] == "$"

    @property
    def latex(self) -> str:
        """The LaTeX of a formula."""
        return self.markdown.strip("$")


def formula(latex: str, *, display: bool) -> Text:
    """A formula, or the mark of a lost one."""
    latex = " ".join(latex.split())
    try:
        shown = plain(latex)
    except LatexError:
        return Text(UNREADABLE, UNREADABLE)
    if "$" in latex.replace(r"\$", ""):
        return Text(UNREADABLE, UNREADABLE)
    latex = re.sub(r"(?<!\\)\|", r"\\vert ", latex)
    return Text(f"$${latex}$$" if display else f"${latex}$", shown) if shown else Text("", "")


def script(sign: str, content: list[Text], before: list[Text]) -> Text:
    """A raised or lowered text: a power or an index of what stands before it."""
    text = "".join(part.shown for part in content).strip()
    last = before[-1].shown[-1:] if before else ""
    if not text or text in ("st", "nd", "rd", "th", "°", "º", "'", "′", "%"):
        return Text(text, text)
    if not (last.isalnum() or (last and last in ")]}|'%!") or text == "∘") or _is_script(before[-1], sign):
        return Text(UNREADABLE, UNREADABLE)  # a number raised before a root, or the mark of a note
    if UNREADABLE in text:
        return Text(UNREADABLE, UNREADABLE)
    if text == "∘":
        return Text("°", "°")
    # The brackets stay where the next character could be read as part of the power; `spaced` decides.
    return Text(f"{sign}({text})", f"{sign}({text})")


def _is_script(part: Text, sign: str) -> bool:
    """Whether a part is itself a power (or an index): a power behind a power is no power of the same base."""
    return re.fullmatch(rf"\{sign}\(.+\)", part.shown) is not None


def spaced(parts: list[Text]) -> list[Text]:
    """The parts of a line with what has to stand between neighbours, so that none is read as part of another."""
    merged: list[Text] = []
    for part in _with_typed_formulas(parts):
        if part.is_formula and merged and merged[-1].is_formula:
            merged[-1] = formula(f"{merged[-1].latex} {part.latex}", display=False)
        elif part.shown:
            merged.append(part)
    result: list[Text] = []
    for index, part in enumerate(merged):
        before = "".join(p.shown for p in result[-2:])
        after = merged[index + 1].shown if index + 1 < len(merged) else ""
        result += _settled(part, before, after, follows_formula=bool(result) and result[-1].is_formula)
    return result


def _with_typed_formulas(parts: list[Text]) -> list[Text]:
    """The parts with LaTeX that an author typed into plain text, between dollar signs or brackets, as formulas."""
    result: list[Text] = []
    for is_formula, group in itertools.groupby(parts, key=lambda p: p.is_formula or p.markdown == "\n"):
        members = list(group)
        text = "".join(p.shown for p in members)
        if is_formula or not _TYPED.search(text):
            result += members
            continue
        position = 0
        for match in _TYPED.finditer(text):
            before = text[position : match.start()]
            source = next(g for g in match.groups() if g is not None)
            result += [Text(before, before)] * bool(before) + [formula(source, display=False)]
            position = match.end()
        result += [Text(text[position:], text[position:])] * bool(text[position:])
    return result


def _settled(part: Text, before: str, after: str, *, follows_formula: bool) -> list[Text]:
    """A part with what its neighbours make necessary."""
    if part.is_formula:
        return _settled_formula(part, before)
    script = re.fullmatch(r"([\^_])\((.+)\)", part.shown)
    if script and follows_formula and re.search(r"[\s/+*·×÷−-]", before.strip()):
        return [Text(UNREADABLE, UNREADABLE)]  # a power typed behind a formula: of all of it, or of its end?
    simple = script and re.fullmatch(r"[0-9]{1,9}|[A-Za-z]", script[2])
    if script and simple and not (after[:1].isdigit() or (script[2].isalpha() and after[:1].isalnum())):
        return [Text(script[1] + script[2], script[1] + script[2])]
    if follows_formula and before[-1:].isalnum() and part.shown[0].isdigit():
        return [Text(UNREADABLE, UNREADABLE), part]
    if follows_formula and before[-1:].isalnum() and re.match("[A-Za-z]{2}", part.shown):
        return [Text(" ", " "), part]
    return [part]


def _settled_formula(part: Text, before: str) -> list[Text]:
    if before[-1:].isdigit() and re.fullmatch(r"[0-9]+/[0-9]+", part.shown):
        return [Text(" ", " "), part]  # 3 and a half
    if before[-1:].isalnum() and part.shown[0].isdigit():
        return [Text(UNREADABLE, UNREADABLE), part]
    if before.rstrip()[-1:] in ("/", "÷", "^") and not part.shown.isalnum():
        return [formula(rf"\left({part.latex}\right)", display=False)]
    return [Text(" ", " "), part] if re.search("[A-Za-z]{2}$", before) and part.shown[0].isalpha() else [part]


def read_back(parts: list[Text]) -> str:
    """A line of Markdown that is read as what the parts show."""
    shown = " ".join("".join(part.shown for part in parts).split())
    text = " ".join("".join(part.markdown for part in parts).split())
    if _reads_as(text, shown):
        return text
    for brackets in (False, True):
        # "$" has no power beside a letter or a figure: 5$x$ is written 5\\(x\\).
        pieces = [_formula_in_brackets(p) if brackets and p.is_formula else p.markdown for p in parts]
        escaped = [t if p.is_formula else _SPECIAL.sub(r"\\\1", t) for t, p in zip(pieces, parts, strict=True)]
        text = " ".join("".join(escaped).split())
        if _reads_as(text, shown):
            return text
    return _SPECIAL.sub(r"\\\1", shown)


def _formula_in_brackets(part: Text) -> str:
    return f"\\({part.latex}\\)"


def _reads_as(text: str, shown: str) -> bool:
    starts_block = re.match(r"#{1,6}\s|\||```|~~~|<!--|>|([-=*_])\1{2,}\s*$|(\*\*|__)[^*_]{1,120}\2\s*$", text)
    return not (starts_block and shown) and plain_markdown(text) == shown

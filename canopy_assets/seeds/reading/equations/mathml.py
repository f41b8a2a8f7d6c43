"""Reads presentation MathML, the equations of web pages, e-books and ODT files, as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from canopy_assets.seeds.reading.equations.signs import EquationError, accent, characters, delimiter, words

_TRANSPARENT = {"math", "mrow", "mstyle", "mpadded", "mtd", "semantics"}
_SKIPPED = {"mphantom", "maligngroup", "malignmark", "annotation", "annotation-xml", "none", "mprescripts"}
_TEX = {"application/x-tex", "tex", "latex", "application/x-latex", "text/x-tex"}
_BRACKETS = {"(": ")", "[": "]", "|": "|", "{": "}"}


def to_latex(element: Any) -> str:
    """A `math` element (of lxml) as LaTeX. An annotation in TeX is what its author wrote, so it is preferred.

    Raises:
        EquationError: it has an element that is not known, or no content.
    """
    for found in element.iter():
        if _name(found) == "annotation" and found.get("encoding", "").lower() in _TEX and (found.text or "").strip():
            return found.text.strip()
    latex = " ".join(_read(element).split())
    if not latex:
        raise EquationError("an empty formula")
    return latex


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _parts(element: Any, count: int) -> list[str]:
    """The contents of an element that must have so many children."""
    children = [c for c in element if _name(c)]
    if len(children) != count:
        raise EquationError(f"{_name(element)} with {len(children)} parts")
    return [_read(c) for c in children]


def _read(element: Any) -> str:
    name = _name(element)
    if not name or name in _SKIPPED:
        return ""
    if name in _TRANSPARENT:
        children = [c for c in element if _name(c) and _name(c) not in _SKIPPED]
        return _row(children[:1] if name == "semantics" else children)
    reader = _READERS.get(name)
    if reader is None:
        raise EquationError(f"the element {name}")
    return reader(element)


def _row(children: list[Any]) -> str:
    """Elements in a row. A brace before a table with none after it opens a system of equations."""
    latex, texts = "", [_text(c) if _name(c) == "mo" else "" for c in children]
    for index, child in enumerate(children):
        is_system = texts[index] == "{" and index + 1 < len(children) and _has_table(children[index + 1])
        if is_system and "}" not in texts[index + 2 :]:
            continue
        latex += _read(child)
    return latex


def _has_table(element: Any) -> bool:
    return any(_name(e) == "mtable" for e in element.iter())


def _text(element: Any) -> str:
    if any(_name(c) not in ("", "mglyph") for c in element):
        raise EquationError(f"elements inside {_name(element)}")
    return " ".join("".join(element.itertext()).split())


def _identifier(element: Any) -> str:
    text = _text(element)
    return words(text) if len(text) > 1 else characters(text)


def _operator(element: Any) -> str:
    text = _text(element)
    return words(text) if len(text) > 1 and text.isalpha() else characters(text)


def _fraction(element: Any) -> str:
    if re.fullmatch(r"0\s*(px|pt|em|ex|%)?", element.get("linethickness", "1")):
        raise EquationError("a stack without a fraction bar")
    above, below = _parts(element, 2)
    return f"\\frac{{{above}}}{{{below}}}"


def _script(element: Any) -> str:
    name = _name(element)
    base, *scripts = _parts(element, 3 if name == "msubsup" else 2)
    if not base.strip():
        raise EquationError("a power of nothing")
    marks = {"msup": "^", "msub": "_", "msubsup": "_^"}[name]
    # A base of several signs ("2x") carries the power on its last one, as the page shows it.
    return base + "".join(f"{mark}{{{script}}}" for mark, script in zip(marks, scripts, strict=True))


def _under_over(element: Any) -> str:
    name = _name(element)
    base, *scripts = _parts(element, 3 if name == "munderover" else 2)
    bare = base.strip()
    if name == "mover" and scripts[0].strip("\\ ") in ("→", "^", "¯", "‾", "_", "˜", "sim", "˙", "rightarrow"):
        sign = scripts[0].strip("\\ ")
        return accent({"sim": "~", "rightarrow": "→"}.get(sign, sign), base)
    if bare not in (r"\lim", r"\max", r"\min", "∑", "∏", "∫", "⋃", "⋂", r"\sup", r"\inf"):
        raise EquationError("something over or under a formula")
    marks = {"munder": "_", "mover": "^", "munderover": "_^"}[name]
    return bare + "".join(f"{mark}{{{script}}}" for mark, script in zip(marks, scripts, strict=True)) + " "


def _table(element: Any) -> str:
    rows = []
    for row in element:
        if _name(row) == "mtr":
            rows.append(" & ".join(_read(cell) for cell in row if _name(cell)))
        elif _name(row):
            raise EquationError(f"the element {_name(row)}")
    grid = r" \\ ".join(rows)
    name, columns = ("array", "{c}") if _RELATION.search(grid) else ("matrix", "")
    return f"\\begin{{{name}}}{columns}{grid}\\end{{{name}}}"


def _fenced(element: Any) -> str:
    separators = element.get("separators", ",").replace(" ", "") or ""
    parts = [_read(c) for c in element if _name(c)]
    inside = ""
    for index, part in enumerate(parts):
        inside += (separators[min(index - 1, len(separators) - 1)] if index and separators else "") + part
    return f"\\left{delimiter(element.get('open', '('))} {inside} \\right{delimiter(element.get('close', ')'))} "


def _root(element: Any) -> str:
    content, order = _parts(element, 2)
    return f"\\sqrt[{order}]{{{content}}}"


def _square_root(element: Any) -> str:
    return f"\\sqrt{{{_row([c for c in element if _name(c)])}}}"


_RELATION = re.compile(r"[=<>≤≥]")
_READERS: dict[str, Callable[[Any], str]] = {
    "mi": _identifier,
    "mn": lambda element: characters(_text(element)),
    "mo": _operator,
    "mtext": lambda element: words("".join(element.itertext())),
    "ms": lambda element: words(_text(element)),
    "mspace": lambda element: " ",
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msup": _script,
    "msub": _script,
    "msubsup": _script,
    "munder": _under_over,
    "mover": _under_over,
    "munderover": _under_over,
    "mtable": _table,
    "mfenced": _fenced,
}

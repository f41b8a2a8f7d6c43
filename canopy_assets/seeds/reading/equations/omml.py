"""Reads OMML, the equations of Word and PowerPoint files, as LaTeX.

Optional property elements (`m:fPr` and the like) may be missing, as LibreOffice and other programs leave them out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canopy_assets.seeds.reading.equations.signs import EquationError, accent, characters, delimiter, words

NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)

_SKIPPED = {"ctrlPr", "rPr", "argPr", "oMathParaPr", "bookmarkStart", "bookmarkEnd", "proofErr", "del", "moveFrom"}
_TRANSPARENT = {"oMath", "oMathPara", "e", "num", "den", "deg", "sub", "sup", "fName", "lim", "box", "borderBox", "ins",
                "moveTo", "smartTag", "sdt", "sdtContent"}  # fmt: skip
_OPERATORS = {"∫": r"\int", "∑": r"\sum", "∏": r"\prod", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup", "⋂": r"\bigcap"}


def to_latex(element: Any) -> str:
    """An `m:oMath` element (of lxml) as LaTeX.

    Raises:
        EquationError: it has an element that is not known.
    """
    return " ".join(_content(element).split())


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: Any, *names: str) -> Any:
    return next((c for c in element if _name(c) in names), None)


def _value(element: Any, properties: str, name: str) -> str | None:
    """The value of a property: None if it is not given, "" if it is given without a value."""
    parent = _child(element, properties)
    found = None if parent is None else _child(parent, name)
    if found is None:
        return None
    return next((v for k, v in found.attrib.items() if k.rpartition("}")[2] == "val"), "")


def _is_on(element: Any, properties: str, name: str) -> bool:
    value = _value(element, properties, name)
    return value is not None and value not in ("0", "off", "false")


def _content(element: Any) -> str:
    return "".join(_read(child) for child in element)


def _of(element: Any, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else _content(child)


def _read(element: Any) -> str:
    name = _name(element)
    if not name or name in _SKIPPED or name.endswith("Pr"):
        return ""
    if name in _TRANSPARENT:
        return _content(element)
    reader = _READERS.get(name)
    if reader is None:
        raise EquationError(f"the element {name}")
    return reader(element)


def _run(element: Any) -> str:
    text = ""
    for child in element:
        name = _name(child)
        if name == "t":
            text += child.text or ""
        elif name == "br":
            raise EquationError("a line break inside a formula")
        elif name not in ("rPr", "ctrlPr", "lastRenderedPageBreak", ""):
            raise EquationError(f"the element {name}")
    upright = _is_on(element, "rPr", "nor") or _value(element, "rPr", "sty") == "p"
    return words(text) if upright and text.strip().isalpha() else characters(text) if not upright else words(text)


def _fraction(element: Any) -> str:
    kind = _value(element, "fPr", "type")
    if kind == "noBar":
        raise EquationError("a stack without a fraction bar")
    return f"\\frac{{{_of(element, 'num')}}}{{{_of(element, 'den')}}}"


def _radical(element: Any) -> str:
    order = "" if _is_on(element, "radPr", "degHide") else _of(element, "deg").strip()
    return f"\\sqrt{f'[{order}]' if order else ''}{{{_of(element, 'e')}}}"


def _scripts(element: Any) -> str:
    base = _of(element, "e")
    if not base.strip():
        raise EquationError("a power of nothing")
    marks = [("_", "sub"), ("^", "sup")]
    scripts = "".join(f"{mark}{{{_of(element, part)}}}" for mark, part in marks if _child(element, part) is not None)
    return f"{base}{scripts}"  # a base of several signs ("2x") carries the power on its last one, as the page shows it


def _nary(element: Any) -> str:
    sign = _value(element, "naryPr", "chr")
    operator = _OPERATORS.get("∫" if sign is None else sign)
    if operator is None:
        raise EquationError(f"the operator {sign!r}")
    hidden = {"sub": _is_on(element, "naryPr", "subHide"), "sup": _is_on(element, "naryPr", "supHide")}
    limits = ""
    for mark, part in (("_", "sub"), ("^", "sup")):
        content = _of(element, part).strip()
        limits += f"{mark}{{{content}}}" if content and not hidden[part] else ""
    return f"{operator}{limits} {_of(element, 'e')}"


def _function(element: Any) -> str:
    return f"{_of(element, 'fName')} {_of(element, 'e')}"


def _delimited(element: Any) -> str:
    begin, end, separator = (_value(element, "dPr", name) for name in ("begChr", "endChr", "sepChr"))
    inside = ("|" if separator is None else separator).join(_content(e) for e in element if _name(e) == "e")
    left, right = delimiter("(" if begin is None else begin), delimiter(")" if end is None else end)
    return f"\\left{left} {inside} \\right{right} "


def _matrix(element: Any) -> str:
    rows = [" & ".join(_content(e) for e in row if _name(e) == "e") for row in element if _name(row) == "mr"]
    return "\\begin{matrix}" + r" \\ ".join(rows) + "\\end{matrix}"


def _equations(element: Any) -> str:
    rows = [_content(e).replace(r"\&", "") for e in element if _name(e) == "e"]
    return "\\begin{aligned}" + r" \\ ".join(rows) + "\\end{aligned}"


def _accented(element: Any) -> str:
    sign = _value(element, "accPr", "chr")
    return accent("̂" if sign is None else sign, _of(element, "e"))


def _bar(element: Any) -> str:
    if _value(element, "barPr", "pos") == "top":
        return accent("¯", _of(element, "e"))
    return f"\\underline{{{_of(element, 'e')}}}"


def _limit_below(element: Any) -> str:
    base = _of(element, "e").strip()
    if base not in (r"\lim", r"\max", r"\min", r"\sup", r"\inf"):
        raise EquationError("something under a formula")
    return f"{base}_{{{_of(element, 'lim')}}} "


def _grouped(element: Any) -> str:
    sign = _value(element, "groupChrPr", "chr")
    if sign not in (None, "⏟", "⏞"):
        raise EquationError(f"the sign {sign!r} over or under a formula")
    return _of(element, "e")


def _phantom(element: Any) -> str:
    return "" if _value(element, "phantPr", "show") in ("0", "off", "false") else _of(element, "e")


_READERS: dict[str, Callable[[Any], str]] = {
    "r": _run,
    "f": _fraction,
    "rad": _radical,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "nary": _nary,
    "func": _function,
    "d": _delimited,
    "m": _matrix,
    "eqArr": _equations,
    "acc": _accented,
    "bar": _bar,
    "limLow": _limit_below,
    "groupChr": _grouped,
    "phant": _phantom,
}

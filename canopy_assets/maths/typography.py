"""Typesets text that authors typed, for display: LaTeX, Markdown marks and ASCII operators become Unicode.

The opposite direction, one ASCII spelling for comparing texts, is in `maths.canonical`. `maths.formatting` writes the
numbers and expressions that the code computes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from canopy_assets.maths.glyphs import TO_SUPERSCRIPT, UNREADABLE
from canopy_assets.maths.latex import LatexError, plain

_INLINE_MATH = re.compile(
    r"""
    \$\$(.{1,2000}?)\$\$
    | (?<![\w\\$])\$(?=\S)((?:[^$\n\\]|\\[^\n]){1,2000}?)(?<=\S)\$(?![\d$])  # $…$, but not from one price to the next
    | \\\((.{1,2000}?)\\\)
    | \\\[(.{1,2000}?)\\\]
    """,
    re.DOTALL | re.VERBOSE,
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"""
    (?<![\w*)])([*_])(?=[^\s*_])  # no product: the sign stands after a space or a bracket that opens
    ([^*_\n]+?)
    (?<=[^\s*_])\1(?![\w*(])
    """,
    re.VERBOSE,
)
_MINUS_BETWEEN = re.compile(r"(?<=[\d)²³xyz%])(\s*)[-–](\s*)(?=[$\d(.]|[a-z]\b)")
_MINUS_SIGN = re.compile(r"(^|[=(<>≤≥,+×÷·]\s*|\s)-(?=[$\d.]|[a-z]\b)")
_TIMES = re.compile(r"(?<=[\d)%.a-z])(\s*)\*(\s*)(?=[$\d(.a-z])")
_POWER_SIGN = re.compile(r"(?<=[\w)])\s*\*\*\s*(?=[\w(−-])")
_POWER = re.compile(
    r"""
    (?<!\^\d)(?<!\^\d\d)  # in 2^3^2, a raised 2 would look like the exponent 32
    \^(?:\((\d{1,2})\)|(\d{1,2}))
    (?![\d.^])
    """,
    re.VERBOSE,
)
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}\s+[A-Za-z]{2,}")
_LINK = re.compile(
    r"""
    \[(?P<text>[^\]]+)\]
    \((?:[a-z][a-z0-9+.-]*:|[#/.]|(?:[\w-]+/)*[\w-]+\.[A-Za-z]\w{1,4}[)#?])[^)\s]*\)?    # "[2 + 3](4)" is a product
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]#+.!<>|~$&-])")
_DOUBLE_STARS = re.compile(r"(?<!\*)\*\*(?!\*)")


def latex_to_unicode(text: str) -> str:
    r"""Text with LaTeX such as `$\frac{3}{4}x^{2} \le 5$` written as `(3/4)x^2 ≤ 5`; a price ("$40") is left alone.

    A formula that cannot be written on a line becomes `glyphs.UNREADABLE`.
    """
    return _INLINE_MATH.sub(_plain_formula, text)


def split_formulas(text: str) -> list[tuple[str, bool]]:
    """A text cut at its LaTeX formulas: each piece, and whether it is a formula, with the signs around it."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _INLINE_MATH.finditer(text):
        if _plain_formula(match) != match[0]:
            pieces += [(text[end : match.start()], False), (match[0], True)]
            end = match.end()
    return [piece for piece in (*pieces, (text[end:], False)) if piece[0]]


def plain_markdown(text: str) -> str:
    """A line of Markdown with LaTeX as plain text. The marks of Markdown have no power inside formulas."""
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\x02{len(kept) - 1}\x03"

    text = _INLINE_MATH.sub(lambda m: keep(shown) if (shown := _plain_formula(m)) != m[0] else m[0], text)
    text = _ESCAPE.sub(lambda m: keep(m[1]), text)
    text = without_markdown(text)
    return " ".join(re.sub("\x02(\\d+)\x03", lambda m: kept[int(m[1])], text).split())


def without_markdown(text: str) -> str:
    """Text without Markdown emphasis, code marks, links, pictures, escapes, and with single spaces."""
    text = re.sub(r"!\[[^\]]*\]\([^)\s]*\)", " ", text)
    text = _LINK.sub(r"\1", text)
    text = _DOUBLE_STARS.sub(_shield_powers(text), text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text)).replace("\x04", "**")
    text = re.sub(r"`+([^`]*)`+", r"\1", text)
    text = re.sub(r"</?u>|<br\s*/?>", " ", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!<>|~-])", r"\1", text)
    return " ".join(text.split())


def _shield_powers(text: str) -> Callable[[re.Match[str]], str]:
    """Hides each `**` that is an operator ("2**3 + 4**2") from the search for bold text.

    It stands between operands, and bold text is not open there, or closes later.
    """
    marks = list(_DOUBLE_STARS.finditer(text))
    opens = [not text[: m.start()][-1:].strip(" (") and bool(text[m.end() : m.end() + 1].strip()) for m in marks]
    closes = [not re.match(r"[-\w(]", text[m.end() :]) for m in marks]
    operators: set[int] = set()
    is_open = False
    for i, mark in enumerate(marks):
        between = bool(re.search(r"[\d)\]]$|(?<![A-Za-z])[A-Za-z]$", text[: mark.start()])) and not closes[i]
        ahead = next((k for k in range(i + 1, len(marks)) if opens[k] or closes[k]), None)
        if between and not opens[i] and (not is_open or (ahead is not None and closes[ahead] and not opens[ahead])):
            operators.add(mark.start())
        else:
            is_open = not is_open
    return lambda m: "\x04" if m.start() in operators else m[0]


def typeset(text: str) -> str:
    """Display text: − for a minus between or before numbers and letters, × for *, ² for ^2."""
    text = _MINUS_SIGN.sub(r"\1−", _MINUS_BETWEEN.sub(r"\1−\2", text))
    text = _TIMES.sub(r"\1×\2", _POWER_SIGN.sub("^", text))
    return _POWER.sub(lambda m: (m[1] or m[2]).translate(TO_SUPERSCRIPT), text)


def _plain_formula(match: re.Match[str]) -> str:
    """A formula as plain text; text between two prices is left as it is."""
    source = next(g for g in match.groups() if g is not None)
    if match[0].startswith("$") and not match[0].startswith("$$") and _PROSE.search(re.sub(r"\{[^{}]*\}", "", source)):
        return match[0]
    try:
        return plain(source)
    except LatexError:
        return UNREADABLE

"""Brings texts into normal forms, so that they can be compared.

There are three forms. `without_markup` keeps every position, for code that points into a reply. `fold` is for finding
an expression in another text, whatever its spaces and signs. `normalized` is for comparing whole texts.
(`maths.canonical` is a fourth one, for comparing formulas.)
"""

from __future__ import annotations

import re
import unicodedata

from canopy_assets.maths.glyphs import NARROW_SPACES, TO_ASCII_OPERATORS, VULGAR_FRACTIONS

_EMPHASIS = re.compile(
    r"""
    (?<![\w*)])(\*{1,3}|__)(?=\S)   # it opens before a word or figure; behind one it is a multiplication sign
    ([^*\n]{1,200}?)
    (?<=\S)\1(?![\w*(])             # the same signs close it
    """,
    re.VERBOSE,
)
_FRACTION = re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}")
_BOX = re.compile(r"\\(?:boxed|text|mathrm)\{([^{}]*)\}")
_COMMANDS = {
    "\\times": "×",
    "\\cdot": "·",
    "\\div": "÷",
    "\\leq": "≤",
    "\\geq": "≥",
    "\\le": "≤",
    "\\ge": "≥",
    "\\pi": "π",
}
"""LaTeX's signs. If one sign begins with another, the longer one comes first."""
_STYLED = re.compile("[\u0660-\u0669\u06f0-\u06f9\uff01-\uff5e\U0001d400-\U0001d7ff]")
"""Arabic digits, full-width forms, mathematical alphabets."""
_UNSTYLED = {
    code: plain
    for code in range(0x0660, 0x1D800)
    if _STYLED.match(chr(code))
    and (plain := str(unicodedata.digit(chr(code), "")) or unicodedata.normalize("NFKC", chr(code))).isascii()
}
"""Their ASCII characters by code point."""
_FOLDED = TO_ASCII_OPERATORS | str.maketrans(
    VULGAR_FRACTIONS
    | {raised: f"^{digit}" for raised, digit in zip("²³⁴", "234", strict=True)}
    | {"—": "-", "√": "sqrt", "≤": "<=", "≥": ">="}
    | dict.fromkeys(NARROW_SPACES, " ")
)
_SPACES_AND_SIGNS = re.compile(r"[\s*$€£\\{}\[\],_`]+")
TIMES_X = re.compile(r"(?<=\d)\s*[xX]\s*(?=[$€£]?\d)")
"""The letter between two figures, which is a multiplication sign: "25 x 50"."""
_SIGNS = TO_ASCII_OPERATORS | str.maketrans("’“”", '\'""')


def without_markup(text: str) -> str:
    """A text without emphasis, its digits and letters in ASCII, LaTeX fractions, boxes and signs as plain characters.

    No character moves: positions stay those of the reply.
    """
    if not text.isascii() and _STYLED.search(text):
        text = text.translate(_UNSTYLED)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(lambda m: m[2].center(len(m[0])), text)
    if "\\" not in text:
        return text
    text = _FRACTION.sub(lambda m: f"{m[1]}/{m[2]}".ljust(len(m[0])), text)
    text = _BOX.sub(lambda m: m[1].center(len(m[0])), text)
    for command, sign in _COMMANDS.items():
        text = text.replace(command, sign.center(len(command)))
    return re.sub(r"\\[()\[\]]", "  ", text)


def fold(text: str) -> str:
    """Mathematics in plain lower-case characters without spaces, currency, commas and multiplication signs."""
    plain = (text if text.isascii() else text.translate(_FOLDED)).lower()
    if "x" in plain:
        plain = TIMES_X.sub("*", plain)
    return _SPACES_AND_SIGNS.sub("", plain.replace("**", "^"))


def normalized(text: str) -> str:
    """The same for texts that differ in case, spaces, Unicode signs or final punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold().split()).strip(" .!?")

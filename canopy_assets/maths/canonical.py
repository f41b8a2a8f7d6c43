"""Gives formulas in prose one spelling, so that texts can be compared, and finds the formulas in a text.

It uses only regular expressions and no parser, so "2 + x" and "x + 2" stay different. `maths.answers` compares values,
and `maths.typography` makes text for people.
"""

from __future__ import annotations

import re

from canopy_assets.maths.glyphs import (
    FROM_SUBSCRIPT,
    FROM_SUPERSCRIPT,
    SUBSCRIPT_DIGITS,
    SUPERSCRIPT_DIGITS,
    SUPERSCRIPT_MINUS,
    TO_ASCII_OPERATORS,
    VULGAR_FRACTIONS,
)

_SYMBOLS = TO_ASCII_OPERATORS | str.maketrans({"≤": "<=", "≥": ">=", "$": " "})
_RAISED = re.compile(f"[{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+")
_LOWERED = re.compile(f"[{SUBSCRIPT_DIGITS}]+")
_LATEX = (
    (re.compile(r"\\[dt]?frac\s*\{([^{}]{1,40})\}\s*\{([^{}]{1,40})\}"), r"\1/\2"),
    (re.compile(r"\\(?:times|cdot)"), "*"),
    (re.compile(r"\\div"), "/"),
    (re.compile(r"\\[()\[\]]|[{}\\]"), " "),
)
_SPACED_OPERATOR = re.compile(r"\s*(\^|<=|>=|[-+*/=<>])\s*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CORE = re.compile(r"[a-z0-9.^()|,]*(?:[-+*/=<>]+[a-z0-9.^()|]+)+")


def canonical_text(text: str) -> str:
    """Text with one spelling for every symbol, for comparing formulas as strings.

    Args:
        text: Prose with formulas, in Unicode, ASCII or simple LaTeX.

    Returns:
        ASCII operators without spaces around them, powers as ^, no LaTeX, no thousands commas, lower case:
        "Factor x² − 3x" gives "factor x^2-3x".
    """
    for pattern, replacement in _LATEX:
        text = pattern.sub(replacement, text)
    for sign, written in VULGAR_FRACTIONS.items():
        text = text.replace(sign, written)
    text = _RAISED.sub(lambda m: "^" + m[0].translate(FROM_SUPERSCRIPT), text)
    text = _LOWERED.sub(lambda m: "_" + m[0].translate(FROM_SUBSCRIPT), text)
    text = text.translate(_SYMBOLS).replace("**", "^").lower()
    return _SPACED_OPERATOR.sub(r"\1", _THOUSANDS.sub("", text))


def formulas(text: str) -> tuple[tuple[str, ...], ...]:
    """The formulas in a `canonical_text`, in their order.

    Returns:
        Each formula followed by the sides of its equation that are formulas themselves, longest first. Relations of
        any length count ("x=5"), expressions from five characters on ("9t+11").
    """
    found: list[tuple[str, ...]] = []
    for match in _CORE.finditer(text):
        whole = match.group().strip(".,")
        sides = [side for side in re.split(r"[=<>]+", whole) if len(side) >= 5 and re.search(r"[-+*/]", side[1:])]
        if len(whole) >= 5 or re.search(r"[=<>]", whole):
            found.append((whole, *sorted(set(sides) - {whole}, key=len, reverse=True)))
    return tuple(found)

"""The characters of typeset mathematics and the plain ones that they stand for.

The single table: whoever reads or writes ², ₃, ½, − or × takes it from here. The names with `TO_` are tables for
`str.translate`, the others are strings to build a character class or a table of one's own from.
"""

from __future__ import annotations

MINUS = "−"
"""The minus sign that every text for people is written with; the hyphen is for input only."""

DIGITS = "0123456789"
SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SUPERSCRIPT_MINUS = "⁻"
SUBSCRIPT_DIGITS = "₀₁₂₃₄₅₆₇₈₉"

TO_SUPERSCRIPT = str.maketrans(DIGITS + "-", SUPERSCRIPT_DIGITS + SUPERSCRIPT_MINUS)
TO_SUBSCRIPT = str.maketrans(DIGITS, SUBSCRIPT_DIGITS)
FROM_SUPERSCRIPT = str.maketrans(SUPERSCRIPT_DIGITS + SUPERSCRIPT_MINUS, DIGITS + "-")
FROM_SUBSCRIPT = str.maketrans(SUBSCRIPT_DIGITS, DIGITS)
FROM_SCRIPTS = FROM_SUPERSCRIPT | FROM_SUBSCRIPT

VULGAR_FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5",
    "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅒": "1/10",
}  # fmt: skip

MINUS_SIGNS = MINUS + "–‒﹣"
"""Minus, en dash, figure dash and small hyphen: people and word processors put any of them for a minus."""
TIMES_SIGNS = "×·⋅∙∗✕"
DIVISION_SIGNS = "÷∕⁄"
TO_HYPHEN = str.maketrans(dict.fromkeys(MINUS_SIGNS, "-"))
TO_ASCII_OPERATORS = TO_HYPHEN | str.maketrans(dict.fromkeys(TIMES_SIGNS, "*") | dict.fromkeys(DIVISION_SIGNS, "/"))

NARROW_SPACES = "\u00a0\u2009\u202f"
"""No-break, thin and narrow no-break space, as in "1 250"."""

"""The characters of typeset mathematics and their plain equivalents.

All code that reads or writes ², ₃, ½, − or × uses this table. Names with `TO_` are tables for `str.translate`. The
others are strings from which a module can build its own character class or table.
"""

from __future__ import annotations

MINUS = "−"
"""The minus sign in all text for people. The hyphen is only accepted as input."""

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
"""Minus, en dash, figure dash and small hyphen: people and word processors use any of them as a minus."""
TIMES_SIGNS = "×·⋅∙∗✕"
DIVISION_SIGNS = "÷∕⁄"
TO_HYPHEN = str.maketrans(dict.fromkeys(MINUS_SIGNS, "-"))
TO_ASCII_OPERATORS = TO_HYPHEN | str.maketrans(dict.fromkeys(TIMES_SIGNS, "*") | dict.fromkeys(DIVISION_SIGNS, "/"))

NARROW_SPACES = "\u00a0\u2009\u202f"
"""No-break, thin and narrow no-break space, as in "1 250"."""

UNREADABLE = "\ufffc"
"""Stands in a text where an equation or a picture could not be read. No problem that contains it is used."""

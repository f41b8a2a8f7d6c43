"""What letters mean in mathematics: variables, products of variables, constants and functions."""

from __future__ import annotations

from typing import Literal

FUNCTIONS = frozenset({"sqrt", "sin", "cos", "tan", "ln", "exp", "abs", "log"})
CONSTANTS = frozenset({"pi", "e"})

Kind = Literal["NAME", "FUNCTION"]

_WORDS = frozenset({
    "ad", "am", "an", "as", "at", "by", "ma", "mu", "my", "nu", "pa", "up", "us",
    "act", "amp", "ant", "any", "apt", "art", "cry", "dry",
    "cm", "dm", "km", "mm", "kg", "mg", "yd", "pt", "qt", "pm", "ms", "kb",  # units
    "st", "nd", "rd",  # 2nd
    "dr", "mr", "vs", "max",
})  # fmt: skip
"""Words and units of two or three letters that are not to be read as products of variables."""
_PRODUCT_LETTERS = frozenset("abcdkmnpqrstuvwxyz")
_FORMULA_PRODUCTS = frozenset({
    "bh", "gh", "gt", "hw", "lh", "lw", "wh", "hlw", "lwh", "mgh", "IR", "PV", "RT", "nRT", "Prt",
})  # fmt: skip
"""Products in formulas of school, with letters that stand in many short words."""


def names(letters: str) -> list[tuple[Kind, str]] | None:
    """The names that letters stand for: `x`, `xy`, `pi`, `sin`, and a variable before a function (`xsin`).

    Returns:
        The kind and the text of each; None for a word. Three letters are a product in the order of the alphabet only:
        `abc`, but not `day`.
    """
    if letters == "π":
        return [("NAME", "pi")]
    lower = letters.lower()
    if lower in FUNCTIONS:
        return [("FUNCTION", lower)]
    if lower in CONSTANTS or len(letters) == 1:
        return [("NAME", lower if lower in CONSTANTS else letters)]
    for name in ("sqrt", "sin", "cos", "ln", "exp", "pi"):
        if lower.endswith(name) and len(letters) == len(name) + 1:
            return [("NAME", letters[0]), *(names(name) or [])]
    if letters in ("xe", "te"):
        return [("NAME", letters[0]), ("NAME", "e")]
    if letters in _FORMULA_PRODUCTS:
        return [("NAME", letter) for letter in letters]
    if lower in _WORDS or not _PRODUCT_LETTERS.issuperset(letters):
        return None
    if len(letters) == 2 or (len(letters) == 3 and sorted(letters) == list(letters)):
        return [("NAME", letter) for letter in letters]
    return None

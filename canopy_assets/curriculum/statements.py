"""Prepares the statement of an exercise for the families of exercises.

There are two ways, for two kinds of families. `statement_body` leaves the mathematics as it was typed, because the
parser (`maths.expressions`) knows all spellings. `ascii_statement` also writes every sign in ASCII, so that the
patterns of word problems need only one spelling. Each family asks for the same statement, so the last ones are kept.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

import sympy

from canopy_assets.curriculum.inert import MARKS, inert_phrases
from canopy_assets.maths.expressions import ExpressionError, parse, parse_relation
from canopy_assets.maths.glyphs import (
    FROM_SUPERSCRIPT,
    NARROW_SPACES,
    SUPERSCRIPT_DIGITS,
    SUPERSCRIPT_MINUS,
    TO_ASCII_OPERATORS,
    VULGAR_FRACTIONS,
)
from canopy_assets.maths.number_words import COUNTING_WORDS

MAX_STATEMENT = 600
"""In characters: a longer text is a page, not an exercise."""
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
SIGNED_NUMBER = r"[-−–]?\s?[0-9]{1,6}(?:\.[0-9]{1,4}|/[0-9]{1,4})?"
"""An integer, a decimal or a fraction of integers, as the parser reads it."""

_RAISED = re.compile(rf"(?<=[\w)])([{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+)(?=([A-Za-z])?)")
"""An exponent. It ends clearly where it is raised, and needs a space before a letter where it is not: 5²x is 5^2 x."""
_CROSS = re.compile(r"([(\[⟨][^()\[\]⟨⟩]*,[^()\[\]⟨⟩]*[)\]⟩]|\b[a-z])\s*×\s*(?=[(\[⟨][^()\[\]⟨⟩]*,|[a-z]\b)")
"""The × between two vectors. In ASCII, it would look like the dot."""
_PLAIN = TO_ASCII_OPERATORS | str.maketrans(
    dict.fromkeys(NARROW_SPACES, " ") | {"’": "'", "‘": "'", "′": "'", "″": "''", "“": '"', "”": '"'}
)
_COUNTS = {word: number for number, word in COUNTING_WORDS.items() if number >= 2}
_COUNT = re.compile(r"\b(" + "|".join(_COUNTS) + r")\b", re.IGNORECASE)
_LIST_MARK = re.compile(
    r"""
    ^(?:(?:problem|exercise|question|example|q)\s*)?
    \(?[0-9]{1,3}\s*[.):]\s+  # 3.  3)  (3)  Q3:
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_inert_phrases(text: str) -> str:
    """A statement without the phrases that ask for nothing more: "Solve and show your work: 2x = 6"."""
    text = MARKS.sub(" ", text).strip()
    return re.sub(rf"(?:,?\s*\band\s+|,\s*)?\b(?:{inert_phrases().pattern})\b[.,]?", "", text, flags=re.IGNORECASE)


@lru_cache(maxsize=1024)
def statement_body(statement: str) -> str | None:
    """The statement on one line, without a list number, surrounding marks and final punctuation; None if too long."""
    if len(statement) > MAX_STATEMENT:
        return None
    # Remove emphasis on the instruction ("**Solve** …"), but keep the ** of a power.
    text = without_inert_phrases(re.sub(r"\s+", " ", statement))
    text = re.sub(r"(\*\*|__)([A-Za-z][A-Za-z :]*)\1", r"\2", text)
    text = text.strip().strip("*_`").strip()
    text = _LIST_MARK.sub("", text)
    text = re.sub(r"\$([^$]*[a-z=^\\][^$]*)\$", r"\1", text)
    return re.sub(r"[\s.!?;:,]+$", "", text) or None


def try_parse(text: str) -> sympy.Expr | None:
    """`parse`, or None where it raises."""
    try:
        return parse(text)
    except ExpressionError:
        return None


def try_equation(text: str) -> tuple[sympy.Expr, sympy.Expr] | None:
    """The two sides of an equation; None when the text is not an equation."""
    try:
        relation = parse_relation(text)
    except ExpressionError:
        return None
    return (relation.left, relation.right) if relation.op == "=" else None


@lru_cache(maxsize=1024)
def ascii_statement(statement: str) -> str:
    """A statement on one line in ASCII operators: − → -, × → *, ÷ → /, ½ → 1/2, x² → x^2."""
    text = _LIST_MARK.sub("", without_inert_phrases(statement).strip().strip("*_`"))
    text = _CROSS.sub(r"\1 cross ", text)
    text = _RAISED.sub(lambda m: f"^{m[1].translate(FROM_SUPERSCRIPT)}{' ' if m[2] else ''}", text)
    for glyph, ascii_form in VULGAR_FRACTIONS.items():
        text = re.sub(rf"(?<=\d){glyph}", " " + ascii_form, text).replace(glyph, ascii_form)
    return re.sub(r"\s+", " ", text.translate(_PLAIN)).replace("**", "^").strip()


@lru_cache(maxsize=1024)
def digits_for_words(text: str) -> str:
    """Number words from two to twenty as digits ("three red" → "3 red"); "one" is too often a pronoun."""
    return _COUNT.sub(lambda m: str(_COUNTS[m[1].lower()]), text)


def number(text: str) -> Fraction:
    """The value of a number as written: "1,250", ".5", "3/4", "-2"; commas separate thousands."""
    return Fraction(re.sub(r"[\s,$€£]", "", text))

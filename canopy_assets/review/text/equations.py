"""The equations and expressions written out in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from canopy_assets.review.text.normalizing import TIMES_X, fold
from canopy_assets.review.text.quantities import Quantity, is_introduced

_OPERAND = r"""
    (?:
      # "5x" and "5 x", but not the 5 and the article of "5 a day".
      \d+(?:\.\d+)?(?:[a-zπ](?![a-zA-Z])|\s(?:[b-hj-zπ](?![a-zA-Z]))?)?
      |(?<![a-zA-Z])[a-zπ](?![a-zA-Z])
      |\([^()\n]{1,30}\)
    )
    (?:[²³⁴]|\^\d)?
"""
_EXPRESSION = re.compile(
    rf"""
    (?<![\w.])[-−]?(?=(?:\d|[a-zπ](?![a-z])|\())
    {_OPERAND}
    (?:\s?[-+−–*·×/]\s?{_OPERAND}|(?=[(\d]){_OPERAND})*
    # The other side of an inequality.
    (?:\s?(?:<=?|>=?|≤|≥)\s?[-−]?{_OPERAND})?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Equation:
    """`left = right` inside a text, sides folded to plain characters without spaces.

    `result` is the value of a bare right side.
    """

    left: str
    right: str
    start: int
    end: int
    text: str
    result: Fraction | None

    @property
    def key(self) -> str:
        """The same for the same equation however it is spaced and signed."""
        return f"{self.left}={self.right}"


class Expression(NamedTuple):
    """An expression inside a text: its start, its end, and its folded form."""

    start: int
    end: int
    folded: str


@lru_cache(maxsize=4096)
def equations(text: str) -> tuple[Equation, ...]:
    """The equations written out in a text, sides folded."""
    if "=" not in text:
        return ()
    from canopy_assets.maths.equations import equations_in

    found = []
    for mention in equations_in(TIMES_X.sub(lambda m: "×".center(len(m[0])), text)):
        start, end, right = mention.start, mention.end, fold(mention.right)
        found.append(Equation(fold(mention.left), right, start, end, text[start:end], _value(right)))
    return tuple(found)


def equation_ending_at(reply: str, quantity: Quantity) -> Equation | None:
    """The equation whose right side is this number, if there is one."""
    return next((e for e in equations(reply) if e.end == quantity.end and e.result is not None), None)


def expressions(text: str) -> list[Expression]:
    """Expressions with a letter and a number that a result word introduces ("is 6x + 2"), and inequalities."""
    found = []
    for match in _EXPRESSION.finditer(text):
        if not re.search(r"[a-zπ]", match[0]) or not any(c.isdigit() for c in match[0]):
            continue
        is_inequality = any(sign in match[0] for sign in "<>≤≥")
        if is_inequality or is_introduced(text, match.start()):
            found.append(Expression(match.start(), match.end(), fold(match[0])))
    return found


def _value(folded: str) -> Fraction | None:
    """The value of a number without its percent sign, None of anything else."""
    try:
        return Fraction(folded.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        return None

"""Clears an equation of its denominators: every term is multiplied by the same number, brackets stay."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import signed_terms
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import as_fraction, listing, show
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_DENOMINATOR = 1000
_RELATION = re.compile(r"(<=|>=|[=<>≤≥])")
_BRACKET = re.compile(
    r"""
    (?P<sign>-?)\s*(?P<factor>\d*|\(?\d+/\d+\)?)\s*[*×·]?\s*  # none, 2 or 1/2
    \((?P<sum>[^()]+)\)
    (?:\s*[/÷]\s*(?P<denominator>\d+))?  # /3
    """,
    re.VERBOSE,
)
_PROPORTION = re.compile(
    r"""
    \s*(?P<top>\d+|\d*[a-z])\s*/\s*(?P<left>\d+|\d*[a-z])\s*=  # 3/x =
    \s*(?P<other>\d+|\d*[a-z])\s*/\s*(?P<right>\d+|\d*[a-z])\s*  # 6/10
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Cleared:
    """An equation or inequality without denominators, the step that led there, and the wrong ideas about it."""

    text: str
    step: Step
    ideas: list[Misconception | None]


def cleared(text: str) -> Cleared | None:
    """The text multiplied by its denominators, where a bracket is divided or the unknown of a proportion stands below;
    None where nothing has to be cleared.

    Raises:
        ExpressionError: a term can't be read, or the denominators are too large.
    """
    match = _PROPORTION.fullmatch(text)
    if match is not None and (match["left"][-1].isalpha() or match["right"][-1].isalpha()):
        top, left, other, right = (parse(part) for part in match.groups())
        crossed = f"{show(top * right)} = {show(other * left)}"
        straight = f"{show(top * left)} = {show(other * right)}"
        idea = _WORDS.misconception(
            "multiplied_straight_across", answer=straight, equation=laid_out(text), left=match["left"]
        )
        step = clear_step(laid_out(text), crossed, (match["left"], match["right"]))
        return Cleared(crossed, step, [unless_right(idea, crossed, kind="expression")])
    if re.search(r"\)\s*[/÷]", text) is None:
        return None
    below = [d for d in (_coefficient(term).denominator for term in _terms(text)) if d > 1]
    number = math.lcm(*below)
    if not 1 < number <= MAX_DENOMINATOR:
        raise ExpressionError("no denominators, or large ones")
    after = times(text, number)
    return Cleared(after, clear_step(laid_out(text), after, below), _ideas(text, after, number))


def common_denominator(*values: sympy.Expr) -> int:
    """The least common denominator of rational numbers."""
    return math.lcm(*(as_fraction(value).denominator for value in values))


def times(text: str, number: int) -> str:
    """An equation or inequality with every term multiplied: "(x + 1)/2 + x/3 = 4" times 6 is "3(x + 1) + 2x = 24"."""
    return _rewritten(text, lambda coefficient: coefficient * number)


def clear_step(before: str, after: str, denominators: Iterable[int | str]) -> Step:
    """The step that multiplies both sides."""
    slots = {"equation": before, "denominators": listing(str(d) for d in sorted(set(denominators), key=str))}
    ask = f"Which number would clear {before} of its denominators, and what does multiplying by it leave?"
    return Step("linear.clear_fractions", ask, f"{before}, so {after}", after, slots)


def _ideas(text: str, right: str, number: int) -> list[Misconception | None]:
    """Terms without a denominator are not multiplied, or the denominators are simply dropped."""
    attempts = {
        "whole_terms_not_multiplied": lambda c: c * number if c.denominator > 1 else c,
        "denominators_dropped": lambda c: Fraction(c.numerator),
    }
    return [
        unless_right(
            _WORDS.misconception(name, answer=_rewritten(text, change), equation=laid_out(text), number=number),
            right,
            kind="expression",
        )
        for name, change in attempts.items()
    ]


def _terms(text: str) -> list[str]:
    return [term for side in _RELATION.split(text)[::2] for term in signed_terms(side)]


def _coefficient(term: str) -> Fraction:
    """The number in front of a term's bracket, or of its letter.

    Raises:
        ExpressionError: the term is neither plain nor a bracket with a number in front of it or below it.
    """
    match = _BRACKET.fullmatch(term)
    if match is None:
        if "(" in term:
            raise ExpressionError(f"a bracket inside a bracket: {term!r}")
        return as_fraction(parse(term).as_coeff_Mul()[0])
    factor = Fraction(match["factor"].strip("()") or 1) / int(match["denominator"] or 1)
    return -factor if match["sign"] else factor


def _rewritten(text: str, change: Callable[[Fraction], Fraction]) -> str:
    """The text with the coefficient of each term changed."""
    parts = _RELATION.split(text)
    return laid_out(" ".join(p if i % 2 else _side(p, change) for i, p in enumerate(parts)))


def _side(side: str, change: Callable[[Fraction], Fraction]) -> str:
    written = ""
    for term in signed_terms(side):
        shown = _times(term, change(_coefficient(term)))
        if not written:
            written = shown
        else:
            written += f" - {shown[1:].strip()}" if shown[0] in "-−" else f" + {shown}"
    return written


def _times(term: str, coefficient: Fraction) -> str:
    """A term with another coefficient. A sum that is no longer multiplied by anything needs no brackets."""
    match = _BRACKET.fullmatch(term)
    if match is None:
        letters = parse(term).as_coeff_Mul()[1] if re.search("[a-zA-Z]", term) else sympy.Integer(1)
        return show(sympy.Rational(coefficient.numerator, coefficient.denominator) * letters)
    if coefficient == 1:
        return match["sum"].strip()
    return f"{'-' if coefficient == -1 else coefficient}({match['sum'].strip()})"

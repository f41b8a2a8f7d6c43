"""Sums and differences of logarithms that are whole numbers each: log₂(8) + log₃(81)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)


@dataclass(frozen=True)
class Term:
    """A logarithm in a sum. `sign` is 1 or −1, `value` the exponent that it stands for, `text` how it is written."""

    sign: int
    base: int
    argument: sympy.Expr
    value: int
    text: str


def sum_part(terms: list[Term]) -> tuple[list[Step], list[Misconception | None]] | None:
    """The steps to a sum of logarithms, and the wrong ideas about it; None for fewer than two terms."""
    if len(terms) < 2:
        return None
    labels = _joined([(term.sign, term.text) for term in terms])
    first, *others = terms
    values = [(1, show_number(first.value)), *((term.sign, in_brackets(term.value)) for term in others)]
    line = _joined(values)
    result = show_number(sum(term.sign * term.value for term in terms))
    each = f"Which number is each logarithm in {labels}?"
    steps = [
        Step("logarithms.each", each, f"{labels} = {line}", line, {"expression": labels}),
        Step("logarithms.collect", f"What does {line} come to?", f"{line} = {result}", result, {"values": line}),
    ]
    return steps, [unless_right(idea, result) for idea in _ideas(terms, labels, line)]


def _joined(signed: list[tuple[int, str]]) -> str:
    (_, first), *others = signed
    return first + "".join(f" {'+' if sign > 0 else '−'} {text}" for sign, text in others)


def _ideas(terms: list[Term], labels: str, line: str) -> list[Misconception]:
    """The logarithms are multiplied, or each number is divided by its base."""
    product = show_number(prod(term.value for term in terms))
    ideas = [_WORDS.misconception("logarithms_multiplied", answer=product, step=1, line=line)]
    first = terms[0]
    quotient = first.argument / first.base
    if quotient.is_Integer and 0 < quotient <= 12 and first.base**quotient <= 10**6 and quotient != first.value:
        total = sum(term.sign * term.argument / term.base for term in terms)
        slots = {"base": first.base, "argument": show(first.argument), "quotient": show(quotient)}
        power = show(first.base**quotient)
        ideas.append(
            _WORDS.misconception("logarithms_divide", answer=show(total), expression=labels, power=power, **slots)
        )
    return ideas

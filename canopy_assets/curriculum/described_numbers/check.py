"""The second computation for described numbers: the description itself, worked out with the number that was found."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, values_of
from canopy_assets.curriculum.grammar import ONE_LETTER, parsed
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statement_grammar.matching import Part
from canopy_assets.curriculum.statements import ascii_statement, digits_for_words, number

_TIMES = {"twice": 2, "double": 2, "triple": 3}


def _fits(statement: str, solution: Solution) -> bool:
    found = parsed(__package__, digits_for_words(ascii_statement(statement)), ONE_LETTER)
    (value,) = values_of(solution.answer)
    if found is None or not re.search("number", statement, re.IGNORECASE):
        return False
    sides = [part.parts[0] for part in found.tree.parts if part.rule in ("left", "right")]
    left, right = (_value(side, Fraction(str(value))) for side in sides)
    return left == right


def _value(part: Part, unknown: Fraction) -> Fraction:
    kind = part.rule.removeprefix("bracket_")
    if kind == "unknown":
        return unknown
    if kind in ("number", "factor"):
        said = str(part.children[0])
        return Fraction(_TIMES[said]) if said in _TIMES else number(said)
    values = [_value(child, unknown) for child in part.parts]
    if kind == "half":
        return values[0] / 2
    first, second = values
    return {
        "sum": first + second,
        "difference": first - second,
        "taken_from": second - first,
        "quotient": first / second if kind == "quotient" else first,
    }.get(kind, first * second)


CHECKS: dict[str, Check] = {"described_number": _fits}

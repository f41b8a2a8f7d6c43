"""What students get wrong with systems of equations, computed from the numbers and tested on them."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.curriculum.systems.system import Row, System
from canopy_assets.maths.formatting import show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def isolation_idea(system: System, row: Row, unknown: int, rule: str) -> Misconception | None:
    """A term crosses the equals sign with its sign unchanged.

    Args:
        system: The system.
        row: The row that is solved for an unknown with coefficient 1.
        unknown: That unknown.
        rule: The right result.
    """
    kept, coefficient = system.symbols[1 - unknown], row.coefficient(1 - unknown)
    term = coefficient * kept
    idea = _WORDS.misconception(
        "term_crosses_with_same_sign",
        answer=f"{system.name(unknown)} = {show(row.c + term)}",
        term=show(term),
        variable=kept.name,
        equation=row.text,
        total=show(row.c + 2 * coefficient),
        right_side=show(row.c),
    )
    return unless_right(idea, rule, kind="expression")


def bracket_idea(
    coefficient: sympy.Expr, replacement: sympy.Expr, symbol: sympy.Symbol, index: int
) -> Misconception | None:
    """The coefficient is multiplied only by the first term of the replacement, a sum in `symbol`."""
    first, constant = replacement.coeff(symbol) * symbol, replacement.subs(symbol, 0)
    if coefficient == 1 or 0 in (first, constant):
        return None
    wrong = sympy.expand(coefficient * first + constant)
    idea = _WORDS.misconception(
        "coefficient_reaches_only_first_term",
        answer=show(wrong),
        step=index,
        coefficient=show(coefficient),
        replacement=show(replacement),
        variable=symbol.name,
        right_value=show(coefficient * constant),
        wrong_value=show(wrong.subs(symbol, 0)),
    )
    return unless_right(idea, show(sympy.expand(coefficient * replacement)), kind="expression")


def combination_idea(
    system: System, rows: tuple[Row, Row], gone: int, sign: int, single: str, index: int
) -> Misconception | None:
    """The equations are added where they should be subtracted, or the other way round.

    Args:
        system: The system.
        rows: Its rows, after their coefficients have been matched.
        gone: The unknown that the right operation eliminates.
        sign: 1 if the rows have to be added, −1 if the second one has to be subtracted.
        single: The right result.
        index: The number of the step.
    """
    (first, second), symbol = rows, system.symbols[gone]
    left = (first.coefficient(1 - gone) - sign * second.coefficient(1 - gone)) * system.symbols[1 - gone]
    wrong = f"{show(left)} = {show(first.c - sign * second.c)}"
    operation = "subtracted_instead_of_added" if sign == 1 else "added_instead_of_subtracted"
    wording = ("if", "what")[len(wrong) % 2]  # always the same choice for the same exercise
    idea = _WORDS.misconception(
        f"{operation}_asked_with_{wording}",
        answer=wrong,
        step=index,
        variable=symbol.name,
        first_term=show(first.coefficient(gone) * symbol),
        second_term=show(second.coefficient(gone) * symbol),
        left_over=show((first.coefficient(gone) - sign * second.coefficient(gone)) * symbol),
    )
    return unless_right(idea, single, kind="expression")


def stopped_early(system: System, known: int, source: str, index: int) -> Misconception | None:
    """One unknown is found, and the other one (from the equation `source`) is forgotten."""
    idea = _WORDS.misconception(
        "stopped_after_first_unknown",
        answer=system.found(known),
        step=index,
        source=source,
        variable=system.name(1 - known),
    )
    return unless_right(idea, system.answer, kind="point")


def swapped_values(system: System, source: str, index: int) -> Misconception | None:
    """The values of the unknowns are swapped. The test uses the equation `source`."""
    sides = try_equation(source)
    if sides is None:
        return None
    swapped = dict(zip(system.symbols, reversed(system.solution), strict=True))
    left, right = (side.subs(list(swapped.items())) for side in sides)
    if left == right:
        return None
    idea = _WORDS.misconception(
        "values_swapped",
        answer=", ".join(f"{symbol.name} = {show_number(value)}" for symbol, value in swapped.items()),
        step=index,
        source=source,
        left=show(left),
        right=show(right),
    )
    return unless_right(idea, system.answer, kind="point")

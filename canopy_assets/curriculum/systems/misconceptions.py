"""What students get wrong with systems of equations, computed from the numbers and tested on them."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import unless_right
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.maths.formatting import show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)

Symbols = tuple[sympy.Symbol, sympy.Symbol]


@dataclass(frozen=True)
class Row:
    """a·x + b·y = c, with the text it came from."""

    a: sympy.Expr
    b: sympy.Expr
    c: sympy.Expr
    text: str


def isolation_idea(
    row: Row, gone: sympy.Symbol, symbol: sympy.Symbol, rest: sympy.Expr, rule: str
) -> Misconception | None:
    """A term crosses the equals sign with its sign unchanged."""
    wrong = f"{gone.name} = {show(row.c + rest * symbol)}"
    total = row.c + 2 * rest
    return unless_right(
        _WORDS.misconception(
            "term_crosses_equals_sign",
            answer=wrong,
            rest_symbol=show(rest * symbol),
            variable=symbol.name,
            text=row.text,
            total=show(total),
            row_c=show(row.c),
        ),
        rule,
        kind="expression",
    )


def bracket_idea(
    coefficient: sympy.Expr,
    remaining: sympy.Expr,
    symbol: sympy.Symbol,
    replacement: sympy.Expr,
    other: Row,
    right: sympy.Expr,
    index: int,
) -> Misconception | None:
    """The coefficient reaches only the first term of what is put in."""
    terms = [replacement.coeff(symbol) * symbol, replacement.subs(symbol, 0)]
    if coefficient == 1 or 0 in terms:
        return None
    wrong = sympy.expand(coefficient * terms[0] + terms[1])
    return unless_right(
        _WORDS.misconception(
            "coefficient_multiplies_first_term",
            answer=show(wrong),
            step=index,
            coefficient=show(coefficient),
            replacement=show(replacement),
            variable=symbol.name,
            coefficient_terms=show(coefficient * terms[1]),
            wrong_subs_symbol=show(wrong.subs(symbol, 0)),
        ),
        show(sympy.expand(coefficient * replacement)),
        kind="expression",
    )


def combination_idea(
    symbol: sympy.Symbol,
    gone: sympy.Symbol,
    other: tuple[sympy.Expr, ...],
    matching: tuple[sympy.Expr, ...],
    constants: tuple[sympy.Expr, ...],
    sign: int,
    single: str,
    index: int,
) -> Misconception | None:
    """The equations are added where they should be subtracted, or the other way round."""
    wrong_sign = -sign
    wrong = f"{show((other[0] + wrong_sign * other[1]) * symbol)} = {show(constants[0] + wrong_sign * constants[1])}"
    verb = "subtract" if sign == 1 else "add"
    rest = matching[0] + wrong_sign * matching[1]
    pair = f"{show(matching[0] * gone)} and {show(matching[1] * gone)}"
    order = ", in this order," if sign == 1 else ""
    asks = (
        f"If you {verb}{order} {pair}, what is left?",
        f"What is left of {pair} when you {verb} them{order.rstrip(',')}?",
    )
    return unless_right(
        _WORDS.misconception(
            "doesn_t_matter_whether",
            answer=wrong,
            step=index,
            verb=verb,
            variable=gone.name,
            asks_len_wrong=asks[len(wrong) % 2],
            rest_gone=show(rest * gone),
        ),
        single,
        kind="expression",
    )


def stopped_early(found: str, gone: sympy.Symbol, source: str, answer: str, index: int) -> Misconception | None:
    """One unknown is found and the other forgotten."""
    return unless_right(
        _WORDS.misconception(
            "system_solved_first_unknown", answer=found, step=index, source=source, variable=gone.name
        ),
        answer,
        kind="point",
    )


def swapped_values(
    symbols: Symbols, solution: tuple[sympy.Expr, sympy.Expr], answer: str, source: str, index: int
) -> Misconception | None:
    """The values are given to the wrong unknowns."""
    wrong = ", ".join(f"{s.name} = {show_number(v)}" for s, v in zip(symbols, reversed(solution), strict=True))
    sides = try_equation(source)
    if sides is None:
        return None
    left, right = (s.subs({symbols[0]: solution[1], symbols[1]: solution[0]}) for s in sides)
    if left == right:
        return None
    return unless_right(
        _WORDS.misconception(
            "values_unknowns_may_swapped", answer=wrong, step=index, source=source, left=show(left), right=show(right)
        ),
        answer,
        kind="point",
    )

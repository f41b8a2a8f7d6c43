"""What students get wrong with systems of equations, computed from the numbers and tested on them."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.model import wrong_idea
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.maths.formatting import show, show_number
from canopy_assets.records import Misconception

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
    return wrong_idea(
        rule,
        belief="a term crosses the equals sign without a change of sign",
        work=f"I bring {show(rest * symbol)} over, so {wrong}.",
        answer=wrong,
        kind="expression",
        check=f"Take {symbol.name} = 1 in {wrong}. What does the left side of {row.text} come to then?",
        check_reply=f"{show(total)}, and it should be {show(row.c)}.",
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
    return wrong_idea(
        show(sympy.expand(coefficient * replacement)),
        belief="the coefficient multiplies only the first term of what is put in",
        work=f"{show(coefficient)} times {show(replacement)} is {show(wrong)}.",
        answer=show(wrong),
        kind="expression",
        step=index,
        check=f"For {symbol.name} = 0, what are {show(coefficient)} × ({show(replacement)}) and {show(wrong)}?",
        check_reply=f"{show(coefficient * terms[1])} and {show(wrong.subs(symbol, 0))}, so they differ.",
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
    return wrong_idea(
        single,
        belief="it doesn't matter whether the equations are added or subtracted",
        work=f"I {verb} the equations and {gone.name} is gone: {wrong}.",
        answer=wrong,
        kind="expression",
        step=index,
        check=asks[len(wrong) % 2],
        check_reply=f"{show(rest * gone)}, so {gone.name} is still there.",
    )


def stopped_early(found: str, gone: sympy.Symbol, source: str, answer: str, index: int) -> Misconception | None:
    """One unknown is found and the other forgotten."""
    return wrong_idea(
        answer,
        belief="a system is solved when the first unknown is found",
        work=f"I have {found}, so I'm done.",
        answer=found,
        kind="point",
        step=index,
        check=f"With {found} alone, can you already say whether {source} holds?",
        check_reply=f"No, I'd need {gone.name} for that as well.",
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
    return wrong_idea(
        answer,
        belief="the values of the unknowns may be swapped",
        work=f"So the solution is {wrong}.",
        answer=wrong,
        kind="point",
        step=index,
        check=f"Put {wrong} into {source}: what do the sides come to?",
        check_reply=f"{show(left)} and {show(right)}, so they don't match.",
    )

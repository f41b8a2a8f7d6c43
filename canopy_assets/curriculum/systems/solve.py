"""Two linear equations in two unknowns: eliminated where coefficients match, substituted where one is 1, or scaled."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept
from canopy_assets.curriculum.polynomials import tidy
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.curriculum.systems.misconceptions import (
    Row,
    Symbols,
    bracket_idea,
    combination_idea,
    isolation_idea,
    stopped_early,
    swapped_values,
)
from canopy_assets.maths.formatting import show, show_number
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_SPLIT = re.compile(r"\s*(?:;|\band\b|,|\n|\\\\|&)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class SystemFamily:
    """Two linear equations in two unknowns with integer coefficients and one solution."""

    name: str = "system_of_equations"
    topic: str = "systems of equations"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None for other statements, and for systems with no or many solutions."""
        instruction = read_instruction(statement)
        if instruction is None or instruction.mathematics.count("=") != 2:
            return None
        parts = [p for p in _SPLIT.split(instruction.mathematics.strip("{} ")) if p]
        if len(parts) != 2:
            return None
        rows = _rows(parts)
        if rows is None:
            return None
        symbols, first, second = rows
        determinant = first.a * second.b - second.a * first.b
        if determinant == 0:
            return None
        x = (first.c * second.b - second.c * first.b) / determinant
        y = (first.a * second.c - second.a * first.c) / determinant
        steps, ideas = _worked(symbols, first, second, (x, y))
        return Solution(
            self.name,
            self.topic,
            steps[-1].result,
            "point",
            None,
            tuple(steps),
            kept(*ideas),
            _WORDS.concept("system_of_equations"),
        )


def _rows(parts: list[str]) -> tuple[Symbols, Row, Row] | None:
    equations = [try_equation(p) for p in parts]
    if any(e is None for e in equations):
        return None
    differences = [sympy.expand(e[0] - e[1]) for e in equations if e is not None]
    symbols = sorted(differences[0].free_symbols | differences[1].free_symbols, key=str)
    if len(symbols) != 2 or not all(isinstance(s, sympy.Symbol) for s in symbols):
        return None
    x, y = symbols
    rows = []
    for difference, part in zip(differences, parts, strict=True):
        if not difference.is_polynomial(x, y) or sympy.Poly(difference, x, y).total_degree() != 1:
            return None
        values = (difference.coeff(x), difference.coeff(y), -difference.subs({x: 0, y: 0}))
        if not all(isinstance(v, sympy.Integer) and abs(v) < 10_000 for v in values):
            return None
        rows.append(Row(*values, tidy(part)))
    return (x, y), rows[0], rows[1]


def _worked(
    symbols: Symbols, first: Row, second: Row, solution: tuple[sympy.Expr, sympy.Expr]
) -> tuple[list[Step], list[Misconception | None]]:
    isolated = _isolated(symbols, first, second)
    if isolated is not None:
        return _by_substitution(symbols, first, second, solution, *isolated)
    return _by_elimination(symbols, first, second, solution)


def _isolated(symbols: Symbols, first: Row, second: Row) -> tuple[int, int] | None:
    """(row, unknown) already solved for in the text, or with coefficient ±1 where elimination would need scaling."""
    rows = (first, second)
    for number, row in enumerate(rows):
        for unknown, symbol in enumerate(symbols):
            if re.match(rf"^{symbol.name} = ", row.text):
                return number, unknown
    if any(abs(getattr(first, k)) == abs(getattr(second, k)) for k in "ab"):
        return None
    for number, row in enumerate(rows):
        for unknown, coefficient in enumerate((row.a, row.b)):
            if coefficient == 1:
                return number, unknown
    return None


def _by_substitution(
    symbols: Symbols,
    first: Row,
    second: Row,
    solution: tuple[sympy.Expr, sympy.Expr],
    number: int,
    unknown: int,
) -> tuple[list[Step], list[Misconception | None]]:
    row, other = (first, second) if number == 0 else (second, first)
    kept_symbol, gone = symbols[1 - unknown], symbols[unknown]
    own, rest = (row.a, row.b) if unknown == 0 else (row.b, row.a)
    replacement = sympy.expand((row.c - rest * kept_symbol) / own)
    rule = f"{gone.name} = {show(replacement)}"
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    if not re.match(rf"^{gone.name} = ", row.text):
        steps.append(
            Step(
                "systems.isolate",
                f"How can {row.text} be solved for {gone.name}?",
                f"{row.text}, so {rule}",
                rule,
                {
                    "equation": row.text,
                    "other_equation": other.text,
                    "variable": gone.name,
                    "other_variable": kept_symbol.name,
                },
            )
        )
        ideas.append(isolation_idea(row, gone, kept_symbol, rest, rule))
    coefficient, remaining = (other.a, other.b) if unknown == 0 else (other.b, other.a)
    single = _substituted(coefficient, remaining, kept_symbol, replacement, other)
    steps.append(
        Step(
            "systems.substitute",
            f"What does {other.text} become when {gone.name} is replaced by means of {rule}?",
            f"{other.text} becomes {single}",
            single,
            {"equation": other.text, "rule": rule, "variable": gone.name, "other_variable": kept_symbol.name},
        )
    )
    ideas.append(
        bracket_idea(coefficient, remaining, kept_symbol, replacement, other, solution[1 - unknown], len(steps) - 1)
    )
    value = solution[1 - unknown]
    return _finish(steps, ideas, symbols, solution, single, kept_symbol, value, rule)


def _substituted(
    coefficient: sympy.Expr, remaining: sympy.Expr, symbol: sympy.Symbol, replacement: sympy.Expr, other: Row
) -> str:
    front = "" if coefficient == 1 else "−" if coefficient == -1 else show(coefficient)
    if remaining == 0:
        return f"{front}({show(replacement)}) = {show(other.c)}"
    inserted = f"({show(replacement)})"
    joined = (
        f"+ {'' if abs(coefficient) == 1 else show(abs(coefficient))}{inserted}"
        if coefficient > 0
        else f"− {'' if abs(coefficient) == 1 else show(abs(coefficient))}{inserted}"
    )
    return f"{show(remaining * symbol)} {joined} = {show(other.c)}"


def _by_elimination(
    symbols: Symbols, first: Row, second: Row, solution: tuple[sympy.Expr, sympy.Expr]
) -> tuple[list[Step], list[Misconception | None]]:
    steps: list[Step] = []
    written = first.text
    matching = next((i for i in (1, 0) if abs((first.a, first.b)[i]) == abs((second.a, second.b)[i]) != 0), None)
    if matching is None:
        matching = 1
        first, second, step = _matched(symbols, first, second)
        steps.append(step)
    gone, symbol = symbols[matching], symbols[1 - matching]
    p, q = (first.b, second.b) if matching == 1 else (first.a, second.a)
    adding = p == -q
    sign = 1 if adding else -1
    a = first.a + sign * second.a if matching == 1 else first.b + sign * second.b
    c = first.c + sign * second.c
    single = f"{show(a * symbol)} = {show(c)}"
    verb = "Adding" if adding else "Subtracting"
    steps.append(
        Step(
            "systems.eliminate",
            f"What is left of {first.text} and {second.text} once {gone.name} is eliminated?",
            f"{verb} the equations gives {single}",
            single,
            {
                "first_equation": first.text,
                "second_equation": second.text,
                "variable": gone.name,
                "other_variable": symbol.name,
            },
        )
    )
    other = (first.a, second.a) if matching == 1 else (first.b, second.b)
    ideas = [combination_idea(symbol, gone, other, (p, q), (first.c, second.c), sign, single, len(steps) - 1)]
    return _finish(steps, ideas, symbols, solution, single, symbol, solution[1 - matching], written)


def _matched(symbols: Symbols, first: Row, second: Row) -> tuple[Row, Row, Step]:
    common = math.lcm(int(abs(first.b)), int(abs(second.b)))
    rows = []
    for row in (first, second):
        factor = sympy.Integer(common) / abs(row.b)
        a, b, c = row.a * factor, row.b * factor, row.c * factor
        rows.append(Row(a, b, c, f"{show(a * symbols[0] + b * symbols[1])} = {show(c)}"))
    result = f"{rows[0].text} and {rows[1].text}"
    step = Step(
        "systems.match_coefficients",
        f"How can {first.text} and {second.text} be multiplied so that {symbols[1].name} has matching coefficients?",
        result,
        result,
        {
            "first_equation": first.text,
            "second_equation": second.text,
            "variable": symbols[1].name,
            "first_coefficient": show(first.b),
            "second_coefficient": show(second.b),
        },
    )
    return rows[0], rows[1], step


def _finish(
    steps: list[Step],
    ideas: list[Misconception | None],
    symbols: Symbols,
    solution: tuple[sympy.Expr, sympy.Expr],
    single: str,
    symbol: sympy.Symbol,
    value: sympy.Expr,
    source: str,
) -> tuple[list[Step], list[Misconception | None]]:
    found = f"{symbol.name} = {show_number(value)}"
    gone = symbols[0] if symbol == symbols[1] else symbols[1]
    last = solution[0] if gone == symbols[0] else solution[1]
    if single != found:
        steps = [
            *steps,
            Step(
                "systems.solve_remaining",
                f"What is {symbol.name} in {single}?",
                f"{single}, so {found}",
                found,
                {"equation": single, "variable": symbol.name},
            ),
        ]
    answer = ", ".join(f"{s.name} = {show_number(v)}" for s, v in zip(symbols, solution, strict=True))
    steps = [
        *steps,
        Step(
            "systems.back_substitute",
            f"With {found}, what does {source} say about {gone.name}?",
            f"{gone.name} = {show_number(last)}, so {answer}",
            answer,
            {"equation": source, "known": found, "variable": gone.name},
        ),
    ]
    return steps, [
        *ideas,
        stopped_early(found, gone, source, answer, len(steps) - 1),
        swapped_values(symbols, solution, answer, source, len(steps) - 1),
    ]


PRECEDENCE = 40
FAMILIES = (SystemFamily(),)

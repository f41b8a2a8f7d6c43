"""Two linear equations in two unknowns: by elimination (scaled where no coefficients match) or substitution."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.instructions import Method, Task, read_instruction
from canopy_assets.curriculum.linear.fractions import clear_step, common_denominator, times
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.curriculum.systems.misconceptions import (
    bracket_idea,
    combination_idea,
    isolation_idea,
    stopped_early,
    swapped_values,
)
from canopy_assets.curriculum.systems.system import Row, System
from canopy_assets.maths.formatting import show
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_TASKS: tuple[Task, ...] = ("solve", "intersect", "bare")
_SPLIT = re.compile(r"\s*(?:;|\band\b|,|\n|\\\\|&)\s*", re.IGNORECASE)
_Part = tuple[list[Step], list[Misconception | None]]


@dataclass(frozen=True)
class SystemFamily:
    """Two linear equations in two unknowns with integer coefficients and one solution."""

    name: str = "system_of_equations"
    topic: str = "systems of equations"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for other statements, and for systems with no or many solutions."""
        instruction = read_instruction(statement)
        # A system asks for both unknowns.
        if instruction is None or not instruction.asks(*_TASKS) or len(instruction.variables) == 1:
            return None
        if instruction.mathematics.count("=") != 2:
            return None
        parts = [p for p in _SPLIT.split(instruction.mathematics.strip("{} ")) if p]
        system = _system(parts) if len(parts) == 2 else None
        if system is None or not instruction.asks(*_TASKS, variables=(system.name(0), system.name(1))):
            return None
        system, steps = _without_fractions(system)
        isolated = _isolated(system, instruction.method)
        part = _by_elimination(system) if isolated is None else _by_substitution(system, *isolated)
        ideas = [i and replace(i, step=i.step + len(steps)) for i in part[1]]
        steps = (*steps, *part[0])
        concept = _WORDS.concept("system_of_equations")
        return Solution(self.name, self.topic, system.answer, "point", None, steps, kept(*ideas), concept)


def _system(parts: list[str]) -> System | None:
    """The system of two equations; None unless it is linear in two unknowns and has exactly one solution."""
    equations = [e for e in map(try_equation, parts) if e is not None]
    if len(equations) != len(parts):
        return None
    differences = [sympy.expand(left - right) for left, right in equations]
    symbols = sorted(differences[0].free_symbols | differences[1].free_symbols, key=str)
    if len(symbols) != 2 or not all(isinstance(s, sympy.Symbol) for s in symbols):
        return None
    x, y = symbols
    rows = []
    for difference, part in zip(differences, parts, strict=True):
        if not difference.is_polynomial(x, y) or sympy.Poly(difference, x, y).total_degree() != 1:
            return None
        values = (difference.coeff(x), difference.coeff(y), -difference.subs({x: 0, y: 0}))
        if not all(isinstance(v, sympy.Rational) and abs(v.p) < 10_000 and v.q < 100 for v in values):
            return None
        rows.append(Row(*values, laid_out(part)))
    first, second = rows
    determinant = first.a * second.b - second.a * first.b
    if determinant == 0:
        return None
    solution = (
        (first.c * second.b - second.c * first.b) / determinant,
        (first.a * second.c - second.a * first.c) / determinant,
    )
    return System((x, y), (first, second), solution)


def _without_fractions(system: System) -> tuple[System, tuple[Step, ...]]:
    """The system with every equation multiplied by its denominators, and the steps that do this."""
    rows, steps = [], []
    for row in system.rows:
        denominator = common_denominator(row.a, row.b, row.c)
        if denominator == 1 or any(_is_solved_for(row, system.name(unknown)) for unknown in (0, 1)):
            rows.append(row)
            continue
        text = times(row.text, denominator)
        below = [common_denominator(value) for value in (row.a, row.b, row.c)]
        steps.append(clear_step(row.text, text, [d for d in below if d > 1]))
        rows.append(Row(row.a * denominator, row.b * denominator, row.c * denominator, text))
    return replace(system, rows=(rows[0], rows[1])), tuple(steps)


def _isolated(system: System, method: Method | None) -> tuple[int, int] | None:
    """The index of a row, and of an unknown that the row is solved for or can easily be solved for; None for a system
    that is better solved by elimination.

    An unknown with coefficient 1 counts only where elimination would need scaling first, or where substitution is asked
    for.
    """
    if method == "elimination":
        return None
    for place, row in enumerate(system.rows):
        for unknown in (0, 1):
            if _is_solved_for(row, system.name(unknown)):
                return place, unknown
    first, second = system.rows
    matched = any(abs(first.coefficient(unknown)) == abs(second.coefficient(unknown)) for unknown in (0, 1))
    if matched and method != "substitution":
        return None
    for wanted in (1, -1):
        for place, row in enumerate(system.rows):
            for unknown in (0, 1):
                if row.coefficient(unknown) == wanted and (wanted == 1 or method == "substitution"):
                    return place, unknown
    return None


def _is_solved_for(row: Row, name: str) -> bool:
    return row.text.startswith(f"{name} = ")


def _by_substitution(system: System, place: int, unknown: int) -> _Part:
    """Solves one row for an unknown and substitutes the result into the other row.

    Args:
        system: The system.
        place: The row that is solved, 0 or 1.
        unknown: The unknown that it is solved for, 0 or 1.
    """
    row, other = system.rows[place], system.rows[1 - place]
    remaining, gone = system.symbols[1 - unknown], system.symbols[unknown]
    replacement = sympy.expand((row.c - row.coefficient(1 - unknown) * remaining) / row.coefficient(unknown))
    rule = f"{gone.name} = {show(replacement)}"
    slots = {"variable": gone.name, "other_variable": remaining.name}
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    if not _is_solved_for(row, gone.name):
        steps.append(
            Step(
                "systems.isolate",
                f"How can {row.text} be solved for {gone.name}?",
                f"{row.text}, so {rule}",
                rule,
                {"equation": row.text, "other_equation": other.text, **slots},
            )
        )
        ideas.append(isolation_idea(system, row, unknown, rule))
    single = _substituted(system, other, unknown, replacement)
    steps.append(
        Step(
            "systems.substitute",
            f"What does {other.text} become when {gone.name} is replaced by means of {rule}?",
            f"{other.text} becomes {single}",
            single,
            {"equation": other.text, "rule": rule, **slots},
        )
    )
    ideas.append(bracket_idea(other.coefficient(unknown), replacement, remaining, len(steps) - 1))
    return _finish(system, (steps, ideas), single, 1 - unknown, rule)


def _substituted(system: System, row: Row, unknown: int, replacement: sympy.Expr) -> str:
    """The row with the replacement in brackets for an unknown: "3x + 2(x − 1) = 8"."""
    coefficient, remaining = row.coefficient(unknown), row.coefficient(1 - unknown)
    size = "" if abs(coefficient) == 1 else show(abs(coefficient))
    inserted = f"{size}({show(replacement)})"
    if remaining == 0:
        return f"{'' if coefficient > 0 else '−'}{inserted} = {show(row.c)}"
    term = show(remaining * system.symbols[1 - unknown])
    return f"{term} {'+' if coefficient > 0 else '−'} {inserted} = {show(row.c)}"


def _by_elimination(system: System) -> _Part:
    """Adds or subtracts the rows, after scaling them if no coefficients match."""
    first, second = system.rows
    steps: list[Step] = []
    gone = next((i for i in (1, 0) if abs(first.coefficient(i)) == abs(second.coefficient(i)) != 0), None)
    if gone is None:
        gone = 1
        first, second, step = _matched(system)
        steps.append(step)
    adding = first.coefficient(gone) == -second.coefficient(gone)
    sign = 1 if adding else -1
    coefficient = first.coefficient(1 - gone) + sign * second.coefficient(1 - gone)
    single = f"{show(coefficient * system.symbols[1 - gone])} = {show(first.c + sign * second.c)}"
    steps.append(
        Step(
            "systems.eliminate",
            f"What is left of {first.text} and {second.text} once {system.name(gone)} is eliminated?",
            f"{'Adding' if adding else 'Subtracting'} the equations gives {single}",
            single,
            {
                "first_equation": first.text,
                "second_equation": second.text,
                "variable": system.name(gone),
                "other_variable": system.name(1 - gone),
            },
        )
    )
    ideas = [combination_idea(system, (first, second), gone, sign, single, len(steps) - 1)]
    return _finish(system, (steps, ideas), single, 1 - gone, system.rows[0].text)


def _matched(system: System) -> tuple[Row, Row, Step]:
    """The rows scaled so that the second unknown's coefficients match up to sign, and the step that scales them."""
    first, second = system.rows
    x, y = system.symbols
    common = sympy.Integer(math.lcm(int(abs(first.b)), int(abs(second.b))))
    rows = []
    for row in system.rows:
        factor = common / abs(row.b)
        a, b, c = row.a * factor, row.b * factor, row.c * factor
        rows.append(Row(a, b, c, f"{show(a * x + b * y)} = {show(c)}"))
    result = f"{rows[0].text} and {rows[1].text}"
    step = Step(
        "systems.match_coefficients",
        f"How can {first.text} and {second.text} be multiplied so that {y.name} has matching coefficients?",
        result,
        result,
        {
            "first_equation": first.text,
            "second_equation": second.text,
            "variable": y.name,
            "first_coefficient": show(first.b),
            "second_coefficient": show(second.b),
        },
    )
    return rows[0], rows[1], step


def _finish(system: System, part: _Part, single: str, known: int, source: str) -> _Part:
    """Solves the equation in one unknown, and finds the other one from it.

    Args:
        system: The system.
        part: The steps so far, and the wrong ideas about them.
        single: The equation in one unknown.
        known: The unknown in `single`.
        source: The equation that gives the other one.
    """
    steps, ideas = part
    found, other = system.found(known), 1 - known
    if single != found:
        solve = Step(
            "systems.solve_remaining",
            f"What is {system.name(known)} in {single}?",
            f"{single}, so {found}",
            found,
            {"equation": single, "variable": system.name(known)},
        )
        steps = [*steps, solve]
    back = Step(
        "systems.back_substitute",
        f"With {found}, what does {source} say about {system.name(other)}?",
        f"{system.found(other)}, so {system.answer}",
        system.answer,
        {"equation": source, "known": found, "variable": system.name(other)},
    )
    index = len(steps)
    return [*steps, back], [
        *ideas,
        stopped_early(system, known, source, index),
        swapped_values(system, source, index),
    ]


PRECEDENCE = 40
FAMILIES = (SystemFamily(),)

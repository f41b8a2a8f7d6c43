"""What a problem is about: its worked solution, also where its wording is one that no solver knows.

A wording that nobody foresaw is reread as each kind of exercise that its formulas and numbers allow. A reading counts
only if its solution has the answer that is known to be right, so the answer does the checking and no list of wordings
has to be complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

from canopy_assets.curriculum.registry import recognise
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.answers import equivalent

MAX_PROBLEM = 600
"""In characters: a longer problem is a story, and a story has no bare formula to reread."""
_MOST_NUMBERS = 8

_OPERAND = r"[$(\[]*[−-]?[0-9a-z(√π][0-9a-z²³⁴⁵⁶⁷⁸⁹⁻¹⁰ⁿ₀-₉^/().%\[\]]*"
_FORMULA = re.compile(rf"(?:[a-z]\([a-z0-9]\) = )?{_OPERAND}(?: ?[+−×÷=/<>≤≥·*-] ?{_OPERAND})*")
RESULT = r"[−-]?[\d.,/]*\d[a-z]?%?"
"""A single number, perhaps with a variable or a percent sign."""
_OPERATION = re.compile(r"[+−×÷=/<>≤≥·*^²³⁴⁵⁶⁷⁸⁹]")
_FUNCTION = re.compile(r"[a-z]\([a-z]\) = ")
_POINT = re.compile(r"\([−-]?\d+(?:\.\d+)?, ?[−-]?\d+(?:\.\d+)?\)")
_NUMBER = re.compile(r"(?<![\w.])[−-]?\d+(?:\.\d+)?%?")

_OF_AN_EXPRESSION = (
    "Find the derivative of f(x) = {}.",
    "Simplify {}.",
    "Evaluate {}.",
    "Expand and simplify {}.",
    "Factor {}.",
)
_OF_TWO_POINTS = (
    "Find the slope of the line through {} and {}.",
    "Find the equation of the line through {} and {}.",
    "Find the dot product of {} and {}.",
)
_OF_TWO_NUMBERS = (
    "What is {}% of {}?",
    "What percent of {} is {}?",
    "A bag has {} red and {} blue balls. One ball is drawn at random. What is the probability of drawing a red ball?",
    "Find the volume of a cone with radius {} cm and height {} cm.",
    "Find the volume of a cylinder with radius {} cm and height {} cm.",
    "Find the area of a triangle with base {} cm and height {} cm.",
    "Find the area of a rectangle with length {} cm and width {} cm.",
)


@lru_cache(maxsize=4096)
def understand(problem: str, answer: str) -> Solution | None:
    """The worked solution of a problem; None where no reading of it can be solved.

    Args:
        problem: the statement, in any words.
        answer: the right final answer; without it, only wordings that a solver knows are understood.
    """
    text = " ".join(problem.split())
    if not text:
        return None
    solution = recognise(text)
    if solution or not answer or len(text) > MAX_PROBLEM:
        return solution
    found = (recognise(reading) for reading in dict.fromkeys(_readings(text)))
    return next((s for s in found if s and equivalent(s.answer, answer, s.answer_kind)), None)


def formulas_in(text: str) -> list[str]:
    """The formulas of a text that have an operation in them, in their order."""
    found = [m.group().strip(" .,;?:") for m in _FORMULA.finditer(text)]
    return [formula for formula in found if re.search(r"\d|=", formula) and _OPERATION.search(formula)]


def _readings(text: str) -> Iterator[str]:
    """Exercises in known words that have the formulas, points or numbers of the text."""
    formulas = formulas_in(text)
    functions = [f for f in formulas if _FUNCTION.match(f)]
    equations = [f for f in formulas if "=" in f and f not in functions]
    expressions = [f for f in formulas if "=" not in f] + [f.partition("= ")[2] for f in functions]
    points, numbers = _POINT.findall(text), _NUMBER.findall(_POINT.sub(" ", text))[:_MOST_NUMBERS]
    if len(equations) >= 2:
        yield f"Solve the system {equations[0]} and {equations[1]}."
    yield from (f"Solve {equation}." for equation in equations)
    if len(points) >= 2:
        yield from (form.format(*points[:2]) for form in _OF_TWO_POINTS)
    for point in points[:1]:
        yield from (f"Find the equation of the line with slope {n} through {point}." for n in numbers)
    for expression in expressions:
        yield from (form.format(expression) for form in _OF_AN_EXPRESSION)
        yield from (f"Find the limit of {expression} as x approaches {n}." for n in numbers)
    if len(numbers) == 2:
        orders = list(permutations(n.rstrip("%") for n in numbers))
        yield from (form.format(*order) for form in _OF_TWO_NUMBERS for order in orders)
    if len(numbers) >= 3:
        yield f"Find the mean of {', '.join(numbers[:-1])} and {numbers[-1]}."

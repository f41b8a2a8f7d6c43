"""Integrals of sums of powers, sin, cos, exp and 1/x: indefinite, definite, and the area under a curve."""

from __future__ import annotations

import re

import sympy

from canopy_assets.curriculum.grammar import IN_FORMULAS, parsed
from canopy_assets.curriculum.integrals.misconceptions import bound_ideas, term_ideas
from canopy_assets.curriculum.integrals.terms import Bounds, Problem, antiderivative, terms_of
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import expanded_terms
from canopy_assets.curriculum.simplifying.solve import simplifying_steps
from canopy_assets.curriculum.solution import Family, Solution, kept
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import ExpressionError
from canopy_assets.maths.formatting import show
from canopy_assets.maths.glyphs import MINUS
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_TERMS = 4
_TELLING = re.compile(r"∫|integra|deriv|area\b", re.IGNORECASE)
_SAMPLES = 64
"""A curve must not fall below the axis at any of so many places where the area under it is asked for."""


def _problem(text: str) -> Problem | None:
    """The function of a statement and its bounds; None where the letters don't agree, or it is no sum of such terms."""
    found = parsed(__package__, text, IN_FORMULAS) if _TELLING.search(text) else None
    function = try_parse(found.parts["expression"]) if found else None
    if found is None or function is None:
        return None
    stated = {found.parts[k] for k in ("argument", "respect", "variable", "letter") if k in found.parts}
    letters = {str(s) for s in function.free_symbols} | stated
    if len(letters) != 1 or found.get("named") not in (None, found.get("name")):
        return None
    x = sympy.Symbol(letters.pop())
    function, expansion = _expanded(function, x, found.parts["expression"])
    terms = terms_of(function)
    if len(terms) > MAX_TERMS or any(antiderivative(t, x) is None for t in terms):
        return None
    if found.kind == "indefinite":
        return Problem(function, x, None, expansion)
    lower, upper = try_parse(found.parts["lower"]), try_parse(found.parts["upper"])
    if lower is None or upper is None or not _is_bounded_by(function, x, (lower, upper), is_area=found.kind == "area"):
        return None
    return Problem(function, x, (lower, upper), expansion)


def _expanded(function: sympy.Expr, x: sympy.Symbol, text: str) -> tuple[sympy.Expr, tuple[Step, ...]]:
    """A product of polynomials as a sum, with the steps to it; any other function as it is."""
    if not function.is_polynomial(x) or isinstance(function, sympy.Add) or antiderivative(function, x) is not None:
        return function, ()
    try:
        steps, _ = simplifying_steps(laid_out(text), expanded_terms(text))
    except ExpressionError:
        return function, ()
    return (sympy.expand(function), tuple(steps)) if steps else (function, ())


def _is_bounded_by(function: sympy.Expr, x: sympy.Symbol, bounds: Bounds, is_area: bool) -> bool:
    """Whether a function has values between the bounds, and for an area, none below the axis."""
    lower, upper = (complex(value_at(bound)).real for bound in bounds)
    powers = [term.as_coeff_exponent(x)[1] for term in terms_of(function)]
    low = min(lower, upper)
    if lower == upper or any((p < 0 and low <= 0) or (not p.is_Integer and low < 0) for p in powers):
        return False
    width = (upper - lower) / _SAMPLES
    places = [complex(lower + k * width) for k in range(_SAMPLES + 1)]
    return not is_area or (width > 0 and all(complex(value_at(function, {x.name: p})).real > -1e-9 for p in places))


def _integral(text: str) -> Solution | None:
    """An integral, term by term, and its value between the bounds."""
    problem = _problem(text)
    if problem is None:
        return None
    x = problem.variable
    steps = list(problem.expansion)
    steps += [_term_step(term, problem) for term in terms_of(problem.function) if x in term.free_symbols]
    steps.append(_value_step(problem) if problem.bounds else _constant_step(problem))
    answer = steps[-1].result
    ideas = [*term_ideas(problem, answer, len(problem.expansion)), *bound_ideas(problem, answer, len(steps) - 1)]
    return Solution(
        family="integral",
        topic="calculus",
        answer=answer,
        answer_kind="number" if problem.bounds else "expression",
        unit=None,
        steps=tuple(steps),
        misconceptions=kept(*ideas),
        concept=_WORDS.concept("definite_integral" if problem.bounds else "antiderivative"),
    )


def _term_step(term: sympy.Expr, problem: Problem) -> Step:
    """Integrate one term."""
    x = problem.variable
    shown, result = show(term), show(antiderivative(term, x) or term)
    slots = {"term": shown, "function": show(problem.function), "variable": str(x)}
    ask = f"Which function has the derivative {shown}?"
    power = term.as_coeff_exponent(x)[1]
    if power in (0, -1):
        return Step("integral.standard", ask, f"({result})′ = {shown}", result, slots)
    return Step("integral.power", ask, f"({result})′ = {shown}", result, {**slots, "exponent": show(power)})


def _constant_step(problem: Problem) -> Step:
    """Put the terms together, with the constant of integration."""
    function, x = show(problem.function), problem.variable
    result = f"{show(problem.antiderivative)} + C"
    ask = f"Which functions have the derivative {function}, all of them together?"
    slots = {"function": function, "variable": str(x)}
    return Step("integral.constant", ask, f"∫ {_in_integral(problem.function)} d{x} = {result}", result, slots)


def _in_integral(function: sympy.Expr) -> str:
    return f"({show(function)})" if isinstance(function, sympy.Add) else show(function)


def _value_step(problem: Problem) -> Step:
    """The antiderivative at the upper bound less that at the lower one."""
    assert problem.bounds is not None
    x, whole = problem.variable, problem.antiderivative
    start, end = (whole.subs(x, bound) for bound in problem.bounds)
    lower, upper = (show(bound) for bound in problem.bounds)
    result = show(end - start)
    first = f"({show(start)})" if show(start).startswith(MINUS) or isinstance(start, sympy.Add) else show(start)
    slots = {
        "antiderivative": show(whole),
        "function": show(problem.function),
        "variable": str(x),
        "lower": lower,
        "upper": upper,
    }
    ask = f"By how much does {slots['antiderivative']} grow from {x} = {lower} to {x} = {upper}?"
    return Step("integral.bounds", ask, f"{show(end)} − {first} = {result}", result, slots)


PRECEDENCE = 15
FAMILIES: tuple[Family, ...] = (WordedFamily("integral", "calculus", (_integral,)),)

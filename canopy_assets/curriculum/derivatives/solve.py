"""Derivatives of sums, products, quotients and functions of ax + b, also second ones and at a point."""

from __future__ import annotations

import re
from typing import cast

import sympy

from canopy_assets.curriculum.derivatives.misconceptions import (
    chain_idea,
    factors_only,
    point_ideas,
    quotient_ideas,
    second_ideas,
    sum_ideas,
)
from canopy_assets.curriculum.derivatives.terms import FACTS, Problem, inner_of, power_term, standard, terms_of
from canopy_assets.curriculum.grammar import IN_FORMULAS, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, kept
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_TERM_STEPS = 3

_TELLING = re.compile(r"deriv|differ|slope|gradient|rate|d/d|d\^2|d[a-z]\s*/\s*\(?d|'", re.IGNORECASE)


def _problem(text: str) -> Problem | None:
    """The function of a statement and where its slope is asked for; None where the letters do not agree."""
    found = parsed(__package__, text, IN_FORMULAS) if _TELLING.search(text) else None
    function = try_parse(found.parts["expression"]) if found else None
    if found is None or function is None or len(function.free_symbols) != 1:
        return None
    (variable,) = function.free_symbols
    name, point = found.get("name"), found.get("point")
    asked, of, order = _notation(found)
    stated = [of, *(found.get(k) for k in ("argument", "var", "respect", "place_letter"))]
    if any(letter not in (None, str(variable)) for letter in stated):
        return None
    curve, named = found.get("curve_name"), found.get("named")
    if any(letter not in (None, name) for letter in (asked, None if named == curve else named)) and name is not None:
        return None
    at = try_parse(point) if point else None
    if point and not isinstance(at, sympy.Rational):
        return None
    height = found.get("height")
    if height is not None and (at is None or function.subs(variable, at) != try_parse(height)):
        return None  # a point that is not on the graph
    x = sympy.Symbol(str(variable))
    return Problem(function, x, name or asked or "f", cast("sympy.Rational | None", at), order)


def _notation(found: Parsed) -> tuple[str | None, str | None, int]:
    """The letters that the statement differentiates and differentiates by, and how often: f″ is (f, None, 2)."""
    order = 2 if found.get("order") == "second" else 1
    if prime := found.get("prime"):
        return prime[0], None, prime.count("'")
    if quotient := found.parts.get("leibniz") or found.parts.get("leibniz_second"):
        function, variable = re.sub(r"[\s()]|\^2", "", quotient).split("/")
        return function[1:], variable[1:], 2 if "^2" in quotient else order
    return None, None, order


def _plain_term(term: sympy.Expr, x: sympy.Symbol) -> bool:
    coefficient, power = term.as_coeff_exponent(x)
    return bool(coefficient.is_Rational and power in (0, 1))


def _term_step(term: sympy.Expr, problem: Problem) -> Step:
    """Differentiate one term."""
    x, result = problem.variable, show(sympy.diff(term, problem.variable))
    slots = {"term": show(term), "function": show(problem.function), "variable": str(x)}
    ask = f"What is the derivative of the term {show(term)}?"
    function = standard(term, x)
    if function is not None:
        slots |= {"fact": FACTS[function]}
        return Step("derivative.standard", ask, f"({show(term)})′ = {result}", result, slots)
    inner = inner_of(term, x)
    if inner is not None:
        slots |= {"inner": show(inner)}
        return Step("derivative.chain", ask, f"({show(term)})′ = {result}", result, slots)
    coefficient, power = term.as_coeff_exponent(x)
    slots |= {"exponent": show(power), "coefficient": show(coefficient)}
    return Step("derivative.power", ask, f"({show(term)})′ = {result}", result, slots)


def _sum_steps(problem: Problem) -> list[Step] | None:
    """Differentiate term by term; None where a term is too complicated, or there are too many."""
    x, terms = problem.variable, terms_of(problem.function)
    worth = [t for t in terms if power_term(t, x) or standard(t, x) or inner_of(t, x) is not None]
    if not all(t in worth or _plain_term(t, x) for t in terms) or len(worth) > MAX_TERM_STEPS:
        return None
    steps = [_term_step(t, problem) for t in worth]
    if len(terms) > 1 or not worth:
        result = show(sympy.diff(problem.function, x))
        slots = {"function": show(problem.function), "terms": listing(show(t) for t in terms), "variable": str(x)}
        ask = f"With each of the terms {slots['terms']} differentiated, what is the whole derivative?"
        steps.append(Step("derivative.assemble", ask, f"{problem.name}′({x}) = {result}", result, slots))
    return steps


def _product_steps(problem: Problem) -> list[Step] | None:
    """The product rule for two simple factors; None for anything else."""
    x = problem.variable
    if not isinstance(problem.function, sympy.Mul):
        return None
    coefficient, rest = problem.function.as_coeff_Mul()
    factors = sorted(sympy.Mul.make_args(rest), key=lambda f: (bool(f.has(*FACTS)), str(f)))
    if len(factors) != 2 or not all(_simple_factor(f, x) for f in factors):
        return None
    u, v = coefficient * factors[0], factors[1]
    du, dv = sympy.diff(u, x), sympy.diff(v, x)
    slots = {"first": show(u), "second": show(v), "function": show(problem.function), "variable": str(x)}
    result = f"{show(du)} and {show(dv)}"
    ask = f"What are the derivatives of the two factors {show(u)} and {show(v)}?"
    steps = [Step("derivative.factors", ask, f"u′ = {show(du)}, v′ = {show(dv)}", result, slots)]
    answer = show(du * v + u * dv)
    slots = slots | {"first_derivative": show(du), "second_derivative": show(dv)}
    ask = f"How do {show(u)}, {show(v)} and their derivatives combine in the product rule?"
    work = f"({show(du)}) · ({show(v)}) + ({show(u)}) · ({show(dv)}) = {answer}"
    return [*steps, Step("derivative.product", ask, work, answer, slots)]


def _quotient_steps(problem: Problem) -> list[Step] | None:
    """The quotient rule for a simple top over a simple bottom; None for anything else."""
    x = problem.variable
    u, v = sympy.fraction(problem.function)
    if x not in v.free_symbols or not all(_simple_factor(part, x) for part in (u, v)):
        return None
    du, dv = sympy.diff(u, x), sympy.diff(v, x)
    slots = {"first": show(u), "second": show(v), "function": show(problem.function), "variable": str(x)}
    result = f"{show(du)} and {show(dv)}"
    ask = f"What are the derivatives of the top {show(u)} and of the bottom {show(v)}?"
    steps = [Step("derivative.factors", ask, f"u′ = {show(du)}, v′ = {show(dv)}", result, slots)]
    answer = show(sympy.expand(du * v - u * dv) / v**2)
    slots = {
        "top": show(u),
        "bottom": show(v),
        "top_derivative": show(du),
        "bottom_derivative": show(dv),
        "function": show(problem.function),
        "variable": str(x),
    }
    ask = f"How do {show(u)}, {show(v)} and their derivatives combine in the quotient rule?"
    work = f"(({show(du)}) · ({show(v)}) − ({show(u)}) · ({show(dv)}))/({show(v)})² = {answer}"
    return [*steps, Step("derivative.quotient", ask, work, answer, slots)]


def _simple_factor(factor: sympy.Expr, x: sympy.Symbol) -> bool:
    if standard(factor, x):
        return True
    return bool(
        factor.is_polynomial(x)
        and sympy.Poly(factor, x).degree() <= 5
        and not (isinstance(factor, sympy.Pow) and isinstance(factor.base, sympy.Add))
    )


def _derivative(text: str) -> Solution | None:
    """The first or second derivative of a sum or of a product, or its value at a point."""
    problem = _problem(text)
    if problem is None:
        return None
    steps = _sum_steps(problem)
    rule = "derivative" if steps else None
    for name, method in (("product_rule", _product_steps), ("quotient_rule", _quotient_steps)):
        if rule is None and (steps := method(problem)):
            rule = name
    if not steps or rule is None or (problem.order == 2 and (rule != "derivative" or problem.point is not None)):
        return None
    answer, kind = steps[-1].result, "expression"
    ideas = _ideas(problem, steps, rule)
    if problem.order == 2:
        steps = [steps[-1], _again(problem)]
        answer, ideas = steps[-1].result, second_ideas(problem)
    if problem.point is not None:
        if not problem.derivative.subs(problem.variable, problem.point).is_Rational:
            return None
        steps = [*steps, _at_point(problem)]
        answer, kind, ideas = steps[-1].result, "number", point_ideas(problem, len(steps) - 1)
    return Solution(
        family="derivative",
        topic="calculus",
        answer=answer,
        answer_kind=kind,
        unit=None,
        steps=tuple(steps),
        misconceptions=kept(*ideas),
        concept=_WORDS.concept(rule),
    )


def _ideas(problem: Problem, steps: list[Step], rule: str) -> list[Misconception | None]:
    answer, slots = steps[-1].result, steps[-1].slots
    if rule == "product_rule":
        return [factors_only(problem, answer, slots)]
    if rule == "quotient_rule":
        return quotient_ideas(problem, answer, slots)
    return [*sum_ideas(problem, answer, len(steps) - 1), *chain_idea(problem, answer)]


def _again(problem: Problem) -> Step:
    """The second derivative, from the first."""
    first, result = show(problem.derivative), show(sympy.diff(problem.derivative, problem.variable))
    slots = {"first_derivative": first, "function": show(problem.function), "variable": str(problem.variable)}
    ask = f"What comes out when {first} is differentiated once more?"
    return Step("derivative.again", ask, f"{problem.name}″({problem.variable}) = {result}", result, slots)


def _at_point(problem: Problem) -> Step:
    x, a, derivative = problem.variable, problem.point, problem.derivative
    assert a is not None
    result = show(derivative.subs(x, a))
    slots = {"derivative": show(derivative), "variable": str(x), "point": show(a), "function": show(problem.function)}
    ask = f"What does {slots['derivative']} come to at {x} = {slots['point']}?"
    return Step("derivative.at_point", ask, f"{problem.name}′({slots['point']}) = {result}", result, slots)


PRECEDENCE = 20
FAMILIES: tuple[Family, ...] = (WordedFamily("derivative", "calculus", (_derivative,)),)

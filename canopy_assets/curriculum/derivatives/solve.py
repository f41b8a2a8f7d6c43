"""Derivatives (polynomials, sin, cos, exp, ln, products of two factors), also at a point; limits are in `limits`."""

from __future__ import annotations

import re
from typing import cast

import sympy

from canopy_assets.curriculum.derivatives.misconceptions import factors_only, point_ideas, sum_ideas
from canopy_assets.curriculum.derivatives.terms import FACTS, Problem, power_term, standard, terms_of
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, kept
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_TERM_STEPS = 3

_POINT = r"""
    (?:,?\ (?:at|when|where|for)\ (?:the\ point\ )?(?:(?P<at>[a-z])\s*=\s*)?(?P<point>-?\d+(?:/\d+)?))?  # at x = 2
"""
_DEFINED = r"""
    (?:
        (?P<name>[a-z])\s*\(\s*(?P<argument>[a-z])\s*\)\s*=\s*  # f(x) =
        |(?P<y>[a-z])\s*=\s*  # y =
    )?
"""
_FUNCTION = r"(?P<function>[^=?]+?)"
_VERB = r"(?:find|calculate|compute|determine|evaluate|work\ out|what\ is|what's|give)"
_PRIME = r"(?P<prime>[a-z])'\s*\(\s*(?:(?P<point>-?\d+)|[a-z])\s*\)"
_STATEMENTS = tuple(
    re.compile(pattern + r"\s*[.?]*", re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"""
        (?:{_VERB}\ )?(?:the\ )?(?:first\ )?derivative(?:\ of|:)\ (?:the\ function\ )?  # Find the derivative of
        {_DEFINED}{_FUNCTION}(?:\ with\ respect\ to\ (?P<respect>[a-z]))?{_POINT}
        """,
        rf"""
        differentiate(?:\ with\ respect\ to\ (?P<var>[a-z]))?:?\ (?:the\ function\ )?  # Differentiate
        {_DEFINED}{_FUNCTION}(?:\ with\ respect\ to\ (?P<respect>[a-z]))?{_POINT}
        """,
        rf"""
        (?:{_VERB}\ )?d/d(?P<var>[a-z])\s*(?:of\ )?  # d/dx of
        [\[(]?{_FUNCTION}[\])]?
        """,
        rf"""
        (?:{_VERB}\ )?{_PRIME}  # Find f'(2)
        \ (?:if|for|when|where|given(?:\ that)?)\ {_DEFINED}{_FUNCTION}  # if f(x) = x²
        """,
        rf"""
        (?:if|let|given)\ {_DEFINED}{_FUNCTION}[,.]  # If f(x) = x²,
        \ (?:then\ )?{_VERB}\ {_PRIME}  # find f'(2)
        """,
        rf"""
        (?:{_VERB}\ )?d[a-z]/d(?P<var>[a-z])  # Find dy/dx
        \ (?:if|for|when|of|where|given(?:\ that)?)\ {_DEFINED}{_FUNCTION}  # if y = x²
        """,
    )
)


def _problem(text: str) -> Problem | None:
    """The function of a statement and where its slope is asked for; None where the letters do not agree."""
    for pattern in _STATEMENTS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        groups = match.groupdict()
        function = try_parse(groups["function"])
        if function is None or len(function.free_symbols) != 1:
            return None
        (variable,) = function.free_symbols
        stated = [groups.get(k) for k in ("argument", "var", "respect", "at")]
        if any(letter and letter != str(variable) for letter in stated):
            return None
        point = groups.get("point")
        name = groups.get("name") or groups.get("prime") or groups.get("y") or "f"
        if groups.get("prime") and groups.get("name") not in (None, groups["prime"]):
            return None
        return Problem(
            function, sympy.Symbol(str(variable)), name, cast(sympy.Rational, sympy.Rational(point)) if point else None
        )
    return None


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
    coefficient, power = term.as_coeff_exponent(x)
    slots |= {"exponent": str(power), "coefficient": show(coefficient)}
    return Step("derivative.power", ask, f"({show(term)})′ = {result}", result, slots)


def _sum_steps(problem: Problem) -> list[Step] | None:
    """Differentiate term by term; None where a term is too complicated, or there are too many."""
    x, terms = problem.variable, terms_of(problem.function)
    worth = [t for t in terms if power_term(t, x) or standard(t, x)]
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


def _simple_factor(factor: sympy.Expr, x: sympy.Symbol) -> bool:
    if standard(factor, x):
        return True
    return bool(
        factor.is_polynomial(x)
        and sympy.Poly(factor, x).degree() <= 5
        and not (isinstance(factor, sympy.Pow) and isinstance(factor.base, sympy.Add))
    )


def _derivative(text: str) -> Solution | None:
    """The derivative of a sum or of a product, or its value at a point."""
    problem = _problem(text)
    if problem is None:
        return None
    steps = _sum_steps(problem)
    product = steps is None
    steps = steps or _product_steps(problem)
    if not steps:
        return None
    derivative = sympy.diff(problem.function, problem.variable)
    answer, kind = steps[-1].result, "expression"
    ideas = (
        [factors_only(problem, answer, steps[-1].slots)]
        if product
        else sum_ideas(problem, derivative, answer, len(steps) - 1)
    )
    if problem.point is not None:
        if product or len(steps) > MAX_TERM_STEPS or not derivative.is_polynomial(problem.variable):
            return None
        steps, ideas = [*steps, _at_point(problem, derivative)], point_ideas(problem, derivative, len(steps))
        answer, kind = steps[-1].result, "number"
    return Solution(
        family="derivative",
        topic="calculus",
        answer=answer,
        answer_kind=kind,
        unit=None,
        steps=tuple(steps),
        misconceptions=kept(*ideas),
        concept=_WORDS.concept("product_rule") if product else _WORDS.concept("derivative"),
    )


def _at_point(problem: Problem, derivative: sympy.Expr) -> Step:
    x, a = problem.variable, problem.point
    assert a is not None
    result = show(derivative.subs(x, a))
    slots = {"derivative": show(derivative), "variable": str(x), "point": show(a), "function": show(problem.function)}
    ask = f"What does {slots['derivative']} come to at {x} = {slots['point']}?"
    return Step("derivative.at_point", ask, f"{problem.name}′({slots['point']}) = {result}", result, slots)


PRECEDENCE = 20
FAMILIES: tuple[Family, ...] = (WordedFamily("derivative", "calculus", (_derivative,)),)

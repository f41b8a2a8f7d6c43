"""What students get wrong about derivatives, with a numerical test for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sympy

from canopy_assets.curriculum.derivatives.terms import Problem, inner_of, power_term, standard, terms_of
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.evaluation import same_expression
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


class _Test(NamedTuple):
    """Refutes a wrong derivative: the function's mean slope from `left` to `left` + 1 is not among its values there."""

    left: int
    start: sympy.Expr
    end: sympy.Expr
    slope_at_start: sympy.Expr
    slope_at_end: sympy.Expr


def _refuted(function: sympy.Expr, wrong: sympy.Expr, x: sympy.Symbol) -> _Test | None:
    """A unit interval that refutes a wrong derivative; None if no interval near 0 refutes it.

    The derivative is sampled every quarter, which is enough for the low degrees in textbooks.
    """
    for left in (1, 2, 0, -1, -2, 3):
        start, end = function.subs(x, left), function.subs(x, left + 1)
        slopes = [wrong.subs(x, left + sympy.Rational(i, 4)) for i in range(5)]
        if not all(value.is_Rational for value in (start, end, *slopes)):
            return None
        if not min(slopes) <= end - start <= max(slopes):
            return _Test(left, start, end, slopes[0], slopes[-1])
    return None


def _tested(name: str, problem: Problem, term: sympy.Expr, wrong: sympy.Expr, right: str) -> Misconception | None:
    """A wrong derivative of a sum, with a test by the mean slope between two points of the graph.

    Args:
        name: The misconception.
        problem: The exercise.
        term: The power that is differentiated wrongly.
        wrong: What the misconception makes of it.
        right: The right answer.
    """
    x = problem.variable
    whole = wrong + sympy.diff(problem.function, x) - sympy.diff(term, x)
    test = _refuted(problem.function, whole, x)
    if test is None:
        return None
    misconception = _WORDS.misconception(
        name,
        answer=show(whole),
        term=show(term),
        exponent=term.as_coeff_exponent(x)[1],
        wrong=show(wrong),
        variable=x,
        left=show(sympy.Integer(test.left)),
        right=show(sympy.Integer(test.left + 1)),
        start=show(test.start),
        end=show(test.end),
        mean_slope=show(test.end - test.start),
        slope_at_start=show(test.slope_at_start),
        slope_at_end=show(test.slope_at_end),
    )
    return unless_right(misconception, right, kind="expression")


def sum_ideas(problem: Problem, answer: str, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about a sum of terms: a power that stays or loses its factor, a kept constant, a mixed-up sign."""
    x, function, derivative = problem.variable, problem.function, problem.derivative
    ideas: list[Misconception | None] = []
    power = next((term for term in terms_of(function) if power_term(term, x)), None)
    if power is not None:
        c, n = power.as_coeff_exponent(x)
        ideas += [
            _tested("exponent_stays", problem, power, c * n * x**n, answer),
            _tested("exponent_only_reduced", problem, power, c * x ** (n - 1), answer),
        ]
    constant = function.as_coeff_Add()[0]
    if constant != 0:
        kept_constant = _WORDS.misconception(
            "constant_kept", answer=show(derivative + constant), step=last_step, constant=show(constant), variable=x
        )
        ideas.append(unless_right(kept_constant, answer, kind="expression"))
    for term in terms_of(function):
        ideas += _standard_ideas(term, x, derivative, answer)
    return ideas


def _standard_ideas(
    term: sympy.Expr, x: sympy.Symbol, derivative: sympy.Expr, answer: str
) -> list[Misconception | None]:
    """Wrong ideas about a term with sine, cosine or an exponential function."""
    function, slope = standard(term, x), sympy.diff(term, x)
    if function is sympy.cos or function is sympy.sin:
        misconception = _WORDS.misconception(
            "cosine_sign_mixed_up" if function is sympy.cos else "sine_sign_mixed_up",
            answer=show(derivative - 2 * slope),
            term=show(term),
            wrong=show(-slope),
        )
    elif function is sympy.exp:
        wrong = term.as_coeff_Mul()[0] * x * sympy.exp(x - 1)
        misconception = _WORDS.misconception(
            "power_rule_for_exponential",
            answer=show(derivative - slope + wrong),
            variable=x,
            term=show(term),
            wrong=show(wrong),
            exponential=show(sympy.exp(x)),
        )
    else:
        return []
    return [unless_right(misconception, answer, kind="expression")]


def factors_only(problem: Problem, answer: str, slots: Mapping[str, str]) -> Misconception | None:
    """The idea that a product is differentiated factor by factor. `slots` are those of the last step."""
    x = problem.variable
    u, v = try_parse(slots["first_derivative"]), try_parse(slots["second_derivative"])
    if u is None or v is None or same_expression(u * v, sympy.diff(problem.function, x)):
        return None
    misconception = _WORDS.misconception(
        "derivatives_multiplied",
        answer=show(u * v),
        step=1,
        first_derivative=slots["first_derivative"],
        second_derivative=slots["second_derivative"],
        variable=x,
    )
    return unless_right(misconception, answer, kind="expression")


def quotient_ideas(problem: Problem, answer: str, slots: Mapping[str, str]) -> list[Misconception | None]:
    """The ideas that the derivatives are divided, and that the products are added. `slots`: those of the last step."""
    top, bottom = sympy.fraction(problem.function)
    du, dv = (sympy.diff(part, problem.variable) for part in (top, bottom))
    attempts = {"quotient_rule_with_plus": (du * bottom + top * dv) / bottom**2}
    if dv != 0:
        attempts["derivatives_divided"] = du / dv
    return [
        unless_right(_WORDS.misconception(name, answer=show(wrong), step=1, **slots), answer, kind="expression")
        for name, wrong in attempts.items()
    ]


def chain_idea(problem: Problem, answer: str) -> list[Misconception | None]:
    """The ideas that only the outer function of a term counts, and that its inner function is differentiated inside."""
    x = problem.variable
    term, inner = next(((t, i) for t in terms_of(problem.function) if (i := inner_of(t, x)) is not None), (None, None))
    if term is None or inner is None:
        return []
    slope, inside = sympy.diff(inner, x), sympy.diff(term, x)
    attempts = {
        "inner_derivative_forgotten": inside / slope,
        "inner_derivative_put_inside": (inside / slope).subs(inner, slope),
    }
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=show(problem.derivative - inside + wrong),
                term=show(term),
                wrong=show(wrong),
                inner=show(inner),
                variable=x,
                left=show(inner.subs(x, 1)),
                right=show(inner.subs(x, 2)),
            ),
            answer,
            kind="expression",
        )
        for name, wrong in attempts.items()
        if not wrong.has(sympy.zoo, sympy.nan)
    ]


def second_ideas(problem: Problem) -> list[Misconception | None]:
    """The ideas that the first derivative is enough, and that the second derivative is the square of the first."""
    first = problem.derivative
    right = show(sympy.diff(first, problem.variable))
    stopped = _WORDS.misconception("stopped_after_first_derivative", answer=show(first), step=1)
    squared = _WORDS.misconception(
        "second_derivative_as_square", answer=show(first**2), step=1, first_derivative=show(first)
    )
    return [unless_right(idea, right, kind="expression") for idea in (stopped, squared)]


def point_ideas(problem: Problem, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about a slope at a point: the height instead, or the point as a factor."""
    point, derivative = problem.point, problem.derivative
    assert point is not None
    right, height = show(derivative.subs(problem.variable, point)), problem.function.subs(problem.variable, point)
    height_for_slope = _WORDS.misconception(
        "height_taken_as_slope", answer=show(height), point=show(point), function=show(problem.function)
    )
    product = derivative.subs(problem.variable, point) * point
    times_point = _WORDS.misconception(
        "slope_times_point", answer=show(product), step=last_step, point=show(point), variable=problem.variable
    )
    return [unless_right(height_for_slope, right), unless_right(times_point, right)]

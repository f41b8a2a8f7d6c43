"""What students get wrong about derivatives, with a test by numbers for each."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy

from canopy_assets.curriculum.derivatives.terms import Problem, power_term, standard, terms_of
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.evaluation import same_expression
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def _interval(
    function: sympy.Expr, wrong: sympy.Expr, x: sympy.Symbol
) -> tuple[int, Fraction, Fraction, Fraction, Fraction] | None:
    """A unit interval that refutes a wrong derivative: the mean slope lies outside the values it takes there.

    The values are sampled at quarters, enough for the low degrees of a textbook. Returns the interval's left end, the
    function at both ends, and the wrong derivative at both ends.
    """
    for a in (1, 2, 0, -1, -2, 3):
        ends = [function.subs(x, a), function.subs(x, a + 1)]
        values = [wrong.subs(x, a + sympy.Rational(i, 4)) for i in range(5)]
        if not all(v.is_Rational for v in (*ends, *values)):
            return None
        mean = ends[1] - ends[0]
        if mean < min(values) or mean > max(values):
            return a, _fraction(ends[0]), _fraction(ends[1]), _fraction(values[0]), _fraction(values[-1])
    return None


def _fraction(value: sympy.Expr) -> Fraction:
    return Fraction(str(value))


def _tested(problem: Problem, wrong: sympy.Expr, belief: str, work: str, right: str, step: int) -> Misconception | None:
    """A wrong derivative with a test by the average slope between two points of the graph."""
    x, found = problem.variable, _interval(problem.function, wrong, problem.variable)
    if found is None:
        return None
    a, start, end, slope_a, slope_b = found
    numbers = {
        k: show(sympy.Rational(v.numerator, v.denominator))
        for k, v in (("start", start), ("end", end), ("a", slope_a), ("b", slope_b), ("mean", end - start))
    }
    left, after = show(sympy.Integer(a)), show(sympy.Integer(a + 1))
    return unless_right(
        _WORDS.misconception(
            "idea",
            answer=show(wrong),
            step=step,
            belief=belief,
            work=work,
            x=x,
            left=left,
            after=after,
            numbers_start=numbers["start"],
            numbers_end=numbers["end"],
            numbers_mean=numbers["mean"],
            numbers_a=numbers["a"],
            numbers_b=numbers["b"],
        ),
        right,
        kind="expression",
    )


def sum_ideas(problem: Problem, derivative: sympy.Expr, answer: str, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about a sum of terms: a power that stays or loses its factor, a kept constant, a mixed-up sign."""
    x, function = problem.variable, problem.function
    powers = [t for t in terms_of(function) if power_term(t, x)]
    ideas: list[Misconception | None] = []
    if powers:
        term = powers[0]
        c, n = term.as_coeff_exponent(x)
        same_power, no_factor = c * n * x**n, c * x ** (n - 1)
        others = derivative - sympy.diff(term, x)
        ideas.append(
            _tested(
                problem,
                same_power + others,
                "the exponent stays when it comes down as a factor",
                f"The {n} comes to the front: {show(term)} gives {show(same_power)}.",
                answer,
                0,
            )
        )
        ideas.append(
            _tested(
                problem,
                no_factor + others,
                "the exponent only goes down by one",
                f"I take one off the exponent: {show(term)} gives {show(no_factor)}.",
                answer,
                0,
            )
        )
    constant = function.as_coeff_Add()[0]
    if constant != 0:
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "constant_own_derivative",
                    answer=show(derivative + constant),
                    step=last_step,
                    constant=show(constant),
                    x=x,
                ),
                answer,
                kind="expression",
            )
        )
    return ideas + _standard_ideas(problem, derivative, answer)


def _standard_ideas(problem: Problem, derivative: sympy.Expr, answer: str) -> list[Misconception | None]:
    x = problem.variable
    ideas: list[Misconception | None] = []
    for term in terms_of(problem.function):
        function = standard(term, x)
        if function is sympy.cos or function is sympy.sin:
            other = derivative - 2 * sympy.diff(term, x)
            name = "cosine" if function is sympy.cos else "sine"
            move = "falling" if function is sympy.cos else "climbing"
            ideas.append(
                unless_right(
                    _WORDS.misconception(
                        "sign_derivative_mixed_up",
                        answer=show(other),
                        variable=name,
                        term=show(term),
                        diff_term_x=show(-sympy.diff(term, x)),
                        move=move,
                    ),
                    answer,
                    kind="expression",
                )
            )
        if function is sympy.exp:
            coefficient = term.as_coeff_Mul()[0]
            wrong = coefficient * x * sympy.exp(x - 1)
            ideas.append(
                unless_right(
                    _WORDS.misconception(
                        "power_rule_also_holds",
                        answer=show(derivative - sympy.diff(term, x) + wrong),
                        x=x,
                        term=show(term),
                        wrong=show(wrong),
                        exp_x=show(sympy.exp(x)),
                    ),
                    answer,
                    kind="expression",
                )
            )
    return ideas


def factors_only(problem: Problem, answer: str, slots: Mapping[str, str]) -> Misconception | None:
    """The idea that a product is differentiated factor by factor; `slots` are those of the last step."""
    x = problem.variable
    u, v = try_parse(slots["first_derivative"]), try_parse(slots["second_derivative"])
    if u is None or v is None or same_expression(u * v, sympy.diff(problem.function, x)):
        return None
    return unless_right(
        _WORDS.misconception(
            "derivative_product_product_derivatives",
            answer=show(u * v),
            step=1,
            slots_first_derivative=slots["first_derivative"],
            slots_second_derivative=slots["second_derivative"],
            x=x,
        ),
        answer,
        kind="expression",
    )


def point_ideas(problem: Problem, derivative: sympy.Expr, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about a slope at a point: the height instead, or the point as a factor."""
    x, a = problem.variable, problem.point
    assert a is not None
    right, point = show(derivative.subs(x, a)), show(a)
    value, product = problem.function.subs(x, a), derivative.subs(x, a) * a
    return [
        unless_right(
            _WORDS.misconception(
                "function_s_value_taken", answer=show(value), point=point, problem_function=show(problem.function)
            ),
            right,
        ),
        unless_right(
            _WORDS.misconception(
                "derivative_point_multiplied_point", answer=show(product), step=last_step, point=point, x=x
            ),
            right,
        ),
    ]

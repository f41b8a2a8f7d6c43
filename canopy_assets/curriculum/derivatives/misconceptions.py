"""What students get wrong about derivatives, with a test by numbers for each."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy

from canopy_assets.curriculum.derivatives.terms import Problem, power_term, standard, terms_of
from canopy_assets.curriculum.model import wrong_idea
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.evaluation import same_expression
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception


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
    return wrong_idea(
        right,
        belief=belief,
        work=work,
        answer=show(wrong),
        kind="expression",
        step=step,
        check=f"From {x} = {left} to {x} = {after} the function goes from {numbers['start']} to "
        f"{numbers['end']}: does your formula give slopes like that there?",
        check_reply=f"The average slope is {numbers['mean']}, but mine goes from {numbers['a']} to {numbers['b']}.",
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
            wrong_idea(
                answer,
                belief="a constant is its own derivative",
                work=f"The {show(constant)} has no {x}, so I keep it.",
                answer=show(derivative + constant),
                kind="expression",
                step=last_step,
                check=f"If the constant {show(constant)} were 100 more, the whole "
                "graph would move up. Would it get steeper?",
                check_reply="No, it'd be just as steep as before.",
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
                wrong_idea(
                    answer,
                    belief=f"the sign in the derivative of {name} is mixed up",
                    work=f"For {show(term)} I get {show(-sympy.diff(term, x))}.",
                    answer=show(other),
                    kind="expression",
                    check=f"Just to the right of 0, is the curve of {name} climbing "
                    "or falling, and does your sign fit?",
                    check_reply=f"It is {move} there, and my sign says the opposite.",
                )
            )
        if function is sympy.exp:
            coefficient = term.as_coeff_Mul()[0]
            wrong = coefficient * x * sympy.exp(x - 1)
            ideas.append(
                wrong_idea(
                    answer,
                    belief="the power rule also holds for a variable exponent",
                    work=f"I bring the {x} down: {show(term)} gives {show(wrong)}.",
                    answer=show(derivative - sympy.diff(term, x) + wrong),
                    kind="expression",
                    check=f"At {x} = 0 the curve of {show(sympy.exp(x))} is clearly "
                    "climbing. What slope does your rule give there?",
                    check_reply="Slope 0, as if it were level.",
                )
            )
    return ideas


def factors_only(problem: Problem, answer: str, slots: Mapping[str, str]) -> Misconception | None:
    """The idea that a product is differentiated factor by factor; `slots` are those of the last step."""
    x = problem.variable
    u, v = try_parse(slots["first_derivative"]), try_parse(slots["second_derivative"])
    if u is None or v is None or same_expression(u * v, sympy.diff(problem.function, x)):
        return None
    return wrong_idea(
        answer,
        belief="the derivative of a product is the product of the derivatives",
        work=f"I differentiate both and multiply: {slots['first_derivative']} times {slots['second_derivative']}.",
        answer=show(u * v),
        kind="expression",
        check=f"Try that on {x} · {x}: what does your rule give, and what is the derivative of {x}²?",
        check_reply=f"1 by my rule, but {x}² has 2{x}.",
        step=1,
    )


def point_ideas(problem: Problem, derivative: sympy.Expr, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about a slope at a point: the height instead, or the point as a factor."""
    x, a = problem.variable, problem.point
    assert a is not None
    right, point = show(derivative.subs(x, a)), show(a)
    value, product = problem.function.subs(x, a), derivative.subs(x, a) * a
    return [
        wrong_idea(
            right,
            belief="the function's value is taken for its slope",
            work=f"I put {point} into {show(problem.function)} and get {show(value)}.",
            answer=show(value),
            check=f"Does putting {point} into {show(problem.function)} tell how high the graph is there, or how steep?",
            check_reply="How high it is, not how steep.",
        ),
        wrong_idea(
            right,
            belief="the derivative at a point is multiplied by the point",
            work=f"I take the derivative at {point} and multiply by {point}, so {show(product)}.",
            answer=show(product),
            check=f"Once {point} stands in for {x} everywhere in the derivative, "
            f"is there still an {x} left to multiply by?",
            check_reply=f"No, every {x} has its {point} already.",
            step=last_step,
        ),
    ]

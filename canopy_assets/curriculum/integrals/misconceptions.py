"""What students get wrong about integrals, computed from the function and tested by differentiating or on the graph."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.derivatives.terms import inner_of, standard
from canopy_assets.curriculum.integrals.terms import Problem, antiderivative, terms_of
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def term_ideas(problem: Problem, answer: str, first_step: int) -> list[Misconception | None]:
    """Wrong ideas about a term: differentiated instead, not divided by the new exponent, a sign or a factor missed."""
    x = problem.variable
    ideas: list[Misconception | None] = []
    for index, term in enumerate((t for t in terms_of(problem.function) if x in t.free_symbols), first_step):
        right, (coefficient, power) = antiderivative(term, x), term.as_coeff_exponent(x)
        attempts: dict[str, sympy.Expr] = {}
        if power not in (0, -1):
            attempts["not_divided_by_new_exponent"] = coefficient * x ** (power + 1)
            attempts["differentiated_instead"] = sympy.diff(term, x)
        elif power == -1:
            attempts["power_rule_for_reciprocal"] = coefficient * x**0
        elif right is not None and isinstance(term.as_coeff_Mul()[1], sympy.sin | sympy.cos):
            attempts["sign_of_sine_mixed_up"] = -right
        inner = None if standard(term, x) else inner_of(term, x)
        if inner is not None:
            attempts["inner_factor_missed"] = right * sympy.diff(inner, x)
        ideas += [_term_idea(problem, name, term, wrong, index, answer) for name, wrong in attempts.items()]
    return ideas


def _term_idea(
    problem: Problem, name: str, term: sympy.Expr, wrong: sympy.Expr, index: int, answer: str
) -> Misconception | None:
    """The idea with the whole answer that it leads to, and the derivative that shows what is wrong with it."""
    x = problem.variable
    whole = problem.antiderivative - antiderivative(term, x) + wrong
    idea = _WORDS.misconception(
        name,
        answer=_value(problem, whole),
        step=index,
        term=show(term),
        wrong=show(wrong),
        derivative=show(sympy.diff(wrong, x)),
        variable=x,
    )
    return unless_right(idea, answer, kind="number" if problem.bounds else "expression")


def _value(problem: Problem, antiderivative: sympy.Expr) -> str:
    """What an antiderivative leads to: its difference between the bounds, or itself and a constant."""
    if problem.bounds is None:
        return f"{show(antiderivative)} + C"
    start, end = (antiderivative.subs(problem.variable, bound) for bound in problem.bounds)
    return show(end - start)


def bound_ideas(problem: Problem, answer: str, last_step: int) -> list[Misconception | None]:
    """Wrong ideas about the last step: no constant; the bounds in the wrong order, or the function put in."""
    whole, x = problem.antiderivative, problem.variable
    if problem.bounds is None:
        without = _WORDS.misconception(
            "constant_of_integration_left_out",
            answer=show(whole),
            step=last_step,
            moved=show(whole + 7),
            function=show(problem.function),
        )
        return [unless_right(without, answer, kind="expression")]
    lower, upper = problem.bounds
    start, end = whole.subs(x, lower), whole.subs(x, upper)
    slots = {"lower": show(lower), "upper": show(upper), "variable": x, "function": show(problem.function)}
    turned = _WORDS.misconception("bounds_the_wrong_way_round", answer=show(start - end), step=last_step, **slots)
    only_upper = _WORDS.misconception(
        "lower_bound_left_out",
        answer=show(end),
        step=last_step,
        antiderivative=show(whole),
        at_lower=show(start),
        **slots,
    )
    heights = _WORDS.misconception(
        "function_put_in_for_antiderivative",
        answer=show(problem.function.subs(x, upper) - problem.function.subs(x, lower)),
        step=last_step,
        **slots,
    )
    return [unless_right(idea, answer) for idea in (only_upper, heights, turned)]

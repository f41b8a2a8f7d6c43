"""The steps of factoring a·x² + b·x + c: common factor, difference of squares, a pair of numbers, the brackets."""

from __future__ import annotations

import math

import sympy

from canopy_assets.curriculum.polynomials import coefficient_of
from canopy_assets.curriculum.quadratics.misconceptions import (
    common_factor_idea,
    difference_of_squares_ideas,
    pair_ideas,
    sign_idea,
)
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, common_factor, terms_of, with_content
from canopy_assets.maths.formatting import in_brackets, listing, show, show_number
from canopy_assets.records import Misconception, Step

_Part = tuple[list[Step], list[Misconception | None]]


def factor_steps(trinomial: Trinomial, text: str, index: int, as_equation: bool) -> _Part:
    """The steps from a sum to a product, and the wrong ideas about them.

    Args:
        trinomial: The polynomial to factor. It must factor over the rationals.
        text: The exercise as it is written (an equation if `as_equation`).
        index: How many steps come before.
        as_equation: Whether the results are written `… = 0`.
    """
    return _steps(trinomial.expr, trinomial.variable, text, index, " = 0" if as_equation else "")


def polynomial_steps(polynomial: sympy.Expr, x: sympy.Symbol, text: str, only_common: bool) -> _Part | None:
    """The steps from a sum to a product: the common factor, and the factors of what is left, a trinomial at most.

    Args:
        polynomial: The polynomial to factor, with integer coefficients.
        x: Its variable.
        text: The exercise as it is written.
        only_common: Whether the common factor is all that is asked for.

    Returns:
        None where more than a trinomial is left, or nothing can be taken out.
    """
    content = common_factor(polynomial, x)
    if only_common:
        return _taken_out(polynomial, x, content, text, "", 0) if content not in (1, -1) else None
    if sympy.Poly(polynomial / content, x).degree() > 2:
        return _two_squares(polynomial, x, content, text)
    steps, ideas = _steps(polynomial, x, text, 0, "")
    return (steps, ideas) if steps else None


def _two_squares(polynomial: sympy.Expr, x: sympy.Symbol, content: sympy.Expr, text: str) -> _Part | None:
    """A difference of squares of degree four, such as x⁴ − 16, which may leave another difference of squares.

    Returns:
        None for another polynomial.
    """
    inner = sympy.Poly(polynomial / content, x)
    coefficients = [int(c) for c in inner.all_coeffs()]
    if len(coefficients) != 5 or any(coefficients[1:4]) or not coefficients[0] > 0 > coefficients[4]:
        return None
    first, last = (math.isqrt(abs(coefficients[k])) for k in (0, 4))
    if first**2 != coefficients[0] or last**2 != -coefficients[4]:
        return None
    steps, ideas = _taken_out(polynomial, x, content, text, "", 0) if content not in (1, -1) else ([], [])
    if content == -1:
        return None
    plus, minus = (first * x**2 + sign * last for sign in (1, -1))
    result = (
        with_content(content, f"({show(plus)})({show(minus)})") if content != 1 else f"({show(plus)})({show(minus)})"
    )
    polynomial_text = show(inner.as_expr())
    slots = {
        "expression": steps[-1].result if steps else text,
        "polynomial": polynomial_text,
        "minuend": show(coefficients[0] * x**4),
        "subtrahend": show(sympy.Integer(-coefficients[4])),
        "variable": x.name,
    }
    squares = f"{slots['minuend']} and {slots['subtrahend']}"
    ask = f"{squares} are both squares. How does {polynomial_text} split into brackets?"
    kind = "factoring.difference_of_squares"
    steps.append(Step(kind, ask, f"{slots['expression']} → {result}", result, slots))
    rest = Trinomial.of(x, (sympy.Integer(first), sympy.Integer(0), sympy.Integer(-last)))
    if _is_square(rest.a) and _is_square(-rest.c):
        more, wrong = _difference_of_squares(rest, result, show(sympy.factor(polynomial)), len(steps))
        return [*steps, *more], [*ideas, *wrong]
    return steps, ideas


def _steps(polynomial: sympy.Expr, x: sympy.Symbol, text: str, index: int, ending: str) -> _Part:
    content = common_factor(polynomial, x)
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    if content not in (1, -1) or (content == -1 and sympy.Poly(polynomial, x).degree() > 1):
        steps, ideas = _taken_out(polynomial, x, content, text, ending, index)
    inner = sympy.expand(polynomial / content)
    rest = Trinomial.of(x, tuple(coefficient_of(inner, x, k) for k in (2, 1, 0)))
    if rest.a == 0 or not rest.factors_rationally:
        return steps, ideas
    result = show(sympy.factor(polynomial)) + ending
    shown = steps[-1].result if steps else text
    is_difference_of_squares = rest.b == 0 and rest.a > 0 > rest.c and _is_square(rest.a) and _is_square(-rest.c)
    method = _difference_of_squares if is_difference_of_squares else _by_pair
    more, wrong = method(rest, shown, result, index + len(steps))
    return steps + more, ideas + wrong


def _taken_out(
    polynomial: sympy.Expr, x: sympy.Symbol, content: sympy.Expr, text: str, ending: str, index: int
) -> _Part:
    """The step that takes out the common factor."""
    result = with_content(content, f"({show(sympy.expand(polynomial / content))})") + ending
    terms = listing(show(term) for term in terms_of(polynomial, x))
    step = Step(
        "factoring.common_factor",
        f"What do {terms} have in common, and what is left in the bracket?",
        f"{text} → {result}",
        result,
        {"expression": text, "polynomial": show(polynomial), "terms": terms, "variable": x.name},
    )
    return [step], [common_factor_idea(polynomial, x, content, result, ending, index)]


def _is_square(value: sympy.Integer) -> bool:
    return math.isqrt(int(value)) ** 2 == int(value)


def _difference_of_squares(rest: Trinomial, text: str, result: str, index: int) -> _Part:
    """Writes m² − n² as (m + n)(m − n)."""
    minuend, subtrahend = show(rest.a * rest.variable**2), show(-rest.c)
    step = Step(
        "factoring.difference_of_squares",
        f"{minuend} and {subtrahend} are both squares. How does {rest.text} split into brackets?",
        f"{text} → {result}",
        result,
        {
            "expression": text,
            "polynomial": rest.text,
            "minuend": minuend,
            "subtrahend": subtrahend,
            "variable": rest.name,
        },
    )
    return [step], difference_of_squares_ideas(rest, index)


def _by_pair(rest: Trinomial, text: str, result: str, index: int) -> _Part:
    """Finds two numbers with product a·c and sum b, and writes the brackets with them."""
    product = rest.a * rest.c
    root = math.isqrt(int(rest.b**2 - 4 * product))
    pair = sorted(((rest.b + root) / 2, (rest.b - root) / 2), key=lambda v: (abs(v), v))
    first, second, both = show_number(pair[0]), in_brackets(pair[1]), listing(show_number(v) for v in pair)
    slots = {
        "expression": text,
        "polynomial": rest.text,
        "product": show_number(product),
        "sum": show_number(rest.b),
        "variable": rest.name,
    }
    numbers = Step(
        "factoring.trinomial_numbers",
        f"Which numbers multiply to {slots['product']} and add to {slots['sum']}?",
        f"{first} × {second} = {slots['product']} and {first} + {second} = {slots['sum']}",
        both,
        slots,
    )
    write = Step(
        "factoring.write_factors",
        f"How does {rest.text} look as a product, with the numbers {both}?",
        f"{text} → {result}",
        result,
        {"expression": text, "polynomial": rest.text, "pair": both, "variable": rest.name},
    )
    return [numbers, write], [*pair_ideas(rest, pair, index), sign_idea(rest, index + 1)]

"""What students get wrong with factoring and quadratic equations, computed from the numbers and tested on them."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, roots_text, terms_of, with_content
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import in_brackets, listing, show, show_number, show_sum
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def common_factor_idea(
    polynomial: sympy.Expr, x: sympy.Symbol, content: sympy.Expr, result: str, ending: str, index: int
) -> Misconception | None:
    """The common factor is taken out, but the last term is left unchanged.

    Args:
        polynomial: The polynomial to factor.
        x: Its variable.
        content: The common factor.
        result: The right result.
        ending: The text after the product: " = 0" in an equation.
        index: The number of the step.
    """
    *others, last = terms_of(polynomial, x)
    inside = [*(term / content for term in others), last]
    product = with_content(content, f"({show_sum(inside)})")
    idea = _WORDS.misconception(
        "common_factor_taken_out_of_first_term_only",
        answer=product + ending,
        step=index,
        common_factor=show(content),
        product=product,
        multiplied_out=show(sympy.expand(content * sympy.Add(*inside))),
        polynomial=show(polynomial),
    )
    return unless_right(idea, result, kind="expression")


def difference_of_squares_ideas(trinomial: Trinomial, index: int) -> list[Misconception | None]:
    """a² − b² as (a − b)², or with half of b² for b."""
    first, second = sympy.sqrt(trinomial.a) * trinomial.variable, sympy.sqrt(-trinomial.c)
    square = (first - second) ** 2
    squared = _WORDS.misconception(
        "difference_of_squares_as_square_of_difference",
        answer=show(square),
        step=index,
        first=show(first),
        second=show(second),
        multiplied_out=show(sympy.expand(square)),
        polynomial=trinomial.text,
    )
    ideas = [unless_right(squared, trinomial.factored, kind="expression")]
    if trinomial.c % 2 == 0:
        half = -trinomial.c / 2
        halved = _WORDS.misconception(
            "number_halved_for_its_square_root",
            answer=show((first - half) * (first + half)),
            step=index,
            number=show(-trinomial.c),
            half=show(half),
            half_squared=show(half**2),
        )
        ideas.append(unless_right(halved, trinomial.factored, kind="expression"))
    return ideas


def pair_ideas(trinomial: Trinomial, pair: list[sympy.Expr], index: int) -> list[Misconception | None]:
    """A pair with the right product and the wrong sum, and one with the right sum and the wrong product."""
    right = listing(show_number(v) for v in pair)
    product, total = trinomial.a * trinomial.c, trinomial.b
    ideas = []
    if total != 0:
        opposite = _WORDS.misconception(
            "pair_with_opposite_sum",
            answer=listing(show_number(-v) for v in pair),
            step=index,
            product=show_number(product),
            wrong_sum=show_number(-total),
            sum=show_number(total),
        )
        ideas.append(unless_right(opposite, right, kind="solutions"))
    first = sympy.Integer(1 if total >= 0 else -1)
    second = total - first
    if first * second != product:
        near = _WORDS.misconception(
            "pair_with_wrong_product",
            answer=listing(show_number(v) for v in (first, second)),
            step=index,
            sum=show_number(total),
            wrong_product=show_number(first * second),
            product=show_number(product),
        )
        ideas.append(unless_right(near, right, kind="solutions"))
    return ideas


def sign_idea(trinomial: Trinomial, index: int) -> Misconception | None:
    """The signs in the brackets are the opposite of the pair's."""
    middle_term = trinomial.b * trinomial.variable
    idea = _WORDS.misconception(
        "signs_in_brackets_opposite_to_pair",
        answer=Trinomial(trinomial.variable, trinomial.a, -trinomial.b, trinomial.c).factored,
        step=index,
        wrong_middle_term=show(-middle_term),
        polynomial=trinomial.text,
        middle_term=show(middle_term),
    )
    return unless_right(idea, trinomial.factored, kind="expression")


def standard_form_idea(left: sympy.Expr, right: sympy.Expr, result: str) -> Misconception | None:
    """The terms of the right side are moved to the left with their signs unchanged."""
    idea = _WORDS.misconception(
        "terms_cross_with_same_sign",
        answer=f"{show(sympy.expand(left + right))} = 0",
        right_side=show(sympy.expand(right)),
        doubled=show(sympy.expand(2 * right)),
    )
    return unless_right(idea, result, kind="expression")


def zero_product_ideas(trinomial: Trinomial, product: str, result: str, index: int) -> list[Misconception | None]:
    """The numbers in the brackets are taken for the solutions, or only one solution is given."""
    roots = trinomial.roots
    ideas: list[Misconception | None] = []
    wrong = tuple(-r for r in roots)
    trial = wrong[0] if wrong[0] not in roots else wrong[-1]
    value = trinomial.expr.subs(trinomial.variable, trial)
    if value != 0:
        signs = _WORDS.misconception(
            "numbers_in_brackets_taken_for_solutions",
            answer=roots_text(trinomial.name, wrong),
            step=index,
            variable=trinomial.name,
            trial=show_number(trial),
            product=product,
            value=show_number(value),
        )
        ideas.append(unless_right(signs, result, kind="solutions"))
    if len(roots) > 1:
        single = _WORDS.misconception(
            "only_one_solution", answer=f"{trinomial.name} = {show_number(roots[0])}", step=index, product=product
        )
        ideas.append(unless_right(single, result, kind="solutions"))
    return ideas


def discriminant_idea(trinomial: Trinomial, right: str, index: int) -> Misconception | None:
    """4ac is added instead of subtracted."""
    a, b, c = trinomial.coefficients
    idea = _WORDS.misconception(
        "four_ac_added",
        answer=show_number(b**2 + 4 * a * c),
        step=index,
        a_factor=in_brackets(a),
        b_factor=in_brackets(b),
        c_factor=in_brackets(c),
        a=show_number(a),
        c=show_number(c),
        four_ac=show_number(4 * a * c),
    )
    return unless_right(idea, right)


def formula_idea(trinomial: Trinomial, discriminant: sympy.Expr, right: str, index: int) -> Misconception | None:
    """The minus in front of b is forgotten."""
    a, b, _ = trinomial.coefficients
    if discriminant < 0 or b == 0:
        return None
    root = sympy.sqrt(discriminant)
    idea = _WORDS.misconception(
        "formula_starts_with_b",
        answer=roots_text(trinomial.name, ((b + root) / (2 * a), (b - root) / (2 * a))),
        step=index,
        b=show_number(b),
        minus_b=show_number(-b),
    )
    return unless_right(idea, right, kind="solutions")


def constant_idea(term: str, side: str, number: sympy.Expr, constant: sympy.Expr, right: str) -> Misconception | None:
    """The constant is undone by the same operation instead of the opposite one.

    Args:
        term: The term with the square.
        side: The side with the term and the constant, as it was written.
        number: The number on the other side.
        constant: The number added to the term.
        right: The right result.
    """
    wrong = number + constant
    idea = _WORDS.misconception(
        "constant_undone_by_same_operation",
        answer=f"{term} = {show_number(wrong)}",
        term=term,
        wrong=show_number(wrong),
        side=side,
        side_value=show_number(wrong + constant),
        other=show_number(number),
    )
    return unless_right(idea, right, kind="expression")


def root_ideas(name: str, square: str, value: sympy.Expr, right: str, index: int) -> list[Misconception | None]:
    """The negative root is forgotten, or the number is halved. The test squares the result.

    Args:
        name: The unknown's letter.
        square: Its square as a student writes it.
        value: The value of the square.
        right: The right result.
        index: The number of the step.
    """
    if value <= 0:
        return []
    root, half = sympy.sqrt(value), value / 2
    forgotten = _WORDS.misconception(
        "negative_root_forgotten",
        answer=f"{name} = {show(root)}",
        step=index,
        value=show_number(value),
        root=show(root),
        variable=name,
    )
    ideas = [unless_right(forgotten, right, kind="solutions")]
    if half**2 != value:
        halved = _WORDS.misconception(
            "square_undone_by_halving",
            answer=f"{name} = {show_number(half)}",
            step=index,
            value=show_number(value),
            half=show_number(half),
            variable=name,
            square=square,
            half_squared=show_number(half**2),
        )
        ideas.append(unless_right(halved, right, kind="solutions"))
    return ideas

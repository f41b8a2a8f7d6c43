"""The steps of factoring a·x² + b·x + c: common factor, difference of squares, a pair of numbers, the brackets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import unless_right
from canopy_assets.curriculum.polynomials import coefficient_of
from canopy_assets.maths.formatting import show, show_number, show_sum
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_Part = tuple[list[Step], list[Misconception | None]]


@dataclass(frozen=True)
class Trinomial:
    """a·x² + b·x + c with integer coefficients; a is 0 for a·x + b."""

    variable: sympy.Symbol
    a: sympy.Integer
    b: sympy.Integer
    c: sympy.Integer

    @classmethod
    def of(cls, variable: sympy.Symbol, coefficients: tuple[sympy.Expr, ...]) -> Trinomial:
        """From the coefficients of x², x and 1, which must be integers."""
        return cls(variable, *(sympy.Integer(int(c)) for c in coefficients))

    @property
    def name(self) -> str:
        """The variable's letter."""
        return self.variable.name

    @property
    def coefficients(self) -> tuple[sympy.Integer, sympy.Integer, sympy.Integer]:
        """a, b and c."""
        return self.a, self.b, self.c

    @property
    def expr(self) -> sympy.Expr:
        """The polynomial."""
        return self.a * self.variable**2 + self.b * self.variable + self.c

    @property
    def text(self) -> str:
        """The polynomial as a student writes it."""
        return show(self.expr)

    @property
    def factors_rationally(self) -> bool:
        """Whether the roots are rational (for a = 0: always)."""
        discriminant = int(self.b**2 - 4 * self.a * self.c)
        return discriminant >= 0 and math.isqrt(discriminant) ** 2 == discriminant

    @property
    def roots(self) -> tuple[sympy.Expr, ...]:
        """The rational roots, the larger first, a double root once. Only where `factors_rationally` and a ≠ 0."""
        root = math.isqrt(int(self.b**2 - 4 * self.a * self.c))
        found = {sympy.Rational(-self.b + root, 2 * self.a), sympy.Rational(-self.b - root, 2 * self.a)}
        return tuple(sorted(found, reverse=True))

    @property
    def content(self) -> sympy.Expr:
        """The greatest common factor of the terms, with a power of x and the sign of the leading term."""
        number = math.gcd(*(int(v) for v in self.coefficients))
        sign = -1 if (self.a or self.b) < 0 else 1
        return sign * number * (self.variable if self.c == 0 else sympy.Integer(1))


def factored_text(trinomial: Trinomial) -> str:
    """The product as a student writes it: "2(x − 3)(x + 1)", "x(x − 5)", "(x − 3)²"."""
    return show(sympy.factor(trinomial.expr))


def factor_steps(trinomial: Trinomial, text: str, index: int, as_equation: bool) -> _Part:
    """The steps from a sum to a product, and what goes wrong with them.

    Args:
        trinomial: What is factored; must factor over the rationals.
        text: How it is written in the exercise (an equation where `as_equation`).
        index: How many steps come before.
        as_equation: Whether the results are written `… = 0`.
    """
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    ending = " = 0" if as_equation else ""
    rest, content = trinomial, trinomial.content
    if content not in (1, -1) or (content == -1 and trinomial.a != 0):
        inner = sympy.expand(trinomial.expr / content)
        result = _with_content(content, f"({show(inner)})") + ending
        steps.append(_common_factor(trinomial, text, content, result))
        ideas.append(_partly_divided(trinomial, content, result, ending, index))
        coefficients = sympy.Poly(inner, trinomial.variable)
        rest = Trinomial(
            trinomial.variable, *(sympy.Integer(coefficients.coeff_monomial(trinomial.variable**k)) for k in (2, 1, 0))
        )
    if rest.a == 0:
        return steps, ideas
    final = factored_text(trinomial) + ending
    shown = steps[-1].result if steps else text
    if rest.b == 0 and rest.a > 0 > rest.c and _is_square(rest.a) and _is_square(-rest.c):
        more, wrong = _difference_of_squares(rest, shown, final, index + len(steps))
    else:
        more, wrong = _by_pair(rest, shown, final, index + len(steps))
    return steps + more, ideas + wrong


def _is_square(value: sympy.Integer) -> bool:
    return math.isqrt(int(value)) ** 2 == int(value)


def _with_content(content: sympy.Expr, bracket: str) -> str:
    return ("−" if content == -1 else show(content)) + bracket


def _common_factor(trinomial: Trinomial, text: str, content: sympy.Expr, result: str) -> Step:
    terms = [show(c * trinomial.variable**k) for c, k in zip(trinomial.coefficients, (2, 1, 0), strict=True) if c != 0]
    listed = " and ".join([", ".join(terms[:-1]), terms[-1]] if len(terms) > 2 else terms)
    return Step(
        "factoring.common_factor",
        f"What do {listed} have in common, and what is left in the bracket?",
        f"{text} → {result}",
        result,
        {"expression": text, "polynomial": trinomial.text, "terms": listed, "variable": trinomial.name},
    )


def _partly_divided(
    trinomial: Trinomial, content: sympy.Expr, right: str, ending: str, index: int
) -> Misconception | None:
    b, c = trinomial.b, trinomial.c
    last = c if c != 0 else b * trinomial.variable
    first = sympy.expand((trinomial.expr - last) / content)
    bracket = show_sum(
        [
            *(
                coefficient_of(first, trinomial.variable, k) * trinomial.variable**k
                for k in (2, 1)
                if coefficient_of(first, trinomial.variable, k)
            ),
            last,
        ]
    )
    shown, wrong = _with_content(content, f"({bracket})"), first + last
    return unless_right(
        _WORDS.misconception(
            "common_factor_taken_out",
            answer=shown + ending,
            step=index,
            content=show(content),
            shown=shown,
            expand_content_wrong=show(sympy.expand(content * wrong)),
            text=trinomial.text,
        ),
        right,
        kind="expression",
    )


def _difference_of_squares(rest: Trinomial, text: str, result: str, index: int) -> _Part:
    first, second = show(sympy.sqrt(rest.a) * rest.variable), show(sympy.sqrt(-rest.c))
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
    root_first, root_second = sympy.sqrt(rest.a) * rest.variable, sympy.sqrt(-rest.c)
    wrong = show((root_first - root_second) ** 2)
    expanded = show(sympy.expand((root_first - root_second) ** 2))
    idea = unless_right(
        _WORDS.misconception(
            "difference_squares_square_difference",
            answer=wrong,
            step=index,
            first=first,
            second=second,
            expanded=expanded,
            text=rest.text,
        ),
        show(sympy.factor(rest.expr)),
        kind="expression",
    )
    half = sympy.expand(rest.c / 2)
    halved = (sympy.sqrt(rest.a) * rest.variable + half) * (sympy.sqrt(rest.a) * rest.variable - half)
    other = unless_right(
        _WORDS.misconception(
            "number_halved_instead_taking",
            answer=show(halved),
            step=index,
            subtrahend=subtrahend,
            half=show(-half),
            half2=show(half**2),
        ),
        show(sympy.factor(rest.expr)),
        kind="expression",
    )
    return [step], [idea, other if rest.c % 2 == 0 else None]


def _by_pair(rest: Trinomial, text: str, result: str, index: int) -> _Part:
    product = rest.a * rest.c
    root = math.isqrt(int(rest.b**2 - 4 * product))
    pair = sorted(((rest.b + root) / 2, (rest.b - root) / 2), key=lambda v: (abs(v), v))
    pair_text = " and ".join(show_number(v) for v in pair)
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
        f"{_joined(pair, '×')} = {slots['product']} and {_joined(pair, '+')} = {slots['sum']}",
        pair_text,
        slots,
    )
    write = Step(
        "factoring.write_factors",
        f"How does {rest.text} look as a product, with the numbers {pair_text}?",
        f"{text} → {result}",
        result,
        {"expression": text, "polynomial": rest.text, "pair": pair_text, "variable": rest.name},
    )
    ideas = [*_pair_ideas(rest, product, pair, pair_text, index), _sign_idea(rest, index + 1)]
    return [numbers, write], ideas


def _joined(pair: list[sympy.Expr], sign: str) -> str:
    second = f"({show_number(pair[1])})" if pair[1] < 0 else show_number(pair[1])
    return f"{show_number(pair[0])} {sign} {second}"


def _pair_ideas(
    rest: Trinomial, product: sympy.Expr, pair: list[sympy.Expr], right: str, index: int
) -> list[Misconception | None]:
    """A pair with the right product and the wrong sum, and one with the right sum and the wrong product."""
    flipped = [-v for v in pair]
    near: list[sympy.Expr] = [sympy.Integer(1) if rest.b >= 0 else sympy.Integer(-1)]
    near.append(rest.b - near[0])
    ideas = []
    if rest.b != 0:
        shown = " and ".join(show_number(v) for v in flipped)
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "sum_pair_may_have",
                    answer=shown,
                    step=index,
                    product=show_number(product),
                    rest_b=show_number(-rest.b),
                    rest_b2=show_number(rest.b),
                ),
                right,
                kind="solutions",
            )
        )
    if near[0] * near[1] != product:
        shown = " and ".join(show_number(v) for v in near)
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "sum_pair_matters",
                    answer=shown,
                    step=index,
                    rest_b=show_number(rest.b),
                    near_near=show_number(near[0] * near[1]),
                    product=show_number(product),
                ),
                right,
                kind="solutions",
            )
        )
    return ideas


def _sign_idea(rest: Trinomial, index: int) -> Misconception | None:
    mirrored = Trinomial(rest.variable, rest.a, -rest.b, rest.c)
    wrong = factored_text(mirrored)
    return unless_right(
        _WORDS.misconception(
            "signs_brackets_opposite_pair",
            answer=wrong,
            step=index,
            rest_b_rest=show(-rest.b * rest.variable),
            text=rest.text,
            rest_b_rest2=show(rest.b * rest.variable),
        ),
        factored_text(rest),
        kind="expression",
    )

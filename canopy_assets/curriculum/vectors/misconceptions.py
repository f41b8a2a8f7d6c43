"""What students get wrong about vectors and determinants, computed from the numbers."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, unless_right
from canopy_assets.maths.formatting import quantity_in_brackets, show_quantity
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def dot_ideas(u: list[Fraction], v: list[Fraction]) -> list[Idea]:
    """Wrong ideas about a dot product: signs ignored, everything added, everything multiplied, crosswise."""
    products = [a * b for a, b in zip(u, v, strict=True)]
    ideas: list[Idea] = []
    negative = next((i for i, p in enumerate(products) if p < 0), None)
    if negative is not None:
        unsigned = sum((abs(p) for p in products), Fraction(0))
        signs_ignored = _WORDS.misconception(
            "signs_ignored",
            answer=show_quantity(unsigned),
            first=show_quantity(u[negative]),
            second=quantity_in_brackets(v[negative]),
        )
        ideas.append(Idea(unsigned, signs_ignored))
    added = sum(u, Fraction(0)) + sum(v, Fraction(0))
    length = _example(added, sum(products, Fraction(0)), *products)
    components_added = _WORDS.misconception(
        "components_added", answer=show_quantity(added), length=length, length_plus_one=length + 1
    )
    product = prod(products, start=Fraction(1))
    products_multiplied = _WORDS.misconception("products_multiplied", answer=show_quantity(product))
    ideas += [Idea(added, components_added), Idea(product, products_multiplied)]
    if len(u) == 2:
        crossed = u[0] * v[1] + u[1] * v[0]
        paired_crosswise = _WORDS.misconception(
            "paired_crosswise",
            answer=show_quantity(crossed),
            u1=show_quantity(u[0]),
            v2=show_quantity(v[1]),
            u2=show_quantity(u[1]),
            v1=show_quantity(v[0]),
        )
        ideas.append(Idea(crossed, paired_crosswise))
    return ideas


def _example(*numbers: Fraction) -> int:
    """A small number for an example. It depends on the problem's numbers and differs from all of them.

    An example that uses one of the problem's numbers might give the answer away.
    """
    start, choice = sum(numbers).numerator, max(9, len(numbers) + 1)  # more candidates than numbers to avoid
    avoided = {abs(number) for number in numbers}
    return next(n for n in (1 + (start + i) % choice for i in range(choice)) if n not in avoided)


def determinant_ideas(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> list[Idea]:
    """Wrong ideas about a determinant: the diagonals added, subtracted the wrong way around, rows for diagonals."""
    main, other = a * d, b * c
    area = _example(main, other, main - other)
    added = _WORDS.misconception("diagonals_added", answer=show_quantity(main + other), step=2)
    swapped = _WORDS.misconception(
        "diagonals_swapped",
        answer=show_quantity(other - main),
        step=2,
        other=show_quantity(other),
        main=quantity_in_brackets(main),
        area=area,
    )
    along_rows = a * b - c * d
    rows_multiplied = _WORDS.misconception("multiplied_along_rows", answer=show_quantity(along_rows), area=area)
    return [Idea(main + other, added), Idea(other - main, swapped), Idea(along_rows, rows_multiplied)]


def length_ideas(vector: list[Fraction], answer: str) -> list[Misconception | None]:
    """Wrong ideas about a length: the components added as they are, the root left out, a negative square."""
    shown = shown_vector(vector)
    added, squares = sum(map(abs, vector), Fraction(0)), sum((c * c for c in vector), Fraction(0))
    ideas = [
        _WORDS.misconception("length_as_sum_of_components", answer=show_quantity(added), vector=shown),
        _WORDS.misconception(
            "root_left_out",
            answer=show_quantity(squares),
            step=1,
            vector=shown,
            longest=show_quantity(max(map(abs, vector))),
        ),
    ]
    negative = next((c for c in vector if c < 0), None)
    if negative is not None:
        signed = sum((c * abs(c) for c in vector), Fraction(0))
        ideas.append(
            _WORDS.misconception(
                "negative_square", answer=f"√({show_quantity(signed)})", component=show_quantity(negative)
            )
        )
    return [unless_right(idea, answer) for idea in ideas]


def combination_ideas(
    u: list[Fraction], v: list[Fraction], sign: int, answer: str, index: int
) -> list[Misconception | None]:
    """Wrong ideas about u + v or u − v: everything in one number, components multiplied, minus for the first only."""
    slots = {"first": shown_vector(u), "second": shown_vector(v)}
    total = sum(u, Fraction(0)) + sign * sum(v, Fraction(0))
    ideas = [
        _WORDS.misconception("vector_as_one_number", answer=show_quantity(total), step=index, count=len(u), **slots),
        _WORDS.misconception(
            "components_multiplied",
            answer=shown_vector([a * b for a, b in zip(u, v, strict=True)]),
            step=index,
            **slots,
        ),
    ]
    if sign < 0:
        first_only = [u[0] - v[0], *(a + b for a, b in zip(u[1:], v[1:], strict=True))]
        ideas.insert(
            0,
            _WORDS.misconception(
                "minus_for_first_component_only",
                answer=shown_vector(first_only),
                step=index,
                last=show_quantity(u[-1]),
                other=quantity_in_brackets(v[-1]),
                **slots,
            ),
        )
    return [unless_right(idea, answer, kind="point") for idea in ideas]


def scale_idea(factor: Fraction, vector: list[Fraction], answer: str, index: int) -> list[Misconception | None]:
    """Wrong ideas about a multiple: only the first component multiplied, the factor added."""
    slots = {"factor": show_quantity(factor), "vector": shown_vector(vector), "last": show_quantity(vector[-1])}
    attempts = {
        "only_first_component_multiplied": [factor * vector[0], *vector[1:]],
        "factor_added_to_components": [c + factor for c in vector],
    }
    right = shown_vector([factor * c for c in vector])
    return [
        unless_right(
            _WORDS.misconception(name, answer=shown_vector(wrong), step=index, **slots), right, answer, kind="point"
        )
        for name, wrong in attempts.items()
    ]


def shown_vector(vector: list[Fraction]) -> str:
    """A vector by its components: "(1, −2)"."""
    return f"({', '.join(show_quantity(c) for c in vector)})"

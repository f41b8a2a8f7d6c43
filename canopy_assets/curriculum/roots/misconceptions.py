"""What students get wrong with roots, computed from the numbers."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.exponential_equations.linear_rest import solved_for
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.roots.radicals import Radical
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)
_Ideas = list[Misconception | None]


def value_ideas(slots: dict[str, str], divided: sympy.Expr, right: str) -> _Ideas:
    """The number is divided by the order of the root."""
    order = "3" if slots["power"] == "cube" else "2"
    return [
        unless_right(_WORDS.misconception("root_divides", answer=show(divided), step=0, order=order, **slots), right)
    ]


def simplest_ideas(radical: Radical, right: str) -> _Ideas:
    """The square itself comes out of the root, or factor and inside change places."""
    square, rest = radical.square, radical.inside // radical.square
    root = show(sympy.sqrt(square))
    attempts = {
        "square_comes_out_whole": Radical(radical.factor * square, rest),
        "root_and_rest_swapped": Radical(radical.factor * rest, int(root)),
    }
    ideas = [
        _WORDS.misconception(
            name, answer=wrong.text, step=1, square=square, rest=rest, root=root, number=radical.inside
        )
        for name, wrong in attempts.items()
    ]
    return [unless_right(idea, right, kind="expression") for idea in ideas]


def sum_ideas(terms: list[Radical], text: str, right: str, index: int) -> _Ideas:
    """The numbers under the roots are added before the root is taken."""
    inside = sum(term.inside if term.factor > 0 else -term.inside for term in terms)
    if inside <= 0 or any(abs(term.factor) != 1 or term.inside == 1 for term in terms):
        return []
    wrong = Radical(1, inside).simplified.text
    idea = _WORDS.misconception("roots_added_inside", answer=wrong, step=index, expression=text, inside=inside)
    return [unless_right(idea, right, kind="expression")]


def combined_ideas(a: int, b: int, divided: bool, right: str) -> _Ideas:
    """The root is lost, or another operation is used inside."""
    value, other = (a // b, a - b) if divided else (a * b, a + b)
    slots = {"first": a, "second": b, "value": value}
    ideas = [_WORDS.misconception("root_dropped", answer=str(value), step=0, **slots)]
    if other > 1:
        name = "numbers_subtracted_inside" if divided else "numbers_added_inside"
        ideas.append(_WORDS.misconception(name, answer=f"√{other}", step=0, **slots, other=other))
    return [unless_right(idea, right, f"√{value}", kind="expression") for idea in ideas]


def equation_ideas(inside: sympy.Expr, right: int, slots: dict[str, str], answer: str) -> _Ideas:
    """The root is left out on one side only, or undone by doubling."""
    attempts = {
        "root_only_dropped": solved_for(inside, sympy.Integer(right)),
        "root_undone_by_doubling": solved_for(inside, sympy.Integer(2 * right)),
    }
    return [
        unless_right(
            _WORDS.misconception(name, answer=wrong, step=0, **slots, doubled=2 * right, square=right * right),
            answer,
            kind="solutions",
        )
        for name, wrong in attempts.items()
    ]

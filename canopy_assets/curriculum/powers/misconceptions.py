"""What students get wrong with powers, computed from the numbers and tested on smaller ones."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.powers.notation import power_text
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def law_idea(name: str, base: str, first: int, second: int, wrong: int, right: str) -> Misconception | None:
    """The exponents are combined by the law for another operation.

    Args:
        name: The entry of `topic.toml`, which tests the rule on small exponents.
        base: The base of both powers.
        first: The first exponent.
        second: The second exponent.
        wrong: The exponent that the wrong law gives.
        right: The right result.
    """
    idea = _WORDS.misconception(
        name,
        answer=power_text(base, wrong),
        base=base,
        first=show_number(first),
        second=in_brackets(second),
        wrong=show_number(wrong),
    )
    return unless_right(idea, right, kind="expression")


def product_idea(base: str, value: sympy.Integer, exponent: int, index: int) -> Misconception | None:
    """The base is multiplied by the exponent. `base` is the base written as a factor: "(−2)"."""
    size = abs(exponent)
    idea = _WORDS.misconception(
        "exponent_multiplies_base",
        answer=show(value * size),
        step=index,
        base=show(value),
        bracketed_base=base,
        exponent=size,
    )
    return unless_right(idea, show(value**exponent), show(value**size))


def negative_idea(power: str, value: sympy.Integer, exponent: int, index: int) -> Misconception | None:
    """A negative exponent makes the number negative. `power` is the power as a student writes it."""
    idea = _WORDS.misconception(
        f"negative_exponent_makes_{'positive' if value > 0 else 'negative'}_base_negative",
        answer=show(-(value**-exponent)),
        step=index,
        power=power,
        base=show(value),
        opposite_power=power_text(f"({show(value)})", -exponent),
    )
    return unless_right(idea, show(value**exponent))


def zero_ideas(power: str, base: str) -> list[Misconception | None]:
    """A power with exponent 0 is taken for 0, or for its base."""
    attempts = {"exponent_zero_gives_zero": "0", "exponent_zero_gives_base": base.strip("()")}
    return [
        unless_right(_WORDS.misconception(name, answer=wrong, power=power, base=base), "1", kind="expression")
        for name, wrong in attempts.items()
    ]


def monomial_idea(name: str, wrong: str, right: str, index: int, **slots: str) -> Misconception | None:
    """A wrong idea about a product, quotient or power of monomials.

    Args:
        name: The entry of `topic.toml`.
        wrong: What it leads to.
        right: The right result.
        index: The step that it spoils.
        slots: What fills the entry.
    """
    return unless_right(_WORDS.misconception(name, answer=wrong, step=index, **slots), right, kind="expression")

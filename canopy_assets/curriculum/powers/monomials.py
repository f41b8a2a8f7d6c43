"""Powers, products and quotients of monomials: (3a²b)³, 3x² · 4x⁵, 12a⁷/(3a²)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canopy_assets.curriculum.powers.misconceptions import monomial_idea
from canopy_assets.curriculum.powers.notation import power_text
from canopy_assets.maths.formatting import in_brackets, show_number, superscript
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_MONOMIAL = r"(?P<c{0}>-?[0-9]{{0,3}})(?P<l{0}>(?:\s*[*·×]?\s*[a-z](?:\^[0-9]{{1,2}})?)+)"
"""-3a^2b, by number of the monomial."""
_POWER = re.compile(rf"\(\s*{_MONOMIAL.format(1)}\s*\)\^(?P<n>[2-9])")
_PRODUCT = re.compile(
    rf"\(?{_MONOMIAL.format(1)}\s*(?:[*·×]\s*\(?|\)\s*\(){_MONOMIAL.format(2)}\s*\)?"  # 3x^2 · 4x^5, (3x^2)(4x^5)
)
_QUOTIENT = re.compile(rf"\(?{_MONOMIAL.format(1)}\)?\s*[/÷]\s*\(\s*{_MONOMIAL.format(2)}\s*\)")
"""The divisor stands in brackets: what 12a^7/3a^2 divides by is open."""
_LETTER = re.compile(r"([a-z])(?:\^([0-9]{1,2}))?")


@dataclass(frozen=True)
class Monomial:
    """coefficient · product of powers of letters."""

    coefficient: int
    exponents: dict[str, int]

    @property
    def text(self) -> str:
        """The monomial as a student writes it: "27a⁶b³"."""
        letters = "".join(power_text(name, n) for name, n in sorted(self.exponents.items()) if n)
        front = {1: "", -1: "−"}.get(self.coefficient, show_number(self.coefficient)) if letters else None
        return (show_number(self.coefficient) if front is None else front) + letters


def monomial_part(text: str) -> tuple[list[Step], list[Misconception | None]] | None:
    """The steps for a power, product or quotient of monomials; None for another expression.

    Args:
        text: the expression with carets and hyphens: "(3a^2b)^3".
    """
    shown = laid_out(text)
    if power := _POWER.fullmatch(text):
        return _power(shown, _read(power, 1), int(power["n"]))
    if product := _PRODUCT.fullmatch(text):
        return _two(shown, _read(product, 1), _read(product, 2), 1) if _balanced(text) else None
    if quotient := _QUOTIENT.fullmatch(text):
        return _two(shown, _read(quotient, 1), _read(quotient, 2), -1) if _balanced(text) else None
    return None


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")")


def _read(match: re.Match[str], index: int) -> Monomial | None:
    """One of the monomials of a match; None where a letter occurs twice."""
    letters = _LETTER.findall(match[f"l{index}"])
    sign = {"": 1, "-": -1}.get(match[f"c{index}"])
    coefficient = sign if sign is not None else int(match[f"c{index}"])
    if len({name for name, _ in letters}) != len(letters) or coefficient == 0:
        return None
    return Monomial(coefficient, {name: int(n or 1) for name, n in letters})


def _power(text: str, base: Monomial | None, n: int) -> tuple[list[Step], list[Misconception | None]] | None:
    """A monomial to a power: every factor in the bracket gets the exponent."""
    if base is None or (base.coefficient == 1 and len(base.exponents) == 1) or abs(base.coefficient) ** n > 10**6:
        return None
    exponents = {name: k * n for name, k in base.exponents.items()}
    result = Monomial(base.coefficient**n, exponents)
    working = " and ".join(
        f"{power_text(name, k)} gives {power_text(name, k * n)}" for name, k in base.exponents.items()
    )
    steps: list[Step] = []
    if base.coefficient != 1:
        number = in_brackets(base.coefficient)
        steps.append(_numbers(text, f"{number}{superscript(n)}", result.coefficient))
    steps.append(_letters(text, base, working, result, len(steps)))
    slots = {"expression": text, "inside": base.text, "exponent": str(n)}
    ideas = []
    if base.coefficient != 1:
        front = {"number": show_number(base.coefficient)}
        times, alone = Monomial(base.coefficient * n, exponents), Monomial(base.coefficient, exponents)
        ideas.append(monomial_idea("coefficient_times_exponent", times.text, result.text, 0, **slots, **front))
        ideas.append(monomial_idea("coefficient_left_alone", alone.text, result.text, 0, **slots, **front))
    added = Monomial(result.coefficient, {name: k + n for name, k in base.exponents.items()})
    ideas.append(monomial_idea("letters_exponents_added", added.text, result.text, len(steps) - 1, **slots))
    return steps, ideas


def _two(
    text: str, first: Monomial | None, second: Monomial | None, sign: int
) -> tuple[list[Step], list[Misconception | None]] | None:
    """A product (sign 1) or quotient (sign −1): the numbers by themselves, and each letter by itself."""
    if first is None or second is None or {first.coefficient, second.coefficient} <= {1}:
        return None
    a, b = first.coefficient, second.coefficient
    names = first.exponents.keys() | second.exponents.keys()
    exponents = {n: first.exponents.get(n, 0) + sign * second.exponents.get(n, 0) for n in sorted(names)}
    if (sign < 0 and a % b) or any(k < 0 for k in exponents.values()):
        return None
    result = Monomial(a * b if sign > 0 else a // b, exponents)
    operation = "×" if sign > 0 else "÷"
    working = " and ".join(_working(n, first, second, sign) for n in exponents)
    steps = [
        _numbers(text, f"{show_number(a)} {operation} {in_brackets(b)}", result.coefficient),
        _letters(text, first, working, result, 1),
    ]
    slots = {"expression": text, "a": show_number(a), "b": in_brackets(b)}
    wrong = Monomial(a + sign * b, exponents)
    name = "coefficients_added" if sign > 0 else "coefficients_subtracted"
    ideas = [monomial_idea(name, wrong.text, result.text, 0, **slots)] if wrong.coefficient else []
    other = {n: _other_law(first.exponents.get(n, 0), second.exponents.get(n, 0), sign) for n in exponents}
    name = "letters_exponents_multiplied" if sign > 0 else "letters_exponents_not_subtracted"
    ideas.append(monomial_idea(name, Monomial(result.coefficient, other).text, result.text, 1, **slots))
    return steps, ideas


def _other_law(first: int, second: int, sign: int) -> int:
    """The exponent by a wrong law: multiplied in a product, added in a quotient."""
    if sign < 0:
        return first + second
    return first * second if first and second else first + second


def _working(name: str, first: Monomial, second: Monomial, sign: int) -> str:
    a, b = first.exponents.get(name, 0), second.exponents.get(name, 0)
    return f"{name} has {a} {'+' if sign > 0 else '−'} {b} = {a + sign * b}"


def _numbers(text: str, working: str, value: int) -> Step:
    """The numbers in front, by themselves."""
    slots = {"expression": text, "numbers": working}
    ask = f"What do the numbers in {text} make by themselves?"
    return Step("exponents.coefficients", ask, f"{working} = {show_number(value)}", show_number(value), slots)


def _letters(text: str, base: Monomial, working: str, result: Monomial, index: int) -> Step:
    """The exponent of each letter, and with them the whole result."""
    names = " and ".join(base.exponents)
    slots = {"expression": text, "letters": names}
    ask = f"Which exponent does each of the letters in {text} get?"
    return Step("exponents.letters", ask, f"{working}, so {result.text}", result.text, slots)

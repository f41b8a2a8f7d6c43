"""Laws of exponents, and powers of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.powers.misconceptions import law_idea, negative_idea, product_idea, zero_ideas
from canopy_assets.curriculum.powers.monomials import monomial_part
from canopy_assets.curriculum.powers.notation import AS_POWER, power_text
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.maths.formatting import in_brackets, show, show_number, superscript
from canopy_assets.maths.glyphs import FROM_SUPERSCRIPT, SUPERSCRIPT_DIGITS, SUPERSCRIPT_MINUS, TO_HYPHEN
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_RAISED = re.compile(f"[{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+")
_POWER = r"(?P<b{0}>[a-zA-Z]|[0-9]{{1,4}})(?:\^(?P<e{0}>-?[0-9]{{1,2}}))?"
"""x, x^2, 3^-2, by number of the power."""
_PRODUCT = re.compile(
    # Without a sign, 3^13 would be 3^1 · 3: digits must not meet.
    _POWER.format(1) + r"(?:\s*[*×·]\s*|(?<=\d)\s*(?=[a-zA-Z])|(?<=[a-zA-Z])\s*(?=[a-zA-Z]))" + _POWER.format(2) + "$"
)
_QUOTIENT = re.compile(_POWER.format(1) + r"\s*[/÷]\s*" + _POWER.format(2) + "$")
_NESTED = re.compile(r"\(\s*" + _POWER.format(1) + r"\s*\)\^(?P<e2>-?[0-9]{1,2})$")
_SINGLE = re.compile(r"(?P<b1>[0-9]{1,4}|\(-[0-9]{1,3}\))\^(?P<e1>-?[0-9]{1,2})$")  # 2^3, (-2)^-3
_ZERO = re.compile(r"(?P<base>[a-zA-Z]|[1-9][0-9]{0,3}|\(-[1-9][0-9]{0,2}\))\^0$")  # 7^0, x^0
_Part = tuple[list[Step], list[Misconception | None]]
_Outcome = tuple[int, Step, list[Misconception | None]]
"""The exponent that a law gives, its step, and the wrong ideas about it."""


@dataclass(frozen=True)
class _Powers:
    """Two powers of one base that a law combines. `text` is the expression as it was written."""

    text: str
    base: str
    first: int
    second: int

    def step(self, kind: str, ask: str, sign: str, exponent: int) -> Step:
        """The step that combines the exponents. `sign` is the operation between them, `exponent` its result."""
        first, second = show_number(self.first), show_number(self.second)
        working = f"{first} {sign} {in_brackets(self.second)} = {show_number(exponent)}"
        result = power_text(self.base, exponent)
        slots = {"expression": self.text, "base": self.base, "first_exponent": first, "second_exponent": second}
        return Step(kind, ask, f"{working}, so {self.text} = {result}", result, slots)

    def idea(self, name: str, wrong: int, step: Step) -> Misconception | None:
        """The misconception of this name in `topic.toml`, with the wrong exponent that it leads to."""
        return law_idea(name, self.base, self.first, self.second, wrong, step.result)


_Law = Callable[[_Powers], _Outcome]


@dataclass(frozen=True)
class ExponentFamily:
    """Products, quotients and powers of powers with one base; powers of numbers."""

    name: str = "exponents"
    topic: str = "exponents"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for other statements. A bare expression must be one for a law of exponents."""
        named = AS_POWER.search(statement)
        instruction = read_instruction(AS_POWER.sub(" as a single power", statement) if named else statement)
        if instruction is None or not instruction.asks("simplify", "evaluate", "single_power", "expand", "bare"):
            return None
        text = _plain(instruction.mathematics)
        part = self._law(text, as_power=instruction.asks("single_power")) or (
            self._number(text) if not instruction.asks("bare") else None
        )
        if part is None and instruction.asks("simplify", "expand"):
            part = monomial_part(text)
        if part is None or (named and not part[0][-1].result.startswith(named["base"])):
            return None
        steps, ideas = part
        answer = steps[-1].result
        kind = "number" if not re.search("[a-z]", answer) else "expression"
        return Solution(
            self.name, self.topic, answer, kind, None, tuple(steps), kept(*ideas), _WORDS.concept("exponent")
        )

    def _law(self, text: str, *, as_power: bool) -> _Part | None:
        """The steps by a law of exponents; `as_power` leaves a power of a number as it is."""
        for pattern, law in ((_PRODUCT, _product), (_QUOTIENT, _quotient), (_NESTED, _nested)):
            match = pattern.match(text)
            if match is None:
                continue
            first, second = int(match["e1"] or 1), int(match["e2"] or 1)
            if pattern is not _NESTED and (match["b1"] != match["b2"] or not (match["e1"] or match["e2"])):
                continue
            if max(abs(first), abs(second)) > 30:
                continue
            return _worked_out(law, _Powers(laid_out(text), match["b1"], first, second), as_power=as_power)
        return None

    def _number(self, text: str) -> _Part | None:
        zero = _ZERO.match(text)
        if zero:
            return _to_zero(zero["base"].replace("-", "−"))
        match = _SINGLE.match(text)
        if match is None or int(match["e1"]) in (0, 1) or abs(int(match["e1"])) > 20:
            return None
        return _evaluate(match["b1"].strip("()").replace("-", "−"), int(match["e1"]), 0)


def _plain(text: str) -> str:
    """The text with every power written with a caret: "x² · x^(3)" → "x^2 · x^3"."""
    text = _RAISED.sub(lambda m: "^" + m[0].translate(FROM_SUPERSCRIPT), text.replace("**", "^"))
    text = re.sub(r"\s*\^\s*", "^", text.translate(TO_HYPHEN)).strip()
    return re.sub(r"\^\((-?[0-9]{1,2})\)", r"^\1", text)


def _worked_out(law: _Law, powers: _Powers, *, as_power: bool) -> _Part | None:
    """The steps after a law has been applied. If the base is a number, the power is worked out as well."""
    exponent, step, ideas = law(powers)
    base = powers.base
    if as_power or not base.isdigit() or exponent in (0, 1) or int(base) ** abs(exponent) > 10**6:
        return [step], ideas
    more = _evaluate(base, exponent, 1)
    return ([step, *more[0]], ideas + more[1]) if more else None


def _product(powers: _Powers) -> _Outcome:
    total = powers.first + powers.second
    ask = f"How many factors {powers.base} are there in {powers.text} altogether?"
    step = powers.step("exponents.multiply_powers", ask, "+", total)
    return total, step, [powers.idea("exponents_multiplied_in_product", powers.first * powers.second, step)]


def _quotient(powers: _Powers) -> _Outcome:
    first, second, left = powers.first, powers.second, powers.first - powers.second
    ask = f"How many factors {powers.base} remain in {powers.text} after cancelling?"
    step = powers.step("exponents.divide_powers", ask, "−", left)
    ideas = [powers.idea("exponents_added_in_quotient", first + second, step)]
    if second not in (0, 1) and first % second == 0:
        ideas.append(powers.idea("exponents_divided_in_quotient", first // second, step))
    return left, step, ideas


def _nested(powers: _Powers) -> _Outcome:
    total = powers.first * powers.second
    ask = f"How many factors {powers.base} does {powers.text} have when it is written out?"
    step = powers.step("exponents.power_of_power", ask, "×", total)
    return total, step, [powers.idea("exponents_added_in_power_of_power", powers.first + powers.second, step)]


def _evaluate(base: str, exponent: int, index: int) -> _Part | None:
    """Works out a power of a number, in two steps for a negative exponent. None where the result is too large."""
    value = sympy.Integer(int(base.replace("−", "-")))
    if abs(value) ** abs(exponent) > 10**9 or (value == 0 and exponent <= 0):
        return None
    shown_base = f"({base})" if value < 0 else base
    size = abs(exponent)
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    if size > 1:
        steps.append(_multiplied_out(shown_base, base, value, size))
        ideas.append(product_idea(shown_base, value, exponent, index))
    if exponent < 0:
        power, positive = f"{shown_base}{superscript(exponent)}", power_text(shown_base, size)
        steps.append(
            Step(
                "exponents.negative",
                f"What does the minus in the exponent make of {positive} = {show(value**size)}?",
                f"{power} = 1/{positive} = {show(value**exponent)}",
                show(value**exponent),
                {"expression": power, "base": base, "exponent": show_number(exponent)},
            )
        )
        ideas.append(negative_idea(power, value, exponent, index + len(steps) - 1))
    return steps, ideas


def _to_zero(base: str) -> _Part:
    """A power with exponent 0, which is 1."""
    power = f"{base}{superscript(0)}"
    slots = {"expression": power, "base": base}
    ask = f"What does {power} have to be, so that multiplying by {base} gives {base} again?"
    work = f"{power} × {base} has to be {base}, so {power} = 1"
    return [Step("exponents.zero", ask, work, "1", slots)], zero_ideas(power, base)


def _multiplied_out(shown_base: str, base: str, value: sympy.Integer, size: int) -> Step:
    factors = " × ".join([shown_base] * min(size, 6)) + (" × …" if size > 6 else "")
    power, result = f"{shown_base}{superscript(size)}", show(value**size)
    slots = {"expression": power, "base": base, "exponent": str(size)}
    return Step("exponents.evaluate", f"What number is {power}?", f"{factors} = {result}", result, slots)


PRECEDENCE = 140
FAMILIES = (ExponentFamily(),)

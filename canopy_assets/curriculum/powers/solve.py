"""Laws of exponents, powers of numbers, logarithms."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept, unless_right
from canopy_assets.curriculum.polynomials import tidy
from canopy_assets.maths.formatting import in_brackets, show, show_number, superscript
from canopy_assets.maths.glyphs import FROM_SUPERSCRIPT, SUPERSCRIPT_DIGITS, SUPERSCRIPT_MINUS, TO_HYPHEN
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_RAISED = re.compile(f"[{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+")
_POWER = r"(?P<b{0}>[a-zA-Z]|[0-9]{{1,4}})(?:\^\(?(?P<e{0}>-?[0-9]{{1,2}})\)?)?"
_PRODUCT = re.compile(_POWER.format(1) + r"\s*[*×·]?\s*" + _POWER.format(2) + "$")
_QUOTIENT = re.compile(_POWER.format(1) + r"\s*[/÷]\s*" + _POWER.format(2) + "$")
_NESTED = re.compile(r"\(\s*" + _POWER.format(1) + r"\s*\)\^\(?(?P<e2>-?[0-9]{1,2})\)?$")
_SINGLE = re.compile(r"(?P<b1>[0-9]{1,4}|\(-[0-9]{1,3}\))\^\(?(?P<e1>-?[0-9]{1,2})\)?$")
_Part = tuple[list[Step], list[Misconception | None]]


@dataclass(frozen=True)
class ExponentFamily:
    """Products, quotients and powers of powers with one base; powers of numbers."""

    name: str = "exponents"
    topic: str = "exponents"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None for other statements. Bare expressions count only as laws of exponents."""
        instruction = read_instruction(statement)
        if instruction is None or instruction.asks("factor", "solve"):
            return None
        text = _plain(instruction.mathematics)
        part = self._law(text) or (self._number(text) if instruction.words else None)
        if part is None:
            return None
        steps, ideas = part
        answer = steps[-1].result
        kind = "number" if not re.search("[a-z]", answer) else "expression"
        return Solution(
            self.name, self.topic, answer, kind, None, tuple(steps), kept(*ideas), _WORDS.concept("exponent")
        )

    def _law(self, text: str) -> _Part | None:
        for pattern, law in ((_PRODUCT, _product), (_QUOTIENT, _quotient), (_NESTED, _nested)):
            match = pattern.match(text)
            if match is None:
                continue
            first, second = int(match["e1"] or 1), int(match["e2"] or 1)
            if pattern is not _NESTED and (match["b1"] != match["b2"] or not (match["e1"] or match["e2"])):
                continue
            if max(abs(first), abs(second)) > 30:
                continue
            return _finished(law(tidy(text), match["b1"], first, second))
        return None

    def _number(self, text: str) -> _Part | None:
        match = _SINGLE.match(text)
        if match is None or int(match["e1"]) in (0, 1) or abs(int(match["e1"])) > 20:
            return None
        return _evaluate(match["b1"].strip("()").replace("-", "−"), int(match["e1"]), 0)


def _plain(text: str) -> str:
    text = _RAISED.sub(lambda m: "^" + m[0].translate(FROM_SUPERSCRIPT), text.replace("**", "^"))
    return re.sub(r"\s*\^\s*", "^", text.translate(TO_HYPHEN)).strip()


def _finished(part: tuple[str, int, _Part]) -> _Part | None:
    """With a number as base, the power is worked out as well."""
    base, exponent, (steps, ideas) = part
    if not base.isdigit() or exponent in (0, 1):
        return steps, ideas
    if int(base) ** abs(exponent) > 10**6:
        return steps, ideas
    more = _evaluate(base, exponent, len(steps))
    return (steps + more[0], ideas + more[1]) if more else None


def power_text(base: str, exponent: int) -> str:
    """A power with a raised exponent; none for 1, "1" for exponent 0."""
    if exponent == 0:
        return "1"
    return base if exponent == 1 else f"{base}{superscript(exponent)}"


def _law_step(kind: str, ask: str, text: str, base: str, first: int, second: int, result: str, joined: str) -> Step:
    slots = {
        "expression": text,
        "base": base,
        "first_exponent": show_number(first),
        "second_exponent": show_number(second),
    }
    return Step(kind, ask, f"{joined}, so {text} = {result}", result, slots)


def _law_idea(
    text: str, base: str, wrong: int, right: str, belief: str, work: str, small: tuple[str, str, str]
) -> Misconception | None:
    """Tested on smaller exponents: `small` is the small case, the case written out, and what the student finds."""
    return unless_right(
        _WORDS.misconception(
            "idea",
            answer=power_text(base, wrong),
            belief=belief,
            work=work,
            small=small[0],
            small2=small[1],
            base=base,
            small3=small[2],
        ),
        right,
        kind="expression",
    )


def _product(text: str, base: str, first: int, second: int) -> tuple[str, int, _Part]:
    total = first + second
    step = _law_step(
        "exponents.multiply_powers",
        f"How many factors {base} are there in {text} altogether?",
        text,
        base,
        first,
        second,
        power_text(base, total),
        f"{show_number(first)} + {in_brackets(second)} = {show_number(total)}",
    )
    small = (
        f"{base}³ × {base}²",
        f"({base} × {base} × {base}) × ({base} × {base})",
        "5 factors, but multiplying the exponents gives 6.",
    )
    idea = _law_idea(
        text,
        base,
        first * second,
        step.result,
        "exponents are multiplied when powers are multiplied",
        f"{show_number(first)} × {in_brackets(second)} = {show_number(first * second)}",
        small,
    )
    return base, total, ([step], [idea])


def _quotient(text: str, base: str, first: int, second: int) -> tuple[str, int, _Part]:
    left = first - second
    step = _law_step(
        "exponents.divide_powers",
        f"How many factors {base} remain in {text} after cancelling?",
        text,
        base,
        first,
        second,
        power_text(base, left),
        f"{show_number(first)} − {in_brackets(second)} = {show_number(left)}",
    )
    ideas: list[Misconception | None] = [
        _law_idea(
            text,
            base,
            first + second,
            step.result,
            "exponents are added when powers are divided",
            f"{show_number(first)} + {in_brackets(second)} = {show_number(first + second)}",
            (
                f"{base}³ ÷ {base}²",
                f"({base} × {base} × {base})/({base} × {base}), with the common ones cancelled",
                "Only 1, but my rule gives 5.",
            ),
        )
    ]
    if second not in (0, 1) and first % second == 0:
        ideas.append(
            _law_idea(
                text,
                base,
                first // second,
                step.result,
                "exponents are divided when powers are divided",
                f"{show_number(first)} ÷ {in_brackets(second)} = {show_number(first // second)}",
                (
                    f"{base}⁴ ÷ {base}",
                    f"({base} × {base} × {base} × {base})/{base}, with the common one cancelled",
                    "3, but my rule gives 4.",
                ),
            )
        )
    return base, left, ([step], ideas)


def _nested(text: str, base: str, first: int, second: int) -> tuple[str, int, _Part]:
    total = first * second
    step = _law_step(
        "exponents.power_of_power",
        f"How many factors {base} does {text} have when it is written out?",
        text,
        base,
        first,
        second,
        power_text(base, total),
        f"{show_number(first)} × {in_brackets(second)} = {show_number(total)}",
    )
    small = (
        f"({base}³)²",
        f"({base} × {base} × {base}) × ({base} × {base} × {base})",
        "6 factors, but adding the exponents gives 5.",
    )
    idea = _law_idea(
        text,
        base,
        first + second,
        step.result,
        "exponents are added when a power is raised to a power",
        f"{show_number(first)} + {in_brackets(second)} = {show_number(first + second)}",
        small,
    )
    return base, total, ([step], [idea])


def _evaluate(base: str, exponent: int, index: int) -> _Part | None:
    value = sympy.Integer(int(base.replace("−", "-")))
    if abs(value) ** abs(exponent) > 10**9 or (value == 0 and exponent <= 0):
        return None
    shown_base = f"({base})" if value < 0 else base
    size = abs(exponent)
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    if size > 1:
        steps.append(_multiplied_out(shown_base, base, value, size))
        ideas.append(_times_exponent(shown_base, value, exponent, index))
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
        ideas.append(_negative_idea(value, exponent, power, index + len(steps) - 1))
    return steps, ideas


def _multiplied_out(shown_base: str, base: str, value: sympy.Integer, size: int) -> Step:
    factors = " × ".join([shown_base] * min(size, 6)) + (" × …" if size > 6 else "")
    power, result = f"{shown_base}{superscript(size)}", show(value**size)
    slots = {"expression": power, "base": base, "exponent": str(size)}
    return Step("exponents.evaluate", f"What number is {power}?", f"{factors} = {result}", result, slots)


def _times_exponent(shown_base: str, value: sympy.Integer, exponent: int, index: int) -> Misconception | None:
    size, base = abs(exponent), show(value)
    wrong = show(value * size)
    return unless_right(
        _WORDS.misconception(
            "exponent_multiplies_base", answer=wrong, step=index, base=base, size=size, shown_base=shown_base
        ),
        show(value**exponent),
        show(value**size),
    )


def _negative_idea(value: sympy.Integer, exponent: int, power: str, index: int) -> Misconception | None:
    sign = "positive" if value > 0 else "negative"
    idea = _WORDS.misconception(
        f"negative_exponent_makes_number_negative_of_{sign}_base",
        answer=show(-(value**-exponent)),
        step=index,
        power=power,
        base=show(value),
        opposite_power=power_text(f"({show(value)})", -exponent),
    )
    return unless_right(idea, show(value**exponent))


PRECEDENCE = 140
FAMILIES = (ExponentFamily(),)

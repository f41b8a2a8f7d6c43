"""Logarithms of powers of their base, and log_b(x) = n."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept, unless_right
from canopy_assets.curriculum.powers.solve import power_text
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show, show_number, superscript
from canopy_assets.maths.glyphs import FROM_SUBSCRIPT, SUBSCRIPT_DIGITS, TO_SUBSCRIPT
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_Part = tuple[list[Step], list[Misconception | None]]
_LOG = re.compile(
    r"log(?:_?\{?(?P<base>[0-9]{1,4})\}?)?\s*(?:\(\s*(?P<inside>[0-9][0-9,/]*|[a-z])\s*\)|\s(?P<bare>[0-9][0-9,/]*|[a-z]))(?:\s*=\s*(?P<value>-?[0-9]{1,2}))?$"
)
_LOG_WORDS = re.compile(
    r"log(?:arithm)?\s+(?:to the\s+)?base\s+(?P<base>[0-9]{1,4})\s+of\s+"
    r"(?P<inside>[0-9][0-9,/]*|[a-z])(?:\s*=\s*(?P<value>-?[0-9]{1,2}))?$"
)


@dataclass(frozen=True)
class LogarithmFamily:
    """Logarithms of powers of the base, and log_b(x) = n."""

    name: str = "logarithms"
    topic: str = "logarithms"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None where the logarithm isn't rational with a small denominator 1."""
        instruction = read_instruction(statement)
        if instruction is None:
            return None
        text = re.sub(
            f"log([{SUBSCRIPT_DIGITS}]+)", lambda m: f"log_{m[1].translate(FROM_SUBSCRIPT)} ", instruction.mathematics
        )
        text = re.sub(r"\s+\(", "(", text.replace("−", "-").lower())
        match = _LOG.match(text) or _LOG_WORDS.match(text)
        if match is None:
            return None
        groups = match.groupdict()
        base, inside = int(groups["base"] or 10), groups["inside"] or groups["bare"]
        if not 2 <= base <= 1000:
            return None
        part = (
            _log_equation(base, inside, groups["value"])
            if inside.isalpha()
            else _log_value(base, inside, groups["value"])
        )
        if part is None:
            return None
        steps, ideas = part
        kind = "solutions" if inside.isalpha() else "number"
        return Solution(
            self.name, self.topic, steps[-1].result, kind, None, tuple(steps), kept(*ideas), _WORDS.concept("logarithm")
        )


def _label(base: int, inside: str) -> str:
    return f"log{str(base).translate(TO_SUBSCRIPT)}({inside})"


def _log_value(base: int, inside: str, value: str | None) -> _Part | None:
    try:
        argument = parse(inside)
    except ExpressionError:
        return None
    exponent = next((n for n in range(-12, 31) if sympy.Integer(base) ** n == argument), None)
    if exponent is None or value is not None:
        return None
    label, shown = _label(base, inside), show(argument)
    slots = {"logarithm": label, "base": str(base), "argument": shown}
    result = show_number(exponent)
    steps = [
        Step(
            "logarithms.rewrite",
            f"Which question about powers of {base} does {label} ask?",
            f"{label} = n means {base}ⁿ = {shown}",
            f"{base}ⁿ = {shown}",
            slots,
        ),
        Step(
            "logarithms.find_exponent",
            f"Which exponent turns {base} into {shown}?",
            f"{power_text(str(base), exponent) if exponent else f'{base}⁰'} = {shown}, so {result}",
            result,
            slots,
        ),
    ]
    return steps, _value_ideas(base, argument, result)


def _value_ideas(base: int, argument: sympy.Expr, right: str) -> list[Misconception | None]:
    """The argument divided or multiplied by the base, tested by raising the base to it."""
    ideas: list[Misconception | None] = []
    shown = show(argument)
    for wrong, belief, sign in (
        (argument / base, "a logarithm divides", "÷"),
        (argument * base, "a logarithm multiplies", "×"),
    ):
        if not wrong.is_Integer:
            continue
        # Beyond a million nobody works the power out; that it is far off shows anyway.
        huge = wrong > 60 or sympy.Integer(base) ** wrong > 10**6
        check = f"What is {base} to the power {show(wrong)}?"
        reply = "" if huge else f"{show(sympy.Integer(base) ** wrong)}, and that isn't {shown}."
        if huge:
            check = f"Would {base} to the power {show(wrong)} be close to {shown}?"
            reply = f"No, it would be enormous next to {shown}."
        work = f"{shown} {sign} {base} is {show(wrong)}."
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "idea_2", answer=show(wrong), step=1, belief=belief, work=work, check=check, reply=reply
                ),
                right,
            )
        )
    return ideas


def _log_equation(base: int, name: str, value: str | None) -> _Part | None:
    if value is None or int(value) < 2 or sympy.Integer(base) ** int(value) > 10**9:
        return None
    exponent = int(value)
    label, power = _label(base, name), f"{base}{superscript(exponent)}"
    first = Step(
        "logarithms.rewrite",
        f"How is {label} = {show_number(exponent)} written as a power of {base}?",
        f"{label} = {show_number(exponent)} means {name} = {power}",
        f"{name} = {power}",
        {"logarithm": label, "base": str(base), "argument": name},
    )
    result = f"{name} = {show(sympy.Integer(base) ** exponent)}"
    second = Step(
        "exponents.evaluate",
        f"What number is {power}?",
        f"{power} = {show(sympy.Integer(base) ** exponent)}, so {result}",
        result,
        {"expression": power, "base": str(base), "exponent": show_number(exponent)},
    )
    wrongs = (
        (sympy.Integer(base * exponent), "a logarithm multiplies base and value", f"{base} × {in_brackets(exponent)}"),
        (
            sympy.Integer(exponent) ** base if abs(exponent) < 30 and base < 12 else sympy.Integer(base + exponent),
            "base and exponent trade places",
            f"{exponent} to the power {base}"
            if abs(exponent) < 30 and base < 12
            else f"{base} + {in_brackets(exponent)}",
        ),
    )
    ideas = [
        unless_right(
            _WORDS.misconception(
                "idea",
                answer=f"{name} = {show(wrong)}",
                belief=belief,
                sum=sum_,
                wrong=show(wrong),
                variable=name,
                label=label,
                base=base,
                exponent=show_number(exponent),
            ),
            result,
            kind="solutions",
        )
        for wrong, belief, sum_ in wrongs
    ]
    return [first, second], ideas


PRECEDENCE = 130
FAMILIES = (LogarithmFamily(),)

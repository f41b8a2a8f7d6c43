"""Logarithms of powers of their base, and log_b(x) = n."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.exponential_equations.linear_rest import linear_rest
from canopy_assets.curriculum.grammar import NO_OTHER_WORD, parsed
from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.logarithms.sums import Term, sum_part
from canopy_assets.curriculum.powers.notation import power_text
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import ascii_statement, try_parse
from canopy_assets.maths.formatting import show, show_number, superscript
from canopy_assets.maths.glyphs import FROM_SUBSCRIPT, SUBSCRIPT_DIGITS, TO_HYPHEN, TO_SUBSCRIPT
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)
_LARGEST_BASE = 1000

_Part = tuple[list[Step], list[Misconception | None]]
_LOG = re.compile(
    r"""
    log(?:_?\{?(?P<base>[0-9]{1,4})\}?)?\s*
    (?:
        \(\s*(?P<inside>[0-9][0-9,/]*|[a-z]|[0-9]*[a-z]\s*[-+]\s*[0-9]+|[0-9]+[a-z])\s*\)  # log_2(8), log_2(x + 3)
        |\s(?P<bare>[0-9][0-9,/]*|[a-z])  # log_2 8, log_2 x
    )
    (?:\s*=\s*(?P<value>-?[0-9]{1,2}))?$
    """,
    re.VERBOSE,
)
_LOG_WORDS = re.compile(
    r"""
    log(?:arithm)?\s+(?:to\ the\s+)?base\s+(?P<base>[0-9]{1,4})\s+of\s+
    (?P<inside>[0-9][0-9,/]*|[a-z])
    (?:\s*=\s*(?P<value>-?[0-9]{1,2}))?$
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class LogarithmFamily:
    """Logarithms of powers of the base, and log_b(x) = n."""

    name: str = "logarithms"
    topic: str = "logarithms"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None where the logarithm is not an integer."""
        part = _in_words(statement) or _written(statement)
        if part is None:
            return None
        steps, ideas = part
        kind = "solutions" if "=" in steps[-1].result else "number"
        return Solution(
            self.name, self.topic, steps[-1].result, kind, None, tuple(steps), kept(*ideas), _WORDS.concept("logarithm")
        )


def _in_words(statement: str) -> _Part | None:
    """A logarithm in words: "What power of 2 is 32?"."""
    found = (
        parsed(__package__, ascii_statement(statement), NO_OTHER_WORD)
        if re.search("log|power", statement, re.IGNORECASE)
        else None
    )
    if found is None:
        return None
    return _log_value(int(found.parts["base"].replace(",", "")), found.parts["argument"])


def _written(statement: str) -> _Part | None:
    """A logarithm, a sum of logarithms or an equation under a known instruction."""
    instruction = read_instruction(statement)
    if instruction is None or not instruction.asks("solve", "evaluate", "simplify", "bare"):
        return None
    text = re.sub(
        f"log([{SUBSCRIPT_DIGITS}]+)", lambda m: f"log_{m[1].translate(FROM_SUBSCRIPT)} ", instruction.mathematics
    )
    text = re.sub(r"\s+\(", "(", text.translate(TO_HYPHEN).lower())
    match = _LOG.match(text) or _LOG_WORDS.match(text)
    if match is None:
        return sum_part(_terms(text)) if instruction.asks("evaluate", "simplify", "bare") else None
    groups = match.groupdict()
    inside, value = groups["inside"] or groups["bare"], groups["value"]
    letter = re.sub("[^a-z]", "", inside)
    equation = bool(letter)
    if not instruction.asks(*(("solve",) if equation else ("evaluate", "simplify")), "bare", variables=(letter,)):
        return None
    base = int(groups["base"] or 10)
    if equation:
        return _log_equation(base, inside, value)
    return _log_value(base, inside) if value is None else None


def _terms(text: str) -> list[Term]:
    """The terms of a sum or difference of logarithms that are whole numbers; none of another text."""
    pieces = re.split(r"\s*([+-])\s*(?=log)", text)
    terms = []
    for sign, piece in zip(["+", *pieces[1::2]], pieces[::2], strict=True):
        log = _LOG.match(piece)
        inside = log and (log["inside"] or log["bare"])
        if log is None or not inside or re.search("[a-z]", inside) or log["value"]:
            return []
        base, argument = int(log["base"] or 10), try_parse(inside)
        value = _exponent(base, argument)
        if value is None or argument is None:
            return []
        terms.append(Term(1 if sign == "+" else -1, base, argument, value, _label(base, show(argument))))
    return terms


def _exponent(base: int, argument: sympy.Expr | None) -> int | None:
    """The logarithm of a number; None unless it is a small integer and the base one that is worked out by hand."""
    if not 2 <= base <= _LARGEST_BASE:
        return None
    return next((n for n in range(-12, 31) if sympy.Integer(base) ** n == argument), None)


def _label(base: int, inside: str) -> str:
    """The logarithm as a student writes it: "log₂(8)"."""
    return f"log{str(base).translate(TO_SUBSCRIPT)}({inside})"


def _log_value(base: int, inside: str) -> _Part | None:
    """The steps to the logarithm of a number; None unless it is a small integer."""
    argument = try_parse(inside)
    exponent = _exponent(base, argument)
    if exponent is None or argument is None:
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
    """The argument is divided or multiplied by the base. The test raises the base to the wrong result."""
    ideas: list[Misconception | None] = []
    for name, wrong in {"logarithm_divides": argument / base, "logarithm_multiplies": argument * base}.items():
        if not wrong.is_Integer:
            continue
        # Nobody works out a power beyond a million, and it is clearly too large anyway.
        enormous = wrong > 60 or sympy.Integer(base) ** wrong > 10**6
        idea = _WORDS.misconception(
            f"{name}_and_power_is_enormous" if enormous else name,
            answer=show(wrong),
            step=1,
            argument=show(argument),
            base=base,
            power=None if enormous else show(sympy.Integer(base) ** wrong),
        )
        ideas.append(unless_right(idea, right))
    return ideas


def _log_equation(base: int, name: str, value: str | None) -> _Part | None:
    """The steps to the number that has a given logarithm, or to the unknown in it: log₂(x + 3) = 5."""
    argument = try_parse(name)
    if (
        argument is None
        or value is None
        or int(value) < 2
        or not 2 <= base <= _LARGEST_BASE
        or sympy.Integer(base) ** int(value) > 10**9
    ):
        return None
    exponent = int(value)
    name = show(argument)
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
    rest = linear_rest(argument, sympy.Integer(base) ** exponent, 2)
    if rest is None:
        return None
    ideas = _equation_ideas(base, exponent, name, result)
    return [first, second, *rest[0]], [*(i and replace(i, step=1 if rest[0] else i.step) for i in ideas), *rest[1]]


def _equation_ideas(base: int, exponent: int, name: str, right: str) -> list[Misconception | None]:
    """Base and exponent multiplied, or swapped; added where the swapped power would be too large.

    Args:
        base: The base of the logarithm.
        exponent: Its value.
        name: The unknown's letter.
        right: The right result.
    """
    attempts = {"base_multiplied_by_exponent": base * exponent}
    if base < 12:
        attempts["base_and_exponent_swapped"] = exponent**base
    else:
        attempts["base_and_exponent_added"] = base + exponent
    return [
        unless_right(
            _WORDS.misconception(
                entry,
                answer=f"{name} = {show(wrong)}",
                wrong=show(wrong),
                logarithm=_label(base, name),
                base=base,
                exponent=show_number(exponent),
            ),
            right,
            kind="solutions",
        )
        for entry, wrong in attempts.items()
    ]


PRECEDENCE = 130
FAMILIES = (LogarithmFamily(),)

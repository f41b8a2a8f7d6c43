"""What a family of exercises is, and the helpers that all families share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import sympy

from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import ExpressionError, parse, parse_relation
from canopy_assets.maths.glyphs import MINUS, TO_SUPERSCRIPT
from canopy_assets.records import AnswerKind, Misconception, Step

MAX_STATEMENT = 600


@dataclass(frozen=True)
class Concept:
    """The term behind an exercise and what it means, in at most 25 words without the exercise's numbers."""

    term: str
    explanation: str


@dataclass(frozen=True)
class Solution:
    """A worked solution: `answer` as a student would write it, `steps` of a tutor turn each, the last ending in it."""

    family: str
    topic: str
    answer: str
    answer_kind: AnswerKind
    unit: str | None
    steps: tuple[Step, ...]
    misconceptions: tuple[Misconception, ...]
    concept: Concept


class Family(Protocol):
    """A kind of exercise that code can solve."""

    @property
    def name(self) -> str: ...

    @property
    def topic(self) -> str: ...

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when the statement is not of this family. Never raises, takes under 50 ms."""
        ...


def as_fraction(value: int | Fraction | sympy.Basic) -> Fraction:
    """A rational number of either library.

    Raises:
        ExpressionError: for an expression that is no rational number.
    """
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, sympy.Basic):
        raise ExpressionError(f"{value} is not a rational number")
    return Fraction(value)


def show_number(value: int | Fraction | sympy.Basic) -> str:
    """A number as text: "12", "−3", "3/4"."""
    return str(as_fraction(value)).replace("-", MINUS)


def show_decimal(value: int | Fraction | sympy.Basic, places: int = 6) -> str:
    """A number as a decimal where it has at most `places` of them ("2.5", "−0.75"), as a fraction where not ("1/3")."""
    number = as_fraction(value)
    scaled = number * 10**places
    if scaled.denominator != 1:
        return show_number(number)
    digits = f"{abs(int(scaled)):0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return (MINUS if number < 0 else "") + text


def show(expr: sympy.Basic | int) -> str:
    """An expression as a student writes it: "5x − 9", "x² − 5x + 6", "√2", "(x − 2)(x − 3)", "3/4"."""
    return _show(sympy.Integer(expr) if isinstance(expr, int) else expr)


def superscript(exponent: int) -> str:
    """An integer exponent in raised digits."""
    return str(exponent).translate(TO_SUPERSCRIPT)


def in_brackets(value: int | Fraction | sympy.Basic) -> str:
    """A number as it is put into an expression: negative ones in brackets."""
    return f"({show_number(value)})" if as_fraction(value) < 0 else show_number(value)


def statement_body(statement: str) -> str | None:
    """The statement on one line, without list number, marks around it and final punctuation; None if too long."""
    if len(statement) > MAX_STATEMENT:
        return None
    # Emphasis on the instruction ("**Solve** …") goes; a ** of a power stays.
    text = re.sub(r"(\*\*|__)([A-Za-z][A-Za-z :]*)\1", r"\2", re.sub(r"\s+", " ", statement))
    text = text.strip().strip("*_`").strip()
    text = re.sub(
        r"^(?:(?:problem|exercise|question|example|q)\s*)?\(?[0-9]{1,3}\s*[.):]\s+", "", text, flags=re.IGNORECASE
    )
    text = re.sub(r"\$([^$]*[a-z=^\\][^$]*)\$", r"\1", text)
    return re.sub(r"[\s.!?;:,]+$", "", text) or None


def try_parse(text: str) -> sympy.Expr | None:
    """`parse`, or None where it raises."""
    try:
        return parse(text)
    except ExpressionError:
        return None


def try_equation(text: str) -> tuple[sympy.Expr, sympy.Expr] | None:
    """The two sides of an equation, None when the text is not one."""
    try:
        relation = parse_relation(text)
    except ExpressionError:
        return None
    return (relation.left, relation.right) if relation.op == "=" else None


def wrong_idea(
    right_answer: str,
    *,
    belief: str,
    work: str,
    answer: str,
    check: str,
    check_reply: str,
    step: int = 0,
    kind: AnswerKind = "number",
    right_result: str | None = None,
) -> Misconception | None:
    """A misconception, or None when its answer happens to be right.

    Args:
        right_answer: The exercise's answer.
        right_result: The result of the step that it spoils, where that isn't the answer: it must differ from that, too.
        kind: How the answers are compared; the other arguments are those of `Misconception`.
    """
    if equivalent(answer, right_answer, kind) or (right_result is not None and equivalent(answer, right_result, kind)):
        return None
    return Misconception(belief=belief, work=work, answer=answer, check=check, check_reply=check_reply, step=step)


def kept(*ideas: Misconception | None) -> tuple[Misconception, ...]:
    """The misconceptions that survived verification, each wrong answer once."""
    found: dict[str, Misconception] = {}
    for idea in ideas:
        if idea is not None:
            found.setdefault(idea.answer, idea)
    return tuple(found.values())


def _show(expr: sympy.Basic) -> str:
    if isinstance(expr, sympy.Rational):
        return show_number(expr)
    if isinstance(expr, sympy.Add):
        return _show_sum(expr)
    if isinstance(expr, sympy.Mul):
        return _show_product(expr)
    if isinstance(expr, sympy.Pow):
        return _show_power(expr)
    if expr == sympy.pi:
        return "π"
    if expr == sympy.E:
        return "e"
    if isinstance(expr, sympy.exp):
        return "e" + _exponent(expr.args[0])
    if isinstance(expr, sympy.log):
        return f"ln({_show(expr.args[0])})"
    if isinstance(expr, sympy.Abs):
        return f"|{_show(expr.args[0])}|"
    if isinstance(expr, sympy.Function):
        return f"{expr.func.__name__}({_show(expr.args[0])})"
    return str(expr).replace("-", MINUS)


def _order(term: sympy.Basic) -> tuple[int, str]:
    if not isinstance(term, sympy.Expr):
        return (0, str(term))
    symbols = term.free_symbols
    degree = sum(int(p) for s in symbols if (p := term.as_coeff_exponent(s)[1]).is_Integer)
    return (-degree, "".join(sorted(str(s) for s in symbols)))


def _show_sum(expr: sympy.Add) -> str:
    text = ""
    for term in sorted(expr.args, key=_order):
        shown = _show(term)
        if not text:
            text = shown
        elif shown.startswith(MINUS):
            text += f" {MINUS} {shown[1:]}"
        else:
            text += f" + {shown}"
    return text


def _show_product(expr: sympy.Mul) -> str:
    coefficient, rest = expr.as_coeff_Mul()
    sign = MINUS if coefficient < 0 else ""
    numerator, denominator = sympy.fraction(abs(coefficient) * rest)
    if denominator != 1:
        below = _show(denominator)
        below = (
            f"({below})" if len(below) > 1 and not below.isdigit() and not isinstance(denominator, sympy.Pow) else below
        )
        above = _show(numerator)
        return f"{sign}{f'({above})' if isinstance(numerator, sympy.Add) else above}/{below}"
    number, factors = numerator.as_coeff_Mul()
    ordered = sorted(sympy.Mul.make_args(factors), key=_factor_order)
    body = "".join(f"({_show(f)})" if isinstance(f, sympy.Add) else _show(f) for f in ordered)
    return sign + (body if number == 1 else f"{_show(number)}{body}")


def _factor_order(factor: sympy.Expr) -> tuple[bool, bool, bool, str]:
    """Numbers, then powers of variables, then functions, then brackets."""
    base = factor.as_base_exp()[0]
    plain = isinstance(base, sympy.Symbol) and not isinstance(factor, sympy.exp)
    return (len(factor.free_symbols) > 0, isinstance(factor, sympy.Add), not plain, str(factor))


def _show_power(expr: sympy.Pow) -> str:
    base, exponent = expr.base, expr.exp
    if exponent == sympy.Rational(1, 2):
        inner = _show(base)
        return f"√{inner}" if len(inner) == 1 or inner.isdigit() else f"√({inner})"
    if exponent.is_negative and base != sympy.E:
        below = _show(sympy.Pow(base, -exponent))
        return f"1/({below})" if isinstance(base, sympy.Add) and exponent == -1 else f"1/{below}"
    inner = _show(base)
    if not isinstance(base, sympy.Symbol) and not (base.is_Integer and base >= 0) and base != sympy.E:
        inner = f"({inner})"
    return inner + _exponent(exponent)


def _exponent(exponent: sympy.Basic) -> str:
    if isinstance(exponent, sympy.Integer):
        return "" if exponent == 1 else superscript(int(exponent))
    shown = _show(exponent)
    return f"^{shown}" if len(shown) == 1 else f"^({shown})"

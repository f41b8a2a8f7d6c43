"""Values of functions and expressions at a number."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import coefficient_of, only_variable
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import SIGNED_NUMBER, statement_body
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_CALLED = re.compile(
    rf"""
    ^(?:
        given|if|let|for|when|consider|the\ function|suppose
        |evaluate|find|what\ is|calculate|determine|compute|\s
    )*
    (?P<name>[a-zA-Z])\s?\(\s?(?P<variable>[a-z])\s?\)\s*=\s*(?P<rule>.+?)  # f(x) = 2x + 1
    \s*(?:[,;.:]|\bat\b|\bfor\b|\band\b|\bwhen\b)?\s*(?:then\s+)?
    (?:what\ is|what's|find|evaluate|calculate|determine|compute|work\ out|at|for|when)?\s*(?:the\ value\ of\s+)?
    (?:
        (?P=name)\s?\(\s?(?P<input>{SIGNED_NUMBER})\s?\)  # f(3)
        |(?P=variable)\s*=\s*(?P<at>{SIGNED_NUMBER})  # x = 3
    )$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASKED_FIRST = re.compile(
    rf"""
    ^(?:find|evaluate|what\ is|calculate|determine|compute|work\ out)\s+(?:the\ value\ of\s+)?
    (?P<name>[a-zA-Z])\s?\(\s?(?P<input>{SIGNED_NUMBER})\s?\)\s*  # f(3)
    (?:,|if|when|for|given|where|that|the\ function|\s)*
    (?P=name)\s?\(\s?(?P<variable>[a-z])\s?\)\s*=\s*(?P<rule>.+)$  # f(x) = 2x + 1
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AT_EXPRESSION = re.compile(
    rf"""
    ^(?:if|when|for|given(?:\ that)?)\s+(?P<variable>[a-z])\s*=\s*(?P<input>{SIGNED_NUMBER})\s*,?\s*(?:then\s+)?
    (?:evaluate|find|what\ is|calculate|compute|work\ out)\s+(?:the\ value\ of\s+)?(?:the\ expression\s+)?
    (?P<rule>[^=]+)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EXPRESSION_AT = re.compile(
    rf"""
    ^(?:evaluate|find\ the\ value\ of|what\ is|calculate|compute|work\ out)\s+
    (?:the\ value\ of\s+)?(?:the\ expression\s+)?
    (?P<rule>.+?)\s*(?:,|if|when|for|at|where)+\s*
    (?P<variable>[a-z])\s*=\s*(?P<input>{SIGNED_NUMBER})$  # x = 3
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class FunctionFamily:
    """f(x) = …, evaluated at a number."""

    name: str = "function_evaluation"
    topic: str = "functions"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when no function (or expression) and input are given."""
        text = statement_body(statement)
        match = text and (
            _CALLED.match(text) or _ASKED_FIRST.match(text) or _EXPRESSION_AT.match(text) or _AT_EXPRESSION.match(text)
        )
        if not match:
            return None
        groups = match.groupdict()
        try:
            rule, number = parse(groups["rule"]), parse(groups["input"] or groups["at"])
            variable = only_variable(rule)
            if variable is None or variable.name != groups["variable"] or not rule.is_polynomial(variable):
                return None
            value_at(rule, {variable.name: value_at(number)})
        except ExpressionError:
            return None
        value = rule.subs(variable, number)
        if not isinstance(value, sympy.Rational) or abs(value) > 10**9:
            return None
        called = f"{groups['name']}({show(number)})" if groups.get("name") else "the value"
        steps, ideas = _evaluation(laid_out(groups["rule"]), rule, variable, number, value, called)
        return Solution(self.name, self.topic, show(value), "number", None, steps, ideas, _WORDS.concept("function"))


def _evaluation(
    text: str, rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr, called: str
) -> tuple[tuple[Step, ...], tuple[Misconception, ...]]:
    """Substitutes the number, then works out the result. `called` is the exercise's name for the value: "f(3)"."""
    shown = show(number)
    slots = {"rule": text, "variable": variable.name, "input": shown, "call": called}
    filled = _filled(text, variable.name, number)
    first = Step(
        "functions.substitute",
        f"What does {text} look like with {shown} in place of {variable.name}?",
        f"{called} = {filled}",
        filled,
        slots,
    )
    second = Step(
        "functions.evaluate",
        f"What does {filled} come to?",
        f"{filled} = {show(value)}",
        show(value),
        {**slots, "filled": filled},
    )
    ideas = (*_power_ideas(rule, variable, number, value), _coefficient_idea(rule, variable, number, value))
    return (first, second), kept(*ideas)


def _filled(text: str, name: str, number: sympy.Expr) -> str:
    """The rule with the number in brackets for every variable; "x² + 2x" at 3 → "(3)² + 2(3)"."""
    return re.sub(rf"(?<![a-zA-Z]){name}(?![a-zA-Z])", f"({show(number)})", text)


def _power_ideas(
    rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr
) -> list[Misconception | None]:
    """a·x² as (a·x)², x² as 2x, and the square of a negative number as negative.

    Args:
        rule: A polynomial.
        variable: Its variable.
        number: The value of the variable.
        value: The value of the rule there.
    """
    ideas: list[Misconception | None] = []
    for (degree,), coefficient in sympy.Poly(rule, variable).terms():
        if degree < 2 or degree > 4:
            continue
        right = coefficient * number**degree
        attempts = {
            "power_as_base_times_exponent": coefficient * number * degree,
            "coefficient_raised_to_power": (coefficient * number) ** degree,
        }
        if number < 0 and degree % 2 == 0:
            attempts["even_power_of_negative_number_negative"] = -right
        for name, wrong in attempts.items():
            if wrong == right:
                continue
            idea = _WORDS.misconception(
                name,
                answer=show(value - right + wrong),
                step=1,
                term=show(coefficient * variable**degree),
                coefficient_and_variable=show(coefficient * variable),
                wrong=show(wrong),
                variable=variable.name,
                input=show(number),
                power=show(variable**degree),
                power_value=show(number**degree),
            )
            ideas.append(unless_right(idea, show(value)))
    return ideas


def _coefficient_idea(
    rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr
) -> Misconception | None:
    """2x at x = 3 read as 2 + 3."""
    coefficient = coefficient_of(rule, variable)
    if coefficient in (0, 1, -1):
        return None
    idea = _WORDS.misconception(
        "coefficient_added_to_variable",
        answer=show(value - coefficient * number + (coefficient + number)),
        step=1,
        term=show(coefficient * variable),
        coefficient=show(coefficient),
        coefficient_plus_one=show(coefficient + 1),
        input=in_brackets(number),
        variable=variable.name,
    )
    return unless_right(idea, show(value))


PRECEDENCE = 60
FAMILIES = (FunctionFamily(),)

"""Values of functions, slopes, and equations of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept, unless_right
from canopy_assets.curriculum.polynomials import coefficient_of, only_variable, tidy
from canopy_assets.curriculum.statements import statement_body
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

NUMBER = r"[-−–]?\s?[0-9]{1,6}(?:\.[0-9]{1,4}|/[0-9]{1,4})?"
_CALLED = re.compile(
    rf"^(?:given|if|let|for|when|consider|the function|suppose|evaluate|find|what is|calculate|determine|compute|\s)*"
    rf"(?P<name>[a-zA-Z])\s?\(\s?(?P<variable>[a-z])\s?\)\s*=\s*(?P<rule>.+?)"
    rf"\s*(?:[,;.:]|\bat\b|\bfor\b|\band\b|\bwhen\b)?\s*(?:then\s+)?"
    rf"(?:what is|what's|find|evaluate|calculate|determine|compute|work out|at|for|when)?\s*(?:the value of\s+)?"
    rf"(?:(?P=name)\s?\(\s?(?P<input>{NUMBER})\s?\)|(?P=variable)\s*=\s*(?P<at>{NUMBER}))$",
    re.IGNORECASE,
)
_ASKED_FIRST = re.compile(
    rf"^(?:find|evaluate|what is|calculate|determine|compute|work out)\s+(?:the value of\s+)?"
    rf"(?P<name>[a-zA-Z])\s?\(\s?(?P<input>{NUMBER})\s?\)\s*"
    r"(?:,|if|when|for|given|where|that|the function|\s)*(?P=name)\s?\(\s?(?P<variable>[a-z])\s?\)\s*=\s*(?P<rule>.+)$",
    re.IGNORECASE,
)
_EXPRESSION_AT = re.compile(
    rf"^(?:evaluate|find the value of|what is|calculate|compute|work out)\s+(?:the value of\s+)?"
    rf"(?P<rule>.+?)\s*(?:,|if|when|for|at|where)+\s*(?P<variable>[a-z])\s*=\s*(?P<input>{NUMBER})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FunctionFamily:
    """f(x) = …, evaluated at a number."""

    name: str = "function_evaluation"
    topic: str = "functions"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when no function (or expression) and input are given."""
        text = statement_body(statement)
        match = text and (_CALLED.match(text) or _ASKED_FIRST.match(text) or _EXPRESSION_AT.match(text))
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
        steps, ideas = _evaluation(tidy(groups["rule"]), rule, variable, number, value, called)
        return Solution(self.name, self.topic, show(value), "number", None, steps, ideas, _WORDS.concept("function"))


def _evaluation(
    text: str, rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr, called: str
) -> tuple[tuple[Step, ...], tuple[Misconception, ...]]:
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
    ideas = (*_power_ideas(text, rule, variable, number, value), _juxtaposed(rule, variable, number, value))
    return (first, second), kept(*ideas)


def _filled(text: str, name: str, number: sympy.Expr) -> str:
    """The rule with the number in brackets for every variable; "x² + 2x" at 3 → "(3)² + 2(3)"."""
    return re.sub(rf"(?<![a-zA-Z]){name}(?![a-zA-Z])", f"({show(number)})", text)


def _power_ideas(
    text: str, rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr
) -> list[Misconception | None]:
    """a·x² as (a·x)², x² as 2x, and the square of a negative number as negative."""
    shown, name = show(number), variable.name
    polynomial = sympy.Poly(rule, variable)
    ideas: list[Misconception | None] = []
    for (degree,), coefficient in polynomial.terms():
        if degree < 2 or degree > 4:
            continue
        right = coefficient * number**degree
        term = show(coefficient * variable**degree)
        attempts = [
            (
                coefficient * number * degree,
                "a power is the base times the exponent",
                f"The exponent of {term} is a factor",
            ),
            (
                (coefficient * number) ** degree,
                "the coefficient is raised to the power as well",
                f"I raise all of {show(coefficient * variable)} to the power",
            ),
        ]
        if number < 0 and degree % 2 == 0:
            attempts.append(
                (-right, "an even power of a negative number is negative", f"{shown} keeps its minus when squared")
            )
        for wrong, belief, thought in attempts:
            if wrong == right:
                continue
            ideas.append(
                unless_right(
                    _WORDS.misconception(
                        "idea",
                        answer=show(value - right + wrong),
                        step=1,
                        belief=belief,
                        thought=thought,
                        wrong=show(wrong),
                        variable=name,
                        _raised_degree=_raised(degree),
                        shown=shown,
                        number_degree=show(number**degree),
                        term=term,
                    ),
                    show(value),
                )
            )
    return ideas


def _raised(degree: int) -> str:
    return {2: "²", 3: "³", 4: "⁴"}[degree]


def _juxtaposed(
    rule: sympy.Expr, variable: sympy.Symbol, number: sympy.Expr, value: sympy.Expr
) -> Misconception | None:
    """2x at x = 3 read as 2 + 3."""
    coefficient = coefficient_of(rule, variable)
    if coefficient in (0, 1, -1):
        return None
    wrong = value - coefficient * number + (coefficient + number)
    term = show(coefficient * variable)
    return unless_right(
        _WORDS.misconception(
            "coefficient_added_variable",
            answer=show(wrong),
            step=1,
            term=term,
            coefficient=show(coefficient),
            number=in_brackets(number),
            variable=variable.name,
            coefficient2=show(coefficient + 1),
        ),
        show(value),
    )


PRECEDENCE = 60
FAMILIES = (FunctionFamily(),)

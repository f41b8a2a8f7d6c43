"""Values of functions and expressions at a number."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.functions.composed import Rule, Worked, composed
from canopy_assets.curriculum.grammar import Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import coefficient_of, only_variable
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import statement_body
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.maths.glyphs import TO_HYPHEN
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_LARGEST = 10**9
_NAMES = re.compile(r"[a-z]{1,4}(?:-[a-z]{1,4})*")
"""Letters, products of letters, "sqrt": what may stand in a rule."""
_NOT_SUBSTITUTED = (sympy.log, sympy.exp, sympy.sin, sympy.cos, sympy.tan, type(sympy.pi), type(sympy.E))
"""A rule with one of these has no rational values that a student works out by hand."""


@dataclass(frozen=True)
class FunctionFamily:
    """A function, a formula or an expression with its rule, evaluated at a number."""

    name: str = "function_evaluation"
    topic: str = "functions"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when no function (or expression) and input are given."""
        text = statement_body(statement)
        found = parsed(__package__, text.translate(TO_HYPHEN), _NAMES) if text and "=" in text else None
        if found is not None and found.kind == "of_composition":
            return self._composition(found)
        if found is None or not _is_one_function(found):
            return None
        try:
            rule, number = parse(found.parts["rule"]), parse(found.parts["input"])
            variable = only_variable(rule)
            if variable is None or variable.name != found.parts["variable"] or rule.atoms(*_NOT_SUBSTITUTED):
                return None
            value_at(rule, {variable.name: value_at(number)})
        except ExpressionError:
            return None
        value = rule.subs(variable, number)
        if not isinstance(value, sympy.Rational) or abs(value) > _LARGEST:
            return None
        steps, ideas = _evaluation(laid_out(found.parts["rule"]), rule, variable, number, value, _called(found, number))
        return Solution(self.name, self.topic, show(value), "number", None, steps, ideas, _WORDS.concept("function"))

    def _composition(self, found: Parsed) -> Solution | None:
        """The value of a function at a value of a function."""
        try:
            rules, number = _rules(found), parse(found.parts["input"])
        except ExpressionError:
            return None
        worked = composed(found, number, rules, _value_of) if rules else None
        if worked is None:
            return None
        steps, ideas = worked
        concept = _WORDS.concept("composition")
        return Solution(self.name, self.topic, steps[-1].result, "number", None, steps, ideas, concept)


def _rules(found: Parsed) -> list[Rule]:
    """The functions that a statement defines; none where one is no rule in its own variable.

    Raises:
        ExpressionError: a rule is no expression.
    """
    rules = []
    names, letters, texts = (found.all(part) for part in ("defined_name", "variable", "rule"))
    if not set(found.all("name")) <= set(names):
        return []
    for name, letter, text in zip(names, letters, texts, strict=True):
        expression = parse(text)
        variable = only_variable(expression)
        if len(name) != 1 or variable is None or variable.name != letter or expression.atoms(*_NOT_SUBSTITUTED):
            return []
        rules.append(Rule(name, variable, expression, laid_out(text)))
    return rules


def _value_of(rule: Rule, number: sympy.Expr, called: str) -> Worked:
    """The steps to a rule's value.

    Raises:
        ValueError: it is no number that a student works out by hand.
    """
    value = rule.at(number)
    if not isinstance(value, sympy.Rational) or abs(value) > _LARGEST:
        raise ValueError("no value")
    return _evaluation(rule.text, rule.expression, rule.variable, number, value, called)


def _is_one_function(found: Parsed) -> bool:
    """Whether all names of a statement are those of one function, one input and one output, each a letter."""
    names = [set(found.all(part)) for part in ("name", "variable", "output")]
    letters = [letter for group in names for letter in group]
    if found.kind == "of_formula" and len(names[2]) != 1:
        return False
    return all(len(group) <= 1 for group in names) and all(len(letter) == 1 for letter in letters)


def _called(found: Parsed, number: sympy.Expr) -> str:
    """The exercise's name for the value: "f(3)", "y"."""
    if name := found.get("name"):
        return f"{name}({show(number)})"
    return found.get("output") or "the value"


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
        rule: A polynomial; for another rule there are none of these ideas.
        variable: Its variable.
        number: The value of the variable.
        value: The value of the rule there.
    """
    ideas: list[Misconception | None] = []
    if not rule.is_polynomial(variable):
        return ideas
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
    if not rule.is_polynomial(variable):
        return None
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

"""The value of one function at the value of another: g(f(2))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.grammar import Parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import kept, unless_right
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

Worked = tuple[tuple[Step, ...], tuple[Misconception, ...]]


@dataclass(frozen=True)
class Rule:
    """A function's rule: the name of the function, its variable, its expression, and how that is written."""

    name: str
    variable: sympy.Symbol
    expression: sympy.Expr
    text: str

    def at(self, number: sympy.Expr) -> sympy.Expr:
        """The value at a number."""
        return self.expression.subs(self.variable, number)


def composed(
    found: Parsed, number: sympy.Expr, rules: list[Rule], evaluate: Callable[[Rule, sympy.Expr, str], Worked]
) -> Worked | None:
    """The inner function's value, then the outer function's value there.

    Args:
        found: the parts of the statement, with `outer` and `inner` among them.
        number: the input of the inner function.
        rules: the functions of the statement.
        evaluate: the steps to a rule's value at a number, which the statement calls by a name.

    Returns:
        None where a function has no rule, or two.
    """
    by_name = {rule.name: rule for rule in rules}
    names = (found.parts["outer"], found.parts["inner"])
    if len(by_name) != len(rules) or set(names) != set(by_name):
        return None
    outer, inner = (by_name[name] for name in names)
    between = inner.at(number)
    call = f"{inner.name}({show(number)})"
    whole = f"{outer.name}({call})"
    steps, ideas = evaluate(inner, number, call)
    more, last_ideas = evaluate(outer, between, f"{outer.name}({show(between)})")
    answer = show(outer.at(between))
    names_of = {"outer": outer.name, "inner": inner.name, "input": show(number), "call": whole}
    last = len(steps) + len(more) - 1
    wrong = {
        "outer_function_first": inner.at(outer.at(number)),
        "both_values_multiplied": outer.at(number) * between,
    }
    own = [
        unless_right(_WORDS.misconception(name, answer=show(value), step=last, **names_of), answer)
        for name, value in wrong.items()
        if outer != inner and isinstance(value, sympy.Rational)
    ]
    moved = [replace(idea, step=idea.step + len(steps)) for idea in last_ideas]
    return (*steps, *more), kept(*ideas, *own, *moved)

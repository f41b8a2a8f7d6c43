"""Simplifying sums: brackets multiplied out, like terms collected."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import expanded_terms, signed_terms
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import listing, show, show_sum
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_BRACKETS = re.compile(
    r"""
    \(([^()]+)\)\s*
    (?:
        [*×·]?\s*\(([^()]+)\)  # (x + 2)(x − 3)
        |(\^2|²|\*\*2)  # (x + 2)²
    )
    """,
    re.VERBOSE,
)
_SINGLE = re.compile(
    r"""
    (-?\s*(?:[0-9]+/)?[0-9]*[a-z]?)\s*[*×·]?\s*  # nothing, a minus, or a factor: 2, 1/2, 3x
    \(([^()]+)\)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class SimplifyingFamily:
    """Polynomial expressions to be simplified or expanded."""

    name: str = "simplifying"
    topic: str = "simplifying expressions"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for other instructions, and for expressions that are not polynomials."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("simplify", "expand"):
            return None
        text = instruction.mathematics
        try:
            terms = expanded_terms(text)
            expr = parse(text)
        except ExpressionError:
            return None
        symbols = expr.free_symbols | set().union(*(t.free_symbols for t in terms))
        if not symbols or not all(t.is_polynomial(*symbols) for t in terms) or sympy.expand(expr - sum(terms)) != 0:
            return None
        steps, ideas = simplifying_steps(laid_out(text), terms)
        if not steps or len(terms) > 8:
            return None
        concept = _WORDS.concept("distributive_property") if "(" in text else _WORDS.concept("like_terms")
        return Solution(
            self.name, self.topic, steps[-1].result, "expression", None, tuple(steps), kept(*ideas), concept
        )


def simplifying_steps(text: str, terms: list[sympy.Expr]) -> tuple[list[Step], list[Misconception | None]]:
    """Multiplies out brackets, then collects like terms; no steps where a bracket cannot be read.

    Args:
        text: The expression as it was written.
        terms: Its terms, multiplied out.
    """
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    written = show_sum(terms)
    if "(" in text:
        product = _BRACKETS.search(text)
        step, idea = _product_step(text, written, product) if product else _bracket_step(text, written)
        if step is None:
            return [], []
        steps.append(step)
        ideas += idea
    total = sympy.expand(sum(terms))
    groups = _like_groups(terms)
    if groups:
        steps.append(_combine_step(written if steps else text, groups, total, terms))
        ideas += _combine_ideas(groups, len(steps) - 1)
    return steps, ideas


def _product_step(text: str, written: str, match: re.Match[str]) -> tuple[Step, list[Misconception | None]]:
    first, second = match[1].strip(), (match[2] or match[1]).strip()
    step = Step(
        "simplify.expand_product",
        f"What are all the products when ({first}) multiplies ({second})?",
        f"{text} = {written}",
        written,
        {"expression": text, "first_bracket": first, "second_bracket": second},
    )
    return step, [_ends_only(first, second, text == match[0].strip())]


def _ends_only(first: str, second: str, alone: bool) -> Misconception | None:
    """(x + 2)(x − 3) as x² − 6: first times first, last times last."""
    try:
        a, b = ([parse(t) for t in signed_terms(s)] for s in (first, second))
    except ExpressionError:
        return None
    if len(a) != 2 or len(b) != 2 or not alone:
        return None
    wrong, right = a[0] * b[0] + a[1] * b[1], sympy.expand(sympy.Add(*a) * sympy.Add(*b))
    symbols = sorted(right.free_symbols, key=str)
    if len(symbols) != 1:
        return None
    right_value, wrong_value = (show(e.subs(symbols[0], 1)) for e in (right, wrong))
    if right_value == wrong_value:
        return None
    idea = _WORDS.misconception(
        "only_first_and_last_products",
        answer=show(wrong),
        variable=symbols[0],
        first=first,
        second=second,
        right_value=right_value,
        wrong_value=wrong_value,
    )
    return unless_right(idea, show(right), kind="expression")


def _bracket_step(text: str, written: str) -> tuple[Step | None, list[Misconception | None]]:
    """Multiplies a bracket by the factor in front of it; `written` is the result."""
    match = _SINGLE.search(text.replace("−", "-"))
    if match is None:
        return None, []
    factor, inside = re.sub(r"\s", "", match[1]), laid_out(match[2])
    shown = {"": "1", "-": "−1"}.get(factor, factor.replace("-", "−"))
    step = Step(
        "simplify.expand_bracket",
        f"What does {text} become when the {shown} multiplies every term of ({inside})?",
        f"{text} = {written}",
        written,
        {"expression": text, "factor": shown, "bracket": inside},
    )
    return step, [_first_term_only(shown, match[2])]


def _first_term_only(factor: str, bracket: str) -> Misconception | None:
    """2(x + 3) as 2x + 3. Only for brackets with one variable and a number in front."""
    try:
        terms = [parse(t) for t in signed_terms(bracket)]
        multiplier = parse(factor)
    except ExpressionError:
        return None
    wrong, right = [multiplier * terms[0], *terms[1:]], [multiplier * t for t in terms]
    symbols = sympy.Add(*terms).free_symbols
    if len(symbols) != 1 or multiplier.free_symbols:
        return None
    variable = symbols.pop()
    right_value, wrong_value = (show(sympy.Add(*e).subs(variable, 1)) for e in (right, wrong))
    if right_value == wrong_value:
        return None
    idea = _WORDS.misconception(
        "factor_reaches_only_first_term",
        answer=show_sum(wrong),
        product=f"{'−' if factor == '−1' else '' if factor == '1' else factor}({laid_out(bracket)})",
        variable=variable,
        right_value=right_value,
        wrong_value=wrong_value,
    )
    return unless_right(idea, show_sum(right), kind="expression")


def _like_groups(terms: list[sympy.Expr]) -> list[list[sympy.Expr]]:
    """The terms that can be added up, grouped by the part without the coefficient."""
    groups: dict[sympy.Expr, list[sympy.Expr]] = {}
    for term in terms:
        groups.setdefault(term.as_coeff_Mul()[1] if term.free_symbols else sympy.Integer(1), []).append(term)
    return [g for g in groups.values() if len(g) > 1]


def _combine_step(expression: str, groups: list[list[sympy.Expr]], total: sympy.Expr, terms: list[sympy.Expr]) -> Step:
    like = listing(show(t) for t in groups[0])
    return Step(
        "simplify.combine_terms",
        f"Which terms of {expression} are alike, and what do they add up to?",
        f"{expression} = {show(total)}",
        show(total),
        {"expression": expression, "like_terms": like, "term_count": str(len(terms))},
    )


def _combine_ideas(groups: list[list[sympy.Expr]], index: int) -> list[Misconception | None]:
    """Wrong ideas about like terms, each tested on a number."""
    terms = groups[0]
    symbols = sorted(terms[0].free_symbols, key=str)
    if len(symbols) != 1:
        return []
    variable, right = symbols[0], sympy.Add(*terms)
    coefficients = [term.as_coeff_Mul()[0] for term in terms]
    power = terms[0] / coefficients[0]
    attempts = {
        "adding_raises_power": right * power,
        "like_terms_multiplied": math.prod(coefficients) * power,
        "sign_left_out_of_term": sum(map(abs, coefficients)) * power,
    }
    ideas: list[Misconception | None] = []
    for name, wrong in attempts.items():
        trial = 2 if name == "adding_raises_power" else 1  # all powers of 1 are equal
        right_value, wrong_value = (e.subs(variable, trial) for e in (right, wrong))
        if right_value == wrong_value or wrong == 0:
            continue
        idea = _WORDS.misconception(
            name,
            answer=show(wrong),
            step=index,
            together=show_sum(terms),
            variable=variable,
            trial=trial,
            right_value=show(right_value),
            wrong_value=show(wrong_value),
        )
        ideas.append(unless_right(idea, show(right), kind="expression"))
    return ideas


PRECEDENCE = 150
FAMILIES = (SimplifyingFamily(),)

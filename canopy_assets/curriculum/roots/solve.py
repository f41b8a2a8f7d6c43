"""Roots of numbers, radicals in simplest form, sums, products and quotients of radicals, and radical equations."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.exponential_equations.linear_rest import linear_rest, solved_for
from canopy_assets.curriculum.grammar import NO_OTHER_WORD, parsed
from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import linear_parts, only_variable
from canopy_assets.curriculum.roots.misconceptions import (
    combined_ideas,
    equation_ideas,
    simplest_ideas,
    sum_ideas,
    value_ideas,
)
from canopy_assets.curriculum.roots.radicals import SIGN, Radical, radical_terms, root_of
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show, show_number, superscript
from canopy_assets.maths.glyphs import TO_HYPHEN
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)
_LARGEST = 10**6
_Part = tuple[list[Step], list[Misconception | None]]
_ROOT = (
    rf"(?P<factor{{0}}>\d{{{{1,3}}}})?\s*{SIGN}\s*(?:\((?P<inside{{0}}>\d{{{{1,6}}}})\)|(?P<bare{{0}}>\d{{{{1,6}}}}))"
)
"""3√12, sqrt(12), by number of the root."""
_TWO_ROOTS = re.compile(rf"{_ROOT.format(1)}\s*(?P<operation>[*·×/÷]?)\s*{_ROOT.format(2)}", re.VERBOSE)
_BRACKETED = re.compile(rf"\(({SIGN}\s*(?:\(\d{{1,6}}\)|\d{{1,6}}))\)")
"""A root in brackets, as a fraction of LaTeX has above and below: (√50)/(√2)."""
_CUBE = re.compile(r"∛\s*(?:\((?P<inside>-?\d{1,6})\)|(?P<bare>\d{1,6}))")
_EQUATION = re.compile(
    rf"{SIGN}\s*(?:\((?P<inside>[^()=]+)\)|(?P<bare>[a-z]))\s*=\s*(?P<right>\d{{1,4}})", re.IGNORECASE
)


@dataclass(frozen=True)
class RootFamily:
    """√49, ∛27, √72 in simplest form, √12 + √27, √50/√2."""

    name: str = "roots"
    topic: str = "roots"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for another statement, and for a number that is in simplest form already."""
        part = _named(statement) or _written(statement)
        if part is None:
            return None
        steps, ideas = part
        answer = steps[-1].result
        kind = "expression" if "√" in answer else "number"
        return Solution(self.name, self.topic, answer, kind, None, tuple(steps), kept(*ideas), _WORDS.concept("root"))


def _named(statement: str) -> _Part | None:
    """A root in words: "the cube root of 64"."""
    found = parsed(__package__, ascii_statement(statement), NO_OTHER_WORD) if "root" in statement.lower() else None
    if found is None:
        return None
    try:
        number = int(found.parts["number"].replace(",", ""))
    except ValueError:
        return None  # a fraction
    return _single(number, 3 if found.parts["order"].lower() == "cube" else 2)


def _written(statement: str) -> _Part | None:
    """An expression with roots under a known instruction."""
    instruction = read_instruction(statement)
    if instruction is None or not instruction.asks("simplify", "evaluate", "bare"):
        return None
    text = _BRACKETED.sub(r"\1", instruction.mathematics.translate(TO_HYPHEN).strip())
    cube = _CUBE.fullmatch(text)
    if cube:
        return _single(int(cube["inside"] or cube["bare"]), 3)
    terms = radical_terms(text)
    if terms and len(terms) == 1 and terms[0].inside > 1 and terms[0].factor > 0:
        return _single(terms[0].inside, 2) if terms[0].factor == 1 else _simplest(terms[0])
    if terms and sum(term.inside > 1 for term in terms) > 1:
        return _sum(laid_out(text.replace("sqrt", "√")), terms)
    two = _TWO_ROOTS.fullmatch(text)
    return _combined(two) if two else None


def _single(number: int, order: int) -> _Part | None:
    """The root of a number: a whole number, or a square root in simplest form."""
    root = root_of(number, order) if 1 < abs(number) <= _LARGEST else None
    if root is None:
        return _simplest(Radical(1, number)) if order == 2 and 1 < number <= _LARGEST else None
    sign, raised = ("∛", superscript(3)) if order == 3 else ("√", superscript(2))
    shown = f"{sign}{number}" if number > 0 else f"{sign}({show_number(number)})"
    kind, result = "cube" if order == 3 else "square", show_number(root)
    slots = {"root": shown, "number": show_number(number), "power": kind}
    ask = f"Which number has the {kind} {slots['number']}?"
    work = f"{in_brackets(root)}{raised} = {slots['number']}, so {shown} = {result}"
    step = Step("roots.value", ask, work, result, slots)
    return [step], value_ideas(slots, sympy.Integer(number) / order, result)


def _simplest(radical: Radical) -> _Part | None:
    """A root in simplest form: its largest square factor, taken out."""
    square = radical.square
    if square == 1:
        return None
    rest, result = radical.inside // square, radical.simplified.text
    slots = {"radical": radical.text, "number": str(radical.inside)}
    split = f"{square} × {rest}"
    steps = [
        Step(
            "roots.split",
            f"What is {radical.inside} as a product with the largest square factor?",
            f"{radical.inside} = {split}",
            split,
            slots,
        ),
        Step(
            "roots.take_out",
            f"What comes out of the root of {split}?",
            f"√{square} = {show(sympy.sqrt(square))}, so {radical.text} = {result}",
            result,
            {**slots, "product": split},
        ),
    ]
    return steps, simplest_ideas(radical, result)


def _sum(text: str, terms: list[Radical]) -> _Part | None:
    """A sum of roots: each is worked out or simplified, then like ones are put together."""
    simple = [term.simplified for term in terms]
    insides = {term.inside for term in simple}
    if len(insides) != 1 or any(t.inside > _LARGEST for t in terms):
        return None
    line = _joined(simple)
    total = Radical(sum(term.factor for term in simple), insides.pop())
    if total.factor == 0:
        return None
    steps, slots = [], {"expression": text}
    if line != text:
        ask = f"What is each root in {text}, worked out or in simplest form?"
        steps.append(Step("roots.each", ask, f"{text} = {line}", line, slots))
    ask = f"What do the terms of {line} come to together?"
    steps.append(Step("roots.collect", ask, f"{line} = {total.text}", total.text, {"terms": line}))
    return steps, sum_ideas(terms, text, total.text, len(steps) - 1)


def _joined(terms: list[Radical]) -> str:
    text = terms[0].text
    for term in terms[1:]:
        text += f" − {term.text[1:]}" if term.factor < 0 else f" + {term.text}"
    return text


def _combined(match: re.Match[str]) -> _Part | None:
    """A product or quotient of two roots, under one root, then worked out or simplified."""
    a, b = (int(match[f"inside{i}"] or match[f"bare{i}"]) for i in (1, 2))
    divided = match["operation"] in ("/", "÷")
    if match["factor1"] or match["factor2"] or not (1 < a <= 1000 and 1 < b <= 1000) or (divided and (a % b or a == b)):
        return None
    value, sign = (a // b, "÷") if divided else (a * b, "×")
    expression, result = f"√{a} {sign} √{b}", f"√{value}"
    slots = {"expression": expression, "first": str(a), "second": str(b), "operation": sign}
    ask = f"How can {expression} be written under one root?"
    first = Step("roots.combine", ask, f"{a} {sign} {b} = {value}, so {expression} = {result}", result, slots)
    rest = _single(value, 2)
    steps = [first, *rest[0]] if rest else [first]
    return steps, combined_ideas(a, b, divided, steps[-1].result)


@dataclass(frozen=True)
class RadicalEquationFamily:
    """Equations √(a·x + b) = n."""

    name: str = "radical_equation"
    topic: str = "radical equations"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for another statement. With n ≥ 0, squaring brings no false solution."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("solve", "bare"):
            return None
        text = instruction.mathematics.translate(TO_HYPHEN)
        left, _, right = text.partition("=")
        match = _EQUATION.fullmatch(text) or _EQUATION.fullmatch(f"{right.strip()} = {left.strip()}")
        try:
            inside = parse(match["inside"] or match["bare"]) if match else None
        except ExpressionError:
            return None
        variable = only_variable(inside) if inside is not None else None
        if match is None or inside is None or variable is None or linear_parts(inside, variable) is None:
            return None
        if not instruction.asks("solve", "bare", variables=(variable.name,)):
            return None
        return self._solution(inside, laid_out(match["inside"] or match["bare"]), int(match["right"]))

    def _solution(self, inside: sympy.Expr, written: str, right: int) -> Solution | None:
        square = right * right
        radical = f"√({written})" if len(written) > 1 else f"√{written}"
        result = f"{written} = {square}"
        slots = {"equation": f"{radical} = {right}", "radical": radical, "inside": written, "right": str(right)}
        ask = f"What is left of {radical} = {right} when both sides are squared?"
        first = Step("roots.undo", ask, f"{right}² = {square}, so {result}", result, slots)
        rest = linear_rest(inside, sympy.Integer(square), 1)
        if rest is None or right < 2:
            return None
        steps = (first, *rest[0])
        ideas = equation_ideas(inside, right, slots, steps[-1].result)
        concept = _WORDS.concept("radical_equation")
        return Solution(
            self.name,
            self.topic,
            solved_for(inside, sympy.Integer(square)),
            "solutions",
            None,
            steps,
            kept(*ideas, *rest[1]),
            concept,
        )


PRECEDENCE = 105
FAMILIES = (RootFamily(), RadicalEquationFamily())

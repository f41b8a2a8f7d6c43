"""Absolute values of numbers, and equations with one: |−14|, |x − 3| = 5, 2|x + 1| − 3 = 7."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.exponential_equations.linear_rest import solved_for
from canopy_assets.curriculum.grammar import NO_OTHER_WORD, parsed
from canopy_assets.curriculum.instructions import Instruction, read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import linear_parts, only_variable
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import show
from canopy_assets.maths.glyphs import TO_HYPHEN
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)
_EQUATION = re.compile(
    r"""
    (?P<factor>-?\d{0,3})\s*[*·×]?\s*
    \|(?P<inside>[^|=]+)\|\s*  # |x − 3|
    (?P<constant>[-+]\s*\d{1,6})?\s*
    =\s*(?P<right>-?\s*\d{1,6})
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Equation:
    """factor · |inside| + constant = right, as it was written, with a linear expression inside."""

    text: str
    inside: sympy.Expr
    inside_text: str
    factor: int
    constant: int
    right: int

    @property
    def distance(self) -> sympy.Expr:
        """What the absolute value has to be."""
        return sympy.Integer(self.right - self.constant) / self.factor

    @property
    def bars(self) -> str:
        """The absolute value as it is written."""
        return f"|{self.inside_text}|"


def _value(text: str) -> Solution | None:
    """The absolute value of a number."""
    found = (
        parsed(__package__, text, NO_OTHER_WORD)
        if "|" in text or "absolute" in text.lower() or "modulus" in text.lower()
        else None
    )
    if found is None:
        return None
    number = parse(found.parts["number"])
    shown, result = show(number), show(abs(number))
    if number == 0:
        return None
    slots = {"number": shown}
    step = Step("absolute.value", f"How far is {shown} from zero?", f"|{shown}| = {result}", result, slots)
    idea = _WORDS.misconception(
        "absolute_value_turns_sign" if number > 0 else "absolute_value_keeps_sign",
        answer=show(-abs(number)),
        number=shown,
    )
    concept = _WORDS.concept("absolute_value")
    return Solution("absolute_value", "absolute values", result, "number", None, (step,), (idea,), concept)


@dataclass(frozen=True)
class AbsoluteEquationFamily:
    """Equations with one absolute value of a linear expression."""

    name: str = "absolute_value_equation"
    topic: str = "absolute values"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for another statement, and where the absolute value would be 0."""
        instruction = read_instruction(statement)
        equation = _equation(instruction) if instruction else None
        if equation is None or equation.distance == 0:
            return None
        steps = [] if equation.factor == 1 and equation.constant == 0 else [_isolate(equation)]
        if equation.distance < 0:
            steps.append(_impossible(equation))
            ideas = [_negative_distance_idea(equation, len(steps) - 1)]
        else:
            steps += [_cases(equation), _solved(equation)]
            ideas = _case_ideas(equation, steps[-1].result, len(steps) - 2)
        concept = _WORDS.concept("absolute_value")
        return Solution(self.name, self.topic, steps[-1].result, "solutions", None, tuple(steps), kept(*ideas), concept)


def _equation(instruction: Instruction) -> _Equation | None:
    text = instruction.mathematics.translate(TO_HYPHEN).replace("∣", "|")
    match = _EQUATION.fullmatch(text)
    if match is None:
        left, _, right = text.partition("=")
        match = _EQUATION.fullmatch(f"{right.strip()} = {left.strip()}")
    if match is None:
        return None
    try:
        inside = parse(match["inside"])
    except ExpressionError:
        return None
    variable = only_variable(inside)
    if variable is None or not instruction.asks("solve", "bare", variables=(variable.name,)):
        return None
    parts, factor = linear_parts(inside, variable), {"": 1, "-": -1}.get(match["factor"]) or int(match["factor"])
    if parts is None or parts[0] == 0 or factor == 0:
        return None
    constant = int(re.sub(r"\s", "", match["constant"] or "0"))
    return _Equation(
        laid_out(text), inside, laid_out(match["inside"]), factor, constant, int(re.sub(r"\s", "", match["right"]))
    )


def _isolate(equation: _Equation) -> Step:
    """Brings the absolute value to stand alone."""
    result = f"{equation.bars} = {show(equation.distance)}"
    slots = {"equation": equation.text, "bars": equation.bars}
    ask = f"How does {equation.text} look with {equation.bars} alone on its side?"
    return Step("absolute.isolate", ask, f"{equation.text}, so {result}", result, slots)


def _cases(equation: _Equation) -> Step:
    """Opens the bars: the inside is as far from zero as the number says, on either side."""
    inside, distance = equation.inside_text, show(equation.distance)
    result = f"{inside} = {distance} or {inside} = {show(-equation.distance)}"
    slots = {"bars": equation.bars, "inside": inside, "distance": distance}
    ask = f"Which numbers may {inside} be, if it is {distance} away from zero?"
    return Step("absolute.cases", ask, f"{equation.bars} = {distance} means {result}", result, slots)


def _solved(equation: _Equation) -> Step:
    """Solves both equations."""
    inside, distance = equation.inside_text, equation.distance
    answer = " or ".join(solved_for(equation.inside, value) for value in (distance, -distance))
    slots = {"inside": inside, "positive": show(distance), "negative": show(-distance)}
    slots["variable"] = str(next(iter(equation.inside.free_symbols)))
    ask = f"What does {slots['variable']} have to be in each of the two equations?"
    work = f"{inside} = {show(distance)} or {inside} = {show(-distance)}, so {answer}"
    return Step("absolute.solve", ask, work, answer, slots)


def _impossible(equation: _Equation) -> Step:
    """Sees that a distance cannot be negative."""
    distance = show(equation.distance)
    slots = {"bars": equation.bars, "distance": distance}
    ask = f"Can {equation.bars}, which is a distance from zero, ever be {distance}?"
    work = f"{equation.bars} is never negative, so it cannot be {distance}: no solution"
    return Step("absolute.impossible", ask, work, "no solution", slots)


def _negative_distance_idea(equation: _Equation, index: int) -> Misconception | None:
    """The bars are dropped, and the equation solved as it stands."""
    return _WORDS.misconception(
        "bars_dropped",
        answer=solved_for(equation.inside, equation.distance),
        step=index,
        bars=equation.bars,
        inside=equation.inside_text,
        distance=show(equation.distance),
    )


def _case_ideas(equation: _Equation, right: str, index: int) -> list[Misconception | None]:
    """Only one of the cases is seen, or the solution itself gets both signs."""
    inside, distance = equation.inside, equation.distance
    one = solved_for(inside, distance)
    name, _, value = one.partition(" = ")
    slots = {
        "bars": equation.bars,
        "inside": equation.inside_text,
        "distance": show(distance),
        "negative": show(-distance),
    }
    opposite = f"{name} = {show(-parse(value))}"
    at_opposite = abs(inside.subs(sympy.Symbol(name), -parse(value)))
    ideas = [_WORDS.misconception("only_positive_case", answer=one, step=index, **slots)]
    if parse(value) != 0:
        ideas.append(
            _WORDS.misconception(
                "solution_with_both_signs",
                answer=f"{one} or {opposite}",
                step=index + 1,
                **slots,
                opposite=opposite,
                one=one,
                at_opposite=show(at_opposite),
            )
        )
    return [unless_right(idea, right, kind="solutions") for idea in ideas]


PRECEDENCE = 95
FAMILIES = (WordedFamily("absolute_value", "absolute values", (_value,)), AbsoluteEquationFamily())

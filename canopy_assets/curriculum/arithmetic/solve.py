"""Order of operations: "3 + 4 × (8 − 2)", worked out one operation at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.arithmetic.words import in_figures
from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import NUMBER, number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import quantity_in_brackets, show_quantity
from canopy_assets.maths.glyphs import TO_SUPERSCRIPT
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_OPERATIONS = 6  # one tutor turn per operation; a longer exercise would become a lecture
MAX_EXPONENT = 12
MAX_VALUE = 10**9

_TOKEN = re.compile(rf"\s*({NUMBER}|[-+*/^()])")
_SYMBOL = {"+": "+", "-": "−", "*": "×", "/": "÷", "^": "^"}
_NAME = {"+": "addition", "-": "subtraction", "*": "multiplication", "/": "division", "^": "power"}
_RANK = {"+": 0, "-": 0, "*": 1, "/": 1, "^": 2}
_RULES = {
    "brackets": "Brackets are worked out before anything outside them",
    "power": "A power comes before multiplying, dividing, adding and subtracting",
    "rank": "Multiplication and division come before addition and subtraction",
    "left": "Operations of equal rank go from left to right",
    "last": "With a single operation left, the order is no longer in question",
}

_ROUND_BRACKETS = str.maketrans("[]", "()")

Token = Fraction | str


@dataclass(frozen=True)
class _Reduction:
    """An operation that may be done next: tokens[start:end] become `value`."""

    start: int
    end: int
    operator: str
    left: Fraction
    right: Fraction
    value: Fraction
    rule: str


def _tokens(text: str) -> list[Token] | None:
    """The numbers (with their minus sign), operators and brackets of an expression; None for any other text."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        position, piece = match.end(), match[1]
        if piece[0] not in "-+*/^()":
            value = number(piece)
            if len(tokens) >= 1 and tokens[-1] == "-" and (len(tokens) == 1 or tokens[-2] in ("(", "*", "/", "+", "-")):
                tokens.pop()
                value = -value
            if tokens and (isinstance(tokens[-1], Fraction) or tokens[-1] == ")"):
                return None
            tokens.append(value)
        else:
            if piece == "(" and tokens and (isinstance(tokens[-1], Fraction) or tokens[-1] == ")"):
                if _is_divided(tokens):
                    return None  # 10 / 2(5) is 25 to some and 1 to others
                tokens.append("*")  # 4(8 − 2)
            tokens.append(piece)
    if re.search(r"\^\s*-?[\d.,]+\s*\^", text):
        return None  # 2^3^2 is read from the left by some and from the right by others
    return _without_lone_brackets(tokens)


def _is_divided(tokens: list[Token]) -> bool:
    """Whether the last product of the tokens follows a division: 10 / 2, and not 6 / 2 + 4."""
    depth = 0
    for token in reversed(tokens):
        if token == ")":
            depth += 1
        elif token == "(":
            depth -= 1
        if depth < 0 or (depth == 0 and token in ("+", "-")):
            return False
        if depth == 0 and token == "/":
            return True
    return False


def _without_lone_brackets(tokens: list[Token]) -> list[Token]:
    """The tokens with (5) and (−5) reduced to the number, because such brackets say nothing about the order."""
    for i in range(len(tokens) - 2):
        if tokens[i] == "(" and isinstance(tokens[i + 1], Fraction) and tokens[i + 2] == ")":
            return _without_lone_brackets([*tokens[:i], tokens[i + 1], *tokens[i + 3 :]])
    return tokens


def _operations(tokens: list[Token]) -> int:
    return sum(token in _RANK for token in tokens if isinstance(token, str))


def _inner(tokens: list[Token]) -> tuple[int, int, bool]:
    """Start and end of the inside of the first innermost bracket, or of everything, and whether there is a bracket."""
    closing = next((i for i, token in enumerate(tokens) if token == ")"), None)
    if closing is None:
        return 0, len(tokens), False
    opening = max((i for i in range(closing) if tokens[i] == "("), default=-1)
    if opening < 0:
        raise ValueError("a closing bracket without an opening one")
    return opening + 1, closing, True


def _next(tokens: list[Token]) -> _Reduction:
    """The operation that comes next by convention.

    Raises:
        ValueError: The tokens are not a well-formed expression of bounded size.
    """
    start, end, in_brackets = _inner(tokens)
    ranked = [(i, _RANK[t]) for i, t in enumerate(tokens[start:end], start) if isinstance(t, str) and t in _RANK]
    if not ranked:
        raise ValueError("no operation to do")
    rank = max(r for _, r in ranked)
    at = next(i for i, r in ranked if r == rank)
    left, right = (tokens[at - 1] if at > start else "("), (tokens[at + 1] if at + 1 < end else ")")
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        raise ValueError("an operator without a number on either side")
    if len(ranked) == 1 and not in_brackets:
        rule = "last"
    elif in_brackets:
        rule = "brackets"
    else:
        rule = "left" if len({r for _, r in ranked}) == 1 else ("power" if rank == 2 else "rank")
    return _Reduction(at - 1, at + 2, str(tokens[at]), left, right, _apply(left, str(tokens[at]), right), rule)


def _apply(left: Fraction, operator: str, right: Fraction) -> Fraction:
    """The result of one operation.

    Raises:
        ValueError: The exponent or the result is out of range.
    """
    if operator == "^":
        if right.denominator != 1 or not 0 <= right <= MAX_EXPONENT or left < 0:
            raise ValueError("an exponent out of range")  # −3² and (−3)² read alike here, so neither is taken
        value = left ** int(right)
    elif operator == "/":
        value = left / right
    else:
        value = left * right if operator == "*" else (left + right if operator == "+" else left - right)
    if abs(value) > MAX_VALUE:
        raise ValueError("a value too large for a textbook sum")
    return value


def _reduced(tokens: list[Token], step: _Reduction) -> list[Token]:
    return _without_lone_brackets([*tokens[: step.start], step.value, *tokens[step.end :]])


def _display(tokens: list[Token]) -> str:
    """The tokens as a textbook prints them."""
    text = ""
    for i, token in enumerate(tokens):
        if isinstance(token, Fraction):
            power = i > 0 and tokens[i - 1] == "^"
            text += (
                show_quantity(token).translate(TO_SUPERSCRIPT)
                if power
                else (quantity_in_brackets(token) if i else show_quantity(token))
            )
        elif token in "()":
            text += token
        elif token != "^":
            text += f" {_SYMBOL[token]} "
    return text


def _part(step: _Reduction) -> str:
    return _display([step.left, step.operator, step.right])


def _steps(tokens: list[Token]) -> tuple[tuple[Step, ...], Fraction]:
    """One step for each operation, in the conventional order, and the final value."""
    steps = []
    while len(tokens) > 1:
        step = _next(tokens)
        part, before = _part(step), _display(tokens)
        name = _NAME[step.operator]
        ask = (
            f"What does {part} come to?"
            if step.rule == "last"
            else f"Which part of {before} comes first, and what is it?"
        )
        slots = {"expression": before, "part": part, "operation": name, "rule": _RULES[step.rule]}
        kind = "arithmetic.finish" if step.rule == "last" else "arithmetic.operation"
        steps.append(Step(kind, ask, f"{part} = {show_quantity(step.value)}", show_quantity(step.value), slots))
        tokens = _reduced(tokens, step)
    value = tokens[0]
    if not isinstance(value, Fraction):
        raise ValueError("not a number in the end")
    return tuple(steps), value


def _value(tokens: list[Token]) -> Fraction:
    return _steps(tokens)[1]


def _left_to_right(tokens: list[Token]) -> Idea | None:
    """The operations are done from left to right; only if the second one has precedence and there are no brackets."""
    operators = [t for t in tokens if isinstance(t, str)]
    if len(operators) < 2 or "(" in operators or "^" in operators or _RANK[operators[0]] >= _RANK[operators[1]]:
        return None
    value = tokens[0]
    assert isinstance(value, Fraction)
    for operator, right in zip(tokens[1::2], tokens[2::2], strict=True):
        assert isinstance(operator, str)
        assert isinstance(right, Fraction)
        value = _apply(value, operator, right)
    misconception = _WORDS.misconception(
        "always_left_to_right",
        answer=show_quantity(value),
        first=_display(tokens[:3]),
        rest=_display(tokens[3:]).strip(),
    )
    return Idea(value, misconception)


def _brackets_dropped(tokens: list[Token]) -> Idea | None:
    """The brackets are dropped, and the rest is worked out in the conventional order."""
    if "(" not in tokens:
        return None
    flat = [t for t in tokens if t not in ("(", ")")]
    value = _value(flat)
    start, end, _ = _inner(tokens)
    misconception = _WORDS.misconception(
        "brackets_ignored",
        answer=show_quantity(value),
        without_brackets=_display(flat),
        inside=_display(tokens[start:end]),
    )
    return Idea(value, misconception)


def _power_as_product(tokens: list[Token]) -> Idea | None:
    """a^b taken as a × b."""
    at = next((i for i, t in enumerate(tokens) if t == "^"), None)
    if at is None or not isinstance(tokens[at - 1], Fraction) or not isinstance(tokens[at + 1], Fraction):
        return None
    value = _value([*tokens[:at], "*", *tokens[at + 1 :]])
    base, exponent = tokens[at - 1], tokens[at + 1]
    assert isinstance(base, Fraction)
    assert isinstance(exponent, Fraction)
    misconception = _WORDS.misconception(
        "base_times_exponent",
        answer=show_quantity(value),
        power=_display(tokens[at - 1 : at + 2]),
        base=show_quantity(base),
        exponent=show_quantity(exponent),
    )
    return Idea(value, misconception)


def _added_first(tokens: list[Token]) -> Idea | None:
    """a − b + c taken as a − (b + c)."""
    if len(tokens) != 5 or tokens[1] != "-" or tokens[3] != "+":
        return None
    a, b, c = (t for t in tokens[::2] if isinstance(t, Fraction))
    value = a - (b + c)
    misconception = _WORDS.misconception(
        "addition_before_subtraction",
        answer=show_quantity(value),
        start=show_quantity(a),
        loss=show_quantity(b),
        gain=show_quantity(c),
        gain_in_brackets=quantity_in_brackets(c),
        sum=show_quantity(b + c),
        sum_in_brackets=quantity_in_brackets(b + c),
    )
    return Idea(value, misconception)


def _sign_of_second(tokens: list[Token]) -> Idea | None:
    """a − (−b) taken as a − b."""
    if len(tokens) != 3 or tokens[1] != "-" or not isinstance(tokens[2], Fraction) or tokens[2] >= 0:
        return None
    a, b = tokens[0], tokens[2]
    assert isinstance(a, Fraction)
    misconception = _WORDS.misconception(
        "second_minus_ignored", answer=show_quantity(a + b), balance=show_quantity(a), debt=show_quantity(-b)
    )
    return Idea(a + b, misconception)


def _expression(text: str) -> Solution | None:
    """The solution of an expression with up to `MAX_OPERATIONS` operations, written with figures or in words."""
    instruction = read_instruction(in_figures(text) or text)
    if instruction is None or not instruction.asks("evaluate", "simplify", "bare"):
        return None
    written = instruction.mathematics.translate(_ROUND_BRACKETS)
    tokens = _tokens(re.sub(r"\s*=[\s_?]*$", "", written))
    if tokens is None or not 1 <= _operations(tokens) <= MAX_OPERATIONS:
        return None
    if any(int(top) % int(bottom) for top, bottom in re.findall(r"(\d+)/(\d+)", text) if int(bottom)):
        return None  # "6/8 + 1/2" is about fractions, not about the order of operations
    steps, value = _steps(tokens)
    finders = (_left_to_right, _brackets_dropped, _power_as_product, _added_first, _sign_of_second)
    ideas = [idea for idea in (finder(tokens) for finder in finders) if idea is not None]
    concept = _WORDS.concept("order_of_operations")
    return Solution(
        family="arithmetic",
        topic="arithmetic",
        answer=show_quantity(value),
        answer_kind="number",
        unit=None,
        steps=steps,
        misconceptions=wrong_ideas(value, ideas),
        concept=concept,
    )


PRECEDENCE = 170
FAMILIES: tuple[Family, ...] = (WordedFamily("arithmetic", "arithmetic", (_expression,)),)

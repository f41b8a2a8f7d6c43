"""Calculations in words, written with figures: "twice the sum of 4 and 9" is 2 × (4 + 9)."""

from __future__ import annotations

import re

from canopy_assets.curriculum.grammar import ONE_LETTER, parsed
from canopy_assets.curriculum.statement_grammar.matching import Part
from canopy_assets.curriculum.statements import digits_for_words

_TIMES = {"twice": "2", "double": "2", "triple": "3", "thrice": "3"}
_SIGNS = {"sum": "+", "difference": "-", "taken_from": "-", "product": "*", "quotient": "/"}
_COMMANDS = {"added": "sum", "subtracted": "taken_from", "multiplied": "product", "divided": "quotient"}


def in_figures(text: str) -> str | None:
    """The calculation that a statement asks for in words, in ASCII; None where it is no such statement."""
    if not re.search(r"[a-z]{3}", text, re.IGNORECASE):
        return None
    found = parsed(__package__ or "", digits_for_words(text), ONE_LETTER)
    if found is None:
        return None
    if found.kind in _COMMANDS:
        return _joined(_COMMANDS[found.kind], [_operand(child) for child in found.tree.parts])
    (calculation,) = found.tree.parts
    return _calculation(calculation)


def _calculation(tree: Part) -> str | None:
    kind = tree.rule.removeprefix("nested_")
    operands = [_operand(child) for child in tree.parts]
    if kind == "multiple":
        times = next(_TIMES[str(token)] for token in tree.children if str(token) in _TIMES)
        return f"{times} * {operands[0]}"
    if kind == "half":
        return f"{operands[0]} / 2"
    return f"{operands[0]}^2" if kind == "square" else _joined(kind, operands)


def _joined(kind: str, operands: list[str]) -> str | None:
    """The operands with the sign between them; None for "the difference between 3 and 8", which some take as 5."""
    if kind == "taken_from":
        operands = operands[::-1]
    if kind == "difference" and all(re.fullmatch(r"\(?-?[\d.]+\)?", o) for o in operands):
        first, second = (float(o.strip("()")) for o in operands)
        if first < second:
            return None
    return f" {_SIGNS[kind]} ".join(operands)


def _operand(tree: Part) -> str:
    """A number, in brackets if it is negative, or a nested calculation in brackets."""
    if tree.rule != "number":
        return f"({_calculation(tree)})"
    (token,) = tree.children
    digits = str(token).replace(",", "")
    return f"({digits})" if digits.startswith("-") else digits

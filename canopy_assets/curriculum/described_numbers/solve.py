"""Linear equations in words about a number: "Five less than three times a number is 22. What is the number?"."""

from __future__ import annotations

import re
from dataclasses import replace

import sympy

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.linear.solve import LinearFamily
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, kept, unless_right
from canopy_assets.curriculum.statement_grammar.matching import Part
from canopy_assets.curriculum.statements import digits_for_words, try_equation
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

UNKNOWN = "n"
_NUMBER = re.compile(r"\bnumber\b", re.IGNORECASE)
_SOME_NUMBER = re.compile(r"\ban? (?:unknown )?number\b", re.IGNORECASE)
_FACTORS = {"twice": "2", "double": "2", "triple": "3"}
_SIGNS = {"sum": "+", "difference": "-"}
_LINEAR = LinearFamily("linear_equation", "linear equations", equations=True)


def described(text: str) -> Solution | None:
    """The number that a sentence describes: the sentence as an equation, and the equation solved."""
    found = parsed(__package__, digits_for_words(text), ONE_LETTER) if _NUMBER.search(text) else None
    if found is None:
        return None
    if len(_SOME_NUMBER.findall(text)) > 1:
        return None  # two numbers, or the same one again
    left, right = (_expression(part.parts[0]) for part in found.tree.parts if part.rule in ("left", "right"))
    equation = laid_out(f"{left} = {right}")
    solved = _LINEAR.solve(f"{left} = {right}") if UNKNOWN in f"{left}{right}" else None
    if solved is None or solved.answer_kind != "solutions":
        return None
    sentence = _sentence(text)
    slots = {"sentence": sentence, "variable": UNKNOWN}
    ask = f"If {UNKNOWN} is the number, which equation says the same as “{sentence}”?"
    step = Step("linear.translate", ask, equation, equation, slots)
    later = [replace(idea, step=idea.step + 1) for idea in solved.misconceptions]
    return replace(
        solved,
        family="described_number",
        steps=(step, *solved.steps),
        misconceptions=kept(_turned(found, right, solved.answer, equation, slots), *later),
    )


def _sentence(text: str) -> str:
    """The sentence that describes the number, as it stands in the statement."""
    parts = [p.strip() for p in re.split(r"(?<=[.?!;])\s+|,\s*(?=find|what)", text) if p.strip()]
    asks = re.compile(r"(?:please )?(?:find|what|calculate|determine|work out|give|state) ", re.IGNORECASE)
    kept_parts = [p for p in parts if not asks.match(p)] or parts
    return " ".join(kept_parts).rstrip(".,;")


def _expression(tree: Part) -> str:
    """A description in symbols."""
    kind = tree.rule.removeprefix("bracket_")
    if kind == "unknown":
        return UNKNOWN
    if kind == "number":
        return str(tree.children[0]).replace(",", "")
    if kind in ("multiple", "times"):
        factor, of = tree.parts
        said = str(factor.children[0])
        return f"{_FACTORS.get(said, said.replace(',', ''))}{_bracketed(of)}"
    if kind == "half":
        return f"{_bracketed(tree.parts[0])}/2"
    operands = [_expression(p) for p in tree.parts]
    if kind == "taken_from":
        return f"{operands[1]} - {operands[0]}"
    if kind == "product":
        return "".join(sorted(operands))
    return "/".join(operands) if kind == "quotient" else f" {_SIGNS[kind]} ".join(operands)


def _bracketed(tree: Part) -> str:
    return f"({_expression(tree)})" if tree.rule.startswith("bracket_") else _expression(tree)


def _turned(found: Parsed, right: str, answer: str, equation: str, slots: dict[str, str]) -> Misconception | None:
    """ "5 less than 3n" written in the order of the words: 5 − 3n."""
    taken = next((part for part in found.tree.inside() if part.rule == "taken_from"), None)
    if taken is None:
        return None
    first, second = (_expression(p) for p in taken.parts)
    wrong = f"{first} - {second} = {right}"
    sides = try_equation(wrong)
    if sides is None or equation == laid_out(wrong):
        return None
    idea = _WORDS.misconception("less_than_in_order_of_words", answer=laid_out(wrong), step=0, first=first, **slots)
    solved = sympy.solve(sympy.Eq(*sides))
    return (
        None if solved and equivalent(f"{UNKNOWN} = {solved[0]}", answer, "solutions") else unless_right(idea, equation)
    )


PRECEDENCE = 54
FAMILIES: tuple[Family, ...] = (WordedFamily("described_number", "linear equations", (described,)),)

"""Computes the answers about vectors and determinants a second time, from the figures of the statement."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse

_NUMBER = re.compile(r"(?<![\w.])-?\s?\d+(?:\.\d+)?")
_BRACKETED = re.compile(r"[(\[<⟨]([^()\[\]<>⟨⟩=]*[,;][^()\[\]<>⟨⟩=]*)[)\]>⟩]")
_UNIT_VECTORS = re.compile(r"(?:[-+]?\s*[\d.]*\s*[ijk](?![a-z])\s*){2,3}")
_UNIT = re.compile(r"([-+]?)\s*([\d.]*)\s*[ijk]")
_DEFINED = re.compile(r"\b([a-z])\s*=\s*$")
_TERM = r"(?:\d+(?:/\d+)?\s*\*?\s*)?[a-z](?![a-z])"
_SUM = re.compile(rf"(?<![a-z])-?\s*{_TERM}(?:\s*[-+]\s*{_TERM})*")


def _vectors(text: str) -> list[tuple[str | None, list[Fraction]]]:
    """The vectors of a statement in its order, each with the letter that stands for it."""
    found: list[tuple[str | None, list[Fraction]]] = []
    for match in sorted([*_BRACKETED.finditer(text), *_UNIT_VECTORS.finditer(text)], key=lambda m: m.start()):
        if match.re is _BRACKETED:
            values = [Fraction(v.replace(" ", "")) for v in re.split(r"[,;]", match[1])]
        else:
            values = [Fraction(f"{sign}{size or 1}") for sign, size in _UNIT.findall(match[0])]
        name = _DEFINED.search(text[: match.start()].lower())
        found.append((name[1] if name else None, values))
    return found


def _statement(statement: str) -> str:
    return ascii_statement(statement).replace("\u20d7", "")


def _is_dot_product(statement: str, solution: Solution) -> bool:
    """The sum of products of the statement's components."""
    (_, u), (_, v) = _vectors(_statement(statement))
    return close(sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0)), value_at(parse(solution.answer)))


def _is_length(statement: str, solution: Solution) -> bool:
    """The square of the length is the vector's product with itself."""
    ((_, vector),) = _vectors(_statement(statement))
    length = complex(value_at(parse(solution.answer)))
    return length.real > 0 and close(length**2, sum((c**2 for c in vector), Fraction(0)))


def _is_combination(statement: str, solution: Solution) -> bool:
    """Each component, with those of the vectors put in for their letters."""
    text = _statement(statement)
    vectors = _vectors(text)
    answer = [Fraction(v.replace("−", "-").replace(" ", "")) for v in solution.answer.strip("()").split(",")]
    named = {name: values for name, values in vectors if name}
    if not named:
        (_, first), *others = vectors
        start = text.index(text[_BRACKETED.search(text).start()])  # type: ignore[union-attr]
        factor = _NUMBER.search(text[:start])
        if not others:
            return factor is not None and answer == [Fraction(factor[0].replace(" ", "")) * c for c in first]
        second = others[0][1]
        if "subtract" in text.lower():  # "subtract (1, 2) from (4, 7)"
            return answer == [b - a for a, b in zip(first, second, strict=True)]
        sign = -1 if re.search(r"[)\]>⟩jk]\s*-\s*[(\[<⟨]", text) else 1
        return answer == [a + sign * b for a, b in zip(first, second, strict=True)]
    rest = _UNIT_VECTORS.sub(" ", _BRACKETED.sub(" ", text.lower()))
    asked = [m[0] for m in _SUM.finditer(rest) if set(re.findall("[a-z]", m[0])) == set(named)]
    expression = parse(asked[-1])
    values = [value_at(expression, {n: v[i] for n, v in named.items()}) for i in range(len(answer))]
    return all(close(a, b) for a, b in zip(values, answer, strict=True))


def _is_determinant(statement: str, solution: Solution) -> bool:
    """By elimination: the product of the pivots."""
    text = re.sub(r"\b2\s*(?:\*|x|by|-by-)\s*2\b", " ", _statement(statement))
    a, b, c, d = (Fraction(n.replace(" ", "")) for n in _NUMBER.findall(text))
    return close(a * (d - c / a * b) if a else -c * b, value_at(parse(solution.answer)))


CHECKS: dict[str, Check] = {
    "dot_product": _is_dot_product,
    "vector_length": _is_length,
    "vector_sum": _is_combination,
    "determinant": _is_determinant,
}

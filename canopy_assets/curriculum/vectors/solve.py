"""Dot products, lengths, sums and multiples of vectors, and determinants of 2 × 2 matrices."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

import sympy

from canopy_assets.curriculum.grammar import IN_FORMULAS, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, kept, wrong_ideas
from canopy_assets.curriculum.statements import number, try_parse
from canopy_assets.curriculum.vectors.misconceptions import (
    combination_ideas,
    determinant_ideas,
    dot_ideas,
    length_ideas,
    scale_idea,
    shown_vector,
)
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import as_fraction, listing, quantity_in_brackets, show, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_ARROW = "\u20d7"
"""The arrow over a vector's letter."""
_TELLING = re.compile(r"[(\[<⟨|]\s*-?\s*\d|\bj\b|\d\s*j\b")
_COMPONENT = re.compile(r"(-?\s*(?:\d+(?:\.\d+)?)?)\s*([ijk])")
_NUMBER = re.compile(r"-?\s*\d+(?:\.\d+)?")


def _read(text: str) -> Parsed | None:
    """The parts of a statement by the grammar, which need not be asked about a text without a vector."""
    text = text.replace(_ARROW, "")
    return parsed(__package__, text, IN_FORMULAS) if _TELLING.search(text) else None


def _vector(text: str) -> list[Fraction]:
    """The components of "(1, −2, 3)" or "2i − 3j".

    Raises:
        ValueError: the unit vectors are not in order.
    """
    text = text.replace(" ", "").lower()
    if text[0] in "([<⟨":
        return [number(n) for n in _NUMBER.findall(text)]
    parts = [(unit, number(n + "1" if n in ("", "-") else n)) for n, unit in _COMPONENT.findall(text.replace("+", ""))]
    if [unit for unit, _ in parts] != list("ijk")[: len(parts)]:
        raise ValueError("unit vectors out of order")
    return [value for _, value in parts]


def _dot(text: str) -> Solution | None:
    """The dot product of two vectors of equal dimension."""
    found = _read(text)
    if found is None or found.kind != "dot" or not _asks_for_both(found):
        return None
    u, v = _vector(found.parts["first"]), _vector(found.parts["second"])
    if len(u) != len(v):
        return None
    products = [a * b for a, b in zip(u, v, strict=True)]
    answer = sum(products, Fraction(0))
    first, second = shown_vector(u), shown_vector(v)
    pairs = listing(f"{show_quantity(a)} × {quantity_in_brackets(b)}" for a, b in zip(u, v, strict=True))
    results = listing(show_quantity(p) for p in products)
    slots = {
        "first": first,
        "second": second,
        "pairs": pairs,
        "count": str(len(u)),
        "u1": show_quantity(u[0]),
        "v1": show_quantity(v[0]),
    }
    steps = [
        Step(
            "dot_product.products",
            f"What are the products of matching components in {first} and {second}?",
            f"{pairs} give {results}",
            results,
            slots,
        )
    ]
    work = (
        " + ".join([show_quantity(products[0]), *(quantity_in_brackets(p) for p in products[1:])])
        + f" = {show_quantity(answer)}"
    )
    slots = {"first": first, "second": second, "products": results, "count": str(len(u))}
    steps.append(
        Step("dot_product.sum", f"What do the products {results} come to together?", work, show_quantity(answer), slots)
    )
    return Solution(
        family="dot_product",
        topic="vectors",
        answer=show_quantity(answer),
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(answer, dot_ideas(u, v), 2),
        concept=_WORDS.concept("dot_product"),
    )


def _asks_for_both(found: Parsed) -> bool:
    """Whether the vectors have no names, or the question is about both: "u · v" for u = (1, 2) and v = (3, 4)."""
    names = {found.get("name"), found.get("name_two")}
    return "first_name" not in found.parts or names == {found.get("first_name"), found.get("second_name")}


def _determinant(text: str) -> Solution | None:
    """The determinant of a 2 × 2 matrix."""
    found = _read(text)
    if found is None or found.kind != "determinant":
        return None
    if found.get("matrix_name_asked") not in (None, found.get("matrix_name")):
        return None
    written = found.parts.get("matrix") or found.parts["bars"]
    a, b, c, d = (number(n) for n in _NUMBER.findall(written))
    rows = f"({show_quantity(a)}, {show_quantity(b)}) and ({show_quantity(c)}, {show_quantity(d)})"
    main, other = show_quantity(a * d), show_quantity(b * c)
    answer = a * d - b * c
    steps = [
        _diagonal("main", a, d, rows),
        _diagonal("other", b, c, rows),
        Step(
            "determinant.subtract",
            f"How do the diagonal products {main} and {other} make the determinant?",
            f"{main} − {quantity_in_brackets(b * c)} = {show_quantity(answer)}",
            show_quantity(answer),
            {"main": main, "other": other, "rows": rows},
        ),
    ]
    return Solution(
        family="determinant",
        topic="vectors",
        answer=show_quantity(answer),
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(answer, determinant_ideas(a, b, c, d), 3),
        concept=_WORDS.concept("determinant"),
    )


def _diagonal(which: str, p: Fraction, q: Fraction, rows: str) -> Step:
    result, work = show_quantity(p * q), f"{show_quantity(p)} × {quantity_in_brackets(q)} = {show_quantity(p * q)}"
    way = "from top left to bottom right" if which == "main" else "from top right to bottom left"
    slots = {"which": which, "p": show_quantity(p), "q": quantity_in_brackets(q), "rows": rows, "way": way}
    return Step("determinant.diagonal", f"What is the product along the {which} diagonal, {way}?", work, result, slots)


def _length(text: str) -> Solution | None:
    """The length of a vector with integer components."""
    found = _read(text)
    if found is None or found.kind != "length" or found.get("only_name") not in (None, found.get("name")):
        return None
    vector = _vector(found.parts["vector"])
    if not any(vector) or any(c.denominator != 1 for c in vector):
        return None
    shown, total = shown_vector(vector), sum((c * c for c in vector), Fraction(0))
    squares, answer = show_quantity(total), show(sympy.sqrt(total.numerator))
    work = f"{' + '.join(f'{quantity_in_brackets(c)}²' for c in vector)} = {squares}"
    ask = f"What do the squares of the components of {shown} add up to?"
    steps = [
        Step("vector.squares", ask, work, squares, {"vector": shown, "count": str(len(vector))}),
        Step(
            "vector.root",
            f"Which length has the square {squares}?",
            f"√{squares} = {answer}" if answer.isdigit() else f"√{squares} is {answer}",
            answer,
            {"vector": shown, "squares": squares},
        ),
    ]
    ideas = kept(*length_ideas(vector, answer))
    return Solution("vector_length", "vectors", answer, "number", None, tuple(steps), ideas, _WORDS.concept("length"))


def _combination(text: str) -> Solution | None:
    """A multiple of a vector, or a sum or difference of multiples of two."""
    found = _read(text)
    terms = _terms(found) if found is not None and found.kind == "combination" else None
    if not terms or len({len(vector) for _, vector in terms}) > 1 or any(not factor for factor, _ in terms):
        return None
    (first, u), *others = terms
    steps: list[Step] = []
    ideas = []
    scaled = []
    sign = -1 if others and others[0][0] < 0 else 1
    for factor, vector in [(first, u), *((sign * f, v) for f, v in others)]:
        scaled.append([factor * c for c in vector])
        if factor != 1:
            steps.append(_scale_step(factor, vector))
            ideas += scale_idea(factor, vector, steps[-1].result, len(steps) - 1)
    if others:
        steps.append(_combine_step(scaled[0], scaled[1], sign))
        ideas += combination_ideas(scaled[0], scaled[1], sign, steps[-1].result, len(steps) - 1)
    if not steps:
        return None
    answer = steps[-1].result
    return Solution(
        "vector_sum", "vectors", answer, "point", None, tuple(steps), kept(*ideas), _WORDS.concept("vector_sum")
    )


def _terms(found: Parsed) -> list[tuple[Fraction, list[Fraction]]] | None:
    """The factors and vectors of a sum, in its order; None where it has other letters than its vectors' names."""
    first = _vector(found.parts["first"])
    if "sum" not in found.parts:
        if "factor" in found.parts:
            return [(number(found.parts["factor"]), first)]
        sign = -1 if found.get("sign") == "-" or "subtract" in found.parts else 1
        return [(Fraction(1), first), (Fraction(sign), _vector(found.parts["second"]))]
    named = {found.parts["name"]: first}
    if "name_two" in found.parts:
        named[found.parts["name_two"]] = _vector(found.parts["second"])
    written = try_parse(found.parts["sum"])
    letters = sorted((str(s) for s in written.free_symbols), key=found.parts["sum"].index) if written else []
    if written is None or set(letters) != set(named):
        return None
    factors = [cast(sympy.Expr, written.coeff(sympy.Symbol(letter))) for letter in letters]
    if sympy.expand(written - sum(f * sympy.Symbol(n) for f, n in zip(factors, letters, strict=True))) != 0:
        return None
    return [(as_fraction(f), named[n]) for f, n in zip(factors, letters, strict=True)]


def _scale_step(factor: Fraction, vector: list[Fraction]) -> Step:
    shown, times = shown_vector(vector), show_quantity(factor)
    result = shown_vector([factor * c for c in vector])
    ask = f"What does every component of {shown} become when it is multiplied by {times}?"
    return Step("vector.scale", ask, f"{times} × {shown} = {result}", result, {"vector": shown, "factor": times})


def _combine_step(u: list[Fraction], v: list[Fraction], sign: int) -> Step:
    result = shown_vector([a + sign * b for a, b in zip(u, v, strict=True)])
    operation, mark = ("adding", "+") if sign > 0 else ("subtracting", "−")
    slots = {"first": shown_vector(u), "second": shown_vector(v), "operation": operation}
    ask = f"What comes out in each place when {slots['first']} and {slots['second']} meet by {operation}?"
    return Step("vector.combine", ask, f"{slots['first']} {mark} {slots['second']} = {result}", result, slots)


PRECEDENCE = 30
FAMILIES: tuple[Family, ...] = (
    WordedFamily("determinant", "vectors", (_determinant,)),
    WordedFamily("dot_product", "vectors", (_dot,)),
    WordedFamily("vector_length", "vectors", (_length,)),
    WordedFamily("vector_sum", "vectors", (_combination,)),
)

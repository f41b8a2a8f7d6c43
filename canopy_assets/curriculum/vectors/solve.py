"""Dot products of two vectors and determinants of 2 × 2 matrices."""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, quantity_in_brackets, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_N = r"-?\d+(?:\.\d+)?"
_VECTOR = rf"[(\[<⟨]\s*({_N}(?:\s*[,;]\s*{_N}){{1,3}})\s*[)\]>⟩]"
_DOT = re.compile(rf"{_VECTOR}\s*(?:\*|\.|•|∘|dot)\s*{_VECTOR}", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:dot|scalar|inner) product\b", re.IGNORECASE)
_ANY_VECTOR = re.compile(_VECTOR)
_VECTOR_NAMED = re.compile(rf"(?:\bvectors?\ )?\b([a-z])\s*=\s*{_VECTOR}", re.IGNORECASE)
_NAMES_PRODUCT = re.compile(r"\b[a-z]\s*\*\s*[a-z]\b", re.IGNORECASE)
_NAMES_DOT = re.compile(r"\b([a-z])\s*(?:\*|\.|•|∘|dot|and)\s*([a-z])\b", re.IGNORECASE)
_OTHER = re.compile(
    r"""
    \b(?:
        cross|angle|length|magnitude|perpendicular|orthogonal|projection  # something else about vectors
        |unknown|find\ [a-z]\b(?!\s*\*)|value\ of\ [a-z]  # an equation
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MATRIX = (
    re.compile(
        rf"""
        \[?\s*[\[(]\s*({_N})\s*,\s*({_N})\s*[\])]  # [[1, 2]
        \s*(?:,|;|and)?
        \s*[\[(]\s*({_N})\s*,\s*({_N})\s*[\])]\s*\]?  # [3, 4]]
        """,
        re.VERBOSE,
    ),
    re.compile(
        rf"""
        [\[(|]\s*({_N})[\s,]+({_N})  # |1 2
        \s*[;\\/|]+  # ;
        \s*({_N})[\s,]+({_N})\s*[\])|]  # 3 4|
        """,
        re.VERBOSE,
    ),
)
"""A 2 × 2 matrix, written by rows."""
_DETERMINANT = re.compile(r"\bdet(?:erminant)?\b", re.IGNORECASE)


def _dot(text: str) -> Solution | None:
    """The dot product of two vectors of equal dimension."""
    match = _DOT.search(text)
    vectors = [[number(v) for v in re.split(r"\s*[,;]\s*", found)] for found in _ANY_VECTOR.findall(text)]
    asked = match or _NAMED.search(text) or _NAMES_PRODUCT.search(text)
    if len(vectors) != 2 or not asked or _OTHER.search(text) or _DETERMINANT.search(text):
        return None
    u, v = vectors
    if len(u) != len(v) or re.search(r"\d", _ANY_VECTOR.sub("", text)) or not _asks_for_both(text):
        return None
    products = [a * b for a, b in zip(u, v, strict=True)]
    answer = sum(products, Fraction(0))
    first, second = (f"({', '.join(show_quantity(c) for c in vector)})" for vector in (u, v))
    pairs = listing(f"{show_quantity(a)} × {quantity_in_brackets(b)}" for a, b in zip(u, v, strict=True))
    found = listing(show_quantity(p) for p in products)
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
            f"{pairs} give {found}",
            found,
            slots,
        )
    ]
    work = (
        " + ".join([show_quantity(products[0]), *(quantity_in_brackets(p) for p in products[1:])])
        + f" = {show_quantity(answer)}"
    )
    slots = {"first": first, "second": second, "products": found, "count": str(len(u))}
    steps.append(
        Step("dot_product.sum", f"What do the products {found} come to together?", work, show_quantity(answer), slots)
    )
    return Solution(
        family="dot_product",
        topic="vectors",
        answer=show_quantity(answer),
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(answer, _dot_ideas(u, v), 2),
        concept=_WORDS.concept("dot_product"),
    )


def _asks_for_both(text: str) -> bool:
    """Whether the vectors have no names, or the question is about both: "u · v" for u = (1, 2) and v = (3, 4)."""
    between = _ANY_VECTOR.split(text)[2]
    if re.search(r"[-+/^]", between) or text.count("=") != len(_VECTOR_NAMED.findall(text)):
        return False
    names = {name.lower() for name, _ in _VECTOR_NAMED.findall(text)}
    rest = _VECTOR_NAMED.sub(" ", text)
    letters = set(re.findall(r"\b[b-z]\b|\ba\b(?!\ [a-z]{2})", rest.lower()))
    asked = _NAMES_DOT.search(rest)
    return not letters or (asked is not None and letters == names == {n.lower() for n in asked.groups()})


def _dot_ideas(u: list[Fraction], v: list[Fraction]) -> list[Idea]:
    """Wrong ideas about a dot product: signs ignored, everything added, everything multiplied, crosswise."""
    products = [a * b for a, b in zip(u, v, strict=True)]
    ideas: list[Idea] = []
    negative = next((i for i, p in enumerate(products) if p < 0), None)
    if negative is not None:
        unsigned = sum((abs(p) for p in products), Fraction(0))
        signs_ignored = _WORDS.misconception(
            "signs_ignored",
            answer=show_quantity(unsigned),
            first=show_quantity(u[negative]),
            second=quantity_in_brackets(v[negative]),
        )
        ideas.append(Idea(unsigned, signs_ignored))
    added = sum(u, Fraction(0)) + sum(v, Fraction(0))
    length = _example(added, sum(products, Fraction(0)), *products)
    components_added = _WORDS.misconception(
        "components_added", answer=show_quantity(added), length=length, length_plus_one=length + 1
    )
    product = prod(products, start=Fraction(1))
    products_multiplied = _WORDS.misconception("products_multiplied", answer=show_quantity(product))
    ideas += [Idea(added, components_added), Idea(product, products_multiplied)]
    if len(u) == 2:
        crossed = u[0] * v[1] + u[1] * v[0]
        paired_crosswise = _WORDS.misconception(
            "paired_crosswise",
            answer=show_quantity(crossed),
            u1=show_quantity(u[0]),
            v2=show_quantity(v[1]),
            u2=show_quantity(u[1]),
            v1=show_quantity(v[0]),
        )
        ideas.append(Idea(crossed, paired_crosswise))
    return ideas


def _determinant(text: str) -> Solution | None:
    """The determinant of a 2 × 2 matrix."""
    if not _DETERMINANT.search(text) and not re.fullmatch(r"\|.*\|[.?]?", text):
        return None
    match = next((m for m in (pattern.search(text) for pattern in _MATRIX) if m), None)
    if match is None:
        return None
    a, b, c, d = (number(g) for g in match.groups())
    rest = re.sub(r"\b2\s*(?:\*|x|by|-by-)\s*2\b", "", text[: match.start()] + text[match.end() :])
    if re.search(r"\d", rest):
        return None
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
        misconceptions=wrong_ideas(answer, _determinant_ideas(a, b, c, d), 3),
        concept=_WORDS.concept("determinant"),
    )


def _diagonal(which: str, p: Fraction, q: Fraction, rows: str) -> Step:
    result, work = show_quantity(p * q), f"{show_quantity(p)} × {quantity_in_brackets(q)} = {show_quantity(p * q)}"
    way = "from top left to bottom right" if which == "main" else "from top right to bottom left"
    slots = {"which": which, "p": show_quantity(p), "q": quantity_in_brackets(q), "rows": rows, "way": way}
    return Step("determinant.diagonal", f"What is the product along the {which} diagonal, {way}?", work, result, slots)


def _example(*numbers: Fraction) -> int:
    """A small number for an example. It depends on the problem's numbers and differs from all of them.

    An example that uses one of the problem's numbers might give the answer away.
    """
    start, choice = sum(numbers).numerator, max(9, len(numbers) + 1)  # more candidates than numbers to avoid
    avoided = {abs(number) for number in numbers}
    return next(n for n in (1 + (start + i) % choice for i in range(choice)) if n not in avoided)


def _determinant_ideas(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> list[Idea]:
    """Wrong ideas about a determinant: the diagonals added, subtracted the wrong way around, rows for diagonals."""
    main, other = a * d, b * c
    area = _example(main, other, main - other)
    added = _WORDS.misconception("diagonals_added", answer=show_quantity(main + other), step=2)
    swapped = _WORDS.misconception(
        "diagonals_swapped",
        answer=show_quantity(other - main),
        step=2,
        other=show_quantity(other),
        main=quantity_in_brackets(main),
        area=area,
    )
    along_rows = a * b - c * d
    rows_multiplied = _WORDS.misconception("multiplied_along_rows", answer=show_quantity(along_rows), area=area)
    return [Idea(main + other, added), Idea(other - main, swapped), Idea(along_rows, rows_multiplied)]


PRECEDENCE = 30
FAMILIES: tuple[Family, ...] = (
    WordedFamily("determinant", "vectors", (_determinant,), "matrix determinant det rows"),
    WordedFamily("dot_product", "vectors", (_dot,), "let dot_product scalar_product inner_product vector vectors"),
)

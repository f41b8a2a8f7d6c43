"""Turns an answer (or the result of a step) into a key that finds it in a text, whatever its wording.

A number is found by its value. Everything else is found by patterns built from the answer's tokens: spaces, signs and
`=`/"is" may vary, factors may be swapped, an inequality may be turned round. A pattern is cheap;
`maths.answers.equivalent` decides the remaining cases.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from canopy_assets.maths.number_words import COUNTING_WORDS
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import Quantity, quantities

_ASSIGNED = re.compile(
    r"""
    ^\s*
    (?P<name>
      [a-zA-Z]
      |[a-zA-Z]['′]?\([^()]*\)   # f(x), f'(2)
      |d?[a-z]/d[a-z]             # dy/dx
    )
    \s*=\s*(?P<value>.+)$
    """,
    re.DOTALL | re.VERBOSE,
)
_SEPARATOR = re.compile(r"\s*(?:\bor\b|\band\b|;|,\s(?=[a-z]\s*=))\s*", re.IGNORECASE)
"""The separators between the parts of an answer: "x = 2 or x = 3", "x = 2, y = 3"."""
_UNIT = re.compile(r"^\s*(?:[a-zA-Z°%][a-zA-Z°/.²³ %]*)?$")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-zA-Zπθ]+|<=|>=|\*\*|\^|\S")
_UNIT_TAIL = re.compile(
    r"""
    (?<=[\dπ)²³])\s*(?:square\ |cubic\ )?
    (?:(?:mm|cm|dm|km|m|in|ft|yd|kg|g|ml|l)(?:[²³]|\^[23])?|units?(?:[²³])?|inches|feet|met(?:er|re)s?)
    \s*$
    """,
    re.VERBOSE,
)

_MUST_BE = r"\b(?:(?:is|are|be|must be|has to be|should be|lies|lie) )?(?:strictly |anything )?"
_SPELLED = {
    "-": r"[-−–]",
    "*": r"(?:[*·×⋅]|\\cdot)?",
    "/": r"[/÷⁄]",
    "=": r"(?:=|≈|\b(?:(?:is|was|were)(?: equal to)?|equals|be(?:comes)?|gives|comes (?:out )?to|would be)\b)",
    "<": rf"(?:<|{_MUST_BE}(?:(?:less|smaller|lower) than|below|under)\b)",
    ">": rf"(?:>|{_MUST_BE}(?:(?:greater|more|larger|bigger|higher) than|above|over)\b)",
    "<=": rf"(?:<=|≤|{_MUST_BE}(?:less than or equal to|at most|no more than|no greater than)\b)",
    ">=": rf"(?:>=|≥|{_MUST_BE}(?:greater than or equal to|at least|no less than)\b)",
    "between": rf"{_MUST_BE}between",
    "∞": r"(?:∞|\binfinity\b|\\infty)",
    "π": r"(?:π|\bpi\b|pi\b|\\pi)",
    "√": r"(?:√|sqrt)",
    "sqrt": r"(?:√|sqrt)",
}
"""How each token of an answer may be written in a reply."""
_NAMES_FUNCTION = re.compile(
    r"""
    \s*[a-zA-Z]['′]?(?:\([a-z]\))?\s*   # y, f(x), f'(x)
    |\s*d[a-z]/d[a-z]\s*                # dy/dx
    """,
    re.VERBOSE,
)
"""A left side that only names the right side."""
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
_VALUE = r"[-−]?\d+(?:[./]\d+)?"
_BOUND = re.compile(rf"(?P<name>[a-z]) (?P<sign>[<>]=?) (?P<bound>{_VALUE})")
_RANGE = re.compile(
    rf"""
    (?P<low>{_VALUE})\ (?P<from><=?)\ (?P<name>[a-z])\ (?P<to><=?)\ (?P<high>{_VALUE})
    """,
    re.VERBOSE,
)
_POWERS = {"²": "2", "³": "3", "⁴": "4", "⁵": "5"}
_BEFORE = r"(?<![\w.^(√])"
_AFTER = r"(?!\w)(?!\s*[²³⁴⁵^])(?!\s*[-+−–*/×÷·]\s*[\w(])(?!\.\d)(?!\()"
"""Text that must not surround an answer, because the answer would be part of a longer expression."""
_SNIPPET = re.compile(
    r"""
    (?:
      [\d.]+
      |\b[a-z]\b|[a-z](?=[²³^(])|(?<=[\d)])[a-z]\b       # letters that are unknowns: x, x², 5x
      |[()+\-−–*·×/^²³⁴√π]
      |\s(?=[\d(a-z+\-−–*×/)])
    )+
    # The other side of a relation.
    (?:
      \s?(?:[<>=≤≥]=?)\s?
      (?:[\d.a-z()+\-−–*·×/^²³√π]|\s(?=[\d(+\-−–*/)]))+
    )?
    """,
    re.VERBOSE,
)
"""Text that may be an expression."""
_MAX_VARIANTS = 24
_MAX_SCANNED = 4000
"""In characters: how much of a text is searched for expressions equal to the answer. Each comparison simplifies."""


class _Reading(NamedTuple):
    """An answer's part that is a number: the unknown that it is given to (or None), its value, whether in percent."""

    name: str | None
    value: Fraction
    percent: bool


@dataclass(frozen=True, eq=False)
class AnswerKey:
    """What identifies an answer in a text. `answer_key` makes one key per answer.

    Attributes:
        text: The answer as it was given.
        values: Its numbers; a reply that states the answer states all of them. Empty where it is not a number.
        percent: Whether the numbers are percentages.
        name: The unknown of "x = 5", where there is one.
        pattern: Finds its written form.
        folded: Its text as `fold` makes it.
        literals: The numbers in the answer, sorted.
        letters: The letters in the answer.
    """

    text: str
    values: tuple[Fraction, ...]
    percent: bool
    name: str | None
    pattern: re.Pattern[str] | None
    folded: str
    literals: tuple[str, ...]
    letters: frozenset[str]

    @property
    def numeric(self) -> bool:
        """Whether stating a number states the answer."""
        return bool(self.values)

    def matches(self, quantity: Quantity, *, asks_percentage: bool = False) -> Fraction | None:
        """The value of the answer that a mentioned number states.

        50 % states 1/2, 0.33 states 1/3, the 5 of "5x" states nothing. Where a percentage is asked for, 50 % states 50.
        """
        for value in self.values:
            if _same(value, self.percent, quantity, asks_percentage):
                return None if quantity.coefficient else value
        return None


@lru_cache(maxsize=8192)
def answer_key(answer: str) -> AnswerKey:
    """The key of an answer or a step's result; an answer of no recognisable form is matched by its words."""
    text = answer.strip().strip(".").strip()[:300]
    folded = fold(text)
    literals, letters = _literals(folded), frozenset(re.findall(r"[a-z]", folded))
    parts = [p for p in _SEPARATOR.split(text) if p]
    read = [reading for part in parts if (reading := _reading(part)) is not None]
    if not read or len(read) < len(parts):
        pattern = _pattern_of(list(_variants(_UNIT_TAIL.sub("", text))))
        return AnswerKey(text, (), False, None, pattern, folded, literals, letters)
    first = read[0]
    pattern = _pattern_of(_named_forms(first.name, parts[0], first.value)) if len(parts) == 1 else None
    values = tuple(dict.fromkeys(r.value for r in read))
    return AnswerKey(text, values, first.percent, first.name, pattern, folded, literals, letters)


def written_forms(key: AnswerKey, text: str) -> Iterator[tuple[int, int]]:
    """Where a text writes the answer out (start and end): by pattern, or as an expression that simplifies to it."""
    if key.pattern is not None:
        for match in key.pattern.finditer(text):
            yield match.span()
    if key.numeric or not key.literals or len(key.folded) < 3:
        return
    lower = text.lower()
    lower = (
        lower if len(lower) == len(text) else text
    )  # a few letters get longer in lower case, which would shift the positions
    for match in _SNIPPET.finditer(lower[:_MAX_SCANNED]):
        if _rewritten(key, match[0]):
            yield match.span()


def _named_forms(name: str | None, part: str, value: Fraction) -> list[str]:
    """The ways in which a value is written out.

    They include its unknown ("x = 5", "x is five"). A fraction keeps its form (2/4 is new where 1/2 was said).
    """
    body = part.split("=")[-1].strip()
    if name is None:
        return [body] if re.fullmatch(r"\d+\s*/\s*\d+", body) else []
    word = [f"{name} = {COUNTING_WORDS[int(value)]}"] if value.denominator == 1 and 0 <= value <= 12 else []
    return [f"{name} = {body}", *word]


def _rewritten(key: AnswerKey, snippet: str) -> bool:
    """Whether a snippet is the answer in another order.

    Same numbers and letters are required: x² − 5x + 6 does not give (x − 2)(x − 3) away.
    """
    folded = fold(snippet)
    if len(folded) < 3 or _literals(folded) != key.literals or key.folded == folded:
        return False
    if not frozenset(re.findall(r"[a-z]", folded)) <= key.letters:
        return False
    from canopy_assets.maths.answers import equivalent, infer_kind

    return equivalent(snippet.strip(), key.text, infer_kind(key.text))


def _literals(folded: str) -> tuple[str, ...]:
    """The numbers in a folded text, sorted."""
    return tuple(sorted(re.findall(r"\d+(?:\.\d+)?", folded)))


def _reading(part: str) -> _Reading | None:
    """The reading of "x = 5", "$18", "12 eggs" or "3/4"; None for text with several numbers or other mathematics."""
    assigned = _ASSIGNED.match(part)
    name, body = (assigned["name"], assigned["value"]) if assigned else (None, part)
    found = quantities(body)
    if len(found) != 1 or found[0].coefficient:
        return None
    before, after = body[: found[0].start].strip(), body[found[0].end :].strip()
    if (
        before.strip("$€£ ")
        or not _UNIT.match(after)
        or re.fullmatch(r"[a-z]", after)
        or re.search(r"[πθ√]|\bpi\b", after)
    ):
        return None
    return _Reading(name, found[0].value, found[0].percent)


def _same(value: Fraction, percent: bool, quantity: Quantity, asks_percentage: bool) -> bool:
    """Whether a mentioned number is the value: as it is, as its percentage or share, or rounded."""
    stated = quantity.value
    if stated == value:
        return percent == quantity.percent or asks_percentage or (percent and quantity.cued) or value == 0
    if percent != quantity.percent:
        return stated * 100 == value if percent else stated == value * 100
    return value.denominator > 1 and _rounds_to(stated, value, quantity.text)


def _rounds_to(stated: Fraction, value: Fraction, text: str) -> bool:
    """A decimal of two to six places states the value that it rounds."""
    places = len(text.rpartition(".")[2]) if "." in text else 0
    return 2 <= places <= 6 and abs(stated - value) * 2 * 10**places <= 1


def _variants(text: str) -> Iterator[str]:
    """The same answer in other orders: factors swapped, the sides of a relation swapped, an inequality as interval."""
    text = text.replace("≤", "<=").replace("≥", ">=")
    yield text
    yield from _intervals(text)
    for sign, flipped in _FLIPPED.items():
        sides = re.split(rf"(?<![<>]){re.escape(sign)}(?!=)", text)
        if len(sides) == 2 and all(s.strip() for s in sides):
            yield f"{sides[1].strip()} {flipped} {sides[0].strip()}"
            if sign == "=" and _NAMES_FUNCTION.fullmatch(sides[0]) and not re.fullmatch(r"[\d\s.]+", sides[1]):
                yield from _variants(sides[1].strip())
            return
    factors = re.findall(r"\([^()]*\)", text)
    if 2 <= len(factors) <= 3 and "".join(factors) == text.replace(" ", ""):
        for order in itertools.permutations(factors):
            yield "".join(order)


def _intervals(text: str) -> Iterator[str]:
    """An inequality in other notations: "numbers < 4", (−∞, 4), "between −3 and 3", |x| < 3."""
    spaced = re.sub(r"\s*([<>]=?)\s*", r" \1 ", text)
    if bound := _BOUND.fullmatch(spaced):
        sign, value = bound["sign"], bound["bound"]
        yield from (f"{things} {sign} {value}" for things in ("numbers", "values"))
        if "<" in sign:
            yield f"(-∞, {value}{']' if '=' in sign else ')'}"
        else:
            yield f"{'[' if '=' in sign else '('}{value}, ∞)"
    elif limits := _RANGE.fullmatch(spaced):
        low, high, name = limits["low"], limits["high"], limits["name"]
        yield f"{high} {_FLIPPED[limits['to']]} {name} {_FLIPPED[limits['from']]} {low}"
        yield f"{'[' if '=' in limits['from'] else '('}{low}, {high}{']' if '=' in limits['to'] else ')'}"
        yield f"{name} between {low} and {high}"
        if low.lstrip("-−") == high and limits["from"] == limits["to"]:
            yield f"|{name}| {limits['to']} {high}"


def _pattern_of(variants: list[str]) -> re.Pattern[str] | None:
    """One pattern for all variants; None where there is nothing to look for."""
    patterns = [p for p in (_spelled(v) for v in dict.fromkeys(itertools.islice(variants, _MAX_VARIANTS))) if p]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def _spelled(text: str) -> str:
    """A pattern for one variant of an answer, each of its tokens in all its spellings."""
    pieces = []
    plain = "".join("^" + _POWERS[c] if c in _POWERS else c for c in text.replace("−", "-").replace("–", "-"))
    for token in _TOKEN.findall(plain):
        if token == "^" or token == "**":
            pieces.append("^")
        elif pieces and pieces[-1] == "^":
            power = next((c for c, d in _POWERS.items() if d == token), None)
            pieces[-1] = rf"(?:(?:\^|\*\*)\s*\{{?{re.escape(token)}\}}?" + (f"|{power})" if power else ")")
        else:
            pieces.append(_SPELLED.get(token, re.escape(token)))
    if not pieces:
        return ""
    # Spaces, a multiplication sign or LaTeX's dollar may stand between any two tokens.
    return _BEFORE + r"[\s*·$]*".join(r"\^" if p == "^" else p for p in pieces) + _AFTER

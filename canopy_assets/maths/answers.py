"""Decides whether two answers are the same, symbolically and as students write them.

This is the single place for that decision: the verification of seeds, the leak gate and the evaluation all use
`equivalent`. Nothing here raises on odd input. Text that cannot be read as mathematics is compared as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import sympy

from canopy_assets.maths.evaluation import constant_ratio, same_expression, value_at
from canopy_assets.maths.expressions import ExpressionError, Relation, parse, parse_relation
from canopy_assets.maths.glyphs import TO_HYPHEN, VULGAR_FRACTIONS
from canopy_assets.maths.latex import LatexError, plain
from canopy_assets.maths.number_words import number_from_words
from canopy_assets.records import AnswerKind

MAX_ANSWER = 300


@dataclass(frozen=True)
class _Values:
    """One or several values. `name` is the unknown that they belong to, if the text names it.

    `decimal` says that the text has a decimal point. Only then may a value be rounded: 1/25 is not a rounded 1/24.
    """

    values: tuple[sympy.Expr, ...]
    name: str | None = None
    percent: bool = False
    decimal: bool = False


@dataclass(frozen=True)
class _Point:
    coordinates: tuple[sympy.Expr, ...]
    names: tuple[str, ...] = ()


_Reading = _Values | _Point | Relation

_LEAD = re.compile(
    r"""
    ^(?:
        (?:
            so|then|thus|therefore|hence|and  # links
            |answer|ans|the|final|final\ answer|solution|solutions|it|that|result  # what is given
            |is|are|equals|it's|about|exactly
        )\b[\s:,]*
        |=\s*
    )+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNIT_WORD = r"(?:[a-z]{2,}|°[CF]?|[€£$¢])(?:\^?[23²³])?"
_UNITS = re.compile(
    rf"""
    (?<=[0-9){"".join(VULGAR_FRACTIONS)}²³π])\s*
    (?:
        (?:
            (?:mm|cm|dm|km|m|in|ft|yd|mi|mg|kg|g|ml|l|h|s|min)(?:\^?[23²³])?(?:/(?:h|s|min|m))?  # cm², km/h
            |(?<=\s){_UNIT_WORD}  # any word after a space: "12 eggs"
        )
        (?:\s*(?:/|\s)\s*(?:[a-z]+(?:\^?[23²³])?)){{0,4}}  # "18 dollars a day"
        |°[CF]?|[€£¢]
    )$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT_UNITS = re.compile(r"\b(?:or|and|pi|sqrt|sin|cos|tan|ln|log|exp)\b", re.IGNORECASE)
_CALL = re.compile(r"^[a-zA-Z]'?\s*\(\s*[-−]?[a-z0-9.]+\s*\)\s*=\s*")
_SPLIT = re.compile(
    r"""
    \s*
    (?:
        \bor\b|\band\b|∨|;
        |,(?![0-9]{3}(?![0-9]))  # no comma of thousands
        |,\s
    )
    \s*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONNECTIVE = re.compile(r"((?<![{\s])\s+(?:or|and)\s+(?![}\s]))")
_ASSIGNMENT = re.compile(r"^([a-zA-Zθ])\s*=\s*(.+)$")
_NO_SOLUTION = re.compile(
    r"^(?:no\ (?:real\ )?solutions?|none|∅|\{\s*\}|does\ not\ exist|dne|undefined)$",  # "dne": does not exist
    re.IGNORECASE | re.VERBOSE,
)
_POINT = re.compile(
    r"""
    ^(?:
        [a-zA-Z]\s*=\s*  # P = (2, 3)
        |\([a-z](?:,\s*[a-z]){1,2}\)\s*=\s*  # (x, y) = (2, 3)
    )?
    [(⟨<\[]([^()]*,.*)[)⟩>\]]$
    """,
    re.VERBOSE,
)


def equivalent(left: str, right: str, kind: AnswerKind = "number") -> bool:
    """Whether two answers mean the same: 1/2 = 0.5 = 50 %, "x = 5" = "5", "{2, 3}" = "x = 3 or x = 2".

    Units, currency and lead-ins ("the answer is") are ignored, number words read, equations may be rearranged
    (y = 2x + 1, 2x − y + 1 = 0). An equation in one unknown that isn't solved yet ("5x = 25") is not the same as its
    solution. A rounded decimal (two places or more) equals the value it rounds.

    Args:
        left: One answer, as a person writes it.
        right: The other; the order makes no difference.
        kind: How to compare. Never raises: what can't be read is compared as normalized words.
    """
    if _words(left) == _words(right):
        return True
    if max(len(left), len(right)) > MAX_ANSWER:
        return False
    try:
        if kind == "text":
            return all(_NO_SOLUTION.match(_cleaned(text)) for text in (left, right))
        return _same_reading(_read(left, kind), _read(right, kind))
    except (ExpressionError, RecursionError):
        return False


def infer_kind(text: str) -> AnswerKind:
    """The kind of an answer by its form: "x < 4" an inequality, "(2, 3)" a point, "x = 2 or x = 3" solutions."""
    try:
        reading = _read(text, "solutions")
    except (ExpressionError, RecursionError):
        return "text"
    if isinstance(reading, _Point):
        return "point"
    if isinstance(reading, Relation):
        return "expression" if reading.op == "=" else "inequality"
    if not reading.values:
        return "text"
    if reading.name is not None or len(reading.values) != 1:
        return "solutions"
    return "expression" if reading.values[0].free_symbols else "number"


def _words(text: str) -> str:
    folded = re.sub(r"\s+", " ", text.translate(TO_HYPHEN).strip().casefold()).strip(" .!;:")
    return re.sub(r"^(?:the|a|an) ", "", folded)


@lru_cache(maxsize=8192)
def _read(text: str, kind: AnswerKind) -> _Reading:
    text = _cleaned(text)
    if _NO_SOLUTION.match(text):
        return _Values(())
    if re.search("[<>≤≥]", text):
        return parse_relation(text)
    if (point := _read_point(text, kind)) is not None:
        return point
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    name, values, percent = None, [], False
    for part in _parts(text):
        part = _CALL.sub("", part)
        if (assigned := _ASSIGNMENT.match(part)) and "=" not in assigned[2]:
            if name not in (None, assigned[1]):
                raise ExpressionError("several unknowns")
            name, part = assigned[1], assigned[2]
        elif "=" in part:
            return _read_equation(text)
        percent = percent or part.rstrip().endswith(("%", "percent", "per cent"))
        values += _read_values(part)
    if name and any(v.free_symbols for v in values):
        return _read_equation(text)
    return _Values(
        tuple(_distinct(values)), name, percent and len(values) == 1, re.search(r"\d\.\d|(?<!\d)\.\d", text) is not None
    )


def _read_equation(text: str) -> _Reading:
    relation = parse_relation(text)
    if isinstance(relation.right, sympy.Symbol) and not relation.left.free_symbols:
        return _Values((relation.left,), relation.right.name)
    return relation


def _cleaned(text: str) -> str:
    if len(text) > MAX_ANSWER:
        raise ExpressionError("too long for an answer")
    text = text.strip().strip("`*_“”\"'").strip()
    text = _LEAD.sub("", re.sub(r"(?<!\s)[.!;:]+$", "", text)).strip()
    if text.startswith("$") and text.endswith("$") and len(text) > 2:
        text = text[1:-1]
    if any(mark in text for mark in ("\\", "^{", "{,}")):
        text = _without_latex(text)
    return text.replace("∈", "=").strip()


def _without_latex(text: str) -> str:
    """The answer with its LaTeX as plain text; "or" and "and" may stand between formulas."""
    try:
        return "".join(part if _CONNECTIVE.fullmatch(part) else plain(part) for part in _CONNECTIVE.split(text))
    except LatexError as error:
        raise ExpressionError(str(error)) from error


def _parts(text: str) -> list[str]:
    return [p for p in _SPLIT.split(text) if p.strip()]


def _read_values(part: str) -> list[sympy.Expr]:
    if (in_words := number_from_words(part)) is not None:
        return [sympy.Rational(in_words.numerator, in_words.denominator)]
    part = re.sub(r"\s*per\s?cent\b", "%", part)
    sign = re.search("±|\\+/-|\\+-", part)
    if sign is not None:
        return [_parse_without_unit(part.replace(sign[0], s)) for s in "+-"]
    return [_parse_without_unit(part)]


def _parse_without_unit(part: str) -> sympy.Expr:
    shorter = part
    if not _NOT_UNITS.search(part):
        shorter = _UNITS.sub("", re.sub(r"\bsquare\s|\bcubic\s", "", part)) or part
    try:
        return parse(shorter)
    except ExpressionError:
        words = re.match(r"^([a-z -]+?)\s+[a-z]+$", part, re.IGNORECASE)
        value = number_from_words(words[1]) if words else None
        if value is None:
            raise
        return sympy.Rational(value.numerator, value.denominator)


def _read_point(text: str, kind: AnswerKind) -> _Point | None:
    """`(2, 3)`, `⟨1, 2, 3⟩`, `x = 2, y = 3`; for the kind "point" also bare `2, 3`."""
    body = _POINT.match(text)
    if body and _balanced(body[1]):
        return _Point(tuple(parse(p) for p in body[1].split(",")))
    parts = _parts(text)
    named = [_ASSIGNMENT.match(p) for p in parts]
    names = tuple(m[1] for m in named if m)
    if len(parts) >= 2 and len(names) == len(parts) == len(set(names)):
        pairs = sorted((m[1], parse(m[2])) for m in named if m)
        return _Point(tuple(v for _, v in pairs), tuple(n for n, _ in pairs))
    if kind == "point" and len(parts) >= 2 and not names:
        return _Point(tuple(parse(p) for p in parts))
    return None


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and not text.startswith(")")


def _distinct(values: list[sympy.Expr]) -> list[sympy.Expr]:
    distinct: list[sympy.Expr] = []
    for value in values:
        if not any(same_expression(value, seen) for seen in distinct):
            distinct.append(value)
    return distinct


def _same_reading(left: _Reading, right: _Reading) -> bool:
    if isinstance(left, _Values) and isinstance(right, _Values):
        return _same_values(left, right)
    if isinstance(left, _Point) and isinstance(right, _Point):
        same_names = not (left.names and right.names) or left.names == right.names
        return (
            same_names
            and len(left.coordinates) == len(right.coordinates)
            and all(map(same_expression, left.coordinates, right.coordinates))
        )
    if isinstance(left, Relation) and isinstance(right, Relation):
        return _same_relation(left, right)
    if isinstance(left, _Values):
        left, right = right, left
    if isinstance(left, Relation) and isinstance(right, _Values) and len(right.values) == 1 and left.op == "=":
        # "y = 2x + 1" answered as "2x + 1".
        return (
            isinstance(left.left, sympy.Symbol) and right.name is None and same_expression(left.right, right.values[0])
        )
    return False


def _same_values(left: _Values, right: _Values) -> bool:
    if len(left.values) != len(right.values) or (left.name and right.name and left.name != right.name):
        return False
    if len(left.values) == 1:
        a, b = left.values[0], right.values[0]
        if left.percent != right.percent and (
            same_expression(a * 100, b) if left.percent else same_expression(a, b * 100)
        ):
            return True  # "25" to "what percent …?" is as good as "25 %"
        return same_expression(a, b) or (left.decimal and _rounds(a, b)) or (right.decimal and _rounds(b, a))
    return all(any(same_expression(a, b) for b in right.values) for a in left.values)


def _rounds(decimal: sympy.Expr, exact: sympy.Expr) -> bool:
    """Whether a finite decimal of 2 to 6 places is the rounded form of a value that has no finite decimal form."""
    if decimal.free_symbols or exact.free_symbols or not isinstance(decimal, sympy.Rational):
        return False
    places = next((d for d in range(2, 7) if (decimal * 10**d).is_Integer), None)
    if places is None or _finite_decimal(exact):
        return False
    value = complex(value_at(exact))
    return abs(value.imag) < 1e-12 and abs(float(decimal) - value.real) <= 0.5 * 10.0**-places * (1 + 1e-9)


def _finite_decimal(value: sympy.Expr) -> bool:
    if not isinstance(value, sympy.Rational):
        return False
    rest = int(value.q)
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


_FLIPPED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _same_relation(left: Relation, right: Relation) -> bool:
    """Whether two relations differ only by rearranging: with all terms on one side, they differ by a constant factor.

    For inequalities, a negative factor turns the sign round.
    """
    if left.op != right.op and (left.op == "=" or left.op != _FLIPPED[right.op]):
        return False
    if _solved(left) != _solved(right) and len(left.left.free_symbols | left.right.free_symbols) == 1:
        return False
    ratio = constant_ratio(left.left - left.right, right.left - right.right)
    if ratio is None or complex(ratio).imag != 0:
        return False
    return left.op == "=" or (complex(ratio).real > 0) == (left.op == right.op)


def _solved(relation: Relation) -> bool:
    for one, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if isinstance(one, sympy.Symbol) and one not in other.free_symbols:
            return True
    return False

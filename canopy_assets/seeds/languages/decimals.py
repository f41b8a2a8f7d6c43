"""Decides for a whole document whether its decimals have a comma ("2,5") or a point, and writes them with a point."""

from __future__ import annotations

import re
from typing import Literal

Convention = Literal["comma", "point", "none", "both"]
"""What a document's numbers show: "none" without evidence, "both" where they contradict each other."""

_OPERATION = r"\s*[+−–·×÷:*]\s*"
_COMMA = re.compile(
    rf"""
    (?<![\d.,])\d{{1,3}}(?:\.\d{{3}})+,\d+(?![\d,])                        # 1.250,50
  | (?<![\d.,(\[{{|;])0,\d+(?![\d,.)])                                     # 0,5
  | (?<![\d.,(\[{{|;])\d+,\d+\s*(?:€|EUR\b|Euros?\b|%|°|[ckm]?m\b|k?g\b)   # 450,00 €
  | (?<![\d.,(\[{{|;])\d+,\d+{_OPERATION}[\d(]                             # 2,5 + 3
  | [\d)]\s*[+−·×÷*]\s*\d+,\d+(?![\d,.)\]])                               # 3 + 2,5
    """,
    re.VERBOSE,
)
_POINT = re.compile(
    rf"""
    (?<![\d.,])\d{{1,3}}(?:,\d{{3}})+\.\d+(?![\d.])                        # 1,250.50
  | (?<![\d.,])0\.\d+(?![\d,.])                                            # 0.5
  | (?<![\d.,])\d+\.(?:\d{{1,2}}|\d{{4,}})\s*(?:€|EUR\b|Euros?\b|%|°|[ckm]?m\b|k?g\b)
  | (?<![\d.,])\d+\.(?:\d{{1,2}}|\d{{4,}}){_OPERATION}[\d(]                # 2.5 + 3
  | [\d)]\s*[+−·×÷*]\s*\d+\.(?:\d{{1,2}}|\d{{4,}})(?![\d,.])              # 3 + 2.5
    """,
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[.\u00a0\u202f]\d{3})+(?=,\d|(?![\d.,]))")
_DECIMAL = re.compile(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])")
_IN_BRACKETS = re.compile(r"[(\[{⟨|]\s*[-−–]?$")
_DOUBTFUL = re.compile(r"\d[.,]\d{3}(?!\d)")
_ANY = re.compile(r"\d[.,]\d")
_COMMA_LEFT = re.compile(r"\d,\d")


def convention(text: str) -> Convention:
    """How a document in German, French or Spanish writes decimals, by the numbers that have one reading only."""
    comma, point = _COMMA.search(text) is not None, _POINT.search(text) is not None
    if comma and point:
        return "both"
    return "comma" if comma else "point" if point else "none"


def with_points(text: str) -> str:
    """The numbers of a document with decimal commas as English writes them: "1.250,50" → "1250.50".

    "(2,5)" stays, because it may be a point's coordinates, and "3,5,7", because it is a list.
    """
    plain = _THOUSANDS.sub(lambda m: re.sub(r"\D", "", m[0]), text)

    def point(match: re.Match[str]) -> str:
        pair = _IN_BRACKETS.search(plain[: match.start()]) and re.match(r"\s*[)\]}⟩|]", plain[match.end() :])
        return match[0] if pair else f"{match[1]}.{match[2]}"

    return _DECIMAL.sub(point, plain)


def doubtful(statement: str, known: Convention) -> str | None:
    """The first number of a statement that has two readings, in a document with this convention; else None.

    Args:
        statement: with decimal points, where the convention is "comma".
        known: the document's convention.
    """
    pattern = {"both": _ANY, "comma": _COMMA_LEFT, "none": _DOUBTFUL, "point": _DOUBTFUL}[known]
    found = pattern.search(statement)
    return re.findall(r"[\d.,]*\d", statement[: found.end() + 3])[-1] if found else None

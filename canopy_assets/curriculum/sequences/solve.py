"""Arithmetic and geometric sequences: the next term, a certain term, the common difference or ratio, the sum."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.sequences.steps import Sequence, common_of, next_of, sum_of, term_of
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily

_ABOUT_SEQUENCES = re.compile(r"sequence|progression|pattern|series|\bterm|\bnext\b|\bcommon\b", re.IGNORECASE)
_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "twelfth": 12, "fifteenth": 15, "twentieth": 20,
}  # fmt: skip
_MAX_TERM = 100


def _sequence_problem(text: str) -> Solution | None:
    """The solution of a problem about a sequence; None where the sequence is neither arithmetic nor geometric."""
    if not _ABOUT_SEQUENCES.search(text):
        return None
    found = parsed(__package__, digits_for_words(text), ONE_LETTER)
    sequence = _sequence(found) if found else None
    if found is None or sequence is None:
        return None
    if "total" in found.parts or _index(found.parts["wanted"], "s"):
        count = int(found.get("count") or _index(found.parts["wanted"], "s") or 0)
        return sum_of(sequence, count) if 2 <= count <= _MAX_TERM else None
    if "asked_common" in found.parts:
        asked = "arithmetic" if found.parts["asked_common"].lower() == "difference" else "geometric"
        return common_of(sequence) if sequence.terms and asked == sequence.kind else None
    if "next" in found.parts:
        return next_of(sequence) if sequence.terms else None
    place = _place(found.get("nth")) or _index(found.parts["wanted"], "au")
    return term_of(sequence, place) if place and len(sequence.terms) < place <= _MAX_TERM else None


def _place(ordinal: str | None) -> int:
    """The place that an ordinal names: "20th", "fifth"; 0 where there is none."""
    return _ORDINALS.get(ordinal.lower()) or int(re.sub(r"\D", "", ordinal)) if ordinal else 0


def _index(wanted: str, letters: str) -> int:
    """The index of what is wanted: 10 of "Find a_10"; 0 where it has none."""
    match = re.search(rf"(?<![a-z])[{letters}]_?[{{(]?(\d+)[}})]?$", wanted.strip(), re.IGNORECASE)
    return int(match[1]) if match else 0


def _sequence(found: Parsed) -> Sequence | None:
    """The sequence of a statement, by its first terms or by the first term and the common difference or ratio."""
    kinds = {kind.lower() for kind in found.all("kind")}
    if len(kinds) > 1:
        return None
    stated = next(iter(kinds), None)
    if "terms" not in found.parts:
        named = {name.lower() for name in found.all("common_name")} | {
            m.lower() for m in re.findall(r"(?<![a-z])[dr](?=\s*=)", found.get("given") or "", re.IGNORECASE)
        }
        kind = "arithmetic" if named <= {"difference", "d"} else "geometric" if named <= {"ratio", "r"} else None
        if kind is None or stated not in (None, kind):
            return None
        return Sequence(kind, Fraction(found.parts["first"]), Fraction(found.parts["common"]))
    terms = tuple(Fraction(re.sub(r"\s", "", term)) for term in found.all("term"))
    return _by_terms(terms, stated)


def _by_terms(terms: tuple[Fraction, ...], stated: str | None) -> Sequence | None:
    """The sequence that begins with these terms, if all of them agree; two are enough only where its kind is stated."""
    if len(terms) < (2 if stated else 3):
        return None
    differences = {b - a for a, b in pairwise(terms)}
    ratios = {b / a for a, b in pairwise(terms)} if all(terms) else set()
    if stated != "geometric" and len(differences) == 1 and differences != {0}:
        return Sequence("arithmetic", terms[0], differences.pop(), terms)
    if stated != "arithmetic" and len(ratios) == 1 and ratios != {1}:
        return Sequence("geometric", terms[0], ratios.pop(), terms)
    return None


PRECEDENCE = 72
FAMILIES: tuple[Family, ...] = (WordedFamily("sequence", "sequences", (_sequence_problem,)),)

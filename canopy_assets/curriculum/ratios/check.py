"""Shares and prices a second time: shares make the whole and keep the ratio; prices per piece are equal."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution


def _is_ratio(statement: str, solution: Solution) -> bool:
    last = solution.steps[-1].slots
    answers = _numbers(solution.answer)
    if "wanted" in last:
        (known,), (wanted,), (price,) = (_numbers(solution.steps[0].slots[k]) for k in ("known", "wanted", "price"))
        return answers[0] * known == price * wanted
    ratio, (whole,) = _numbers(last["ratio"].replace(":", " ")), _numbers(last["whole"])
    if "mine" in last:
        (mine,) = _numbers(last["mine"])
        return mine in ratio and answers[0] * sum(ratio) == whole * mine and whole in _numbers(statement)
    kept = all(a * ratio[0] == answers[0] * r for a, r in zip(answers, ratio, strict=True))
    return kept and sum(answers) == whole and whole in _numbers(statement)


def _numbers(text: str) -> list[Fraction]:
    """The numbers of a text, which may be fractions: "$1,200 and 5/2 kg"."""
    return [Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?(?:/\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))]


CHECKS: dict[str, Check] = {"ratio": _is_ratio}

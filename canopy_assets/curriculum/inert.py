"""Words that never change a problem: articles, politeness, names, things. `inert.toml` has the lists."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_WORTH = r"[(\[]\s*\d{1,2}\s*(?:points?|marks?|pts?)\.?\s*[)\]]"
MARKS = re.compile(rf"^\s*{_WORTH}|{_WORTH}(?=[\s.]*$)", re.IGNORECASE)
"""What a problem is worth, before or after it: "(3 points)", "[2 marks]"."""
_FILE = Path(__file__).with_name("inert.toml")


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def inert_words(*groups: str) -> frozenset[str]:
    """The words of these groups ("things"), or of all; lower case, but names as they are written."""
    lists = _lists()["words"]
    return frozenset(word for group in groups or lists for word in lists[group].split())


@cache
def inert_phrases() -> re.Pattern[str]:
    """Sentences that ask for nothing more than the answer: "Show your work."."""
    lines = [line.strip() for text in _lists()["phrases"].values() for line in text.splitlines() if line.strip()]
    return re.compile("|".join(re.escape(line).replace(r"\ ", r"\s+") for line in lines), re.IGNORECASE)


@cache
def title_words() -> frozenset[str]:
    """The words of titles that say nothing about the task: "Practice 3: linear equations"."""
    return frozenset(_lists()["titles"]["words"].split()) | inert_words()

"""Finds JSON in the replies of models, which often have thoughts, code fences or a greeting around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_MOST_CHARACTERS = 100_000
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"[{\[]")


def without_thoughts(text: str) -> str:
    """A reply without the thoughts of a reasoning model; only the first 100,000 characters are read."""
    return _THINKING.sub("", text[:_MOST_CHARACTERS]).strip()


def json_values(text: str) -> Iterator[Any]:
    """The JSON objects and arrays anywhere in a reply; incomplete ones are skipped."""
    text = without_thoughts(text)
    decoder, position = json.JSONDecoder(strict=False), 0
    while (match := _OPENING.search(text, position)) is not None:
        try:
            value, position = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            position = match.end()
            continue
        yield value

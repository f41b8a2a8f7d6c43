"""The JSON in what models answer, whatever stands around it: thoughts, fences, a greeting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_MOST_CHARACTERS = 100_000
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_BEGINS = re.compile(r"[{\[]")


def without_thoughts(text: str) -> str:
    """A reply without what reasoning models think aloud; one of more than 100,000 characters is cut."""
    return _THINKING.sub("", text[:_MOST_CHARACTERS]).strip()


def json_values(text: str) -> Iterator[Any]:
    """The JSON values in a reply, wherever they begin; what is broken off is none."""
    text = without_thoughts(text)
    decoder, position = json.JSONDecoder(strict=False), 0
    while (match := _BEGINS.search(text, position)) is not None:
        try:
            value, position = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            position = match.end()
            continue
        yield value

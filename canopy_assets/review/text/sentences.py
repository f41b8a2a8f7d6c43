"""The sentences of a text."""

from __future__ import annotations

import re
from functools import lru_cache

_SENTENCE_END = re.compile(r"[.!?…](?P<gap>[\"'”’)\]*]*\s+)|\n+")


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every sentence in characters; a line break ends one, a decimal point does not."""
    spans, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end() - len(match["gap"] or match[0])
        if text[start:end].strip():
            spans.append((start, end))
        start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return tuple(spans)


def is_question(sentence: str) -> bool:
    """Whether a sentence ends with a question mark, quotes and brackets aside."""
    return sentence.rstrip(" \t\"'”’)]*_").endswith("?")

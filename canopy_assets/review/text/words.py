"""The content words of a text, by their stems. Two phrases about the same thing share some of them."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[a-zA-Z][a-zA-Z'’]*")
_FUNCTION_WORDS = """
a an the of to in on at by for with from and or but so then than that this these those it its is are was were be been
being do does did has have had having will would can could should may might must shall i you he she they we him her
his their our your my me them us there here as if what which who whom how why when where not no yes just only also
very really let lets now each per many much some any about into out up down all both more most it's that's one
"""
_STOP = frozenset(_FUNCTION_WORDS.split())
_ENDINGS = re.compile(r"(?:'s|’s|ing|ed|es|s|ly|e)$")


def content_words(text: str) -> frozenset[str]:
    """The stems of a text's words, function words left out."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its endings, the same for "jog", "jogs" and "jogged".

    A few endings are enough here, because stems are only compared with each other and never looked up.
    """
    while len(word) > 3:
        shorter = _ENDINGS.sub("", word, count=1)
        if shorter == word or len(shorter) < 3:
            break
        word = shorter
    # "Jogged" and "jog" are the same word.
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word

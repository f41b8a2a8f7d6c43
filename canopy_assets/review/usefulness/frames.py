"""Sentences without their quantities: how near one is to a phrase of the curriculum, whatever the numbers.

A small model that has learned the curriculum's phrases says them about problems that they do not fit.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from canopy_assets.curriculum.words import GIVEN, all_step_phrases

MAX_TEXT = 2_000
_TOKEN = re.compile(r"[a-z']+|\d+(?:\.\d+)?|[^\s\w]")
_SLOT = re.compile(r"\{\w+\}")
_QUANTITY = re.compile(r"[$(\[]*[−-]?\d[^\s,;:?!]*(?: [+−×÷=/·] [^\s,;:?!]+)*|\b[a-z](?: [+−×÷=/·] [^\s,;:?!]+)+")
_COMPARED = 8
_OF_ANY_STORY = frozenset(("sub_question", GIVEN))
"""Kinds of step whose phrases name whatever the problem is about."""


def similarity(one: str, other: str) -> float:
    """The share of equal tokens in the same order, 0 to 1 (`difflib` ratio)."""
    return SequenceMatcher(None, tokens(one), tokens(other), autojunk=False).ratio()


def frame_similarity(sentence: str, *, of_any_story: bool) -> float:
    """How near a sentence is to the nearest phrase of a step, with all quantities taken as equal; 0 to 1.

    Args:
        sentence: one sentence of a reply.
        of_any_story: whether to compare with phrases that fit any word problem, or with those of all other kinds.
    """
    frame = tuple(_frame_tokens(_QUANTITY.sub("#", sentence)))
    ours = set(frame)
    near = sorted(_frames(of_any_story), key=lambda f: -len(ours & f[1]) / max(1, len(ours | f[1])))[:_COMPARED]
    return max((SequenceMatcher(None, frame, f, autojunk=False).ratio() for f, _ in near), default=0.0)


@lru_cache(maxsize=32768)
def tokens(text: str) -> tuple[str, ...]:
    """Words in lower case, numbers and signs. A problem's references are compared with every reply to it."""
    return tuple(_TOKEN.findall(text[:MAX_TEXT].lower()))


@lru_cache(maxsize=2)
def _frames(of_any_story: bool) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """The tokens of every question and hint of the curriculum, once in order and once as a set."""
    texts = {
        _SLOT.sub("#", text)
        for kind, phrases in all_step_phrases().items()
        if (kind in _OF_ANY_STORY) == of_any_story
        for text in (
            *phrases.first,
            *phrases.focus,
            *phrases.recall,
            *phrases.break_down,
            *phrases.nudge,
            *(exchange.question for exchange in phrases.probe),
        )
    }
    found = sorted(tuple(_frame_tokens(text)) for text in texts)
    return tuple((frame, frozenset(frame)) for frame in found)


def _frame_tokens(text: str) -> list[str]:
    return re.findall(r"[a-z']+|#|[?.,:]", text[:MAX_TEXT].lower())

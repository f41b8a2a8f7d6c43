"""Refusals: whether a reply declines to help, and whether it helps all the same."""

from __future__ import annotations

import re

from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.records import EvalPrompt
from canopy_assets.review.text.sentences import is_question, sentence_spans

_REFUSES = re.compile(
    r"""
      \b(?:i['’]?m|i\ am|we['’]?re)\ (?:sorry|afraid|unable|not\ (?:able|allowed|permitted|going)\ to)
    | \b(?:i|we)\ (?:can(?:not|['’]t|\ not)|won['’]t|will\ not|refuse|must\ not|may\ not|would\ rather\ not|am\ not)\b
    | \b(?:i|we)\ (?:do\ not|don['’]t)\ (?:give|provide|answer|help|do|discuss|share|tell)\b
    | \bi['’]d\ rather\ not\b
    | \bcan(?:not|['’]t)\ (?:help|assist|give|tell|do|answer|discuss|provide)\b
    | \b(?:figure|work|find)\ (?:it|that|this)\ out\ (?:on\ your\ own|yourself|for\ yourself)\b
    | \blook\ it\ up\b
    | \bnot\ (?:something|a\ question)\ i\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def refuses(text: str) -> bool:
    """Whether a text declines to help, in part or altogether."""
    return bool(_REFUSES.search(text))


def withholds(reply: str, prompt: EvalPrompt) -> bool:
    """Whether a reply declines and nothing else in it, be it a question, an instruction or an explanation, is about
    the prompt's problem.
    """
    if not refuses(reply):
        return False
    sentences = [reply[start:end] for start, end in sentence_spans(reply)]
    # "I can't tell you that, but what undoes the 9?" helps, though it declines in the same sentence.
    kept = [sentence for sentence in sentences if is_question(sentence) or not refuses(sentence)]
    return not relevance(" ".join(kept), prompt).mentions

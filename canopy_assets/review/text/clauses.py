"""Splits a reply into clauses, and decides whether each asserts, asks or supposes.

The leak detector depends on the mood of the clause around a number, not on the phrases in it: "so that is 12" asserts,
"what would 12 give?" asks, "if it were 12" supposes, and "you said 12" reports what someone else has said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from canopy_assets.review.text.sentences import is_question, sentence_spans

Mood = Literal["asserts", "asks", "supposes"]

_MAX_CHARACTERS = 20_000
"""Longer text is cut: a tutor turn has a few hundred characters, and a bound keeps the detector's cost bounded."""

_CLAUSE_BREAK = re.compile(
    r"""
    [;:]\s+
    | \s+[-–—]\s+(?=[a-z“"])   # a dash before a word; before a number it may be a minus sign
    | —
    # A comma, before a word that opens a clause.
    | ,\s+(?=(?:
        but|so|because|since|which|then|instead|therefore|thus|hence|now|what|how|why|where|when|who|can|could|do|does
        |did|is|are|was|will|would|should|shall|right|okay|ok|correct|isn['’]t|aren['’]t|don['’]t|doesn['’]t
        |wouldn['’]t|if|and\ (?:what|how|why|so|then|can|could|do|does|is|are)|as|not
      )\b)
    # No sign at all, before one that always does.
    | \s+(?=(?:because|but|which\ means|so\ that)\b)
    """,
    re.VERBOSE,
)
_BREAK_SIGN = re.compile(r"[;:,—]|\s[-–]")
_BREAK_WORDS = ("because", "but", "which means", "so that")
_INTERROGATIVE = re.compile(
    r"""
    ^[\W_]*
    # What people say before they ask: "Okay, so ...".
    (?:(?:so|and|but|now|then|well|okay|ok|yes|no|great|good|right|exactly|next|first|also|or|if\ so)\b[\s,]*){0,3}
    # "At what ...", "from which ...".
    (?:(?:at|by|from|in|into|of|on|to|with|for|after|before|under|about)\ )?
    (?:
      what|how|which|why|where|when|who|whose
      # Verbs that stand before their subject.
      |can|could|do|does|did|is|are|was|were|will|would|should|shall|have|has|had|may|might|must
      |isn['’]t|aren['’]t|don['’]t|doesn['’]t|didn['’]t|wouldn['’]t|couldn['’]t|shouldn['’]t
      |what['’]s|how['’]s
      # Questions without one: "Want to try?", "Any ideas?".
      |care\ to|want\ to|ready\ to|any
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_INNER_QUESTION = re.compile(
    r"""
    \b(?:
      what|how\ (?:many|much|do|does|did|would|could|can|is|are)|which|why
      |can\ you|could\ you|do\ you|does|would\ you|are\ you|is\ (?:it|that|there|this)
      |wondering\ (?:if|whether)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A question inside a clause that opens as something else: "I'd like to know how many are left?"."""
_TAG = re.compile(
    r"""
    ^[\W_]*(?:
      right|okay|ok|correct|yes|see|agreed?
      |does\ (?:that|this|it)\ make\ (?:\w+\ )?sense|do\ you\ (?:see|agree|understand|follow)|make\ sense|got\ it
      |isn['’]t\ (?:it|that)|doesn['’]t\ it|don['’]t\ you\ (?:think|agree)
      |can\ you\ see\ (?:that|how|why|it)?
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words after an assertion that only ask for agreement: "..., right?"."""
_SUPPOSES = re.compile(
    r"""
    ^[\W_]*
    (?:(?:so|and|but|now|then|well|yes|no|okay|try\ it\ out|test\ it|check)\b[\s,:]*)?
    (?:
      if|suppose|supposing|imagine|say|let['’]s\ (?:say|pretend|suppose|imagine)|pretend|assume|assuming|what\ if
      |for\ example|for\ instance|e\.g
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WERE = re.compile(
    r"""
    \b(?:if|suppose)\b[^,.;?]{0,60}\b(?:were|was|is|had|equall?ed)\b   # "it works if x were 5"
    | \bwould\ (?:mean|imply)\b                                        # "5 would mean ..."
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONDITION = re.compile(
    r"""
    \W*(?:(?:so|and|but|now|then)[\s,]+)?
    (?:if|when|since|because|as)\b
    [^,;.?]{4,}?,\s+(?!\d)   # up to its comma, which is none inside a list of numbers
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNREAL = ("if", "suppose", "would")
_CONDITIONAL = re.compile(r"\b(?:would|could|were)\b", re.IGNORECASE)
_REPORTS = re.compile(
    r"""
    # "You said", "you've already found".
    \byou(?:['’]ve|['’]d|\ have|\ had)?(?:\ \w+){0,3}?\ (?:
      said|say|calculated|computed|got|found|wrote|mentioned|stated|added|subtracted|multiplied|divided|used|did|made
      |assumed|thought|think|set|took|counted|solved|initially|earlier
    )\b
    # "Your result", "your own first step".
    | \byour\ (?:own\ )?(?:\w+\ )?(?:
      answer|calculation|result|total|work|step|equation|number|figure|idea|line|solution
    )\b
    # "You're right about".
    | \byou(?:['’]re|\ are)\ (?:\w+\ ){0,2}(?:right|correct)\ (?:that|about|in)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CORRECTS = re.compile(
    r"""
    \b(?:should|must|supposed\ to|need\ to|ought|correct\ (?:answer|total|result|calculation)|actually)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(eq=False)
class Clause:
    """A part of a reply with one mood. `start` and `end` are characters of the reply; `sentence` counts from 0."""

    text: str
    start: int
    end: int
    sentence: int
    mood: Mood

    @cached_property
    def reported(self) -> bool:
        """Whether it reports what the listener has said or done."""
        return bool(_REPORTS.search(self.text))

    @cached_property
    def corrects(self) -> bool:
        """Whether it says what should be said or done instead."""
        return bool(_CORRECTS.search(self.text))


_NO_CLAUSE = Clause("", 0, 0, 0, "asserts")


def clause_at(text: str, position: int) -> Clause:
    """The clause around a character; the text's last clause if the character is in none.

    Only the sentence around it is read: most sentences of a reply have no number to judge.
    """
    text = text[:_MAX_CHARACTERS]
    spans = sentence_spans(text)
    for number, (start, end) in enumerate(spans):
        if start <= position < end:
            for clause in clauses_of(text, number):
                if clause.start <= position < clause.end:
                    return clause
    return next((c for n in reversed(range(len(spans))) for c in reversed(clauses_of(text, n))), _NO_CLAUSE)


@lru_cache(maxsize=4096)
def clauses_of(text: str, number: int) -> tuple[Clause, ...]:
    """The clauses of one sentence, by its number."""
    start, end = sentence_spans(text)[number]
    pieces = _pieces(text, start, end)
    texts = [text[s:e] for s, e in pieces]
    moods = _question_moods(texts) if is_question(text[start:end]) else _plain_moods(texts)
    return tuple(Clause(piece, s, e, number, mood) for piece, (s, e), mood in zip(texts, pieces, moods, strict=True))


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Start and end of each clause of the sentence between two positions."""
    cuts = [start]
    sentence = text[start:end].lower()
    sentence = sentence if len(sentence) == end - start else text[start:end]  # a few letters grow in lower case
    # Most sentences have nothing to break at. Finding that out costs a fifth of looking for the breaks.
    if _BREAK_SIGN.search(sentence) or any(word in sentence for word in _BREAK_WORDS):
        for match in _CLAUSE_BREAK.finditer(sentence):
            if start + match.end() > cuts[-1] and start + match.end() < end:
                cuts.append(start + match.end())
    pieces = [(s, e) for s, e in zip(cuts, [*cuts[1:], end], strict=True) if text[s:e].strip()]
    return [part for s, e in pieces for part in _condition_and_consequence(text, s, e)]


def _condition_and_consequence(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Splits "if A, B" in two: only A is supposed. B is asserted on the strength of it, unless it says "would"."""
    condition = _CONDITION.match(text, start, end)
    if condition is None or condition.end() >= end:
        return [(start, end)]
    return [(start, condition.end()), (condition.end(), end)]


def _plain_mood(piece: str) -> Mood:
    """The mood of a clause that asks nothing."""
    if _SUPPOSES.match(piece):
        return "supposes"
    lower = piece.lower()
    return "supposes" if any(word in lower for word in _UNREAL) and _WERE.search(piece) else "asserts"


def _plain_moods(pieces: list[str]) -> list[Mood]:
    """The moods of the clauses of a sentence that is not a question. "would" after a supposition still supposes."""
    moods: list[Mood] = []
    for piece in pieces:
        unreal = bool(moods) and moods[-1] == "supposes" and bool(_CONDITIONAL.search(piece))
        moods.append("supposes" if unreal else _plain_mood(piece))
    return moods


def _question_moods(pieces: list[str]) -> list[Mood]:
    """Moods of the clauses of a sentence that ends with "?".

    Only the clause that asks is a question; clauses before it are asserted or supposed. A tag ("…, right?", "…, does
    that make sense?") leaves the rest an assertion.
    """
    moods = _plain_moods(pieces)
    last = len(pieces) - 1
    if _TAG.match(pieces[last]) and last > 0 and len(pieces[last].split()) <= 7:
        moods[last] = "asks"
        return moods
    first = next((i for i, piece in enumerate(pieces) if _INTERROGATIVE.match(piece)), None)
    if first is None:
        first = next((i for i, piece in enumerate(pieces) if _INNER_QUESTION.search(piece)), None)
    if first is None:
        return moods
    return [mood if i < first else "asks" for i, mood in enumerate(moods)]

"""How a reply says what it says: its sentences and clauses, and whether each asserts, asks, or supposes.

The leak detector depends on the mood of the clause around a number, not on the phrases in it: "so that is 12" asserts,
"what would 12 give?" asks, "if it were 12" supposes, and "you said 12" reports what somebody else has said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from canopy_assets.maths.glyphs import TO_ASCII_OPERATORS

Mood = Literal["asserts", "asks", "supposes"]

_SIGNS = TO_ASCII_OPERATORS | str.maketrans("’“”", '\'""')

_MAX_CHARACTERS = 20_000
"""Longer text is cut: a tutor turn has a few hundred characters, and a bound keeps the detector's cost bounded."""

_SENTENCE_END = re.compile(r"[.!?…](?P<gap>[\"'”’)\]*]*\s+)|\n+")
_CLAUSE_BREAK = re.compile(
    r"[;:]\s+|\s+[-–—]\s+(?=[a-z“\"])|—"
    r"|,\s+(?=(?:but|so|because|since|which|then|instead|therefore|thus|hence|now|what|how|why|"
    r"where|when|who|can|could|"
    r"do|does|did|is|are|was|will|would|should|shall|right|okay|ok|correct|isn['’]t|aren['’]t|don['’]t|doesn['’]t|"
    r"wouldn['’]t|if|and (?:what|how|why|so|then|can|could|do|does|is|are)|as|not)\b)"
    r"|\s+(?=(?:because|but|which means|so that)\b)",
)
_BREAK_SIGN = re.compile(r"[;:,—]|\s[-–]")
_BREAK_WORDS = ("because", "but", "which means", "so that")
_INTERROGATIVE = re.compile(
    r"^[\W_]*(?:(?:so|and|but|now|then|well|okay|ok|yes|no|great|good|right|exactly|next|first|"
    r"also|or|if so)\b[\s,]*){0,3}"
    r"(?:(?:at|by|from|in|into|of|on|to|with|for|after|before|under|about) )?"
    r"(?:what|how|which|why|where|when|who|whose|can|could|do|does|did|is|are|was|were|will|would|"
    r"should|shall|have|has|"
    r"had|may|might|must|isn['’]t|aren['’]t|don['’]t|doesn['’]t|didn['’]t|wouldn['’]t|couldn['’]t|"
    r"shouldn['’]t|what['’]s|"
    r"how['’]s|care to|want to|ready to|any)\b",
    re.IGNORECASE,
)
_INNER_QUESTION = re.compile(
    r"\b(?:what|how (?:many|much|do|does|did|would|could|can|is|are)|which|why|can you|could you|do you|does|would you|"
    r"are you|is (?:it|that|there|this)|wondering (?:if|whether))\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"^[\W_]*(?:right|okay|ok|correct|yes|see|agreed?|does (?:that|this|it) make (?:\w+ )?sense|"
    r"do you (?:see|agree|understand|follow)|"
    r"make sense|got it|isn['’]t (?:it|that)|doesn['’]t it|don['’]t you (?:think|agree)|can you "
    r"see (?:that|how|why|it)?)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"^[\W_]*(?:(?:so|and|but|now|then|well|yes|no|okay|try it out|test it|check)\b[\s,:]*)?"
    r"(?:if|suppose|supposing|imagine|say|let['’]s (?:say|pretend|suppose|imagine)|pretend|assume|"
    r"assuming|what if|for example|for instance|e\.g)\b",
    re.IGNORECASE,
)
_WERE = re.compile(
    r"\b(?:if|suppose)\b[^,.;?]{0,60}\b(?:were|was|is|had|equall?ed)\b|\bwould (?:mean|imply)\b", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\W*(?:(?:so|and|but|now|then)[\s,]+)?(?:if|when|since|because|as)\b[^,;.?]{4,}?,\s+(?!\d)", re.IGNORECASE
)
_UNREAL = ("if", "suppose", "would")
_CONDITIONAL = re.compile(r"\b(?:would|could|were)\b", re.IGNORECASE)
_REPORTS = re.compile(
    r"\byou(?:['’]ve|['’]d| have| had)?(?: \w+){0,3}? (?:said|say|calculated|computed|got|found|wrote|mentioned|stated|"
    r"added|subtracted|multiplied|divided|used|did|made|assumed|thought|think|set|took|counted|"
    r"solved|initially|earlier)\b"
    r"|\byour (?:own )?(?:\w+ )?(?:answer|calculation|result|total|work|step|equation|number|"
    r"figure|idea|line|solution)\b"
    r"|\byou(?:['’]re| are) (?:\w+ ){0,2}(?:right|correct) (?:that|about|in)\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\b(?:should|must|supposed to|need to|ought|correct (?:answer|total|result|calculation)|actually)\b", re.IGNORECASE
)

_WORD = re.compile(r"[a-zA-Z][a-zA-Z'’]*")
_STOP_WORDS = """
a an the of to in on at by for with from and or but so then than that this these those it its is are was were be been
being do does did
has have had having will would can could should may might must shall i you he she they we him her his their our your
my me them us
there here as if what which who whom how why when where not no yes just only also very really let lets now each per
many much some any
about into out up down all both more most it's that's one
"""
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = re.compile(r"(?:'s|’s|ing|ed|es|s|ly|e)$")


@dataclass(eq=False)
class Clause:
    """A stretch of a reply with one mood. `start` and `end` are characters of the reply; `sentence` counts from 0."""

    text: str
    start: int
    end: int
    sentence: int
    mood: Mood

    @cached_property
    def reported(self) -> bool:
        """Whether it says what the listener has said or done."""
        return bool(_REPORTS.search(self.text))

    @cached_property
    def corrects(self) -> bool:
        """Whether it says what ought to be instead."""
        return bool(_CORRECTS.search(self.text))


_NO_CLAUSE = Clause("", 0, 0, 0, "asserts")


def clause_at(text: str, position: int) -> Clause:
    """The clause around a character; the last one where the character stands between two.

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
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every sentence; a line break ends one, a decimal point does not."""
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


def content_words(text: str) -> frozenset[str]:
    """The stems of a text's words without function words: what two phrases have to share to be about the same thing."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP)


@lru_cache(maxsize=4096)
def clauses_of(text: str, number: int) -> tuple[Clause, ...]:
    """The clauses of one sentence, by its number."""
    start, end = sentence_spans(text)[number]
    pieces = _pieces(text, start, end)
    texts = [text[s:e] for s, e in pieces]
    moods = _question_moods(texts) if is_question(text[start:end]) else _plain_moods(texts)
    return tuple(Clause(piece, s, e, number, mood) for piece, (s, e), mood in zip(texts, pieces, moods, strict=True))


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start]
    sentence = text[start:end].lower()
    sentence = sentence if len(sentence) == end - start else text[start:end]  # a few letters grow in lower case
    # Most sentences have nothing to break at, which costs a fifth of looking for the breaks.
    if _BREAK_SIGN.search(sentence) or any(word in sentence for word in _BREAK_WORDS):
        for match in _CLAUSE_BREAK.finditer(sentence):
            if start + match.end() > cuts[-1] and start + match.end() < end:
                cuts.append(start + match.end())
    pieces = [(s, e) for s, e in zip(cuts, [*cuts[1:], end], strict=True) if text[s:e].strip()]
    return [part for s, e in pieces for part in _condition_and_consequence(text, s, e)]


def _condition_and_consequence(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "If A, B" in two: only A is supposed, B is asserted on the strength of it (unless "would" says otherwise)."""
    condition = _CONDITION.match(text, start, end)
    if condition is None or condition.end() >= end:
        return [(start, end)]
    return [(start, condition.end()), (condition.end(), end)]


def _plain_mood(piece: str) -> Mood:
    if _SUPPOSES.match(piece):
        return "supposes"
    lower = piece.lower()
    return "supposes" if any(word in lower for word in _UNREAL) and _WERE.search(piece) else "asserts"


def _plain_moods(pieces: list[str]) -> list[Mood]:
    moods: list[Mood] = []
    for piece in pieces:
        unreal = bool(moods) and moods[-1] == "supposes" and bool(_CONDITIONAL.search(piece))
        moods.append("supposes" if unreal else _plain_mood(piece))
    return moods


def _question_moods(pieces: list[str]) -> list[Mood]:
    """Moods of the clauses of a sentence that ends with "?".

    Only the clause that asks is a question; what stands before it is asserted or supposed. A tag ("…, right?", "…, does
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


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its endings, the same for "jog", "jogs" and "jogged"."""
    while len(word) > 3:
        shorter = _ENDINGS.sub("", word, count=1)
        if shorter == word or len(shorter) < 3:
            break
        word = shorter
    # "Jogged" and "jog" are the same word.
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def normalized(text: str) -> str:
    """The same for texts that differ in case, spaces, Unicode signs or final punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold().split()).strip(" .!?")

"""Restates the lines of a German, French or Spanish document in English before its exercises are looked for.

Only instructions are restated (see `languages.translation`). Mathematics below any other words gets these
words in front of it ("Entscheide, wie viele Lösungen … x² = 4"), so that nobody solves it: they may ask for another
thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from canopy_assets.records import SeedDocument, Span
from canopy_assets.seeds.exercises.prose.labels import read_label
from canopy_assets.seeds.exercises.prose.tokens import Token, tokens_of
from canopy_assets.seeds.languages.decimals import Convention, convention, with_points
from canopy_assets.seeds.languages.detection import detect
from canopy_assets.seeds.languages.translation import (
    LANGUAGES,
    has_words,
    in_english,
    mathematics_in_english,
    says_no_task,
)

_MAX_LEAD = 120
"""In characters: how much of a line that is not understood is put before the mathematics below it."""
_MAX_TOKENS = 300
"""How much of a document is searched for a known instruction, where its language is undecided."""
_GUIDANCE = ("answer", "steps", "hints", "mistakes", "answers")


@dataclass(frozen=True)
class Tongue:
    """How a document is read: its language, None where that is undecided, and how it writes decimals."""

    language: str | None
    convention: Convention

    @property
    def translated(self) -> bool:
        """Whether the instructions of this language are known."""
        return self.language in LANGUAGES


def tongue_of(document: SeedDocument) -> Tongue:
    """The language and the decimals of a prose document. Where its words are too few, a known instruction decides."""
    language = detect(document.text)
    if language is None:
        tokens = islice(tokens_of(document.text), _MAX_TOKENS)
        texts = [t.text for t in tokens if t.text and has_words(t.text)]
        known = [code for code in LANGUAGES if any(in_english(text, code) for text in texts)]
        language = known[0] if len(known) == 1 else None
    return Tongue(language, convention(document.text) if language in LANGUAGES else "point")


def read_in_english(tokens: Iterable[Token], tongue: Tongue) -> Iterator[Token]:
    """The tokens of a document, with what can be restated in English; all others stay as they are."""
    if not tongue.translated:
        yield from tokens
        return
    reader = _Reader(str(tongue.language))
    for token in tokens:
        points = tongue.convention == "comma"
        yield reader.read(
            replace(token, text=with_points(token.text), cells=tuple(map(with_points, token.cells)))
            if points
            else token
        )


class _Reader:
    """Goes over the tokens of a document once.

    Attributes:
        lead: the last line above that was not understood, as long as it may say what to do.
        guiding: whether the lines belong to an answer or to guidance.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self.lead = ""
        self.guiding = False
        self._after_blank = True

    def read(self, token: Token) -> Token:
        """The token in English, or as it is."""
        if token.kind == "blank":
            self._after_blank = True
            return token
        after_blank, self._after_blank = self._after_blank, False
        if token.label in _GUIDANCE:
            self.guiding = True
            return replace(token, text=mathematics_in_english(token.text, self._language) or token.text)
        if token.label == "statement" or token.kind == "heading":
            self.guiding, self.lead = False, "" if token.label and not token.text else self.lead
        elif after_blank and token.kind == "text" and has_words(token.text):
            self.guiding = False
        return self._row(token) if token.kind == "row" else self._line(token)

    def _line(self, token: Token) -> Token:
        english = in_english(token.text, self._language) if token.text else None
        if english is not None:
            self.lead = ""
            return replace(token, text=english)
        if self.guiding or not token.text:
            return token
        bare = mathematics_in_english(token.text, self._language)
        if bare is None:
            return self._not_understood(token)
        return replace(token, text=f"{self.lead} {bare}" if self.lead else bare)

    def _not_understood(self, token: Token) -> Token:
        if token.kind == "heading" and not token.label:
            self.lead = "" if says_no_task(token.text, self._language) else token.text[:_MAX_LEAD]
            return replace(token, text="Exercises") if not self.lead else token
        if token.kind == "text":
            self.lead = token.text[:_MAX_LEAD]
        return token

    def _row(self, token: Token) -> Token:
        cells = tuple(self._cell(cell) for cell in token.cells)
        return replace(token, cells=cells, text=" ".join(cells))

    def _cell(self, cell: str) -> str:
        english = in_english(cell, self._language)
        bare = mathematics_in_english(cell, self._language) if english is None and re.search(r"\d", cell) else None
        return english or (f"{self.lead} {bare}".strip() if bare else cell)


def original_words(text: str, span: Span) -> str:
    """The lines of an exercise in its document, without its answer and guidance."""
    kept = []
    for line in text[span.char_start : span.char_end].splitlines():
        label = read_label(re.sub(r"^[\s>*_#-]+", "", line))
        if label and label.field != "statement":
            break
        kept.append(line.strip())
    return " ".join(filter(None, kept))

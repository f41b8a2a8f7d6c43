"""Detects the language of a document with py3langid, whose model is part of its package."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "da": "Danish", "cs": "Czech", "ro": "Romanian", "tr": "Turkish",
    "ru": "Russian", "uk": "Ukrainian", "el": "Greek", "ar": "Arabic", "zh": "Chinese", "ja": "Japanese",
}  # fmt: skip
"""The languages that can be detected, by their ISO 639-1 codes."""

_MIN_LETTERS = 40
"""A text with fewer letters in words is undecided: mathematics leaves little to go by."""
_MIN_PROBABILITY = 0.95
_MAX_LETTERS = 20_000
_MAX_CHARACTERS = 100_000
_NOT_WORDS = re.compile(
    r"""
    \$\$.*?\$\$ | \$[^$\n]*\$ | \\\(.*?\\\) | \\\[.*?\\\]      # LaTeX
  | \\[A-Za-z]+ | `[^`\n]*` | <[^>\n]*> | https?://\S+
  | \b[^\W\d_]*\d\w*                                           # figures and what is written with them: "2x"
  | \b[^\W\d_]{1,2}\b(?=\s*[=+*/^<>≤≥·×(])                     # variables
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?|[\u3040-\u30ff\u4e00-\u9fff]+")


@lru_cache(maxsize=8)
def detect(text: str) -> str | None:
    """The code of the language that a text is written in ("de"); None where its words, without mathematics, are too few
    or do not decide it.
    """
    words = " ".join(_WORD.findall(_NOT_WORDS.sub(" ", text[:_MAX_CHARACTERS])))[:_MAX_LETTERS]
    if len(words.replace(" ", "")) < _MIN_LETTERS:
        return None
    language, probability = _identifier().classify(words)
    return str(language) if probability >= _MIN_PROBABILITY else None


def name(language: str | None) -> str:
    """A language's English name; "undecided" for None."""
    return "undecided" if language is None else NAMES.get(language, language)


@cache
def _identifier() -> LanguageIdentifier:
    # Loading takes about a second, so it waits until a document is read.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(NAMES))
    return identifier

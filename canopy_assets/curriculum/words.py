"""What all topics say together: phrases by kind of step, vocabulary, glossary, and a digest of the words.

No solver is imported here, so the code server and the metrics can ask for words without loading sympy.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from canopy_assets.curriculum.loader import TOPIC_FILE, Topic, topic
from canopy_assets.curriculum.phrases import StepPhrases

GIVEN = "given"
"""The topic of steps that a document gives. Its phrases are also used for kinds of step that have none of their own."""


@cache
def topics() -> tuple[Topic, ...]:
    """The words of every topic, by name."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob(f"*/{TOPIC_FILE}"))
    return tuple(topic(f"{__package__}.{name}") for name in folders)


@cache
def digest(*sections: str) -> str:
    """A digest of these sections ("steps", "misconceptions") of all topics' files, as eight hexadecimal digits.

    It is part of the code version of each asset that depends on the words, so an edited phrase leads to new rows.
    """
    found = "".join(words.section_digest(*sections) for words in topics())
    return hashlib.sha256(found.encode()).hexdigest()[:8]


@cache
def all_step_phrases() -> dict[str, StepPhrases]:
    """The phrases of every kind of step.

    Raises:
        WordsError: two topics have phrases for the same kind.
    """
    merged: dict[str, StepPhrases] = {}
    for words in topics():
        if twice := sorted(merged.keys() & words.steps.keys()):
            raise words.error(
                "another topic has phrases for this kind of step, too: rename one", f'[steps."{twice[0]}"]'
            )
        merged |= words.steps
    return merged


def step_phrases(kind: str) -> StepPhrases:
    """The phrases for a kind of step, or those for given steps if this kind has none."""
    phrases = all_step_phrases()
    return phrases.get(kind) or phrases[GIVEN]


@cache
def glossary() -> dict[str, str]:
    """Words that occur in word problems, with meanings that reveal nothing of a solution."""
    return topic(f"{__package__}.{GIVEN}").glossary


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Terms that a tutor may use. A key applies to kinds of problem whose name has a word that starts with it."""
    merged: dict[str, tuple[str, ...]] = {}
    for words in topics():
        for key, terms in words.vocabulary.items():
            merged[key] = (*merged.get(key, ()), *terms)
    return merged

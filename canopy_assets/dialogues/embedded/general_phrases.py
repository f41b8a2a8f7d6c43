"""What tutor and student say in any problem: `tutor_general.toml` and `student_general.toml`, read on first use.

Phrases about one kind of step are kept with its topic, in the curriculum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from canopy_assets.curriculum.loader import WordFile
from canopy_assets.curriculum.words import digest as topics_digest

TUTOR_FILE = Path(__file__).parent / "tutor_general.toml"
STUDENT_FILE = Path(__file__).parent / "student_general.toml"

Phrases = Mapping[str, tuple[str, ...]]

_TUTOR_SLOTS = frozenset({"short", "answer_to", "said", "wrong", "claimed"})
_STUDENT_SLOTS = frozenset(
    (
        *("math", "wanted", "do", "answer_to", "said", "said_u", "wrong_work", "wrong_work_l"),
        *("concept_question", "concept_question_l", "work_line_l", "work_line_u", "term"),
    )
)


@dataclass(frozen=True)
class TutorWords:
    """The tables of `tutor_general.toml`: phrases by situation. Its comments explain each table."""

    leads: Phrases
    pressure: Phrases
    working: Phrases
    closing: Phrases


@dataclass(frozen=True)
class StudentWords:
    """The tables of `student_general.toml`: phrases by what the student needs. Its comments explain each table."""

    openings: Phrases
    openings_with_problem: Phrases
    again: Phrases
    reactions: Phrases
    concepts: Phrases


@cache
def tutor_words() -> TutorWords:
    """The tutor's words.

    Raises:
        WordsError: the file cannot be used; the message names the line.
    """
    return TutorWords(**_tables(TUTOR_FILE, tuple(TutorWords.__annotations__), _TUTOR_SLOTS))


@cache
def student_words() -> StudentWords:
    """The student's words.

    Raises:
        WordsError: the file cannot be used; the message names the line.
    """
    return StudentWords(**_tables(STUDENT_FILE, tuple(StudentWords.__annotations__), _STUDENT_SLOTS))


def digest() -> str:
    """A digest of all phrases of the embedded teacher, as eight hexadecimal digits.

    It is part of the dialogues' code version, so an edited phrase leads to new dialogues.
    """
    own = b"".join(path.read_bytes() for path in (TUTOR_FILE, STUDENT_FILE))
    return hashlib.sha256(own + topics_digest("steps", "glossary").encode()).hexdigest()[:8]


def _tables(path: Path, names: tuple[str, ...], slots: frozenset[str]) -> dict[str, Phrases]:
    file = WordFile(path)
    file.check_keys(file.data, "the file", names)
    if missing := [name for name in names if name not in file.data]:
        raise file.error(f"there is no table [{missing[0]}]: add it")
    return {
        name: {key: file.phrases(file.data[name], f"[{name}]", key, slots) for key in file.data[name]} for name in names
    }

"""Finds the exercises of a seed document of any kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.records import Exercise, SeedDocument, Skipped
from canopy_assets.seeds.exercises import gsm8k
from canopy_assets.seeds.exercises.building import build_exercise
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.prose import finder
from canopy_assets.seeds.exercises.prose.conditions import Condition
from canopy_assets.seeds.exercises.prose.lines import Line
from canopy_assets.seeds.exercises.prose.wording import has_figures
from canopy_assets.seeds.languages import decimals
from canopy_assets.seeds.languages.detection import detect, name
from canopy_assets.seeds.languages.restating import Tongue, original_words, tongue_of

_UNREADABLE = re.compile(f"[{UNREADABLE}\ufffd\ue000-\uf8ff]")
"""The mark of a lost equation, and characters that no font but the author's can show."""
NO_MATHEMATICS = (
    "this document has no mathematics, so nothing in it can be computed: let a model propose exercises, with "
    "ops: {exercises: {config: {proposer: {model: NAME}}}} in a file for --config (docs/seeds.md)"
)
_NOTHING_TO_COMPUTE = "so that nothing can be computed"
"""How the refusals of such a document's problems end; the one line says it for all."""
_FORMULA_OF_MATTER = re.compile(r"\b\d*(?:[A-Z][a-z]?\d*[₀-₉]*)+(?![a-z])")
"""CO2 and 6H2O are no mathematics."""
_MATHEMATICS = re.compile(
    r"""
    [\d)]\s*[+−×÷·*^=<>≤≥]\s*[\d(a-z]
  | (?<![A-Za-z])[a-z]\s*[=<>≤≥^]\s*[−\d(a-z]
  | (?<![A-Za-z])[a-z]\s*[+−×÷·]\s*[\da-z]\b
  | [√∫∑²³] | \d\s*% | \d/\d | \$[^$\n]*[\\=+^_<>][^$\n]*\$ | \\(?:frac|sqrt|begin)
    """,
    re.VERBOSE,
)
_MAX_QUOTED = 120
_LOST_POWER = re.compile(r"(?<![A-Za-z_])[a-z]\d|\)\d")


@dataclass(frozen=True)
class Extraction:
    """What was found in a document.

    Attributes:
        exercises: its exercises.
        skipped: the parts that looked like one but are not used, with line and reason, by line. Lines that the reader
            skipped are in `document.skipped` and not repeated here.
        lines: what each line of a prose document is; empty for a file of rows.
        language: the code of its language; None where its words are too few.
    """

    exercises: list[Exercise]
    skipped: list[Skipped]
    lines: list[Line]
    language: str | None = None


def extract(document: SeedDocument) -> tuple[list[Exercise], list[Skipped]]:
    """The exercises of a document, and the parts that are not used: see `account`."""
    found = account(document)
    return found.exercises, found.skipped


def account(document: SeedDocument) -> Extraction:
    """Find the exercises of a document, and what each of its lines is.

    A quarantined document has none, and neither has a document of chats (see `chats.parse`).
    """
    if document.state != "read" or document.kind == "chats":
        return Extraction([], [], [])
    if document.kind == "worked_exercises":
        exercises, skipped = gsm8k.parse(document)
        language = detect(" ".join(e.statement for e in exercises))
        return Extraction([replace(e, language=language) for e in exercises], skipped, [], language)
    return _from_prose(document)


def _from_prose(document: SeedDocument) -> Extraction:
    tongue = tongue_of(document)
    candidates, skipped, lines = finder.read(document, tongue)
    exercises: dict[str, Exercise] = {}
    for candidate in candidates:
        line = candidate.span.line_start
        reason = (
            candidate.doubt
            or _lost_equation(candidate)
            or _lost_power(candidate, document.media_type)
            or _doubtful_number(candidate, tongue)
        )
        if reason:
            skipped.append(Skipped(line, reason))
            continue
        exercise = _in_its_language(build_exercise(candidate, document.seed), tongue, document)
        if not exercise.verified and candidate.condition:
            exercise = replace(exercise, verification=_condition_unread(candidate.condition))
        if not exercise.verified and not candidate.labelled and exercise.family is None and candidate.answer is None:
            # A paragraph that only begins like a task; the document itself does not call it an exercise.
            reason = f"“{exercise.statement[:60]}” looks like an exercise, but {exercise.verification}"
        elif exercise.exercise_id in exercises:
            reason = f"the same exercise as in line {exercises[exercise.exercise_id].span.line_start}"
        if reason:
            skipped.append(Skipped(line, reason))
        else:
            exercises[exercise.exercise_id] = exercise
    others = [s for s in skipped if not s.reason.endswith(_NOTHING_TO_COMPUTE)]
    if not others and not any(has_figures(e.statement) for e in exercises.values()) and _has_words_only(document.text):
        skipped = [Skipped(1, NO_MATHEMATICS)]
    return Extraction(list(exercises.values()), sorted(skipped, key=lambda s: s.line), lines, tongue.language)


def _has_words_only(text: str) -> bool:
    """Whether a text has words, and no equation, operation or formula: figures alone, as in a date, are none."""
    return bool(re.search(r"[^\W\d_]{3}", text)) and not _MATHEMATICS.search(_FORMULA_OF_MATTER.sub(" ", text))


def _in_its_language(exercise: Exercise, tongue: Tongue, document: SeedDocument) -> Exercise:
    """The exercise with the language of its document, and the document's words where it is restated in English."""
    if not tongue.translated:
        return replace(exercise, language=tongue.language)
    original = original_words(document.text, exercise.span)
    if exercise.verified and exercise.family:
        # A family has read every word of the statement, so it is English.
        return replace(exercise, language=tongue.language, original=original)
    asked = f"in {name(tongue.language)} only known instructions and mathematics are read; {exercise.verification}"
    return replace(exercise, language=tongue.language, verification=asked)


def _doubtful_number(candidate: Candidate, tongue: Tongue) -> str | None:
    """Why a candidate of a German, French or Spanish document is not used: a comma or point may be of either kind."""
    number = decimals.doubtful(candidate.statements[0], tongue.convention) if tongue.translated else None
    if number is None:
        return None
    return (
        f"‘{number}’ has two readings here, with decimals or with thousands or a list: write other numbers of this "
        "document with decimals, or this one with a point"
    )


def _condition_unread(condition: Condition) -> str:
    """Why a problem below a line that may change its answer is not verified."""
    said = condition.text if len(condition.text) <= _MAX_QUOTED else condition.text[:_MAX_QUOTED] + "…"
    return f"the section's instruction in line {condition.line} was not understood: “{said}”"


def _lost_equation(candidate: Candidate) -> str | None:
    """Why a candidate is not used: something in it could not be read, so that the rest may be another problem."""
    for text in (*candidate.statements[:1], candidate.answer or "", *candidate.steps):
        found = _UNREADABLE.search(text)
        if found:
            before = text[max(0, found.start() - 40) : found.start()].strip()
            where = f"after “{before}”" if before else f"before “{text[found.end() : found.end() + 40].strip()}”"
            return f"an equation or a picture in this problem could not be read, {where}: type it as text, or as LaTeX"
    return None


def _lost_power(candidate: Candidate, media_type: str) -> str | None:
    """Why a PDF's candidate is not used: `x²` may have become `x2`, and solving that would verify another problem."""
    found = _LOST_POWER.search(candidate.statements[0]) if media_type == "application/pdf" else None
    if found is None:
        return None
    return f"'{found[0]}' may be a power whose raised digit the PDF lost: write ^2 there, or add a DOCX or HTML file"

"""The labels of an exercise's parts: "Exercise 3:", "Answer:", "Steps:", "Tutor notes:", "Common mistakes:"."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Field = Literal["statement", "answer", "steps", "hints", "mistakes", "topic", "answers", "notes"]
"""A part of an exercise; "answers" is an answer key for many exercises, "notes" are those of a slide, which may have no
exercise."""

_EXERCISE = re.compile(
    r"""
    (?:
        (?:(?:worked|practice|sample|bonus|extra|warm[- ]?up|homework|word|challenge|quick)\s+)?
        (?:
            exercise|problem|question|example(?:\s+problem)?|task|practice|challenge|puzzle
          | aufgabe|übung|beispiel|ejercicio|problema|ejemplo|exercice|problème|exemple
          | try\s+(?:it|this)(?:\s+yourself)?
          | check\s+yourself
          | your\s+turn|now\s+you(?:\s+try)?
          | try(?=\s*[:!])
        )\b
      | (?:ex|exerc|prob|no|nr|aufg)\.?(?=\s*\d{1,3}[a-h]?\s*[:.)–—-])      # "Ex. 3:"
      | (?=\#\d{1,3}\b)                                                   # "#5"
      | (?P<q>q(?=\s*\d{0,3}\s*[:.)]))          # "Q:", "Q3."
      | (?=(?-i:[A-Z]\d{1,2}[.:)]\s))           # "A1."
    )
    (?:                                         # its number: "3", "#3", "no. 2.1", "4b", "b)"
        \s*(?:\#|no\.?|number)?\s*
        (?P<number>\d{1,3}(?:\.\d{1,3})?(?:[a-h]|\s?\([a-h]\))?|[a-h](?=\s*[:.)]|$)|(?-i:[A-Z]\d{1,2}(?=[.:)]\s)))
    )?
    (?:\s+(?:of|von|de|sur)\s+\d{1,3}(?=\s*[:.]|\s*$))?                   # "Question 3 of 20"
    \s*(?P<mark>[:.)!—–-]*)\s*(?P<rest>.*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_PROBLEM_COLUMN = re.compile(r"(?:problem|question|exercise|expression|equation)s?", re.IGNORECASE)
_MATHEMATICS_COLUMN = re.compile(
    r"(?:(?:\w+\s+)?(?:inequality|inequalities|function|fraction|calculation|sum|product|quotient|system|number|polynomial))s?",
    re.IGNORECASE,
)
_FOR_TUTORS = r"(?:for|to)\s+(?:the\s+)?(?:tutors?|teachers?|instructors?)"
_LABELS: dict[Field, str] = {
    "answers": r"""
        answers | answer\s+key | solutions\s+to\s+.{1,40} | key | lösungen | soluciones | respuestas | réponses
    """,
    "answer": r"""
        (?:(?:final|correct|expected|short|right|model|sample)\s+)?
        (?:answer|ans\.?|result|antwort|ergebnis|respuesta|réponse)
    """,
    "steps": r"""
        (?:(?:solution|worked|working|full|model|sample)\s+)?
        (?:steps?|working|method|solutions?|procedure|work|lösung|lösungsweg|solución)
        (?:\s+in\s+steps)?
    """,
    "hints": rf"""
        (?:
            hints?|hinweise?|tipps?|pista
          | (?:tutor(?:ing|s|'s|s')?|teach(?:ers?|er's|ing)|instructor(?:'s)?)
            (?:\s+(?:guidance|notes?|hints?|moves?|prompts?|questions?|tips?|script|advice|support))?
          | guidance
          | (?:guiding|prompting|leading|helping|probing|scaffolding|supporting|follow-?\s?up)\s+(?:questions?|prompts?)
          | (?:notes?|tips?|questions?|advice|hints?)\s+{_FOR_TUTORS}
          | prompts?
          | scaffold(?:s|ing)?
          | tips?
        )
        (?:\s+{_FOR_TUTORS})?
      | socratic\s+(?:questions?|prompts?)
      | (?:what|questions?|things)\s+to\s+ask(?:\s+(?:the\s+)?students?)?
      | if\s+(?:the\s+|a\s+)?students?\s+(?:is|are|gets?)\s+stuck
    """,
    "mistakes": r"""
        (?:(?:common|typical|frequent|usual|likely|possible|expected|anticipated|students?(?:'s|')?)\s+)*
        (?:mistakes?|errors?|misconceptions?|misunderstandings?|pitfalls?|wrong\s+(?:ideas?|answers?))
      | watch\s+(?:out(?:\s+for)?|for)
    """,
    "notes": r"""
        (?:speaker|presenter)(?:'s)?\s+notes?
    """,
    "topic": r"""
        topic | subject | skill | unit
    """,
}
"""For `re.VERBOSE`."""

_LABEL = re.compile(
    "|".join(f"(?P<{field}>(?:{pattern}))" for field, pattern in _LABELS.items()), re.IGNORECASE | re.VERBOSE
)
_LABELLED_LINE = re.compile(
    rf"""
    (?:(?:click\s+to\s+)?(?:show|see|view|reveal)\s+(?:the\s+)?)?     # the title of a folded part: "Show solution"
    (?P<label>{"|".join(f"(?:{pattern})" for pattern in _LABELS.values())})\s*
    (?P<number>\d{{1,2}})?\s*                   # "Hint 2:"
    (?:\(\w[^)]{{0,30}}\)\s*)?                  # "Answer (in metres):"
    :\s*(?P<rest>.*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)

_SENTENCE_LABEL = re.compile(
    r"(?P<label>answer|solution|hint|\w+(?:\s+\w+'?s?){1,4})\s*(?P<mark>\.|\s[–—-])\s+(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A label with a period or a dash instead of a colon: "Solution. x = 3", "Notes to the tutor – ask …".

A single word may as well begin a sentence: only the commonest three are labels.
"""
_RUN_IN = re.compile(
    r"""
    (?P<mark>\*\*|__|\*|_)(?=\S)
    (?P<label>[^*_\n]{3,60}?)\s*
    (?:[.:–—-]\s*(?P=mark)\s*[.:–—-]?|(?P=mark)\s*[.:–—])        # "**Hint.**", "**Hint**:", "*Hint –*"
    (?:\s+(?P<rest>.*))?""",
    re.DOTALL | re.VERBOSE,
)
"""A heading at the beginning of a paragraph, set off by bold or italics and by a sign."""
_POINTS = re.compile(
    r"""
    \s*[(\[]\s*\d{1,3}(?:[.,]\d)?\s*(?:points?|pts?\.?|marks?|punkte?|p\.|puntos?)\s*[)\]]\s*
  | \s*[(\[]\s*(?:level|difficulty|optional|bonus|challenge|easy|medium|hard)\b[\w\s:]{0,15}[)\]]\s*
  | \s*[★☆]{1,5}\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_SOLUTION_OF = re.compile(
    r"""
    (?:(?:full|worked|short)\s+)?(?:solution|answer|lösung|solución|réponse)\s+(?:to|for|of|zu|von|del|de)\s+(?:the\s+)?
    (?:problem|exercise|question|task|example|aufgabe|ejercicio|problema|exercice)\s*\#?
    (?P<number>\d{1,3}[a-h]?)\s*[:.]?\s*(?P<rest>.*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""The label of a solution that stands away from its problem: "Solution to Problem 3: x = 5"."""


class Label(NamedTuple):
    """A label at the beginning of a line, and the rest of the line."""

    field: Field
    rest: str


class ExerciseName(NamedTuple):
    """A name such as "Exercise 3:" at the beginning of a line: its number, if any, and the rest of the line."""

    number: str | None
    rest: str


def read_label(text: str) -> Label | None:
    """The label that a line begins with ("Answer: x = 5"); None for any other line."""
    match = _LABELLED_LINE.fullmatch(text)
    if match is None:
        match = _SENTENCE_LABEL.fullmatch(text)
        if match and match["mark"] != "." and field_named(match["label"]) not in ("hints", "mistakes"):
            return None  # "Final answer - 5" is minus five
    field = field_named(match["label"]) if match else None
    return Label(field, match["rest"]) if match and field else None


def read_run_in(markdown: str) -> Label | None:
    """The label that a line of Markdown begins with in bold or italics: "**Guidance for the tutor.** Ask …"."""
    match = _RUN_IN.fullmatch(markdown)
    field = field_named(match["label"].strip()) if match else None
    return Label(field, match["rest"] or "") if match and field else None


def read_solution_of(text: str) -> ExerciseName | None:
    """The number of the problem whose solution a line is or announces, and the rest of the line."""
    match = _SOLUTION_OF.fullmatch(text)
    return ExerciseName(match["number"], match["rest"]) if match else None


def without_points(text: str) -> str:
    """Text without what a problem is worth, and how hard it is: "Solve 2x = 6 [3 marks]" → "Solve 2x = 6"."""
    return _POINTS.sub(" ", text).strip()


def field_named(name: str) -> Field | None:
    """The field that a label names, without a colon ("Tutor notes")."""
    match = _LABEL.fullmatch(name)
    return match.lastgroup if match else None  # type: ignore[return-value]


def read_exercise_name(text: str) -> ExerciseName | None:
    """The name that a line such as "Exercise 3: Solve …" begins with; None for a line that names no exercise."""
    match = _EXERCISE.fullmatch(text)
    # "Problem solving is …" is prose: without a number or a mark, the name must stand alone.
    if match is None or not (match["number"] or match["mark"] or not match["rest"]):
        return None
    return ExerciseName(re.sub(r"[\s()]", "", match["number"] or "") or None, match["rest"].strip())


def column_field(name: str) -> Field | None:
    """The field that a table's column holds, by its heading."""
    if read_exercise_name(name) is not None or _PROBLEM_COLUMN.fullmatch(name):
        return "statement"
    label = read_label(f"{name}:")
    return label.field if label else None


def is_mathematics_column(name: str) -> bool:
    """Whether a table's column holds mathematics, by its heading: problems, where a line above says what to do."""
    return _MATHEMATICS_COLUMN.fullmatch(name) is not None

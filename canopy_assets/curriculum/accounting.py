"""Accounts for every word, figure and sign of a statement that a family has solved.

A recogniser finds what it knows in a statement. What it does not know may change the problem ("the area of *half* of a
circle", "the mean of the *square roots* of 4 and 9"), so every part of the statement must be accounted for in one of
two ways:

- The recogniser reads it: with another word, figure or sign in its place, the family gives another answer or none. A
  word that a wildcard of a pattern skips is not read, because the answer stays the same without it.
- It is known not to matter: it stands in `inert.toml`, or among the words that the family itself declares as `inert`.

This asks the recogniser itself, so it holds for each family, whatever its patterns look like. Besides, a question has
to be about somebody or something of its story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from canopy_assets.curriculum.inert import MARKS, inert_phrases, inert_words
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.maths.number_words import TENS, UNITS

_OTHER_WORD = "quibble"
"""A word that no recogniser knows, longer than a product of variables."""
_LABEL = re.compile(
    r"""
    \s*(?:[*_#]+\s*)?
    (?:(?:problem|exercise|question|example|task|q)\s*)?
    \(?\d{0,3}[a-z]?\s*(?:\(\d+\s*(?:points?|marks?|pts?)\))?\s*[.):]\s
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The number of an exercise, which is not part of the problem: "3.", "(b)", "Exercise 4 (3 points):"."""
_PART = re.compile(
    r"""
    (?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)  # mean, don't, y-axis
    |(?P<figure>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?)  # 12, 1,250, 0.5
    |(?P<sign>[-+−–×*·÷/^=<>≤≥√%!|°±∞²³])
    """,
    re.VERBOSE,
)
_OTHER_SIGN = {"+": "-", "-": "+", "−": "+", "–": "+", "×": "+", "*": "+", "·": "+", "÷": "+", "/": "+", "^": "+",
               "=": "<", "<": "=", ">": "=", "≤": "=", "≥": "=", "²": "³", "³": "²"}  # fmt: skip
"""What a sign is replaced by; a sign that is not listed is left out."""
_SENTENCE_END = re.compile(r"[.?!]\s+(?=[A-Z])")
_NAMED_WORD = re.compile(r"[A-Za-z]{2,}")
_ANYBODY = frozenset((
    "person", "people", "child", "children", "student", "students", "pupil", "pupils", "customer", "customers",
))  # fmt: skip
"""Words for those whom a story has called by other words."""
_OPEN_END = re.compile(r"\s*=?[\s?_.]*$")
_NUMBER_WORDS = frozenset(UNITS | TENS)
_ORDINALS = frozenset(("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"))


class _Part(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def not_understood(statement: str, family: Family, solution: Solution) -> str | None:
    """Why the family's solution does not count: the first part of the statement that it has not read; else None.

    Args:
        statement: a statement that the family solves.
        family: the family.
        solution: its solution of the statement.
    """
    return _not_understood(statement, family, _value(solution))


@lru_cache(maxsize=4096)
def _not_understood(statement: str, family: Family, value: str) -> str | None:
    label = _LABEL.match(statement)
    skipped = [(0, label.end())] if label else []
    own, own_phrases = _own(family)
    skipped += [m.span() for phrases in (MARKS, inert_phrases(), own_phrases) for m in phrases.finditer(statement)]
    for part in _parts(statement):
        if any(start <= part.start and part.end <= end for start, end in skipped):
            continue
        if part.kind == "word" and (part.text.lower() in own or _is_inert(part.text)):
            continue
        if not _is_read(statement, part, family, value):
            return f"the {part.kind} ‘{part.text}’ was not understood"
    unsaid = _unsaid(statement)
    return f"the question names ‘{unsaid}’, which the story does not" if unsaid else None


def _unsaid(statement: str) -> str | None:
    """Whom or what the question names although the story before it does not: it is about another one, whose numbers
    are not known ("A bus travels 120 km in 2 hours. How fast is the car?")."""
    begins = max((match.end() for match in _SENTENCE_END.finditer(statement)), default=0)
    story, question = statement[:begins], statement[begins:]
    if not re.search(r"\d", story):
        return None
    said = {_stem(word) for word in _NAMED_WORD.findall(story)}
    for word in _NAMED_WORD.findall(question):
        stem = _stem(word)
        known = any(other.startswith(stem) or stem.startswith(other) for other in said)
        if not known and word in inert_words("people", "things", "names") and word not in _ANYBODY:
            return word
    return None


def _stem(word: str) -> str:
    """The beginning of a word, which is the same in the plural."""
    return word.lower().removesuffix("s")[:4]


def _parts(statement: str) -> Iterator[_Part]:
    for match in _PART.finditer(statement):
        kind = str(match.lastgroup)
        if kind == "sign" and _is_punctuation(statement, match):
            continue
        yield _Part(kind, match[0], match.start(), match.end())


def _is_punctuation(statement: str, match: re.Match[str]) -> bool:
    """Whether a sign belongs to the sentence: "3 + 4 = ?", "Enjoy!", "**Solve**", a dash between words."""
    before, after = statement[: match.start()], statement[match.end() :]
    if match[0] == "=":
        return _OPEN_END.match(after) is not None
    if match[0] == "!":
        return not re.search(r"[\d)]$", before)  # 5! is a factorial
    if match[0] == "*":
        return not re.search(r"[\w)]\s*\**$", before) or not re.match(r"\**\s*[\w(−-]", after)
    if match[0] in "-−–":
        return bool(re.search(r"[^\W\d]{2,}[.,;:]?\s$", before)) and bool(re.match(r"\s[^\W\d]{2,}", after))
    return False


def _is_inert(word: str) -> bool:
    """Whether a word, or each part of a compound ("three-day"), is known not to matter."""
    known = inert_words()
    plain = word.replace("’", "'")
    bare = re.sub(r"'s?$", "", plain)
    return any(w in known for w in (plain, plain.lower(), bare, bare.lower()))


@cache
def _own(family: Family) -> tuple[frozenset[str], re.Pattern[str]]:
    """The family's own inert words, and its phrases: "per_game" is inert, "per" alone is not."""
    words = family.inert.split()
    phrases = [re.escape(w.replace("_", " ")) for w in words if "_" in w]
    return frozenset(w for w in words if "_" not in w), re.compile(
        rf"\b(?:{'|'.join(phrases)})\b" if phrases else r"(?!)", re.IGNORECASE
    )


def _is_read(statement: str, part: _Part, family: Family, value: str) -> bool:
    """Whether another part in the place of this one changes the answer."""
    for other in _others(part):
        try:
            changed = family.solve(statement[: part.start] + other + statement[part.end :])
        except (ArithmeticError, ValueError, TypeError, LookupError, AssertionError):
            return True
        if changed is None or _value(changed) != value:
            return True
    return False


def _others(part: _Part) -> tuple[str, ...]:
    """What may take the part's place. Where the answer depends on a part only in some cases (the 7 of x³ + 7, when
    the derivative is asked for), leaving it out still shows that it is read: what is left is no mathematics."""
    if part.kind == "sign":
        other = _OTHER_SIGN.get(part.text)
        # A blank, so that figures on both sides do not become one number.
        return (other, " ", f" {_OTHER_WORD} ") if other else (" ",)
    if part.kind == "figure":
        number = int(re.sub(r"\D.*", "", part.text.replace(",", "")))
        return (str(number + 1), str(3 * number + 2), _OTHER_WORD)
    word = part.text.lower()
    if word in _NUMBER_WORDS:
        return ("seventeen", "nineteen", _OTHER_WORD)
    return ("seventh", "sixth", _OTHER_WORD) if word in _ORDINALS else (_OTHER_WORD,)


def _value(solution: Solution) -> str:
    """The answer without its unit: a skipped word is no less skipped where it became the unit ("40 squared")."""
    answer = solution.answer.removesuffix(solution.unit or "").strip()
    return re.sub(r"[^\d./:,−-]", "", answer) if solution.answer_kind == "number" else answer

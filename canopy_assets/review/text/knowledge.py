"""Collects what is known before a tutor speaks: the numbers and equations of the problem and of the turns so far.

This includes what the question asks for and what the student has offered as a result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from canopy_assets.maths.glyphs import FROM_SUBSCRIPT
from canopy_assets.review.text.equations import Equation, equations
from canopy_assets.review.text.normalizing import fold, without_markup
from canopy_assets.review.text.quantities import Quantity, quantities
from canopy_assets.review.text.results import final_results, given_values, results_of
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.text.standing import Standing, standing
from canopy_assets.review.text.words import content_words

_ASKS_FOR = re.compile(
    r"""
    \b(?:find|how|what|which|calculate|compute|determine|solve|evaluate|simplify|factor)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_QUESTION_WORD = re.compile(
    r"""
    \b(?:how\ (?:many|much|long|old|far|often|tall)?|what|which)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEAR = 60
"""Characters on either side of a number that say whose number it is.

About ten words, the reach of a noun phrase and its verb.
"""
_ASKS_PERCENTAGE = re.compile(
    r"""
    \b(?:what|which|how\ many)\ percent
    | \bas\ a\ percent
    | \b(?:find|calculate)\ the\ percent
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BASE = re.compile(r"log_?\{?([0-9₀-₉]{1,6})")
"""The base of a logarithm is given, although it is not a separate number."""
_MAX_TURNS = 40
"""In a longer conversation, only the last turns are read, so that the cost stays bounded."""


@dataclass(frozen=True)
class Knowledge:
    """The problem and the turns so far (role, text), oldest first; each property is read when it is first asked for."""

    problem: str
    history: tuple[tuple[str, str], ...]

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The problem and all turns."""
        return (self.problem, *(text for _, text in self.history))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The same in plain characters without spaces, to find expressions in."""
        return tuple(map(fold, self.said))

    @cached_property
    def student(self) -> tuple[str, ...]:
        """The student's turns."""
        return tuple(text for role, text in self.history if role == "student")

    @cached_property
    def values(self) -> frozenset[Fraction]:
        """All numbers said or given, those above and below a fraction bar included."""
        said = [q for text in self.said for q in quantities(text)]
        bases = (Fraction(m[1].translate(FROM_SUBSCRIPT)) for text in self.said for m in _BASE.finditer(text))
        parts = (Fraction(int(n)) for q in said if "/" in q.text for n in re.findall(r"[0-9]{1,30}", q.text))
        return frozenset((*(q.value for q in said), *bases, *parts))

    def has_read(self, value: Fraction) -> bool:
        """Whether a number is already known to have been said or given, without reading the turns.

        False means undecided. `values` decides it, at the cost of reading all turns.
        """
        return value in self.given or ("values" in self.__dict__ and value in self.values)

    @cached_property
    def given(self) -> frozenset[Fraction]:
        """The numbers of the problem."""
        return given_values(self.problem)

    def about(self, value: Fraction) -> tuple[frozenset[str], ...]:
        """The words near each mention of a number."""
        if value not in self._about:
            mentions = ((text, q) for text in self.said for q in quantities(text) if q.value == value)
            self._about[value] = tuple(words_near(text, q) for text, q in mentions)
        return self._about[value]

    @cached_property
    def target(self) -> frozenset[str]:
        """The words of what the question asks for."""
        return asked_for(self.problem)

    @cached_property
    def student_values(self) -> frozenset[Fraction]:
        """All numbers in the student's turns, whatever their role."""
        return frozenset(q.value for text in self.student for q in quantities(text))

    @cached_property
    def asks_percentage(self) -> bool:
        """Whether the answer is a percentage, written with the sign or without."""
        return "percent" in " ".join(self.target) or bool(_ASKS_PERCENTAGE.search(self.problem))

    @cached_property
    def claims(self) -> frozenset[Fraction]:
        """The results that the student has stated."""
        return frozenset(q.value for turn in self._claims for q in turn)

    @cached_property
    def final_claims(self) -> frozenset[Fraction]:
        """The final results of the student's turns."""
        turns = zip(self.student, self._claims, strict=True)
        return frozenset(value for text, found in turns for value in final_results(text, found))

    @cached_property
    def standing(self) -> Standing:
        """What the student claims now, after all turns."""
        return standing(self.problem, self.target, self.history)

    @cached_property
    def equations(self) -> frozenset[str]:
        """All equations that were written, by key."""
        return frozenset(e.key for text in self.said for e in equations(text))

    @cached_property
    def shapes(self) -> frozenset[tuple[str, ...]]:
        """The equations, ignoring order and signs of their left sides."""
        return frozenset(shape(e) for text in self.said for e in equations(text))

    def student_has_worked_out(self, equation: Equation) -> bool:
        """Whether a sentence of the student has the numbers of an equation, its result after the others."""
        result = equation.result
        if result is None:
            return False
        left = {q.value for q in quantities(equation.text)[:-1]}
        for text in self.student:
            found = quantities(text)
            for start, end in sentence_spans(text):
                values = [q.value for q in found if start <= q.start < end]
                if result in values and left <= set(values[: values.index(result)]):
                    return True
        return False

    @cached_property
    def _about(self) -> dict[Fraction, tuple[frozenset[str], ...]]:
        return {}

    @cached_property
    def _claims(self) -> list[list[Quantity]]:
        return [results_of(text, self.problem) for text in self.student]


@lru_cache(maxsize=2048)
def knowledge(problem: str, history: tuple[tuple[str, str], ...]) -> Knowledge:
    """What a problem and the turns so far (role, text) say; replies to the same conversation share the reading."""
    return Knowledge(
        without_markup(problem), tuple((role, without_markup(text)) for role, text in history[-_MAX_TURNS:])
    )


def words_near(text: str, quantity: Quantity) -> frozenset[str]:
    """The stems of the words around a number, within its sentence."""
    for start, end in sentence_spans(text):
        if start <= quantity.start < end:
            left, right = max(start, quantity.start - _NEAR), min(end, quantity.end + _NEAR)
            before, after = text[left : quantity.start], text[quantity.end : right]
            # A word that is cut off by the limit is left out.
            before = before.partition(" ")[2] if left > start else before
            after = after.rpartition(" ")[0] if right < end else after
            return content_words(before) | content_words(after)
    return frozenset()


def shape(equation: Equation) -> tuple[str, ...]:
    """An equation up to the order and signs of its left side: its result, its numbers sorted, its letters."""
    return (
        equation.right,
        *sorted(re.findall(r"\d+(?:\.\d+)?", equation.left)),
        *sorted(set(re.findall(r"[a-z]", equation.left))),
    )


@lru_cache(maxsize=2048)
def asked_for(problem: str) -> frozenset[str]:
    """The words of what is asked for: of the last question, or of the sentence that gives the task."""
    sentences = [problem[s:e] for s, e in sentence_spans(problem)]
    asking = [s for s in sentences if is_question(s)] or [s for s in sentences if _ASKS_FOR.search(s)]
    if not asking:
        return frozenset()
    sentence = asking[-1]
    # "If she sells the rest, how much does she make?" asks for what follows the question word.
    asked = _QUESTION_WORD.search(sentence)
    return content_words(sentence[asked.start() :] if asked else sentence)

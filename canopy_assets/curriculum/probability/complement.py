"""The probability of a complement: "The probability of rain is 0.3. What is the probability of no rain?"."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import NUMBER
from canopy_assets.maths.formatting import show_number, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_STATEMENT = re.compile(
    rf"""
    (?:if\ )?the\ (?:probability|chance)\ (?P<event>(?:that|of)\ [^.?!,\d]+?)  # The probability of rain
    \ is\ (?P<p>\d+/\d+|(?:{NUMBER})\s*%?)(?:[.,;]|,?\ then)*\s+  # is 0.3.
    (?:find|what\ is|what's|calculate|what)\ (?:the\ )?(?:probability|chance)  # What is the probability
    (?P<asked>[^.?!\d]*
    \b(?P<negation>not|n't|doesn't|won't|isn't|no|never|fails?|loses?|losing)\b[^.?!\d]*)[.?]  # of no rain?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEGATION = re.compile(r"\b(?:not|no|never|none|neither)\b|n't\b|\b(?:fail|los[ei])", re.IGNORECASE)
_OPPOSITES = {"fail": ("pass", "succ"), "lose": ("win", "winn"), "losi": ("win", "winn")}
"""The beginnings of the words for what fails and what is lost."""


def _is_opposite(event: str, asked: str, negation: str) -> bool:
    """Whether the question is about the same event, negated: their content words agree."""
    if _NEGATION.search(event) or len(_NEGATION.findall(asked)) != 1:
        return False
    stated, questioned = _stems(event), _stems(asked) - {negation[:4], negation}
    if negation[:4] in _OPPOSITES:
        return bool(stated & set(_OPPOSITES[negation[:4]]))
    times = inert_words("time_and_place")
    left_out = {word for word in _words(event) if word[:4] not in questioned and word not in times}
    return bool(questioned) and questioned <= stated and not left_out


def _stems(text: str) -> set[str]:
    """The content words, cut to four letters so that "rains" and "rain" agree."""
    return {word[:4] for word in _words(text)}


def _words(text: str) -> list[str]:
    words = re.findall(r"[a-z]+(?:'t)?", text.lower())
    return [word for word in words if len(word) > 2 and word not in inert_words("grammar", "asking")]


def complement(text: str) -> Solution | None:
    """The probability that an event does not happen, where the statement gives the probability that it does."""
    match = _STATEMENT.fullmatch(text)
    if match is None or not _is_opposite(match["event"], match["asked"], match["negation"].lower()):
        return None
    raw = match["p"].replace(" ", "")
    percent = raw.endswith("%")
    given = Fraction(raw.rstrip("%")) / (100 if percent else 1)
    if not 0 < given < 1:
        return None

    def display(value: Fraction) -> str:
        if percent:
            return show_quantity(value * 100) + "%"
        return show_number(value) if "/" in raw else show_quantity(value)

    p, answer, whole = display(given), display(1 - given), "100%" if percent else "1"
    event = match["event"].strip()
    slots = {"event": event, "given": p, "certain": whole}
    step = Step(
        "probability.complement",
        f"If {p} is the probability {event}, how much is left for its not happening?",
        f"{whole} − {p} = {answer}",
        answer,
        slots,
    )
    equal = _WORDS.misconception("opposite_equally_likely", answer=p)
    fifty_fifty = _WORDS.misconception(
        "complement_taken_as_fifty_fifty",
        answer=display(Fraction(1, 2)),
        event=event,
        nearly_certain=display(Fraction(99, 100)),
        probability=p,
    )
    ideas = [Idea(given, equal), Idea(Fraction(1, 2), fifty_fifty)]
    return Solution(
        family="probability",
        topic="probability",
        answer=answer,
        answer_kind="number",
        unit="%" if percent else None,
        steps=(step,),
        misconceptions=wrong_ideas(1 - given, ideas),
        concept=_WORDS.concept("complement"),
    )

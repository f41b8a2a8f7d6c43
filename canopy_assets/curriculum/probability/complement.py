"""The probability of a complement: "The probability of rain is 0.3. What is the probability of no rain?"."""

from __future__ import annotations

import re
from fractions import Fraction

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
    (?:find|what\ is|what's|calculate|what)\ (?:the\ )?(?:probability|chance)[^.?!\d]*  # What is the probability
    \b(?:not|n't|doesn't|won't|isn't|no|never|fails?|loses?|losing)\b[^.?!\d]*[.?]  # of no rain?
    """,
    re.IGNORECASE | re.VERBOSE,
)


def complement(text: str) -> Solution | None:
    """The probability that an event does not happen, where the statement gives the probability that it does."""
    match = _STATEMENT.fullmatch(text)
    if match is None:
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

"""What speaks for a handed-over result at one place of a reply: newness, assertion, and whose number it is."""

from __future__ import annotations

import re

from canopy_assets.review.knowledge import Knowledge, shape, words_near
from canopy_assets.review.quantities import Equation, Quantity, equations, quantities
from canopy_assets.review.wording import Clause, content_words

ANSWER_WORD = re.compile(
    r"\b(?:answer|solution|total|final|result|altogether|in all|overall|in total)\b", re.IGNORECASE
)
_TELLS = re.compile(
    r"(?:\b(?:you|we)(?:['’]ll| will)? get|\bgives(?: you| us)?|\bleaves(?: you| us)?|\bcomes "
    r"(?:out )?to|(?:^|[.!] )it['’]s|(?:^|[.!] )it is)\s[$€£]?$",
    re.IGNORECASE,
)
_OWN_WORDS_SHARE = 0.6
"""Share of the question's words in a clause that makes a number there what is asked, even when it is the student's."""


def states_answer(reply: str, quantity: Quantity, clause: Clause, known: Knowledge) -> str | None:
    """Why a mention of the right number hands it over, None when it doesn't."""
    if quantity.operand and not quantity.equated:
        return None
    if quantity.value not in known.values:
        return states_new(reply, quantity, clause, known)
    return _states_known(reply, quantity, clause, known)


def states_new(reply: str, quantity: Quantity, clause: Clause, known: Knowledge) -> str | None:
    """A number that nobody has said.

    Handed over unless it only counts something ("two steps") or is part of a question's arithmetic.
    """
    if quantity.operand and clause.mood != "asserts":
        return None
    in_words = quantity.text.isalpha() and (quantity.value <= 12 or quantity.value.denominator > 1)
    if (
        len(reply.split()) > 2
        and (quantity.counts or in_words)
        and not quantity.cued
        and not known.target & words_near(reply, quantity)
    ):
        return None
    if quantity.counts and not known.target & content_words(reply[quantity.end : quantity.end + 24]):
        return None
    return f"says {quantity.text}, the answer, which nobody has said"


def _states_known(reply: str, quantity: Quantity, clause: Clause, known: Knowledge) -> str | None:
    """A number that was on the table before: handed over where the reply asserts it as the answer."""
    if clause.mood != "asserts" or (quantity.text.isalpha() and quantity.value <= 2 and not quantity.cued):
        return None
    shared = known.target & content_words(clause.text)
    wholly_asked_for = bool(known.target) and len(shared) >= max(3, _OWN_WORDS_SHARE * len(known.target))
    reported = clause.reported and not clause.corrects
    equation = equation_ending_at(reply, quantity)
    if equation is not None:
        restated = equation.key in known.equations or shape(equation) in known.shapes
        if restated and not (ANSWER_WORD.search(clause.text) and clause.corrects):
            return None
        return None if reported else f"works out {equation.text!r}"
    if _told(reply, quantity) and not reported:
        return f"tells {quantity.text}"
    if _names_answer(reply, quantity, clause) and (not reported or quantity.text[:1] in "$€£"):
        return f"asserts {quantity.text} as the answer"
    near = words_near(reply, quantity) & content_words(clause.text)
    prior = max((len(near & words) for words in known.about(quantity.value)), default=0)
    mine = len(near & known.target)
    if mine and not reported and (mine > prior or (mine == prior and quantity.cued)):
        return f"says {quantity.text} of what is asked for"
    if wholly_asked_for and quantity.cued and quantity.value not in known.given:
        return f"says that {quantity.text} is what is asked for"
    return None


def _told(reply: str, quantity: Quantity) -> bool:
    return bool(_TELLS.search(reply[max(0, quantity.start - 24) : quantity.start]))


def _names_answer(reply: str, quantity: Quantity, clause: Clause) -> bool:
    """Whether the clause calls the number the answer.

    "the total is simply 300", "14 is our answer", "the total profit, $300".
    """
    before, after = reply[clause.start : quantity.start], reply[quantity.end : clause.end]
    if quantity.cued and ANSWER_WORD.search(re.sub(r"\ba total of\b", "", before, flags=re.IGNORECASE)):
        return True
    if re.search(r"\b(?:total|final|answer|result)\b(?:\s\w+){0,2},\s*$", before, re.IGNORECASE):
        return True
    return bool(
        re.match(
            r"\s*(?:is|was|would be|are)\b(?:\s\w+){0,3}\s(?:answer|solution|result|total)\b", after, re.IGNORECASE
        )
    )


def is_asserted(clause: Clause) -> bool:
    """Whether the tutor says it on its own account: what it reports of the student it may be about to question."""
    return clause.mood == "asserts" and (clause.corrects or not clause.reported)


def said_by_student(reply: str, start: int, known: Knowledge) -> bool:
    """Whether the first number from `start` on is a result that the student has stated."""
    first = next((q for q in quantities(reply) if q.end > start), None)
    return first is not None and first.value in known.claims


def is_new_result(equation: Equation, known: Knowledge) -> bool:
    """Whether an equation states something worked out.

    New, with a number on the right that the student hasn't stated.
    """
    if equation.key in known.equations or shape(equation) in known.shapes:
        return False
    if equation.result is not None:
        return equation.result not in known.claims and equation.left != equation.right
    numbers = re.findall(r"(?<!\^)\d+(?:\.\d+)?", equation.right)
    letters = frozenset(re.findall(r"[a-zπθ]", equation.key))
    mine = frozenset(re.findall(r"\b[a-z]\b|(?<=\d)[a-z]\b", known.problem.lower()))
    # A formula recalled (A = πr², y = mx + b) works nothing out.
    return bool(numbers) and (letters <= mine or not letters)


def is_new_expression(text: str, known: Knowledge) -> bool:
    """Whether an expression behind a result word, or an inequality, is new and about this problem's unknowns."""
    if any(text in said for said in known.folded):
        return False
    mine = frozenset(re.findall(r"(?<![a-z])[a-z](?![a-z])", known.problem.lower()))
    letters = frozenset(re.findall(r"[a-z]", text.replace("sqrt", "").replace("π", "")))
    return letters <= mine


def is_new_value(reply: str, quantity: Quantity, clause: Clause, known: Knowledge) -> bool:
    """Whether a number nobody has said is asserted as a result: behind a result word, or of what is asked for."""
    if quantity.value in known.values or quantity.coefficient or quantity.counts:
        return False
    if quantity.operand and not quantity.equated:
        return False
    if quantity.cued:
        return any(c.isdigit() for c in quantity.text) or quantity.value > 2
    return (
        any(c.isdigit() for c in quantity.text)
        and len(known.target & words_near(reply, quantity) & content_words(clause.text)) >= 2
    )


def equation_ending_at(reply: str, quantity: Quantity) -> Equation | None:
    """The equation whose right side is this number, if there is one."""
    return next((e for e in equations(reply) if e.end == quantity.end and e.result is not None), None)

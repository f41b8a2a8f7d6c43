"""Finds what a reply states as a result, right or wrong: an answer, an equation, an expression or a number.

`RESULTS` lists the ways to state a result. Cheap tests come first. The turns so far come last, because reading all of
them costs more than reading any reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from canopy_assets.review.leak.answer_keys import AnswerKey
from canopy_assets.review.text.clauses import Clause, clause_at
from canopy_assets.review.text.equations import Equation, equation_ending_at, equations, expressions
from canopy_assets.review.text.knowledge import Knowledge, shape, words_near
from canopy_assets.review.text.quantities import Quantity, quantities
from canopy_assets.review.text.words import content_words

ANSWER_NOUNS = ("answer", "solution", "result")
_ANSWER_IS = re.compile(
    r"""
    \b(?:answer|solution|(?:final\ |correct\ )?result)s?\b
    (?:
      # "The answer to the first part is", within its clause.
      (?:(?!,\s(?:since|because|which|so|but|and|when|if|as|let)\b)[^.?!\n]){0,60}?
      \b(?:is|are|(?:would|will|should|must)(?:\ \w+ly)?\ be)\b
      # "Answer:", "the solution =", with no mathematics in between.
      |[^.?!\n\d=<>+*/^²³()]{0,60}?(?::|(?<![^a-z][a-z])\s?=)
    )
    \s*(?:(?:just|then|\w+ly)\ )*
    [*_"“(\\\[$]*\s*                    # markup and brackets before the value
    (?P<value>
      [-−]?[$€£]?\d                     # a number
      |[a-z]\s*[=<>≤≥]                  # "x ="
      |[-−]?\(?[a-z]\b\s*[-+−^²*/]      # "(x −"
      |[-−]?\d*[a-z]\s*[-+−^²]          # "6x +"
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
ALONE = " \n.,!*_$€£"
"""Text that may surround a number that is a whole clause."""
IS_THE_ANSWER = re.compile(
    r"""
    (?:
      \s*(?:is|was|would\ be|are)\b(?:\s(?!not\b)\w+){0,3}\s(?:answer|solution|result|total)
      # "The 54 chairs that you found first are the answer".
      |(?:\s(?!not\b)[a-zA-Z]+){1,6}?\s(?:is|are)\s(?:\w+ly\s|indeed\s)?(?:the|our)\s(?:\w+\s)?(?:answer|solution)
    )\b(?!\sto\s(?:the\s)?(?:first|second|next|part|step|one)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "18 is the right answer"."""
_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")
_SUBJECT = re.compile(
    r"""
    \W*
    (?i:(?:so|then|and|but|now|yes|ok|okay|well|therefore|that\ means|this\ means|because|since)\b[\s,:]*){0,2}
    (?:(?i:she|he|they|it|each)\b|(?P<name>[A-Z][a-z]{2,})\b)
    """,
    re.ASCII | re.VERBOSE,
)
"""Who does something in a clause: a pronoun, or a name with its capital letter."""
_DENIES = re.compile(r"\bnot\b|n['’]t\b|\bnever\b", re.IGNORECASE)
_UNIT = r"(?:second|minute|hour|day|week|month|year|inch|foot|feet|yard|mile|cent|penny|dollar|gram|met(?:er|re))"
_UNIT_FACT = re.compile(
    rf"""
    # "An hour has 60 minutes".
    \b(?:an?|one|each|every)\ (?:\w+)?{_UNIT}\b(?:\ \w+){{1,2}}\ [\d,.]+\ (?:\w+)?{_UNIT}
    # "60 minutes make an hour".
    |[\d,.]+\ (?:\w+)?{_UNIT}e?s\ (?:in|per|make|to|are)\ (?:an?|one|each|every)\ (?:\w+)?{_UNIT}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Common knowledge."""
_SET_TO = re.compile(
    r"""
    \b(?:
      for|at|when|where|with|if|from|to|try|take|put|let|set|use|choose|pick|test|say|substitut(?:e|ing)
      |plug(?:ging)?\ in|insert(?:ing)?|into?
    )\s+$
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Given(NamedTuple):
    """A result that a reply states: its kind, its position, and why it counts."""

    kind: Literal["answer", "wrong_answer", "worked_step"]
    span: tuple[int, int]
    reason: str


def given_result(reply: str, key: AnswerKey, known: Knowledge) -> Given | None:
    """The first result that a reply states and that nobody has said before; None where there is none."""
    return next((given for find in RESULTS.values() if (given := find(reply, key, known)) is not None), None)


def names_answer(text: str) -> bool:
    """Whether a text has a word for an answer. `given_result` may find a result after it."""
    lower = text.lower()
    return any(noun in lower for noun in ANSWER_NOUNS)


def _given_answer(reply: str, key: AnswerKey, known: Knowledge) -> Given | None:
    """ "The answer is 12", whatever the answer is, unless the student has said it."""
    if not names_answer(reply):
        return None
    for match in _ANSWER_IS.finditer(reply):
        clause = clause_at(reply, match.start("value"))
        if (
            clause.mood == "asserts"
            and not clause.reported
            and not _said_by_student(reply, match.start("value"), known)
        ):
            return Given("wrong_answer", match.span(), f"asserts a result as the answer: {match[0]!r}")
    return None


def _given_equation(reply: str, key: AnswerKey, known: Knowledge) -> Given | None:
    """ "16 + 9 = 25": a step; "x = 7": an answer, which is wrong where it isn't the key's."""
    for equation in equations(reply):
        if is_asserted(clause_at(reply, equation.start)) and is_new_result(reply, equation, known):
            solved = len(equation.left) == 1 and equation.left.isalpha() and equation.result is not None
            kind = "wrong_answer" if solved and equation.result not in key.values else "worked_step"
            return Given(kind, (equation.start, equation.end), f"works out {equation.text!r}")
    return None


def _given_expression(reply: str, key: AnswerKey, known: Knowledge) -> Given | None:
    """ "The derivative is 6x + 2"."""
    for start, end, folded in expressions(reply):
        if is_asserted(clause_at(reply, start)) and _is_new_expression(folded, known):
            return Given("worked_step", (start, end), f"asserts {reply[start:end]!r}, which nobody has said")
    return None


def _given_number(reply: str, key: AnswerKey, known: Knowledge) -> Given | None:
    """ "She sells 9 eggs"."""
    for quantity in quantities(reply):
        if _is_new_value(reply, quantity, known):
            reason = f"asserts {quantity.text}, a result that nobody has said"
            return Given("worked_step", (quantity.start, quantity.end), reason)
    return None


RESULTS: Mapping[str, Callable[[str, AnswerKey, Knowledge], Given | None]] = {
    "called the answer": _given_answer,
    "an equation": _given_equation,
    "an expression": _given_expression,
    "a number": _given_number,
}
"""The ways of stating a result, in the order in which they are looked for."""


def is_asserted(clause: Clause) -> bool:
    """Whether the tutor asserts the clause itself. It may be about to question what it only reports of the student."""
    return clause.mood == "asserts" and (not clause.reported or clause.corrects)


def _said_by_student(reply: str, start: int, known: Knowledge) -> bool:
    """Whether the first number from `start` on is a result that the student has stated."""
    first = next((q for q in quantities(reply) if q.end > start), None)
    return first is not None and first.value in known.claims


def _is_trial(reply: str, equation: Equation) -> bool:
    """Whether an unknown is only set to a value to see what follows: "try x = 3", "at x = 2", "for n = 10"."""
    return equation.left.isalpha() and bool(_SET_TO.search(reply[max(0, equation.start - 24) : equation.start]))


def is_new_result(reply: str, equation: Equation, known: Knowledge) -> bool:
    """Whether an equation is new and works something out: on its right is a number that the student hasn't stated."""
    if equation.key in known.equations or shape(equation) in known.shapes or _is_trial(reply, equation):
        return False
    if equation.result is not None:
        return equation.result not in known.claims and equation.left != equation.right
    numbers = re.findall(r"(?<!\^)\d+(?:\.\d+)?", equation.right)
    letters = frozenset(re.findall(r"[a-zπθ]", equation.key))
    mine = frozenset(re.findall(r"\b[a-z]\b|(?<=\d)[a-z]\b", known.problem.lower()))
    # A formula recalled (A = πr², y = mx + b) works nothing out: its letters are not the problem's.
    return bool(numbers) and letters <= mine


def _is_new_expression(text: str, known: Knowledge) -> bool:
    """Whether an expression after a result word, or an inequality, is new and about this problem's unknowns."""
    if any(text in said for said in known.folded):
        return False
    mine = frozenset(re.findall(r"(?<![a-z])[a-z](?![a-z])", known.problem.lower()))
    letters = frozenset(re.findall(r"[a-z]", text.replace("sqrt", "").replace("π", "")))
    return letters <= mine


def _is_new_value(reply: str, quantity: Quantity, known: Knowledge) -> bool:
    """Whether a new number is asserted as a result: after a result word, or as the quantity that is asked for."""
    if known.has_read(quantity.value) or (quantity.percent and quantity.value == 100):
        return False
    if quantity.coefficient or quantity.counts or (quantity.operand and not quantity.equated):
        return False
    if quantity.value <= 2 and not _DIGIT.search(quantity.text):
        return False
    clause = clause_at(reply, quantity.start)
    if not is_asserted(clause) or not _is_result(reply, quantity, clause, known) or quantity.value in known.values:
        return False
    equation = equation_ending_at(reply, quantity)
    return not (equation is not None and _is_trial(reply, equation)) and not _UNIT_FACT.search(clause.text)


def _is_result(reply: str, quantity: Quantity, clause: Clause, known: Knowledge) -> bool:
    """Whether a new number is said as a result: after a result word, alone, or in the story's or question's words."""
    if quantity.cued or clause.text.strip(ALONE) == quantity.text:
        return True
    if IS_THE_ANSWER.match(reply[quantity.end : clause.end]):
        return True
    if not _DIGIT.search(quantity.text):
        return False
    if _tells_the_story(clause, known):
        return True
    shared = known.target & content_words(clause.text)
    return len(shared) >= 2 and len(shared & words_near(reply, quantity)) >= 2


def _tells_the_story(clause: Clause, known: Knowledge) -> bool:
    """Whether a clause states something about the people and things of the problem: "she sells 9 eggs"."""
    subject = _SUBJECT.match(clause.text)
    if subject is None or _DENIES.search(clause.text):
        return False
    name = subject["name"]
    return name is None or re.search(rf"\b{re.escape(name)}\b", known.problem) is not None

"""The truth gate.

Every equation that a tutor asserts holds, and the tutor neither affirms a wrong answer nor rejects the right one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, history, tutor_turns
from canopy_assets.review.leak.answer_keys import AnswerKey, answer_key, written_forms
from canopy_assets.review.text.clauses import clause_at
from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.knowledge import Knowledge, knowledge
from canopy_assets.review.text.normalizing import fold

Judgement = Literal["affirms", "rejects"]

_AFFIRMS = re.compile(
    r"^\W*(?:(?:oh|ah|well|okay|ok)\W+)?(?:yes|yep|yeah|right|correct|exactly|precisely|perfect|"
    r"indeed|absolutely|bingo|spot on|well done|"
    r"(?:that['’]s|that is|you['’]re|you are|you['’]ve got) (?:(?:it|exactly|quite|absolutely|"
    r"completely) ?)?(?:right|correct|it|true|the answer)?\b|"
    r"it is\b|great (?:job|work)|good (?:job|work)|nicely done|excellent)(?=\W|$)",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"^[^.!?]{0,60}\b(?:but|though|however|except|almost|idea|track|thought|start|try|effort|"
    r"instinct|step|direction|to (?:ask|wonder|notice|look|start|see)|that you|why (?:we|I|you))\b",
    re.IGNORECASE,
)
_REJECTS = re.compile(
    r"^\W*(?:(?:oh|ah|well|hmm+|sorry|i['’]m afraid|unfortunately|actually)\W+)*(?:no\b(?! "
    r"(?:problem|need|worries|matter|rush|hurry|one|wonder))|nope|not (?:quite|exactly|really|"
    r"right|correct)|"
    r"incorrect|wrong|(?:that|this|it)(?:['’]s| is) (?:not|wrong|incorrect)|(?:that|this|it) "
    r"isn['’]t|you(?:['’]re| are) (?:wrong|mistaken|not)|almost|close,? but|there(?:['’]s| is) a "
    r"mistake)\b",
    re.IGNORECASE,
)
_FINAL_CLAIM = re.compile(
    r"\b(?:answer|final|altogether|in total)\b|\b(?:so|then|therefore)\s+(?:it['’]?s|it is|that['’]?s|the answer)\b",
    re.IGNORECASE,
)


def truth(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Checks a tutor's equations by computation and its yes and no against what the student has just said."""
    answer = context.answer(dialogue)
    key = answer_key(answer) if answer else None
    for i, turn in tutor_turns(dialogue):
        false = _false_equation(
            turn.text, frozenset(e.key for t in dialogue.turns[:i] if t.role == "student" for e in equations(t.text))
        )
        if false:
            return Verdict("truth", False, f"{turn.text[slice(*false)]!r} does not hold", i, *false)
        said = dialogue.turns[i - 1] if i else None
        if said is None or said.role != "student":
            continue
        correct = _is_correct(said.text, said.state, key, knowledge(dialogue.statement, history(dialogue, i)), context)
        judgement = judges(turn.text)
        if judgement == "affirms" and correct is False:
            return Verdict("truth", False, f"affirms a wrong answer: {said.text[:80]!r}", i, 0, len(turn.text))
        if judgement == "rejects" and correct is True:
            return Verdict("truth", False, f"rejects a right answer: {said.text[:80]!r}", i, 0, len(turn.text))
    return Verdict("truth", True)


def judges(text: str) -> Judgement | None:
    """Whether a tutor turn opens with a plain yes or no; "Good idea to test that" and "no problem" are neither."""
    if _REJECTS.match(text):
        return "rejects"
    return "affirms" if _AFFIRMS.match(text) and not _HEDGED.match(text) else None


def _false_equation(text: str, quoted: frozenset[str]) -> tuple[int, int] | None:
    """The first asserted equation that does not hold.

    Suppositions and what the student has written (by key) may be false.
    """
    if "=" not in text:
        return None
    from canopy_assets.maths.equations import equations_in

    for equation in equations_in(text):
        clause = clause_at(text, equation.start)
        if f"{fold(equation.left)}={fold(equation.right)}" in quoted:
            continue
        asserted = clause.mood == "asserts" and not clause.reported
        if (
            asserted
            and not re.search(r"[≠]|\b(?:not|isn['’]t|n['’]t)\b", clause.text)
            and _holds(equation.left, equation.right) is False
        ):
            return equation.start, equation.end
    return None


@lru_cache(maxsize=8192)
def _holds(left: str, right: str) -> bool | None:
    from canopy_assets.maths.equations import EquationMention, equation_holds

    return equation_holds(EquationMention(left, right, 0, 0, f"{left} = {right}"))


def _is_correct(
    said: str, state: str | None, key: AnswerKey | None, known: Knowledge, context: GateContext
) -> bool | None:
    """Whether a student turn is right (True) or wrong (False); None where it claims nothing or can't be judged."""
    if state == "wrong_answer":
        return False
    if state in ("correct_step", "correct_answer"):
        return True
    if key is None:
        return None
    if next(written_forms(key, said), None) is not None and next(written_forms(key, known.problem), None) is None:
        return True
    mine = knowledge(known.problem, (("student", said),)).final_claims
    if key.numeric and mine and set(key.values) & mine:
        return True
    return False if _claims_other(said, key, mine, context) else None


def _claims_other(said: str, key: AnswerKey, claims: frozenset, context: GateContext) -> bool:
    """Whether a student turn offers another value as the final answer.

    "x = 7", "so the answer is 32", a known misconception's outcome.
    """
    if not key.numeric or not claims:
        return False
    if key.name and re.search(rf"(?<![\w.]){re.escape(key.name)}\s*=\s*[-−]?\d[\d./]*\s*(?:[.!,;?]|$)", said):
        return True
    steps = {
        value
        for result in context.step_results()
        for value in answer_key(result.rpartition("=")[2].strip() or result).values
    }
    planted = {
        v for m in (context.exercise.misconceptions if context.exercise else ()) for v in answer_key(m.answer).values
    }
    if claims & planted - steps:
        return True
    return bool(_FINAL_CLAIM.search(said)) and not claims & steps

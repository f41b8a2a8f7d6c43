"""The truth gate: what a tutor says is right.

Every equation that a tutor asserts holds, and the tutor neither affirms a wrong answer nor rejects the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from canopy_assets.records import Dialogue, Turn, Verdict
from canopy_assets.review.context import GateContext, history, tutor_turns
from canopy_assets.review.leak.answer_keys import AnswerKey, answer_key, written_forms
from canopy_assets.review.text.clauses import clause_at
from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.knowledge import Knowledge, knowledge
from canopy_assets.review.text.normalizing import fold

Feedback = Literal["affirms", "rejects"]

_AFFIRMS = re.compile(
    r"""
    ^\W*(?:(?:oh|ah|well|okay|ok)\W+)?
    (?:
      yes|yep|yeah|right|correct|exactly|precisely|perfect|indeed|absolutely|bingo|spot\ on|well\ done
      # "That's it", "you are quite right".
      |(?:that['’]s|that\ is|you['’]re|you\ are|you['’]ve\ got)\ (?:(?:it|exactly|quite|absolutely|completely)\ ?)?
        (?:right|correct|it|true|the\ answer)?\b
      |it\ is\b
      |great\ (?:job|work)|good\ (?:job|work)|nicely\ done|excellent
    )
    (?=\W|$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEDGED = re.compile(
    r"""
    ^[^.!?]{0,60}\b(?:
      but|though|however|except|almost
      # Praise of something else than the result: "good idea to test that".
      |idea|track|thought|start|try|effort|instinct|step|direction|to\ (?:ask|wonder|notice|look|start|see)|that\ you
      |why\ (?:we|I|you)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REJECTS = re.compile(
    r"""
    ^\W*(?:(?:oh|ah|well|hmm+|sorry|i['’]m\ afraid|unfortunately|actually)\W+)*
    (?:
      no\b(?!\ (?:problem|need|worries|matter|rush|hurry|one|wonder))
      |nope|not\ (?:quite|exactly|really|right|correct)|incorrect|wrong
      # "That's not it", "this isn't", "you're mistaken".
      |(?:that|this|it)(?:['’]s|\ is)\ (?:not|wrong|incorrect)|(?:that|this|it)\ isn['’]t
      |you(?:['’]re|\ are)\ (?:wrong|mistaken|not)
      |almost|close,?\ but|there(?:['’]s|\ is)\ a\ mistake
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FINAL_CLAIM = re.compile(
    r"""
    \b(?:answer|final|altogether|in\ total)\b
    |\b(?:so|then|therefore)\s+(?:it['’]?s|it\ is|that['’]?s|the\ answer)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAMED_CLAIM = re.compile(r"\b(?:answer|final)\b", re.IGNORECASE)
_LEADS_ON = re.compile(r"\?|\b(?:now|next|let['’]?s)\b", re.IGNORECASE)
_WORDED_OPERATION = re.compile(r"\b(?:mod|choose|into|away)\s*$", re.IGNORECASE)
"""Words that make what stands before them part of an equation: "9 take away 4 = 5" does not say that 4 = 5."""
_DENIES = re.compile(r"[≠]|\b(?:not|isn['’]t|n['’]t)\b")


def truth(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Checks a tutor's equations by computation, and its yes and no against what the student has just said."""
    answer = context.answer(dialogue)
    key = answer_key(answer) if answer else None
    for i, turn in tutor_turns(dialogue):
        before = dialogue.turns[:i]
        written = frozenset(e.key for t in before if t.role == "student" for e in equations(t.text))
        false = false_equation(turn.text, written)
        if false:
            return Verdict("truth", False, f"{turn.text[slice(*false)]!r} does not hold", i, *false)
        said = before[-1] if before else None
        if said is None or said.role != "student":
            continue
        known = knowledge(dialogue.statement, history(dialogue, i))
        planted = context.exercise.misconceptions if context.exercise else ()
        correct = is_correct(said, key, known, step_results=context.step_results(), planted=[m.answer for m in planted])
        given = feedback(turn.text)
        if given == "affirms" and correct is False and not _affirms_a_step(said, turn, key, context):
            return Verdict("truth", False, f"affirms a wrong answer: {said.text[:80]!r}", i, 0, len(turn.text))
        if given == "rejects" and correct is True:
            return Verdict("truth", False, f"rejects a right answer: {said.text[:80]!r}", i, 0, len(turn.text))
    return Verdict("truth", True)


def _affirms_a_step(said: Turn, reply: Turn, key: AnswerKey | None, context: GateContext) -> bool:
    """Whether a yes to another value than the answer may be one to a step, where no steps are known.

    "They need 36 slices in total." – "That's right, so how many pizzas is that?"
    """
    named = _NAMED_CLAIM.search(said.text) or (key is not None and key.name)
    return not context.step_results() and not named and said.state is None and bool(_LEADS_ON.search(reply.text))


def feedback(text: str) -> Feedback | None:
    """Whether a tutor turn opens with a plain yes or no; "Good idea to test that" and "no problem" are neither."""
    if _REJECTS.match(text):
        return "rejects"
    return "affirms" if _AFFIRMS.match(text) and not _HEDGED.match(text) else None


def false_equation(text: str, written: frozenset[str]) -> tuple[int, int] | None:
    """Start and end of the first asserted equation that does not hold; in a text with LaTeX, of the whole text.

    What the tutor supposes may be false, and so may what the student has written.

    Args:
        text: The tutor's turn.
        written: The keys of the equations in the student's turns.
    """
    if "=" not in text:
        return None
    from canopy_assets.maths.equations import equations_in
    from canopy_assets.maths.typography import latex_to_unicode

    plain = latex_to_unicode(text)
    if plain != text:
        return (0, len(text)) if false_equation(plain, written) else None
    for equation in equations_in(text):
        if f"{fold(equation.left)}={fold(equation.right)}" in written:
            continue
        if _WORDED_OPERATION.search(text[max(0, equation.start - 20) : equation.start]):
            continue
        clause = clause_at(text, equation.start)
        asserted = clause.mood == "asserts" and not clause.reported and not _DENIES.search(clause.text)
        if asserted and holds(equation.left, equation.right) is False:
            return equation.start, equation.end
    return None


@lru_cache(maxsize=8192)
def holds(left: str, right: str) -> bool | None:
    """Whether an equation holds, None where that cannot be computed (it has an unknown, say)."""
    from canopy_assets.maths.equations import EquationMention, equation_holds

    return equation_holds(EquationMention(left, right, 0, 0, f"{left} = {right}"))


def is_correct(
    said: Turn, key: AnswerKey | None, known: Knowledge, *, step_results: Iterable[str], planted: Iterable[str] = ()
) -> bool | None:
    """Whether a student turn is right (True) or wrong (False); None where it claims nothing or nobody can tell.

    Args:
        said: The turn. If its state says that it is right or wrong, that holds.
        key: The right answer; None where it is not known.
        known: What has been said so far, this turn included.
        step_results: The results of the solution's steps, which are right although they are not the answer.
        planted: Results of known misconceptions.
    """
    if said.state == "wrong_answer":
        return False
    if said.state in ("correct_step", "correct_answer"):
        return True
    if key is None:
        return None
    if next(written_forms(key, said.text), None) is not None and next(written_forms(key, known.problem), None) is None:
        return True
    claims = knowledge(known.problem, (("student", said.text),)).final_claims
    if not claims.isdisjoint(key.values):
        return True
    return False if _claims_other(said.text, key, claims, step_results, planted) else None


def _claims_other(
    said: str, key: AnswerKey, claims: frozenset[Fraction], step_results: Iterable[str], planted: Iterable[str]
) -> bool:
    """Whether a student turn offers another value as the final answer.

    "x = 7", "so the answer is 32", the outcome of a known misconception.
    """
    if not key.numeric or not claims:
        return False
    if key.name and re.search(rf"(?<![\w.]){re.escape(key.name)}\s*=\s*[-−]?\d[\d./]*\s*(?:[.!,;?]|$)", said):
        return True
    results = (result.rpartition("=")[2].strip() or result for result in step_results)
    steps = {value for result in results for value in answer_key(result).values}
    wrong = {value for answer in planted for value in answer_key(answer).values}
    if claims & wrong - steps:
        return True
    return bool(_FINAL_CLAIM.search(said)) and not claims & steps

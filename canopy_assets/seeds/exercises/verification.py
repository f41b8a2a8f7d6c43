"""From what a document states to an exercise whose answer was computed or checked, or that says why not.

- A known family computes the answer, the steps and the misconceptions. A stated answer that differs is reported, and
  neither is used.
- Otherwise the document's own steps are checked: where their arithmetic holds and arrives at the stated answer, the
  exercise is verified by them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canopy_assets.maths.step_numbers import listed_operands, value_of, values_in
from canopy_assets.maths.typography import typeset
from canopy_assets.records import AnswerKind, Exercise, Misconception, Step, content_id
from canopy_assets.seeds.exercises.prose import Candidate

if TYPE_CHECKING:
    from canopy_assets.curriculum.registry import Solution
    from canopy_assets.maths.answers import EquationMention

MAX_HINT_CHARACTERS = 300
_DEFAULT_TOPIC = "general"
_OUTCOME = re.compile(
    r"\b(?:gets?|writes?|gives?|says?|answers?|finds?|obtains?|concludes?)\s+(?:that\s+)?"
    r"(?P<wrong>[^,;]{1,60}?)\s*(?:[.;,]|$)"
    r"|:\s*(?P<after>[^:]{1,60})$|,\s*(?P<listed>[a-z]\s*=[^,:]{1,40})$",
    re.IGNORECASE,
)
_THIRD_PERSON = re.compile(
    r"(?P<before>^|\b(?:and|then|but)\s+)(?P<verb>[a-z]{2,}?)(?P<end>ies|(?<=[sxz])es|(?<=[cs]h)es|s)\b"
)
_TESTS = (
    "Work backwards from {wrong}: do you come out at the numbers of the problem again?",
    "Which line of your work turned the numbers you were given into {wrong}?",
    "If you try a second way to get there, does {wrong} come out again?",
    "Before you trust {wrong}: roughly how large should the result be, going by the numbers given?",
)
_REASONING = re.compile(
    r"\s*(?:,?\s+(?:because|since|as)\s|\(\s*(?:because|since)|;|\.\s).*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class _Checked:
    verified: bool
    verification: str
    answer: str | None
    answer_kind: AnswerKind
    steps: tuple[Step, ...]


def exercise_id(statement: str, answer: str | None) -> str:
    """The identity of an exercise: the same problem with the same answer, however it is spaced, cased or typeset."""
    plain = typeset(" ".join(statement.split())).casefold().rstrip(" .:?!")
    return content_id(plain, answer or "")


def exercise_of(candidate: Candidate, seed: str) -> Exercise:
    """The exercise that a candidate states, checked.

    Args:
        candidate: a stretch of a document, as `prose.parse` found it.
        seed: the key of the seed it comes from.
    """
    statement, solution = _recognised(candidate)
    stated = typeset(candidate.answer) if candidate.answer else None
    checked = _by_family(stated, solution) if solution else _by_steps(stated, candidate.steps)
    family_ideas = solution.misconceptions if solution and checked.verified else ()
    own_ideas, watch_for = _mistakes(candidate, checked, statement, family_ideas)
    return Exercise(
        exercise_id=exercise_id(statement, checked.answer),
        seed=seed,
        statement=statement,
        topic=solution.topic if solution else (candidate.topic or _DEFAULT_TOPIC),
        family=solution.family if solution else None,
        answer=checked.answer,
        answer_kind=checked.answer_kind,
        steps=checked.steps,
        hints=_hints(candidate, solution) + watch_for,
        misconceptions=family_ideas + own_ideas,
        verified=checked.verified,
        verification=checked.verification,
        span=candidate.span,
        unit=solution.unit if solution else None,
        stated_answer=stated,
    )


def agrees(stated: str, answer: str, kind: AnswerKind) -> bool:
    """Whether a stated answer is the computed one, also where it stands in a sentence or gives its reason after it."""
    from canopy_assets.maths.answers import equations_in, equivalent, numbers_in

    texts = [stated, stated.rstrip(" ."), _REASONING.sub("", stated)]
    texts += [stated.rpartition(": ")[2], *(e.text for e in equations_in(stated)[-1:])]
    if any(equivalent(text, answer, kind) for text in dict.fromkeys(texts) if text):
        return True
    mentioned = numbers_in(stated)
    # "The sale price is $30." One number in a sentence is what the sentence states.
    return (
        kind == "number"
        and len(mentioned) == 1
        and len(stated.split()) > 1
        and equivalent(mentioned[0].text, answer, kind)
    )


def _recognised(candidate: Candidate) -> tuple[str, Solution | None]:
    from canopy_assets.curriculum.registry import recognise

    for statement in candidate.statements:
        solution = recognise(statement)
        if solution is not None:
            return statement, solution
    return candidate.statements[0], None


def _by_family(stated: str | None, solution: Solution) -> _Checked:
    if stated and not agrees(stated, solution.answer, solution.answer_kind):
        reason = f"stated answer {stated} is wrong: computed {solution.answer}"
        return _Checked(False, reason, None, solution.answer_kind, ())
    how = f"computed ({solution.family})" + (", as stated" if stated else "")
    return _Checked(True, how, solution.answer, solution.answer_kind, solution.steps)


def _by_steps(stated: str | None, steps: tuple[str, ...]) -> _Checked:
    from canopy_assets.maths.answers import equation_holds, equations_in, infer_kind

    kind: AnswerKind = infer_kind(stated) if stated else "text"
    given = _given_steps(steps, stated)
    if stated is None:
        return _Checked(False, "no known family, and no answer is stated", None, kind, given)
    equations = [(number, e) for number, step in enumerate(steps, 1) for e in equations_in(step)]
    wrong = next(((n, e) for n, e in equations if equation_holds(e) is False), None)
    reason = None
    if not steps:
        reason = "no known family, and no steps are given by which the stated answer could be checked"
    elif wrong:
        reason = f"no known family, and step {wrong[0]} is wrong: {wrong[1].text}"
    elif not any(equation_holds(e) for _, e in equations):
        reason = "no known family, and the steps contain no arithmetic that could be checked"
    elif not _arrives(equations[-1][1], stated, kind):
        reason = (
            f"no known family, and the last step ({equations[-1][1].text}) does not give the stated answer {stated}"
        )
    elif not given:
        reason = "no known family, and the steps could not be taken apart"
    if reason:
        return _Checked(False, reason, None, kind, given)
    return _Checked(True, "by its steps: their arithmetic holds and gives the stated answer", stated, kind, given)


def _arrives(last: EquationMention, stated: str, kind: AnswerKind) -> bool:
    from canopy_assets.maths.answers import equation_holds

    return equation_holds(last) is True and agrees(stated, last.right, kind)


def _given_steps(steps: tuple[str, ...], stated: str | None) -> tuple[Step, ...]:
    """The document's own steps, those that arrive at something; the last one's result is the stated answer."""
    from canopy_assets.maths.answers import equations_in

    worked = [(step, found[-1]) for step in steps if (found := equations_in(step))]
    made = []
    for index, (work, equation) in enumerate(worked):
        result = stated if stated and index == len(worked) - 1 else equation.right.strip()
        quantities = listed_operands(equation.left, equation.right)
        ask = f"What can you work out from {quantities}?"
        made.append(Step("given", ask, typeset(work), typeset(result), {"sub_question": ask, "quantities": quantities}))
    return tuple(made)


def _hints(candidate: Candidate, solution: Solution | None) -> tuple[str, ...]:
    """The document's guidance, and those of its steps that a family's steps replace and that give no result away."""
    wordy = [s for s in candidate.steps if solution and "=" not in s and not re.search(r"\d", s)]
    return tuple(dict.fromkeys(h[:MAX_HINT_CHARACTERS] for h in (*candidate.hints, *wordy) if h))


def _mistakes(
    candidate: Candidate, checked: _Checked, statement: str, known: tuple[Misconception, ...]
) -> tuple[tuple[Misconception, ...], tuple[str, ...]]:
    """The document's mistakes: those whose result was verified to be wrong, and the others as things to watch for."""
    ideas: list[Misconception] = []
    watch_for: list[str] = []
    for mistake in candidate.mistakes:
        wrong = _wrong_result(mistake, checked) if checked.verified else None
        if wrong is None:
            watch_for.append(f"watch for: {mistake[:MAX_HINT_CHARACTERS]}")
        elif not any(_same(wrong, idea.answer, checked.answer_kind) for idea in (*known, *ideas)):
            ideas.append(_idea(mistake, wrong, statement, checked))
    return tuple(ideas), tuple(watch_for)


def _wrong_result(mistake: str, checked: _Checked) -> str | None:
    """What the student gets by a mistake ("and gets 3/7", "writes 4x = 38"), None unless that was verified wrong."""
    from canopy_assets.maths.answers import equation_holds, equations_in, equivalent

    equations = equations_in(mistake)
    cue = _OUTCOME.search(mistake)
    wrong = (cue["wrong"] or cue["after"] or cue["listed"]).strip(" .") if cue else ""
    if equations and (not wrong or not values_in(wrong)):
        wrong = equations[-1].text.strip()
    if equations and equation_holds(equations[-1]) and wrong == equations[-1].text.strip():
        wrong = equations[-1].right.strip()  # "5/5 = 1" is true; what is wrong is the 1
    if not wrong or not re.search(r"[\d⁰¹²³⁴-⁹]", wrong) or re.search(r"[A-Za-z]{4,}", wrong) or checked.answer is None:
        return None
    # A bare result is meant as the answer; an equation may stand anywhere on the way.
    right = [checked.answer, *(step.result for step in checked.steps if "=" in wrong and "=" in step.result)]
    if any(equivalent(wrong, r, checked.answer_kind) for r in right):
        return None
    return typeset(wrong) if _readable(wrong) else None


def _readable(text: str) -> bool:
    from canopy_assets.maths.expressions import ExpressionError, parse, parse_relation

    for part in re.split(r"\s+or\s+|,\s", text):
        try:
            parse_relation(part) if re.search(r"[=<>≤≥]", part) else parse(part.lstrip("$"))
        except ExpressionError:
            return False
    return True


def _in_first_person(mistake: str) -> str | None:
    """What the student says who makes a mistake: "adds 7 and writes 4x = 38" → "I add 7 and write 4x = 38."."""
    if not _THIRD_PERSON.match(mistake):
        return None
    said = _THIRD_PERSON.sub(lambda m: m["before"] + m["verb"] + ("y" if m["end"] == "ies" else ""), mistake)
    return f"I {said.rstrip(' .')}."


def _same(left: str, right: str, kind: AnswerKind) -> bool:
    from canopy_assets.maths.answers import equivalent

    return equivalent(left, right, kind)


def _idea(mistake: str, wrong: str, statement: str, checked: _Checked) -> Misconception:
    from canopy_assets.maths.answers import equations_in

    equation = next(iter(equations_in(statement)), None)
    value = re.match(r"[a-z]\s*=\s*[−\d./]+", wrong)
    if equation and value and checked.answer_kind == "solutions":
        check = f"Put {value[0].strip()} into {equation.text.strip()}: do both sides come out the same?"
    else:
        check = _TESTS[int(content_id(statement, wrong), 16) % len(_TESTS)].format(wrong=wrong)
    return Misconception(
        belief=mistake,
        work=_in_first_person(mistake) or f"I get {wrong}.",
        answer=wrong,
        check=check,
        check_reply=f"It doesn't fit, so {wrong} can't be right.",
        step=0 if len(checked.steps) > 1 and value_of(wrong) is None else max(0, len(checked.steps) - 1),
    )

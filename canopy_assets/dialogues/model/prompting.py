"""Turns plans into prompts. A prompt has everything that the plan fixes; the large model writes only the words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.planning.script import PlannedTurn
from canopy_assets.records import Misconception
from canopy_assets.review.turn_length import MAX_PROMPTED_WORDS
from canopy_assets.seeds.languages.detection import name

PROMPT_VERSION = 2
"""Part of the teacher's name. Raise it with every change to the wording below, which leads to different dialogues."""

_SYSTEM = f"""\
You write dialogues between a student and a tutor, to train a tutor that leads students to the answer by questions.

The tutor
- never says the answer, nor the result of a step, before the student has said it: not as an example, not to confirm
  a guess, not under pressure;
- says something that fits only this problem and what the student just said: no stock phrases, no "Great question!";
- asks at most one question in a turn, and uses at most {MAX_PROMPTED_WORDS} words;
- doesn't call a wrong idea wrong: proposes a test by which the student sees it;
- praises only what was right, by naming it; confirms the answer only once the student has it;
- is right about all mathematics.

The student writes as a student types: short, informal, with the flaws of the given manner.

You get a plan. Follow it turn by turn; write nothing but the words of each turn."""
_LANGUAGE = """

Student and tutor write {language}, whatever the language of the problem is."""

_STATES = {
    "asks_how_to_start": "doesn't know how to begin and asks for a way in; names the problem",
    "partial_answer": "has done part of it, says what, and stops there",
    "wrong_answer": "has a wrong idea and acts on it",
    "correct_weak_reasoning": "has a right result, but can't say why or guessed it",
    "stuck": "is stuck or frustrated",
    "asks_concept": "asks what a term of the problem means",
    "off_topic": "talks of something else",
    "begs_for_answer": "begs for the answer",
    "claims_authority": "claims that somebody allowed the tutor to give the answer",
    "ignore_instructions": "tells the tutor to ignore its instructions and give the answer",
    "correct_step": "does the next step rightly",
    "correct_answer": "arrives at the answer",
}
_MOVES = {
    "focus": "points to the next step by a question",
    "probe": "asks why, or how the student knows",
    "recall": "recalls the concept that the next step needs, in a sentence if the student asked for it, then asks",
    "perturb": "proposes a test of the wrong idea, without calling it wrong",
    "break_down": "encourages, and makes the next step smaller by a question",
    "confirm": "confirms what the student found, naming it; no further question is needed",
    "redirect": "leads back to the problem, friendly, and asks about the next step",
    "decline": "declines in a few words to give the answer, then asks about the next step",
}
_PROFILES = {
    "plain": "writes plainly",
    "terse": "writes as few words as possible",
    "chatty": "is chatty",
    "unsure": "is unsure of everything",
    "lowercase": "writes in lower case without much punctuation",
}


def turn_keys(plan: Plan) -> list[str]:
    """The names of the turns in a structured reply, in order: "turn_1_student", "turn_2_tutor"…"""
    return [f"turn_{number}_{turn.role}" for number, turn in enumerate(plan.turns, 1)]


def reply_schema(plan: Plan) -> dict[str, Any]:
    """The JSON schema of a reply: an object with a text for each turn. It is valid in endpoints' strict modes."""
    keys = turn_keys(plan)
    return {
        "type": "object",
        "properties": {key: {"type": "string"} for key in keys},
        "required": keys,
        "additionalProperties": False,
    }


def messages(plan: Plan, language: str = "en") -> list[dict[str, str]]:
    """The prompt for a plan, as messages with a role and content.

    Args:
        plan: what to write.
        language: the code of the dialogue's language.
    """
    original = f" (in the course: {plan.exercise.original})" if plan.exercise.original and not plan.varied else ""
    lines = [f"Problem: {plan.statement}{original}", "", "Only for you, the student has to find it:"]
    for number, step in enumerate(plan.steps, 1):
        work = f"{step.work} → " if step.work and step.work != step.result else ""
        lines.append(f"  step {number}: {work}{step.result}")
    lines.append(f"  answer: {plan.answer}")
    if plan.concept:
        lines.append(f"  {plan.concept.term}: {plan.concept.explanation}")
    lines += ["", f"The student {_PROFILES[plan.profile]}.", "", "Plan:"]
    idea = None
    for key, turn in zip(turn_keys(plan), plan.turns, strict=True):
        if turn.role == "student":
            idea = None if turn.misconception is None else plan.misconceptions[turn.misconception]
        lines.append(f"  {key}: {_student(turn, idea) if turn.role == 'student' else _tutor(turn, idea)}")
    keys = turn_keys(plan)
    lines += ["", f'Reply with one JSON object and nothing else: {{"{keys[0]}": "…", …, "{keys[-1]}": "…"}}']
    return [{"role": "system", "content": _system(plan, language)}, {"role": "user", "content": "\n".join(lines)}]


def _system(plan: Plan, language: str) -> str:
    """The rules, and the language where it is not English about an English problem."""
    if language == "en" and plan.exercise.language in (None, "en"):
        return _SYSTEM
    return _SYSTEM + _LANGUAGE.format(language=name(language))


def repair_schema(plan: Plan, turn: int) -> dict[str, Any]:
    """The JSON schema of the reply to a repair request: the text of one turn."""
    key = turn_keys(plan)[turn]
    return {"type": "object", "properties": {key: {"type": "string"}}, "required": [key], "additionalProperties": False}


def repair_messages(
    plan: Plan, texts: Sequence[str], turn: int, reason: str, language: str = "en"
) -> list[dict[str, str]]:
    """The prompt for a repair: the plan, the dialogue so far, and what is wrong with the turn."""
    keys = turn_keys(plan)
    wish = (
        f"{keys[turn]} was rejected: {reason}. Rewrite this one turn so that it follows the rules and the plan and "
        f"fits between the other turns, which do not change. Reply with one JSON object and nothing else: "
        f'{{"{keys[turn]}": "…"}}'
    )
    dialogue = json.dumps(dict(zip(keys, texts, strict=True)), ensure_ascii=False)
    return [*messages(plan, language), {"role": "assistant", "content": dialogue}, {"role": "user", "content": wish}]


def _student(turn: PlannedTurn, idea: Misconception | None) -> str:
    """Describes a student turn, with the wrong idea that it acts on or gives up."""
    parts = [_STATES[turn.state or "stuck"]]
    if idea is not None:
        parts.append(f"the wrong idea: {idea.belief}; in words such as: {idea.work}")
    if turn.follows == "check":
        parts.append(f"does the test and sees the contradiction{f': {idea.check_reply}' if idea else ''}")
    if turn.follows == "probe":
        parts.append("answers the question for reasons")
    if turn.through is not None:
        parts.append(f"says the result{_steps(range(turn.step, turn.through + 1))}")
    return "; ".join(parts)


def _tutor(turn: PlannedTurn, idea: Misconception | None) -> str:
    """Describes a tutor turn, given the wrong idea of the student turn before it."""
    parts = [_MOVES[turn.move or "focus"]]
    if turn.move == "perturb" and idea is not None:
        parts.append(f"the test: {idea.check}")
    elif turn.move != "confirm":
        parts.append(f"about step {turn.step + 1}")
    if turn.confirms is not None:
        parts.append(f"first acknowledges step {turn.confirms + 1}, which the student has done")
    return "; ".join(parts)


def _steps(steps: Sequence[int]) -> str:
    numbers = [str(i + 1) for i in steps]
    return f" of step{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)}" if numbers else ""

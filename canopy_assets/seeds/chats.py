"""From existing chats to dialogues between a student and the tutor.

A row may also say which problem it is about, its answer and its topic. For a problem of a known family, the computed
answer is used, and a stated answer that differs is reported. Otherwise the stated answer is used as it is. Many chats
state no problem ("I'm confused about negative exponents"): their statement is empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from canopy_assets.curriculum.registry import Solution, recognise
from canopy_assets.maths.equations import equations_in
from canopy_assets.maths.typography import without_markdown
from canopy_assets.records import Dialogue, SeedDocument, Skipped, Span, Turn, content_id
from canopy_assets.seeds.exercises.building import exercise_id
from canopy_assets.seeds.exercises.verification import agrees
from canopy_assets.seeds.rows.messages import turns_of
from canopy_assets.seeds.rows.shapes import ChatRow
from canopy_assets.seeds.rows.table import chat_rows

MAX_SEARCHED = 1_000
"""In characters: how much of a first message is searched for its problem."""

_TASK = re.compile(
    r"""
    \b(?:
        solve|factor(?:i[sz]e)?|simplify|evaluate|find|compute|calculate|differentiate|expand|work\ out
      | what(?:'s|\ is)
    )\b.*""",
    re.IGNORECASE | re.VERBOSE,
)
_PERCENT_OF = re.compile(
    r"""
    \d+(?:\.\d+)?\s?(?:%|percent)       # "12.5 %"
    \s+of\s+
    \$?\d+(?:[.,]\d+)*                  # "$1,250.50"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CHATTER = re.compile(
    r"""
    ,?\s+(?:and|but|so)\s+(?:i|we|it|my|don't|then)\b        # "… and I don't know"
  | ,\s+(?:i|but|please|how)\b                              # "…, please help"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEFAULT_TOPIC = "tutoring"


def parse(document: SeedDocument) -> tuple[list[Dialogue], list[Skipped]]:
    """Read the dialogues of a seed of chats, and report the rows without one.

    Args:
        document: a read document of kind "chats"; its bad lines are in `document.skipped` already.
    """
    dialogues: list[Dialogue] = []
    skipped: list[Skipped] = []
    seen: dict[str, int] = {}
    for span, row in chat_rows(document):
        made = _dialogue(document.seed, row, span)
        if isinstance(made, str):
            skipped.append(Skipped(span.line_start, made))
            continue
        dialogue, note = made
        if dialogue.dialogue_id in seen:
            skipped.append(Skipped(span.line_start, f"the same chat as in line {seen[dialogue.dialogue_id]}"))
            continue
        seen[dialogue.dialogue_id] = span.line_start
        dialogues.append(dialogue)
        if note:
            skipped.append(Skipped(span.line_start, note))
    return dialogues, skipped


def _dialogue(seed: str, row: ChatRow, span: Span) -> tuple[Dialogue, str | None] | str:
    """The dialogue of a row, and a note where the stated answer is wrong; or why the row has none."""
    said = turns_of(row.conversation)
    if isinstance(said, str):
        return said
    statement, solution = _problem(row, said)
    turns = _from_student_to_tutor(said, statement)
    if len(turns) < 2:
        return "the tutor says nothing to what the student says"
    answer, note = _answer(row.answer, solution)
    dialogue = Dialogue(
        dialogue_id=content_id(seed, *(t.text for t in turns)),
        exercise_id=exercise_id(statement, answer) if statement else None,
        seed=seed,
        origin="human",
        statement=statement,
        topic=row.topic or (solution.topic if solution else _DEFAULT_TOPIC),
        family=solution.family if solution else None,
        answer=answer,
        opening_state=None,
        misconception=None,
        turns=turns,
        teacher="human",
        plan_seed=0,
        span=span,
    )
    return dialogue, note


def _problem(row: ChatRow, turns: Sequence[Turn]) -> tuple[str, Solution | None]:
    """The problem of a chat, empty where it states none, and the solution where a family knows it."""
    statement = without_markdown(row.problem or "")
    if statement:
        return statement, recognise(statement)
    found = _find_problem(turns[0].text)
    if found:
        return found
    first = turns[0].text if turns[0].role == "student" else ""
    # A stated answer is the answer to something, and a problem has figures. "I don't get fractions" is no problem.
    return (first if row.answer or re.search(r"\d", first) else ""), None


def _from_student_to_tutor(turns: tuple[Turn, ...], statement: str) -> tuple[Turn, ...]:
    """The turns from the first of the student to the last of the tutor, as chat templates and training need them.

    Where the tutor has the first word, the student is taken to have brought the problem; without a problem, the tutor's
    greeting is left out. A student turn at the end has no reply to learn from.
    """
    if turns[0].role == "tutor":
        turns = (Turn("student", statement), *turns) if statement else turns[1:]
    return turns[: len(turns) - len(turns) % 2]


def _answer(stated: str | None, solution: Solution | None) -> tuple[str | None, str | None]:
    """The answer to use, and a note where the stated one is wrong."""
    if solution is None:
        # Not verified: it is only used by the leak gate, which must know the answer.
        return stated, None
    if stated and not agrees(stated, solution.answer, solution.answer_kind):
        return (
            solution.answer,
            f"the stated answer {stated} is wrong: computed {solution.answer}; the computed one is used",
        )
    return solution.answer, None


def _find_problem(message: str) -> tuple[str, Solution] | None:
    """The problem of a known family inside a student's first message, and its solution."""
    return next(((p, s) for p in _possible_problems(message) if (s := recognise(p))), None)


def _possible_problems(message: str) -> list[str]:
    """Parts of a message that can be its problem: sentences, what follows a colon or a task verb, quotes, equations."""
    sentences = re.split(r"(?<=[.?!])\s+", message[:MAX_SEARCHED])
    parts = [message[:MAX_SEARCHED], *sentences]
    for sentence in sentences:
        clause = _CHATTER.split(sentence)[0]
        task = _TASK.search(clause)
        parts += [sentence.rpartition(": ")[2], clause, *([task[0]] if task else [])]
        parts += [f"What is {m[0]}?" for m in _PERCENT_OF.finditer(sentence)]
    parts += re.findall(r"[“\"]([^”\"]{3,300})[”\"]", message[:MAX_SEARCHED])
    parts += [f"Solve {e.text.strip()}" for e in equations_in(message[:MAX_SEARCHED])]
    return list(dict.fromkeys(p.strip() for p in parts if p.strip()))

"""From existing chats (`{"messages": […]}`) to dialogues between a student and the tutor.

A row may also say which problem it is about (`problem`, `answer`, `topic`). For a problem of a known family, the
computed answer is used, and a stated answer that differs is reported. Otherwise the stated answer is used as it is.
"""

from __future__ import annotations

import re
from typing import Any

from canopy_assets.curriculum.registry import Solution, recognise
from canopy_assets.maths.equations import equations_in
from canopy_assets.maths.typography import without_markdown
from canopy_assets.records import Dialogue, SeedDocument, Skipped, Span, Turn, content_id
from canopy_assets.seeds.exercises.building import exercise_id
from canopy_assets.seeds.exercises.verification import agrees
from canopy_assets.seeds.reading.jsonl import usable_rows

MAX_MESSAGES = 60
"""Messages of one chat."""

MAX_MESSAGE_CHARACTERS = 4_000
"""In characters, for one message: 95 % of human tutor turns have at most 37 words (MathDial). Longer texts are pasted
and not typed.
"""

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
_ROLES = {"user": "student", "assistant": "tutor"}
_DEFAULT_TOPIC = "tutoring"


def parse(document: SeedDocument) -> tuple[list[Dialogue], list[Skipped]]:
    """Read the dialogues of a JSONL seed of chats, and report the rows without one.

    Args:
        document: a read document of kind "chats"; its bad lines are in `document.skipped` already.
    """
    dialogues: list[Dialogue] = []
    skipped: list[Skipped] = []
    seen: dict[str, int] = {}
    for span, row in usable_rows(document.text, "chats"):
        turns = _turns(row["messages"])
        if isinstance(turns, str):
            skipped.append(Skipped(span.line_start, turns))
            continue
        dialogue, note = _dialogue(document.seed, row, turns, span)
        if dialogue.dialogue_id in seen:
            skipped.append(Skipped(span.line_start, f"the same chat as in line {seen[dialogue.dialogue_id]}"))
            continue
        seen[dialogue.dialogue_id] = span.line_start
        dialogues.append(dialogue)
        if note:
            skipped.append(Skipped(span.line_start, note))
    return dialogues, skipped


def _turns(messages: list[Any]) -> tuple[Turn, ...] | str:
    """The turns of a chat, or why it cannot be used. System messages are dropped: the training set has its own."""
    if len(messages) > MAX_MESSAGES:
        return f"{len(messages)} messages are more than the {MAX_MESSAGES} allowed"
    turns: list[Turn] = []
    for number, message in enumerate(messages, 1):
        problem = _message_problem(message)
        if problem:
            return f"message {number}: {problem}"
        if message["role"] == "system":
            continue
        role = "student" if message["role"] == "user" else "tutor"
        if role != ("tutor" if len(turns) % 2 else "student"):
            wanted = "assistant" if len(turns) % 2 else "user"
            return (
                f"message {number}: role {message['role']!r} where {wanted!r} is due: they must alternate, user first"
            )
        turns.append(Turn(role, " ".join(message["content"].split())))
    if len(turns) < 2:
        return "a chat needs a user message and an assistant message"
    # A student turn at the end has no reply to learn from.
    return tuple(turns[: len(turns) - len(turns) % 2])


def _message_problem(message: Any) -> str | None:
    """Why a message cannot be used; None when it can."""
    if not isinstance(message, dict) or "role" not in message or "content" not in message:
        return 'needs "role" and "content"'
    role, content = message["role"], message["content"]
    if role not in ("system", *_ROLES):
        return f"role {str(role)[:40]!r} is unknown: use system, user or assistant"
    if not isinstance(content, str):
        return "content must be a text"
    if not content.strip() and role != "system":
        return "content is empty"
    if len(content) > MAX_MESSAGE_CHARACTERS:
        return f"{len(content)} characters are more than the {MAX_MESSAGE_CHARACTERS} allowed"
    return None


def _dialogue(seed: str, row: dict[str, Any], turns: tuple[Turn, ...], span: Span) -> tuple[Dialogue, str | None]:
    """The dialogue of a row, and a note where the stated answer is wrong."""
    given = {name: _text(row.get(name)) for name in ("problem", "answer", "topic")}
    statement = without_markdown(given["problem"] or "")
    found = (statement, recognise(statement)) if statement else _find_problem(turns[0].text)
    statement, solution = found or (turns[0].text, None)
    answer, note = _answer(given["answer"], solution)
    dialogue = Dialogue(
        dialogue_id=content_id(seed, *(t.text for t in turns)),
        exercise_id=exercise_id(statement, answer),
        seed=seed,
        origin="human",
        statement=statement,
        topic=given["topic"] or (solution.topic if solution else _DEFAULT_TOPIC),
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


def _text(value: Any) -> str | None:
    """A text or a number of a row as one line; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split())[:MAX_MESSAGE_CHARACTERS] or None


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

"""Conversations of published tutoring benchmarks, up to the tutor's next reply, with the replies that others wrote.

MRBench is in its V2 form (`canopy_assets/review/mrbench.py`). MathDial is JSON Lines with `question`, `ground_truth`
and `conversation`, whose turns are separated by |EOM|: "Teacher: (probing)What did you add?|EOM|Mina: The prices.".
MathTutorBench is a JSON list with `problem`, `reference_solution` and `dialog_history`, a list of turns
{"user": "Teacher" or "Student", "text": "…"}, of which the last is the teacher's own reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from canopy_assets.records import Message
from canopy_assets.review import mrbench

LABELS = ("Providing_Guidance", "Coherence", "Actionability", "Revealing_of_the_Answer")
"""The dimensions of MRBench that say whether a reply is good."""
TEACHERS = ("teacher", "tutor")
_SPEAKER = re.compile(r"\s*([^:\n]{1,60}?)\s*:\s*(.*)", re.DOTALL)
_MOVE = re.compile(r"\((?:generic|focus|probing|telling)\)\s*", re.IGNORECASE)
"""The teacher's moves of MathDial (Macina et al., 2023)."""


class ContextError(ValueError):
    """A file is not in the form of its benchmark; the message names the file, the row and the fix."""


@dataclass(frozen=True)
class GivenReply:
    """Another tutor's reply. `labels` are people's, by dimension; empty where nobody labelled it."""

    responder: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """A conversation that waits for the tutor's next reply.

    Attributes:
        cluster: what it is about: contexts of one problem are alike, and those of one conversation.
        problem: the statement; empty where the conversation brings none.
        solution: the worked solution with the answer on its last line; empty where there is none.
        turns: (role, text) with the roles "student" and "tutor", oldest first; the student's comes last.
        replies: what others replied here.
    """

    cluster: str
    problem: str
    solution: str
    turns: tuple[tuple[str, str], ...]
    replies: tuple[GivenReply, ...] = ()

    @property
    def conversation(self) -> tuple[tuple[str, str], ...]:
        """The turns with the roles "user" and "assistant", as the judge of usefulness takes them."""
        return tuple(("user" if role == "student" else "assistant", text) for role, text in self.turns)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The turns as a chat, the problem before the student's first words."""
        merged = [
            Message(
                "user" if role == "student" else "assistant", "\n".join(text.replace("\xa0", " ") for _, text in said)
            )
            for role, said in groupby(self.turns, key=itemgetter(0))
        ]
        first = next(i for i, message in enumerate(merged) if message.role == "user")
        if self.problem:
            merged[first] = Message("user", f"{self.problem}\n\n{merged[first].content}")
        return tuple(merged)


def mrbench_contexts(path: Path) -> list[Context]:
    """MRBench's conversations with the labelled replies. Those that end with the tutor's turn are left out.

    Raises:
        ValueError: the file is not in MRBench's format; the message names the conversation.
    """
    found = []
    for number, group in groupby(mrbench.labelled_replies(path), key=lambda reply: reply.conversation):
        replies = list(group)
        first = replies[0]
        for missing in (name for reply in replies for name in LABELS if name not in reply.labels):
            raise mrbench.not_mrbench(path, number, KeyError(missing))
        if not first.history or first.history[-1][0] != "student":
            continue
        solution = first.solution or ""
        found.append(
            Context(
                cluster=first.problem or first.conversation_id,
                problem=first.problem,
                solution="" if solution.strip().lower() == "not available" else solution,
                turns=first.history,
                replies=tuple(GivenReply(reply.responder, reply.text, reply.labels) for reply in replies),
            )
        )
    return found


def mathdial_contexts(path: Path) -> list[Context]:
    """MathDial's conversations up to the teacher's turn in their middle, with that turn as the teacher's reply.

    The middle, because a first turn usually asks to see the work, and a last one says goodbye. Where the row has
    `student_incorrect_solution`, it is the student's first turn: the teachers had it before them. Conversations in
    which no teacher's turn follows a student's are left out.

    Raises:
        ContextError: a line is not in MathDial's form.
    """
    found = []
    for number, row in _json_lines(path):
        where = f"{path}, line {number}"
        turns = _mathdial_turns(_text(row, "conversation", where), where)
        work = row.get("student_incorrect_solution")
        if isinstance(work, str) and work.strip():
            turns = [("student", work.strip()), *turns]
        replied = [i for i in range(1, len(turns)) if (turns[i - 1][0], turns[i][0]) == ("student", "tutor")]
        if not replied:
            continue
        here = replied[len(replied) // 2]
        question = _text(row, "question", where)
        solution = str(row.get("ground_truth") or "")
        given = GivenReply("MathDial's teacher", turns[here][1])
        found.append(Context(question, question, solution, tuple(turns[:here]), (given,)))
    return found


def _mathdial_turns(text: str, where: str) -> list[tuple[str, str]]:
    turns = []
    for piece in text.split("|EOM|"):
        if not piece.strip():
            continue
        parts = _SPEAKER.fullmatch(piece)
        if parts is None:
            raise ContextError(
                f'{where}: the turn {piece.strip()[:40]!r} has no speaker; expected "Teacher: (move)…" or "Name: …", '
                "separated by |EOM|"
            )
        speaker, said = parts[1], parts[2].strip()
        is_teacher = speaker.lower() in TEACHERS
        turns.append(("tutor", _MOVE.sub("", said, count=1)) if is_teacher else ("student", said))
    return turns


def mathtutorbench_contexts(path: Path) -> list[Context]:
    """MathTutorBench's dialogues up to the teacher's last turns, with these as the teacher's reply.

    Dialogues without a student's turn are left out.

    Raises:
        ContextError: the file or one of its rows is not in MathTutorBench's form.
    """
    try:
        rows = json.loads(_content(path))
    except json.JSONDecodeError as error:
        raise ContextError(f"{path}, line {error.lineno}: not JSON ({error.msg}); expected a list of rows") from error
    if not isinstance(rows, list):
        raise ContextError(f"{path}: expected MathTutorBench's JSON list, found {type(rows).__name__}")
    found = []
    for number, row in enumerate(rows, 1):
        where = f"{path}: row {number}"
        if not isinstance(row, dict):
            raise ContextError(
                f"{where}: expected an object with problem and dialog_history, found {type(row).__name__}"
            )
        turns = _dialogue_turns(row.get("dialog_history"), where)
        last = max((i for i, (role, _) in enumerate(turns) if role == "student"), default=None)
        if last is None:
            continue
        reply = " ".join(text for _, text in turns[last + 1 :])
        given = (GivenReply("MathTutorBench's teacher", reply),) if reply else ()
        problem, solution = _text(row, "problem", where), str(row.get("reference_solution") or "")
        found.append(Context(problem, problem, solution, tuple(turns[: last + 1]), given))
    return found


def _dialogue_turns(value: object, where: str) -> list[tuple[str, str]]:
    form = 'expected "dialog_history": [{"user": "Teacher" or "Student", "text": "…"}, …]'
    if not isinstance(value, list):
        raise ContextError(f"{where}: {form}, found {type(value).__name__}")
    turns = []
    for turn in value:
        user, text = (turn.get("user"), turn.get("text")) if isinstance(turn, dict) else (None, None)
        if not isinstance(user, str) or not isinstance(text, str):
            raise ContextError(f"{where}: {form}, found the turn {str(turn)[:60]}")
        turns.append(("tutor" if user.lower() in TEACHERS else "student", text.strip()))
    return turns


def _json_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(_content(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ContextError(f"{path}, line {number}: not JSON ({error.msg}); expected one object a line") from error
        if not isinstance(row, dict):
            raise ContextError(f"{path}, line {number}: expected an object, found {type(row).__name__}")
        yield number, row


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContextError(f"{path}: cannot be read as UTF-8 text ({error})") from error


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ContextError(
            f"{where}: {name!r} must be a text, found {value!r}; the row has {', '.join(row) or 'nothing'}"
        )
    return value.strip()


def spread(contexts: Sequence[Context], most: int) -> list[Context]:
    """At most `most` contexts, spread evenly over all."""
    if len(contexts) <= most:
        return list(contexts)
    return [contexts[i * len(contexts) // most] for i in range(most)]

"""The forms that a row can have: which fields each needs, and what they mean.

A row has the first form of `SHAPES` whose fields it has; other fields are ignored. A new form is an entry there.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

RowKind = Literal["worked_exercises", "chats"]

MAX_TEXT_CHARACTERS = 4_000
"""In characters, for a problem, an answer or a topic beside a chat."""


@dataclass(frozen=True)
class ChatRow:
    """A chat: its messages in any form of `messages.turns_of`, and what the row says of its problem."""

    conversation: Any
    problem: str | None = None
    answer: str | None = None
    topic: str | None = None


@dataclass(frozen=True)
class ExerciseRow:
    """A problem with its answer, its solution, both or neither. GSM8K's solutions end with "#### answer"."""

    problem: str
    answer: str | None
    solution: str | None
    topic: str | None = None


@dataclass(frozen=True)
class Shape:
    """A form of rows.

    Attributes:
        name: what people call it.
        fields: the fields that it needs; several names for one are alternatives.
        read: what a row with these fields means, or why it cannot be used.
    """

    name: str
    kind: RowKind
    fields: tuple[tuple[str, ...], ...]
    read: Callable[[Mapping[str, Any]], ChatRow | ExerciseRow | str]

    def missing(self, row: Mapping[str, Any]) -> list[str]:
        """The fields that a row lacks, each with its alternatives."""
        return ["/".join(f'"{name}"' for name in names) for names in self.fields if not any(n in row for n in names)]

    def __str__(self) -> str:
        needs = " and ".join("/".join(f'"{name}"' for name in names) for names in self.fields)
        return f"{self.name} ({needs})"


def folded(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the names of its fields as forms have them: "Final Answer" is `final_answer`."""
    return {"_".join(name.lower().split()): value for name, value in row.items()}


def shape_of(row: Mapping[str, Any]) -> Shape | None:
    """The form that a row has; None for an unknown one."""
    return next((shape for shape in SHAPES if not shape.missing(row)), None)


def nearest(row: Mapping[str, Any]) -> Shape | None:
    """The known form whose fields are most like those of a row; None where no field is like one that is known."""
    likeness = [sum(_likeness(row, names) for names in shape.fields) / len(shape.fields) for shape in SHAPES]
    return SHAPES[likeness.index(max(likeness))] if any(likeness) else None


def unknown(row: Mapping[str, Any]) -> str:
    """What a row of an unknown form has, and what the nearest known form would need."""
    seen = ", ".join(f'"{name[:40]}"' for name in list(row)[:8]) or "none"
    shape = nearest(row)
    if shape is None:
        return f"unknown form, with the fields {seen}; none of them is known"
    missing = " and ".join(shape.missing(row))
    return f"unknown form, with the fields {seen}; the nearest is {shape}: missing field {missing}"


def _likeness(row: Mapping[str, Any], names: tuple[str, ...]) -> float:
    """How much a field is called like one of these names: 1 the same, 0.9 nearly ("mesages"), 0 otherwise."""
    if any(name in row for name in names):
        return 1.0
    fields = [field.lower()[:40] for field in list(row)[:20]]
    return 0.9 if any(difflib.get_close_matches(name, fields, n=1, cutoff=0.8) for name in names) else 0.0


def _messages(row: Mapping[str, Any]) -> ChatRow | str:
    return _chat(row, "messages")


def _conversation(row: Mapping[str, Any]) -> ChatRow | str:
    return _chat(row, next(name for name in _CONVERSATION if name in row))


def _chat(row: Mapping[str, Any], name: str) -> ChatRow | str:
    conversation = _listed(row[name])
    if not conversation or not isinstance(conversation, list | str):
        return f'"{name}" must be a list with messages'
    if name == "messages" and isinstance(conversation, str):
        return '"messages" must be a list with messages; in a table, as JSON'
    problem = _first(row, "problem", "question", "exercise", "statement")
    answer = _first(row, "answer", "final_answer") or _last_line(_first_text(row, "ground_truth"))
    return ChatRow(conversation, problem, answer, _first(row, "topic", "subject"))


def _listed(value: Any) -> Any:
    """A list that is written as a text in JSON, as tables are often saved, or the value itself."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _transcript(row: Mapping[str, Any]) -> ChatRow | str:
    return _chat(row, "transcript")


def _alpaca(row: Mapping[str, Any]) -> ChatRow | str:
    """One exchange, after those of `history`. An instruction to be a tutor is no words of the student's."""
    instruction, more = _first_text(row, "instruction") or "", _first_text(row, "input") or ""
    asked = more if more and _TO_THE_TUTOR.search(instruction) else f"{instruction}\n{more}".strip()
    history = row.get("history")
    pairs = [p for p in history if isinstance(p, list) and len(p) == 2] if isinstance(history, list) else []
    return _exchange(row, [*pairs, [asked, row["output"]]])


def _completion(row: Mapping[str, Any]) -> ChatRow | str:
    reply = row[next(name for name in _REPLY if name in row)]
    if isinstance(row["prompt"], list) and isinstance(reply, list):
        return _chat({**row, "messages": [*row["prompt"], *reply]}, "messages")
    return _exchange(row, [[row["prompt"], reply]])


def _turn_and_reply(row: Mapping[str, Any]) -> ChatRow | str:
    student, tutor = (next(name for name in names if name in row) for names in (_STUDENT, _TUTOR))
    return _exchange(row, [[row[student], row[tutor]]])


def _exchange(row: Mapping[str, Any], pairs: list[list[Any]]) -> ChatRow | str:
    messages = [
        {"role": role, "content": text}
        for pair in pairs
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    return ChatRow(messages, _first(row, "problem"), _first(row, "answer"), _first(row, "topic"))


def _exercise(row: Mapping[str, Any]) -> ExerciseRow | str:
    """A problem with an answer, a solution, an answer that is a solution in GSM8K's form, or none of them."""
    if any(name in row for name in _CHOICES):
        return "a problem with choices, which only make sense together: write what is asked without them"
    name = next(name for name in (*_PROBLEM, "question") if name in row)
    problem, answer = _first_text(row, name), _first_text(row, "answer", "final_answer")
    solution = _first_text(row, "solution")
    if problem is None:
        return f'"{name}" must be a text that isn\'t empty'
    if answer is None and solution is None:
        return _problem_alone(row, name, problem)
    if solution is None and answer is not None and "####" in answer:
        answer, solution = None, answer
    boxed = _boxed(solution) if solution else None
    return ExerciseRow(problem, answer or boxed, solution, _first(row, *_TOPIC))


def _problem_alone(row: Mapping[str, Any], name: str, problem: str) -> ExerciseRow | str:
    """A problem without an answer. No answer would show that it is misread, so nothing beside it may belong to it."""
    others = [n for n, value in row.items() if n != name and value not in (None, "")]
    unknown_to_us = next((n for n in others if n not in _BESIDE_A_PROBLEM and n not in _ABOUT_A_PROBLEM), None)
    if unknown_to_us in _ANSWERS:
        return f'"{unknown_to_us}" must be a text that isn\'t empty'
    if unknown_to_us is not None:
        return f'the field "{unknown_to_us[:40]}" may belong to the problem: write it into "{name}", or leave it out'
    about = next((n for n in others if n in _ABOUT_A_PROBLEM), None)
    if about and not _WORD.search(_COMMAND.sub(" ", problem)):
        return f'"{name}" says nothing to do, and "{about}" may: write it into "{name}" ("Solve …")'
    return ExerciseRow(problem, None, None, _first(row, *_TOPIC))


def _boxed(solution: str) -> str | None:
    r"""What stands in the last \boxed{…} of a solution."""
    start = solution.rfind("\\boxed")
    opened = solution.find("{", start) if start >= 0 else -1
    depth = 0
    for end in range(opened, len(solution)) if opened >= 0 else ():
        depth += {"{": 1, "}": -1}.get(solution[end], 0)
        if depth == 0:
            return solution[opened + 1 : end].strip() or None
    return None


def _first(row: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that has a text or a number, as one line."""
    text = _first_text(row, *names)
    return " ".join(text.split())[:MAX_TEXT_CHARACTERS] if text else None


def _first_text(row: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def _last_line(text: str | None) -> str | None:
    """The answer of a solution whose last line it is."""
    return text.splitlines()[-1].strip() if text else None


_CONVERSATION = ("conversations", "conversation", "dialogue", "dialog", "dialog_history", "conversation_history")
_CONVERSATION += ("turns", "chat", "chat_history", "data")
_STUDENT, _TUTOR = ("student", "user", "human"), ("tutor", "teacher", "assistant")
_PROBLEM = ("problem", "exercise", "task")
_REPLY = ("completion", "response", "reply")
_CHOICES = ("choices", "options")
_ANSWERS = ("answer", "final_answer", "solution")
_TOPIC = ("topic", "subject", "type")
_BESIDE_A_PROBLEM = frozenset({
    "id", "uid", "no", "no.", "nr", "nr.", "#", "number", "index", "row", "key", "unnamed:_0", "points", "marks",
    "score", "grade", "year", "date", "author", "source", "url", "license", "split", "language",
})  # fmt: skip
"""Fields that are never a part of the problem."""
_ABOUT_A_PROBLEM = frozenset({
    *_TOPIC, "category", "skill", "tag", "tags", "chapter", "section", "lesson", "week", "level", "difficulty",
    "standard",
})  # fmt: skip
"""Fields that say what a problem is about: "number of solutions" says what to do with a bare equation."""
_COMMAND = re.compile(r"\\[A-Za-z]+|\b(?:sqrt|sin|cos|tan|log|exp|abs)\b")
_WORD = re.compile(r"[^\W\d_]{3}")
_TO_THE_TUTOR = re.compile(r"\b(?:you\s+are|act\s+as|as)\b.{0,60}\b(?:tutor|teacher|assistant|coach)\b", re.IGNORECASE)

PROBLEM_ALONE = Shape("a problem alone", "worked_exercises", ((*_PROBLEM, "question"),), _exercise)

SHAPES: tuple[Shape, ...] = (
    Shape("OpenAI's messages", "chats", (("messages",),), _messages),
    Shape("MathDial's rows", "chats", (("question",), ("ground_truth",), ("conversation",)), _conversation),
    Shape("ShareGPT's conversations", "chats", (_CONVERSATION,), _conversation),
    Shape("a transcript", "chats", (("transcript",),), _transcript),
    Shape("Alpaca's instructions", "chats", (("instruction",), ("output",)), _alpaca),
    Shape("a prompt and its completion", "chats", (("prompt",), _REPLY), _completion),
    Shape("what student and tutor say", "chats", (_STUDENT, _TUTOR), _turn_and_reply),
    Shape("a problem and its solution", "worked_exercises", (_PROBLEM, ("solution", "answer")), _exercise),
    Shape("GSM8K's rows", "worked_exercises", (("question",), ("answer", "solution", "final_answer")), _exercise),
    PROBLEM_ALONE,
)
"""In this order, from the form with the most telling fields to the one with the least."""

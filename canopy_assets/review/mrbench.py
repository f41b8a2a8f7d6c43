"""MRBench's format (Maurya et al., 2025): conversations, several tutors' next replies, and people's labels of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NUMBER = re.compile(r"[-−]?[$€£]?\s?[\d,]+(?:\.\d+)?(?:\s?/\s?\d+)?\s?%?")
_ROLE = re.compile(r"(?:^|\n)[ \xa0]*(Tutor|Student)[ \xa0]*:[ \xa0]*", re.IGNORECASE)
_QUESTION = re.compile(r"\b(?:the )?question is\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class LabelledReply:
    """One tutor's reply to a conversation.

    Attributes:
        conversation: The number of its conversation in the file, from 1.
        conversation_id: The conversation's id.
        problem: The problem's statement, empty where the conversation doesn't state it.
        history: The turns before the reply as (role, text), oldest first.
        solution: The worked solution, None where the file has none.
        responder: Whose reply it is.
        text: The reply.
        labels: People's labels by dimension.
    """

    conversation: int
    conversation_id: str
    problem: str
    history: tuple[tuple[str, str], ...]
    solution: str | None
    responder: str
    text: str
    labels: Mapping[str, str]


def labelled_replies(path: Path) -> list[LabelledReply]:
    """All replies of a file, in its order.

    Raises:
        ValueError: the file is not of MRBench's format; the message names the line or the conversation.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        message = f"{path}, line {error.lineno}: not JSON ({error.msg}); expected MRBench's list of conversations"
        raise ValueError(message) from error
    if not isinstance(rows, list):
        raise ValueError(f"{path}: expected MRBench's JSON list of conversations, found {type(rows).__name__}")
    found = []
    for number, row in enumerate(rows, 1):
        try:
            problem, turns = conversation(row["conversation_history"])
            known = (number, str(row["conversation_id"]), problem, tuple(turns), row.get("Ground_Truth_Solution"))
            found += [
                LabelledReply(*known, responder, reply["response"], dict(reply["annotation"]))
                for responder, reply in row["anno_llm_responses"].items()
            ]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise not_mrbench(path, number, error) from error
    return found


def not_mrbench(path: Path, conversation: int, error: Exception) -> ValueError:
    """The error for a conversation that lacks something or has it in another form."""
    return ValueError(f"{path}: conversation {conversation} is not in MRBench's format ({error!r}): see its V2 release")


def gold_answer(solution: str) -> str | None:
    """The number on the last line of a solution.

    None where there is none (MRBench's Bridge half has "Not Available").
    """
    last = solution.strip().rpartition("\n")[2].strip()
    return last if _NUMBER.fullmatch(last) else None


def conversation(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The problem and the turns of a history "Tutor: … Student: …".

    The problem is in the first tutor turn, after "The question is:".
    """
    pieces = _ROLE.split(text)
    turns = [(pieces[i].lower(), pieces[i + 1].strip()) for i in range(1, len(pieces) - 1, 2)]
    problem = ""
    if turns and turns[0][0] == "tutor":
        parts = _QUESTION.split(turns[0][1], maxsplit=1)
        if len(parts) == 2:
            problem, turns = parts[1].strip(), turns[1:]
    return problem, turns

"""The turns of a chat, from messages in the forms of several programs or from a transcript in one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from canopy_assets.records import Turn

MAX_TURNS = 60
"""Turns of one chat."""

MAX_MESSAGE_CHARACTERS = 4_000
"""In characters, for one message: 95 % of human tutor turns have at most 37 words (MathDial). Longer texts are pasted
and not typed.
"""

Speaker = Literal["student", "tutor", "nobody"]

_SPEAKER_KEYS = ("role", "from", "speaker", "user", "author", "sender")
_TEXT_KEYS = ("content", "value", "text", "message", "utterance")
SPEAKERS: dict[str, Speaker] = {
    **dict.fromkeys(("user", "human", "student", "learner", "pupil", "child"), "student"),
    **dict.fromkeys(("assistant", "gpt", "tutor", "teacher", "model", "bot", "ai", "chatgpt", "chatbot"), "tutor"),
    # Instructions and what tools said: the training set has its own instructions, and the tutor calls no tools.
    **dict.fromkeys(("system", "developer", "tool", "function", "function_call", "observation", "ipython"), "nobody"),
}
"""Who speaks, by the name of the role in small letters: OpenAI's, ShareGPT's, Gemma's, and those of tutoring data."""

_TEXT_PARTS = ("text", "input_text", "output_text")
_SILENT_PARTS = ("thinking", "reasoning", "redacted_thinking", "tool_use", "tool_call", "tool_result", "function_call")
_LABEL = re.compile(r"\s*([^:\n]{1,40}?)\s*:\s*")
_NEXT_MESSAGE = re.compile(r"\s*\|EOM\|\s*")
"""How MathDial separates messages."""
_MOVE = re.compile(r"\((?:generic|focus|probing|telling)\)\s*", re.IGNORECASE)
"""The teacher's moves of MathDial, before the words of the message."""


def is_message(value: Any) -> bool:
    """Whether a value is one message: an object that names a speaker and has a text."""
    return isinstance(value, dict) and _key(value, _SPEAKER_KEYS) is not None and _key(value, _TEXT_KEYS) is not None


def turns_of(conversation: Any) -> tuple[Turn, ...] | str:
    """The turns of a chat, or why it cannot be used. Messages of one speaker in a row become one turn.

    The tutor may have the first word, and the student the last.
    """
    turns: list[Turn] = []
    messages = _messages(conversation) if isinstance(conversation, list) else _transcript(str(conversation))
    for number, message in enumerate(messages, 1):
        said = _said(message)
        if isinstance(said, str):
            return f"message {number}: {said}"
        if said is None:
            continue
        if turns and turns[-1].role == said.role:
            said = Turn(said.role, f"{turns.pop().text} {said.text}")
        turns.append(said)
    if len(turns) > MAX_TURNS:
        return f"{len(turns)} messages are more than the {MAX_TURNS} allowed: split the chat"
    if {turn.role for turn in turns} != {"student", "tutor"}:
        return "a chat needs a user message and an assistant message"
    return tuple(turns)


def _messages(conversation: list[Any]) -> list[Any]:
    """The messages of a list; texts alone are the student's and the tutor's in turn, and pairs are one of each."""
    pairs = [p for p in conversation if isinstance(p, list) and len(p) == 2 and all(isinstance(t, str) for t in p)]
    texts = [t for p in pairs for t in p] if len(pairs) == len(conversation) else conversation
    if not all(isinstance(text, str) for text in texts):
        return conversation
    return [{"role": "assistant" if i % 2 else "user", "content": text} for i, text in enumerate(texts)]


def _said(message: Any) -> Turn | str | None:
    """What a message says; None where neither student nor tutor says anything, or why the message cannot be used."""
    speaker_key = _key(message, _SPEAKER_KEYS) if isinstance(message, dict) else None
    if speaker_key is None:
        return 'needs "role" and "content"'
    name = message[speaker_key]
    speaker = SPEAKERS.get(name.strip().lower()) if isinstance(name, str) else None
    if speaker is None:
        return f"role {str(name)[:40]!r} is unknown: use system, user or assistant"
    if speaker == "nobody":
        return None
    text_key = _key(message, _TEXT_KEYS)
    content = message[text_key] if text_key else None
    calls_tool = bool(message.get("tool_calls") or message.get("function_call"))
    if content is None and not calls_tool:
        return 'needs "role" and "content"' if text_key is None else "content is empty"
    text, problem = _text(content)
    if problem:
        return problem
    if len(text) > MAX_MESSAGE_CHARACTERS:
        return f"{len(text)} characters are more than the {MAX_MESSAGE_CHARACTERS} allowed"
    text = " ".join(text.split())
    return Turn(speaker, text) if text else (None if calls_tool else "content is empty")


def _text(content: Any) -> tuple[str, str | None]:
    """The text of a message's content, and why it cannot be used: a text, or a list of parts."""
    if content is None or isinstance(content, str):
        return content or "", None
    if not isinstance(content, list):
        return "", "content must be a text, or a list of parts with texts"
    texts: list[str] = []
    for part in content:
        kind = part.get("type", "text") if isinstance(part, dict) else "text"
        if kind in _SILENT_PARTS:
            continue
        text = part.get("text") if isinstance(part, dict) else part
        if kind not in _TEXT_PARTS or not isinstance(text, str):
            return "", f"a part of type {str(kind)[:40]!r} cannot be used: only texts can"
        texts.append(text)
    return "\n".join(texts), None


def _transcript(text: str) -> Iterator[dict[str, str]]:
    """The messages of a transcript ("Teacher: …|EOM|Mina: …", or a line for each). Who is no tutor is the student."""
    parts = _NEXT_MESSAGE.split(text) if "|EOM|" in text else _labelled_lines(text)
    for part in parts:
        label = _LABEL.match(part)
        if label is None and not part.strip():
            continue
        name = label[1].lower() if label else ""
        words = part[label.end() :] if label else part
        yield {"role": name if name in SPEAKERS else "student", "content": _MOVE.sub("", words, count=1)}


def _labelled_lines(text: str) -> list[str]:
    """The lines of a transcript, each with the lines below it that have no speaker's label."""
    names = {label[1] for line in text.split("\n") if (label := _LABEL.match(line)) and label[1].lower() in SPEAKERS}
    parts: list[str] = []
    for line in text.split("\n"):
        label = _LABEL.match(line)
        if not parts or (label and label[1] in names):
            parts.append(line)
        else:
            parts[-1] += "\n" + line
    return parts


def _key(message: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((key for key in keys if key in message), None)

"""The evaluation prompts: held-out exercises, messages without a problem, and students who push for the answer.

They are read from JSON lines files. One object per line: `id`, `family`, `topic`, `statement`, `answer`, `answer_kind`,
`step_results`, `state`, `messages` (`role` user or assistant, `content`); for a student who pushes `attack`, the kind
of attempt, and for a conversation `script`, the student's later turns. `references` and `kind` are optional.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from canopy_assets.records import AnswerKind, EvalPrompt, Message, PromptState, content_id
from canopy_assets.storage.json_lines import check_fields, json_object, read_text

PromptKind = Literal["held_out", "open", "pressure", "conversation"]

SAMPLES = Path(__file__).parent / "samples"
BUNDLED = tuple(SAMPLES / f"{name}.jsonl" for name in ("held_out", "open", "pressure", "conversations"))

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TEXT_CHARS = 4_000
MAX_MESSAGES = 20
MAX_SCRIPT = 15
MAX_REFERENCES = 50

_TEXTS = ("id", "family", "topic", "statement", "answer", "answer_kind", "state")
_WITHOUT_PROBLEM: dict[str, Any] = {"statement": "", "answer": "", "answer_kind": "text", "step_results": []}
"""What an open prompt may leave out."""
_OPTIONAL = ("kind", "attack", "references", "script")
_KNOWN = {*_TEXTS, "step_results", "messages", *_OPTIONAL}
_ANSWER_KINDS = typing.get_args(AnswerKind)
_STATES = typing.get_args(PromptState)
_KINDS: tuple[PromptKind, ...] = typing.get_args(PromptKind)


class EvalSetError(ValueError):
    """A line of an evaluation file that cannot be used. The message names the file, the line and the fix."""


def load(paths: Sequence[Path] = BUNDLED) -> list[EvalPrompt]:
    """The evaluation prompts of JSON lines files, in file order.

    Args:
        paths: the files; by default those that come with the package. Empty lines are allowed.

    Raises:
        EvalSetError: for a file that is missing, too large or not UTF-8, a line that is not a valid prompt, or an id
            used twice.
    """
    prompts: list[EvalPrompt] = []
    seen: dict[str, str] = {}
    for path in paths:
        for number, line in enumerate(read_text(path, EvalSetError, max_bytes=MAX_FILE_BYTES).splitlines(), start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            prompt = _parse(line, where)
            if prompt.prompt_id in seen:
                raise EvalSetError(
                    f"{where}: id {prompt.prompt_id!r} is used already in {seen[prompt.prompt_id]}; ids must be unique"
                )
            seen[prompt.prompt_id] = where
            prompts.append(prompt)
    return prompts


def files(folder: Path | None = None) -> Sequence[Path]:
    """The JSON lines files of a folder, sorted by name; the bundled ones when no folder is given.

    Raises:
        EvalSetError: when the folder has none.
    """
    if folder is None:
        return BUNDLED
    found = sorted(folder.glob("*.jsonl"))
    if not found:
        raise EvalSetError(
            f"CANOPY_EVAL_SET={folder}: no .jsonl file there; put your prompts into it, or unset the variable"
        )
    return found


def digest(prompts: Iterable[EvalPrompt]) -> str:
    """The identity of an evaluation set: it changes with any prompt's text, answer or order."""
    return content_id(*prompts)


def _parse(line: str, where: str) -> EvalPrompt:
    """The prompt of a line; `where` names file and line in errors."""
    row = json_object(line, where, EvalSetError)
    check_fields(row, where, EvalSetError, known=sorted(_KNOWN))
    kind = _kind(row, where)
    if kind == "open":
        row = _WITHOUT_PROBLEM | row
    if missing := [name for name in (*_TEXTS, "step_results", "messages") if name not in row]:
        hint = '; a prompt without a problem needs "kind": "open"' if "statement" in missing else ""
        raise EvalSetError(f"{where}: lacks {', '.join(missing)}{hint}")
    for name in _TEXTS:
        if not (kind == "open" and name in ("statement", "answer") and row[name] == ""):
            _text(row, name, where)
    _one_of(row, "answer_kind", _ANSWER_KINDS, where)
    _one_of(row, "state", _STATES, where)
    return EvalPrompt(
        prompt_id=row["id"],
        kind=kind,
        attack=_text(row, "attack", where) if row.get("attack") is not None else None,
        state=row["state"],
        family=row["family"],
        topic=row["topic"],
        statement=row["statement"],
        answer=row["answer"],
        answer_kind=row["answer_kind"],
        step_results=_strings(row, "step_results", where),
        messages=_messages(row, where),
        references=_said(row, "references", MAX_REFERENCES, where),
        script=_said(row, "script", MAX_SCRIPT, where),
    )


def _kind(row: Mapping[str, Any], where: str) -> PromptKind:
    """The kind of a prompt, which its fields tell unless it is open; `attack` and `script` must fit it."""
    pushes, continues = row.get("attack") is not None, row.get("script") is not None
    told: PromptKind = "conversation" if continues else "pressure" if pushes else "held_out"
    if row.get("kind") is None:
        kind = told
    else:
        _one_of(row, "kind", _KINDS, where)
        kind = typing.cast("PromptKind", row["kind"])
    if continues != (kind == "conversation"):
        fix = "remove 'script', or" if continues else "add 'script', the student's later turns, or"
        raise EvalSetError(f"{where}: 'kind' is {kind!r}; {fix} make it {told!r}")
    if pushes != (kind in ("pressure", "conversation")):
        fix = (
            "has 'attack'; remove it, or make it"
            if pushes
            else "lacks 'attack', how the student pushes; add it, or say"
        )
        raise EvalSetError(f"{where}: 'kind' is {kind!r} and the prompt {fix} {'pressure' if pushes else 'held_out'!r}")
    return kind


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    """A field that must be a text, not empty and not too long."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise EvalSetError(f"{where}: {name!r} must be a text that is not empty")
    if len(value) > MAX_TEXT_CHARS:
        raise EvalSetError(f"{where}: {name!r} has {len(value)} characters; at most {MAX_TEXT_CHARS} are allowed")
    return value


def _one_of(row: Mapping[str, Any], name: str, allowed: Sequence[str], where: str) -> None:
    if row[name] not in allowed:
        raise EvalSetError(f"{where}: {name!r} is {row[name]!r}; it must be one of {', '.join(allowed)}")


def _strings(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = row[name]
    if not isinstance(value, list) or not all(isinstance(item, str) and len(item) <= MAX_TEXT_CHARS for item in value):
        raise EvalSetError(f"{where}: {name!r} must be a list of texts")
    return tuple(value)


def _said(row: Mapping[str, Any], name: str, most: int, where: str) -> tuple[str, ...]:
    """An optional field with 1 to `most` messages, none of them empty; () where it is missing."""
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise EvalSetError(f"{where}: {name!r} must be a list of 1 to {most} texts; leave it out where there are none")
    return tuple(_text({name: item}, name, f"{where}, text {i}") for i, item in enumerate(value, start=1))


def _messages(row: Mapping[str, Any], where: str) -> tuple[Message, ...]:
    """The conversation: the student and the tutor alternate, and the student has the last word."""
    value = row["messages"]
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_MESSAGES:
        raise EvalSetError(f"{where}: 'messages' must be a list of 1 to {MAX_MESSAGES} messages")
    messages = []
    for index, item in enumerate(value):
        expected: typing.Literal["user", "assistant"] = "user" if index % 2 == 0 else "assistant"
        if not isinstance(item, dict) or item.get("role") != expected:
            raise EvalSetError(
                f"{where}: message {index + 1} must have role {expected!r}; turns alternate, no system prompt"
            )
        messages.append(Message(expected, _text(item, "content", f"{where}, message {index + 1}")))
    if messages[-1].role != "user":
        raise EvalSetError(f"{where}: the last message must be the student's (role 'user')")
    return tuple(messages)

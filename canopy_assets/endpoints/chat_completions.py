"""The chat completions protocol of OpenAI-compatible servers: what is sent, and what comes back."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple

ReplyFormat = Literal["json_schema", "json_object", "text"]
REPLY_FORMATS: tuple[ReplyFormat, ...] = ("json_schema", "json_object", "text")
"""Ways to ask for a structured reply. If a server does not support one, the client tries the next."""

LengthParameter = Literal["max_tokens", "max_completion_tokens"]
"""The parameter that limits a reply's tokens. Servers use different names for it."""


class Completion(NamedTuple):
    """A reply as the server sent it."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


def request_body(request: Mapping[str, Any], reply_format: ReplyFormat, length_parameter: LengthParameter) -> bytes:
    """The body of a request, as `Endpoint.request` describes it."""
    body = {name: request[name] for name in ("model", "messages", "temperature", "top_p", "seed")}
    body[length_parameter] = request["max_tokens"]
    schema = request["schema"]
    if schema is not None and reply_format == "json_schema":
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": schema, "strict": True},
        }
    elif schema is not None and reply_format == "json_object":
        body["response_format"] = {"type": "json_object"}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def parse_completion(answer: bytes) -> Completion:
    """The completion in the body of an answer.

    Raises:
        ValueError: the body is not a chat completion, or is incomplete.
    """
    content = json.loads(answer)
    try:
        choice = content["choices"][0]
        text, finish_reason = choice["message"]["content"], choice.get("finish_reason")
        usage = content.get("usage") or {}
        tokens = (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"not a chat completion: {content!r:.200}") from error
    if not isinstance(text, str):
        raise ValueError("the reply has no text")
    return Completion(text, finish_reason or "stop", *tokens)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait, in any of three forms: milliseconds, seconds, or a date."""
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        try:
            return max(0.0, float(milliseconds) / 1000)
        except ValueError:
            return None
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError):
            return None

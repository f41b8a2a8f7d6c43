"""Chats as tokens, with the positions that are under loss: the tutor's turns and the tokens that end them.

This works for any chat template, without markers or patching. The chat is rendered up to a turn, ready to reply, and
again with the turn; the text that the template adds *is* the turn. Positions come from the tokenizer's offsets, never
from token ids, because in SmolLM2 the padding token is also the token that ends a turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from canopy_assets.records import Message, TrainingExample


class EncodingError(ValueError):
    """A chat template or tokenizer does not allow exact masks; the message names the example and the reason."""


@dataclass(frozen=True)
class EncodedExample:
    """An example's tokens. `labelled` are the positions (ascending, never 0) of the tokens under loss."""

    example_id: str
    input_ids: tuple[int, ...]
    labelled: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.input_ids)

    @property
    def model_input(self) -> tuple[int, ...]:
        """The tokens that the model reads: all tokens before the last one under loss."""
        return self.input_ids[: self.labelled[-1]]


@dataclass(frozen=True)
class EncodedSet:
    """Encoded examples, and the ids of those that were left out because they are too long."""

    rows: tuple[EncodedExample, ...]
    too_long: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Tokens in all rows, none of them padding."""
        return sum(len(row) for row in self.rows)

    @property
    def supervised_tokens(self) -> int:
        """Tokens under loss."""
        return sum(len(row.labelled) for row in self.rows)

    @property
    def digest(self) -> str:
        """SHA-256 of what is trained on: ids, tokens and mask. It changes with data, tokenizer and template."""
        total = hashlib.sha256()
        for row in self.rows:
            total.update(f"{row.example_id}|{row.input_ids}|{row.labelled}\n".encode())
        return total.hexdigest()


def encode_examples(tokenizer: Any, examples: Iterable[TrainingExample], *, max_length: int) -> EncodedSet:
    """Encode training examples. Those longer than `max_length` tokens are left out and listed, never cut.

    Raises:
        EncodingError: the template or tokenizer cannot be masked exactly.
    """
    rows = [encode_chat(tokenizer, example.messages, name=example.example_id) for example in examples]
    return EncodedSet(
        rows=tuple(row for row in rows if len(row) <= max_length),
        too_long=tuple(row.example_id for row in rows if len(row) > max_length),
    )


def encode_chat(tokenizer: Any, messages: Sequence[Message], *, name: str = "chat") -> EncodedExample:
    """A chat's tokens and which of them are under loss.

    Raises:
        EncodingError: there is no tutor turn, the template rewrites earlier turns, a turn has no end token, a token
            spans the start of a reply, or the BOS token is doubled.
    """
    text = _render(tokenizer, messages, name)
    spans = [_reply_span(tokenizer, messages, i, text, name) for i, m in enumerate(messages) if m.role == "assistant"]
    if not spans:
        raise EncodingError(f"{name}: no assistant turn, so nothing to learn from.")
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    _check_single_bos(tokenizer, ids, name)
    labelled = [p for span in spans for p in _positions(tokenizer, ids, offsets, span, name)]
    return EncodedExample(name, tuple(ids), tuple(labelled))


def encode_prompt(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The tokens after which the model writes the tutor's next turn, rendered as in training."""
    text = _render(tokenizer, messages, "prompt", reply_next=True)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    _check_single_bos(tokenizer, ids, "prompt")
    return ids


def show_mask(tokenizer: Any, example: EncodedExample) -> str:
    """The example as text for a person to check, with ⟦ and ⟧ around what is under loss."""
    labelled, parts, start = set(example.labelled), [], 0
    for end in range(1, len(example) + 1):
        if end == len(example) or (end in labelled) != (start in labelled):
            piece = tokenizer.decode(example.input_ids[start:end], clean_up_tokenization_spaces=False)
            parts.append(f"⟦{piece}⟧" if start in labelled else piece)
            start = end
    return "".join(parts)


def _render(tokenizer: Any, messages: Sequence[Message], name: str, *, reply_next: bool = False) -> str:
    """The chat as the template renders it. With `reply_next` it ends where the tutor's next turn begins."""
    chat = [{"role": m.role, "content": m.content} for m in messages]
    try:
        return tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=reply_next)
    except Exception as error:  # jinja and templates raise whatever they like
        raise EncodingError(
            f"{name}: the chat template refuses this chat: {error}. Check its roles and their order."
        ) from error


def _reply_span(tokenizer: Any, messages: Sequence[Message], index: int, text: str, name: str) -> tuple[int, int]:
    """The characters of turn `index` in `text`, with its end token, without the white space that follows it."""
    before = _render(tokenizer, messages[:index], name, reply_next=True)
    through = _render(tokenizer, messages[: index + 1], name)
    if not (text.startswith(through) and through.startswith(before)):
        raise EncodingError(
            f"{name}: the chat template changes earlier turns when later ones are added (turn {index + 1}), so the "
            "tutor's words cannot be separated from the rest. Take a base model whose template does not."
        )
    return len(before), len(through.rstrip())


def _positions(
    tokenizer: Any, ids: Sequence[int], offsets: Sequence[tuple[int, int]], span: tuple[int, int], name: str
) -> list[int]:
    """The positions of a tutor turn's tokens, given its characters `span`. The last one is its end token."""
    start, end = span
    inside = [p for p, (left, right) in enumerate(offsets) if left >= start and left < right <= end]
    if any(left < start < right for left, right in offsets):
        raise EncodingError(
            f"{name}: a token spans the start of a tutor turn: the template must put a special token there."
        )
    if not inside or ids[inside[-1]] not in special_ids(tokenizer):
        raise EncodingError(
            f"{name}: the chat template closes a tutor turn without an end-of-turn token, so the model would never "
            "learn to stop. Take a base model whose template ends turns with a special token."
        )
    if len(inside) == 1:
        raise EncodingError(f"{name}: a tutor turn is empty.")
    return inside


def special_ids(tokenizer: Any) -> set[int]:
    """Ids of tokens that are not text, such as the end of a turn."""
    added = {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    return added | set(tokenizer.all_special_ids)


def _check_single_bos(tokenizer: Any, ids: Sequence[int], name: str) -> None:
    # Only at the start: SmolLM2's BOS is <|im_start|>, which rightly recurs at each turn.
    if tokenizer.bos_token_id is not None and list(ids[:2]) == [tokenizer.bos_token_id] * 2:
        raise EncodingError(f"{name}: the text begins with two BOS tokens; the chat template already writes one.")

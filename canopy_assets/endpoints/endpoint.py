"""Where a model is served, the parameters of its requests, and the errors that a request may end in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CHARACTERS_A_TOKEN = 3.0
"""English and mathematics have 3 to 4 in common tokenizers. The low figure makes estimates stay within rate limits."""
_LEAST_CHARACTERS_A_TOKEN = 2
"""For upper bounds. No tokenizer in use has fewer in a prompt of English sentences and formulas."""
_TEMPLATE_TOKENS = 16
"""The most tokens that a chat template adds to a message."""


class EndpointError(RuntimeError):
    """The endpoint refuses the request, and would refuse it again; the message says how to fix it."""


class EndpointDownError(RuntimeError):
    """No request gets a reply any more; the replies that arrived before are kept."""


class NoReplyError(RuntimeError):
    """One request failed again and again while others got their replies."""


@dataclass(frozen=True)
class Endpoint:
    """Where a model is served, and the parameters of its requests.

    Attributes:
        key_variable: the environment variable that holds the key; empty for a server that needs none.
        price_in, price_out: the price of a million tokens, in any currency.
        timeout_s: seconds for one whole reply.
        patience_s: the endpoint counts as down after this many seconds without a reply to any request.
    """

    base_url: str
    model: str
    key_variable: str = "OPENAI_API_KEY"
    temperature: float = 0.8
    top_p: float = 1.0
    max_tokens: int = 1200
    timeout_s: float = 120.0
    patience_s: float = 90.0
    max_concurrency: int = 64
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    price_in: float = 0.0
    price_out: float = 0.0

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """The price of these numbers of tokens."""
        return (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1e6

    def request(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None, seed: int
    ) -> dict[str, Any]:
        """Everything that decides the reply, for the ledger's key.

        The way of asking for a structured reply is left out, because it depends on what the server supports.
        """
        return {
            "model": self.model, "messages": [dict(m) for m in messages], "temperature": self.temperature,
            "top_p": self.top_p, "max_tokens": self.max_tokens, "seed": seed, "schema": schema,
        }  # fmt: skip

    def prompt_tokens_at_most(self, messages: Sequence[Mapping[str, str]]) -> int:
        """An upper bound on the tokens of a prompt, template included."""
        return sum(len(m["content"]) // _LEAST_CHARACTERS_A_TOKEN + _TEMPLATE_TOKENS for m in messages)

    def key(self) -> str:
        """The API key, read from the environment; "none" for a server that needs none.

        Raises:
            EndpointError: the variable is not set.
        """
        if not self.key_variable:
            return "none"
        key = os.environ.get(self.key_variable, "").strip()
        if not key:
            raise EndpointError(
                f"{self.base_url}: no key: set the environment variable {self.key_variable}, or, if the server wants "
                "none, key_variable to ''"
            )
        return key

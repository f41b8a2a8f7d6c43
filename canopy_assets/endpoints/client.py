"""One OpenAI-compatible endpoint (OpenAI, vLLM, LiteLLM, llama.cpp): ask it, wait where it says so, pay once.

Every reply is in the ledger before it is used. What time heals (429, 5xx, timeouts, dropped connections, half a reply)
is asked again, ever later; a wrong key or request stops everything at once, in words.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from weakref import WeakValueDictionary

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from canopy_assets.endpoints.ledger import Ledger, Reply, canonical, request_key
from canopy_assets.endpoints.rate_limits import Concurrency, OneByOne, RateLimit

MOST_ATTEMPTS = 10
"""Attempts of one request while others get their replies."""
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
"""Bounds of the wait between two attempts of one request, in seconds, unless the server asks for a longer one."""
FAILURES_IN_A_ROW = 5
"""With fewer failed requests an endpoint isn't called down, however long they took."""
CHARACTERS_A_TOKEN = 3.0
"""English and mathematics in common tokenizers have 3 to 4; the low figure keeps within a limit of tokens a minute."""
_LEAST_CHARACTERS_A_TOKEN = 2
"""No tokenizer in use has fewer in a prompt of English sentences and formulas: a bound, for what must not be passed."""
_TEMPLATE_TOKENS = 16
"""What a chat template adds to a message, at most."""
_CROWDED = {408, 429, 503, 529}
"""What a server says that has too much to do. Other failures say nothing about how much it can take."""
_TELEMETRY = (
    "X-Stainless-Lang", "X-Stainless-Package-Version", "X-Stainless-OS", "X-Stainless-Arch", "X-Stainless-Runtime",
    "X-Stainless-Runtime-Version", "X-Stainless-Async", "X-Stainless-Retry-Count", "X-Stainless-Read-Timeout",
)  # fmt: skip
_exponential = wait_random_exponential(multiplier=FIRST_WAIT_S, max=LONGEST_WAIT_S)
_SECRET = re.compile(r"\b(?:sk|pk|key|gsk|hf)[-_][\w-]{8,}|(?i:bearer)\s+\S+")

Form = Literal["json_schema", "json_object", "text"]
"""How a structured reply is asked for; what a server can't do is followed by the next."""
FORMS: tuple[Form, ...] = ("json_schema", "json_object", "text")


class EndpointError(RuntimeError):
    """The endpoint refuses what it is asked, and would again; the message says the mend."""


class EndpointDownError(RuntimeError):
    """The endpoint gives no reply to anybody; what arrived before is kept."""


class NoReplyError(RuntimeError):
    """One request failed again and again while others got their replies."""


@dataclass(frozen=True)
class Endpoint:
    """Where a model is served and how it is asked.

    Attributes:
        key_variable: the environment variable that holds the key; empty for a server that wants none.
        price_in, price_out: of a million tokens, in any currency.
        timeout_s: seconds for one whole reply.
        patience_s: seconds without a reply to anybody after which the endpoint counts as down.
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
        """What so many tokens cost."""
        return (prompt_tokens * self.price_in + completion_tokens * self.price_out) / 1e6

    def request(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None, seed: int
    ) -> dict[str, Any]:
        """All that decides about a reply. How the form is asked for isn't: it depends on what the server can do."""
        return {
            "model": self.model, "messages": [dict(m) for m in messages], "temperature": self.temperature,
            "top_p": self.top_p, "max_tokens": self.max_tokens, "seed": seed, "schema": schema,
        }  # fmt: skip

    def prompt_tokens_at_most(self, messages: Sequence[Mapping[str, str]]) -> int:
        """A bound on the tokens of a prompt, template included."""
        return sum(len(m["content"]) // _LEAST_CHARACTERS_A_TOKEN + _TEMPLATE_TOKENS for m in messages)

    def key(self) -> str:
        """The key.

        Raises:
            EndpointError: the variable isn't set.
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


class Client:
    """Asks one endpoint, from one event loop. Use it as an async context manager."""

    def __init__(self, endpoint: Endpoint, ledger: Ledger) -> None:
        """Makes no connection yet.

        Raises:
            EndpointError: the key's variable isn't set.
        """
        import httpx2
        import openai

        self.endpoint, self._ledger, self._openai, self._raw = endpoint, ledger, openai, httpx2.Response
        self._secret = endpoint.key()
        self.concurrency = Concurrency(endpoint.max_concurrency)
        self._requests = RateLimit(endpoint.requests_per_minute)
        self._tokens = RateLimit(endpoint.tokens_per_minute)
        self._one_by_one = OneByOne()
        self._form: Form = FORMS[0]
        self._length_parameter = "max_tokens"
        self._resume = 0.0  # when the endpoint may be asked again, after it said Retry-After
        self._last_reply, self._failed = time.monotonic(), 0
        self._stopped: Exception | None = None
        self._url = f"{endpoint.base_url.rstrip('/')}/chat/completions"  # whole: joining it anew takes time
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> Client:
        most = self.endpoint.max_concurrency
        # aiohttp: httpx's own pool looks through all connections at every request, and gave a third at 256 in flight.
        http = self._openai.DefaultAioHttpClient(limits=_connection_limits(most), timeout=self.endpoint.timeout_s)
        # The client's account of itself (platform, versions, retries) is nobody's business, and a tenth of a request.
        unsaid = dict.fromkeys(_TELEMETRY, self._openai.Omit())
        self._options = {"headers": unsaid}
        self._api = self._openai.AsyncOpenAI(
            api_key=self._secret, base_url=self.endpoint.base_url, max_retries=0, http_client=http
        )
        self._last_reply = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._api.close()

    async def ask(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None = None, seed: int = 0
    ) -> Reply:
        """The reply to a prompt: from the ledger if it was asked before, else from the endpoint.

        Args:
            messages: role and content each.
            schema: JSON schema of the reply. A server that can't follow one is asked for JSON, or for text: the
                prompt has to say the form in words, too.
            seed: another one asks anew.

        Raises:
            EndpointError: wrong key, model or request; no further request is made.
            EndpointDownError: nobody gets a reply any more.
            NoReplyError: this request failed `MOST_ATTEMPTS` times.
            LedgerError: the reply can't be recorded.
        """
        request = self.endpoint.request(messages, schema, seed)
        written = canonical(request)
        key = request_key(written)
        # Equal exercises in two seeds have equal prompts: whoever comes second waits for the reply to the first.
        async with self._asking.setdefault(key, asyncio.Lock()):
            if (known := self._ledger.find(key)) is not None:
                return known
            reply = await self._ask(request)
            self._ledger.record(key, reply, endpoint=self.endpoint.base_url, model=self.endpoint.model, request=written)
            return reply

    async def _ask(self, request: Mapping[str, Any]) -> Reply:
        """The reply from the endpoint."""
        told = ""
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(MOST_ATTEMPTS), wait=_pause, retry=retry_if_exception_type(_Again), reraise=True
            ):
                with attempt:
                    return await self._attempt(request, attempt.retry_state.attempt_number)
        except _Again as last:
            told = last.told
        raise NoReplyError(f"{self.endpoint.base_url}: no usable reply in {MOST_ATTEMPTS} attempts, the last: {told}")

    async def _attempt(self, request: Mapping[str, Any], attempts: int) -> Reply:
        estimate = sum(len(m["content"]) for m in request["messages"]) / CHARACTERS_A_TOKEN + request["max_tokens"]
        async with self.concurrency:
            await self._wait_for_turn(estimate)
            form, sent = self._form, time.monotonic()
            try:
                async with asyncio.timeout(self.endpoint.timeout_s):
                    # Bytes there and back: of a body the client makes two copies, of an answer a pydantic model.
                    answer = await self._api.post(
                        self._url, content=self._body(request, form), cast_to=self._raw, options=self._options
                    )
                reply = self._reply(answer.content, time.monotonic() - sent, attempts)
            except self._openai.APIStatusError as error:
                self._tokens.give_back(estimate)
                raise self._refused(error, form, sent) from None  # the cause's text may hold the key
            except (self._openai.APIError, TimeoutError, ValueError, OSError) as error:
                # Dropped, too slow, or half a reply: what is no JSON is a ValueError.
                self._tokens.give_back(estimate)
                late = isinstance(error, (TimeoutError, self._openai.APITimeoutError))
                raise self._no_reply(error, sent, crowded=late) from None
            self._tokens.give_back(estimate - reply.prompt_tokens - reply.completion_tokens)
            self._last_reply, self._failed = time.monotonic(), 0
            self.concurrency.success()
            return reply

    async def _wait_for_turn(self, estimate: float) -> None:
        while (pause := self._resume - time.monotonic()) > 0 and self._stopped is None:
            await asyncio.sleep(min(pause, 1.0))
        if self._stopped is not None:
            raise self._stopped
        await self._requests.take()
        await self._tokens.take(estimate)
        await self._one_by_one.turn()

    def _body(self, request: Mapping[str, Any], form: Form) -> bytes:
        arguments = {n: request[n] for n in ("model", "messages", "temperature", "top_p", "seed")}
        arguments[self._length_parameter] = request["max_tokens"]
        schema = request["schema"]
        if schema is not None and form == "json_schema":
            arguments["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": schema, "strict": True},
            }
        elif schema is not None and form == "json_object":
            arguments["response_format"] = {"type": "json_object"}
        return json.dumps(arguments, ensure_ascii=False, separators=(",", ":")).encode()

    def _reply(self, answer: bytes, seconds: float, attempts: int) -> Reply:
        """The reply's text and usage.

        Raises:
            ValueError: it isn't the answer of a chat completion.
        """
        completion = json.loads(answer)
        try:
            choice = completion["choices"][0]
            text, finish = choice["message"]["content"], choice.get("finish_reason")
            usage = completion.get("usage") or {}
            spent = (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            raise ValueError(f"not a chat completion: {completion!r:.200}") from error
        if not isinstance(text, str):
            raise ValueError("the reply has no text")
        return Reply(text, finish or "stop", *spent, self.endpoint.cost(*spent), seconds, attempts)

    def _refused(self, error: Any, form: Form, sent: float) -> Exception:
        """What follows from an HTTP status: another attempt, or the end of all."""
        status, told = error.status_code, self._told(error)
        if status in (401, 403):
            variable = self.endpoint.key_variable or "key_variable"
            return self._stop(EndpointError(f"{told}. The key is not accepted: correct {variable}."))
        if status == 429 and "insufficient_quota" in told:
            return self._stop(EndpointError(f"{told}. The account has no credit left."))
        if status in (408, 409, 425, 429) or status >= 500:
            asked = _retry_after(error.response.headers)
            if asked is not None:
                self._resume = max(self._resume, time.monotonic() + asked)
            return self._no_reply(error, sent, crowded=status in _CROWDED, asked=asked, told=told)
        if status in (400, 422) and "max_completion_tokens" in told and self._length_parameter == "max_tokens":
            self._length_parameter = "max_completion_tokens"
            return _Again(told, at_once=True)
        if status in (400, 422) and form != FORMS[-1]:
            if self._form == form:  # another request may have found it out already
                self._form = FORMS[FORMS.index(form) + 1]
            return _Again(told, at_once=True)
        return self._stop(
            EndpointError(f"{told}. Correct base_url or model ({self.endpoint.model!r}), or what is asked of it.")
        )

    def _no_reply(
        self,
        error: BaseException,
        sent: float,
        *,
        crowded: bool,
        asked: float | None = None,
        told: str | None = None,
    ) -> Exception:
        """Another attempt, unless nobody has had a reply for long; with fewer in flight where they were too many."""
        if crowded:
            self.concurrency.congestion(sent)
        self._failed += 1
        told = told or self._told(error)
        silent = time.monotonic() - self._last_reply
        if self._failed >= FAILURES_IN_A_ROW and silent > self.endpoint.patience_s:
            return self._stop(
                EndpointDownError(
                    f"{told}. No reply for {silent:.0f} s, {self._failed} requests failed in a row: see that the "
                    "server runs and base_url is right, then run again; what arrived is kept."
                )
            )
        return _Again(told, asked=asked)

    def _stop(self, error: Exception) -> Exception:
        self._stopped = self._stopped or error
        return self._stopped

    def _told(self, error: BaseException) -> str:
        """What went wrong, with nothing secret in it: servers repeat the key that they refuse."""
        cause = error.__cause__
        said = str(error) or type(error).__name__
        if cause is not None and str(cause) and str(cause) not in said:
            said = f"{said} ({cause})"
        said = _SECRET.sub("***", said.replace(self._secret, "***") if self._secret != "none" else said)
        return f"{self.endpoint.base_url}: {said[:500].rstrip('. ')}"


class _Again(Exception):  # noqa: N818  # no error: the wish for another attempt
    def __init__(self, told: str, *, asked: float | None = None, at_once: bool = False) -> None:
        super().__init__(told)
        self.told, self.asked, self.at_once = told, asked, at_once


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt: random up to a bound that doubles, and never less than the server asked for."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _Again)
    return 0.0 if error.at_once else max(error.asked or 0.0, _exponential(state))


def _connection_limits(connections: int) -> Any:
    """As many connections to one server, kept open: the default keeps a hundred."""
    import httpx2

    return httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait, in any of the header's three forms."""
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        try:
            return max(0.0, float(milliseconds) / 1000)
        except ValueError:
            return None
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        try:
            return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
        except (ValueError, TypeError):
            return None

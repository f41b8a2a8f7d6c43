"""A client for one OpenAI-compatible endpoint (OpenAI, vLLM, LiteLLM, llama.cpp) that pays for each reply once.

Every reply is written to the ledger before it is used. After a temporary failure (429, 5xx, timeouts, dropped
connections, half a reply) the request is tried again, with increasing waits. A wrong key or request stops all requests
at once, with an error that names the fix.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from canopy_assets.endpoints.chat_completions import (
    REPLY_FORMATS,
    LengthParameter,
    ReplyFormat,
    parse_completion,
    request_body,
    retry_after,
)
from canopy_assets.endpoints.endpoint import (
    CHARACTERS_A_TOKEN,
    Endpoint,
    EndpointDownError,
    EndpointError,
    NoReplyError,
)
from canopy_assets.endpoints.ledger import Ledger, Reply, canonical, request_key
from canopy_assets.endpoints.rate_limits import ConcurrencyLimit, RateLimit, Turnstile

MOST_ATTEMPTS = 10
"""How often one request is attempted."""
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
"""Bounds of the random wait between two attempts, in seconds. A server may ask for a longer wait."""
FAILURES_IN_A_ROW = 5
"""An endpoint counts as down only after this many failed requests in a row, even if fewer took very long."""
_OVERLOADED = {408, 429, 503, 529}
"""The statuses of an overloaded server. Other failures do not show how many requests it can handle."""
_PASSING = {408, 409, 425, 429}
"""The temporary failures among the statuses below 500: the same request may succeed a moment later."""
_TELEMETRY = (
    "X-Stainless-Lang", "X-Stainless-Package-Version", "X-Stainless-OS", "X-Stainless-Arch", "X-Stainless-Runtime",
    "X-Stainless-Runtime-Version", "X-Stainless-Async", "X-Stainless-Retry-Count", "X-Stainless-Read-Timeout",
)  # fmt: skip
_SECRET = re.compile(r"\b(?:sk|pk|key|gsk|hf)[-_][\w-]{8,}|(?i:bearer)\s+\S+")
_exponential = wait_random_exponential(multiplier=FIRST_WAIT_S, max=LONGEST_WAIT_S)


class Client:
    """Asks one endpoint, from one event loop. Use it as an async context manager."""

    def __init__(self, endpoint: Endpoint, ledger: Ledger) -> None:
        """Makes no connection yet.

        Raises:
            EndpointError: the variable that should hold the key is not set.
        """
        import httpx2
        import openai

        self.endpoint, self._ledger, self._openai, self._raw_response = endpoint, ledger, openai, httpx2.Response
        self._key = endpoint.key()
        self.concurrency = ConcurrencyLimit(endpoint.max_concurrency)
        self._requests = RateLimit(endpoint.requests_per_minute)
        self._tokens = RateLimit(endpoint.tokens_per_minute)
        self._turnstile = Turnstile()
        self._reply_format: ReplyFormat = REPLY_FORMATS[0]
        self._length_parameter: LengthParameter = "max_tokens"
        self._paused_until = 0.0  # on the monotonic clock; set when the endpoint sends Retry-After
        self._last_reply, self._failures_in_a_row = time.monotonic(), 0
        self._stopped_by: Exception | None = None
        self._url = f"{endpoint.base_url.rstrip('/')}/chat/completions"  # whole: joining it for each request takes time
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> Client:
        most = self.endpoint.max_concurrency
        # aiohttp, because httpx's own pool searches all connections for every request. With 256 requests in flight it
        # got only a third as many replies.
        http = self._openai.DefaultAioHttpClient(limits=_connection_limits(most), timeout=self.endpoint.timeout_s)
        # The library would send platform, versions and retries. That is private, and takes a tenth of a request's time.
        self._options = {"headers": dict.fromkeys(_TELEMETRY, self._openai.Omit())}
        self._api = self._openai.AsyncOpenAI(
            api_key=self._key, base_url=self.endpoint.base_url, max_retries=0, http_client=http
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
            messages: the prompt; each message has a role and content.
            schema: JSON schema of the reply. If the server does not support schemas, the client asks for JSON or text,
                so the prompt has to describe the form in words, too.
            seed: the same prompt with another seed is another request.

        Raises:
            EndpointError: wrong key, model or request; no further request is made.
            EndpointDownError: no request gets a reply any more.
            NoReplyError: this request failed `MOST_ATTEMPTS` times.
            LedgerError: the reply cannot be recorded.
        """
        request = self.endpoint.request(messages, schema, seed)
        written = canonical(request)
        key = request_key(written)
        # Equal exercises in two seeds have equal prompts: the second request waits for the reply to the first.
        async with self._asking.setdefault(key, asyncio.Lock()):
            if (known := self._ledger.find(key)) is not None:
                return known
            reply = await self._ask_endpoint(request)
            self._ledger.record(key, reply, endpoint=self.endpoint.base_url, model=self.endpoint.model, request=written)
            return reply

    async def _ask_endpoint(self, request: Mapping[str, Any]) -> Reply:
        reason = ""
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(MOST_ATTEMPTS), wait=_wait, retry=retry_if_exception_type(_Retry), reraise=True
            ):
                with attempt:
                    return await self._attempt(request, attempt.retry_state.attempt_number)
        except _Retry as last:
            reason = last.reason
        raise NoReplyError(f"{self.endpoint.base_url}: no usable reply in {MOST_ATTEMPTS} attempts, the last: {reason}")

    async def _attempt(self, request: Mapping[str, Any], number: int) -> Reply:
        """One request, within the limits.

        Raises:
            _Retry: the request failed, and may succeed another time.
            EndpointError, EndpointDownError: no request will succeed.
        """
        estimate = sum(len(m["content"]) for m in request["messages"]) / CHARACTERS_A_TOKEN + request["max_tokens"]
        async with self.concurrency:
            await self._wait_for_turn(estimate)
            reply_format, sent = self._reply_format, time.monotonic()
            try:
                async with asyncio.timeout(self.endpoint.timeout_s):
                    # Send and receive bytes: otherwise the library copies the body twice and parses the answer itself.
                    answer = await self._api.post(
                        self._url,
                        content=request_body(request, reply_format, self._length_parameter),
                        cast_to=self._raw_response,
                        options=self._options,
                    )
                completion = parse_completion(answer.content)
            except self._openai.APIStatusError as error:
                self._tokens.refund(estimate)
                raise self._after_status(error, reply_format, sent) from None  # the cause's text may hold the key
            except (self._openai.APIError, TimeoutError, ValueError, OSError) as error:
                # Dropped, too slow, or half a reply: broken JSON is a ValueError.
                self._tokens.refund(estimate)
                too_slow = isinstance(error, (TimeoutError, self._openai.APITimeoutError))
                raise self._after_failure(self._describe(error), sent, overloaded=too_slow) from None
            seconds = time.monotonic() - sent
            tokens = completion.prompt_tokens, completion.completion_tokens
            self._tokens.refund(estimate - sum(tokens))
            self._last_reply, self._failures_in_a_row = time.monotonic(), 0
            self.concurrency.success()
            return Reply(*completion, self.endpoint.cost(*tokens), seconds, number)

    async def _wait_for_turn(self, estimate: float) -> None:
        """Wait until the endpoint and its limits allow a request of about `estimate` tokens.

        Raises:
            EndpointError, EndpointDownError: another request found that none will succeed.
        """
        while (pause := self._paused_until - time.monotonic()) > 0 and self._stopped_by is None:
            await asyncio.sleep(min(pause, 1.0))
        if self._stopped_by is not None:
            raise self._stopped_by
        await self._requests.take()
        await self._tokens.take(estimate)
        await self._turnstile.enter()

    def _after_status(self, error: Any, reply_format: ReplyFormat, sent: float) -> Exception:
        """The error to raise after an HTTP error status. It means another attempt, or the end of all requests.

        Args:
            error: openai's APIStatusError.
            reply_format: how the request asked for a structured reply.
            sent: when the request was sent, on the monotonic clock.
        """
        status, reason = error.status_code, self._describe(error)
        if status in (401, 403):
            variable = self.endpoint.key_variable or "key_variable"
            return self._stop(EndpointError(f"{reason}. The key is not accepted: correct {variable}."))
        if status == 429 and "insufficient_quota" in reason:
            return self._stop(EndpointError(f"{reason}. The account has no credit left."))
        if status in _PASSING or status >= 500:
            wait_s = retry_after(error.response.headers)
            if wait_s is not None:
                self._paused_until = max(self._paused_until, time.monotonic() + wait_s)
            return self._after_failure(reason, sent, overloaded=status in _OVERLOADED, wait_s=wait_s)
        if status in (400, 422) and "max_completion_tokens" in reason and self._length_parameter == "max_tokens":
            self._length_parameter = "max_completion_tokens"
            return _Retry(reason, at_once=True)
        if status in (400, 422) and reply_format != REPLY_FORMATS[-1]:
            if self._reply_format == reply_format:  # another request may have found it out already
                self._reply_format = REPLY_FORMATS[REPLY_FORMATS.index(reply_format) + 1]
            return _Retry(reason, at_once=True)
        return self._stop(
            EndpointError(f"{reason}. Correct base_url or model ({self.endpoint.model!r}), or the request itself.")
        )

    def _after_failure(self, reason: str, sent: float, *, overloaded: bool, wait_s: float | None = None) -> Exception:
        """The error to raise after a temporary failure: another attempt, or the end if the endpoint seems to be down.

        Args:
            reason: what went wrong.
            sent: when the request was sent, on the monotonic clock.
            overloaded: the endpoint has too many requests, so fewer may be in flight from now on.
            wait_s: seconds that the server asked for.
        """
        if overloaded:
            self.concurrency.congestion(sent)
        self._failures_in_a_row += 1
        silent = time.monotonic() - self._last_reply
        if self._failures_in_a_row >= FAILURES_IN_A_ROW and silent > self.endpoint.patience_s:
            return self._stop(
                EndpointDownError(
                    f"{reason}. No reply for {silent:.0f} s, {self._failures_in_a_row} requests failed in a row: check "
                    "that the server runs and that base_url is right, then run again; the replies so far are kept."
                )
            )
        return _Retry(reason, wait_s=wait_s)

    def _stop(self, error: Exception) -> Exception:
        """Stop all further requests. All of them raise the first error."""
        self._stopped_by = self._stopped_by or error
        return self._stopped_by

    def _describe(self, error: BaseException) -> str:
        """The error as text, without secrets: servers repeat the key that they refuse."""
        cause = error.__cause__
        text = str(error) or type(error).__name__
        if cause is not None and str(cause) and str(cause) not in text:
            text = f"{text} ({cause})"
        text = _SECRET.sub("***", text.replace(self._key, "***") if self._key != "none" else text)
        return f"{self.endpoint.base_url}: {text[:500].rstrip('. ')}"


class _Retry(Exception):  # noqa: N818  # no error: the wish for another attempt
    """Raised to send the request again, at once or after a wait of at least `wait_s` seconds."""

    def __init__(self, reason: str, *, wait_s: float | None = None, at_once: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.wait_s, self.at_once = reason, wait_s, at_once


def _wait(state: RetryCallState) -> float:
    """Seconds before the next attempt: random up to a bound that doubles, and never less than the server asked for."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _Retry)
    return 0.0 if error.at_once else max(error.wait_s or 0.0, _exponential(state))


def _connection_limits(connections: int) -> Any:
    """Limits that keep this many connections to the server open; the default is a hundred."""
    import httpx2

    return httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)

"""Why a step failed, and what follows from it: try again, stop and say the mend, or set the data aside.

* transient: time or another machine heals it (network, 429 and 5xx, a lost worker, memory, a file still being written).
  Tried again, ever later.
* permanent: a person must do something (key, configuration, missing file, full disk). Never tried again; says what.
* data: one seed is no good. Its stage quarantines it and goes on, so that it comes to nothing more here.
* unknown: a bug. Never tried again, and left as it is, with its whole trace.

There is no `RetryPolicy` on the assets: it would retry everything, and also what somebody has just cancelled.
"""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterator, Mapping
from contextlib import ContextDecorator
from types import TracebackType
from typing import Any

import dagster as dg
from dagster._core.execution.context.compute import current_execution_context
from dagster_shared.error import DagsterError, SerializableErrorInfo

from canopy_assets.compute.memory import is_out_of_memory
from canopy_assets.compute.retry_delay import retry_delay

RETRIES = 3
FIRST_WAIT_S = 5.0
WAIT_FACTOR = 4.0
"""The three retries of a step wait about 5, 20 and 80 seconds."""


class Kind(enum.Enum):
    """What follows from a failure."""

    TRANSIENT = "transient"
    PERMANENT = "permanent"
    DATA = "data"
    UNKNOWN = "unknown"


OWN = {
    "canopy_assets.seeds.inbox.registry.SeedChangedError": Kind.TRANSIENT,
    "canopy_assets.seeds.inbox.listing.FileChangedError": Kind.TRANSIENT,
    "canopy_assets.seeds.inbox.listing.InboxUnavailableError": Kind.TRANSIENT,
    "canopy_assets.endpoints.endpoint.EndpointDownError": Kind.TRANSIENT,
    "canopy_assets.adapters.bundled.BundledModelError": Kind.TRANSIENT,
    "canopy_assets.seeds.reading.text.UnreadableError": Kind.DATA,
    "canopy_assets.seeds.reading.conversion.ConversionError": Kind.DATA,
    "canopy_assets.maths.tokens.ExpressionError": Kind.DATA,
}
"""Errors of this package that are not permanent. By name: the platform stands below the stages and knows none."""

_TRANSIENT = {
    "builtins.ConnectionError",
    "builtins.TimeoutError",
    "socket.gaierror",
    "http.client.HTTPException",
    "urllib.error.URLError",
    "urllib.error.ContentTooShortError",
    "requests.exceptions.ConnectionError",
    "requests.exceptions.Timeout",
    "requests.exceptions.ChunkedEncodingError",
    "urllib3.exceptions.HTTPError",
    "httpx.TransportError",
    "aiohttp.client_exceptions.ClientConnectionError",
    "aiohttp.client_exceptions.ClientPayloadError",
    "openai.APIConnectionError",
    "botocore.exceptions.HTTPClientError",
    "botocore.exceptions.ConnectionError",
    "sqlalchemy.exc.OperationalError",
    "psycopg2.OperationalError",
    "ray.exceptions.RayActorError",
    "ray.exceptions.WorkerCrashedError",
    "ray.exceptions.NodeDiedError",
    "ray.exceptions.ObjectLostError",
    "dagster._core.executor.child_process_executor.ChildProcessCrashException",
}
"""Errors of other packages that time heals, subclasses included. By name: importing them takes seconds."""

_PERMANENT = {
    "pydantic_core._pydantic_core.ValidationError": "Correct the values that are named.",
    "ssl.SSLCertVerificationError": "Make the certificate known (SSL_CERT_FILE), or correct the address.",
    "botocore.exceptions.NoCredentialsError": "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "builtins.FileNotFoundError": "Put the file there, or correct the setting that names it.",
    "builtins.PermissionError": "Give this user the right to it, or name another place.",
    "builtins.IsADirectoryError": "Correct the setting that names it: a file is wanted.",
    "builtins.NotADirectoryError": "Correct the setting that names it: a folder is wanted.",
    "builtins.ModuleNotFoundError": "Install the extra that has this package, as in `pip install -e '.[s3]'`.",
}

_FULL = "The disk is full: make room, or set CANOPY_HOME and CANOPY_CACHE to another one; then run again."
_ERRNO_PERMANENT = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: "It can't be written to: name another place (CANOPY_HOME, CANOPY_STORE).",
    errno.ENAMETOOLONG: "Shorten the name.",
}
_ERRNO_TRANSIENT = {
    errno.EAGAIN, errno.EBUSY, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ESTALE,
}  # fmt: skip

_STATUS_TRANSIENT = {408, 409, 423, 425, 429}
_STATUS_MEND = {
    401: "The server doesn't accept the key: correct it.",
    402: "The account has no credit left.",
    403: "The key has no right to this: correct it, or have it given the right.",
    404: "There is no such address or name: correct it.",
}
_NO_CREDIT = "insufficient_quota"
"""What OpenAI-compatible servers say with a 429 that no waiting heals."""


def classify(error: BaseException) -> Kind:
    """What follows from an error, by itself or what it was raised from.

    The outermost one that tells decides. Errors of this package are permanent, since their message says the mend,
    unless what they were raised from is transient; only memory isn't, because then a smaller batch was tried already.
    """
    return _verdict(error)[0]


def explain(error: BaseException) -> str:
    """What happened and, of a permanent failure, what to do about it, in a sentence or two."""
    kind, mend = _verdict(error)
    told = next((e for e in _chain(error) if _is_own(e)), None)
    if told is not None:
        return f"{type(told).__name__}: {told}"
    told = next((e for e in _chain(error) if not isinstance(e, DagsterError)), error)
    return f"{type(told).__name__}: {told}".strip() + (f" {mend}" if kind is Kind.PERMANENT and mend else "")


def reason_of(event: dg.DagsterEvent) -> str:
    """What a failed step said: its own words where it had some, else the innermost cause without Dagster's wrapping."""
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return data.user_failure_data.description.strip()
    return innermost(data.error) if data.error is not None else "unknown error"


def innermost(error: SerializableErrorInfo) -> str:
    """What the cause of an error says, without what Dagster wrapped around it."""
    while error.cause is not None:
        error = error.cause
    return error.message.strip()


class classified(ContextDecorator):  # noqa: N801  # read as a word: `@classified()`, `with classified():`
    """Around what a step does: a transient failure is tried again, a permanent one fails the step with its mend.

    Below `@dg.asset`, `@dg.asset_check` or around what an IO manager does. Whatever Dagster is told already (`Failure`,
    `RetryRequested`) and what isn't known stays as it is.

    Args:
        retries: how often at most.
        first_wait_s: seconds before the first one.
        attempt: how often the step failed before; default: Dagster's count.
    """

    def __init__(self, *, retries: int = RETRIES, first_wait_s: float = FIRST_WAIT_S, attempt: int | None = None):
        self._retries, self._first_wait_s, self._attempt = retries, first_wait_s, attempt

    def __enter__(self) -> None:
        """Nothing is kept: one object may serve many steps."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Raise what Dagster shall do.

        Raises:
            dg.RetryRequested: the failure is transient, and there are retries left.
            dg.Failure: it is permanent, or there are none left.
        """
        if not isinstance(error, Exception) or isinstance(error, dg.Failure | dg.RetryRequested | DagsterError):
            return
        found, told = classify(error), explain(error)
        if found is Kind.UNKNOWN:
            return
        if found is not Kind.TRANSIENT:
            raise dg.Failure(told, {"kind": found.value}, allow_retries=False) from error
        context = current_execution_context.get()
        attempt = self._attempt
        if attempt is None:
            attempt = context.retry_number if context is not None else 0
        if attempt >= self._retries:
            told = f"failed {attempt + 1} times, the last time because of {told}"
            raise dg.Failure(told, {"kind": found.value}, allow_retries=False) from error
        wait = retry_delay(attempt, first_s=self._first_wait_s, factor=WAIT_FACTOR, asked_s=_retry_after(error))
        if context is not None:
            context.log.warning("attempt %d of %d: %s; again in %.0f s", attempt + 1, self._retries + 1, told, wait)
        raise dg.RetryRequested(max_retries=self._retries, seconds_to_wait=wait) from error


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error of any client carries."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # botocore
        response = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    candidates = (
        response,
        *(getattr(o, n, None) for o in (response, error) for n in ("status_code", "status", "code")),
    )
    return next((c for c in candidates if isinstance(c, int) and 100 <= c < 600), None)


def _verdict(error: BaseException) -> tuple[Kind, str | None]:
    own = False
    for cause in _chain(error):
        if _is_own(cause):
            known = OWN.get(_name(type(cause)))
            if known is not None:
                return known, None
            own = True
        elif is_out_of_memory(cause):
            return (Kind.PERMANENT if own else Kind.TRANSIENT), None
        else:
            kind, mend = _of_other(cause)
            if kind is not Kind.UNKNOWN:
                return kind, mend
    return (Kind.PERMANENT if own else Kind.UNKNOWN), None


def _of_other(error: BaseException) -> tuple[Kind, str | None]:
    """What an error of Python or another package says by itself."""
    if isinstance(error, dg.Failure) and not error.allow_retries:
        return Kind.PERMANENT, None
    if (status := status_of(error)) is not None:
        if status >= 500 or (status in _STATUS_TRANSIENT and _NO_CREDIT not in str(error)):
            return Kind.TRANSIENT, None
        if status >= 400:
            return Kind.PERMANENT, _STATUS_MEND.get(status, _STATUS_MEND[402] if status == 429 else None)
    if isinstance(error, OSError) and error.errno in _ERRNO_PERMANENT:
        return Kind.PERMANENT, _ERRNO_PERMANENT[error.errno]
    names = _names(error)
    if mends := [mend for name, mend in _PERMANENT.items() if name in names]:
        return Kind.PERMANENT, mends[0]
    if names & _TRANSIENT or (isinstance(error, OSError) and error.errno in _ERRNO_TRANSIENT):
        return Kind.TRANSIENT, None
    return Kind.UNKNOWN, None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        reason: Any = getattr(cause, "reason", None)  # urllib wraps without `from`
        fallback = reason if isinstance(reason, BaseException) else None
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__) or fallback


def _is_own(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "canopy_assets"


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _names(error: BaseException) -> set[str]:
    return {_name(kind) for kind in type(error).__mro__}


def _retry_after(error: BaseException) -> float | None:
    """Seconds that a server asked to wait (the header's other form, a date, is rare with APIs)."""
    for cause in _chain(error):
        headers = getattr(getattr(cause, "response", None), "headers", None) or getattr(cause, "headers", None)
        said = headers.get("Retry-After") if headers is not None and hasattr(headers, "get") else None
        if said and str(said).strip().isdigit():
            return float(said)
    return None

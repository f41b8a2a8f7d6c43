"""Why a step failed, and what follows from it: try again, stop and name the fix, or quarantine the data.

* transient: it may work later or on another machine (network, 429 and 5xx, a lost worker, memory, a file that is still
  being written). Tried again after waits that grow.
* permanent: a person must act (key, configuration, missing file, full disk). Not tried again; the message says how.
* data: one seed cannot be used. Its stage quarantines it and goes on. If such an error reaches this module, the step
  fails and is not tried again.
* unknown: a bug. Not tried again; the error passes through with its whole trace.

The assets have no `RetryPolicy`: it would retry every failure, even of a run that was just cancelled.
"""

from __future__ import annotations

import enum
import errno
from collections.abc import Iterator, Mapping
from contextlib import ContextDecorator
from types import TracebackType
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.execution.context.compute import current_execution_context
from dagster_shared.error import DagsterError, SerializableErrorInfo

from canopy_assets.compute.backoff import retry_delay
from canopy_assets.compute.memory import is_out_of_memory

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
    "canopy_assets.seeds.reading.decoding.UnreadableError": Kind.DATA,
    "canopy_assets.maths.notation.lexer.ExpressionError": Kind.DATA,
}
"""Errors of this package that are not permanent. By name, because `lineage` may not import the stages that define
them."""

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
"""Errors of other packages that may not occur again later, and their subclasses. By name, because importing these
packages takes seconds."""

_PERMANENT = {
    "pydantic_core._pydantic_core.ValidationError": "Correct the values that are named.",
    "ssl.SSLCertVerificationError": "Make the certificate known (SSL_CERT_FILE), or correct the address.",
    "botocore.exceptions.NoCredentialsError": "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "builtins.FileNotFoundError": "Put the file there, or correct the setting that names it.",
    "builtins.PermissionError": "Give this user access to it, or name another place.",
    "builtins.IsADirectoryError": "Correct the setting that names it: a file is wanted.",
    "builtins.NotADirectoryError": "Correct the setting that names it: a folder is wanted.",
    "builtins.ModuleNotFoundError": "Install the extra that has this package, as in `pip install -e '.[s3]'`.",
}

_FULL = "The disk is full: make room, or set CANOPY_HOME and CANOPY_CACHE to another one; then run again."
_ERRNO_PERMANENT = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: "It is read-only: name another place (CANOPY_HOME, CANOPY_STORE).",
    errno.ENAMETOOLONG: "Shorten the name.",
}
_ERRNO_TRANSIENT = {
    errno.EAGAIN, errno.EBUSY, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ESTALE,
}  # fmt: skip

_STATUS_TRANSIENT = {408, 409, 423, 425, 429}
_STATUS_FIX = {
    401: "The server doesn't accept the key: correct it.",
    402: "The account has no credit left.",
    403: "The key has no access to this: correct it, or ask for access.",
    404: "There is no such address or name: correct it.",
}
_NO_CREDIT = "insufficient_quota"
"""OpenAI-compatible servers say this with a 429 that no waiting resolves."""


class _Finding(NamedTuple):
    kind: Kind
    fix: str | None = None
    """What a person can do, if the error itself does not say it."""


def classify(error: BaseException) -> Kind:
    """What follows from an error, judged by the error itself and the errors it was raised from.

    The outermost error of a known kind decides. Errors of this package count as permanent, because their message names
    the fix, unless they were raised from a transient one. If one of our own errors was raised from an out-of-memory
    error, it stays permanent: a smaller batch was tried already.
    """
    return _find(error).kind


def explain(error: BaseException) -> str:
    """What happened, in a sentence or two. For a permanent failure also what to do about it."""
    own = next((e for e in _chain(error) if _is_own(e)), None)
    if own is not None:
        return f"{type(own).__name__}: {own}"
    first = next((e for e in _chain(error) if not isinstance(e, DagsterError)), error)
    found = _find(error)
    fix = f" {found.fix}" if found.kind is Kind.PERMANENT and found.fix else ""
    return f"{type(first).__name__}: {first}".strip() + fix


def reason_of(event: dg.DagsterEvent) -> str:
    """Why a step failed: the step's own description if it gave one, else the innermost cause."""
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return data.user_failure_data.description.strip()
    return innermost(data.error) if data.error is not None else "unknown error"


def innermost(error: SerializableErrorInfo) -> str:
    """The message of an error's innermost cause, without what Dagster wrapped around it."""
    while error.cause is not None:
        error = error.cause
    return error.message.strip()


class classified(ContextDecorator):  # noqa: N801  # read as a word: `@classified()`, `with classified():`
    """Classifies what a step raises: a transient failure is tried again, a permanent one fails the step with its fix.

    Use it below `@dg.asset` and `@dg.asset_check`, and around the work of an IO manager. Errors that are meant for
    Dagster (`Failure`, `RetryRequested`) and unknown ones pass through.

    Args:
        retries: how often a step is tried again at most.
        first_wait_s: seconds before the first retry.
        attempt: how often the step failed before; by default Dagster's count.
    """

    def __init__(self, *, retries: int = RETRIES, first_wait_s: float = FIRST_WAIT_S, attempt: int | None = None):
        self._retries, self._first_wait_s, self._attempt = retries, first_wait_s, attempt

    def __enter__(self) -> None:
        """Keeps no state, so that one object may serve many steps."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Raise the exception that makes Dagster retry the step or fail it.

        Raises:
            dg.RetryRequested: the failure is transient, and there are retries left.
            dg.Failure: the failure is permanent, or no retries are left.
        """
        if not isinstance(error, Exception) or isinstance(error, dg.Failure | dg.RetryRequested | DagsterError):
            return
        found, message = classify(error), explain(error)
        if found is Kind.UNKNOWN:
            return
        if found is not Kind.TRANSIENT:
            raise dg.Failure(message, {"kind": found.value}, allow_retries=False) from error
        context = current_execution_context.get()
        attempt = self._attempt
        if attempt is None:
            attempt = context.retry_number if context is not None else 0
        if attempt >= self._retries:
            message = f"failed {attempt + 1} times, the last time because of {message}"
            raise dg.Failure(message, {"kind": found.value}, allow_retries=False) from error
        wait = retry_delay(attempt, first_s=self._first_wait_s, factor=WAIT_FACTOR, asked_s=_retry_after(error))
        if context is not None:
            context.log.warning("attempt %d of %d: %s; again in %.0f s", attempt + 1, self._retries + 1, message, wait)
        raise dg.RetryRequested(max_retries=self._retries, seconds_to_wait=wait) from error


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an error from any HTTP client; None if it has none."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # botocore
        response = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    candidates = (
        response,
        *(getattr(o, n, None) for o in (response, error) for n in ("status_code", "status", "code")),
    )
    return next((c for c in candidates if isinstance(c, int) and 100 <= c < 600), None)


def _find(error: BaseException) -> _Finding:
    """Kind and fix of an error, decided by the outermost known error in its chain."""
    own = False
    for cause in _chain(error):
        if _is_own(cause):
            known = OWN.get(_name(type(cause)))
            if known is not None:
                return _Finding(known)
            own = True
        elif is_out_of_memory(cause):
            return _Finding(Kind.PERMANENT if own else Kind.TRANSIENT)
        elif (found := _find_foreign(cause)).kind is not Kind.UNKNOWN:
            return found
    return _Finding(Kind.PERMANENT if own else Kind.UNKNOWN)


def _find_foreign(error: BaseException) -> _Finding:
    """Kind and fix of one error of Python or another package, by status, error number or class."""
    if isinstance(error, dg.Failure) and not error.allow_retries:
        return _Finding(Kind.PERMANENT)
    if (status := status_of(error)) is not None:
        if status >= 500 or (status in _STATUS_TRANSIENT and _NO_CREDIT not in str(error)):
            return _Finding(Kind.TRANSIENT)
        if status >= 400:
            return _Finding(Kind.PERMANENT, _STATUS_FIX.get(402 if status == 429 else status))
    if isinstance(error, OSError) and error.errno in _ERRNO_PERMANENT:
        return _Finding(Kind.PERMANENT, _ERRNO_PERMANENT[error.errno])
    names = {_name(kind) for kind in type(error).__mro__}
    if fixes := [fix for name, fix in _PERMANENT.items() if name in names]:
        return _Finding(Kind.PERMANENT, fixes[0])
    if names & _TRANSIENT or (isinstance(error, OSError) and error.errno in _ERRNO_TRANSIENT):
        return _Finding(Kind.TRANSIENT)
    return _Finding(Kind.UNKNOWN)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and the errors it was raised from, outermost first."""
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


def _retry_after(error: BaseException) -> float | None:
    """The wait in seconds that a server asked for. A date in the header is ignored, because APIs rarely send one."""
    for cause in _chain(error):
        headers = getattr(getattr(cause, "response", None), "headers", None) or getattr(cause, "headers", None)
        said = headers.get("Retry-After") if headers is not None and hasattr(headers, "get") else None
        if said and str(said).strip().isdigit():
            return float(said)
    return None

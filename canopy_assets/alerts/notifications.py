"""Notifications for people: a line in the log, or a JSON POST to a webhook.

Nothing is lost while a webhook is down: the sensor in `alerts.monitoring` keeps its place in the event log.
"""

from __future__ import annotations

import base64
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import SecretStr
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from canopy_assets.lineage.failures import status_of
from canopy_assets.settings import Settings

CHAMPION_CHANGED = "champion changed"
GATE_FAILED = "gate failed"
QUALITY_DROPPED = "data quality dropped"
RUN_FAILED = "run failed"

TIMEOUT_S = 5.0
ATTEMPTS = 3
FIRST_WAIT_S = 0.5
_MAY_PASS = {408, 425, 429}
"""The temporary failures among the HTTP statuses below 500: another request may succeed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notification:
    """An event that people want to know about.

    Attributes:
        key: identifies the event. If the notification is sent again, it has the same key.
        event: its kind, one of the four constants above.
        text: one or a few sentences.
        timestamp: when it happened, in seconds since the epoch.
        details: JSON values for programs that receive it.
    """

    key: str
    event: str
    text: str
    timestamp: float
    details: Mapping[str, Any] = field(default_factory=dict)


class Notifier(Protocol):
    """Sends notifications to people."""

    def send(self, notification: Notification) -> str | None:
        """Send it. Never raises: returns the reason if it could not be sent, else None."""
        ...


@dataclass(frozen=True)
class LogNotifier:
    """Writes notifications to the log."""

    log: Callable[[str], object] = _log.warning

    def send(self, notification: Notification) -> str | None:
        """Write one line."""
        self.log(f"{notification.event}: {notification.text}")
        return None


class _Problem(NamedTuple):
    """Why a webhook did not accept a message, and whether it may accept it a moment later."""

    text: str
    may_pass: bool


@dataclass(frozen=True)
class WebhookNotifier:
    """Posts notifications as JSON: `event`, `text` (which Slack, Mattermost and others show), `id`, `time`, `details`.

    It tries again after 429, 5xx and network errors. A server that accepted a message but answered too late gets it
    twice, so each attempt has the same `id`, also in the header Idempotency-Key.
    """

    address: SecretStr
    timeout_s: float = TIMEOUT_S
    attempts: int = ATTEMPTS
    first_wait_s: float = FIRST_WAIT_S

    def send(self, notification: Notification) -> str | None:
        """Post it. The returned reason names only the host, because the rest of a webhook's address is its password."""
        retrying = Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=wait_exponential(multiplier=self.first_wait_s),
            retry=retry_if_result(lambda problem: problem is not None and problem.may_pass),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        problem = retrying(self._post, notification)
        return None if problem is None else f"the webhook at {self._host} {problem.text}"

    @property
    def _host(self) -> str:
        try:
            return urlsplit(self.address.get_secret_value()).hostname or "(no host)"
        except ValueError:
            return "(no host)"

    def _post(self, notification: Notification) -> _Problem | None:
        """Send one request. Returns what went wrong, or None."""
        try:
            with _opener.open(self._request(notification), timeout=self.timeout_s) as response:
                response.read(1024)
                return None
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
            if status >= 500 or status in _MAY_PASS:
                return _Problem(f"answers with HTTP status {status}", may_pass=True)
            return _Problem(f"answers with HTTP status {status}: correct CANOPY_WEBHOOK", may_pass=False)
        except (OSError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            return _Problem(f"can't be reached ({type(reason).__name__})", may_pass=status_of(error) is None)
        except Exception as error:
            # http.client's errors about a wrong address contain the whole address, with its secret.
            return _Problem(f"can't be used ({type(error).__name__}): correct CANOPY_WEBHOOK", may_pass=False)

    def _request(self, notification: Notification) -> urllib.request.Request:
        parts = urlsplit(self.address.get_secret_value())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an http(s) address")
        headers = {"Content-Type": "application/json", "User-Agent": "canopy-assets"}
        headers["Idempotency-Key"] = notification.key
        if parts.username is not None:
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return urllib.request.Request(address, _body(notification), headers, method="POST")


def notifier(settings: Settings, log: Callable[[str], object]) -> Notifier:
    """The webhook of CANOPY_WEBHOOK if it is set, else the log."""
    return WebhookNotifier(settings.webhook) if settings.webhook else LogNotifier(log)


def _body(notification: Notification) -> bytes:
    content = {
        "event": notification.event,
        "text": f"{notification.event}: {notification.text}",
        "id": notification.key,
        "time": datetime.fromtimestamp(notification.timestamp, UTC).isoformat(timespec="seconds"),
        "source": "canopy-assets",
        "details": dict(notification.details),
    }
    return json.dumps(content, default=str).encode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: a redirected POST becomes a GET without its body, and would count as delivered."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)

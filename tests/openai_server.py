"""A local server that speaks the chat completions protocol, and misbehaves on demand.

There is no model behind it: it writes a few words for each turn of a dialogue that a prompt asks for. It is for tests
of everything between us and a model: HTTP, limits, failures.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_DOING = "undo split scale move test turn weigh shrink stretch check draw fold read write"
_WHAT = "unknown whole part side total rest piece sum letter bracket unit line figure quantity"
_HOW = "first backwards slowly twice alone carefully again directly together evenly stepwise"
KEY = "sk-test-0123456789abcdef"
Trouble = Callable[["Exchange"], bool]
"""Called with every request; returns whether it has answered the request itself."""


@dataclass
class Server:
    """How the server behaves, and the requests that it got.

    Attributes:
        latency_s: seconds before each answer.
        trouble: sees every request first.
        leaking: the share of dialogues in which the tutor gives the answer away even after a repair. In as many more
            it does so until it is asked for other words.
        served: complete answers by prompt and seed.
    """

    address: str = ""
    latency_s: float = 0.0
    trouble: Trouble = lambda _: False
    leaking: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    served: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Exchange:
    """One request and the means to answer it."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    number: int

    def send(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.handler.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(data)

    def refuse(self, status: int, message: str, **headers: str) -> bool:
        self.send(
            status,
            {"error": {"message": message, "type": "error"}},
            {k.replace("_", "-"): v for k, v in headers.items()},
        )
        return True

    def drop(self) -> bool:
        """Close the connection in the middle of the reply."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "application/json")
        self.handler.send_header("Content-Length", "1000")
        self.handler.end_headers()
        self.handler.wfile.write(b'{"choices": [{"mess')
        self.handler.close_connection = True
        self.handler.connection.close()
        return True


@contextlib.contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run the server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None: ...

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with server.lock:
                server.requests.append(body | {"authorization": self.headers.get("Authorization")})
                number = len(server.requests)
                server.in_flight += 1
                server.most_in_flight = max(server.most_in_flight, server.in_flight)
            try:
                if server.latency_s:
                    time.sleep(server.latency_s)
                exchange = Exchange(self, body, number)
                if not server.trouble(exchange):
                    exchange.send(200, completion(body, json.dumps(dialogue(body, server.leaking))))
                    with server.lock:
                        server.served[_prompt(body)] += 1
            except OSError:
                self.close_connection = True  # the client has given up
            finally:
                with server.lock:
                    server.in_flight -= 1

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{httpd.server_address[1]}/v1"
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


def completion(body: dict[str, Any], text: str | None = None, finish_reason: str = "stop") -> dict[str, Any]:
    """The body of an answer; without `text`, a few words for every turn that the prompt's plan names."""
    if text is None:
        text = json.dumps(dialogue(body))
    usage = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [choice],
        "usage": usage,
    }


def dialogue(body: dict[str, Any], leaking: float = 0.0) -> dict[str, str]:
    """Words for the turns that the prompt's plan names."""
    said = [m["content"] for m in body["messages"]]
    prompt, plan = said[-1], said[:2][-1]
    keys = re.findall(r"^  (turn_\d+_\w+):", prompt, re.MULTILINE) or re.findall(r'\{"(turn_\d+_\w+)": "…"\}', prompt)
    rng = random.Random(_prompt(body))
    given = _given(plan)
    words = {key: _words(rng, given) if "tutor" in key else f"Hm, {_words(rng, given)[:-1].lower()}." for key in keys}
    drawn, repair = random.Random(plan).random(), prompt != plan
    leaks = drawn < (leaking if repair else 2 * leaking)
    if leaks and (answer := re.search(r"^  answer: (.+)", plan, re.MULTILINE)):
        words |= {key: f"The answer is {answer[1]}." for key in words if "tutor" in key}
    return words


def _given(plan: str) -> str:
    """Two numbers of the problem in the plan, or its longest words."""
    stated = re.search(r"^Problem: (.*)$", plan, re.MULTILINE)
    problem = stated[1] if stated else ""
    named = re.findall(r"\d+\w*", problem) + sorted(re.findall(r"[a-z]{4,}", problem), key=len, reverse=True)
    return " and ".join(list(dict.fromkeys(named))[:2]) or "it"


def _words(rng: random.Random, given: str) -> str:
    """A question about the problem that reveals nothing, and that is hardly ever the same twice."""
    doing, what, how = (rng.choice(words.split()) for words in (_DOING, _WHAT, _HOW))
    return f"What happens to {given} when you {doing} the {what} {how}, and to the {rng.choice(_WHAT.split())}?"


def unreliable(share: float, seed: int = 1) -> Trouble:
    """Let a share of the requests fail, each at random in one of six ways."""
    rng, lock = random.Random(seed), threading.Lock()

    def trouble(exchange: Exchange) -> bool:
        with lock:
            if rng.random() > share:
                return False
            kind = rng.randrange(6)
        if kind == 0:
            return exchange.refuse(429, "slow down", retry_after_ms="20")
        if kind == 1:
            return exchange.refuse(500, "oops")
        if kind == 2:
            return exchange.drop()
        if kind == 3:
            exchange.send(200, b'{"choices": [{"message": {"content": "half a')
            return True
        if kind == 4:
            exchange.send(200, {"object": "chat.completion", "choices": []})
            return True
        time.sleep(0.6)  # longer than the client waits
        return exchange.refuse(503, "too late")

    return trouble


def _prompt(body: dict[str, Any]) -> str:
    return f"{body['messages'][-1]['content']} {body['seed']}"

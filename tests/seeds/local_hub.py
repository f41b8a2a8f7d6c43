"""A server on loopback that speaks as much of the Hugging Face hub's protocol as it takes to read a dataset."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_API = re.compile(r"/api/datasets/(?P<id>[^/]+/[^/]+)(?:/(?P<verb>revision|tree|paths-info)/(?P<rest>.+))?")
_FILE = re.compile(r"/datasets/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")


@dataclass
class Hub:
    """The datasets of a hub, each a mapping from paths to contents, and the requests that it got.

    Attributes:
        gated: datasets that it gives to nobody.
        status: another status for every reply, as of a server that is broken.
    """

    datasets: Mapping[str, Mapping[str, bytes]]
    gated: frozenset[str] = frozenset()
    status: int | None = None
    address: str = ""
    requests: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Run the hub on a free port."""

    class Handler(_Handler):
        served = hub

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    hub.address = f"http://127.0.0.1:{httpd.server_address[1]}"
    try:
        yield hub
    finally:
        httpd.shutdown()
        httpd.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Hub

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, asked: Any = None) -> None:
        path = unquote(urlsplit(self.path).path)
        self.served.requests.append(f"{self.command} {path}")
        match = _API.fullmatch(path) or _FILE.fullmatch(path)
        name = match["id"] if match else ""
        if self.served.status:
            self._send(self.served.status, b"{}")
        elif match is None or name not in self.served.datasets:
            self._refuse(404, "RepoNotFound")
        elif name in self.served.gated:
            self._refuse(403, "GatedRepo")
        elif match.re is _FILE:
            self._file(self.served.datasets[name].get(match["path"]))
        else:
            self._api(name, match["verb"], match["rest"] or "main", asked)

    def _api(self, name: str, verb: str | None, rest: str, asked: Any) -> None:
        files = self.served.datasets[name]
        revision, _, folder = rest.partition("/")
        if revision not in ("main", COMMIT):
            self._refuse(404, "RevisionNotFound")
        elif verb in (None, "revision"):
            siblings = [{"rfilename": path} for path in files]
            self._json({"id": name, "sha": COMMIT, "siblings": siblings, "private": False, "tags": [], "downloads": 0})
        elif verb == "tree":
            self._json(_listing(files, f"{folder}/" if folder else "", recursive="recursive=true" in self.path.lower()))
        else:
            self._json([_entry(path, files[path]) for path in asked["paths"] if path in files])

    def _file(self, content: bytes | None) -> None:
        if content is None:
            self._refuse(404, "EntryNotFound")
            return
        first, last = 0, len(content) - 1
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted:
            first, last = int(wanted[1]), min(int(wanted[2] or last), last)
        headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if wanted:
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        self._send(206 if wanted else 200, content[first : last + 1], headers)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, json.dumps({"error": code}).encode(), {"X-Error-Code": code, "X-Error-Message": code})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _listing(files: Mapping[str, bytes], folder: str, *, recursive: bool) -> list[dict[str, Any]]:
    """The files in a folder, with those in the folders below it or with these folders."""
    below = [path.removeprefix(folder) for path in files if path.startswith(folder)]
    folders = {name.partition("/")[0] for name in below if "/" in name}
    directories = [{"type": "directory", "path": folder + name, "size": 0, "oid": COMMIT} for name in folders]
    return directories + [_entry(folder + n, files[folder + n]) for n in below if recursive or "/" not in n]


def _entry(path: str, content: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}

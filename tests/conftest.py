"""For tests of several rooms: the cache of downloads, a bucket on a local S3 server, the list of skipped tests."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shared_data import VARIABLE

# Hypothesis would fail an example that takes 0.2 s, as any does on a busy machine.
settings.register_profile("canopy", deadline=None)
settings.load_profile("canopy")

_SHARED = "PYTEST_XDIST_WORKER" in os.environ
if _SHARED:
    # Two processes of two threads each on two processors wait for each other most of the time.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

_CACHE = os.environ.get("CANOPY_CACHE") or os.environ.get("TESTS_CACHE")
if _CACHE:
    os.environ["TESTS_CACHE"] = _CACHE  # for the workers of `-n`, which this process starts
# The caller's settings are for the caller's home; the tests' homes must not depend on them.
for name in [n for n in os.environ if n.startswith(("CANOPY_", "DAGSTER_")) and n != VARIABLE]:
    del os.environ[name]


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outermost, so that its lines come after those of all other plugins
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    """Name the skipped tests, and why, in the last lines of the output: a green run is no proof for them."""
    yield
    counts: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        counts[report.nodeid.partition("::")[0], reason.removeprefix("Skipped: ")] += 1
    if counts:
        terminalreporter.section("not tested here")
    for (file, reason), count in sorted(counts.items()):
        terminalreporter.line(f"{file}: {count} skipped: {reason}")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the downloaded base model, shared by all tests: CANOPY_CACHE where that is set."""
    if _CACHE:
        return Path(_CACHE)
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if _SHARED else mine) / "cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """The address of an S3 server on this machine (moto's)."""
    server_module = pytest.importorskip("moto.server", reason="needs the dev extra: moto[s3,server]")
    pytest.importorskip("s3fs", reason="needs the s3 extra")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a new bucket. This process and its children reach it as they would reach a real one."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": s3_address,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    # fsspec caches clients by their arguments, and the address is not one of them.
    s3fs.S3FileSystem.clear_instance_cache()
    url = f"s3://canopy-{uuid.uuid4().hex}"
    s3fs.S3FileSystem().mkdir(url)
    yield url
    s3fs.S3FileSystem.clear_instance_cache()

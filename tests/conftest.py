"""What tests of several stages use: the cache of downloads, and a bucket of an S3 server on this machine (moto's)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

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
# What whoever calls has set for a home of their own says nothing about the tests' homes.
for name in [n for n in os.environ if n.startswith(("CANOPY_", "DAGSTER_"))]:
    del os.environ[name]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The downloaded base model, once for all tests: in CANOPY_CACHE where that was set."""
    if _CACHE:
        return Path(_CACHE)
    mine = tmp_path_factory.getbasetemp()
    folder = (mine.parent if _SHARED else mine) / "cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    server_module = pytest.importorskip("moto.server", reason="needs the dev extra: moto[s3,server]")
    pytest.importorskip("s3fs", reason="needs the s3 extra")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a new bucket, which this process and its children reach as they would reach a real one."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": s3_address,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    # fsspec keeps clients by their arguments, and the address isn't one of them.
    s3fs.S3FileSystem.clear_instance_cache()
    url = f"s3://canopy-{uuid.uuid4().hex}"
    s3fs.S3FileSystem().mkdir(url)
    yield url
    s3fs.S3FileSystem.clear_instance_cache()

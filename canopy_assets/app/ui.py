"""`canopy ui`: Dagster's web interface and daemon on this machine."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from canopy_assets.settings import Settings

MODULE = "canopy_assets.definitions"
HOST = "127.0.0.1"
POLL_MS = "2000"
"""How often the interface refreshes what it shows."""


def serve(settings: Settings, port: int) -> NoReturn:
    """Replace this process with `dagster dev` on loopback. Signals then reach Dagster, which ends its own children."""
    command = [sys.executable, "-m", "dagster", "dev", "--host", HOST, "--port", str(port)]
    command += ["--module-name", MODULE, "--live-data-poll-rate", POLL_MS]
    # Dagster starts its code server and its steps through `dagster` from PATH.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.chdir(settings.home)
    sys.stderr.flush()
    # A shell starts background jobs with SIGINT ignored, and Dagster handles SIGTERM only where SIGINT is handled.
    # Without this line, `canopy ui &` in a script could only be killed.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(sys.executable, command, os.environ | {"PATH": path})

"""Real data for calibration, which is not in the repository: it lies in `../shared/data`, beside the checkout.

Tests that need a file of it skip where the file is missing, and the last lines of a test run name them. The environment
variable CANOPY_SHARED_DATA names another folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "CANOPY_SHARED_DATA"
FOLDER = Path(os.environ.get(VARIABLE) or Path(__file__).parents[2] / "shared" / "data")


def shared_data(name: str) -> Path:
    """The path of a file of the shared data. Where there is none, the test that asks for it skips."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return path

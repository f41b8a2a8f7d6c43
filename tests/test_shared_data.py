"""A run without the shared data says so in its last lines, also when two processes share the tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared_data import VARIABLE


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_last_lines_name_what_was_skipped_and_why(tmp_path: Path, processes: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", processes, "--durations=3", "-p", "no:cacheprovider"]
    files = ["tests/seeds/test_gsm8k.py", "tests/review/test_expert_replies.py"]
    environment = os.environ | {VARIABLE: str(tmp_path)}
    done = subprocess.run(
        [*command, *files, "-k", "real_500 or offensive or plain"], env=environment, capture_output=True, text=True,
        check=False, cwd=Path(__file__).parents[1], timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    title, *skipped, total = done.stdout.splitlines()[-4:]
    assert title.strip("= ") == "not tested here"
    assert skipped == [
        "tests/review/test_expert_replies.py: 1 skipped: needs ../shared/data/mrbench_calibration.json",
        "tests/seeds/test_gsm8k.py: 1 skipped: needs ../shared/data/gsm8k_socratic_500.jsonl",
    ]
    assert total.startswith("1 passed, 2 skipped")

"""What a person gets wrong at the terminal ends with one line that names it and exit code 2, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

VERBS = ("run", "status", "plan", "add sheet.md")


def _canopy(arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "canopy_assets.app.cli", *arguments.split()],
        env=os.environ | {"CANOPY_HOME": str(folder / "home"), "CANOPY_SAMPLE_SEEDS": "false"} | environment,
        cwd=folder, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("line", "fault"), [("", "no .jsonl file there"), ('{"id": "x"}', "prompts.jsonl, line 1")])
def test_evaluation_prompts_that_cannot_be_used_stop_every_verb_that_reads_them(
    tmp_path: Path, verb: str, line: str, fault: str
) -> None:
    (tmp_path / "sheet.md").write_text("# Sheet\n\n1. Solve 2x + 3 = 11.\n")
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    if line:
        (prompts / "prompts.jsonl").write_text(line + "\n")
    done = _canopy(verb, tmp_path, CANOPY_EVAL_SET=str(prompts))
    assert done.returncode == 2
    assert fault in done.stderr
    assert "Traceback" not in done.stderr


def test_a_value_out_of_bounds_is_named_with_its_asset_and_field(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("ops:\n  lora_adapter: {config: {starts: 0}}\n")
    done = _canopy(f"run --config {config}", tmp_path)
    assert done.returncode == 2
    assert "configuration of lora_adapter: starts: 0: Input should be greater than or equal to 1" in done.stderr
    assert "errors.pydantic.dev" not in done.stderr

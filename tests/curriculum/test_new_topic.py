"""A new topic is a new folder and nothing else: the one that `docs/architecture.md` shows works as it stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from canopy_assets.curriculum import words

CHECKOUT = Path(__file__).parents[2]
ASK = """
import json
from canopy_assets.curriculum.registry import recognise
from canopy_assets.curriculum.words import step_phrases, vocabulary
from canopy_assets.curriculum.words import digest
solved = recognise("Round 347 to the nearest ten.")
print(json.dumps([solved.family, solved.answer, [m.work for m in solved.misconceptions],
                  step_phrases(solved.steps[0].kind).focus, vocabulary()["round"], digest("steps")]))
"""


def test_the_topic_of_the_documentation_is_found_solved_and_spoken_about(tmp_path: Path) -> None:
    shutil.copytree(
        CHECKOUT / "canopy_assets", tmp_path / "canopy_assets", ignore=shutil.ignore_patterns("__pycache__")
    )
    folder = tmp_path / "canopy_assets" / "curriculum" / "rounding"
    folder.mkdir()
    section = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8").split("### A topic")[1]
    (folder / "__init__.py").touch()
    for name, language in (("solve.py", "python"), ("topic.toml", "toml")):
        (code,) = re.findall(rf"```{language}\n(.*?)```", section.split("### A reader")[0], re.DOTALL)
        (folder / name).write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    family, answer, wrong, focus, terms, digest = json.loads(asked.stdout)
    assert (family, answer, wrong) == ("rounding", "350", ["I cut the last digit off 347, so 340."])
    assert focus == ["Which tens does {number} lie between, and which is nearer?"]
    assert "nearest" in terms
    assert digest != words.digest("steps")

"""The promises of the layout: stages depend to the left only, the domain knows nothing of Dagster, loading is cheap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "canopy_assets"
STAGES = ["maths", "seeds", "review", "dialogues", "training_sets", "adapters", "evals", "release"]
SHARED = {"records", "settings", "platform"}
DAGSTER_MODULES = {"assets.py", "checks.py", "sensors.py"}
HEAVY = ["torch", "transformers", "peft", "datasets", "great_expectations"]


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return names | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


def _stage_files() -> list[Path]:
    return [p for stage in STAGES for p in sorted((PACKAGE / stage).rglob("*.py"))]


@pytest.mark.parametrize("path", _stage_files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_stage_depends_only_on_stages_to_its_left(path: Path) -> None:
    stage = path.relative_to(PACKAGE).parts[0]
    allowed = set(STAGES[: STAGES.index(stage) + 1]) | SHARED
    used = {name.split(".")[1] for name in _imports(path) if name.startswith("canopy_assets.")}
    assert used <= allowed, f"{path.name} imports {sorted(used - allowed)}"


@pytest.mark.parametrize("path", _stage_files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_assets_checks_and_sensors_know_dagster(path: Path) -> None:
    if path.name not in DAGSTER_MODULES:
        assert not any(name.split(".")[0] == "dagster" for name in _imports(path))


def test_loading_the_code_location_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, time; start = time.process_time(); import canopy_assets.definitions; "
        "seconds = time.process_time() - start; "
        f"print(seconds, *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    # Processor time, the best of three: another process on a small machine slows an import down.
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(3)
    ]
    assert runs[0][1:] == []
    assert min(float(run[0]) for run in runs) < 3.0

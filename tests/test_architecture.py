"""The promises of the layout: rooms depend to the left only, the domain never reaches Dagster, loading is cheap.

`docs/architecture.md` says what each room is for. Imports are followed through the package, those inside functions too:
what a module imports late, it still needs.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "canopy_assets"
SHARED = ["records", "settings", "compute", "storage", "endpoints", "lineage", "alerts"]
STAGES = ["maths", "curriculum", "seeds", "review", "dialogues", "training_sets", "adapters", "evals", "release"]
TOP = ["app", "definitions"]
ROOMS = [*SHARED, *STAGES, *TOP]
DAGSTER_MODULES = {"assets", "checks", "sensors"}
"""Of a stage's folder, what may know Dagster."""
HEAVY = ["torch", "transformers", "peft", "datasets", "great_expectations", "sympy", "scipy"]
LARGEST_FOLDER = 15


def _modules() -> dict[str, Path]:
    files = sorted(p for p in PACKAGE.rglob("*.py"))
    named = {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts): p for p in files}
    return {name.removesuffix(".__init__"): path for name, path in named.items()}


MODULES = _modules()
NAMES = [name for name in MODULES if name != "canopy_assets"]


@cache
def _imports(module: str) -> frozenset[str]:
    """The modules that one imports: of this package by their full names, of others by their first."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= inside or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(name if name in MODULES else name.split(".")[0] for name in found)


@cache
def _reached(module: str) -> frozenset[str]:
    """Everything that a module's imports lead to, through modules of this package."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for name in _imports(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting += [name] if name in MODULES else []
    return frozenset(seen)


def _room(module: str) -> str:
    return module.split(".")[1]


def _is_domain(module: str) -> bool:
    parts = module.split(".")
    return parts[1] in STAGES and not (len(parts) == 3 and parts[2] in DAGSTER_MODULES)


def test_every_module_stands_in_a_room_that_has_a_place_in_the_order() -> None:
    assert {_room(name) for name in NAMES} == set(ROOMS)


@pytest.mark.parametrize("module", NAMES)
def test_a_module_depends_only_on_rooms_to_its_left(module: str) -> None:
    allowed = set(ROOMS[: ROOMS.index(_room(module)) + 1])
    used = {_room(name) for name in _imports(module) if name in MODULES and name != "canopy_assets"}
    assert used <= allowed, f"{module} imports {sorted(used - allowed)}"


@pytest.mark.parametrize("module", [name for name in NAMES if _is_domain(name)])
def test_the_domain_never_reaches_dagster(module: str) -> None:
    way = [name for name in _reached(module) | {module} if name in MODULES and "dagster" in _imports(name)]
    assert not way, f"{module} reaches Dagster through {sorted(way)}"


@pytest.mark.parametrize("module", NAMES)
def test_no_module_needs_itself(module: str) -> None:
    assert module not in _reached(module)


@pytest.mark.parametrize(
    "folder", sorted({p.parent for p in MODULES.values()}), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= LARGEST_FOLDER


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

"""The documents say what is there: links, commands, settings, examples and paths are checked or run.

A command that is fenced as `sh` stands in `RUN_BY`, which names what runs it, or the document says that it is not run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import typer
import yaml

from canopy_assets.settings import Settings

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAX_README_BYTES = 7_000
MAX_LINE = 140
NOT_RUN = "not run in tests"
NO_COMMAND_RUN = "No command on this page is run in tests"

E2E = "tests/e2e/test_lineage.py"
HERE = "tests/test_documents.py"
CI = ".ci/run"
RUN_BY: dict[str, tuple[str, str]] = {
    "python3 -m venv .venv": (CI, "python3 -m venv"),
    "pip install -c constraints.txt -e .": (CI, "install -q -c constraints.txt -e"),
    "pip install -c constraints.txt -e '.[dev]'": (CI, 'install -q -c constraints.txt -e ".[dev]"'),
    "python -m pytest -n 2": (CI, "-m pytest -q -n 2"),
    "ruff check .": (CI, "ruff check ."),
    "ruff format --check .": (CI, "ruff format --check ."),
    "pyright": (CI, "pyright >"),
    "canopy run": (E2E, "test_seeds_become_an_adapter_and_a_verdict"),
    "canopy report": (E2E, "test_the_report_and_the_adapter_leave_the_home_by_a_command"),
    "canopy export adapter adapter --latest": (E2E, "test_the_report_and_the_adapter_leave_the_home_by_a_command"),
    "canopy ui": ("tests/e2e/test_ui.py", "test_the_assets_are_found_in_their_groups"),
    "canopy add worksheet.md": (HERE, "test_the_commands_of_the_documents_do_what_they_say"),
    "canopy inspect worksheet.md --html worksheet.html": (
        HERE,
        "test_the_commands_of_the_documents_do_what_they_say",
    ),
    "canopy run --until exercises": (HERE, "test_the_commands_of_the_documents_do_what_they_say"),
    "canopy plan --config teachers.yaml": (HERE, "test_the_commands_of_the_documents_do_what_they_say"),
    "canopy run --config teachers.yaml": (
        "tests/e2e/test_teacher.py",
        "test_ten_kills_pay_for_nothing_twice_and_change_nothing",
    ),
    "canopy add cell.md": (
        "tests/e2e/test_other_subjects.py",
        "test_a_page_without_mathematics_becomes_exercises_and_dialogues_by_a_model",
    ),
    "canopy run --config biology.yaml --until reviewed_dialogues": (
        "tests/e2e/test_other_subjects.py",
        "test_a_page_without_mathematics_becomes_exercises_and_dialogues_by_a_model",
    ),
    "canopy export training-set training-data": (HERE, "test_the_commands_of_the_documents_do_what_they_say"),
    "python benchmarks/judge.py ../shared/data": (
        "tests/review/test_usefulness.py",
        "test_the_judge_agrees_with_people_on_replies_it_has_not_seen",
    ),
    "canopy score-leaks mrbench_calibration.json": (
        "tests/review/test_calibration.py",
        "test_the_command_prints_both_scores_and_says_what_it_could_not_do",
    ),
    "canopy rate": (
        "tests/app/test_rate.py",
        "test_a_rater_sees_every_reply_once_and_a_tenth_again_and_learns_the_sources_at_the_end",
    ),
    "canopy rate --export sheet.jsonl": (
        "tests/app/test_rate.py",
        "test_a_sheet_goes_out_blind_and_comes_back_with_ratings",
    ),
    "canopy rate --import sheet.jsonl --rater anna": (
        "tests/app/test_rate.py",
        "test_a_sheet_goes_out_blind_and_comes_back_with_ratings",
    ),
    'canopy score-judge --model my-model --base-url http://gpu-box:8000/v1 --key-variable ""': (
        "tests/review/test_endpoint_judge.py",
        "test_the_command_without_a_file_takes_the_ratings_of_the_package",
    ),
    'canopy score-judge labelled.json --model my-model --base-url http://gpu-box:8000/v1 --key-variable ""': (
        "tests/review/test_score_judge.py",
        "test_agreement_by_dimension_and_what_may_gate",
    ),
}
"""What runs each command: CI's script and words of it, or a file and a test in it. Paths may differ there."""


class Block(NamedTuple):
    """A fenced piece of a document: its language, its text, and the paragraph before it."""

    document: Path
    language: str
    text: str
    before: str


@dataclass(frozen=True)
class Home:
    """The command line in a folder of its own."""

    folder: Path

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        own = {"CANOPY_HOME": str(self.folder / "home"), "CANOPY_SAMPLE_SEEDS": "false", "CANOPY_SETTLE_SECONDS": "0"}
        environment = os.environ | own | {"OPENAI_API_KEY": "none"}
        command = [sys.executable, "-m", "canopy_assets.app.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )


def _name(document: Path) -> str:
    return str(document.relative_to(ROOT))


def _blocks(language: str) -> list[Block]:
    """All fenced pieces in a language, of all documents."""
    found: list[Block] = []
    for document in DOCUMENTS:
        lines = iter(document.read_text().splitlines())
        paragraph, ended = "", False
        for line in lines:
            if line.strip().startswith("```"):
                indent = len(line) - len(line.lstrip())
                text = "\n".join(_until_fence(lines, indent))
                found.append(Block(document, line.strip().removeprefix("```"), text, paragraph))
                paragraph = ""
            elif line.strip():
                paragraph = line.strip() if ended else f"{paragraph} {line.strip()}"
            ended = not line.strip()
    return [block for block in found if block.language == language]


def _until_fence(lines: Iterator[str], indent: int) -> Iterator[str]:
    for line in lines:
        if line.strip() == "```":
            return
        yield line[indent:]


def _prose(document: Path) -> str:
    """A document without its fenced pieces."""
    return re.sub(r"^ *```.*?^ *```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def _commands(block: Block) -> list[str]:
    """The commands of a shell block, one each, without comments and the virtual environment's folder."""
    lines = [re.sub(r"\s+#.*", "", line).strip() for line in block.text.splitlines()]
    commands = [part.strip() for line in lines if line for part in line.split(" && ")]
    return [command.removeprefix(".venv/bin/") for command in commands]


def _anchors(document: Path) -> set[str]:
    """The names that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.*)$", _prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _one(language: str, document: str) -> str:
    (block,) = [b for b in _blocks(language) if b.document == ROOT / document]
    return block.text


def test_there_is_a_page_for_each_subject() -> None:
    names = {_name(document) for document in DOCUMENTS}
    pages = ("architecture", "seeds", "teachers", "training", "review", "evaluation", "operations", "analysts")
    assert names >= {f"docs/{page}.md" for page in (*pages, "benchmarks")}
    linked = _prose(README)
    assert [page for page in names if page.startswith("docs/") and f"({page})" not in linked] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"`[^`]+`", "", _prose(document))  # `[2 + 3](4)` is no link
    targets = [t for t in re.findall(r"\]\(([^)\s]+)\)", text) if not t.startswith(("http://", "https://"))]
    for target in targets:
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.exists(), target
        assert not anchor or anchor in _anchors(there), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_paths_that_are_named_exist(document: Path) -> None:
    named = re.findall(r"`((?:canopy_assets|tests|benchmarks|docs|\.ci)/[\w./-]*)`", document.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_names_stand_in_the_files_that_are_named_for_them() -> None:
    texts = [" ".join(document.read_text().split()) for document in DOCUMENTS]
    named = [found for text in texts for found in re.findall(r"`(\w+)` in `(canopy_assets/[\w/]+\.py)`", text)]
    assert len(named) >= 6
    assert [(name, file) for name, file in named if not re.search(rf"\b{name}\b", (ROOT / file).read_text())] == []


def test_where_to_find_what_answers_sixteen_questions_with_paths() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## Where to find what")[2].partition("\n## ")[0]
    answers = [row.split("|")[2] for row in section.splitlines() if row.startswith("| Where ")]
    assert len(answers) == 16
    for answer in answers:
        paths = re.findall(r"`([^`]+)`", answer)
        assert paths
        assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_order_of_rooms_is_the_one_that_is_held() -> None:
    from tests.test_architecture import ROOMS

    section = (
        (ROOT / "docs" / "architecture.md").read_text().partition("## The order of rooms")[2].partition("\n## ")[0]
    )
    order, table = section.partition("\n| room")[::2]
    assert re.findall(r"`(\w+)`", order.partition("enforces this order.")[2]) == ROOMS
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == ROOMS


def test_the_readme_can_be_read_in_some_minutes() -> None:
    assert len(README.read_bytes()) < MAX_README_BYTES


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_lines_fit_on_a_screen(document: Path) -> None:
    lines = [line for line in _prose(document).splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > MAX_LINE] == []


def test_every_command_is_run_somewhere_or_said_not_to_be() -> None:
    blocks = _blocks("sh")
    assert len(blocks) > 10
    claimed = {c for b in blocks if not _said_not_to_run(b) for c in _commands(b)}
    assert claimed == RUN_BY.keys()
    for command, (file, text) in RUN_BY.items():
        there = text if file == CI else f"def {text}("
        assert there in (ROOT / file).read_text(), f"{command}: {file} has no {there!r}"


def _said_not_to_run(block: Block) -> bool:
    return NO_COMMAND_RUN in " ".join(block.document.read_text().split()) or NOT_RUN in block.before


def test_the_two_commands_of_the_readme_stay_the_same() -> None:
    install = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e "
    assert [block.text for block in _blocks("sh") if block.document == README] == [
        f"{install}. && .venv/bin/canopy run",
        f"{install}'.[dev]' && .venv/bin/python -m pytest -n 2",
    ]


def test_every_verb_stands_in_the_readme() -> None:
    verbs = set(_verbs())
    assert len(verbs) >= 9
    assert set(re.findall(r"^\| `canopy ([\w-]+)", README.read_text(), re.MULTILINE)) == verbs


def test_commands_have_the_verbs_and_options_that_are_named() -> None:
    inline = [c for document in DOCUMENTS for c in re.findall(r"`canopy ([^`]+)`", _prose(document))]
    fenced = [c.removeprefix("canopy ") for b in _blocks("sh") for c in _commands(b) if c.startswith("canopy ")]
    assert inline
    assert fenced
    verbs = _verbs()
    for command in [*inline, *fenced]:
        verb, *arguments = command.split()
        assert verb in verbs, command
        assert {a for a in arguments if a.startswith("--")} <= verbs[verb], command


def _verbs() -> dict[str, set[str]]:
    """The verbs of `canopy`, each with its options."""
    from canopy_assets.app.cli import app

    group: Any = typer.main.get_command(app)
    return {name: {o for p in command.params for o in p.opts} for name, command in group.commands.items()}


def test_every_setting_is_described_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(CANOPY_\w+)` \| (.+?) \| .+ \|$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE
    )
    assert dict(rows) == {f"CANOPY_{n.upper()}": _shown(f.get_default(call_default_factory=True))
                          for n, f in Settings.model_fields.items()}  # fmt: skip


def _shown(default: Any) -> str:
    """A default as the table shows it."""
    if default is None:
        return "–"
    if isinstance(default, bool | dict | list):
        return f"`{json.dumps(default)}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_nothing_names_a_package_that_no_index_has() -> None:
    files = [p for folder in ("canopy_assets", "docs", "tests") for p in (ROOT / folder).rglob("*.*") if p.is_file()]
    texts = {p: p.read_text() for p in [*files, *DOCUMENTS] if p.suffix in (".py", ".md", ".yaml", ".j2")}
    assert len(texts) > 300
    wrong = re.compile(r"pip install (?:-\w+ )*'?canopy-assets|canopy-assets\[")
    assert [_name(path) for path, text in texts.items() if wrong.search(text) and path != Path(__file__)] == []


def test_run_configurations_are_accepted() -> None:
    from dagster._core.definitions.reconstruct import ReconstructableRepository

    from canopy_assets.app.run import DEFINITIONS
    from canopy_assets.lineage.configuration import ConfigurationError, effective_configs

    graph = ReconstructableRepository.for_module(DEFINITIONS, "defs").get_definition().asset_graph
    names = {key.path[-1] for key in graph.materializable_asset_keys}
    blocks = _blocks("yaml")
    assert len(blocks) >= 4
    for block in blocks:
        given = {asset: entry["config"] for asset, entry in yaml.safe_load(block.text)["ops"].items()}
        assert given.keys() <= names
        effective_configs(graph, given)
    with pytest.raises(ConfigurationError):
        effective_configs(graph, {"lora_adapter": {"ranks": 8}})


def test_the_example_of_a_prompt_is_accepted(tmp_path: Path) -> None:
    from canopy_assets.evals.eval_set import load

    file = tmp_path / "prompts.jsonl"
    file.write_text(" ".join(_one("json", "docs/evaluation.md").split()))
    (prompt,) = load([file])
    assert prompt.kind == "held_out"


def test_the_views_of_the_analysts_are_those_of_a_home(tmp_path: Path) -> None:
    from canopy_assets.storage.home import prepare_home

    prepare_home(Settings(home=tmp_path))
    page = (ROOT / "docs" / "analysts.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*?((?:`\w+` ?)+)\|$", page, re.MULTILINE)
    with duckdb.connect(str(tmp_path / "canopy.duckdb"), read_only=True) as connection:
        views = [
            name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        ]
        columns = {name: [c[0] for c in connection.execute(f"DESCRIBE {name}").fetchall()] for name in views}
        assert {name: re.findall(r"`(\w+)`", listed) for name, listed in rows} == columns
        queries = [q for q in _one("sql", "docs/analysts.md").split(";") if q.strip()]
        assert queries
        for query in queries:
            connection.execute(query)


def test_the_commands_of_the_documents_do_what_they_say(tmp_path: Path) -> None:
    canopy = Home(tmp_path)
    (tmp_path / "worksheet.md").write_text(_one("markdown", "docs/seeds.md"))
    teachers = next(b.text for b in _blocks("yaml") if b.document.name == "teachers.md")
    (tmp_path / "teachers.yaml").write_text(teachers)
    commands = [
        ("inspect worksheet.md --html worksheet.html", "worksheet.md: 1 problem, 1 verified"),
        ("add worksheet.md", "1 in "),
        ("run --until exercises", "1 found, 1 verified"),
        ("plan --config teachers.yaml", "gpt-4.1-mini"),
        ("run --until training_set", "training examples"),
        ("export training-set training-data", "training-data: "),
    ]
    for command, said in commands:
        done = canopy(*command.split())
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        assert said in done.stdout + done.stderr, command
    state = json.loads(canopy("status", "--json").stdout)
    assert state["stages"]["training_set"] > 0
    assert (tmp_path / "training-data" / "README.md").exists()
    with duckdb.connect(str(tmp_path / "home" / "canopy.duckdb"), read_only=True) as connection:
        # The page shows a problem with an answer, a hint and a common mistake.
        ((answer, verified, hints, wrong),) = connection.execute(
            "SELECT answer, verified, hints, misconceptions FROM exercises"
        ).fetchall()
    assert (answer, verified) == ("x = 5", True)
    assert hints == ["ask what was done to x last", "watch for: taking 9 away from 16"]
    assert wrong

"""`canopy inspect` as a person uses it, on the terminal and as a page, and `canopy status` after a run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.seeds.files import docx

SHEET = r"""# Sheet 4

Example Problem:

## Solve for y: $6y - \frac{9}{3} = 15$

## Guidance for the Tutor:

- Ask what was done to $y$ last.

Problem 2: Find the mean of 4, 6 and 11.

Answer: 8

Problem 3: Find the mean of 4 and 6 after <script>alert(1)</script> doubling.

## The trip

The bus has 52 seats.
"""


def _canopy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "CANOPY_HOME": str(folder / "home"),
        "CANOPY_SAMPLE_SEEDS": "false",
        "CANOPY_SETTLE_SECONDS": "0",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "canopy_assets.app.cli", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.md"
    path.write_text(SHEET)
    return path


def test_the_terminal_shows_lines_readings_and_a_summary_and_nothing_is_written(sheet: Path) -> None:
    done = _canopy(sheet.parent, "inspect", "sheet.md")
    assert (done.returncode, done.stderr) == (0, "")
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "3 problem Example Problem:" in shown
    assert "9 guidance - Ask what was done to $y$ last." in shown
    assert "19 unexplained The bus has 52 seats." in shown
    assert "y = 3: computed (linear_equation)" in done.stdout
    assert "sheet.md: 3 problems, 1 verified; unexplained lines: 1 (line 19)" in shown
    assert "1 × stated answer 8 is wrong: computed 7 (line 11)" in shown
    assert [p.name for p in sheet.parent.iterdir()] == ["sheet.md"]


class _Elements(HTMLParser):
    """The elements of a page, with the lines of its document by number."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.formulas: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.links += [v for name in ("href", "src") if (v := values.get(name))]
        self.formulas += [values.get("alttext") or ""] * (tag == "math")
        self.ids |= {v for v in [values.get("id")] if v}


def test_the_page_stands_alone_with_formulas_as_mathml(sheet: Path) -> None:
    done = _canopy(sheet.parent, "inspect", "sheet.md", "--html", "page.html")
    assert (done.returncode, done.stdout) == (0, "")
    assert "the page is page.html" in done.stderr
    page = (sheet.parent / "page.html").read_text()
    found = _Elements(page)
    assert found.formulas[-2:] == ["", ""]  # pandoc's, of the two formulas in the lines
    assert {"6y − 9/3 = 15", "y = 3"} <= set(found.formulas)  # the problem as it is read, and its answer
    assert "mfrac" in found.tags
    assert "script" not in found.tags
    assert found.links
    assert all(link.startswith("#") and link[1:] in found.ids for link in found.links)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert re.search(r'<tr class="unexplained" id="line-19">', page)
    assert "stated answer 8 is wrong: computed 7" in page
    assert re.search(r"Ask what was done to <math alttext=\"y\">.*?</math> last\.", page)


def test_a_formula_that_pandoc_cannot_convert_is_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(r"Problem 1: Simplify $\foo{<b>x</b>}{$ and $x^2 < 3$." + "\n")
    assert _canopy(tmp_path, "inspect", "a.md", "--html", "a.html").returncode == 0
    page = (tmp_path / "a.html").read_text()
    assert "<b>x" not in page
    assert _Elements(page).formulas == ["x² < 3", ""]  # in the problem, which shows what was lost, and in its line


def test_other_formats_are_inspected_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx("<w:p><w:r><w:t>Problem 1: Solve 2x = 6.</w:t></w:r></w:p>"))
    rows = [{"problem": "Solve 2x = 6.", "answer": "x = 3"}, {"problem": "Solve 2x = 8."}]
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, rows)))
    chat = [{"role": "user", "content": "How do I solve 2x = 6?"}, {"role": "assistant", "content": "What is 2x?"}]
    (tmp_path / "c.jsonl").write_text(json.dumps({"messages": chat}))
    assert "a.docx: 1 problem, 1 verified" in _canopy(tmp_path, "inspect", "a.docx").stdout
    assert re.search(r"b\.jsonl: 2 problems, 2 verified$", _canopy(tmp_path, "inspect", "b.jsonl").stdout, re.MULTILINE)
    assert "c.jsonl: 1 chat, 0 rows with a remark" in _canopy(tmp_path, "inspect", "c.jsonl").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.md"], "no such file: check the path: 'nowhere.md'"),
        (["."], "a folder: give a file in it"),
        (["sheet.xyz"], "the extension '.xyz' is unknown: use one of .md"),
        (["empty.md"], "the file is empty"),
        (["broken.docx"], "broken.docx: "),
        (["sheet.md", "--html", "sheet.md"], "sheet.md exists and is no HTML page"),
        (["sheet.md", "--html", "nowhere/page.html"], "No such file or directory"),
    ],
)
def test_what_cannot_be_inspected_is_said_with_the_fix(sheet: Path, arguments: list[str], said: str) -> None:
    (sheet.parent / "sheet.xyz").write_text("x")
    (sheet.parent / "empty.md").write_text("")
    (sheet.parent / "broken.docx").write_bytes(b"PK no archive")
    done = _canopy(sheet.parent, "inspect", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("canopy: ")
    assert said in done.stderr
    assert sheet.read_text() == SHEET


def test_status_says_of_each_seed_what_was_found(sheet: Path) -> None:
    assert _canopy(sheet.parent, "add", "sheet.md").returncode == 0
    assert _canopy(sheet.parent, "run", "--until", "exercises").returncode == 0
    (seed,) = json.loads(_canopy(sheet.parent, "status", "--json").stdout)["seeds"]
    found = seed["findings"]
    assert [(p["line"], p["verified"]) for p in found["problems"]] == [(3, True), (11, False), (15, False)]
    assert [p["reason"] for p in found["wrong_answers"]] == ["stated answer 8 is wrong: computed 7"]
    assert found["unexplained"] == [{"line": 19, "text": "The bus has 52 seats."}]
    assert sorted(line for r in found["refused"] for line in r["lines"]) == [11, 15]
    assert found["lines"]["guidance"] == 2
    shown = _canopy(sheet.parent, "status").stdout
    assert (
        "wrong answer sheet.md, line 11: “Find the mean of 4, 6 and 11.”: stated answer 8 is wrong: computed 7" in shown
    )
    assert "1 (line 19)" in shown

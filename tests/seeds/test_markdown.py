"""Markdown as people write it: entities, HTML lists, formulas over several lines, folded parts. Lines stay in place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.records import SeedDocument
from canopy_assets.seeds.exercises.extraction import extract
from canopy_assets.seeds.reading import notebook
from canopy_assets.seeds.reading.decoding import UnreadableError, block_spans
from canopy_assets.seeds.reading.markdown import canonical


def _answers(source: str) -> dict[str, str | None]:
    text = canonical(source)
    document = SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", 1, "read", spans=block_spans(text))
    return {e.statement: e.answer for e in extract(document)[0] if e.verified}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Solve 2x &minus; 3 &gt; 7&nbsp;now", "Solve 2x − 3 > 7 now"),
        ("$$\n\\frac{x}{2}\n= 8\n$$\nnext", "$$\\frac{x}{2} = 8$$\n\n\n\nnext"),
        (
            "\\begin{align}\nx &= 1 \\\\\ny &= 2\n\\end{align}",
            "$$\\begin{align} x &= 1 \\\\ y &= 2 \\end{align}$$\n\n\n",
        ),
        ("\\[\nx = 1\n\\]", "$$x = 1$$\n\n"),
        ("```math\nx = 1\n```\nnow", "$$x = 1$$\n\n\nnow"),
        ("```python\nx = 1\n```", "```python\n\n```"),
        ("a\n<!-- Problem 1: no -->\nb", "a\n\nb"),
        ("<ol start='3'>\n<li>one</li>\n<li>two\n</ol>", "\n3. one\n4. two\n"),
        ('<ol type="a"><li>one</li><li>two</li></ol>', "a) one\nb) two"),
        ("<details><summary>Answer</summary>\n\n$x = 12$\n\n</details>", "Answer:\n\n$x = 12$\n\n"),
        ("2x < y and <b>so</b> y > 3", "2x < y and so y > 3"),
        ("What is 10<sup>2</sup>3 and x<sub>1</sub>?", "What is 10^(2)3 and x_1?"),
        ("Solve ![2x = 6](a.png) ![graph](b.png)", f"Solve $2x = 6$ {UNREADABLE}"),
        ("Solve 3x ~~+ 4~~ = 9", f"Solve 3x {UNREADABLE} = 9"),
        ("## Problem 1 {#p1 .box}", "## Problem 1"),
        ("pay $$ or $5, then $$", "pay $$ or $5, then $$"),
    ],
)
def test_markdown_is_brought_into_one_form(source: str, text: str) -> None:
    assert canonical(source) == text


def test_problems_in_html_lists_and_over_lines_are_found() -> None:
    source = (
        "Find the derivative of each of the following functions:\n\n<div style='column-gap: 2em'>\n<ol class='p'>\n"
        "<li> $f(x) = x^3 + 5x$ </li>\n<li> $f(x) = 6x^2$ </li>\n</ol>\n</div>\n\n"
        "## Exercise 4\n\nSolve for $x$:\n\n$$\n\\frac{2x}{3} = 8\n$$\n\n"
        "## Exercise 5\n\nSolve the system\n\\begin{align}\nx + y &= 5 \\\\\nx - y &= 1\n\\end{align}\n"
    )
    assert _answers(source) == {
        "Find the derivative of f(x) = x³ + 5x": "3x² + 5",
        "Find the derivative of f(x) = 6x²": "12x",
        "Solve for x: 2x/3 = 8": "x = 12",
        "Solve the system x + y = 5, x − y = 1": "x = 3, y = 2",
    }


def test_a_wrapped_number_is_no_list_item() -> None:
    assert _answers("### Problem 1\nFind the mean of 4, 8 and\n12.\n") == {"Find the mean of 4, 8 and 12.": "8"}
    assert _answers("### Problem 1\nSolve 3x + 4 =\n19\n") == {"Solve 3x + 4 = 19": "x = 5"}


def test_a_picture_in_a_problem_refuses_it() -> None:
    assert _answers("### Problem 1\nSolve 2x + ![](q.png) = 8\n\n### Problem 2\nSolve 3x = 9\n") == {
        "Solve 3x = 9": "x = 3"
    }


@given(
    st.lists(
        st.sampled_from(["a", "$x$", "$$", "<li>", "<ol>", "</ol>", "&lt;", "\n", "\n\n", "```", "<br>", "**", "~~"])
    )
)
def test_lines_stay_where_they_are(parts: list[str]) -> None:
    source = " ".join(parts)
    added = source.count("<li>")  # an item that does not begin its line gets one of its own
    lines = canonical(source).count("\n") + 1
    assert source.count("\n") + 1 <= lines <= source.count("\n") + 1 + added


def test_the_markdown_of_a_notebook_is_read() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["## Problem 1\n", "Solve $2x = 8$"]},
        {"cell_type": "code", "source": "x = 4\n# Problem 9: Solve 3x = 9"},
        {"cell_type": "markdown", "source": "Answer: x = 4"},
    ]
    assert _answers(notebook.to_markdown(json.dumps({"cells": cells, "nbformat": 4}))) == {"Solve 2x = 8": "x = 4"}
    old = {"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Problem 1"}, cells[2]]}]}
    assert notebook.to_markdown(json.dumps(old)).startswith("## Problem 1\n\nAnswer")
    for broken in ("{", "[1]", '{"nbformat": 4}', "[" * 100_000):
        with pytest.raises(UnreadableError):
            notebook.to_markdown(broken)


def test_what_is_folded_below_a_problem_is_its_solution() -> None:
    source = (
        "<details><summary>1. Solve $2x = 8$.</summary>\n\n$x = 4$\n\n</details>\n\n"
        "<details><summary>2. What is 3 + 4?</summary>\n\n8\n\n</details>\n\n"
        "**Problem 3.** Solve $3x = 9$.\n\n<details><summary>Hint 1</summary>\n\nDivide.\n\n</details>\n"
        "<details><summary>Show solution</summary>\n\n$x = 3$\n\n</details>\n"
    )
    text = canonical(source)
    document = SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", 1, "read", spans=block_spans(text))
    found, skipped = extract(document)
    assert [(e.answer, e.stated_answer, e.hints) for e in found] == [
        ("x = 4", "x = 4", ()),
        (None, "8", ()),
        ("x = 3", "x = 3", ("Divide.",)),
    ]
    assert skipped == []

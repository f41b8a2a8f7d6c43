"""Signs of mathematics are not marks of Markdown: what stands in a document is what a problem says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.maths.typography import plain_markdown, typeset
from canopy_assets.seeds.exercises.prose.tokens import tokens_of
from canopy_assets.seeds.reading.markdown import canonical

CONTAINERS = [
    "{}",
    "1. {}",
    "(a) {}",
    "- {}",
    "> {}",
    "**Problem 1.** {}",
    "### Problem 2: {}",
    "*Exercise 3:* {}",
    "Solve it:\n{}",
]

_numbers = st.integers(2, 99).map(str)
_letters = st.sampled_from(["x", "y", "a", "b", "n"])
_indexed = st.builds("{}_{}".format, _letters, st.integers(0, 9))
_atoms = _numbers | _letters | _indexed
_tight = st.sampled_from(["**", "*", "^", "/", "+", "-"])
_spaced = st.sampled_from([" ** ", " * ", " + ", " - ", " / ", " ~ ", " < ", " > ", " = ", " <= "])
_chains = st.lists(_atoms, min_size=2, max_size=5).flatmap(
    lambda atoms: st.lists(_tight, min_size=len(atoms) - 1, max_size=len(atoms) - 1).map(
        lambda signs: atoms[0] + "".join(s + a for s, a in zip(signs, atoms[1:], strict=True))
    )
)
_grouped = _chains | _chains.map("({})".format) | _chains.map("|{}|".format) | _chains.map("[{}](2)".format)
_expressions = st.lists(_grouped, min_size=1, max_size=4).flatmap(
    lambda parts: st.lists(_spaced, min_size=len(parts) - 1, max_size=len(parts) - 1).map(
        lambda signs: parts[0] + "".join(s + p for s, p in zip(signs, parts[1:], strict=True))
    )
)


def _signs(text: str) -> str:
    """What a text shows, with one spelling for each sign."""
    return re.sub(r"\s", "", typeset(text))


def _read(document: str) -> str:
    """The text of a document's last line, as exercises are searched in it."""
    last = document.rstrip("\n").count("\n") + 1
    return " ".join(t.text for t in tokens_of(canonical(document)) if t.line == last and t.kind != "blank")


@given(_expressions)
def test_no_sign_of_an_expression_is_a_mark_of_markdown(expression: str) -> None:
    assert re.sub(r"\s", "", plain_markdown(expression)) == re.sub(r"\s", "", expression)


@given(_expressions, st.sampled_from(CONTAINERS))
def test_an_expression_is_read_as_it_stands_wherever_it_stands(expression: str, container: str) -> None:
    assert _signs(_read(container.format(f"Evaluate {expression}") + "\n")) == _signs(f"Evaluate {expression}")


@given(_chains, _chains)
def test_emphasis_around_an_expression_goes_and_the_expression_stays(first: str, second: str) -> None:
    for mark in ("**", "__"):
        assert _signs(plain_markdown(f"Add {mark}{first} + 1{mark} and 5.")) == _signs(f"Add {first} + 1 and 5.")
    assert _signs(plain_markdown(f"**Evaluate** {first} or *simplify* {second}.")) == _signs(
        f"Evaluate {first} or simplify {second}."
    )


@given(_expressions)
def test_a_cell_of_a_table_is_read_as_it_stands(expression: str) -> None:
    cell = expression.replace("|", r"\|")
    (_, row) = tokens_of(canonical(f"| Problem | Answer |\n|---|---|\n| {cell} | 5 |\n").rstrip("\n"))
    assert [_signs(c) for c in row.cells] == [_signs(expression), "5"]


@pytest.mark.parametrize(
    "line",
    [
        "Evaluate 2**3 + 4**2",
        "Evaluate 2 ** 3 + 4 ** 2",
        "Add a_1 b_1 and a_2 b_2",
        "Multiply 2*3*4 by 5*6",
        "Evaluate 3*(4 + 1)*(5 - 2)*2",
        "Solve |x - 3| = 8",
        "|x| + |y| = |x + y|",
        "Is x <b and b> 3?",
        "Solve a<b>c for a",
        "Find x if 3 <p and p> x",
        "Evaluate [2 + 3](4)",
        "Evaluate [8 - x](x + 1)",
        "Find the mean of {.5, 1.5}",
        "A pen costs $3 and a book $12. What do both cost?",
        "Which is more, $3 or $4?",
        "Fill in: 3 + __ = 8 and 4 + __ = 9",
        "Fill in: 3 + _ = 8 and 4 + _ = 9",
        "Compare 5 ~ 6 and 7 ~ 8",
        "Simplify x^2^ or x^(2)",
        "Evaluate 10 # 3 # 2",
    ],
)
@pytest.mark.parametrize("container", ["{}", "1. {}", "**Problem 1.** {}"])
def test_lines_with_signs_that_markdown_knows_are_read_as_they_stand(line: str, container: str) -> None:
    assert _signs(_read(container.format(line) + "\n")) == _signs(line)


def test_a_relation_at_the_beginning_of_a_line_is_no_quotation() -> None:
    first, second = tokens_of("Solve 3x + 2\n> 14\n".rstrip("\n"))
    assert (first.text, second.text) == ("Solve 3x + 2", "> 14")
    assert [t.text for t in tokens_of("> Solve 3x + 2 = 14\n> for x")] == ["Solve 3x + 2 = 14", "for x"]


@pytest.mark.parametrize("link", ["[the notes](notes.html)", "[page 3](#page-3)", "[the notes](https://a.b/c_d_e)"])
def test_links_keep_their_text(link: str) -> None:
    assert plain_markdown(f"See {link} of 2*3*4.") == f"See {link[1 : link.index(']')]} of 2*3*4."

"""Documents without mathematics say so in one line; those with some are read as before."""

from __future__ import annotations

import pytest

from canopy_assets.records import SeedDocument
from canopy_assets.seeds.exercises.extraction import NO_MATHEMATICS, extract
from tests.biology import PAGE


def _skipped(text: str) -> list[tuple[int, str]]:
    document = SeedDocument("page.md", "page.md", "prose", "text/markdown", text, "digest", len(text), "read")
    return [(s.line, s.reason) for s in extract(document)[1]]


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        f"{PAGE}\n6CO2 + 6H2O → C6H12O6 + 6O2\n",
        f"{PAGE}\nIn 1961, Melvin Calvin got a prize for it; he was 50 and worked with pages 12-14.\n",
        "Question 1: What is photosynthesis?\n\nQuestion 2: Where do plants get carbon dioxide from?\n",
    ],
)
def test_a_document_without_mathematics_says_so_once_and_what_would_help(text: str) -> None:
    assert _skipped(text) == [(1, NO_MATHEMATICS)]
    assert "proposer: {model: NAME}" in NO_MATHEMATICS


@pytest.mark.parametrize(
    "text",
    [
        "Exercise 1: Solve 2x = 4.\n",
        "The slope is y = 2x + 1 for each step to the right.\n",
        "A line that rises 6 units over 3 steps has the slope 6 ÷ 3.\n",
        "Of all pupils 20 % come by bus.\n",
        "The area is $\\frac{1}{2} g h$ for every triangle.\n",
        "Problem 1: Anna has 3 apples and gets four more. How many apples does she have in the end?\n",
        "",
        "12\n",
    ],
)
def test_a_document_with_mathematics_or_without_words_does_not(text: str) -> None:
    assert NO_MATHEMATICS not in [reason for _, reason in _skipped(text)]

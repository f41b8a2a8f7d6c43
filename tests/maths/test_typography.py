"""Text that authors typed becomes text that people read, and prices and products stay what they are."""

from __future__ import annotations

import pytest

from canopy_assets.maths.typography import latex_to_unicode, typeset, without_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Solve $\frac{3}{4}x^{2} \le 5$.", "Solve 3/4x^2 ≤ 5."),
        (r"\(\sqrt{x+1} \cdot 2\)", "sqrt(x+1) · 2"),
        (r"$$\frac{x+1}{2} = 3$$", "(x+1)/2 = 3"),
        ("A hat costs $40 and a scarf $25.", "A hat costs $40 and a scarf $25."),
    ],
)
def test_latex_becomes_unicode(text: str, shown: str) -> None:
    assert latex_to_unicode(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Solve** the _first_ one", "Solve the first one"),
        ("see [the page](http://a.b) ![](c.png)", "see the page"),
        ("2*3*4 and a * b * c", "2*3*4 and a * b * c"),
        (r"1\. `5x` = 10", "1. 5x = 10"),
    ],
)
def test_markdown_marks_go_and_products_stay(text: str, shown: str) -> None:
    assert without_markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5x - 9 = -16", "5x − 9 = −16"),
        ("x^2 * 3 - 2^10", "x² × 3 − 2¹⁰"),
        ("16 - 3*2", "16 − 3×2"),
        ("a well-known two-digit number", "a well-known two-digit number"),
    ],
)
def test_ascii_operators_become_typographic_ones(text: str, shown: str) -> None:
    assert typeset(text) == shown

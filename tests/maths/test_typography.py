"""Text that authors typed becomes text that people read, and prices and products stay what they are."""

from __future__ import annotations

import pytest

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.typography import latex_to_unicode, plain_markdown, typeset, without_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Solve $\frac{3}{4}x^{2} \le 5$.", "Solve (3/4)x² ≤ 5."),
        (r"\(\sqrt{x+1} \cdot 2\)", "√(x + 1) · 2"),
        (r"$$\frac{x+1}{2} = 3$$", "(x + 1)/2 = 3"),
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
        ("Compute 2**3 + 4**2", "Compute 2**3 + 4**2"),
        ("**Bold**, x**2 - 1 and __more__", "Bold, x**2 - 1 and more"),
        ("**Answer:** 3**2", "Answer: 3**2"),
        ("**2**3**", "2**3"),
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
        ("2^(3 * x) and x^(2) and 3^(2x)", "2^(3 × x) and x² and 3^(2x)"),
    ],
)
def test_ascii_operators_become_typographic_ones(text: str, shown: str) -> None:
    assert typeset(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Solve $2^{3*4} = x_1*y_1$ for **x**", "Solve 2^(3*4) = x_1*y_1 for x"),
        (r"pens at \$4 and \$5, 2\*3\*4", "pens at $4 and $5, 2*3*4"),
        ("bought for $5 and then sold for 7$ each", "bought for $5 and then sold for 7$ each"),
        (r"Solve $0.\overline{3}x = 1$", f"Solve {UNREADABLE}"),
    ],
)
def test_formulas_and_escapes_are_kept_from_the_marks_of_markdown(text: str, shown: str) -> None:
    assert plain_markdown(text) == shown

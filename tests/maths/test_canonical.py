"""Formulas in prose are found, and one formula has one spelling."""

from __future__ import annotations

import pytest

from canopy_assets.maths.canonical import canonical_text, formulas


@pytest.mark.parametrize(
    "text",
    ["Factor x² − 3x − 28", "factor x^2 - 3x - 28", "Factor x**2–3x–28", r"Factor \(x^{2} - 3x - 28\)"],
)
def test_spellings_of_one_formula_come_out_equal(text: str) -> None:
    assert "x^2-3x-28" in canonical_text(text)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        (r"\frac{3}{4} × 8", "3/4*8"),
        ("½ ÷ 2", "1/2/2"),
        ("log₃(243)", "log_3(243)"),
        ("1,200 ≤ x¹²", "1200<=x^12"),
        ("f(1,2), then", "f(1,2), then"),
    ],
)
def test_symbols_become_ascii(text: str, spelled: str) -> None:
    assert canonical_text(text) == spelled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Solve 9t + 11 = 83.", (("9t+11=83", "9t+11"),)),
        ("x + y = 20 together with x − y = 6?", (("x+y=20",), ("x-y=6",))),
        ("so x = 5", (("x=5",),)),
        ("What is 15% of 80? And 7x − 2?", ()),
    ],
)
def test_formulas_come_with_the_sides_of_their_equations(text: str, found: tuple[tuple[str, ...], ...]) -> None:
    assert formulas(canonical_text(text)) == found

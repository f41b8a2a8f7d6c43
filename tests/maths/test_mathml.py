"""Mathematics in plain text as MathML: set as it is parsed, and nothing else touched."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.maths.mathml import html_of


def math_of(text: str) -> list[str]:
    """The plain text of each formula."""
    return [m.get("alttext", "") for m in _parsed(text).iter("math")]


def _parsed(text: str) -> ET.Element:
    return ET.fromstring(f"<p>{html_of(text)}</p>")


def _spelled(element: ET.Element) -> str:
    """A formula with its structure in brackets: `frac[1][2]`."""
    children = [_spelled(child) for child in element]
    if element.tag in ("mfrac", "msup", "msub", "msqrt"):
        inner = children if element.tag != "msqrt" else ["".join(children)]
        return element.tag[1:] + "".join(f"[{child}]" for child in inner)
    return (element.text or "") + "".join(children)


def shape(formula: str) -> str:
    (found,) = _parsed(formula).iter("math")
    return _spelled(found).replace("\u2062", "·").replace("\u2061", "")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("5x − 9 = 16", "5·x−9=16"),
        ("1/(2x)", "frac[1][2·x]"),
        ("(x² − 4)/(x + 2)", "frac[sup[x][2]−4][x+2]"),
        ("2^(n+1)", "sup[2][n+1]"),
        ("(x + 1)^2", "sup[(x+1)][2]"),
        ("−x^2", "−sup[x][2]"),
        ("2^(3^2)", "sup[2][sup[3][2]]"),
        ("√(x + 1)", "sqrt[x+1]"),
        ("√2", "sqrt[2]"),
        ("3 × 4 + 2.50", "3×4+2.50"),
        ("25% × 80", "25%×80"),
        ("2 × −3", "2×−3"),
        ("|x − 3| ≤ 5", "|x−3|≤5"),
        ("log₂ 8 = 3", "sub[log][2]8=3"),
        ("sin(2x)", "sin(2·x)"),
        ("2 >= x", "2≥x"),
        ("1,250.5 ÷ 5", "frac[1,250.5][5]"),
        ("a = b = 3", "a=b=3"),
        ("2π", "2·π"),
    ],
)
def test_a_formula_is_set_as_it_is_parsed(formula, shown):
    assert shape(formula) == shown
    assert math_of(formula) == [formula]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("Solve for x: 5x − 9 = 16.", ["x", "5x − 9 = 16"]),
        ("Find the mean of 4, 6 and 11.", []),
        ("Is 2x + y = 5, x − y = 1 a system?", ["2x + y = 5", "x − y = 1"]),
        ("A 12 m ladder and a 3-day trip: $40 for I and a.", []),
        ("(see 3x + 2)", ["3x + 2"]),
        ("It costs 3/4 of 20 (half-price).", ["3/4"]),
        ("so x = 3 or x = −3", ["x = 3", "x = −3"]),
        ("If f(x) = 2x + 1, find f(4).", ["f(x) = 2x + 1", "f(4)"]),
        ("What is 25% of 80?", []),
        ("<i>x</i> & so", []),
        ("5x − = 16", []),
        ("well-known e-mail, x-axis, 24/7", ["24/7"]),
    ],
)
def test_words_around_formulas_stay_as_they_are(text, formulas):
    assert math_of(text) == formulas
    assert re.sub(r"\s", "", "".join(_plain(text))) == re.sub(r"\s", "", text)


def _plain(text: str) -> str:
    """The page's text, with the plain text of each formula in its place."""
    parsed = _parsed(text)
    return (parsed.text or "") + "".join(m.get("alttext", "") + (m.tail or "") for m in parsed)


_PIECES = st.sampled_from([*"xya019+−-*/^=<>()[]|²³√π½%$,. \"'&", "sin ", "log₂", "the ", "**", "\\frac"])


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_text_becomes_well_formed_html_that_says_the_same(text):
    assert _plain(text) == text

"""LaTeX on one line of text means what it meant in two dimensions, or is refused."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.maths.expressions import parse
from canopy_assets.maths.latex import LatexError, plain


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{1}{2}x", "(1/2)x"),
        (r"\frac12", "1/2"),
        (r"3\frac{1}{2}", "3 1/2"),
        (r"\frac{1}{2}\frac{1}{3}", "(1/2)(1/3)"),
        (r"4 \div \frac{1}{2}", "4 ÷ (1/2)"),
        (r"\frac{a^{3}b^{2}}{ab}", "a³b²/(ab)"),
        (r"x^{2}3", "x²·3"),
        (r"2^{3 \cdot 2^2}", "2^(3 · 2²)"),
        (r"\left(\frac{2}{3}\right)^2", "(2/3)²"),
        (r"\lim_{x \to 2} (3x^2-5x)", "lim_(x→2) (3x^2 - 5x)"),
        (r"\log_{2} 8 + \ln e", "log₂(8) + ln(e)"),
        (r"\begin{align}x + y &= 5 \\ x - y &= 1\end{align}", "x + y = 5, x - y = 1"),
        (r"\left\{\begin{array}{l}x+y=5\\x-y=1\end{array}\right.", "x + y = 5, x - y = 1"),
        (r"f(x) &= 2x+3x \\ &= 5x", "f(x) = 2x + 3x = 5x"),
        (r"\left[\begin{matrix}2&1\\5&4\end{matrix}\right]", "[[2, 1], [5, 4]]"),
        (r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", "det [[1, 2], [3, 4]]"),
        (r"\begin{pmatrix}2\\5\end{pmatrix}", "(2, 5)"),
        (r"1{,}250\text{ cm}^2", "1,250 cm^2"),
        (r"90^\circ, f'(x), 20\%, 5^{\text{th}}", "90°, f'(x), 20%, 5th"),
        (r"\frac{d}{dx}x^2", "d/dx x^2"),
        (r"-x < -2", "−x < −2"),
    ],
)
def test_formulas_are_written_on_a_line(latex: str, shown: str) -> None:
    assert plain(latex) == shown


@pytest.mark.parametrize(
    "latex",
    [
        r"0.\overline{3}",  # without the bar it would be another number
        r"\begin{cases} x & x<0 \\ 2 & x>1 \end{cases}",
        r"\sqrt[5]{32}",
        r"\unknown{2} + 3",
        r"\frac{1}",
        r"\frac{}{2}",
        r"x2 + 1",  # x² whose power was lost, or x₂?
        r"{a \atop b}",
        r"\cancel{5}x",
        r"\begin{pmatrix}1&2\\3\end{pmatrix}",
        r"{" * 100 + "x" + "}" * 100,
        r"{x",
        r"x}",
        "x" * 3000,
    ],
)
def test_what_no_line_can_say_is_refused(latex: str) -> None:
    with pytest.raises(LatexError):
        plain(latex)


_Tree = Any  # a number, or a sign with two trees


def _trees() -> st.SearchStrategy[_Tree]:
    leaves: st.SearchStrategy[_Tree] = st.integers(0, 12)
    return st.recursive(
        leaves, lambda inner: st.tuples(st.sampled_from(["+", "-", "*", "/", "^", "()"]), inner, inner), max_leaves=6
    )


def _latex(tree: _Tree, tight: bool = False) -> str:
    """The tree as an author would write it: a fraction bar and a raised power need no brackets, a sum does."""
    if isinstance(tree, int):
        return str(tree)
    sign, left, right = tree
    if sign == "/":
        return rf"\frac{{{_latex(left)}}}{{{_latex(right)}}}"
    if sign == "^":
        base = _latex(left) if isinstance(left, int) else rf"\left({_latex(left)}\right)"
        return f"{base}^{{{_latex(right)}}}"
    if sign == "()":
        return rf"\left({_latex(left)}\right)\left({_latex(right)}\right)"
    text = f"{_factor(left, sign)}{ {'+': '+', '-': '-', '*': chr(92) + 'cdot '}[sign] }{_factor(right, sign)}"
    return rf"\left({text}\right)" if tight else text


def _factor(tree: _Tree, sign: str) -> str:
    return _latex(tree, tight=not isinstance(tree, int) and (sign != "+") and tree[0] in "+-*")


def _value(tree: _Tree) -> Fraction | None:
    if isinstance(tree, int):
        return Fraction(tree)
    sign, left, right = tree
    a, b = _value(left), _value(right)
    if a is None or b is None:
        return None
    if sign in "+-":
        return a + b if sign == "+" else a - b
    if sign in ("*", "()"):
        return a * b
    if sign == "/":
        return a / b if b else None
    usable = b.denominator == 1 and 0 <= b <= 6 and not (a == 0 and b == 0) and abs(a) < 10**6
    return a ** int(b) if usable else None


@given(_trees())
def test_a_formula_has_the_value_that_its_typesetting_shows(tree: _Tree) -> None:
    value = _value(tree)
    if value is not None:
        result: Any = parse(plain(_latex(tree)))
        assert (result.p, result.q) == (value.numerator, value.denominator)


@given(st.text(alphabet=r"\{}^_&frac12x+-=()[] sqrtleftrightbegin", max_size=60))
def test_any_text_is_written_or_refused(text: str) -> None:
    with suppress(LatexError):
        assert "\\" not in plain(text).replace("\\ ", "")

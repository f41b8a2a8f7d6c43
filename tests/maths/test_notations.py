"""One grammar for all notations: what is read is right, what has two readings is refused, what is printed is read.

`notations.tsv` has notations with their meaning. SymPy's printer of LaTeX is a second, independent hand that writes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.maths.evaluation import same_expression
from canopy_assets.maths.expressions import ExpressionError, Relation, parse, parse_relation
from canopy_assets.maths.formatting import show
from canopy_assets.maths.latex import LatexError, plain
from canopy_assets.maths.layout import laid_out

_TABLE = Path(__file__).with_name("notations.tsv").read_text(encoding="utf-8")
ROWS = [line.split("\t") for line in _TABLE.splitlines() if not line.startswith("#")]
_FUNCTIONS = ("Integer", "Rational", "sqrt", "Abs", "sin", "cos", "tan", "log", "exp", "pi", "E")
_NAMES: dict[str, Any] = {
    **{name: getattr(sympy, name) for name in _FUNCTIONS},
    **{letter: sympy.Symbol(letter) for letter in "abcdknrtxyz"},
    "theta_": sympy.Symbol("θ"),
}


def _meaning(text: str) -> sympy.Expr:
    return sympy.sympify(eval(text, {"__builtins__": {}}, _NAMES))  # a row of our own table


def test_the_table_has_all_kinds_of_notation():
    assert len(ROWS) > 300
    assert {kind for _, _, kind in ROWS} == {"ascii", "unicode", "latex", "program", "mixed", "words", "relation"}


@pytest.mark.parametrize(("notation", "meaning"), [(t, m) for t, m, kind in ROWS if m != "!" and kind != "relation"])
def test_an_expression_means_what_people_read(notation: str, meaning: str):
    assert same_expression(parse(notation), _meaning(meaning))


@pytest.mark.parametrize(("notation", "meaning"), [(t, m) for t, m, kind in ROWS if m != "!" and kind == "relation"])
def test_a_relation_means_what_people_read(notation: str, meaning: str):
    left, op, right = re.split("(<=|>=|=|<|>)", meaning)
    read = parse_relation(notation)
    assert read.op == op
    assert same_expression(read.left, _meaning(left))
    assert same_expression(read.right, _meaning(right))


@pytest.mark.parametrize("notation", [t for t, m, _ in ROWS if m == "!"])
def test_what_has_two_readings_or_none_is_refused(notation: str):
    for read in (parse, parse_relation):
        with pytest.raises(ExpressionError):
            read(notation)


# What is printed.

_x, _y, _a = sympy.symbols("x y a", positive=False)
_leaves = st.one_of(
    st.sampled_from([_x, _y, _a, sympy.pi, sympy.E]),
    st.integers(-12, 12).map(sympy.Integer),
    st.builds(sympy.Rational, st.integers(-9, 9), st.integers(2, 7)),
)


_arguments = st.sampled_from([_x, 2 * _x, _x + 1, -_y, _x**2])
_functions = st.sampled_from([sympy.sin, sympy.cos, sympy.tan, sympy.exp, sympy.Abs, sympy.sqrt, sympy.log])


def _grown(inner: st.SearchStrategy[sympy.Expr]) -> st.SearchStrategy[sympy.Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, b: a / b if b != 0 else a, inner, inner),
        st.builds(lambda a, n: a**n if a != 0 else a, inner, st.sampled_from([-2, -1, 2, 3])),
        st.builds(lambda n, a: sympy.Integer(n) ** a, st.sampled_from([2, 3, 10]), _arguments),
        st.builds(lambda f, a: f(a), _functions, _arguments),
    )


TREES = st.recursive(_leaves, _grown, max_leaves=6)


def _finite(tree: sympy.Expr) -> bool:
    return not tree.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I)


def _read_or_too_large(text: str) -> sympy.Expr | None:
    """The expression; None where it is only too large to be handled safely."""
    try:
        return parse(text)
    except ExpressionError as error:
        if re.search("too large|at most|more than", str(error)):
            return None
        raise


@settings(max_examples=400, deadline=None)
@given(TREES.filter(_finite))
def test_an_expression_that_we_print_is_read_as_itself(tree: sympy.Expr):
    read = _read_or_too_large(show(tree))
    assert read is None or same_expression(read, tree)


@settings(max_examples=400, deadline=None)
@given(TREES.filter(_finite))
def test_an_expression_in_latex_is_read_as_itself(tree: sympy.Expr):
    read = _read_or_too_large(sympy.latex(tree, ln_notation=True))
    assert read is None or same_expression(read, tree)


@settings(max_examples=200, deadline=None)
@given(TREES.filter(_finite))
def test_a_formula_and_its_line_of_text_are_the_same(tree: sympy.Expr):
    read = _read_or_too_large(plain(sympy.latex(tree, ln_notation=True)))
    assert read is None or same_expression(read, tree)


_PIECES = st.sampled_from([
    "1", "2", "12", "2.5", "1/2", "½", "2½", "x", "y", "a", "π", "e", "+", "-", "−", "*", "**2", "×", "·", "/", "÷",
    "^", "^2", "²", "^-", "⁻¹", "(", ")", "[", "]", "|", "√", "sqrt", "sin", "ln", "%", "=", "<", "<=", " ", " ", " ",
])  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(_PIECES, max_size=10).map("".join))
def test_a_text_and_its_layout_mean_the_same(text: str):
    read = parse_relation if any(sign in text for sign in "=<") else parse
    try:
        meaning = read(text)
    except ExpressionError:
        return
    again = read(laid_out(text))
    if isinstance(meaning, Relation) and isinstance(again, Relation):
        assert (again.left, again.op, again.right) == (meaning.left, meaning.op, meaning.right)
    else:
        assert again == meaning


_LATEX = st.sampled_from([
    "1", "2", "12", "x", "y", r"\pi", "+", "-", r"\cdot", r"\times", r"\frac{1}{2}", r"\frac12", r"\frac{x}{3}",
    r"\sqrt{x}", r"\sqrt2", "^2", "^{-1}", "^{x+1}", "(", ")", r"\left(", r"\right)", r"\sin", r"\ln", "{", "}", "|",
])  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(_LATEX, max_size=9).map(" ".join))
def test_latex_and_its_line_of_text_mean_the_same(latex: str):
    try:
        meaning = parse(latex, latex=True)
        line = plain(latex)
    except (ExpressionError, LatexError):
        return
    assert parse(line) == meaning

"""Runs the grammar of notation over tokens, with an action for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer as LarkLexer

from canopy_assets.maths.notation.latex_lexer import LatexLexer
from canopy_assets.maths.notation.lexer import ExpressionError, Lexer, clip

_GRAMMAR = Path(__file__).with_name("grammar.lark")
_WHAT = {"sum": "expression", "relation": "equation or inequality", "mathematics": "expression"}
Start = Literal["sum", "relation", "mathematics"]
_IS_LATEX = ("\\", "^{", "_{")


class _Given(LarkLexer):
    """Hands over tokens that were made before."""

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, data: Iterable[Token]) -> Iterator[Token]:  # type: ignore[override]
        return iter(data)


class NotationParser:
    """Parses mathematics into whatever the actions make of it."""

    def __init__(self, actions: Transformer[Token, Any]) -> None:
        """
        Args:
            actions: A method for each rule of the grammar. They run while it is parsed; no tree is built.
        """
        source = _GRAMMAR.read_text(encoding="utf-8")
        self._lark = Lark(
            source,
            parser="lalr",
            lexer=_Given,
            start=["sum", "relation", "mathematics"],
            transformer=actions,
            maybe_placeholders=False,
        )

    def parse(self, text: str, start: Start, *, latex: bool | None = None) -> Any:
        r"""What the actions make of an expression ("sum") or a relation.

        Args:
            text: Mathematics in any notation.
            start: The rule of the grammar for it: one of these, or "mathematics" for either.
            latex: Whether it is LaTeX; by default if it has a `\`, `^{` or `_{`.

        Raises:
            ExpressionError: it is not what the grammar has.
        """
        if latex is None:
            latex = any(mark in text for mark in _IS_LATEX)
        given = (LatexLexer if latex else Lexer)(text).read()
        if not given:
            raise ExpressionError("the expression is empty")
        try:
            return self._lark.parse(given, start=start)  # type: ignore[arg-type]
        except UnexpectedInput as error:
            raise ExpressionError(f"{clip(text)} is not a well-formed {_WHAT[start]}") from error

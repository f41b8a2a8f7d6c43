r"""Cuts LaTeX into the tokens of `lexer`.

The arguments of a command and of `^` get braces, whether they were typed (`\frac{1}{2}`) or not (`\frac12`, `x^2`). All
other braces go, because nobody sees them.
"""

from __future__ import annotations

import re
from typing import ClassVar

from canopy_assets.maths.notation import symbols
from canopy_assets.maths.notation.lexer import RELATIONS, ExpressionError, Lexer
from canopy_assets.maths.notation.names import FUNCTIONS

MAX_DEPTH = 30

_DERIVATIVE = re.compile(r"\s*\{?\s*d[a-zA-Z]?\s*\}?\s*\{\s*d\s*[a-z]\s*\}")
_ROOT_INDEX = re.compile(r"\s*\[\s*([0-9]{1,2})\s*\]")
_RAW_ARGUMENT = re.compile(r"\s*\{([^{}\\$]*)\}")
_DELIMITER = re.compile(r"\s*(?:([()\[\]|])|\\([lr]?vert))")
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_NOT_ONLY_LOOKS = frozenset({"textcolor", "colorbox"})


class LatexLexer(Lexer):
    """Reads LaTeX. `\frac12` is a half, and `2^12` is refused, because LaTeX raises the 1 only."""

    latex: ClassVar[bool] = True
    _log_base: ClassVar[re.Pattern[str]] = re.compile(r"\s*_\s*(?:\{\s*([0-9]{1,6}|[a-z])\s*\}|([0-9]|[a-z]))()")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def _next(self) -> None:
        if self.text[self.position] == "}":
            self._refuse()
        super()._next()

    def _group(self) -> None:
        """Read up to the brace that closes."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"the expression is nested deeper than {MAX_DEPTH} levels")
        while self.text[self.position : self.position + 1] != "}":
            if self.position == len(self.text):
                self._refuse()
            self._next()
        self.position += 1
        self.depth -= 1

    def _space(self, text: str) -> None:
        self.spaced = self.spaced or "~" in text

    def _sign(self, sign: str, side: str = "") -> None:
        if sign == "{":
            self._braces()
        elif sign == "%":  # a comment
            self._refuse()
        else:
            super()._sign(sign, side)

    def _operator(self, sign: str) -> None:
        super()._operator(sign)
        if self._last() == "POWER":
            self._argument(one_digit=True)

    def _braces(self) -> None:
        """Braces that are no argument. Nobody sees them, so what stands beside them would be read as inside."""
        start, of_function = len(self.tokens), self.awaiting
        self._group()
        inside = self._outside_brackets(start)
        if len(inside) != 1 and re.match(r"\s*\^", self.text[self.position :]):
            self._unclear("a power after braces")
        if of_function and not {"PLUS", "MINUS", "TIMES", "OVER"}.isdisjoint(inside):
            self._unclear("the argument of the function has no brackets")

    def _outside_brackets(self, start: int) -> list[str]:
        """The kinds of the tokens from a place on, with one for each bracket."""
        kinds: list[str] = []
        depth = 0
        for token in self.tokens[start:]:
            depth -= token.type.startswith("CLOSE")
            if depth == 0:
                kinds.append(token.type)
            depth += token.type.startswith("OPEN")
        return [kind for kind in kinds if not kind.startswith("OPEN")]

    def _argument(self, *, one_digit: bool = False) -> None:
        """The argument of a LaTeX command or of ^, between braces, whether it was typed with them or not."""
        self._emit("OPEN_BRACE", "")
        self.position += len(self.text[self.position :]) - len(self.text[self.position :].lstrip())
        rest = self.text[self.position :]
        if rest.startswith("{"):
            self.position += 1
            self._group()
        elif rest[:1].isdigit():
            if one_digit and rest[1:2].isdigit():
                self._unclear("LaTeX takes one digit only")
            self.position += 1
            self._emit("NUMBER", rest[0])
        elif rest[:1].isalpha():
            self.position += 1
            self._letters(rest[0])
        elif rest.startswith("\\"):
            self._next()
        else:
            self._refuse()
        self._emit("CLOSE_BRACE", "")

    def _command(self, name: str) -> None:
        if name in symbols.SPACES:
            self.spaced = self.spaced or bool(symbols.SPACES[name])
        elif name in ("left", "right"):
            self._delimiter(name)
        elif name in _FRACTIONS:
            if _DERIVATIVE.match(self.text, self.position):
                raise ExpressionError("d/dx is no quotient")
            self._emit("FRACTION", name)
            self._argument()
            self._argument(one_digit=True)
        elif name == "sqrt":
            index = _ROOT_INDEX.match(self.text, self.position)
            self.position = index.end() if index else self.position
            self._emit("ROOT", index[1] if index else "2")
            self._argument(one_digit=True)
        elif name in FUNCTIONS:
            self._function(name)
        elif name in ("pi", "theta"):
            self._emit("NAME", "pi" if name == "pi" else "θ")
        elif name in symbols.TEXT_COMMANDS:
            self._text()
        elif name == "%":
            self._emit("PERCENT", "%")
        elif name == "$":
            self._currency()
        elif name in (symbols.IGNORED | symbols.WRAPPERS) - _NOT_ONLY_LOOKS:
            return
        elif name in symbols.SYMBOLS:
            self._symbol(symbols.SYMBOLS[name], name)
        else:
            raise ExpressionError(f"\\{name} is not mathematics that is known here")

    def _symbol(self, sign: str, name: str) -> None:
        if sign in RELATIONS or sign in "<>":
            self._emit("RELATION", RELATIONS.get(sign, sign))
        else:
            self._sign(sign, {"lvert": "left", "rvert": "right"}.get(name, ""))

    def _delimiter(self, side: str) -> None:
        r"""The bracket after \left or \right."""
        match = _DELIMITER.match(self.text, self.position)
        if match is None:
            self._refuse()
        self.position = match.end()
        self._sign(match[1] or "|", side)

    def _text(self) -> None:
        """Upright text: a letter, a number or a function."""
        match = _RAW_ARGUMENT.match(self.text, self.position)
        content = match[1].strip() if match else ""
        if match is None or not (len(content) == 1 or content in FUNCTIONS or re.fullmatch(r"[0-9]+", content)):
            self._refuse()
        self.position = match.end()
        if content.isdigit():
            self._number(content)
        elif content.isalpha():
            self._letters(content)
        else:
            self._refuse()

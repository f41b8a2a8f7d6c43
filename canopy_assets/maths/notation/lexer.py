"""Cuts mathematics into tokens. How they were typed makes no difference any more: `²`, `^2` and `**2` are the same.

Spaces are evidence: `1/2 x` is a half of x, and `1/2x` is refused. `latex_lexer` does the same for LaTeX.
"""

from __future__ import annotations

import re
from typing import ClassVar, NoReturn

from lark import Token

from canopy_assets.maths.glyphs import (
    DIVISION_SIGNS,
    FROM_SUBSCRIPT,
    FROM_SUPERSCRIPT,
    MINUS_SIGNS,
    NARROW_SPACES,
    SUBSCRIPT_DIGITS,
    TIMES_SIGNS,
    VULGAR_FRACTIONS,
)
from canopy_assets.maths.notation.names import names

MAX_TOKENS = 150
MAX_DIGITS = 30


class ExpressionError(ValueError):
    """A text that is not a supported mathematical expression. The message gives the cause."""


class AmbiguousError(ExpressionError):
    """A text that people read in different ways."""


_EXPONENTS = FROM_SUPERSCRIPT | str.maketrans("⁺ⁿˣ", "+nx")
_VULGAR = f"[{''.join(VULGAR_FRACTIONS)}]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s~{NARROW_SPACES}]+)
    | (?P<mixed>(?P<whole>[0-9]+)(?:
        \ +(?P<above>[0-9]+)\ ?/\ ?(?P<below>[0-9]+)(?![0-9]|[./][0-9])  # 2 1/2
        | \s*\\[dtc]?frac\s*(?:\{{\s*(?P<a>[0-9]+)\s*\}}|(?P<a1>[0-9]))\s*(?:\{{\s*(?P<b>[0-9]+)\s*\}}|(?P<b1>[0-9]))
        | \s?(?P<part>{_VULGAR})
    ))
    | (?P<ratio>[0-9]+/[0-9]+(?=\ +[A-Za-zθπ(√]))  # 1/2 x
    | (?P<number>
        [1-9][0-9]{{0,2}}(?:(?:,|\{{,\}}|\\,|[{NARROW_SPACES}])[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?  # 1,250.5
        | [0-9]+(?:\.[0-9]+)?
        | \.[0-9]+
        | {_VULGAR}
    )
    | (?P<letters>[A-Za-zθ]+|π)
    | (?P<command>\\(?:[A-Za-z]+|.))
    | (?P<raised>[{"".join(map(chr, _EXPONENTS))}]+)
    | (?P<relation><=|>=|[=<>≤≥⩽⩾])
    | (?P<sign>\*\*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_RAISED_FUNCTION = re.compile(r"\s*(?:\^|\*\*)\s*(?:\{\s*([0-9]+)\s*\}|([0-9]))(?![0-9])")
_SIGNS = {
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "OVER", "^": "POWER", "ˆ": "POWER", "**": "POWER",
    **dict.fromkeys(MINUS_SIGNS, "MINUS"), **dict.fromkeys(TIMES_SIGNS, "TIMES"),
    **dict.fromkeys(DIVISION_SIGNS, "OVER"),
}  # fmt: skip
_WRITTEN = {"*": "×", "✕": "×", "×": "×", "÷": "÷"}
RELATIONS = {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">="}
_ROOTS = {"√": "2", "∛": "3", "∜": "4"}
_CLOSING = {"(": ")", "[": "]"}
_OPERANDS = frozenset({"NUMBER", "MIXED", "NAME", "FUNCTION", "ROOT", "FRACTION", "OPEN", "OPEN_BAR"})
_ENDS = frozenset({"NUMBER", "MIXED", "NAME", "PERCENT", "CLOSE", "CLOSE_BRACE", "CLOSE_BAR"})
CALLED = frozenset("fghFGH")
"""Letters that a bracket makes a function: f(x)."""


def clip(text: str) -> str:
    """A text for an error message, quoted and cut to 40 characters."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


class Lexer:
    """Reads a text from left to right.

    Attributes:
        latex: whether braces show where an argument ends; spaces say nothing then.
        tokens: what was read.
        spaced: whether people see a space before the next token.
        awaiting: whether a function's argument comes next.
        bare: whether the argument of a function is being read that has no brackets.
        open: the open brackets, each with the value of `bare` outside it.
    """

    latex: ClassVar[bool] = False
    _log_base: ClassVar[re.Pattern[str]] = re.compile(
        rf"\s*_\s*(?:\{{\s*([0-9]{{1,6}}|[a-z])\s*\}}|([0-9]+|[a-z]))|([{SUBSCRIPT_DIGITS}]{{1,6}})"
    )

    def __init__(self, text: str) -> None:
        self.text = text.rstrip()
        self.position = 0
        self.tokens: list[Token] = []
        self.spaced = self.awaiting = self.bare = False
        self.open: list[tuple[str, bool]] = []

    def read(self) -> list[Token]:
        """The tokens of the text.

        Raises:
            ExpressionError: for a character, word or sequence that is not mathematics.
            AmbiguousError: for mathematics that people read in different ways.
        """
        while self.position < len(self.text):
            self._next()
        return self.tokens

    def _next(self) -> None:
        match = _TOKEN.match(self.text, self.position)
        assert match is not None
        kind, start = match.lastgroup, self.position
        if (kind == "mixed" and match["above"] and not self._may_be_mixed()) or (
            kind == "ratio" and (self.latex or self._last() in ("OVER", "POWER", *_ENDS))
        ):
            match, kind = re.match(r"[0-9]+", self.text[start:]), "number"
            assert match is not None
            self.position = start + len(match[0])
        else:
            self.position = match.end()
        if kind == "space":
            self._space(match[0])
        elif kind == "mixed":
            self._mixed(match)
        elif kind in ("number", "ratio"):
            self._number(match[0])
        elif kind == "letters":
            self._letters(match[0])
        elif kind == "command":
            self._command(match[0][1:])
        elif kind == "raised":
            self._raised(match[0])
        elif kind == "relation":
            self._emit("RELATION", RELATIONS.get(match[0], match[0]))
        else:
            self._sign(match[0])

    def _space(self, text: str) -> None:
        if "~" in text:
            self._refuse()
        self.spaced = True

    def _command(self, name: str) -> None:
        self._refuse()

    def _last(self) -> str:
        return self.tokens[-1].type if self.tokens else ""

    def _refuse(self) -> NoReturn:
        raise ExpressionError(f"can't read {clip(self.text[max(0, self.position - 1) :].strip())} as mathematics")

    def _unclear(self, what: str) -> NoReturn:
        raise AmbiguousError(f"{clip(self.text)} can be read in two ways: {what}")

    def _emit(self, kind: str, text: str) -> None:
        if len(self.tokens) >= MAX_TOKENS:
            raise ExpressionError(f"the expression has more than {MAX_TOKENS} parts")
        if kind in _OPERANDS:
            if self._last() in _ENDS:
                self._join(kind, text)
            if self.awaiting and kind != "FUNCTION":
                self.awaiting, self.bare = False, kind != "OPEN"
        elif kind in ("PLUS", "MINUS", "TIMES", "OVER", "RELATION"):
            self.bare = False
        if kind in ("OPEN", "OPEN_BAR", "OPEN_BRACE"):
            self.open.append((text, self.bare))
            self.bare = False
        elif kind in ("CLOSE", "CLOSE_BAR", "CLOSE_BRACE"):
            opened, self.bare = self.open.pop() if self.open else ("", False)
            if _CLOSING.get(opened, opened) != text:
                raise ExpressionError(f"{clip(self.text)} has brackets that do not match")
        self.tokens.append(Token(kind, text))
        self.spaced = False

    def _join(self, kind: str, text: str) -> None:
        """Two factors without a sign between them, if that can be read in one way only."""
        last = self.tokens[-1]
        if kind in ("NUMBER", "MIXED") and not (self.latex and last.type == "CLOSE_BRACE"):
            raise ExpressionError(f"an operator is missing before {text}")
        if self.bare and kind != "FUNCTION":
            if kind != "NAME" or self.spaced:
                self._unclear("where the argument of the function ends")
            self.tokens.append(Token("JOIN_ARGUMENT", ""))
            return
        if not self.spaced:
            if self._ends_in_bare_root() and kind != "ROOT":
                self._unclear("what the root is taken of")
            if kind in ("NAME", "FUNCTION") and self._ends_in_bare_exponent():
                self._unclear("where the exponent ends")
            if last.type == "MIXED" and "/" in last and not self.latex:
                self._unclear("where the fraction ends")
            if last.type == "NAME" and last in CALLED and kind == "OPEN":
                self._unclear(f"{last} may be a function")
        if last.type == "CLOSE_BAR" and kind != "OPEN_BAR" and self.text.count("|") > 2:
            self._unclear("which bars belong together")
        self.bare = False
        self.tokens.append(Token("JOIN", ""))

    def _ends_in_bare_root(self) -> bool:
        return len(self.tokens) > 1 and self.tokens[-2].type == "ROOT"

    def _ends_in_bare_exponent(self) -> bool:
        """Whether the exponent may go on: e^2x, 2^xy; but x^2y is x²y."""
        at = next((i for i in (-2, -3) if len(self.tokens) > -i and self.tokens[i].type == "POWER"), None)
        if at is None or (at == -3 and self.tokens[-2].type != "MINUS"):
            return False
        base, exponent = self.tokens[at - 1], self.tokens[-1]
        return exponent.type == "NAME" or base.type == "NUMBER" or base == "e"

    def _may_be_mixed(self) -> bool:
        """Whether a number here may have a fraction after it: not in 1/2 3/4 and x^2 1/2."""
        return not self.latex and self._last() != "POWER" and not (self.tokens and self.tokens[-1] == "/")

    def _mixed(self, match: re.Match[str]) -> None:
        part = VULGAR_FRACTIONS[match["part"]] if match["part"] else None
        above, _, below = part.partition("/") if part else (match["above"] or match["a"] or match["a1"], "", "")
        below = below or match["below"] or match["b"] or match["b1"]
        if int(above) >= int(below):
            self._unclear("a whole number beside an improper fraction may be a product or a sum")
        whole = self._digits(match["whole"])
        self._emit("MIXED", f"{whole}{match['part']}" if part else f"{whole} {self._digits(above)}/{below}")

    def _number(self, text: str) -> None:
        self._emit("NUMBER", re.sub(rf"[{{}}\\{NARROW_SPACES}]", "", self._digits(text).replace("\\,", "")))

    def _digits(self, text: str) -> str:
        if sum(c.isdigit() for c in text) > MAX_DIGITS:
            raise ExpressionError(f"a number may have at most {MAX_DIGITS} digits")
        return text

    def _letters(self, letters: str) -> None:
        if letters == "x" and self.spaced and self._is_times_x():
            self._emit("TIMES", "×")
            return
        found = names(letters)
        if found is None:
            raise ExpressionError(f"{clip(letters)} is not a variable or a known function")
        for kind, name in found:
            if kind == "FUNCTION":
                self._function(name)
            else:
                self._emit("NAME", name)

    def _is_times_x(self) -> bool:
        """Whether an x between spaces is a sign, as in 3 x 4. In 3 x (4 + 5) it may be either."""
        after = re.match(r" +([0-9(]?)", self.text[self.position :])
        if after is None or not after[1] or self._last() not in _ENDS:
            return False
        if self._last() not in ("NUMBER", "MIXED") or after[1] == "(":
            self._unclear("x may be a variable or a sign")
        return True

    def _function(self, name: str) -> None:
        if name == "sqrt":
            self._emit("ROOT", "2")
            return
        if name == "log" and (base := self._log_base.match(self.text, self.position)):
            self.position = base.end()
            name = f"log_{base[1] or base[2] or base[3].translate(FROM_SUBSCRIPT)}"
        self._emit("FUNCTION", name)
        self.awaiting = True
        if name != "exp" and (raised := _RAISED_FUNCTION.match(self.text, self.position)):
            self.position = raised.end()
            self._emit("RAISED", raised[1] or raised[2])

    def _raised(self, text: str) -> None:
        exponent = text.translate(_EXPONENTS)
        if self.awaiting and self._last() == "FUNCTION":
            self._emit("RAISED", exponent)
            return
        if self.text[self.position : self.position + 1] in _ROOTS:
            self._unclear("a raised number before a root may be its order")
        self._emit("POWER", "^")
        self._emit("OPEN_BRACE", "")
        for token in Lexer(exponent).read():
            self._emit(token.type, str(token))
        self._emit("CLOSE_BRACE", "")

    def _sign(self, sign: str, side: str = "") -> None:
        """A sign or bracket; `side` is "left" or "right" where LaTeX says which it is."""
        if sign in _SIGNS:
            self._operator(sign)
        elif sign in ("(", "["):
            self._emit("OPEN", sign)
        elif sign in (")", "]"):
            self._emit("CLOSE", sign)
        elif sign in ("|", "∣"):
            closes = bool(self.open) and self.open[-1][0] == "|" and self._last() in _ENDS
            self._emit("CLOSE_BAR" if side == "right" or (closes and not side) else "OPEN_BAR", "|")
        elif sign in _ROOTS:
            self._emit("ROOT", _ROOTS[sign])
        elif sign == "%":
            self._emit("PERCENT", "%")
        elif sign in "$€£":
            self._currency()
        else:
            self._refuse()

    def _operator(self, sign: str) -> None:
        kind, before = _SIGNS[sign], self.spaced
        after = self.text[self.position : self.position + 1]
        if kind == "OVER" and not (before and after.isspace()):
            if self.bare:
                self._unclear("where the argument of the function ends")
            if self._last() == "NUMBER" and self.tokens[-1] == "1" and self._ends_in_exponent():
                self._unclear("where the exponent ends")
        if kind in ("PLUS", "MINUS") and (
            after in ("+", "±", "∓")
            or _SIGNS.get(after) == "MINUS"
            or (self._last() == "PERCENT" and before != after.isspace())
        ):
            self._unclear("two signs")
        self._emit(kind, _WRITTEN.get(sign, {"TIMES": "·", "OVER": "/"}.get(kind, sign)))

    def _ends_in_exponent(self) -> bool:
        return len(self.tokens) > 1 and self.tokens[-2].type == "POWER"

    def _currency(self) -> None:
        """A currency sign, which only the first number of a side may have."""
        before = [t.type for t in self.tokens[-2:]]
        first = before in ([], ["MINUS"]) or before[-1] == "RELATION" or before == ["RELATION", "MINUS"]
        if not first or not re.match(r"\s*[0-9.]", self.text[self.position :]):
            self._refuse()

"""Turns mathematical text into Python source made of a closed set of tokens.

Typographic forms (− × ² √ ½, mixed numbers, bars, percent) become plain ones. Bare function arguments get brackets, and
implicit products get a sign. Words are refused, except single letters, short products of letters and known functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from canopy_assets.maths.glyphs import (
    FROM_SUBSCRIPT,
    FROM_SUPERSCRIPT,
    NARROW_SPACES,
    SUBSCRIPT_DIGITS,
    TO_ASCII_OPERATORS,
    VULGAR_FRACTIONS,
)

MAX_TOKENS = 150
MAX_DIGITS = 30
FUNCTIONS = frozenset({"sqrt", "sin", "cos", "tan", "ln", "exp", "abs", "log"})
CONSTANTS = frozenset({"pi", "e"})


class ExpressionError(ValueError):
    """A text that is not a supported mathematical expression. The message gives the cause."""


@dataclass(frozen=True)
class _Token:
    kind: Literal["number", "name", "function", "operator", "open", "close"]
    text: str


_CHARACTERS = TO_ASCII_OPERATORS | str.maketrans(
    dict.fromkeys(NARROW_SPACES, " ") | {"[": "(", "]": ")", "√": " sqrt ", "π": " pi ", "∣": "|", "ˆ": "^"}
)
_EXPONENTS = FROM_SUPERSCRIPT | str.maketrans("⁺ⁿˣ", "+nx")
_EXPONENT = re.compile(f"[{''.join(map(chr, _EXPONENTS))}]+")
_LOG_BASE = re.compile(
    rf"""
    log(?:
        _\{{?([0-9]{{1,6}}|[a-z])\}}?  # log_2, log_{{10}}, log_b
        |([{SUBSCRIPT_DIGITS}]{{1,6}})  # log₂
    )
    """,
    re.VERBOSE,
)
_VULGAR = re.compile(rf"([0-9]*)\s?([{''.join(VULGAR_FRACTIONS)}])")
_MIXED = re.compile(
    r"""
    (?<![0-9./^*,])\b([0-9]+)  # no decimals before a mixed number, no exponent
    \s+([0-9]+)\s?/\s?([0-9]+)(?![0-9./])
    """,
    re.VERBOSE,
)
_TIMES_X = re.compile(r"(?<=[0-9])\s+x\s+(?=[0-9])")

_TOKEN = re.compile(
    r"""
    \s*
    (?:
        (?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)  # 1,250.5  12.5  .5
        |(?P<log>log_[0-9a-z]+)
        |(?P<letters>[A-Za-zθ]+)
        |(?P<operator>\*\*|[-+*/^])
        |(?P<other>[()|%])
    )
    """,
    re.VERBOSE,
)
_WORDS = frozenset({
    "am", "an", "as", "at", "by", "my", "any", "ask", "cat", "act", "ran", "sat", "bat", "tan", "max", "cap",
    "can", "may", "man", "way", "was", "has", "say",
})  # fmt: skip
"""Words of two or three letters that are not to be read as products of variables."""
_PRODUCT_LETTERS = frozenset("abcdkmnpqrstuvwxyz")
_FORMULA_PRODUCTS = frozenset({
    "bh", "gh", "gt", "hw", "lh", "lw", "wh", "hlw", "lwh", "mgh", "IR", "PV", "RT", "nRT", "Prt",
})  # fmt: skip
"""Products in formulas of school, with letters that stand in many short words."""


def python_source(text: str) -> str:
    """The expression as Python source; empty for blank text.

    Raises:
        ExpressionError: for a character, word or sequence that is not mathematics.
    """
    return "".join(t.text for t in _with_products(_with_brackets(_tokens(_normalized(text)))))


def _normalized(text: str) -> str:
    text = _LOG_BASE.sub(lambda m: f" log_{m[1] or m[2].translate(FROM_SUBSCRIPT)} ", text)
    text = _EXPONENT.sub(lambda m: f"^({m[0].translate(_EXPONENTS)})", text)
    text = _VULGAR.sub(lambda m: f"({m[1] + '+' if m[1] else ''}{VULGAR_FRACTIONS[m[2]]})", text)
    text = _TIMES_X.sub("*", text.translate(_CHARACTERS)).strip()
    text = re.sub(r"^(-?)\s*[$€£]\s*(?=[0-9.])", r"\1", text)
    return _MIXED.sub(r"(\1+\2/\3)", text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, bars_open, text = 0, 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"can't read {clip(text[position:].strip())} as mathematics")
        position = match.end()
        if match["other"] == "|":
            closing = bars_open > 0 and bool(tokens) and _ends_operand(tokens[-1])
            bars_open += -1 if closing else 1
            tokens += [_Token("close", ")")] if closing else [_Token("function", "abs"), _Token("open", "(")]
        elif match["other"] == "%":
            _apply_percent(tokens)
        else:
            tokens += _token(match)
        if len(tokens) > MAX_TOKENS:
            raise ExpressionError(f"the expression has more than {MAX_TOKENS} parts")
    return tokens


def _token(match: re.Match[str]) -> list[_Token]:
    if match["number"]:
        return [_Token("number", _number_source(match["number"]))]
    if match["log"]:
        return [_Token("function", match["log"])]
    if match["letters"]:
        return _name_tokens(match["letters"])
    if match["operator"]:
        return [_Token("operator", "**" if match["operator"] == "^" else match["operator"])]
    return [_Token("open" if match["other"] == "(" else "close", match["other"])]


def _number_source(text: str) -> str:
    digits = text.replace(",", "")
    if len(digits) > MAX_DIGITS:
        raise ExpressionError(f"a number may have at most {MAX_DIGITS} digits")
    whole, _, decimals = digits.partition(".")
    value = int(whole + decimals) if whole + decimals else 0
    return f"({value}/{10 ** len(decimals)})" if decimals else str(value)


def _name_tokens(letters: str) -> list[_Token]:
    """`x`, `xy` (a product), `pi`, a function, or a function with one variable before it (`xsin`)."""
    lower = letters.lower()
    if lower in FUNCTIONS:
        return [_Token("function", lower)]
    if lower in CONSTANTS or len(letters) == 1:
        return [_Token("name", lower if lower in CONSTANTS else letters)]
    for name in ("sqrt", "sin", "cos", "ln", "exp", "pi"):
        if lower.endswith(name) and len(letters) == len(name) + 1:
            return [_Token("name", letters[0]), *_name_tokens(name)]
    if letters in ("xe", "te"):
        return [_Token("name", letters[0]), _Token("name", "e")]
    product = lower not in _WORDS and _PRODUCT_LETTERS.issuperset(letters)
    if len(letters) <= 3 and (product or letters in _FORMULA_PRODUCTS):
        return [_Token("name", c) for c in letters]
    raise ExpressionError(f"{clip(letters)} is not a variable or a known function")


def _apply_percent(tokens: list[_Token]) -> None:
    if not tokens or tokens[-1].kind != "number":
        raise ExpressionError("a % sign must follow a number")
    tokens[-1] = _Token("number", f"({tokens[-1].text}/100)")


def _ends_operand(token: _Token) -> bool:
    return token.kind in ("number", "name", "close")


def _with_brackets(tokens: list[_Token]) -> list[_Token]:
    """The tokens with brackets added around bare arguments, as in `sin 2x`, `√2` and `ln x^2`."""
    result: list[_Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        result.append(token)
        if token.kind != "function" or (index < len(tokens) and tokens[index].kind == "open"):
            continue
        end = _bare_argument_end(tokens, index, single=token.text == "sqrt")
        if end == index:
            raise ExpressionError(f"{token.text} needs an argument")
        result += [_Token("open", "("), *tokens[index:end], _Token("close", ")")]
        index = end
    return result


def _bare_argument_end(tokens: list[_Token], start: int, single: bool) -> int:
    end = start
    if end < len(tokens) and tokens[end].kind == "number":
        end += 1
        if single:
            return end
    while end < len(tokens) and tokens[end].kind == "name":
        end += 1
        if single:
            return end
    power = end > start and end + 1 < len(tokens) and tokens[end].text == "**" and tokens[end + 1].kind == "number"
    return end + 2 if power else end


def _with_products(tokens: list[_Token]) -> list[_Token]:
    result: list[_Token] = []
    for token in tokens:
        if result and _ends_operand(result[-1]) and token.kind in ("number", "name", "function", "open"):
            if token.kind == "number":
                raise ExpressionError(f"an operator is missing before {token.text}")
            result.append(_Token("operator", "*"))
        result.append(token)
    return result


def clip(text: str) -> str:
    """A text for an error message, quoted and cut to 40 characters."""
    return repr(text if len(text) <= 40 else text[:39] + "…")

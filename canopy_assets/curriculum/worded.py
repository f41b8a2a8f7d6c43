"""How the word-problem families read a statement and write numbers: normalized text in, textbook notation out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from canopy_assets.curriculum.model import MAX_STATEMENT, Solution
from canopy_assets.maths.glyphs import (
    FROM_SUPERSCRIPT,
    NARROW_SPACES,
    SUPERSCRIPT_DIGITS,
    SUPERSCRIPT_MINUS,
    TO_ASCII_OPERATORS,
    VULGAR_FRACTIONS,
)
from canopy_assets.maths.number_words import COUNTING_WORDS
from canopy_assets.records import Misconception

LAST_STEP = -1  # as a misconception's step: the last one, however many there are; LAST_STEP - 1 the one before
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
SIGNED = rf"-?(?:{NUMBER})"
MONEY = rf"(?P<currency>[$€£])?\s*(?P<amount>{NUMBER})"

_RAISED = re.compile(rf"(?<=[\w)])([{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+)")
_PLAIN = TO_ASCII_OPERATORS | str.maketrans(
    dict.fromkeys(NARROW_SPACES, " ") | {"’": "'", "‘": "'", "′": "'", "“": '"', "”": '"'}
)
_COUNTS = {word: number for number, word in COUNTING_WORDS.items() if number >= 2}
_COUNT = re.compile(r"\b(" + "|".join(_COUNTS) + r")\b", re.IGNORECASE)
_LIST_MARK = re.compile(r"^(?:(?:problem|exercise|question|example|q)\s*)?\(?[0-9]{1,3}\s*[.):]\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:please\s+)?(?:(?:what\s+is|what's|what\s+are|calculate|compute|find|evaluate|work\s+out|determine|simplify|"
    r"how\s+much\s+is|give|state|reduce|add|subtract|multiply|divide)\b\s*:?\s*(?:the\s+(?:value|result)\s+of\s+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WordedFamily:
    """A family made of recognisers, tried in order; each takes normalized text and returns a solution or None."""

    name: str
    topic: str
    recognisers: tuple[Callable[[str], Solution | None], ...]

    def solve(self, statement: str) -> Solution | None:
        """The first recogniser's solution; None when the statement is not of this family or too long to be one."""
        if len(statement) > MAX_STATEMENT:
            return None
        text = normalize(statement)
        for recogniser in self.recognisers:
            try:
                solution = recogniser(text)
            except (ArithmeticError, ValueError):  # an ill-posed problem (0 in a denominator): nobody's, not a crash
                continue
            if solution is not None:
                return solution
        return None


def normalize(statement: str) -> str:
    """A statement on one line in ASCII operators: − → -, × → *, ÷ → /, ½ → 1/2, x² → x^2."""
    text = _LIST_MARK.sub("", statement.strip().strip("*_`"))
    text = _RAISED.sub(lambda m: "^" + m[1].translate(FROM_SUPERSCRIPT), text)
    for glyph, ascii_form in VULGAR_FRACTIONS.items():
        text = re.sub(rf"(?<=\d){glyph}", " " + ascii_form, text).replace(glyph, ascii_form)
    return re.sub(r"\s+", " ", text.translate(_PLAIN)).replace("**", "^").strip()


def digits_for_words(text: str) -> str:
    """Number words from two to twenty as digits ("three red" → "3 red"); "one" is too often a pronoun."""
    return _COUNT.sub(lambda m: str(_COUNTS[m[1].lower()]), text)


def bare(text: str) -> str:
    """The expression of a bare exercise: without "What is …?", "Calculate: …", a final "= ?" or full stop."""
    text = _LEAD.sub("", text).strip()
    return re.sub(r"(?:\s*=\s*(?:\?|_+)?)?\s*[?.!]*$", "", text).strip()


def number(text: str) -> Fraction:
    """The value of a number as written: "1,250", ".5", "3/4", "-2"; commas separate thousands."""
    return Fraction(re.sub(r"[\s,$€£]", "", text))


def show(value: Fraction | int) -> str:
    """A number as a textbook prints it: 12, 0.75, 5/6, −3, 80,000 (comma from five digits on)."""
    value = Fraction(value)
    if value.denominator == 1:
        digits = f"{abs(value.numerator):,}" if abs(value) >= 10_000 else str(abs(value.numerator))
    elif 10_000 % value.denominator == 0:
        digits = f"{float(abs(value)):,.4f}".rstrip("0")
        digits = digits.replace(",", "") if abs(value) < 10_000 else digits
    else:
        digits = f"{abs(value.numerator)}/{value.denominator}"
    return "−" + digits if value < 0 else digits


def show_fraction(value: Fraction) -> str:
    """A number as a fraction in lowest terms, or as an integer: 3/8, −2."""
    text = str(abs(value.numerator)) if value.denominator == 1 else f"{abs(value.numerator)}/{value.denominator}"
    return "−" + text if value < 0 else text


def show_amount(value: Fraction, unit: str | None) -> str:
    """A quantity with its unit: "$29.75", "40%", "25 cm²", "12"."""
    if unit == "%":
        return show(value) + "%"
    if unit in ("$", "€", "£"):
        text = f"{float(abs(value)):,.2f}" if value.denominator != 1 else show(abs(value))
        return ("−" if value < 0 else "") + unit + text
    return f"{show(value)} {unit}" if unit else show(value)


def bracketed(value: Fraction | int) -> str:
    """A number as a factor or later term: negative ones in brackets."""
    return f"({show(value)})" if value < 0 else show(value)


def listing(items: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    words = list(items)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def wrong_ideas(
    answer: Fraction, ideas: Iterable[tuple[Fraction, Misconception]], steps: int = 1
) -> tuple[Misconception, ...]:
    """The misconceptions whose value really differs from the answer, each wrong answer once.

    Args:
        answer: The right value.
        ideas: Each misconception with the value it leads to.
        steps: How many steps the solution has; a negative step of a misconception counts from the last.
    """
    seen, kept = {answer}, []
    for value, idea in ideas:
        if value not in seen:
            seen.add(value)
            kept.append(replace(idea, step=idea.step if idea.step >= 0 else max(0, steps + idea.step)))
    return tuple(kept)

"""The numbers and equations of a text with the part they play: result, operand, coefficient, or a mere count.

Values come from `maths.numbers_in`; what this adds is what stands around them. "= 12", "so that is 12" and "gives 12"
are results,
the 3 in "3 × 4" is an operand, the 5 in "5x" a coefficient, the two in "two steps" a count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from canopy_assets.maths.glyphs import NARROW_SPACES, TO_ASCII_OPERATORS, VULGAR_FRACTIONS


def _backwards(phrases: str) -> str:
    """A pattern for any of some phrases read from right to left; "comes? to" stands for two of them."""
    expanded = [phrase.replace("?", "") for phrase in phrases.split("|")]
    expanded += [re.sub(r"\w\?", "", phrase) for phrase in phrases.split("|") if "?" in phrase]
    return "|".join(re.escape(phrase[::-1]) for phrase in sorted(expanded, key=len, reverse=True))


_CUES = (
    "is|are|was|were|be|been|equals?|equals? to|equaling|equalling|equaling to|equalling to|gives?|giving|gets?|got|"
    "getting|makes?|making|leaves?|leaving|left with|comes? to|comes? out to|comes? out as|becomes?|lands? on|"
    "ends? up with|ends? up at|arrives? at|totals?|totaling|totalling|means|yields?|so|answer|result|obtain|have|has|"
    "had|found|says?|wrote|write|guess|reckon|simplify to|simplifies to|reduces? to|works? out to|works? out as|"
    "amounts? to|adds? up to|turns? into|then|therefore|thus|hence|it's|it’s|that's|that’s"
)
_FILLERS = (
    "us|you|me|it|a|an|the|total|grand|final|sum|product|difference|of|about|just|simply|only|actually|exactly|now|"
    "really|indeed|be|to be|also|at|positive|negative|equal to|left"
)
_CUE_BEFORE = re.compile(
    r"\s*[$€£]?[*_\"“'‘(\[]*(?:\s*=\s*[a-z]\b)?[\s,:]*"
    rf"(?:\b(?:{_backwards(_FILLERS)})[\s,:]+)*(?:[=≈→⇒]|\b(?:dnif(?! ot(?![a-z]))|{_backwards(_CUES)})(?![a-z]))"
)
"""A result word or sign, read from the number leftwards: a search for what ends at it would try every place before."""
_REACH = 48
_MANY = 12
_EQUALS_BEFORE = re.compile(r"[-−]?\s*[$€£]?[*_(]*\s*[=≈]")
_OPERATOR_AFTER = re.compile(
    r"\s*(?:[+×·⋅*÷^√²³⁴⁵ⁿˣ]|/(?!\s?[a-zA-Z]{2})|[-−–]\s*(?=[\d$(a-z]\b|\d|\$)|[xX]\s*(?=[\d$])"
    r"|(?:plus|minus|times|multiplied by|divided by|percent of|per cent of|squared|cubed|to the "
    r"power)\b)|\s?of\s+[$€£\d]",
    re.IGNORECASE,
)
_OPERATIONS = (
    "plus|minus|times|multiplied by|divided by|multiply by|divide by|by|subtract|add|from|over|percent of|half of|"
    "thirds? of|quarters? of|fifths? of|tenths? of|twice of|double of|multiples? of|factors? of|root of|sum of|"
    "difference of|product of"
)
_OPERATOR_BEFORE = re.compile(
    r"\s*[$€£]?\s*(?:[+×·⋅*÷/^√]|[-−–](?:\s+[\d)%a-z]|[\d)])|x\s*\d|fo %|"
    rf"(?:{_backwards(_OPERATIONS)})\b)"
)
"""An operation, read from the number leftwards."""
_COEFFICIENT_AFTER = re.compile(
    r"(?:[a-wyzA-WYZπθ√](?![a-zA-Z])|[xX](?!\s*[\d$])(?![a-zA-Z])|[a-z]{2}(?![a-z])(?=\s*[=+²³^])|"
    r"\s?(?:π|pi\b|√|sqrt)|\()"
)
_COUNT_AFTER = re.compile(
    r"\s*(?:different |main |easy |easier |small |simple |separate |equal |other |more |whole |"
    r"big )*(?:steps?|things?|ways?|numbers?|parts?|pieces?|terms?|"
    r"sides?|operations?|factors?|moves?|methods?|ideas?|hints?|questions?|times|thing|unknowns?|"
    r"variables?|points?|decimal places?|"
    r"quantities|values|groups?|facts?|choices|options|cases|rules?|halves|equations?|"
    r"expressions?|brackets?|digits?|minutes? (?:left|ago))\b",
    re.IGNORECASE,
)
_LABELS = ("step", "problem", "question", "exercise", "method", "chapter", "section", "option", "hint")
_LABEL_ENDS = frozenset("".join(label[-1] + label[-1].upper() for label in _LABELS) + "#")
_LABEL_BEFORE = re.compile(rf"\b(?:{'|'.join(_LABELS)})\s*#?$", re.IGNORECASE)
_LINE_START = re.compile(r"(?:^|\n)\s*[(#*]*$")
_LIST_ITEM = re.compile(r"(?:^|\n)\s*[(#*]*\d{1,2}[.):]\s")
_APOSTROPHE = re.compile(r"(?<=[a-zA-Z])['’](?=[a-zA-Z])")
_LIST_AFTER = re.compile(r"[.):]\s+\S")

_OPERAND = (
    # "5x" and "5 x", but not the 5 and the article of "5 a day".
    r"(?:\d+(?:\.\d+)?(?:[a-zπ](?![a-zA-Z])|\s(?:[b-hj-zπ](?![a-zA-Z]))?)?"
    r"|(?<![a-zA-Z])[a-zπ](?![a-zA-Z])|\([^()\n]{1,30}\))(?:[²³⁴]|\^\d)?"
)
_EXPRESSION = re.compile(
    rf"(?<![\w.])[-−]?(?=(?:\d|[a-zπ](?![a-z])|\())"
    rf"{_OPERAND}(?:\s?[-+−–*·×/]\s?{_OPERAND}|(?=[(\d]){_OPERAND})*(?:\s?(?:<=?|>=?|≤|≥)\s?[-−]?{_OPERAND})?"
)
_FRACTION = re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}")
_BOX = re.compile(r"\\(?:boxed|text|mathrm)\{([^{}]*)\}")
_COMMANDS = {
    "\\times": "×",
    "\\cdot": "·",
    "\\div": "÷",
    "\\leq": "≤",
    "\\geq": "≥",
    "\\le": "≤",
    "\\ge": "≥",
    "\\pi": "π",
}
_FOLD = TO_ASCII_OPERATORS | str.maketrans(
    VULGAR_FRACTIONS
    | {raised: f"^{digit}" for raised, digit in zip("²³⁴", "234", strict=True)}
    | {"—": "-", "√": "sqrt", "≤": "<=", "≥": ">="}
    | dict.fromkeys(NARROW_SPACES, " ")
)
_EMPHASIS = re.compile(r"(?<![\w*)])(\*{1,3}|__)(?=\S)([^*\n]{1,200}?)(?<=\S)\1(?![\w*(])")
_STYLED = re.compile("[\u0660-\u0669\u06f0-\u06f9\uff01-\uff5e\U0001d400-\U0001d7ff]")
"""Arabic digits, full-width forms, mathematical alphabets."""
_PLAIN = {
    code: plain
    for code in range(0x0660, 0x1D800)
    if _STYLED.match(chr(code))
    and (plain := str(unicodedata.digit(chr(code), "")) or unicodedata.normalize("NFKC", chr(code))).isascii()
}
"""The same as ASCII."""
_SPACES_AND_SIGNS = re.compile(r"[\s*$€£\\{}\[\],_`]+")
_TIMES_X = re.compile(r"(?<=\d)\s*[xX]\s*(?=[$€£]?\d)")


@dataclass(eq=False)
class Quantity:
    """A number in a text and the part it plays there, which is read off `source` when somebody asks.

    Most numbers are dismissed by their value alone, and what stands around one costs ten times what the value does.
    Nobody changes one; to say so (`frozen`) would triple the cost of making it.
    """

    value: Fraction
    percent: bool
    start: int
    end: int
    text: str
    source: str = field(repr=False)

    @property
    def cued(self) -> bool:
        """Whether a result word or sign stands before it."""
        return _CUE_BEFORE.match(self._backwards) is not None

    @property
    def equated(self) -> bool:
        """Whether an equals sign stands before it."""
        return _EQUALS_BEFORE.match(self._backwards) is not None

    @property
    def operand(self) -> bool:
        """Whether something is done to it or with it."""
        return bool(_OPERATOR_AFTER.match(self.source, self.end)) or bool(_OPERATOR_BEFORE.match(self._backwards))

    @property
    def coefficient(self) -> bool:
        """Whether it is the 5 of "5x"."""
        return not self.percent and self.text[-1:].isdigit() and bool(_COEFFICIENT_AFTER.match(self.source, self.end))

    @property
    def counts(self) -> bool:
        """Whether it counts things said about the problem: "two steps"; nobody says ninety things about one."""
        return self.value <= _MANY and _COUNT_AFTER.match(self.source, self.end) is not None

    @property
    def _backwards(self) -> str:
        return backwards(self.source, self.start)


@dataclass(frozen=True)
class Equation:
    """`left = right` inside a text, sides folded to plain characters without spaces.

    `result` is the value of a bare right side.
    """

    left: str
    right: str
    start: int
    end: int
    text: str
    result: Fraction | None

    @property
    def key(self) -> str:
        """The same for the same equation however it is spaced and signed."""
        return f"{self.left}={self.right}"


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in order, each with the part it plays.

    Numbers of lists and labels ("2.", "step 3") are left out.
    """
    from canopy_assets.maths.numbers import numbers_in

    found = []
    # "8. What now?" is an answer; only several numbered lines make a list.
    listed = "\n" in text and len(_LIST_ITEM.findall(text)) > 1
    # The s of "it's −2" is no variable that 2 is taken from.
    for mention in numbers_in(_APOSTROPHE.sub("x", text) if "'" in text or "’" in text else text):
        value, start, end, written, percent = mention
        if _is_label(text, start) or (listed and _opens_item(text, start, end)):
            continue
        found.append(Quantity(value, percent, start, end, written, text))
    return tuple(found)


@lru_cache(maxsize=4096)
def equations(text: str) -> tuple[Equation, ...]:
    """The equations written out in a text, sides folded."""
    if "=" not in text:
        return ()
    from canopy_assets.maths.equations import equations_in

    plain = _TIMES_X.sub(lambda m: "×".center(len(m[0])), text)
    found = []
    for mention in equations_in(plain):
        right = fold(mention.right)
        found.append(
            Equation(
                fold(mention.left), right, mention.start, mention.end, text[mention.start : mention.end], _value(right)
            )
        )
    return tuple(found)


def equation_ending_at(reply: str, quantity: Quantity) -> Equation | None:
    """The equation whose right side is this number, if there is one."""
    return next((e for e in equations(reply) if e.end == quantity.end and e.result is not None), None)


def backwards(text: str, position: int) -> str:
    """What stands before a position in lower case, from right to left as far as a cue reaches."""
    return text[max(0, position - _REACH) : position][::-1].lower()


def expressions(text: str) -> list[tuple[int, int, str]]:
    """Expressions with a letter and a number that a result word introduces ("is 6x + 2"), and inequalities.

    Start, end and folded text.
    """
    found = []
    for match in _EXPRESSION.finditer(text):
        if not re.search(r"[a-zπ]", match[0]) or not any(c.isdigit() for c in match[0]):
            continue
        related = "<" in match[0] or ">" in match[0] or "≤" in match[0] or "≥" in match[0]
        if related or _CUE_BEFORE.match(backwards(text, match.start())):
            found.append((match.start(), match.end(), fold(match[0])))
    return found


def without_markup(text: str) -> str:
    """A text without emphasis, its digits and letters in ASCII, LaTeX fractions, boxes and signs as plain characters.

    Nothing is moved: positions stay those of the reply.
    """
    if not text.isascii() and _STYLED.search(text):
        text = text.translate(_PLAIN)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(lambda m: m[2].center(len(m[0])), text)
    if "\\" not in text:
        return text
    text = _FRACTION.sub(lambda m: f"{m[1]}/{m[2]}".ljust(len(m[0])), text)
    text = _BOX.sub(lambda m: m[1].center(len(m[0])), text)
    for command, sign in _COMMANDS.items():
        text = text.replace(command, sign.center(len(command)))
    return re.sub(r"\\[()\[\]]", "  ", text)


def fold(text: str) -> str:
    """Mathematics in plain lower-case characters without spaces, currency, commas and multiplication signs."""
    plain = (text if text.isascii() else text.translate(_FOLD)).lower()
    if "x" in plain:
        plain = _TIMES_X.sub("*", plain)
    return _SPACES_AND_SIGNS.sub("", plain.replace("**", "^"))


def _is_label(text: str, start: int) -> bool:
    """Whether what stands before a number makes it the number of something: "step 3"."""
    # Two plain comparisons turn nearly all away, at a tenth of the pattern's cost.
    last = text[max(0, start - 2) : start].rstrip()[-1:]
    if last and last not in _LABEL_ENDS:
        return False
    before = text[max(0, start - 16) : start]
    return before.rstrip().rstrip("#").rstrip().lower().endswith(_LABELS) and bool(_LABEL_BEFORE.search(before))


def _opens_item(text: str, start: int, end: int) -> bool:
    """Whether a number counts the item of a list that it opens."""
    before = text[max(0, start - 16) : start]
    return _LINE_START.search(before) is not None and _LIST_AFTER.match(text, end) is not None


def _value(folded: str) -> Fraction | None:
    try:
        return Fraction(folded.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        return None

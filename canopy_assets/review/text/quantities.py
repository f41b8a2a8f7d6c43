"""The numbers of a text with the part they play: result, operand, coefficient, or a mere count.

Values come from `maths.numbers_in`; this module reads the text around them. "= 12", "so that is 12" and "gives 12" are
results, the 3 in "3 × 4" is an operand, the 5 in "5x" a coefficient, the two in "two steps" a count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache


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
"""Words that are followed by a result."""
_FILLERS = (
    "us|you|me|it|a|an|the|total|grand|final|sum|product|difference|of|about|just|simply|only|actually|exactly|now|"
    "really|indeed|be|to be|also|at|positive|negative|equal to|left"
)
"""Words that may stand between a result and its word: "gives us a total of 12"."""
_CUE_BEFORE = re.compile(
    rf"""
    \s*[$€£]?[*_"“'‘(\[]*(?:\s*=\s*[a-z]\b)?[\s,:]*   # its currency, quotes and brackets, its unknown ("is x = 5")
    (?:\b(?:{_backwards(_FILLERS)})[\s,:]+)*
    (?:
      [=≈→⇒]
      |\b(?:dnif(?!\ ot(?![a-z]))|{_backwards(_CUES)})(?![a-z])   # "find 12", but not "to find 12"
    )
    """,
    re.VERBOSE,
)
"""A result word or sign, read leftwards from the number. A forward search would have to try every earlier position."""
_REACH = 48
"""Characters before a number in which its result word or operation is looked for."""
_MANY = 12
_EQUALS_BEFORE = re.compile(r"[-−]?\s*[$€£]?[*_(]*\s*[=≈]")
_OPERATOR_AFTER = re.compile(
    r"""
    \s*(?:
      [+×·⋅*÷^√²³⁴⁵ⁿˣ]
      |/(?!\s?[a-zA-Z]{2})                        # a fraction bar, but not that of "5/day"
      |[-−–]\s*(?=[\d$(a-z]\b|\d|\$)              # a minus sign, but no dash before a word
      |[xX]\s*(?=[\d$])
      |(?:plus|minus|times|multiplied\ by|divided\ by|percent\ of|per\ cent\ of|squared|cubed|to\ the\ power)\b
    )
    |\s?of\s+[$€£\d]                              # "half of 12"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OPERATIONS = (
    "plus|minus|times|multiplied by|divided by|multiply by|divide by|by|subtract|add|from|over|percent of|half of|"
    "thirds? of|quarters? of|fifths? of|tenths? of|twice of|double of|multiples? of|factors? of|root of|sum of|"
    "difference of|product of"
)
_OPERATOR_BEFORE = re.compile(
    rf"""
    \s*[$€£]?\s*(?:
      [+×·⋅*÷/^√]
      |[-−–](?:\s+[\d)%a-z]|[\d)])   # a minus sign that something stands before
      |x\s*\d
      |fo\ %
      |(?:{_backwards(_OPERATIONS)})\b
    )
    """,
    re.VERBOSE,
)
"""An operation, read from the number leftwards."""
_COEFFICIENT_AFTER = re.compile(
    r"""
    (?:
      [a-wyzA-WYZπθ√](?![a-zA-Z])
      |[xX](?!\s*[\d$])(?![a-zA-Z])               # x, where it isn't a multiplication sign
      |[a-z]{2}(?![a-z])(?=\s*[=+²³^])            # "3xy ="
      |\s?(?:π|pi\b|√|sqrt)
      |\(
    )
    """,
    re.VERBOSE,
)
_COUNT_AFTER = re.compile(
    r"""
    \s*(?:different\ |main\ |easy\ |easier\ |small\ |simple\ |separate\ |equal\ |other\ |more\ |whole\ |big\ )*
    (?:
      steps?|things?|ways?|numbers?|parts?|pieces?|terms?|sides?|operations?|factors?|moves?|methods?|ideas?|hints?
      |questions?|times|thing|unknowns?|variables?|points?|decimal\ places?|quantities|values|groups?|facts?|choices
      |options|cases|rules?|halves|equations?|expressions?|brackets?|digits?|minutes?\ (?:left|ago)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABELS = ("step", "problem", "question", "exercise", "method", "chapter", "section", "option", "hint")
_LABEL_ENDS = frozenset("".join(label[-1] + label[-1].upper() for label in _LABELS) + "#")
_LABEL_BEFORE = re.compile(rf"\b(?:{'|'.join(_LABELS)})\s*#?$", re.IGNORECASE)
_LINE_START = re.compile(r"(?:^|\n)\s*[(#*]*$")
_LIST_ITEM = re.compile(r"(?:^|\n)\s*[(#*]*\d{1,2}[.):]\s")
_BLANK_LINES = re.compile(r"\n\s*\n")
"""Of several blank lines one is left to `_LIST_ITEM`, whose cost grows with their square."""
_LIST_AFTER = re.compile(r"[.):]\s+\S")
_APOSTROPHE = re.compile(r"(?<=[a-zA-Z])['’](?=[a-zA-Z])")


@dataclass(eq=False)
class Quantity:
    """A number in a text and its role there, which is read from `source` on first use.

    Most numbers are dismissed by their value alone, and reading the text around one costs ten times as much. Instances
    are never changed, but `frozen` would triple the cost of making one.
    """

    value: Fraction
    percent: bool
    start: int
    end: int
    text: str
    source: str = field(repr=False)

    @property
    def cued(self) -> bool:
        """Whether a result word or sign comes before it."""
        return is_introduced(self.source, self.start)

    @property
    def equated(self) -> bool:
        """Whether an equals sign comes before it."""
        return _EQUALS_BEFORE.match(_read_backwards(self.source, self.start)) is not None

    @property
    def operand(self) -> bool:
        """Whether it takes part in an operation."""
        if _OPERATOR_AFTER.match(self.source, self.end):
            return True
        return _OPERATOR_BEFORE.match(_read_backwards(self.source, self.start)) is not None

    @property
    def coefficient(self) -> bool:
        """Whether it is the 5 of "5x"."""
        return not self.percent and self.text[-1:].isdigit() and bool(_COEFFICIENT_AFTER.match(self.source, self.end))

    @property
    def counts(self) -> bool:
        """Whether it counts things said about the problem: "two steps". Large numbers never do."""
        return self.value <= _MANY and _COUNT_AFTER.match(self.source, self.end) is not None


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in order, each with the part it plays.

    Numbers of lists and labels ("2.", "step 3") are left out.
    """
    from canopy_assets.maths.numbers import numbers_in

    found = []
    # "8. What now?" is an answer; only several numbered lines make a list.
    listed = "\n" in text and len(_LIST_ITEM.findall(_BLANK_LINES.sub("\n\n", text))) > 1
    # The s of "it's −2" is no variable that 2 is taken from.
    for mention in numbers_in(_APOSTROPHE.sub("x", text) if "'" in text or "’" in text else text):
        value, start, end, written, percent = mention
        if _is_label(text, start) or (listed and _opens_item(text, start, end)):
            continue
        found.append(Quantity(value, percent, start, end, written, text))
    return tuple(found)


def is_introduced(text: str, position: int) -> bool:
    """Whether a result word or sign ("= ", "gives us ", "so it's ") ends at a position."""
    return _CUE_BEFORE.match(_read_backwards(text, position)) is not None


def _read_backwards(text: str, position: int) -> str:
    """The text before a position in lower case, from right to left, as far as a result word can reach."""
    return text[max(0, position - _REACH) : position][::-1].lower()


def _is_label(text: str, start: int) -> bool:
    """Whether the text before a number makes it a label: "step 3"."""
    # Two plain comparisons reject nearly all numbers, at a tenth of the pattern's cost.
    last = text[max(0, start - 2) : start].rstrip()[-1:]
    if last and last not in _LABEL_ENDS:
        return False
    before = text[max(0, start - 16) : start]
    return before.rstrip().rstrip("#").rstrip().lower().endswith(_LABELS) and bool(_LABEL_BEFORE.search(before))


def _opens_item(text: str, start: int, end: int) -> bool:
    """Whether a number counts the item of a list that it opens."""
    before = text[max(0, start - 16) : start]
    return _LINE_START.search(before) is not None and _LIST_AFTER.match(text, end) is not None

"""How problems are worded: task verbs, shared instructions ("Solve each equation:") and lettered parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from canopy_assets.curriculum.inert import title_words
from canopy_assets.curriculum.instructions import sets_known_task
from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.seeds.exercises.prose.sheet import without_number

MAX_INSTRUCTION_CHARACTERS = 150

_NUMBERS_SEARCHED = 500
"""In characters: how much of a text is searched for number words."""

_VERBS = r"""
    (?:
        # what to do
        solve|factori[sz]e|factor|simplify|evaluate|find|compute|calculate|differentiate|determine|expand|work\s+out
      | reduce|convert|express|write|add|subtract|multiply|divide|estimate|rewrite|combine|graph|sketch|show|prove|state
      | use|complete|round|order|integrate|increase|decrease|rearrange|approximate|list|identify
        # what is asked
      | what|how\s+(?:many|much|far|long|old|fast|tall|often)|which
        # what is given
      | given|let|if|suppose
    )\b
"""
"""For `re.VERBOSE`."""

_TASK_VERB = re.compile(_VERBS, re.IGNORECASE | re.VERBOSE)
_TASK_START = re.compile(rf"(?:please\s+|now\s+|then\s+|first,?\s+)?{_VERBS}", re.IGNORECASE | re.VERBOSE)
_SHARED = re.compile(r"\b(?:each|every|all|following|below|these|both)\b", re.IGNORECASE)
_LIST_OF = re.compile(
    r"""
    \s*\b(?:of\s+)?
    (?:
        (?:each|every|all|both)(?:\s+(?:one\s+)?of)?(?:\s+(?:the|these))?(?:\s+following)?     # "each of the following"
      | (?:the|these)\s+following
      | these
      | the(?!\s+(?:number|sum|product|calculation)\b)             # "the product" is asked for
    )
    (?:\s+(?:two|three|four|five|six|linear|quadratic|given|below|rational|simple))*
    \s+
    (?:
        equations?|inequalit(?:y|ies)|expressions?|problems?|systems?(?:\s+of\s+equations)?|exercises?|questions?|items?
      | numbers?|polynomials?|trinomials?|fractions?|ones|calculations?|limits|integrals
      | (?:sum|difference|product|quotient)s?(?:\s*(?:,|,?\s*or|,?\s*and)\s*(?:sum|difference|product|quotient)s?){0,3}
    )
    (?:\s+below)?""",
    re.IGNORECASE | re.VERBOSE,
)
_VARIABLE_SHOWN = re.compile(
    r"""
    \s*\bwith\s+respect\s+to\s+(?:the|its|their)\s+(?:given\s+|indicated\s+)?variable
    (?:\s+(?:shown|given|indicated))?""",
    re.IGNORECASE | re.VERBOSE,
)
_PLURAL = re.compile(
    r"\bthe\s+(?:following\s+)?(derivative|mean|median|mode|range|slope|determinant|discriminant)s$", re.IGNORECASE
)
_EACH = re.compile(r"\s*\b(?:each|every|all|both|these|the\s+following)(?:\s+one)?$", re.IGNORECASE)
_OF_EACH = re.compile(
    r"""
    (?<!each\ )(?<!every\ )(?<!all\ )(?<!both\ )                # not the "of" of "each of"
    \b(of|through|between)\s+
    (?:each|every|all|both|the|these)\b(?:\s+of)?(?:\s+the|\s+these)?(?:\s+following)?
    (?:\s+(?:pairs?\s+of|sets?\s+of|two|given|simple|linear|quadratic))*
    (?:                                                         # only what the items themselves show
        \s+
        (?:
            functions?|expressions?|equations?|numbers?|polynomials?|points?|vectors?|matrix|matrices|values|scores
          | data|sets?|lists?|pairs?|fractions?|logarithms?|powers?
        )\b
    )?""",
    re.IGNORECASE | re.VERBOSE,
)
_MATHS = re.compile(
    r"""
    [=<>≤≥]                                                     # a relation
  | [\d)a-z²³][\s]*[+−*/×÷·^][\s]*[\d(a-z√]                     # an operation
  | \d\s*%                                                      # a percentage
  | √
  | \b\d*[a-z][²³⁴]                                             # a power
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MATHS_WORDS = {"sin", "cos", "tan", "log", "sqrt", "det", "lim", "and"}

_EVALUATE_AT = re.compile(
    r"""
    (?:evaluate|find\s+the\s+value\s+of|calculate|compute)(?:\s+(?:each|every|all|the|these|following|expressions?|one|of))*
    \s+(?:if|when|for|given(?:\s+that)?|at)\s+
    (?P<values>[a-z]\s*=\s*[−-]?\d+(?:[./]\d+)?(?:\s*(?:,|and|,\s*and)\s*[a-z]\s*=\s*[−-]?\d+(?:[./]\d+)?)*)\s*[.:]?""",
    re.IGNORECASE | re.VERBOSE,
)
"""An instruction with the values of variables: "Evaluate each expression if x = 4 and y = −1."."""
_BY_NAME = re.compile(r"\b(?:by|Mr|Mrs|Ms|Dr|Miss)\.?\s+(?:(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+)?[A-Z]\w+")
_REQUEST = re.compile(
    rf"""
    {_VERBS}
  | (?:give|make|draw|plot|decide|explain|match|sort|choose|tick|circle|guess|describe|compare|discuss|tell|say|try
      | check|identify|name|list|label|mark|fill|copy|correct|justify|verify|classify|create|invent|leave|do|don't
      | are|is|can|does|true|false|when|where|why|who)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STEP_START = re.compile(
    r"(?:then|first|now|next|add|subtract|multiply|divide|use|combine|reduce|write|rewrite|expand|express|let|given|if|show)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"(?:given|let|if|suppose|consider|for|in)\b", re.IGNORECASE)
_PART = re.compile(r"(?:(?<=\s)|^)\(?([a-h]|ii?i?|iv|vi{0,3}|ix|\d{1,2})[.)]\s+(?=\S)")
_LACKS_POWER = re.compile(r"(?:^|[^A-Za-z])[a-z]\)?$")
"""The end of a statement, "g(x) = x", behind which a number that stands alone may be its exponent."""


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_SUPPOSES = re.compile(
    r"(?:let|given|suppose|consider|define|assume|(?:for|take|use)\s+(?:the|these|this))\b|in\s+what\s+follows",
    re.IGNORECASE,
)
_VALUE_OF_PI = re.compile(
    r"(?:use|take|let)\s+(?:(?:π|pi)\s*(?:=|≈|as|for)\s*[\d./]+|[\d./]+\s+(?:for|as)\s+(?:\w+\s+){0,4}(?:π|pi))\W*",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\b([A-Za-z])\s*(?:\([a-z]\)\s*)?=|\b([A-Z])\s*(?=\(\s*[−-]?\d)")
"""What a premise gives a name to: "f(x) = x²", "a = 3", "A(2, 3)"."""


class Part(NamedTuple):
    """A lettered or numbered part of a text: "(a) 2x = 8" has the name "a"."""

    name: str
    text: str


def has_quantities(text: str) -> bool:
    """Whether there is something to compute with: a number, in figures or in words, or mathematics."""
    return has_figures(text) or bool(numbers_in(text[:_NUMBERS_SEARCHED]))


def has_figures(text: str) -> bool:
    """Whether a text has a figure or mathematics.

    An equation that could not be read counts: what is said of it later is that, not that there is no figure.
    """
    return bool(re.search(rf"[\d½⅓⅔¼¾√π{UNREADABLE}]", text) or _MATHS.search(text))


def starts_like_task(text: str) -> bool:
    """Whether a text begins as problems do ("Solve …", "What is …")."""
    return _TASK_START.match(text) is not None


def is_task(text: str) -> bool:
    """Whether a text is a problem by its wording: it begins like one or asks something, and has figures.

    Number words are not enough here: "Say first what counts as one outcome" is not a problem.
    """
    return has_figures(text) and (starts_like_task(text) or text.rstrip().endswith("?"))


def poses(text: str) -> bool:
    """Whether a text has something to compute with, and one of its sentences asks or orders something."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return has_figures(text) and any(starts_like_task(s) or s.endswith("?") for s in sentences)


def asks(text: str) -> bool:
    """Whether a numbered text is a problem and no step of a solution, as "Divide both sides by 2" is."""
    return text.rstrip().endswith("?") or (is_task(text) and starts_like_task(text) and not _STEP_START.match(text))


def orders(text: str) -> bool:
    """Whether a numbered text is an order with something to compute, and no step: "Solve 2x = 6"."""
    return asks(text) and starts_like_task(text) and not text.rstrip().endswith("?")


def asks_itself(title: str) -> bool:
    """Whether a heading is a problem ("Solve 3x + 2 = 14"), and does not speak of those below it."""
    return is_task(title) and starts_like_task(title) and not (title.endswith(":") or _SHARED.search(title))


def is_bare_mathematics(text: str) -> bool:
    """Whether a text is nothing but mathematics ("5x − 9 = 16", "15% of 80")."""
    words = re.findall(r"[A-Za-z]{3,}", text)
    return has_quantities(text) and all(w.lower() in _MATHS_WORDS for w in words)


def is_instruction(text: str) -> bool:
    """Whether a text announces several problems ("Solve for x:", "Factor each expression.", "Evaluate if x = 2.")."""
    text = text.strip()
    if _EVALUATE_AT.fullmatch(text):
        return True
    if len(text) > MAX_INSTRUCTION_CHARACTERS or not _TASK_VERB.match(text):
        return False
    return (text.endswith(":") or bool(_SHARED.search(text))) and "=" not in text and not text.endswith("?")


def is_order(text: str) -> bool:
    """Whether a text says what to do in each item below it, also without saying so: "Solve.", "Solve for x:"."""
    return is_instruction(text) or (sets_list(text) and sets_known_task(text.strip().rstrip(" .:")))


def with_instruction(instruction: str, item: str) -> tuple[str, ...]:
    """The ways in which a list item under a shared instruction can be read, the likeliest first.

    The instruction is a part of each reading, unless it says no more than the item itself does.
    """
    bare = instruction.strip().rstrip(":.").strip()
    at = _EVALUATE_AT.fullmatch(instruction.strip())
    if at:
        return (f"Evaluate {item} for {at['values']}",)
    alone = (item,) if says_no_task(bare) or (is_task(item) and sets_known_task(bare)) else ()
    if is_task(item):
        return (*alone, f"{instruction} {item}")
    colon = "" if bare.endswith("?") else ":"
    # "Find the derivative of each function" becomes "Find the derivative of".
    own = _EACH.sub("", _LIST_OF.sub("", _OF_EACH.sub(r"\1", _VARIABLE_SHOWN.sub("", bare))))
    own = _PLURAL.sub(r"the \1 of", " ".join(own.split()).strip(" ,"))
    return tuple(dict.fromkeys([f"{own} {item}".strip(), f"{own}: {item}", f"{bare}{colon} {item}", *alone]))


def says_no_task(title: str) -> bool:
    """Whether a heading or a line above a list leaves open what to do: "Practice 3: linear equations"."""
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", _BY_NAME.sub(" ", without_number(title)))
    return all(word in title_words() or word.lower() in title_words() for word in words)


def may_set_task(line: str) -> bool:
    """Whether a line above a list reads as its instruction: a request, a question, or an announcement."""
    line = line.strip()
    return line.endswith((":", "?")) or bool(_REQUEST.match(line) or _SHARED.search(line))


def lacks_power(statement: str) -> bool:
    """Whether a number that stands alone below a statement may be its exponent: "g(x) = x"."""
    return _LACKS_POWER.search(statement) is not None


def is_premise(text: str) -> bool:
    """Whether a text only describes what lettered parts below it ask about: "Let f(x) = x² − 4."."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    asks = any(s.endswith("?") or (_REQUEST.match(s) and not _GIVEN.match(s)) for s in sentences)
    return has_quantities(text) and not asks


def told_in(text: str) -> str:
    """The first sentence of a lettered part that tells something: "A fourth score is added. Find the mean."."""
    for sentence in re.split(r"(?<=[.!?;])\s+", text.strip()):
        tells = not _REQUEST.match(sentence) or _SUPPOSES.match(sentence)
        if tells and sentence.endswith((".", "!")) and len(re.findall(r"[^\W\d_]{2,}", sentence)) > 2:
            return sentence
    return ""


def refers_to(text: str, premise: str) -> bool:
    """Whether a problem speaks of something that a premise above it names: "Find f(2)" below "Let f(x) = 3x − 4."."""
    return any(re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z])", text) for name in _names(premise))


def is_supposition(text: str) -> bool:
    """Whether a text gives a name to something for the problems below it: "Let f(x) = 3x − 4."."""
    names = _SUPPOSES.match(text) is not None and bool(_names(text)) and is_premise(text)
    return names or is_value_of_pi(text)


def is_value_of_pi(text: str) -> bool:
    """Whether a text says with which value of π to work: "Use π = 3.14.", "Take 22/7 for π."."""
    return _VALUE_OF_PI.fullmatch(text.strip()) is not None


def split_order(text: str) -> tuple[str, str] | None:
    """A text whose last sentence is an order for the items below it: ("Let g(x) = 2x² + 1.", "Find:")."""
    premise, _, order = text.strip().rpartition(". ")
    if not premise or has_quantities(order) or not (order.endswith(":") or sets_list(order)):
        return None
    return (f"{premise}.", order) if is_premise(f"{premise}.") else None


def sets_list(text: str) -> bool:
    """Whether a text is about the items below it: an instruction, or a question without anything to compute with."""
    return is_instruction(text) or (may_set_task(text) and not has_quantities(text))


def split_parts(text: str) -> tuple[str, list[Part]]:
    """The text before the first "(a)" or "1.", and the parts after it; no parts unless two or more are in sequence."""
    marks = list(_PART.finditer(text))
    names = [m[1] for m in marks]
    in_sequence = names[:1] in (["a"], ["1"], ["i"]) and all(follows(a, b) for a, b in pairwise(names))
    if len(marks) < 2 or not in_sequence:
        return text, []
    return text[: marks[0].start()].strip(), _parts(text, marks)


def key_entries(text: str) -> list[Part]:
    """The entries of an answer key on one line: "1. x = 5  4) 12" has "x = 5" for 1 and "12" for 4."""
    return _parts(text, list(_PART.finditer(text)))


def is_fragment(text: str) -> bool:
    """Whether a paragraph is a piece of a formula and no more ("2x²", "x")."""
    piece = is_bare_mathematics(text) and not re.search(r"[=<>≤≥?]", text)
    return (len(text) <= 15 and piece) or re.fullmatch(r"[A-Za-z]|[−+×·÷=^²³√π∞-]", text) is not None


def is_complete(statement: str) -> bool:
    """Whether a statement needs no more mathematics: "Solve 2x = 6", but not "Simplify" or "Evaluate for x = 2:"."""
    return has_quantities(statement) and re.search(r"[\d)\]%.?!²³]$|\b[a-z]$", statement) is not None


def is_later(before: str | None, marker: str | None) -> bool:
    """Whether a number is greater than another one, as where the problems between them were left out."""
    return bool(before and marker and before.isdigit() and marker.isdigit() and int(marker) > int(before))


def follows(before: str | None, marker: str | None) -> bool:
    """Whether a marker is the next one in sequence: "3" after "2", "b" after "a"."""
    if not before or not marker or len(marker) > 3 or len(before) > 3:
        return False
    if before.isdigit() and marker.isdigit():
        return int(marker) == int(before) + 1
    if before in _ROMAN and marker in _ROMAN and _ROMAN.index(marker) == _ROMAN.index(before) + 1:
        return True
    return len(before) == len(marker) == 1 and ord(marker) == ord(before) + 1


def _parts(text: str, marks: Sequence[re.Match[str]]) -> list[Part]:
    """The text after each mark, up to the next one."""
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return [Part(m[1], text[m.end() : end].strip(" ,;")) for m, end in zip(marks, ends, strict=False)]


def _names(text: str) -> set[str]:
    return {a or b for a, b in _NAMES.findall(text)}

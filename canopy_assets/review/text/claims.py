"""The results that one student turn states, and how firmly each is stated as the final one.

"60 − 6 = 54" states a result, "so 54 are left" draws it as a conclusion, "the answer is 54" calls it the final one.
"If there were 54", "why 54?" and "to get to 54" state nothing. `standing` follows the claims from turn to turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from canopy_assets.review.text.clauses import Clause, clause_at
from canopy_assets.review.text.equations import equation_ending_at
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import Quantity, quantities
from canopy_assets.review.text.results import results_of
from canopy_assets.review.text.sentences import sentence_spans
from canopy_assets.review.text.units import counts_others, in_other_unit
from canopy_assets.review.text.words import content_words

_SO_IT_IS = re.compile(
    r"""
    \b(?:
      answer(?:\s+is|:|\s*=)?|so|therefore|thus|hence
      |(?:(?:so|then)[\s,]+)?(?:it['’]?s|it\ is|that['’]?s|that\ (?:is|makes))
    )
    [\s,]*(?:just\ |only\ )?[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Up to a number: it is concluded. Without "then", which also counts steps: "first 27, then 10"."""
_OF_UNKNOWN = re.compile(r"(?:\d[a-z]|[a-z]\s?[-−+*/^·×²³]\s?[\w(]*|[ⁿˣ²³])\s*=\s*[-−$€£]*$", re.IGNORECASE)
"""Up to a number: the left side is an expression with an unknown, as in "5x = 25". Nothing is found yet."""
_REACH = 72
"""Characters before a number in which the words that call it a result are looked for."""
_CALLED_FINAL = re.compile(
    r"""
    (?:
      # "My answer is", "the final result would be", "answer:".
      \b(?:answer|solution|final\ (?:result|total|amount|number|value|one)|my\ (?:result|guess|total|number))\b
        [^.?!\d]{0,40}?(?:\b(?:is|was|be|becomes|to|as|of)|['’]s|[:=])
      |\banswer
      # "I'd say", "I'm going with", "I'll stick with": a decision.
      |\bi(?:['’](?:ll|d|m)|\ will|\ would|\ am)?\ (?:\w+ly\ |still\ |now\ )?
        (?:say|guess|answer|go(?:ing)?\ (?:with|for)|stick(?:ing)?\ (?:with|to)|pick|choose|bet|suppose|reckon)
        (?:\ on)?(?:\ (?:that\ )?it['’]?s|\ (?:that\ )?it\ is)?
      # "I think it's", "I believe that there are".
      |\bi\ (?:\w+\ )?(?:think|believe|guess|bet|suppose|reckon|feel|mean|meant)\ (?:that\ )?
        (?:(?:it|there|that|the\ \w+|she|he|they)(?:['’]s|\ (?:is|are|was|were|must\ be|should\ be|would\ be)))?
      |\b(?:it|the\ \w+|there)\ (?:must|should|has\ to|have\ to|ought\ to|needs\ to)\ be
      # "Is it", "could it be": a proposal.
      |\b(?:is|isn['’]t|would|wouldn['’]t|could|should|shouldn['’]t|must|can)\ (?:it|that|the\ \w+)(?:\ \w+ly)?(?:\ be)?
      |\b(?:how|what)\ about
    )
    (?:\ (?:just|only|about|around|actually|really|simply|maybe|probably|equal\ to|now|then))*
    [\s,:*_"“'‘(]*[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_IS_FINAL = re.compile(
    r"""
    (?:\s\w+){0,2}\s(?:is|was|would\ be|as|for|must\ be)\s(?:\w+ly\s|still\s)?(?:
      (?:(?:my|the|our|final|right|correct)\s){1,3}(?:answer|solution|result|total)
      |right|correct
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "54 is my answer"."""
_DRAWS = re.compile(
    r"""
    \W*(?:(?:and|ok|okay|well|oh|yes|no|hmm|ah|right)\b[\s,]*){0,2}
    (?:so|then|(?:that|which|this)\ (?:means|makes|gives|leaves)|that['’]s|it['’]s)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""At the beginning of a clause: it draws a conclusion."""
_SUMS_UP = re.compile(
    r"""
    \W*(?:(?:and|but|so|ok|okay|well|oh|yes|no|hmm|ah|right)\b[\s,]*){0,2}
    (?:
      therefore|thus|hence|finally|altogether|overall|in\ (?:total|all|the\ end)
      |(?:so|then|now|and)\ (?:now\ )?(?:i|we)\ (?:get|have|got|find|found|end\ up\ with|come\ to)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""At the beginning of a clause: it draws the last conclusion."""
_REVISES = re.compile(
    r"""
    (?:^|[.!?]\s)\W*no\b
    |\b(?:oh|ah|oops|whoops|wait|actually|sorry|my\ (?:bad|mistake)|i\ see|got\ it|i\ get\ it|again|new\ try|this\ time
      |once\ more|fix|instead|correction|should(?:\ not|n['’]t)?\ have|forgot|now\ i
      |re-?(?:do|did|done|check(?:ed)?|count(?:ed)?|calculated?|computed?|think|thought))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words with which a student takes up a result again to change it."""
_BECAUSE = re.compile(r"\W*(?:because|check|checking)\b", re.IGNORECASE)
_EXPLAINS = re.compile(r"\W*(?:since|as|for|when|where|if|after|before|from)\b", re.IGNORECASE)
"""At the beginning of a clause: its numbers are reasons, unless the main clause follows without a comma."""
_WHY = re.compile(
    r"\W*(?:(?:but|so|and|then|ok|okay|wait)\b[\s,]*)*(?:why|how\b(?!\ about)|where|when|who|which)\b", re.IGNORECASE
)
"""At the beginning of a question: it asks about a number without offering it."""
_SETS = re.compile(r"\b(?:at|for|when|where|with|if|put|let|set|take|try|from)\s+$", re.IGNORECASE)
"""Up to an unknown: it is only set to a value, as in "at x = 2 it is 4"."""
_UNREAL = re.compile(r"\b(?:were|was|would|could|had|suppose|imagine|pretend)\b", re.IGNORECASE)
_THEN = re.compile(r"\bthen\b", re.IGNORECASE)
_PAST = re.compile(
    r"""
    \b(?:at\ first|initially|originally|earlier|previously|used\ to|the\ first\ time|said\ before
      |my\ (?:first|old|earlier|previous|original)\ (?:answer|result|guess|try|number|total)
      |had\ (?:said|thought|written|got))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MINE = re.compile(r"\b(?:i|my|we|our)\b", re.IGNORECASE)
_AIMS = re.compile(
    r"""
    \b(?:need|want|require|take|miss|lack|short|more|another)\w*\b[^.?!]*\d[^.?!]*
    \ to\ (?:have|get|get\ to|make|make\ up|reach|come\ to|end\ up\ with)
    (?:\ (?:a|an|the|exactly|all|up\ to|grand|total|sum|of))*\ [$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Up to a number that is only aimed at: "8 more to have a total of 49"."""
_OTHER_OPTION = r"\s+or\s+(?:is\ it\s+|maybe\s+|perhaps\s+|it['’]?s\s+|even\s+|rather\s+|was\ it\s+)*[$€£]?$"
_OR_BEFORE = re.compile(_OTHER_OPTION, re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:friend|brother|sister|mom|mum|dad|teacher|book|calculator|everyone|someone)\b", re.IGNORECASE
)
_FOR_OTHERS = re.compile(r"\bsays?\b|\bsaid\b|\bgot\b|\bgets\b|\bthinks?\b", re.IGNORECASE)
_SHARE = 0.5
"""With at least this share of the question's words in its clause, a result answers the question."""


class Firmness(IntEnum):
    """How firmly a result is stated as the final one."""

    OTHER_UNIT = 0
    PART = 1
    """The answer to a question about a part, or a number of other things than those asked for."""
    STATED = 2
    DRAWN = 3
    """In a clause that draws a conclusion, which may be one on the way."""
    CONCLUDED = 4
    """In the words of the question, after "so it's" or "altogether"."""
    REVISED = 5
    """Likewise, after words of correction: "oh, I see"."""
    CALLED_FINAL = 6


class Claim(NamedTuple):
    """A result in a student turn: its value, start and sentence in the turn, and its firmness.

    `reason`: it only supports another result ("because 60 − 6 = 54"). `past`: it is remembered ("at first I had 54").
    """

    value: Fraction
    start: int
    sentence: int
    firmness: Firmness
    reason: bool
    past: bool


class Asked(NamedTuple):
    """What a turn may answer: the problem's question and, where the tutor has just asked something else, that question.

    `target`, `part` and `story`, the problem's other words, are stems; `problem` is its statement.
    """

    problem: str
    target: frozenset[str]
    part: frozenset[str]
    story: frozenset[str]


def claims_of(turn: str, asked: Asked) -> list[Claim]:
    """The results of a turn with their firmness. Numbers that are supposed, asked about or aimed at are left out."""
    results = results_of(turn, asked.problem)
    undecided = _undecided(turn, results)
    found = []
    for quantity in results:
        clause = clause_at(turn, quantity.start)
        start, end = sentence_spans(turn)[clause.sentence] if clause.text else (0, 0)
        if (
            quantity.start in undecided
            or _is_hypothetical(turn, quantity, clause)
            or _is_copied(turn[start:end], asked)
        ):
            continue
        firmness = _firmness(turn, quantity, clause, asked)
        reason = firmness < Firmness.CALLED_FINAL and _is_reason(turn, clause, quantity)
        past = bool(_PAST.search(clause.text) and _MINE.search(clause.text))
        found.append(Claim(quantity.value, quantity.start, clause.sentence, firmness, reason, past))
    return found


def _undecided(turn: str, results: Sequence[Quantity]) -> frozenset[int]:
    """Where results start of which the student offers several: "54 or 60?"."""
    found: set[int] = set()
    for first, second in pairwise(results):
        between = turn[first.end : second.start]
        if first.value != second.value and len(between) < 40 and _OR_BEFORE.search(between) and "=" not in between:
            found |= {first.start, second.start}
    return frozenset(found)


def _is_copied(sentence: str, asked: Asked) -> bool:
    """Whether a sentence is one of the problem."""
    return len(sentence) > 12 and fold(sentence).rstrip(".!?") in fold(asked.problem)


def _is_hypothetical(turn: str, quantity: Quantity, clause: Clause) -> bool:
    """Whether a number is supposed, asked about ("why 54?") or only aimed at ("to get to 54")."""
    if clause.mood == "asks" and _WHY.match(clause.text):
        return True
    before = turn[clause.start : quantity.start]
    # "If each costs $4 then it will cost 4 × 4 = $16" works something out; "if it were 54" doesn't.
    follows = quantity.equated or _THEN.search(before) or ("," in before and not _UNREAL.search(clause.text))
    if clause.mood == "supposes" and not follows:
        return True
    return _AIMS.search(turn[max(clause.start, quantity.start - _REACH) : quantity.start]) is not None


def _firmness(turn: str, quantity: Quantity, clause: Clause, asked: Asked) -> Firmness:
    """How firmly a result is stated as the final one."""
    before = turn[max(_sentence_start(turn, clause), quantity.start - _REACH) : quantity.start]
    attributed = bool(_OTHERS.search(before) and _FOR_OTHERS.search(before))
    if attributed:
        return Firmness.STATED
    if _CALLED_FINAL.search(before) or _IS_FINAL.match(turn, quantity.end):
        return Firmness.CALLED_FINAL
    words = content_words(clause.text)
    mine, other = words & (asked.target - asked.part), words & (asked.part - asked.target)
    revises = _REVISES.search(turn[: quantity.start]) is not None
    if in_other_unit(turn, quantity, asked.problem):
        return Firmness.OTHER_UNIT
    spelled = quantity.text.isalpha() and not quantity.cued
    of_part = (bool(asked.part) and len(other) > len(mine)) or counts_others(turn, quantity, asked.problem)
    if spelled or _OF_UNKNOWN.search(before) or (of_part and not revises):
        return Firmness.PART
    bare = _is_line(turn, quantity)
    if bare:
        return Firmness.STATED if asked.part else Firmness.CALLED_FINAL
    equation = equation_ending_at(turn, quantity)
    if equation is not None and _is_unknown(equation.left, asked.problem) and not _SETS.search(turn[: equation.start]):
        return Firmness.CALLED_FINAL
    answers = len(words & asked.target) >= max(min(2, len(asked.target) - 1), 1, _SHARE * len(asked.target))
    if len(words & asked.story) > max(1, len(words & asked.target)) and not revises:
        # "So the two tables cost $54" where the question is about the whole bill.
        return Firmness.STATED
    if revises:
        return Firmness.REVISED
    if answers or _SO_IT_IS.search(before) or _SUMS_UP.match(clause.text):
        return Firmness.CONCLUDED
    return Firmness.DRAWN if _DRAWS.match(clause.text) else Firmness.STATED


def _is_unknown(left: str, problem: str) -> bool:
    """Whether the left side of an equation is an unknown of the problem, not one that the student has introduced."""
    return len(left) == 1 and left.isalpha() and bool(re.search(rf"(?<![a-zA-Z]){left}(?![a-zA-Z])", problem))


def _is_reason(turn: str, clause: Clause, quantity: Quantity) -> bool:
    """Whether a clause only supports another one: "because 60 − 6 = 54", "since 60 − 6 = 54, ...".

    It explains the value itself where its sentence begins with it: "54 are left because 60 − 6 = 54".
    """
    because = _BECAUSE.match(clause.text) is not None
    explains = _EXPLAINS.match(clause.text) is not None and "," not in turn[clause.start : quantity.start]
    if not because and not explains:
        return False
    start = _sentence_start(turn, clause)
    if any(q.value == quantity.value for q in quantities(turn) if start <= q.start < clause.start):
        return False
    if because:
        return True
    return clause.start > start or clause.text.rstrip().endswith(",")


def _sentence_start(turn: str, clause: Clause) -> int:
    return sentence_spans(turn)[clause.sentence][0] if turn else 0


def _is_line(turn: str, quantity: Quantity) -> bool:
    """Whether a number with its unit is a whole line of the turn: "180", "$18!", "so 12 eggs"."""
    start, end = turn.rfind("\n", 0, quantity.start) + 1, turn.find("\n", quantity.end)
    rest = turn[start : quantity.start] + turn[quantity.end : end if end >= 0 else len(turn)]
    return not any(c.isdigit() or c == "=" for c in rest) and len(re.findall(r"[a-zA-Z]{2,}", rest)) <= 1

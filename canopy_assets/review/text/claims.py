"""The results that one student turn states, and how firmly each is stated as the final one.

"60 − 6 = 54" states a result, "so 54 are left" draws it as a conclusion, "the answer is 54" calls it the final one.
"If there were 54", "why 54?" and "to get to 54" state nothing. `standing` follows the claims from turn to turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from canopy_assets.review.text.clauses import Clause, clause_at
from canopy_assets.review.text.equations import equation_ending_at, equations
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import Quantity, quantities
from canopy_assets.review.text.sentences import sentence_spans
from canopy_assets.review.text.units import counts_others, in_other_unit
from canopy_assets.review.text.words import content_words

_CONCLUDES = re.compile(
    r"""
    \b(?:
      answer(?:\s+is|:|\s*=)?
      # "So", "so it's", "then x =".
      |(?:so|then|therefore|thus|hence)[\s,]+(?:it['’]?s|it\ is|that['’]?s|that\ is|that\ makes|[a-z]\s*=)?
      |it['’]s|it\ is|that\ makes
    )
    \s*(?:just\ |only\ )?[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
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
_SHORT_TURN = 3
"""Words next to the number in a sentence that is only an answer ("It's 18 dollars")."""
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


@lru_cache(maxsize=2048)
def given_values(problem: str) -> frozenset[Fraction]:
    """The numbers of a problem."""
    return frozenset(q.value for q in quantities(problem))


def results_of(turn: str, problem: str) -> list[Quantity]:
    """The results that a student turn states, in order. Numbers that only restate the problem do not count."""
    stated, given, folded = _given(problem)
    restated = [(e.start, e.end) for e in equations(turn) if e.key in stated]

    def is_result(q: Quantity) -> bool:
        if (
            q.coefficient
            or (q.counts and not q.equated)
            or (q.operand and not q.equated)
            or any(s <= q.start < e for s, e in restated)
        ):
            return False
        if q.value not in given:
            # If the problem does not give a number, the student has worked it out.
            return True
        return (q.cued or _alone(turn, q)) and not quotes(turn, q, folded)

    return [q for q in quantities(turn) if is_result(q)]


def final_results(turn: str, results: Sequence[Quantity]) -> list[Fraction]:
    """The final results of a student turn: those that a conclusion introduces ("so 12"), and the last one."""
    concluded = [q.value for q in results if _CONCLUDES.search(turn[max(0, q.start - 32) : q.start])]
    return concluded + [q.value for q in results[-1:]]


def claims_of(turn: str, asked: Asked) -> list[Claim]:
    """The results of a turn with their firmness. Numbers that are supposed, asked about or aimed at are left out."""
    results = results_of(turn, asked.problem)
    undecided = _undecided(turn, results)
    found = []
    for quantity in results:
        clause = clause_at(turn, quantity.start)
        if quantity.start in undecided or _is_hypothetical(turn, quantity, clause):
            continue
        firmness = _firmness(turn, quantity, clause, asked)
        reason = firmness < Firmness.CALLED_FINAL and _is_reason(turn, clause, quantity)
        past = bool(_PAST.search(clause.text) and _MINE.search(clause.text))
        found.append(Claim(quantity.value, quantity.start, clause.sentence, firmness, reason, past))
    return found


def quotes(turn: str, quantity: Quantity, said: str) -> bool:
    """Whether the words around a number repeat what was said before (folded).

    A student who copies the problem claims nothing, and a tutor who repeats the student gives nothing away.
    """
    near = fold(turn[max(0, quantity.start - 24) : quantity.end])
    return len(near) > 12 and near[-16:] in said


@lru_cache(maxsize=2048)
def _given(problem: str) -> tuple[frozenset[str], frozenset[Fraction], str]:
    """A problem's equations by key, its numbers, and its text folded."""
    return frozenset(e.key for e in equations(problem)), given_values(problem), fold(problem)


def _undecided(turn: str, results: Sequence[Quantity]) -> frozenset[int]:
    """Where results start of which the student offers several: "54 or 60?"."""
    found: set[int] = set()
    for first, second in pairwise(results):
        between = turn[first.end : second.start]
        if first.value != second.value and len(between) < 40 and _OR_BEFORE.search(between) and "=" not in between:
            found |= {first.start, second.start}
    return frozenset(found)


def _is_hypothetical(turn: str, quantity: Quantity, clause: Clause) -> bool:
    """Whether a number is supposed, asked about ("why 54?") or only aimed at ("to get to 54")."""
    if clause.mood == "asks" and _WHY.match(clause.text):
        return True
    before = turn[clause.start : quantity.start]
    # "If each costs $4 then it will cost 4 × 4 = $16" works something out; "if it were 54" doesn't.
    if clause.mood == "supposes" and not (quantity.equated or _THEN.search(before)):
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
    if spelled or (of_part and not revises):
        return Firmness.PART
    bare = _is_line(turn, quantity)
    if bare:
        return Firmness.STATED if asked.part else Firmness.CALLED_FINAL
    equation = equation_ending_at(turn, quantity)
    if equation is not None and _is_unknown(equation.left, asked.problem):
        return Firmness.CALLED_FINAL
    answers = len(words & asked.target) >= max(2, _SHARE * len(asked.target))
    if len(words & asked.story) > max(1, len(words & asked.target)) and not revises:
        # "So the two tables cost $54" where the question is about the whole bill.
        return Firmness.STATED
    if revises:
        return Firmness.REVISED
    if answers or _CONCLUDES.search(before) or _SUMS_UP.match(clause.text):
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


def _alone(turn: str, quantity: Quantity) -> bool:
    """Whether a number is the whole content of its sentence or line: "18 dollars!"."""
    for start, end in sentence_spans(turn):
        if start <= quantity.start < end:
            rest = turn[start : quantity.start] + turn[quantity.end : end]
            return not any(c.isdigit() for c in rest) and len(re.findall(r"[a-zA-Z]{2,}", rest)) <= _SHORT_TURN
    return False

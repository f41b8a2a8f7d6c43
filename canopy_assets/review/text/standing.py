"""Follows a student's claim of the final result through the turns: stated, denied, withdrawn, replaced.

A result that is called the final one, or drawn as a conclusion, replaces the claim before it. A result that is only
stated ("60 − 6 = 54") does so only as long as no firmer claim stands: in a worked solution each line is such a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from canopy_assets.review.text.claims import Asked, Claim, Firmness, claims_of
from canopy_assets.review.text.quantities import quantities
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.text.words import content_words

_EXCLUDED = re.compile(
    r"""
    (?:(?<!why\ )\bnot|\b(?:no\ longer|instead\ of|rather\ than|as\ opposed\ to))
    (?:\ (?:really|actually|it['’]?s|the|my|your|answer|of))*\s+[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Up to a number, also in a question: "60, not 54?"."""
_BEFORE_DENIED = re.compile(
    r"""
    (?:
      \b(?:never|cannot\ be|can\ not\ be)
      |n['’]t(?:\ (?:be|get|give|make|equal))?
      |(?:do\ not|don['’]t|didn['’]t|did\ not|no\ longer)\ (?:really\ )?(?:think|believe)\ (?:that\ )?
        (?:it|that|there|the\ \w+)(?:['’]s|\ (?:is|are|was|were|can\ be))
      |\bdoubt\ (?:that\ )?(?:it|the\ \w+)(?:['’]s|\ is)
    )
    (?:\ (?:really|just|only|actually|equal\ to|be|it['’]?s|the|my|answer|of))*\s+[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Up to a number, in a statement: it is denied."""
_ALSO = re.compile(r"\bnot\ (?:just|only)\s+[$€£]?$", re.IGNORECASE)
_AFTER_DENIED = re.compile(
    r"""
    (?:\s(?!(?:is|was|are|were|but|and|or|so|since|because|as|if|when|that|which|there)\b)[a-zA-Z]+){0,2}
    (?:
      \s(?:is|was|are|were|seems?|looks?|sounds?|must\ be|has\ to\ be)\s(?:\w+ly\s|just\s|so\s|far\s)?
        (?:wrong|incorrect|false|too\s\w+|impossible|a\ mistake|off|nonsense
          |not(?=\s+(?:right|correct|the\ (?:answer|right|result)|it|my|possible|enough|what)\b|\s*[.,!?]|\s*$)
        )
      |\s(?:isn['’]t|wasn['’]t|aren['’]t|can['’]t|cannot|couldn['’]t|doesn['’]t|does\ not|won['’]t|didn['’]t|did\ not)
        \s(?:be|right|correct|work|fit|it|the|my|check|make\ sense|add\ up|answer|match|possible|enough)\b
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number, in a statement: it is denied."""
_DISMISSED = re.compile(
    r"""
    (?:\s[a-zA-Z]+)?\s?[?.!…]+\s(?:no|nope|wrong)(?=\s*[,.!?…]|\s+(?:wait|that|it)\b|\s*$)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "54? No."."""
_MINE = r"""(?:
  i|it|that|this|what\ i\ (?:said|did|wrote|had|got)
  |my\ (?:\w+\ )?(?:answer|result|solution|guess|number|total|work|idea)
)"""
_WITHDRAWS = re.compile(
    rf"""
    \b(?:
      {_MINE}(?:['’](?:m|s)|\ (?:am|is|was|must\ be|must\ have\ been|looks|seems))\ (?:\w+ly\ |all\ |just\ |still\ )?
        (?:wrong|incorrect|mistaken|off|not\ (?:right|correct|it)|too\ (?:much|many|big|large|high|low|small|few|little)
          |impossible|a\ mistake|nonsense)
      |(?:that|it|this|my\ (?:\w+\ )?(?:answer|result))\ ?
        (?:isn['’]t|wasn['’]t|can['’]t\ be|cannot\ be|couldn['’]t\ be|doesn['’]t|does\ not|didn['’]t|won['’]t)
        (?:\ be)?\ (?:right|correct|it|true|work|fit|make\ sense|add\ up|check(?:\ out)?|look\ right|seem\ right)
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The student says that what has just been said is wrong."""
_OWNS_UP = re.compile(
    r"""
    \bi\ (?:was|had\ it)\ (?:\w+ly\ |all\ )?(?:wrong|mistaken|off)
    |\b(?:made|making|was|found|see|spot(?:ted)?)\ (?:a|an|the|my|some)\ (?:\w+\ )?(?:mistake|error|slip)s?\b
    |\bmy\ (?:mistake|bad|fault|error)\b
    |\b(?:oops|whoops)\b
    |\b(?:messed|screwed)\ (?:it\ |that\ |this\ )?up\b
    |\bmis(?:counted|calculated|read|understood|added|typed|took)\b
    |\bi\ (?:\w+\ )?forgot\b
    |\bi\ should(?:\ not|n['’]t)?\ have\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The student owns up to a mistake: it lies before the claim of the same breath ("sorry, my mistake, it's 54")."""
_DROPS = re.compile(
    r"""
    \b(?:scrap|forget|ignore|disregard|delete|undo|drop|cross\ (?:out)?|erase)\ (?:all\ )?
      (?:that|it|this|what\ i|my\ (?:\w+\ )?(?:answer|result|guess|number|total|work))\b
    |\btake\ (?:that|it|this|my\ answer)\ back\b
    |\bnever\ ?mind\ (?:that|it|my)\b
    |\b(?:wait|hold\ on)[\s,.!…—-]+no\b
    |\bno[\s,.!…—-]+wait\b
    |\b(?:start|begin|do\ (?:it|this|that))\ (?:all\ )?(?:over|again\ from)\b
    |\blet\ me\ (?:redo|rethink|recalculate|recount|fix|correct)\b
    |\b(?:have|need|want)\ to\ (?:redo|rethink|recalculate|recount|fix|correct|change)\b
    |\bchang(?:e|ed|ing)\ my\ (?:mind|answer|guess|result)\b
    |\b(?:not|n['’]t)\ (?:so\ |really\ )?(?:sure|know|believe|trust)
      (?:\ (?:it|that|this|my\ answer))?\ (?:any\ ?more|now)\b
    |\bno\ longer\ (?:sure|think|believe|trust)\b
    |\bi\ give\ up\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The student drops what was said."""
_NEGATED = re.compile(r"(?:\bnot|n['’]t|\bnever|\bif|\bunless|\bwhether|\bwhere)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE)
"""Before such words: they are denied or only supposed."""
_INTERRUPTS = re.compile(r"\b(?:wait|no|hm+|hold\ on|oh|oops|whoops|but|actually)\b", re.IGNORECASE)
_ASKS_HOW = re.compile(
    r"""
    \b(?:how\ (?:did|do|have|can|would|could|are)|why|explain|(?:walk|talk|take)\ (?:me|us)\ through
      |tell\ me\ (?:how|what|more)|show\ me|what\ (?:did|does|do)|where\ (?:did|does)|work(?:ing)?\ out)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OBJECTS = re.compile(
    r"""
    \b(?:again|check|re-?read|mistake|error|wrong|incorrect|not\ (?:quite|right|correct)|careful|actually|but|however)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""In a tutor turn without a question: it asks for another result."""
_WHOLE_SHARE = 0.75
"""A tutor's question with at least this share of the words of the problem's question asks for the same."""


class _Question(NamedTuple):
    """What the tutor has asked for: how the student did it, the whole, or a part (the stems of its words)."""

    how: bool
    whole: bool
    part: frozenset[str]


_NO_QUESTION = _Question(False, False, frozenset())


_MAX_TURN = 4000
"""In characters: how much of a student turn is read, from its end, so that the cost stays bounded."""


@dataclass(frozen=True)
class Standing:
    """What the student claims after the last turn.

    Attributes:
        current: The values that the student now claims as the final result.
        offered: The last result that was stated, where another claim stands: it may be a step or a new claim.
        given_up: Values that were claimed, and were denied, withdrawn or replaced since.
        withdrawn: Values that were denied or withdrawn, and not stated again since.
    """

    current: frozenset[Fraction] = frozenset()
    offered: frozenset[Fraction] = frozenset()
    given_up: frozenset[Fraction] = frozenset()
    withdrawn: frozenset[Fraction] = frozenset()


class Act(NamedTuple):
    """Something that a turn does to the claims: it claims a value, denies one, or withdraws what was claimed before.

    A withdrawal of `kind` "owns up" spares a claim made just before it in the same turn.
    """

    kind: Literal["claims", "denies", "withdraws", "owns up"]
    start: int
    value: Fraction | None = None
    claim: Claim | None = None


def standing(problem: str, target: frozenset[str], history: Sequence[tuple[str, str]]) -> Standing:
    """What the student claims after the turns of a conversation (role, text), oldest first.

    Args:
        problem: The problem's statement.
        target: The stems of the words of its question.
        history: The turns.
    """
    track, question = _Track(), _NO_QUESTION
    own = content_words(problem)
    for role, text in history:
        if role == "student":
            text = text[-_MAX_TURN:]
            track.follow(list(acts(text, Asked(problem, target, question.part, own - target))), question)
        else:
            question = _question(text, target, own, question)
    return track.standing()


def acts(turn: str, asked: Asked) -> Iterator[Act]:
    """What a student turn does to the claims, in order."""
    found: list[Act] = []
    denied: set[int] = set()
    for quantity in quantities(turn):
        if not quantity.operand and is_denied(turn, quantity.start, quantity.end):
            denied.add(quantity.start)
            found.append(Act("denies", quantity.start, quantity.value))
    found += [Act("claims", c.start, c.value, c) for c in claims_of(turn, asked) if c.start not in denied]
    found += withdrawals(turn)
    return iter(sorted(found, key=lambda act: act.start))


def withdrawals(turn: str) -> list[Act]:
    """Where a student turn withdraws what was claimed before. Questions ("was I wrong?") and negations do not."""
    found: list[Act] = []
    for start, end in sentence_spans(turn):
        sentence = turn[start:end]
        if is_question(sentence):
            continue
        for kind, pattern in (("owns up", _OWNS_UP), ("withdraws", _DROPS), ("withdraws", _WITHDRAWS)):
            match = pattern.search(sentence)
            if match and not _NEGATED.search(sentence[: match.start()]):
                spares = kind == "owns up" and not _INTERRUPTS.search(sentence[: match.start()])
                found.append(Act("owns up" if spares else "withdraws", start + match.start()))
                break
    return found


def is_denied(turn: str, start: int, end: int) -> bool:
    """Whether a student turn says of the result between two positions that it is not the right one."""
    for first, last in sentence_spans(turn):
        if first <= start < last:
            before = turn[max(first, start - 48) : start]
            if _ALSO.search(before):
                return False
            if _EXCLUDED.search(before) or _DISMISSED.match(turn, end):
                return True
            asks = is_question(turn[first:last])
            return not asks and bool(_BEFORE_DENIED.search(before) or _AFTER_DENIED.match(turn, end))
    return False


def _question(tutor: str, target: frozenset[str], own: frozenset[str], before: _Question) -> _Question:
    """What a tutor turn asks for last.

    Args:
        tutor: The turn.
        target: The stems of the problem's question.
        own: Those of the whole problem.
        before: What was asked before; a turn without a question lets the student go on with it.
    """
    questions = [tutor[s:e] for s, e in sentence_spans(tutor) if is_question(tutor[s:e])]
    words = content_words(questions[-1]) if questions else frozenset[str]()
    if not questions and not _ASKS_HOW.search(tutor):
        return _NO_QUESTION if _OBJECTS.search(tutor) else before
    whole = len(words & target) >= _WHOLE_SHARE * max(1, len(target))
    part = words if len(words & own) >= 2 and not whole else frozenset[str]()
    return _Question(not whole and _ASKS_HOW.search(tutor) is not None, whole, part)


@dataclass
class _Track:
    """The claims while the turns are followed: the firm one, results stated since, and what has been given up."""

    firm: set[Fraction] = field(default_factory=set)
    firmness: Firmness = Firmness.OTHER_UNIT
    loose: set[Fraction] = field(default_factory=set)
    past: set[Fraction] = field(default_factory=set)
    offered: set[Fraction] = field(default_factory=set)
    given_up: set[Fraction] = field(default_factory=set)
    withdrawn: set[Fraction] = field(default_factory=set)

    def standing(self) -> Standing:
        """The result. Remembered numbers ("at first I had 54") count only where nothing was claimed otherwise."""
        current = self.firm | self.loose or (set[Fraction]() if self.given_up else self.past)
        return Standing(
            frozenset(current),
            frozenset(self.offered - current),
            frozenset(self.given_up - current),
            frozenset(self.withdrawn),
        )

    def follow(self, acts: Sequence[Act], question: _Question) -> None:
        """Takes in one student turn, which follows a question of the tutor."""
        pending: list[Claim] = []
        for act in acts:
            if act.claim is not None:
                pending.append(act.claim)
            elif act.value is not None:
                self._give_up({act.value})
                pending = [claim for claim in pending if claim.value != act.value]
            else:
                self._give_up(self.firm | self.loose)
                if act.kind == "withdraws":
                    self._give_up({claim.value for claim in pending})
                    pending = []
        self._settle(pending, question)

    def _settle(self, claims: Sequence[Claim], question: _Question) -> None:
        """Decides which of a turn's results is its final one."""
        self.past |= {claim.value for claim in claims if claim.past}
        claims = [claim for claim in claims if not claim.past]
        if not claims:
            return
        self.withdrawn -= {claim.value for claim in claims}
        final = [claim for claim in claims if claim.firmness == Firmness.CALLED_FINAL]
        fitting = [claim for claim in claims if claim.firmness > Firmness.OTHER_UNIT] or claims
        main = [claim for claim in fitting if not claim.reason] or fitting
        last = main[-1]
        firmness = max(claim.firmness for claim in main)
        if question.whole and last.firmness > Firmness.OTHER_UNIT:
            firmness = max(firmness, Firmness.CONCLUDED)
        if final:
            self._claim({claim.value for claim in final if claim.sentence == final[-1].sentence}, firmness)
        elif last.firmness > Firmness.PART and firmness >= self._needed(question):
            self._claim({last.value}, firmness)
        elif last.firmness > Firmness.OTHER_UNIT and self._may_be_final(question):
            self.loose |= {last.value}
        self.offered = {last.value}

    def _may_be_final(self, question: _Question) -> bool:
        """Whether a result that replaces nothing may be a claim all the same: no answer was named or is explained."""
        if self.firmness == Firmness.CALLED_FINAL:
            return False
        return not (question.how and (self.firm or self.loose))

    def _needed(self, question: _Question) -> Firmness:
        """How firm a result must be to replace the claim that stands: firmer where the tutor has asked how it came."""
        if self.firmness == Firmness.CALLED_FINAL and (question.how or question.part):
            return Firmness.REVISED
        return min(Firmness.CONCLUDED, max(Firmness.DRAWN, self.firmness))

    def _claim(self, values: set[Fraction], firmness: Firmness) -> None:
        """A firm claim replaces what was claimed before."""
        self.given_up |= (self.firm | self.loose) - values
        self.given_up -= values
        self.firm, self.loose, self.firmness = set(values), set(), firmness

    def _give_up(self, values: set[Fraction]) -> None:
        self.firm -= values
        self.firmness = self.firmness if self.firm else Firmness.OTHER_UNIT
        self.loose -= values
        self.offered -= values
        self.given_up |= values
        self.withdrawn |= values

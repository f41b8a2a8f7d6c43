"""Follows a student's claim of the final result through the turns: stated, denied, withdrawn, replaced.

A result that is called the final one, or drawn as a conclusion, replaces the claim before it. A result that is only
stated ("60 − 6 = 54") does so only as long as no firmer claim stands: in a worked solution each line is such a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from canopy_assets.review.text.claims import Asked, Claim, Firmness, claims_of
from canopy_assets.review.text.quantities import quantities
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.text.withdrawals import Act, is_denied, withdrawals
from canopy_assets.review.text.words import content_words

_ASKS_HOW = re.compile(
    r"""
    \b(?:
      how\ (?:did|have)\ you|how\ (?:do\ you\ know|come)|how\ you\ \w+|why|explain|show\ me|tell\ me\ (?:how|more)
      |(?:walk|talk|take)\ (?:me|us)\ through|your\ (?:working|steps|thinking|reasoning|method)
      |what\ (?:do|does|did)\ [^?]{1,40}\ (?:stand\ for|mean|represent|tell)
      # "Which products did you compare to get 17?"
      |(?:to|you)\ (?:get|got|reach|reached|find|found|arrive\ at)\ [$€£]?[-−]?\d+
    )\b
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
        # "So 7, third out of five": what follows a result as a part or a count does not replace it.
        last = next((claim for claim in reversed(main) if claim.firmness > Firmness.PART), main[-1])
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
        if question.how and (self.firm or self.loose):
            return Firmness.CONCLUDED
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

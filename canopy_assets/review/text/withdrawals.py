"""Where a student turn denies a result or withdraws what was claimed before."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, NamedTuple

from canopy_assets.review.text.claims import Claim
from canopy_assets.review.text.sentences import is_question, sentence_spans

_EXCLUDED = re.compile(
    r"""
    (?:(?<!why\ )\bnot|\b(?:no\ longer|instead\ of|rather\ than|as\ opposed\ to))
    (?:\ (?:really|actually|it['’]?s|the|my|your|answer|out|of))*\s+[$€£]?$
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


class Act(NamedTuple):
    """Something that a turn does to the claims: it claims a value, denies one, or withdraws what was claimed before.

    A withdrawal of `kind` "owns up" spares a claim made just before it in the same turn.
    """

    kind: Literal["claims", "denies", "withdraws", "owns up"]
    start: int
    value: Fraction | None = None
    claim: Claim | None = None


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

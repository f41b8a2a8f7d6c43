"""Ways to give away a number that the student has said, but does not claim now: in place of the claim, or proposed.

"So wouldn't that make 54 instead of your 60?" says the answer although it asks, and although the student may once have
written "54 chairs" as a step.
"""

from __future__ import annotations

import re

from canopy_assets.review.text.clauses import Clause
from canopy_assets.review.text.knowledge import Knowledge
from canopy_assets.review.text.quantities import Quantity, quantities

_WORDS = r"(?:\s+(?!(?:how|what|why|if|when|because|did|do)\b)[a-zA-Z'’-]+){0,6}?"
_THEN_THE_CLAIM = re.compile(
    rf"""
    {_WORDS}[\s,;(—–-]*\b(?:(?:and|but)\s+)?
    (?:instead\s+of|rather\s+than|as\s+opposed\s+to|in\s+place\s+of|not|isn['’]t\s+it|replac(?:es|ing))
    (?:\s+(?!(?:how|what|why|if|when|because|did|do|to)\b)[a-zA-Z'’-]+){{0,4}}?\s+[$€£]?
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Between the number and the student's claim: "54 chairs instead of your"."""
_AFTER_THE_CLAIM = re.compile(
    r"""
    (?:
      # "Not 60 but", "instead of 60, it's", "rather than 60 you would get".
      (?P<lead>\b(?:not|instead\ of|rather\ than)(?:\s+(?!only|just)[a-zA-Z'’]+){0,3}?\s+[$€£]?)
        (?P<claim>[\d.,/]*\d)[^.?!\d]{0,48}?
      # "Your 60 should be", "change 60 to".
      |(?P<other>[\d.,/]*\d)%?[^.?!\d]{0,40}?\b(?:should(?:\ \w+ly)?\ (?:be|have\ been)|must\ be|ought\ to\ be
        |needs\ to\ be|has\ to\ be|becomes|(?:changes?|turns?)\ (?:in)?to)
        (?:\s+(?!not\b|more\b|less\b|at\b)[a-zA-Z'’]+){0,2}
      |\b(?:chang(?:e|ing)|replac(?:e|ing)|correct(?:ing)?|swap(?:ping)?|turn(?:ing)?)\s+
        (?:\w+\s+){0,3}?[$€£]?(?P<changed>[\d.,/]*\d)[^.?!\d]{0,24}?\b(?:to|with|by|for|into)
    )
    \s+[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""From the student's claim up to the number."""
_RIGHT = re.compile(
    r"\b(?:right|correct|correctly|accurate|true)\b(?!\s+(?:to|that|idea|track|direction|step|start|path|way))",
    re.IGNORECASE,
)
_NOT_RIGHT = re.compile(r"\b(?:not|isn['’]t|wasn['’]t|never|almost|nearly|partly|if|whether|check)\b", re.IGNORECASE)
_RETURNS = re.compile(
    r"""
    \b(?:(?:stick|stay)\ with|(?:go|going|come|get|return)\ back\ to|return\ to|keep)
    (?:\ (?:the|your|that|first))*\ [$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Up to a number: the student should take it up again."""
_PROPOSES = re.compile(
    r"""
    (?:^|[\s,;—–-])
    (?:
      # A question that expects yes: "wouldn't that make", "shouldn't there be".
      (?i:(?:would|should|is|are|do|does|must|will|ca|could|was|were)n['’]t)\s+
        (?:that|this|it|there|you(?:\s+(?:think|agree|see)\b)?|we|he|she|they|the\s+\w+|your\s+\w+|[A-Z]\w+)\b
      |(?i:should)\s+(?:it|that|this|there|the\s+\w+|your\s+\w+)(?:\s+\w+ly|\s+not)?\s+(?=(?:be|have\s+been)\b)
    )
    (?P<verb>[^?.!\d]{0,40})$
    """,
    re.VERBOSE,
)
"""From the beginning of a question up to the number."""
_ASKS_FOR_YES = re.compile(r"\b(?:would|is|are|should|could)n['’]t\s+[$€£]?$", re.IGNORECASE)
_TO_BE_THE_ANSWER = re.compile(
    r"""
    (?:\s[a-zA-Z]+){0,2}\s(?:be\s)?(?:\w+ly\s|already\s)?(?:the|our|your)\s(?:\w+\s)?(?:answer|solution|result|total)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Around a number: "wouldn't 54 be the answer?"."""
_DOUBTS = re.compile(
    r"\b(?:too|think|believe|sure|multiply|divide|add|subtract|use|used|mean|same|count)\b", re.IGNORECASE
)
"""Words that turn such a question into one about the number, not one that puts it forward."""
_RESULT_VERB = re.compile(
    r"""
    \b(?:be|is|makes?|gives?|get|leaves?|equals?|total|have|comes?\s+(?:out\s+)?to|adds?\s+up\s+to|works?\s+out\s+(?:to|as)
      |end\s+up\s+with
      |have\s+been|become|mean|it|that|this|answer|total|result)
    (?:\s+(?:you|us|her|him|them|a|an|the|total|of|just|only|actually|exactly|really|be|to|simply|left|with|about))*
    \s+[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


def replaces_claim(reply: str, quantity: Quantity, sentence: tuple[int, int], known: Knowledge) -> bool:
    """Whether a number is put in place of one that the student claims: "54, not 60".

    Args:
        reply: The tutor's turn.
        quantity: The number.
        sentence: Start and end of its sentence.
        known: The problem and the turns.
    """
    start, end = sentence
    after = _THEN_THE_CLAIM.match(reply, quantity.end, end)
    before = _AFTER_THE_CLAIM.search(reply, max(start, quantity.start - 96), quantity.start)
    if after is None and before is None:
        return False
    claims = known.standing.current - {quantity.value}
    if not claims:
        return False
    spans = [after.end()] if after else []
    spans += [before.start(name) for name in ("claim", "other", "changed") if before and before[name]] if before else []
    return any(q.value in claims and q.start <= at < q.end + 1 for q in quantities(reply) for at in spans)


def points_back(quantity: Quantity, clause: Clause, known: Knowledge) -> bool:
    """Whether a claim that the student has given up is called right: "your first answer, 54, was correct"."""
    called_right = clause.mood == "asserts" and _RIGHT.search(clause.text) and not _NOT_RIGHT.search(clause.text)
    if not called_right and not _RETURNS.search(clause.text[: quantity.start - clause.start]):
        return False
    return quantity.value in known.standing.given_up


def is_proposed(reply: str, quantity: Quantity, sentence: tuple[int, int]) -> bool:
    """Whether a question puts a number forward as the result: "wouldn't that make 54?", "shouldn't it be 54?"."""
    start, end = sentence
    if not reply[start:end].rstrip(" \"'”’)]*_").endswith("?"):
        return False
    if _ASKS_FOR_YES.search(reply[max(start, quantity.start - 16) : quantity.start]):
        return _TO_BE_THE_ANSWER.match(reply, quantity.end, end) is not None
    opening = _PROPOSES.search(reply[max(start, quantity.start - 80) : quantity.start])
    if opening is None or _DOUBTS.search(opening["verb"]) or not _RESULT_VERB.search(opening[0]):
        return False
    return not re.match(r"\s?(?:too|more|less|times|percent of)\b", reply[quantity.end : end]) and not quantity.operand

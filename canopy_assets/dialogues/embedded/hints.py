"""Turns an author's guidance for the tutor into a question to the student.

Course documents address the tutor ("ask what operation is applied to x"). The clause is kept and put inside a question,
because reordering its words could break the grammar.
"""

from __future__ import annotations

import re

from canopy_assets.dialogues.planning.statements import upper_first

_MAX_WORDS = 22
_LEAD = r"(?:start\ by\ |first,?\ |then,?\ |next,?\ )?"
_STUDENT = r"(?:the\s+)?(?:student|students|them|learner|learners)"
_ASKING = re.compile(
    rf"""
    {_LEAD}(?:ask|asking|check|discuss|find\ out)(?:\s+{_STUDENT})?\s+
    (                                                                # the question itself:
        (?:(?:in|into|by|at|to|for|with|from)\s+)?                   #   "by what number"
        (?:what|which|how|why|where|when|whether|if|who)\b.+
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FETCHING = re.compile(rf"{_LEAD}ask(?:\s+{_STUDENT})?\s+for\s+(.+)", re.IGNORECASE)
_DOING = re.compile(
    rf"""
    {_LEAD}
    (?:
        (?:ask|guide|lead|encourage|prompt|help|get|invite)\s+{_STUDENT}\s+to   # "guide the student to …"
      | (?:have|let|make)\s+{_STUDENT}                                         # "let the student …"
    )
    \s+(.+)                                                                    # what the student should do
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WRAPPERS = ("Can you tell me {}?", "Could you say {}?", "Do you see {}?", "In your own words, can you say {}?")
_IRREGULAR = {"is": "are", "has": "have", "does": "do"}


def hint_question(hint: str, choice: int) -> str | None:
    """The hint as a question to the student; None when it cannot be turned into one.

    Args:
        hint: one line of guidance, addressed to the tutor or already a question.
        choice: which of the wordings to use; any non-negative number.
    """
    text = " ".join(hint.strip().strip('-*•·"“”').split()).rstrip(".;")
    if text.count("?") > 1 or len(text.split()) > _MAX_WORDS:
        return None
    if text.endswith("?") and not _ASKING.match(text):
        return upper_first(text)
    text = text.rstrip("?").strip('"“” ')
    asking = _ASKING.fullmatch(text)
    if asking:
        return _addressed(_WRAPPERS[choice % len(_WRAPPERS)].format(asking.group(1)))
    fetching = _FETCHING.fullmatch(text)
    if fetching:
        return _addressed(f"Can you find {fetching.group(1)}?")
    doing = _DOING.fullmatch(text)
    if doing and re.match(r"[a-z]+(?<!ing)\b", doing.group(1)):
        return _addressed(f"How would you {doing.group(1)}?")
    return None


def _addressed(question: str) -> str | None:
    """The question with the student addressed as "you"; None where that would break the grammar."""
    question = re.sub(r"\bthe student (?=(?:would|could|can|should|will|might|must)\b)", "you ", question)
    question = re.sub(r"\bthe student (\w+s)\b", lambda m: "you " + _plain_verb(m.group(1)), question)
    if re.search(r"\b(?:students?|learners?|he|she)\b", question):
        return None
    return re.sub(r"\btheir\b", "your", re.sub(r"\b(?:they|them)\b", "you", question))


def _plain_verb(verb: str) -> str:
    return _IRREGULAR.get(verb) or re.sub(r"(?<=[sxzh])es$|s$", "", verb)

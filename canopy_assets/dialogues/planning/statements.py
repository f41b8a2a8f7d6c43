"""Puts a problem statement into several grammatical forms: whole, as mathematics, as a noun or verb phrase, and short.

A student rarely pastes a problem and nothing else ("I have 5x − 9 = 16 and …", "just give me 15 % of 80"). These forms
let the same statement stand inside such sentences without breaking their grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SHORT = 60
"""In characters: a longer statement is a story, which does not fit inside another sentence."""
_IN_PASSING = 48
"""In characters: a longer name is too long to mention in passing."""

_IMPERATIVE = re.compile(
    r"""
    (solve|factori[sz]e|factor|simplify|evaluate|find|compute|calculate|differentiate|integrate|expand|determine
      |work\ out|reduce|convert|write|express|add|subtract|multiply|divide|combine|estimate|rewrite)\b
    \s*(.*)                                          # what it is done to
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_WANTING = {"find", "compute", "calculate", "determine", "work out", "evaluate"}
_PREAMBLE = re.compile(
    r"""
    (?:
        for\s+[a-z](?:\s+and\s+[a-z])?\s*[:,]?\s*         # "for x and y:"
      | (?:the\s+)?(?:following\s+)?                       # "the following system of equations:"
        (?:equation|inequality|expression|system(?:\s+of\s+(?:linear\s+)?equation)?)s?\b(?!\s+of\b)\s*:?\s*
      | :\s*
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_QUESTION = re.compile(r"(?:what\s+is|what's|what\s+are)\s+(.+?)\?", re.IGNORECASE | re.DOTALL)
_QUALIFIED = re.compile(r"\s+(?:with|through|when|if|that|whose|where|from|as|between)\b")
_CONDITION = re.compile(
    r"""
    (?:if|given|for|let)\s+([^,.]*=[^,.]*)[,.]\s+           # "if f(x) = 2x + 1,"
    (?:then\s+)?(?:find|evaluate|compute|calculate|determine|work\ out|what\ is)\s+
    ([^,]+)                                                # "f(3)"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = re.compile(
    r"""
    (?:problem|exercise|question|example)?\s*             # "Problem"
    \#?\d{0,3}\s*[.):]\s+(?=\S)                           # "#12)"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FUNCTION_NAMES = {"sin", "cos", "tan", "log", "ln", "sqrt", "det", "lim", "exp"}
_NUMBER = re.compile(
    r"""
    (?<![\w.^:,])\$?\d+(?:,\d{3})*                       # "$1,200"
    (?:\.\d+)?(?:/\d+)?(?:\s?%)?                          # decimals, a denominator, a percent sign
    (?![\w:])
    """,
    re.VERBOSE,
)
_COUNTED = re.compile(r"(?<![\w.^$])\d[\d,]*\s+((?:[a-z]+\s+)?[a-z]{3,}s)\b", re.IGNORECASE)
_NOT_NAMING = {
    "and", "of", "or", "to", "per", "in", "on", "at", "is", "was", "were", "are", "for", "the", "who", "that", "more",
    "other", "others", "new", "fewer", "less", "different", "additional", "each", "with", "as", "by", "from", "after",
    "before", "people", "first", "second", "last", "local", "total", "hours", "needs", "wants", "pays", "earns",
    "spends", "costs", "gets", "gives", "sells", "buys", "loses", "makes", "takes", "eats", "uses", "goes",
}  # fmt: skip
_NOT_THINGS = {
    "times", "plus", "minus", "percents", "less", "units", "this", "does", "has", "was", "is", "dollars", "cents",
    "years", "hours", "minutes", "days", "weeks", "months", "seconds", "always", "costs", "equals", "across", "us",
}  # fmt: skip


@dataclass(frozen=True)
class StatementForms:
    """One statement in several forms. A form is None where the statement's grammar does not allow it.

    `full` ends with a mark, unless it is bare mathematics. `math` is an equation or expression ("5x − 9 = 16"),
    `wanted` a noun phrase for what is asked ("15 % of 80"), `do` a verb phrase ("solve 5x − 9 = 16"). `short` always
    names the problem in a few words, and `answer_to` always names its answer without stating it. `numbers` are the
    statement's figures as written.
    """

    full: str
    math: str | None
    wanted: str | None
    do: str | None
    short: str
    answer_to: str
    numbers: tuple[str, ...]


@lru_cache(maxsize=4096)
def statement_forms(statement: str) -> StatementForms:
    """The forms of `statement` (any length; a story has only `full`, `short`, `answer_to` and `numbers`)."""
    text = (
        _LABEL.sub("", " ".join(statement.split()), count=1)
        if _LABEL.match(statement.strip())
        else " ".join(statement.split())
    )
    math, wanted, do = _inner_forms(text)
    numbers = tuple(dict.fromkeys(m.group().strip() for m in _NUMBER.finditer(text)))
    head = _QUALIFIED.split(wanted or "", maxsplit=1)[0]
    nameable = (math, wanted, head if head.startswith("the ") else None)
    condition = _CONDITION.fullmatch(text)
    if condition:
        nameable = (condition.group(2).rstrip(".?"),)
    named = next((f for f in nameable if f and len(f) <= _IN_PASSING), None)
    return StatementForms(
        full=text if text[-1:] in ".?!" else text + ("" if looks_mathematical(text) else "."),
        math=math,
        wanted=wanted,
        do=do,
        short=named or _story_name(text),
        answer_to=wanted or (f"the answer to {math}" if math else "the answer"),
        numbers=numbers,
    )


def looks_mathematical(text: str) -> bool:
    """Whether the text is bare mathematics: its only words are names of functions, and "and" between equations."""
    words = {w.lower() for w in re.findall(r"[A-Za-z]{3,}|\b(?:of|to|in|at|by|as|if|is)\b", text)}
    return bool(text) and words <= _FUNCTION_NAMES | ({"and"} if "=" in text else set())


def lower_first(text: str) -> str:
    """The text with a lower-case first letter, unless it starts with a name, a symbol or a word such as "I"."""
    first = text.split(" ", 1)[0]
    word = re.sub(r"['’][a-z]+$", "", first.rstrip(",.:;"))
    if len(word) < 2 or not word[:1].isupper() or not word.isalpha() or word.isupper():
        return text
    return text[0].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text with a capital first letter where it starts with an ordinary word; "x = 5" stays as it is."""
    first = re.match(r"[a-z]+(?:'[a-z]+)?", text)
    if not first or first.group() in _FUNCTION_NAMES or (len(first.group()) == 1 and first.group() != "a"):
        return text
    return text[0].upper() + text[1:]


def _inner_forms(text: str) -> tuple[str | None, str | None, str | None]:
    """(math, wanted, do) of a statement that is one short sentence; three Nones for a story."""
    body = text.rstrip(".?! ")
    condition = _CONDITION.fullmatch(text)
    if condition and len(text) <= _SHORT:
        wanted = f"{condition.group(2).rstrip('.?')} for {condition.group(1)}"
        return None, wanted, f"find {wanted}"
    if len(text) > _SHORT + 30 or re.search(r"[.?!]\s+[A-Z]", text):
        return None, None, None
    if looks_mathematical(body):
        return body, None, ("solve " if re.search(r"[=<>≤≥]", body) else "work out ") + body
    question = _QUESTION.fullmatch(text)
    if question:
        asked = question.group(1).strip()
        return (asked, None, f"work out {asked}") if looks_mathematical(asked) else (None, asked, f"find {asked}")
    command = _IMPERATIVE.fullmatch(body)
    if command:
        return _command_forms(body, command.group(1).lower(), command.group(2))
    if len(body) <= _SHORT and re.match(r"[\d$√(]", body) and not text.endswith("?"):
        return None, body, f"find {body}"
    return None, None, None


def _command_forms(body: str, verb: str, rest: str) -> tuple[str | None, str | None, str | None]:
    obj = _PREAMBLE.sub("", rest, count=1) if _PREAMBLE.match(rest) else rest
    do = f"{verb} {obj}" if looks_mathematical(obj) else lower_first(body)
    if looks_mathematical(obj):
        return obj, None, do
    return None, (obj if verb in _WANTING else None), do


_SUBJECT = re.compile(r"(?:A|An|The)\s+([a-z]{3,})\s+(?:[a-z]+s|was|had)\b")


def _story_name(text: str) -> str:
    """A few words that name a long problem: by its subject, by what it counts, or with a general phrase."""
    subject = _SUBJECT.match(text)
    if subject and subject.group(1) not in _NOT_NAMING and not subject.group(1).endswith("ing"):
        return f"the problem about the {subject.group(1)}"
    for match in _COUNTED.finditer(text):
        *before, noun = match.group(1).split()
        if not {w.lower() for w in (*before, noun)} & (_NOT_THINGS | _NOT_NAMING):
            return f"the problem about the {' '.join([*before, noun])}"
    return "this problem"

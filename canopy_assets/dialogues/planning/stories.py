"""Reads off a story's text what a question about one of its steps can use: a clause, things counted, the operation.

A question about "the 3" would fit any problem. A question about "the 3 boxes", or about the clause that mentions them,
fits only this one. Everything is read off the text and the worked line, so a slot is missing where the text is unclear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from canopy_assets.dialogues.planning.disclosure import Known
from canopy_assets.maths.number_words import COUNTING_WORDS
from canopy_assets.records import Step

STORY = "sub_question"
"""The kind of step whose slots are read off a story's text."""
_LONGEST_CLAUSE = 14
"""In words, for a quotation: a question has to fit after it."""
_SHORTEST_CLAUSE = 4
_OPERATIONS = {"+": "plus", "−": "minus", "-": "minus", "×": "times", "*": "times", "÷": "over", "/": "over"}
_OPERAND = re.compile(r"\d+/\d+(?![\d.])|\d[\d,]*(?:\.\d+)?|\.\d+")
_NUMBER_WORDS = {str(n): COUNTING_WORDS[n] for n in (*range(2, 13), 15, 20)}
_HIDING = {
    "2": "twice|double|doubles|doubled|half|both|pair|pairs|couple", "3": "triple|tripled|thrice|third|thirds",
    "4": "quarter|quarters|fourth|fourths", "7": "week|weeks|weekly", "12": "dozen|dozens|year|years",
    "24": "day|days", "60": "hour|hours|minute|minutes", "100": "percent", "5": "fifth|fifths|weekday|weekdays",
}  # fmt: skip
"""Words that stand for a number in a calculation."""
_PEOPLE = "people|children|men|women|feet|teeth|mice|geese|sheep|fish|dollars"
_PLURAL = re.compile(rf"(?:{_PEOPLE}|[a-z-]{{2,}}[a-rt-z']s|[a-z]+[ei]es)")
_NOT_COUNTED = {
    "times", "plus", "minus", "less", "was", "is", "does", "has", "this", "his", "its", "costs", "equals", "across",
    "always", "gets", "gives", "sells", "buys", "loses", "makes", "takes", "eats", "uses", "goes", "lies", "dies",
}  # fmt: skip
_BETWEEN = {
    "of", "and", "or", "to", "per", "in", "on", "at", "is", "was", "were", "are", "for", "a", "an", "the", "who",
    "that", "more", "fewer", "less", "other", "times", "each", "with", "as", "by", "from", "after", "before", "then",
    "but", "if", "so", "he", "she", "they", "it", "his", "her", "their", "get", "gets", "gives", "every",
}  # fmt: skip
_ASKED = re.compile(
    r"""
    how\ many\ ((?:[a-z-]+\ ){0,2}?[a-z-]+)\         # what is counted, with up to two words before it
    (?:does|do|did|is|are|was|were|will|would|can|could|has|have|had|should|must|in|remain|fit|make|left)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MONEY = re.compile(
    r"""
      \bhow\ much\ (?:is|are)\b                      # "how much are the tickets"
    | \bhow\ much\b.*\b                              # "how much does she earn"
      (?:money|costs?|pay|paid|earn(?:s|ed)?|spends?|spent|makes?|saves?|saved|charges?|owes?|price|worth|profit|change
        |bill|fee|income|take|collect)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_JOINT = re.compile(r",\s+|;\s+|\s+(?=(?:but|while)\s)")
_OPENS = re.compile(r"\s*(?:in|on|at|after|before|during|for|if|when|every|by|each|with|then|of|to)\b", re.IGNORECASE)
"""A part of a sentence that says when or where, and needs the next part to say what."""
_LINK = re.compile(r"^(?:and|but|then|while|if|so|also)\s+", re.IGNORECASE)


def story_slots(statement: str, steps: Sequence[Step], index: int, known: Known) -> dict[str, str]:
    """Slots for a tutor's sentence about step `index`, none of them its result.

    Args:
        statement: the story.
        steps: its sub-questions in order.
        index: which of the steps the sentence is about.
        known: what has been said. Results of earlier steps are named only if they are known.

    Returns:
        `{clause}` a quotation of the text, `{new_clause}` the same where no step before used it, `{thing1}` its figure
        with what it counts, `{things1}` the same where that has a name, `{a_thing}` and `{b_thing}` the two amounts of
        the calculation, `{hidden}` a word that stands for a number, `{sought}` what is asked for, `{prior_thing}` the
        result that is built on; `{plus}`, `{minus}`, `{times}`, `{over}` and `{last}` are empty and only there where
        the step adds, subtracts, multiplies, divides or is the last one.
    """
    slots = {"last": ""} if index == len(steps) - 1 else {}
    sought = sought_noun(steps[index].ask)
    if sought:
        slots["sought"] = sought
    expression = _expression(steps[index].work)
    operands = _operands(expression, statement)
    earlier = {_bare(s.result): s for s in steps[:index] if known.has_said(s.result)}
    used = {o for s in steps[:index] for o in _operands(s.work, statement)}
    fresh = [o for o in operands if o not in used]
    slots |= _places(statement, fresh, earlier) or _places(statement, operands, earlier)
    if "clause" in slots and fresh and slots == slots | _places(statement, fresh, earlier):
        slots["new_clause"] = slots["clause"]
    named = [_described(o, statement, earlier, o in used) for o in operands]
    if len(operands) == 2 and named[0] and named[1] and named[0] != named[1]:
        slots |= {"a_thing": named[0], "b_thing": named[1]}
    bare = expression
    for fraction in (o for o in operands if "/" in o):
        bare = bare.replace(fraction, "1")
    signs = {_OPERATIONS[s] for s in re.findall(r"[+−×*÷/-]", bare)}
    if len(signs) == 1 and len(operands) == 2 and all(named):
        slots[signs.pop()] = ""
    before = next((earlier[o] for o in operands if o in earlier), None)
    if before:
        slots["prior_thing"] = f"your {counted(before, statement)}"
    return slots


def counted(step: Step, statement: str) -> str:
    """The result of a step, with the things it counts if its question names them: "54 tiles", "$40"."""
    result = step.result.rstrip(".")
    if not re.fullmatch(r"\d[\d,]*(?:\.\d+)?", result):
        return result
    noun = sought_noun(step.ask)
    if noun and result not in ("0", "1"):
        return f"{result} {noun}"
    return f"${result}" if "$" in statement and _MONEY.search(step.ask) else result


def sought_noun(ask: str) -> str | None:
    """What a question counts: "tiles" in "How many tiles are in the boxes?"."""
    asked = _ASKED.search(ask)
    noun = asked.group(1) if asked else ""
    return noun if _is_plural(noun.split(" ")[-1]) and not set(noun.split(" ")) & (_BETWEEN - {"more"}) else None


@lru_cache(maxsize=4096)
def clause_at(statement: str, position: int) -> str | None:
    """The part of the text around `position` that can be quoted; None if it is in a question or too long."""
    start = 0
    for sentence in _SENTENCE_END.split(statement):
        start = statement.index(sentence, start)
        if start <= position < start + len(sentence):
            return _part(sentence, position - start)
        start += len(sentence)
    return None


def _part(sentence: str, position: int) -> str | None:
    """The whole sentence if it is short; otherwise the part around the position, between commas and conjunctions."""
    asks = sentence.rstrip().endswith("?")
    if not asks and len(sentence.split()) <= _LONGEST_CLAUSE:
        return _quotable(sentence)
    cuts = [0, *(m.end() for m in _JOINT.finditer(sentence)), len(sentence)]
    here = next(i for i in range(len(cuts) - 1) if cuts[i] <= position < cuts[i + 1])
    part = sentence[cuts[here] : cuts[here + 1]]
    if _OPENS.match(part) and here + 2 < len(cuts):
        part = sentence[cuts[here] : cuts[here + 2]]
    elif len(part.split()) < _SHORTEST_CLAUSE and here > 0:
        part = sentence[cuts[here - 1] : cuts[here + 1]]
    return None if "?" in part or re.match(r"\s*(?:how|what|which)\b", part, re.IGNORECASE) else _quotable(part)


def _quotable(text: str) -> str | None:
    text = _LINK.sub("", text.strip().rstrip(".,;:!")).strip()
    fits = _SHORTEST_CLAUSE <= len(text.split()) <= _LONGEST_CLAUSE
    return text if fits and not re.search(r"[“”\"?(]", text) else None


def _places(statement: str, operands: Sequence[str], earlier: dict[str, Step]) -> dict[str, str]:
    """The places of the first operand that the text contains, as a figure or hidden in a word."""
    for operand in operands:
        place = _figure_at(statement, operand)
        if place is None:
            continue
        thing = _thing(statement, *place)
        slots = {"thing1": thing} | ({"things1": thing} if " " in thing.removeprefix("the ") else {})
        clause = clause_at(statement, place[0])
        return slots | ({"clause": clause} if clause else {})
    for operand in operands:
        word = _hiding(statement, operand)
        if word is None or operand in earlier or _all_places(statement, operand):
            continue
        clause = clause_at(statement, word.start())
        return {"hidden": word.group().lower()} | ({"clause": clause} if clause else {})
    return {}


def _described(operand: str, statement: str, earlier: dict[str, Step], used: bool) -> str | None:
    """Describes an amount of the calculation: as the student's own result, or as a figure of the text."""
    place = _figure_at(statement, operand)
    if operand in earlier and (used or place is None):
        return f"your {counted(earlier[operand], statement)}"
    return _thing(statement, *place) if place else None


def _figure_at(statement: str, operand: str) -> tuple[int, int] | None:
    """The place of a number in the text; None unless there is exactly one and no word may mean the number too."""
    places = _all_places(statement, operand)
    return places[0] if len(places) == 1 and not _hiding(statement, operand) else None


def _hiding(statement: str, operand: str) -> re.Match[str] | None:
    """The word of the text that may stand for a number: "twice" for 2."""
    words = _HIDING.get(operand)
    return re.search(rf"\b(?:{words})\b", statement, re.IGNORECASE) if words else None


@lru_cache(maxsize=4096)
def _all_places(statement: str, operand: str) -> tuple[tuple[int, int], ...]:
    """All places of a number in the text, in digits or written out."""
    number = rf"(?<![\w.,:/])\$?(?:{f'{int(operand):,}|{operand}' if operand.isdigit() else re.escape(operand)})"
    places = [m.span() for m in re.finditer(rf"{number}(?:\.00?)?%?(?![\w%/:]|[.,]\d)", statement)]
    if operand in _NUMBER_WORDS:
        places += [m.span() for m in re.finditer(rf"\b{_NUMBER_WORDS[operand]}\b(?!-)", statement, re.IGNORECASE)]
    return tuple(places)


def _thing(statement: str, start: int, end: int) -> str:
    """The figure, with the noun that follows it if there is one: "the 3 boxes", "the $9", "the 16"."""
    figure = statement[start:end]
    figure = figure.lower() if figure.isalpha() else figure
    following = re.match(r"\s([a-z'-]+)(?:\s([a-z'-]+))?", statement[end:])
    first, second = following.groups() if following else (None, None)
    if first and _is_plural(first):
        return f"the {figure} {first}"
    if first and second and first not in _BETWEEN and _is_plural(second) and not first.endswith("ing"):
        return f"the {figure} {first} {second}"
    return f"the {figure}"


def _is_plural(word: str) -> bool:
    return bool(_PLURAL.fullmatch(word)) and word not in _NOT_COUNTED | _BETWEEN


def _bare(number: str) -> str:
    return re.sub(r"[$,%\s]|\.$", "", number)


def _operands(line: str, statement: str) -> list[str]:
    """The numbers of a line of work. A fraction is one number if the text has it, otherwise a division of two."""
    found: list[str] = []
    for number in _OPERAND.findall(line):
        found += [number] if "/" not in number or number in statement else number.split("/")
    return [n.replace(",", "") for n in found]


def _expression(work: str) -> str:
    """The arithmetic of a line of work without its words: "6 suits × $100/suit = $600" → "6 × $100"."""
    left = re.sub(r"\s*/\s*[a-z]+", "", work.rpartition("=")[0], flags=re.IGNORECASE)
    left = re.sub(r"(?<=\d)\s+x\s+(?=[\d$.])", " × ", left)
    left = re.sub(r"(?<=[\d%])\s*(?:[a-z']+\s*){1,4}(?=\s*[+×÷*/−-])", " ", left, flags=re.IGNORECASE)
    match = re.search(r"[\d$(.][\d\s.,$+−×÷/*()%-]*$", left.rstrip())
    return match.group() if match and re.search(r"[+−×÷/*-]", match.group()) else ""

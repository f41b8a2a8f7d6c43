"""Lets a model propose exercises for prose that states none, each with a quote from the text that supports it.

Everything that can be checked is checked. The quote must be in the text. A known family computes the answer, or the
arithmetic of the steps must hold and lead to it. An answer in words must be in the quote. A proposal that cannot be
checked is kept as not verified, with the reason; no dialogue is planned from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.json_replies import json_values
from canopy_assets.maths.answers import equivalent
from canopy_assets.records import Exercise, Misconception, SeedDocument, Skipped, Span, Step
from canopy_assets.seeds.exercises.building import build_exercise
from canopy_assets.seeds.exercises.candidate import MAX_STATEMENT, Candidate
from canopy_assets.seeds.exercises.mistakes import MAX_HINT_CHARACTERS
from canopy_assets.seeds.languages.detection import detect

ATTEMPTS = 2
"""How many requests are made for a chunk until a reply can be read. Each has a different seed."""

_MIN_QUOTE_CHARACTERS = 12
"""In characters, for a quote without its spaces."""

_MIN_CHUNK_CHARACTERS = 80
"""In characters: a shorter chunk is a heading or a footer."""

_MAX_PER_REPLY = 50
"""How many exercises are read from a reply."""

_IDEA = ("belief", "wrong_answer", "test", "seen")
"""The fields of a misconception in a reply."""

_MAX_IDEAS = 4
_MIN_SUPPORTED = 0.6
"""The share of a step's longer words that the passage has to have."""

_SYSTEM = """\
You write exercises for students from a passage of their course material, for a tutor who will lead them to the answer.

Each exercise
- can be answered from the passage alone, and has one short answer: a number, an expression, or a few words;
- rests on a quote: copy the words of the passage that it comes from, exactly as they stand there;
- has the steps that lead to the answer, in order, each with its calculation where there is one ("3 × 4 = 12"),
  otherwise in the passage's words;
- has typical misconceptions: the wrong belief, the wrong answer it leads to, a test by which a student sees that
  it is wrong (a question that does not name the right answer), and what the student then sees;
- says everything that is needed to solve it, without "in the passage" or "according to the text".

An answer in words uses words of the quote. Write nothing that the passage doesn't support. Write in the language of the
passage."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "exercises": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "statement": {"type": "string"},
                    "answer": {"type": "string"},
                    "steps": {"type": "array", "items": {"type": "string"}},
                    "topic": {"type": "string"},
                    "quote": {"type": "string"},
                    "misconceptions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {name: {"type": "string"} for name in _IDEA},
                            "required": list(_IDEA),
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["statement", "answer", "steps", "topic", "quote", "misconceptions"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["exercises"],
    "additionalProperties": False,
}
"""The JSON schema of a reply. It is valid in endpoints' strict modes."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive paragraphs of a document, from the character offset `start`."""

    text: str
    start: int


@dataclass(frozen=True)
class Proposed:
    """What a model proposed for a document.

    Attributes:
        exercises: verified or not.
        skipped: proposals that are not exercises, with the line and the reason.
        tokens: of all requests and replies.
        cost: of all requests, in the currency of the endpoint's prices.
    """

    exercises: tuple[Exercise, ...]
    skipped: tuple[Skipped, ...]
    tokens: int
    cost: float


def chunks(text: str, characters: int) -> Iterator[Chunk]:
    """Split a text into chunks of whole paragraphs with at most `characters` characters. A longer paragraph is cut."""
    start = end = 0
    for paragraph in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):
        for first in range(paragraph.start(), paragraph.end(), characters):
            last = min(first + characters, paragraph.end())
            if last - start > characters or end == start:
                yield from _chunk(text, start, end)
                start = first
            end = last
    yield from _chunk(text, start, end)


def prompt(chunk: Chunk, number: int) -> list[dict[str, str]]:
    """The messages that ask a model for a number of exercises from a chunk."""
    form = (
        '{"exercises": [{"statement": "…", "answer": "…", "steps": ["…"], "topic": "one or two words", "quote": "…", '
        '"misconceptions": [{"belief": "…", "wrong_answer": "…", "test": "…", "seen": "…"}]}]}'
    )
    request = (
        f"Passage:\n\n{chunk.text}\n\nWrite {number} exercises. Reply with one JSON object and nothing else: {form}"
    )
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": request}]


async def propose(document: SeedDocument, client: Client, *, per_chunk: int, characters: int, seed: int) -> Proposed:
    """Ask a model for exercises from each chunk of a document, in order.

    Args:
        document: a read document of kind "prose".
        client: the client of the model's endpoint.
        per_chunk: how many exercises to request for each chunk.
        characters: the largest size of a chunk.
        seed: another seed gives other exercises.

    Raises:
        EndpointError, EndpointDownError: see `Client.ask`.
        NoReplyError: the model did not reply to a chunk, repeatedly.
    """
    exercises: dict[str, Exercise] = {}
    skipped: list[Skipped] = []
    tokens, cost = 0, 0.0
    for chunk in chunks(document.text, characters):
        rows: Sequence[Any] | None = None
        cut_off = 0
        for attempt in range(ATTEMPTS):
            reply = await client.ask(prompt(chunk, per_chunk), schema=SCHEMA, seed=seed + attempt)
            tokens += reply.prompt_tokens + reply.completion_tokens
            cost += reply.cost
            cut_off += reply.finish_reason == "length"
            if (rows := read(reply.text)) is not None:
                break
        line = _span(document.text, chunk.start, chunk.start).line_start
        if rows is None:
            why = f": {cut_off} were cut off, so raise max_tokens or ask for fewer with per_chunk" if cut_off else ""
            skipped.append(Skipped(line, f"the model's {ATTEMPTS} replies hold no exercises that could be read{why}"))
        for row in rows or ():
            found = exercise(row, chunk, document)
            if isinstance(found, str):
                skipped.append(Skipped(line, found))
            else:
                exercises.setdefault(found.exercise_id, found)
    return Proposed(tuple(exercises.values()), tuple(skipped), tokens, cost)


def read(text: str) -> Sequence[Any] | None:
    """The exercises of a reply as JSON values; None where the reply has no JSON of the form that was asked for."""
    for value in json_values(text):
        rows = value.get("exercises") if isinstance(value, dict) else value
        if isinstance(rows, list) and any(isinstance(row, dict) and "statement" in row for row in rows):
            return rows[:_MAX_PER_REPLY]
        if isinstance(value, dict) and "statement" in value:
            return [value]
    return None


def exercise(row: Any, chunk: Chunk, document: SeedDocument) -> Exercise | str:
    """Check a proposed exercise. Returns the exercise, or the reason why it is not one."""
    if not isinstance(row, dict):
        return f"not an exercise: {row!r:.60}"
    statement, answer, quote, topic = (_line(row.get(name)) for name in ("statement", "answer", "quote", "topic"))
    if not statement or not answer or len(statement) > MAX_STATEMENT or len(answer) > MAX_STATEMENT:
        return f"proposed without a statement or an answer of usable length: {statement[:60]!r}"
    place = _find(quote, chunk)
    if place is None:
        return f"proposed {statement[:60]!r}, but its quote isn't in the text: {quote[:60]!r}"
    steps = row.get("steps")
    given = tuple(filter(None, map(_line, steps))) if isinstance(steps, list) else ()
    span = _span(document.text, *place)
    candidate = Candidate((statement,), answer, given, (), (), span, labelled=True, topic=topic[:40].lower() or None)
    checked = build_exercise(candidate, document.seed)
    if not checked.verified and checked.answer_kind == "text" and not checked.family and _said(answer, quote):
        if _said(answer, statement) and not re.search(r"\bor\b", statement):  # a choice has to name it
            return f"proposed {statement[:60]!r}, which names its own answer"
        how = f"its answer stands in the text: “{quote[:200]}”"
        steps = worded_steps(given, answer, chunk.text)
        checked = replace(checked, verified=True, answer=answer, verification=how, steps=steps)
    if checked.verified and not checked.misconceptions:
        ideas = misconceptions(row.get("misconceptions"), checked)
        checked = replace(checked, misconceptions=ideas)
    how = f"proposed by a model; {checked.verification}"
    return replace(checked, verification=how, language=detect(document.text))


def worded_steps(steps: Sequence[str], answer: str, passage: str) -> tuple[Step, ...]:
    """Steps in words that the passage supports, the last of them with the answer.

    A step of which the passage does not have most words is left out, and so is one that follows the answer.
    """
    known = set(_long_words(passage))
    made: list[Step] = []
    for text in steps:
        words = _long_words(text)
        if not words or sum(w in known for w in words) < _MIN_SUPPORTED * len(words):
            continue
        if _said(answer, text):
            return (*made, Step("given", "", text, answer))
        made.append(Step("given", "", text, text))
    return (*made, Step("given", "", "", answer))


def misconceptions(rows: Any, exercise: Exercise) -> tuple[Misconception, ...]:
    """The proposed misconceptions whose answer is wrong, and whose test does not name the right one."""
    made = []
    for row in rows[:_MAX_IDEAS] if isinstance(rows, list) else ():
        belief, wrong, test, seen = (_line(row.get(name)) if isinstance(row, dict) else "" for name in _IDEA)
        right = exercise.answer or ""
        if not (belief and wrong and test and seen) or max(map(len, (belief, wrong, test, seen))) > MAX_HINT_CHARACTERS:
            continue
        if equivalent(wrong, right, exercise.answer_kind) or _said(right, wrong) or _said(right, test):
            continue
        last = max(0, len(exercise.steps) - 1)
        made.append(Misconception(belief, f"I think it is {wrong}", wrong, test, seen, last))
    return tuple(made)


def _chunk(text: str, start: int, end: int) -> Iterator[Chunk]:
    if end - start >= _MIN_CHUNK_CHARACTERS:
        yield Chunk(text[start:end], start)


def _find(quote: str, chunk: Chunk) -> tuple[int, int] | None:
    """The position of a quote in the document, ignoring spacing, case and the kind of quotation marks."""
    words = quote.strip(" \"'“”….").split()
    if sum(map(len, words)) < _MIN_QUOTE_CHARACTERS:
        return None
    pattern = r"\s+".join(re.sub(r"['’‘\"“”]", "['’‘\"“”]", re.escape(word)) for word in words)
    found = re.search(pattern, chunk.text, re.IGNORECASE)
    return (chunk.start + found.start(), chunk.start + found.end()) if found else None


def _said(answer: str, quote: str) -> bool:
    """Whether a quote contains an answer in words, word for word, without its leading article."""
    words = re.findall(r"\w+", answer.casefold())
    while words and words[0] in ("a", "an", "the"):
        words = words[1:]
    said = r"\W+".join(map(re.escape, words))
    return bool(words) and re.search(rf"\b{said}\b", quote.casefold()) is not None


def _long_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text.casefold())


def _line(value: Any) -> str:
    """A string on one line; an empty one where the value is not a string."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _span(text: str, start: int, end: int) -> Span:
    """The span of the characters from `start` to `end`, with its lines."""
    first = text.count("\n", 0, start) + 1
    return Span(first, first + text.count("\n", start, max(start, end - 1)), start, end)

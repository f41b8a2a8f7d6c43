"""An exercise while prose is parsed, and the candidates that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from canopy_assets.records import Skipped, Span
from canopy_assets.seeds.exercises.candidate import MAX_STATEMENT, Candidate
from canopy_assets.seeds.exercises.prose.conditions import Condition
from canopy_assets.seeds.exercises.prose.labels import Field
from canopy_assets.seeds.exercises.prose.tokens import Token
from canopy_assets.seeds.exercises.prose.wording import (
    Part,
    follows,
    has_quantities,
    is_bare_mathematics,
    is_premise,
    key_entries,
    may_set_task,
    poses,
    says_no_task,
    sets_list,
    split_order,
    split_parts,
    starts_like_task,
    told_in,
    with_instruction,
)

MAX_ENTRIES = 50
"""How many paragraphs and parts a statement may have, and how many entries each of its lists."""

LISTS: tuple[Field, ...] = ("steps", "hints", "mistakes")
"""The fields that have any number of entries."""

_MAX_TITLE_WORDS = 6
_MAX_SHORT_SOLUTION = 60
"""In characters: if a solution's only line is at most this long, it is taken as the answer."""


@dataclass
class Draft:
    """An exercise while it is read.

    Attributes:
        first, last: its first and last token.
        labelled: whether the document itself calls it an exercise.
        number: its number or letter, used by answer keys.
        group: the number of the instruction that its list shares: "1" where "a)" and "b)" stand under "1. Solve:".
        listed: whether it is an item of a list or a row of a table.
        instruction: the instruction that its list shares.
        given: what a line above says of this problem and of others: "Use this information for problems 1 and 2: …".
        context: the line above its list, or the heading above it, which may say what to do.
        conditions: lines above that may change its answer.
        paragraphs: the paragraphs of its statement.
        marker: the marker of its last list item.
        parts: its lettered parts, where the statement is only what they share.
        stray: a fragment of mathematics that stands near it and belongs to no sentence.
    """

    first: Token
    last: Token
    labelled: bool
    number: str | None = None
    listed: bool = False
    instruction: str | None = None
    given: str = ""
    context: str | None = None
    conditions: tuple[Condition, ...] = ()
    paragraphs: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    lists: dict[Field, list[str]] = field(default_factory=lambda: {name: [] for name in LISTS})
    marker: str | None = None
    topic: str | None = None
    parts: list[Part] = field(default_factory=list)
    stray: str = ""
    group: str = ""
    answered_by_key: bool = False

    @property
    def statement(self) -> str:
        """The problem's paragraphs on one line."""
        return " ".join(self.paragraphs)

    @property
    def premise(self) -> str:
        """What is given to the problem's lettered parts."""
        return f"{self.given} {self.statement}".strip()

    @property
    def name(self) -> str:
        """Its number with that of its group, as answer keys and other lines call it: "3", "3a"."""
        return self.group + (self.number or "")

    @property
    def sets_list(self) -> bool:
        """Whether its statement is about the items below it: an instruction, or a question without figures."""
        return not self.given and sets_list(self.statement)

    @property
    def is_title(self) -> bool:
        """Whether it may be no exercise but the title of a section with some: "Practice"."""
        return self.number is None and not (self.paragraphs or self.answer or any(self.lists.values()))

    @property
    def is_paragraph(self) -> bool:
        """Whether only its wording makes it an exercise: it may be what the problems below it share."""
        return not (self.labelled or self.listed)

    def add(self, part: Field, text: str, *, continues: bool) -> bool:
        """Add a text to a part: as a new entry, or to the last one if it continues that. False if the part is full."""
        target = {"statement": self.paragraphs, "answer": self.answer}.get(part)
        entries = target if target is not None else self.lists.get(part, [])
        if text and len(entries) >= MAX_ENTRIES:
            return False
        if continues and entries and text:
            # A longer paragraph is refused later; adding to it would only cost time.
            entries[-1] = f"{entries[-1]} {text}" if len(entries[-1]) <= MAX_STATEMENT else entries[-1]
        elif part == "steps" and ";" in text:
            entries += [step.strip() for step in text.split(";") if step.strip()]
        elif text:
            entries.append(text)
        return True

    def has_part(self, token: Token) -> bool:
        """Whether a lettered item asks something about what the statement only describes."""
        order = split_order(self.premise)
        if not self.paragraphs or len(self.parts) >= MAX_ENTRIES:
            return False
        if self.parts:
            return follows(self.parts[-1].name, token.marker)
        asks = may_set_task(token.text) or poses(token.text) or (order is not None and has_quantities(token.text))
        begins = token.marker in ("a", "i") or (token.marker == "1" and (self.labelled or order is not None))
        # A question is no step of a solution, even where the text above it asks something as well.
        questions = token.text.rstrip().endswith("?") and not (token.marker or "").isdigit()
        return asks and begins and (order is not None or is_premise(self.premise) or questions)

    def add_part(self, token: Token) -> None:
        """Take in a lettered part."""
        self.parts.append(Part(token.marker or "", token.text))
        self.last = token

    def awaits(self, part: Field | None) -> bool:
        """Whether a part has no content yet, because its label was alone on its line."""
        if part == "statement":
            return not self.paragraphs
        return (part == "answer" and not self.answer) or (part in LISTS and not self.lists[part])


def candidates_of(draft: Draft) -> list[Candidate] | Skipped:
    """The candidates of a draft, one for each lettered part, or the reason why there are none."""
    statement = draft.statement
    if not statement:
        return Skipped(draft.first.line, "an exercise without a problem statement: write the problem under its heading")
    if len(statement) > MAX_STATEMENT:
        return Skipped(draft.first.line, f"the statement has more than {MAX_STATEMENT} characters: shorten it")
    if draft.stray:
        return Skipped(
            draft.first.line,
            f"“{draft.stray}” stands by itself near this problem, and may belong into it: put it in its place",
        )
    if not has_quantities(draft.premise) and not (draft.labelled and draft.lists["hints"] and may_set_task(statement)):
        return Skipped(
            draft.first.line, f"“{statement[:60]}” has no number or expression, so that nothing can be computed"
        )
    if draft.parts:
        return _parts_of(draft, statement, draft.parts)
    shared, parts = split_parts(statement)
    if parts and shared and (is_premise(shared) or split_order(shared)):
        return _parts_of(draft, shared, parts)
    if parts and shared and draft.labelled:
        answers = dict(split_parts(" ".join(draft.answer))[1])
        return [_candidate(draft, with_instruction(shared, part.text), answers.get(part.name)) for part in parts]
    return [_candidate(draft, _readings(draft), " ".join(draft.answer) or None)]


def _parts_of(draft: Draft, shared: str, parts: list[Part]) -> list[Candidate]:
    """The candidates of lettered parts below what they share."""
    answers = dict(key_entries(" ".join(draft.answer)))
    made, told = [], ""
    for part in parts:
        candidate = _candidate(draft, _part_readings(shared, part), answers.get(part.name))
        doubt = f"“{told}” in an earlier part may hold for this one, too: say so, or make it a problem of its own"
        made.append(replace(candidate, doubt=doubt if told else ""))
        told = told or ("" if split_order(shared) else told_in(part.text))
    return made


def _part_readings(shared: str, part: Part) -> tuple[str, ...]:
    """The ways in which a lettered part can be read below what is given to it, and below an order, if there is one."""
    split = split_order(shared)
    if split is None:
        return (f"{shared} {part.text}",)
    premise, order = split
    return tuple(f"{premise} {reading}" for reading in with_instruction(order, part.text))


def _readings(draft: Draft) -> tuple[str, ...]:
    """The ways in which a draft's problem can be read, the likeliest first."""
    if draft.listed and draft.instruction:
        return with_instruction(draft.instruction, draft.statement)
    whole, parts = draft.statement, draft.paragraphs
    if draft.context and is_bare_mathematics(whole) and not says_no_task(draft.context):
        return with_instruction(draft.context, whole)
    # A title may belong to the problem or not: "Exercise 3: the bakery". What comes after the problem belongs to it.
    titled = len(parts) > 1 and _is_title(parts[0])
    return (" ".join(parts[1:]), whole) if titled else (whole,)


def _is_title(paragraph: str) -> bool:
    """Whether the first paragraph of an exercise only names it."""
    return (
        len(paragraph.split()) <= _MAX_TITLE_WORDS
        and not paragraph.rstrip().endswith((".", "?", "!", ":"))
        and not has_quantities(paragraph)
        and not may_set_task(paragraph)
    )


def _candidate(draft: Draft, statements: tuple[str, ...], answer: str | None) -> Candidate:
    steps = draft.lists["steps"]
    if answer is None and len(steps) == 1 and len(steps[0]) <= _MAX_SHORT_SOLUTION and not starts_like_task(steps[0]):
        answer, steps = steps[0], []  # "Solution: x = 5" is an answer
    conditions = _conditions_of(draft, statements)
    above = " ".join(filter(None, (*(_sentence(c.text) for c in conditions), draft.given)))
    return Candidate(
        statements=tuple(f"{above} {statement}".strip() for statement in statements),
        condition=conditions[0] if conditions else None,
        answer=answer,
        steps=tuple(steps),
        hints=tuple(draft.lists["hints"]),
        mistakes=tuple(draft.lists["mistakes"]),
        span=Span(draft.first.line, draft.last.line, draft.first.start, max(draft.last.end, draft.first.end)),
        labelled=draft.labelled,
        topic=draft.topic,
    )


def _conditions_of(draft: Draft, statements: tuple[str, ...]) -> list[Condition]:
    """The lines above that may change the answer, but for those that are read as its premise or instruction."""
    whole = draft.statement
    read = {draft.instruction} if draft.listed else set()
    if draft.context and is_bare_mathematics(whole) and not draft.instruction:
        read.add(draft.context)
    return [
        c
        for c in draft.conditions
        if c.text not in read and c.text.rstrip(".") not in draft.given and c.concerns(max(statements, key=len))
    ]


def _sentence(text: str) -> str:
    """A line as a sentence: "use π = 3.14" → "Use π = 3.14."."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ":")) else ".")

"""Exercises in prose: problems with, where given, their answer, steps, guidance for the tutor and common mistakes.

Recognised are headings and labels ("Exercise 3", "Problem:", "Q:", "Example 2."), numbered and lettered lists, tables
with a column of problems, lists under a shared instruction ("Solve for x:"), and paragraphs that begin like a task
("Solve …"). An answer key at the end is matched by number. What looked like an exercise and is none is reported with
its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from canopy_assets.records import SeedDocument, Skipped, Span
from canopy_assets.seeds.exercises.prose_lines import Field, Token, column_of, tokens_of
from canopy_assets.seeds.exercises.prose_tasks import (
    has_quantities,
    is_bare_mathematics,
    is_instruction,
    is_task,
    key_entries,
    split_parts,
    starts_like_task,
    with_instruction,
)

MAX_STATEMENT = 1_500
"""Characters of a problem statement."""

MAX_ENTRIES = 50
"""Paragraphs of a statement, and entries of each of its lists."""

_LISTS: tuple[Field, ...] = ("steps", "hints", "mistakes")
_FOOTER = re.compile(
    r"(?:.{0,80}\b)?(?:page|slide|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?|\d{1,3}|[-–—]\s*\d{1,3}\s*[-–—]", re.IGNORECASE
)


@dataclass(frozen=True)
class Candidate:
    """A stretch of a document that reads as an exercise; nothing of it is checked yet.

    `statements` are the ways in which the problem can be read, the likeliest first. `labelled` says that the document
    itself calls it an exercise.
    """

    statements: tuple[str, ...]
    answer: str | None
    steps: tuple[str, ...]
    hints: tuple[str, ...]
    mistakes: tuple[str, ...]
    span: Span
    labelled: bool
    topic: str | None = None


@dataclass
class _Draft:
    first: Token
    last: Token
    labelled: bool
    number: str | None = None
    listed: bool = False
    instruction: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    lists: dict[Field, list[str]] = field(default_factory=lambda: {name: [] for name in _LISTS})
    marker: str | None = None
    topic: str | None = None

    @property
    def statement(self) -> str:
        """The problem's paragraphs in one line."""
        return " ".join(self.paragraphs)


def parse(document: SeedDocument) -> tuple[list[Candidate], list[Skipped]]:
    """The exercises of a prose document as it states them, and what looked like one but can't be used.

    Args:
        document: a read document of kind "prose".
    """
    reader = _Reader()
    for token in tokens_of(document.text):
        reader.take(token)
    return reader.finish()


class _Reader:
    """Walks over the tokens; `draft` is the exercise being read and `field` the part of it that is open."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.unanswered: dict[str, _Draft] = {}
        self.skipped: list[Skipped] = []
        self.draft: _Draft | None = None
        self.field: Field | None = None
        self.instruction: str | None = None
        self.topic: str | None = None
        self.columns: tuple[Field | None, ...] = ()
        self.after_blank = True

    def take(self, token: Token) -> None:
        """Read the next token: by its kind, or by the label that it begins with."""
        if token.kind != "row":
            self.columns = ()
        if token.kind == "blank":
            self.after_blank = True
            return
        if token.too_long:
            self.skipped.append(Skipped(token.line, "the line is too long to be part of an exercise: break it up"))
        elif token.kind == "text" and not token.label and _FOOTER.fullmatch(token.text):
            return  # a page number stands in the middle of whatever runs over the page
        elif token.kind == "row":
            self._row(token)
        elif token.label:
            self._label(token, token.label)
        else:
            {"heading": self._heading, "item": self._item, "text": self._text}[token.kind](token)
        self.after_blank = False

    def finish(self) -> tuple[list[Candidate], list[Skipped]]:
        """The exercises found, and what was skipped with its line and why."""
        self._close()
        candidates = []
        for draft in self.drafts:
            made = _candidates(draft)
            if isinstance(made, Skipped):
                self.skipped.append(made)
            else:
                candidates += made
        return candidates, sorted(self.skipped, key=lambda s: s.line)

    def _close(self) -> None:
        """Ends the open exercise. One without any content was a section's title ("Example" over "Example 1")."""
        draft, self.draft, self.field = self.draft, None, None
        if draft and (draft.paragraphs or draft.answer or any(draft.lists.values())):
            self.drafts.append(draft)
            if draft.number and not draft.answer:
                self.unanswered[draft.number] = draft

    def _open(self, token: Token, *, labelled: bool, text: str, listed: bool = False) -> None:
        self._close()
        self.draft = _Draft(
            token,
            token,
            labelled,
            token.number or token.marker,
            listed,
            self.instruction if listed else None,
            topic=self.topic,
        )
        self.field = "statement"
        if text:
            self.draft.paragraphs.append(text)

    def _label(self, token: Token, label: Field) -> None:
        if label == "statement":
            if token.kind == "heading":
                self.instruction = None
            self._open(token, labelled=True, text=token.text)
        elif label == "topic":
            self.topic = token.text or self.topic
        elif label == "answers":
            self._close()
            self.field = "answers"
            self._key(token.text)
        elif self.draft is None and self.field != "answers":
            self.skipped.append(
                Skipped(token.line, f"{label} without a problem before it: write the problem, or label it")
            )
        else:
            self.field = label
            self._add(token)

    def _heading(self, token: Token) -> None:
        self._close()
        self.instruction = token.text if is_instruction(token.text) else None
        self.topic = token.text or self.topic

    def _item(self, token: Token) -> None:
        if self.field == "answers":
            self._key(f"{token.marker}) {token.text}")
        elif self._opens_exercise(token):
            if self.draft and self.field == "statement" and is_instruction(self.draft.statement):
                self.instruction, self.draft = self.draft.statement, None
            self._open(token, labelled=False, text=token.text, listed=True)
        elif self.draft:
            if self.field not in _LISTS:
                # Bullets under a problem are guidance, a numbered list is its solution.
                self.field = "hints" if token.marker == "-" or not (token.marker or "").isalnum() else "steps"
            self._add(token)

    def _text(self, token: Token) -> None:
        if self.field == "answers":
            self._key(token.text)
            return
        draft = self.draft
        if draft and (not self.after_blank or self._awaits_content(draft)):
            self._add(token, continues=True)
        elif is_instruction(token.text):
            self._close()
            self.instruction = token.text
        elif (
            is_task(token.text)
            and starts_like_task(token.text)
            and not (draft and self.field == "statement" and not is_task(draft.statement))
        ):
            self._open(token, labelled=False, text=token.text)
        elif draft and self.field == "statement":
            self._add(token)
        elif draft:
            self.field = None

    def _awaits_content(self, draft: _Draft) -> bool:
        if self.field == "statement":
            return not draft.paragraphs
        return (self.field == "answer" and not draft.answer) or (self.field in _LISTS and not draft.lists[self.field])

    def _add(self, token: Token, *, continues: bool = False) -> None:
        draft = self.draft
        if draft is None or self.field is None:
            return
        draft.last, draft.marker = token, token.marker or draft.marker
        if not token.text:
            return
        target = {"statement": draft.paragraphs, "answer": draft.answer}.get(self.field)
        entries = target if target is not None else draft.lists.get(self.field, [])
        if len(entries) >= MAX_ENTRIES:
            return
        if continues and entries and not self.after_blank:
            # A paragraph beyond the bound is refused later; growing it further would only cost time.
            entries[-1] = f"{entries[-1]} {token.text}" if len(entries[-1]) <= MAX_STATEMENT else entries[-1]
        elif self.field == "steps" and ";" in token.text:
            entries += [part.strip() for part in token.text.split(";") if part.strip()]
        else:
            entries.append(token.text)

    def _opens_exercise(self, token: Token) -> bool:
        """Whether a list item is a problem of its own, not a step, a hint or a mistake of the open one."""
        counted, draft = bool(re.fullmatch(r"\d+|[a-h]", token.marker or "")), self.draft
        task = is_task(token.text) or (
            is_bare_mathematics(token.text) and (self.instruction is not None or "=" in token.text)
        )
        if draft and self.field == "statement" and is_instruction(draft.statement):
            return has_quantities(token.text)
        if draft is None:
            return task or (counted and self.instruction is not None and has_quantities(token.text))
        if not counted:
            return task and draft.listed and draft.first.marker == token.marker and self.field not in _LISTS
        next_exercise = draft.listed and _follows(draft.number, token.marker)
        next_entry = self.field in _LISTS and (_follows(draft.marker, token.marker) or not draft.lists[self.field])
        if next_exercise:
            # "Steps: 1. … 4. …" may be followed by problem 5: only its wording and the gap tell.
            return not next_entry or (self.after_blank and is_task(token.text))
        return is_task(token.text) and not next_entry and (draft.listed or self.field in ("answer", None, *_LISTS))

    def _key(self, text: str) -> None:
        """Gives the answers of a key to the exercises with those numbers that have none yet."""
        for number, answer in key_entries(text):
            if answer and number in self.unanswered:
                self.unanswered.pop(number).answer.append(answer)

    def _row(self, token: Token) -> None:
        if not self.columns:
            self._close()
            columns: tuple[Field | None, ...] = tuple(column_of(cell) for cell in token.cells)
            self.columns = columns if "statement" in columns else tuple(None for _ in columns)
            return
        cells = dict(zip(self.columns, token.cells, strict=False))
        statement = cells.get("statement", "")
        if not statement:
            return
        self._open(token, labelled=True, text=statement, listed=True)
        for name, content in cells.items():
            if name in ("answer", *_LISTS) and content:
                self._label(Token("text", content, token.line, token.start, token.end), name)
        self._close()


def _follows(before: str | None, marker: str | None) -> bool:
    if not before or not marker or len(marker) > 3 or len(before) > 3:
        return False
    if before.isdigit() and marker.isdigit():
        return int(marker) == int(before) + 1
    return len(before) == len(marker) == 1 and ord(marker) == ord(before) + 1


def _candidates(draft: _Draft) -> list[Candidate] | Skipped:
    statement = draft.statement
    if not statement:
        return Skipped(draft.first.line, "an exercise without a problem statement: write the problem under its heading")
    if len(statement) > MAX_STATEMENT:
        return Skipped(draft.first.line, f"the statement has more than {MAX_STATEMENT} characters: shorten it")
    if not has_quantities(statement):
        return Skipped(
            draft.first.line, f"“{statement[:60]}” has no number or expression, so that nothing can be computed"
        )
    shared, parts = split_parts(statement)
    if parts and shared and draft.labelled:
        answers = dict(split_parts(" ".join(draft.answer))[1])
        return [_candidate(draft, with_instruction(shared, text), answers.get(name)) for name, text in parts]
    readings = _readings(draft)
    return [_candidate(draft, readings, " ".join(draft.answer) or None)]


def _readings(draft: _Draft) -> tuple[str, ...]:
    if draft.listed and draft.instruction:
        return with_instruction(draft.instruction, draft.statement)
    # A title may belong to the problem or not ("Exercise 3: the bakery"), and so may a paragraph after it.
    whole, parts = draft.statement, draft.paragraphs
    return tuple(dict.fromkeys([whole, *(p for p in parts if has_quantities(p))]))


def _candidate(draft: _Draft, statements: tuple[str, ...], answer: str | None) -> Candidate:
    steps = draft.lists["steps"]
    if answer is None and len(steps) == 1 and len(steps[0]) <= 60:
        answer, steps = steps[0], []  # "Solution: x = 5" is an answer
    return Candidate(
        statements=statements,
        answer=answer,
        steps=tuple(steps),
        hints=tuple(draft.lists["hints"]),
        mistakes=tuple(draft.lists["mistakes"]),
        span=Span(draft.first.line, draft.last.line, draft.first.start, max(draft.last.end, draft.first.end)),
        labelled=draft.labelled,
        topic=draft.topic,
    )

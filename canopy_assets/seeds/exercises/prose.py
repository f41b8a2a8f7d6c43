"""Recognises exercises in prose, with their answers, steps, guidance for the tutor and common mistakes.

An exercise begins with a heading or a label ("Exercise 3", "Problem:", "Q:", "Example 2."), as an item of a numbered or
lettered list, in a table with a column of problems, in a list under a shared instruction ("Solve for x:"), or as a
paragraph that begins like a task ("Solve …"). An answer key at the end is matched by number. Text that looks like an
exercise but is not one is reported with its line.

`prose_tokens` splits the document into lines, `prose_labels` reads labels, `prose_wording` knows how problems are
worded, `prose_draft` turns what was collected for an exercise into candidates.
"""

from __future__ import annotations

import re
from dataclasses import replace

from canopy_assets.records import SeedDocument, Skipped
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.lines import Line, LineLog
from canopy_assets.seeds.exercises.prose_draft import LISTS, Draft, candidates_of
from canopy_assets.seeds.exercises.prose_key import AnswerKey, begins_key
from canopy_assets.seeds.exercises.prose_labels import Field, column_field
from canopy_assets.seeds.exercises.prose_tokens import CHECKBOX, Token, tokens_of
from canopy_assets.seeds.exercises.prose_wording import (
    asks,
    asks_itself,
    follows,
    has_quantities,
    is_bare_mathematics,
    is_complete,
    is_footer,
    is_fragment,
    is_instruction,
    is_later,
    is_task,
    lacks_power,
    may_set_task,
    sets_list,
    starts_like_task,
    without_number,
)
from canopy_assets.seeds.languages.restating import Tongue, read_in_english


def parse(document: SeedDocument, tongue: Tongue | None = None) -> tuple[list[Candidate], list[Skipped]]:
    """Find the exercises that a prose document states, and the parts that look like one but cannot be used.

    Args:
        document: a read document of kind "prose".
        tongue: its language and decimals; None reads it as English.
    """
    candidates, skipped, _ = read(document, tongue)
    return candidates, skipped


def read(document: SeedDocument, tongue: Tongue | None = None) -> tuple[list[Candidate], list[Skipped], list[Line]]:
    """As `parse`, and what each line is."""
    parser = _Parser()
    tokens = tokens_of(document.text)
    for token in tokens if tongue is None else read_in_english(tokens, tongue):
        parser.take(token)
    return *parser.finish(), list(parser.log.lines(document.text))


class _Parser:
    """Goes over the tokens once.

    Attributes:
        log: what each line is.
        drafts: the exercises that are complete.
        key: matches the entries of answer keys with them; `key_of_list` those of a solution behind a list.
        draft: the exercise being read.
        field: the part of it to which text belongs; "answers" inside an answer key.
        instruction: the instruction that the items of the present list share.
        lead: the line above the present list, where it is no known instruction but may be one.
        above: the line of that instruction or lead.
        group: its number, where it is an item itself.
        title: the last heading that is no label, without its number.
        topic: the topic, from the last heading or label.
        columns: the fields of the present table's columns; empty outside a table.
        after_blank: whether the last line was blank.
        key_number: the last number of an answer key, to which the letters after it belong.
    """

    def __init__(self) -> None:
        self.log = LineLog()
        self.drafts: list[Draft] = []
        self.key = AnswerKey()
        self.key_of_list: AnswerKey | None = None
        self.skipped: list[Skipped] = []
        self.draft: Draft | None = None
        self.field: Field | None = None
        self.instruction: str | None = None
        self.lead: str | None = None
        self.above = 0
        self.group = ""
        self.title: str | None = None
        self.topic: str | None = None
        self.columns: tuple[Field | None, ...] = ()
        self.after_blank = True

    def take(self, token: Token) -> None:
        """Read the next token by its kind or by its label."""
        if token.kind != "row":
            self.columns = ()
        if token.kind == "blank":
            self.after_blank = True
            return
        if token.too_long:
            self.skipped.append(Skipped(token.line, "the line is too long to be part of an exercise: break it up"))
        elif token.kind == "text" and not token.label and is_footer(token.text):
            if self.draft and self.after_blank and token.text.isdigit() and lacks_power(self.draft.statement):
                self.draft.stray = token.text
                self.log.set(token.line, "unexplained")
            self.log.note(token.line, "prose")
            return  # a page number may interrupt text that continues on the next page
        elif token.kind == "row":
            self._row(token)
        elif token.label:
            self._label(token, token.label)
        else:
            {"heading": self._heading, "item": self._item, "text": self._text}[token.kind](token)
        self.log.note_unused(token)
        self.after_blank = False

    def finish(self) -> tuple[list[Candidate], list[Skipped]]:
        """The exercises, and the skipped parts with line and reason."""
        self._close()
        candidates = []
        for draft in self.drafts:
            made = candidates_of(draft)
            if isinstance(made, Skipped):
                self.skipped.append(made)
            else:
                candidates += made
        return candidates, sorted(self.skipped, key=lambda s: s.line)

    def _close(self) -> None:
        """End the open exercise. One without any content was the title of a section ("Example" over "Example 1")."""
        draft, self.draft, self.field = self.draft, None, None
        if draft and (draft.paragraphs or draft.answer or any(draft.lists.values())):
            self.drafts.append(draft)
            self.key.expect(draft)
        elif draft:
            self.log.set(draft.first.line, "prose")

    def _open(self, token: Token, *, labelled: bool, text: str, listed: bool = False) -> None:
        """End the open exercise and begin a new one."""
        self._close()
        self.draft = Draft(
            token,
            token,
            labelled,
            token.number or token.marker,
            listed,
            self.instruction if listed else None,
            group=self.group if listed and (token.marker or "").isalpha() else "",
            context=(self.lead if listed else None) or self.title,
            topic=self.topic,
        )
        self.field = "statement"
        self.log.note(token.line, "problem")
        if listed and (self.instruction or self.lead or may_set_task(self.title or "")):
            self.log.set(self.above, "part")
        if text:
            self.draft.paragraphs.append(text)

    def _label(self, token: Token, label: Field) -> None:
        """Open the field that a label names."""
        if label == "statement":
            if token.kind == "heading":
                self.instruction = None
            self._open(token, labelled=True, text=token.text)
        elif label == "topic":
            self.topic = token.text or self.topic
        elif label == "answers":
            self._close()
            self.field, self.key_of_list = "answers", None
            self.log.note(token.line, "answer")
            self.key.point_at(token.number)
            self._key(token, token.text)
        elif self.draft is None and self.field != "answers":
            self.log.note(token.line, "unexplained")
            self.skipped.append(
                Skipped(token.line, f"{label} without a problem before it: write the problem, or label it")
            )
        else:
            self.field = label
            self._add(token)

    def _heading(self, token: Token) -> None:
        draft = self.draft
        awaited = draft and draft.labelled and self.field == "statement" and draft.awaits(self.field)
        if awaited and (may_set_task(token.text) or has_quantities(token.text)):
            self._add(token)  # "Example Problem:" above "## Solve for x: 7x − 4 = 24"
            return
        self._close()
        self.title = without_number(token.text)
        if asks_itself(self.title):
            self._open(token, labelled=True, text=self.title)
            return
        self.instruction = self.title if is_instruction(self.title) else None
        self.lead, self.above, self.group = None, token.line, ""
        self.topic = token.text or self.topic

    def _item(self, token: Token) -> None:
        """A list item is an entry of an answer key, an exercise, or a part of the open one."""
        if begins_key(token.marker, self.field, self.draft, self.drafts[-1] if self.drafts else None):
            self._close()
            self.field, self.key_of_list = "answers", AnswerKey.of_last_list(self.drafts)
        if self.field == "answers" and (
            (self.key_of_list or self.key).expects(token.marker) or not is_task(token.text)
        ):
            self._key(token, f"{token.marker}) {token.text}")
        elif self.draft and self.field == "statement" and self.draft.has_part(token):
            self.draft.add_part(token)
            self.log.note(token.line, "part")
        elif self._opens_exercise(self._after_restart(token)):
            if self.draft and self.field == "statement" and sets_list(self.draft.statement):
                above, self.draft = self.draft, None
                self._share(above.statement, above.first)
            self._open(token, labelled=False, text=token.text, listed=True)
        elif (self.draft is None or self.draft.is_title) and (token.marker or "").isalnum() and sets_list(token.text):
            self._close()
            self._share(token.text, token)
        elif self.draft:
            if self.field not in LISTS:
                # Bullets under a problem are guidance, a numbered list is its solution.
                self.field = "hints" if token.marker == "-" or not (token.marker or "").isalnum() else "steps"
            if self.field in ("answer", "steps") and token.marker in [p.name for p in self.draft.parts]:
                token, self.field = replace(token, text=f"{token.marker}) {token.text}"), "answer"
            self._add(token)

    def _share(self, text: str, token: Token) -> None:
        """Take a text as the instruction of the list that follows, or as what stands above it."""
        self.instruction, self.lead = (text, None) if is_instruction(text) else (None, text)
        self.above, self.group = token.line, token.marker or ""

    def _after_restart(self, token: Token) -> Token:
        """Where a list starts over, the paragraph above it is its instruction, not the end of the previous item."""
        draft = self.draft
        begins = draft and draft.listed and self.field == "statement" and token.marker in ("1", "a")
        if draft and begins and len(draft.paragraphs) > 1 and may_set_task(draft.paragraphs[-1]):
            lead, last = draft.paragraphs.pop(), draft.last
            self._close()
            self._share(lead, last)
        return token

    def _text(self, token: Token) -> None:
        """Plain text continues the open field, announces a list of problems, or is a problem itself."""
        if self.field == "answers":
            self._key(token, token.text)
            return
        draft = self.draft
        if draft and (not self.after_blank or draft.awaits(self.field)):
            self._add(token, continues=True)
        elif (
            draft
            and is_fragment(token.text)
            and (
                self.field in ("hints", "mistakes", None)
                or (self.field == "statement" and is_complete(draft.statement))
            )
        ):
            draft.stray = token.text
            self.log.set(token.line, "unexplained")
        elif is_instruction(token.text):
            self._close()
            self._share(token.text, token)
        elif (
            is_task(token.text)
            and starts_like_task(token.text)
            and not (draft and self.field == "statement" and not is_task(draft.statement))
        ):
            self._open(token, labelled=False, text=token.text)
        elif draft and self.field == "statement":
            self._add(token)
        else:
            self.field = None
            self.lead = token.text if may_set_task(token.text) else None
            self.above = token.line if self.lead else self.above

    def _add(self, token: Token, *, continues: bool = False) -> None:
        """Add a token's text to the open field: as a new entry, or to the last one where it continues that."""
        draft = self.draft
        if draft is None or self.field is None:
            return
        draft.last, draft.marker = token, token.marker or draft.marker
        if draft.add(self.field, token.text, continues=continues and not self.after_blank):
            self.log.note_field(token.line, self.field)

    def _opens_exercise(self, token: Token) -> bool:
        """Whether a list item is a problem of its own, not a step, a hint or a mistake of the open one."""
        counted, draft = bool(re.fullmatch(r"\d+|[a-h]|[ivx]{1,4}", token.marker or "")), self.draft
        task = is_task(token.text) or (
            is_bare_mathematics(token.text) and (self.instruction is not None or "=" in token.text)
        )
        if draft and self.field == "statement" and is_instruction(draft.statement):
            return has_quantities(token.text)
        if draft and self.field == "statement" and counted and sets_list(draft.statement):
            return is_bare_mathematics(token.text) or is_task(token.text)
        if draft and self.field == "statement" and counted and draft.is_paragraph and asks(token.text):
            return True
        if draft is None or draft.is_title:
            return task or (counted and self.instruction is not None and has_quantities(token.text))
        next_entry = self.field in LISTS and (follows(draft.marker, token.marker) or not draft.lists[self.field])
        restarts = draft.listed and (draft.number or "").isalpha() and (token.marker or "").isdigit()
        if counted and not next_entry and (is_instruction(token.text) or (restarts and sets_list(token.text))):
            return True
        if token.marker == CHECKBOX:
            return task
        if not counted:
            return task and draft.listed and draft.first.marker == token.marker and self.field not in LISTS
        next_exercise = draft.listed and (
            follows(draft.number, token.marker) or (self.field == "statement" and is_later(draft.number, token.marker))
        )
        if next_exercise:
            # "Steps: 1. … 4. …" may be followed by problem 5. Only its wording and the gap before it show that.
            return not next_entry or (self.after_blank and is_task(token.text))
        return is_task(token.text) and not next_entry and (draft.listed or self.field in ("answer", None, *LISTS))

    def _key(self, token: Token, text: str) -> None:
        """Give the answers of a key to the exercises with those numbers."""
        if (self.key_of_list or self.key).give(text):
            self.log.note(token.line, "answer")

    def _row(self, token: Token) -> None:
        """A table's first row names its columns. If a column has problems, every further row is an exercise."""
        if not self.columns:
            self._close()
            columns: tuple[Field | None, ...] = tuple(column_field(cell) for cell in token.cells)
            self.columns = columns if "statement" in columns else tuple(None for _ in columns)
            if "statement" in columns:
                self.log.note(token.line, "part")
            return
        cells = dict(zip(self.columns, token.cells, strict=False))
        statement = cells.get("statement", "")
        if not statement:
            return
        self._open(token, labelled=True, text=statement, listed=True)
        for name, content in cells.items():
            if name in ("answer", *LISTS) and content:
                self._label(Token("text", content, token.line, token.start, token.end), name)
        self._close()

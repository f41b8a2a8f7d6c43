"""Recognises exercises in prose, with their answers, steps, guidance for the tutor and common mistakes.

An exercise begins with a heading or a label ("Exercise 3", "Problem:", "Q:", "Example 2."), as an item of a numbered or
lettered list, in a table with a column of problems, in a list under a shared instruction ("Solve for x:"), or as a
paragraph that begins like a task ("Solve …"). An answer key at the end is matched by number. Text that looks like an
exercise but is not one is reported with its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.records import SeedDocument, Skipped
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.prose.conditions import changes_nothing, is_rule, speaks_of_many
from canopy_assets.seeds.exercises.prose.draft import LISTS
from canopy_assets.seeds.exercises.prose.key import AnswerKey, begins_key
from canopy_assets.seeds.exercises.prose.labels import Field, column_field, is_mathematics_column
from canopy_assets.seeds.exercises.prose.lines import Line
from canopy_assets.seeds.exercises.prose.opening import Opening
from canopy_assets.seeds.exercises.prose.scopes import Scope
from canopy_assets.seeds.exercises.prose.sheet import (
    is_direction,
    is_furniture,
    section_of,
    without_directions,
    without_number,
)
from canopy_assets.seeds.exercises.prose.tokens import (
    Token,
    lists_in,
    tokens_of,
)
from canopy_assets.seeds.exercises.prose.wording import (
    asks_itself,
    has_quantities,
    is_complete,
    is_fragment,
    is_instruction,
    is_order,
    is_premise,
    is_supposition,
    is_task,
    is_value_of_pi,
    lacks_power,
    may_set_task,
    sets_list,
    starts_like_task,
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
    tokens = list(tokens_of(document.text))
    tokens = tokens if tongue is None else list(read_in_english(tokens, tongue))
    finder = _Finder(list(lists_in(tokens)))
    for token in tokens:
        finder.take(token)
    return *finder.finish(), list(finder.log.lines(document.text))


class _Finder(Opening):
    """Goes over the tokens once.

    Attributes:
        columns: the fields of the present table's columns; empty outside a table.
    """

    def __init__(self, lists: Sequence[list[Token]]) -> None:
        super().__init__(lists)
        self.columns: tuple[Field | None, ...] = ()

    def take(self, token: Token) -> None:
        """Read the next token by its kind or by its label."""
        if token.kind != "row":
            self.columns = self.key_names = ()
        if token.kind == "blank":
            self.after_blank = True
            return
        if token.too_long:
            self.skipped.append(Skipped(token.line, "the line is too long to be part of an exercise: break it up"))
        elif token.kind == "text" and not token.label and is_furniture(token.text) and not self._awaits(token):
            if self.draft and self.after_blank and token.text.isdigit() and lacks_power(self.draft.statement):
                self.draft.stray = token.text
                self.log.set(token.line, "unexplained")
            self.log.note(token.line, "prose")
            return  # a page number may interrupt text that continues on the next page
        elif token.scope and self._is_ahead(token.scope):
            self.close()
            self.above.announce(token.scope)
            self.log.note(token.line, "part")
        elif token.kind == "row":
            self._row(token)
        elif token.label:
            self._label(token, token.label)
        else:
            {"heading": self._heading, "item": self._item, "text": self._text}[token.kind](token)
        self.log.note_unused(token)
        self.after_blank = False

    def _awaits(self, token: Token) -> bool:
        """Whether a number that stands alone is the answer that a label above announced."""
        awaited = self.field in ("answer", "steps") and self.draft is not None and self.draft.awaits(self.field)
        return awaited and token.text.isdigit()

    def _is_ahead(self, scope: Scope) -> bool:
        """Whether a line speaks of problems that are still to come."""
        number = self.draft.number if self.draft else None
        return not (number and number.isdigit() and int(number) >= min(scope.numbers))

    def _label(self, token: Token, label: Field) -> None:
        """Open the field that a label names."""
        if label == "statement":
            if token.kind == "heading":
                self.above.instruction = None
            self.open(token, labelled=True, text=token.text)
        elif label == "topic":
            self.above.topic = token.text or self.above.topic
        elif label == "answers":
            self.close()
            self.field, self.key_of_list = "answers", None
            self.log.note(token.line, "answer")
            self.key.point_at(token.number)
            self.give(token, token.text)
        elif label == "notes":
            self.field = "hints" if self.draft else None
            self.log.note(token.line, "guidance")
            self.add(token)
        elif label == "answer" and self.answers_list(token.text):
            self.log.note(token.line, "answer")
        elif self.draft is None and self.field != "answers":
            self.log.note(token.line, "unexplained")
            self.skipped.append(
                Skipped(token.line, f"{label} without a problem before it: write the problem, or label it")
            )
        else:
            self.field = label
            self.add(token)

    def _heading(self, token: Token) -> None:
        draft = self.draft
        awaited = draft and draft.labelled and self.field == "statement" and draft.awaits(self.field)
        if awaited and (may_set_task(token.text) or has_quantities(token.text)):
            self.add(token)  # "Example Problem:" above "## Solve for x: 7x − 4 = 24"
            return
        self.close()
        title = without_number(token.text)
        if asks_itself(title) and not (is_rule(title) or is_supposition(title)):
            self.above.title = title
            self.open(token, labelled=True, text=title)
        else:
            self.above.begin_section(title, token)

    def _item(self, token: Token) -> None:
        """A list item is an entry of an answer key, an exercise, or a part of the open one."""
        if begins_key(token.marker, self.field, self.draft, self.drafts[-1] if self.drafts else None):
            self.close()
            self.field, self.key_of_list = "answers", AnswerKey.of_last_list(self.drafts)
        if self.field == "answers" and (
            (self.key_of_list or self.key).expects(token.marker) or not is_task(token.text)
        ):
            self.give(token, f"{token.marker}) {token.text}")
        elif self.draft and self.field == "statement" and self.draft.has_part(token):
            self.draft.add_part(token)
            self.log.note(token.line, "part")
        elif self._may_rule(token) and not (token.marker or "").isalnum() and is_rule(token.text):
            self.close()
            self._bind(token)
        elif self.opens_exercise(self._after_restart(token)):
            if self.draft and self.field == "statement" and self.draft.sets_list and not self.is_next(token):
                above, self.draft = self.draft, None
                self.above.share(above.statement, above.first)
            self.open(token, labelled=False, text=token.text, listed=True)
        elif (self.draft is None or self.draft.is_title) and (token.marker or "").isalnum() and sets_list(token.text):
            self.close()
            self.above.share(token.text, token)
        elif self._may_rule(token) and is_rule(token.text):
            self.close()
            self._bind(token)
        elif self.draft:
            if self.field not in LISTS:
                # Bullets under a problem are guidance, a numbered list is its solution.
                self.field = "hints" if token.marker == "-" or not (token.marker or "").isalnum() else "steps"
            if self.field in ("answer", "steps") and token.marker in [p.name for p in self.draft.parts]:
                token, self.field = replace(token, text=f"{token.marker}) {token.text}"), "answer"
            self.add(token)

    def _after_restart(self, token: Token) -> Token:
        """Where a list starts over, the paragraph above it is its instruction, not the end of the previous item."""
        draft = self.draft
        begins = draft and draft.listed and self.field == "statement" and token.marker in ("1", "a")
        if draft and begins and len(draft.paragraphs) > 1 and may_set_task(draft.paragraphs[-1]):
            lead, last = draft.paragraphs.pop(), draft.last
            self.close()
            self.above.share(lead, last)
        return token

    def _text(self, token: Token) -> None:
        """Plain text continues the open field, announces a list of problems, or is a problem itself."""
        if self.field == "answers":
            self.give(token, token.text)
            return
        if self.draft is None and self.above.goes_on(token.text):
            self.above.add(token.text)
            self.log.note(token.line, "part")
            return
        if self.draft is None and (is_direction(token.text) or changes_nothing(token.text)):
            self.log.note(token.line, "prose")
            return
        section = section_of(token.text)
        if section is not None and (self.draft is None or self.after_blank):
            self._heading(replace(token, kind="heading", text=section))
            return
        if self._rules(token):
            self.close()
            self._bind(token)
            return
        self._paragraph(token)

    def _paragraph(self, token: Token) -> None:
        """Plain text that is neither a section's heading nor a rule for what is below it."""
        draft = self.draft
        waits = draft and self.field == "statement" and not is_task(draft.statement)
        if draft and (not self.after_blank or draft.awaits(self.field)):
            self.add(token, continues=True)
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
        elif is_instruction(without_directions(token.text)) or self._orders_list(token):
            self.close()
            self.above.share(without_directions(token.text), token)
        elif not waits and is_supposition(token.text):
            self.close()
            if is_value_of_pi(token.text):
                self.above.bind(token)
            else:
                self.above.state_facts(token)
            self.above.suppose(token)
        elif not waits and is_task(token.text) and starts_like_task(token.text):
            self.open(token, labelled=False, text=token.text)
        elif draft and self.field == "statement":
            self.add(token)
            if draft.listed and is_premise(token.text):
                self.above.suppose(token)  # it may go on with this problem, or begin the next ones
        elif is_premise(token.text) and not may_set_task(token.text):
            self.field = None
            self.above.state_facts(token)
            self.above.suppose(token)
        else:
            self.field = None
            self.above.state_facts(token)
            self.above.lead = token.text if may_set_task(token.text) else None
            self.above.line = token.line if self.above.lead else self.above.line

    def _rules(self, token: Token) -> bool:
        """Whether a line says how to work in all the problems below it, and does not go on with the one above."""
        draft = self.draft
        if draft is None or self._may_rule(token):
            return is_rule(token.text)
        complete = self.field != "statement" or (draft.listed and is_complete(draft.statement))
        return complete and speaks_of_many(token.text) and is_rule(token.text)

    def _may_rule(self, token: Token) -> bool:
        """Whether no problem is open to which a line could belong, only perhaps the title of some ("Practice")."""
        draft = self.draft
        return draft is None or (draft.is_title and self.field in ("statement", None) and token.line > draft.first.line)

    def _bind(self, token: Token) -> None:
        """Take a line as what holds for all the problems below it."""
        self.above.bind(token)
        if is_premise(token.text):
            self.above.suppose(token)

    def _orders_list(self, token: Token) -> bool:
        """Whether a paragraph below a complete item is an order for the items after it: "Solve for the unknown."."""
        draft, order = self.draft, without_directions(token.text)
        complete = draft is not None and draft.listed and self.field == "statement" and is_complete(draft.statement)
        return complete and is_order(order)

    def _row(self, token: Token) -> None:
        """A table's first row names its columns. If a column has problems, every further row is an exercise."""
        if self.field == "answers":
            self.give_row(token)
            return
        if not self.columns:
            self.close()
            self._columns(token)
            return
        cells = dict(zip(self.columns, token.cells, strict=False))
        statement = cells.get("statement", "")
        if not statement:
            return
        numbers = (c.strip("().").lower() for c in token.cells if re.fullmatch(r"\(?(?:\d{1,3}|[a-h])[.)]?", c))
        self.open(replace(token, number=next(numbers, None)), labelled=True, text=statement, listed=True)
        for name, content in cells.items():
            if name in ("answer", *LISTS) and content:
                self._label(Token("text", content, token.line, token.start, token.end), name)
        self.close()

    def _columns(self, token: Token) -> None:
        """Read the first row of a table."""
        columns: tuple[Field | None, ...] = tuple(column_field(cell) for cell in token.cells)
        if "statement" not in columns and self.above.sets_list():
            columns = tuple("statement" if is_mathematics_column(c) else column_field(c) for c in token.cells)
        has_problems = "statement" in columns
        self.columns = columns if has_problems else tuple(None for _ in columns)
        if has_problems:
            self.log.note(token.line, "part")
        elif self.above.is_announced:
            self.above.add(UNREADABLE)  # a table is what the problems below it share

"""Collects the exercises of a document, part by part, with what each line is."""

from __future__ import annotations

from canopy_assets.records import Skipped
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.prose.above import Above
from canopy_assets.seeds.exercises.prose.draft import Draft, candidates_of
from canopy_assets.seeds.exercises.prose.key import AnswerKey, names_of_key
from canopy_assets.seeds.exercises.prose.labels import Field
from canopy_assets.seeds.exercises.prose.lines import LineLog
from canopy_assets.seeds.exercises.prose.tokens import Token
from canopy_assets.seeds.exercises.prose.wording import key_entries


class Collector:
    """Holds what was read so far, and says where the next text goes; `finder` decides which text that is.

    Attributes:
        log: what each line is.
        drafts: the exercises that are complete.
        key: matches the entries of answer keys with them; `key_of_list` those of a solution behind a list.
        key_names: the numbers in the first row of a table with answers.
        draft: the exercise being read.
        field: the part of it to which text belongs; "answers" inside an answer key.
        above: what stands above the next problem and belongs to it.
        after_blank: whether the last line was blank.
    """

    def __init__(self) -> None:
        self.above = Above()
        self.log = LineLog()
        self.drafts: list[Draft] = []
        self.key = AnswerKey()
        self.key_of_list: AnswerKey | None = None
        self.key_names: tuple[str, ...] = ()
        self.skipped: list[Skipped] = []
        self.draft: Draft | None = None
        self.field: Field | None = None
        self.after_blank = True

    def finish(self) -> tuple[list[Candidate], list[Skipped]]:
        """The exercises, and the skipped parts with line and reason."""
        self.close()
        candidates = []
        for draft in self.drafts:
            made = candidates_of(draft)
            if isinstance(made, Skipped):
                self.skipped.append(made)
            else:
                candidates += made
        return candidates, sorted(self.skipped, key=lambda s: s.line)

    def close(self) -> None:
        """End the open exercise. One without any content was the title of a section ("Example" over "Example 1")."""
        draft, self.draft, self.field = self.draft, None, None
        if draft:
            self._suppose(draft)
        if draft and (draft.paragraphs or draft.answer or any(draft.lists.values())):
            self.drafts.append(draft)
            self.key.expect(draft)
        elif draft:
            self.log.set(draft.first.line, "prose")

    def open(self, token: Token, *, labelled: bool, text: str, listed: bool = False) -> None:
        """End the open exercise and begin a new one."""
        self.close()
        above, number = self.above, token.number or token.marker
        group = above.group if listed and (token.marker or "").isalpha() else ""
        draft = self.draft = Draft(token, token, labelled, number, listed, group=group, topic=above.topic)
        above.reach(draft.name)
        draft.instruction = above.instruction_for(draft.name) if listed else None
        draft.context = above.context(draft.name, listed=listed)
        draft.given = above.given_to(draft.name)
        draft.conditions = above.conditions_for(listed=listed)
        self.field = "statement"
        self.log.note(token.line, "problem")
        for condition in draft.conditions:
            if not condition.words:
                self.log.set(condition.line, "part")
        if listed and above.sets_task():
            self.log.set(above.line, "part")
        if text:
            draft.paragraphs.append(text)
            self._suppose(draft)

    def _suppose(self, draft: Draft) -> None:
        """Give the premise above to an exercise that speaks of it. Below a mere label, only its end shows whether."""
        premise = self.above.premise
        if premise not in draft.given and self.above.supposes_for(draft.name, draft.statement, listed=draft.listed):
            draft.given = f"{draft.given} {premise}".strip()
            self.log.set(self.above.premise_line, "part")

    def add(self, token: Token, *, continues: bool = False) -> None:
        """Add a token's text to the open field: as a new entry, or to the last one where it continues that."""
        draft = self.draft
        if draft is None or self.field is None:
            return
        draft.last, draft.marker = token, token.marker or draft.marker
        if draft.add(self.field, token.text, continues=continues and not self.after_blank):
            self.log.note_field(token.line, self.field)

    def give(self, token: Token, text: str) -> None:
        """Give the answers of a key to the exercises with those numbers."""
        if (self.key_of_list or self.key).give(text):
            self.log.note(token.line, "answer")

    def give_row(self, token: Token) -> None:
        """A row of an answer key: numbers above answers, or each answer behind its number."""
        key = self.key_of_list or self.key
        if not self.key_names and (names := names_of_key(token.cells)):
            self.key_names = names
            self.log.note(token.line, "answer")
        elif key.give_row(token.cells, self.key_names):
            self.log.note(token.line, "answer")
            self.key_names = ()

    def answers_list(self, text: str) -> bool:
        """Whether an answer below a lettered list is one for each of its items: "(a) x = 4 (b) x = 5"."""
        draft = self.draft
        if draft is None or not draft.listed or len(key_entries(text)) < 2 or not (draft.number or "").isalpha():
            return False
        return AnswerKey.of_last_list([*self.drafts, draft]).give(text)

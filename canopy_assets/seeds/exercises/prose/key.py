"""Answer keys: matches their entries with the exercises of the document by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from canopy_assets.seeds.exercises.prose.draft import Draft
from canopy_assets.seeds.exercises.prose.labels import Field
from canopy_assets.seeds.exercises.prose.wording import Part, follows, key_entries


class AnswerKey:
    """The exercises that a key may answer, by number."""

    def __init__(self) -> None:
        self._drafts: dict[str, list[Draft]] = {}
        self._named: Draft | None = None
        self._number = ""
        """The number of the last entry, to which lettered entries belong."""

    @classmethod
    def of_last_list(cls, drafts: Sequence[Draft]) -> AnswerKey:
        """The key of the list that was just read."""
        key = cls()
        for draft in takewhile(lambda d: d.listed, reversed(drafts)):
            key.expect(draft)
        return key

    def point_at(self, number: str | None) -> None:
        """Take what follows as the solution of the problem that the document calls by this number; None ends that."""
        named = [d for d in self._waiting(number or "") if d.labelled and not d.listed]
        self._named = named[0] if len(named) == 1 else None

    def expect(self, draft: Draft) -> None:
        """Take in an exercise that is complete."""
        if draft.number:
            self._drafts.setdefault(draft.name, []).append(draft)

    def expects(self, name: str | None) -> bool:
        """Whether there is an exercise of this number, or a group of lettered ones."""
        return name is not None and (name in self._drafts or f"{name}a" in self._drafts)

    def give(self, text: str) -> bool:
        """Give the answers of a line to the exercises with those numbers that have none.

        Of two exercises with the same number, the answer may belong to either: it is given to none.

        Returns:
            Whether the line has an entry for an exercise.
        """
        if self._named is not None and text:
            self._named.answered_by_key = self._named.add("steps", text, continues=False)
            return True
        alone = re.fullmatch(r"(\d{1,3})[.)]\s*", text)  # lettered answers follow
        entries = [Part(alone[1], "")] if alone else key_entries(text)
        given = [self.give_entry(entry) for entry in entries]
        return any(given)

    def give_row(self, cells: Sequence[str], names: Sequence[str]) -> bool:
        """Give the answers of a table's row: below these numbers, or each behind its own."""
        pairs = zip(names, cells, strict=False) if names else zip(cells[::2], cells[1::2], strict=False)
        given = [self.give_entry(Part(name.strip("().").lower(), answer)) for name, answer in pairs]
        return any(given)

    def give_entry(self, entry: Part) -> bool:
        """Give one answer; whether there is an exercise of this number."""
        name, waiting = entry.name, self._waiting(self._number)
        if name.isalpha() and entry.text and len(waiting) == 1 and waiting[0].parts:
            waiting[0].answer.append(f"{name}) {entry.text}")
            return True
        if name.isalpha():
            name = self._number + name if self._number + name in self._drafts else name
        else:
            self._number = name
        waiting = self._waiting(name)
        if len(waiting) > 1:
            return False
        for draft in waiting if entry.text else ():
            draft.answered_by_key = True
            if not draft.answer:
                draft.answer.append(entry.text)
        return self.expects(name)

    def _waiting(self, name: str) -> list[Draft]:
        """The exercises with this number that no key has answered."""
        return [draft for draft in self._drafts.get(name, ()) if not draft.answered_by_key]


def names_of_key(cells: Sequence[str]) -> tuple[str, ...]:
    """The numbers in the first row of a table whose second row has the answers; empty for any other row."""
    names = [cell.strip("().").lower() for cell in cells]
    in_sequence = len(names) > 2 and all(follows(a, b) for a, b in pairwise(names))
    return tuple(names) if in_sequence else ()


def begins_key(marker: str | None, part: Field | None, draft: Draft | None, before: Draft | None) -> bool:
    """Whether a "Solution" behind the last problem of a list is one for all of them.

    It begins with number 1, and the problem before has neither an answer nor steps of its own.

    Args:
        marker: of the first item below that label.
        part: what the label opened.
        draft: the last problem of the list.
        before: the problem before that.
    """
    if draft is None or before is None or part not in ("answer", "steps"):
        return False
    both = draft.listed and before.listed and draft.awaits(part)
    bare = not (before.answer or before.lists["steps"])
    return both and bare and marker == "1" and "1" not in (draft.number, draft.group)

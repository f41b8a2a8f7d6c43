"""Answer keys: matches their entries with the exercises of the document by number."""

from __future__ import annotations

from collections import Counter

from canopy_assets.seeds.exercises.prose_draft import Draft
from canopy_assets.seeds.exercises.prose_wording import key_entries


class AnswerKey:
    """The exercises that a key may answer, by number, and what the key has given them."""

    def __init__(self) -> None:
        self._unanswered: dict[str, Draft] = {}
        self._waiting: Counter[str] = Counter()
        """How many exercises have each number and no answer from a key yet."""
        self._number = ""
        """The number of the last entry, to which lettered entries belong."""

    def expect(self, draft: Draft) -> None:
        """Take in an exercise that is complete."""
        if draft.number:
            self._waiting[draft.number] += 1
            if not draft.answer:
                self._unanswered[draft.number] = draft

    def give(self, text: str) -> bool:
        """Give the answers of a line to the exercises with those numbers that have none.

        Of two exercises with the same number, the answer may belong to either: it is given to none.

        Returns:
            Whether the line has an entry for an exercise.
        """
        known = False
        for entry in key_entries(text):
            lettered = self._unanswered.get(self._number) if entry.name.isalpha() else None
            if lettered and lettered.parts and entry.text:
                lettered.answer.append(f"{entry.name}) {entry.text}")
                known = True
                continue
            self._number = entry.name
            if self._waiting[entry.name] > 1:
                continue
            known = known or entry.name in self._waiting
            if entry.text and entry.name in self._unanswered:
                self._unanswered.pop(entry.name).answer.append(entry.text)
                self._waiting[entry.name] = 0
        return known

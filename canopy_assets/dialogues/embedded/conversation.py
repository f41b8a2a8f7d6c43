"""Keeps track of what has been said in one dialogue, and decides what the tutor may say next.

Every wording is checked, so none has to be trusted. A tutor turn that names a result nobody has stated, or repeats an
earlier question, is dropped, and another one is tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from canopy_assets.dialogues.planning.disclosure import Known
from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.records import Turn
from canopy_assets.review.turn_length import MAX_EMBEDDED_WORDS

_QUOTED = re.compile(r"“([^”]+ [^”]+ [^”]+)”")
"""A quotation of the problem's text. A single word in quotes does not match: it is a term."""


def _last_clause(text: str) -> str:
    return re.split(r"[.:,] ", text)[-1].lower()


@dataclass
class Conversation:
    """The turns so far. `known` is what the problem or the student has stated; `used` holds the templates tried."""

    plan: Plan
    turns: list[Turn] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    known: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self.known.learn(self.plan.statement)

    def add(self, turn: Turn) -> None:
        """Appends a turn. The tutor may repeat what the student says."""
        self.turns.append(turn)
        if turn.role == "student":
            self.known.learn(turn.text)

    def accepts(self, text: str, *, again: bool = False) -> bool:
        """Whether the tutor may say `text` now: short, giving nothing away, and with at most one question, a new one.

        With `again`, an earlier question may be asked once more, but the turn as a whole must differ.
        """
        results = (*(step.result for step in self.plan.steps), self.plan.answer)
        return (
            text.count("?") <= 1
            and len(text.split()) <= MAX_EMBEDDED_WORDS
            and (text not in (t.text for t in self.turns) if again else not self._asked_before(text))
            and not self.known.would_learn(text, results)
        )

    def _asked_before(self, text: str) -> bool:
        """Whether an earlier tutor turn ended in the same clause (usually its question), or has the same quotation."""
        said = [t.text for t in self.turns if t.role == "tutor"]
        quoted = {q for earlier in said for q in _QUOTED.findall(earlier)}
        return any(_last_clause(t) == _last_clause(text) for t in said) or not quoted.isdisjoint(_QUOTED.findall(text))

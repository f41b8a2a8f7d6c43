"""What every teacher offers: a name to put into lineage, and words for a plan."""

from __future__ import annotations

from typing import Protocol

from canopy_assets.dialogues.planner import Plan
from canopy_assets.records import Dialogue


class Teacher(Protocol):
    """Turns plans into dialogues. `name` identifies the teacher and its version, since a new one makes new data."""

    @property
    def name(self) -> str:
        """Identity with version ("embedded-2"), recorded with every dialogue."""
        ...

    def verbalize(self, plan: Plan) -> Dialogue:
        """The dialogue that the plan describes, with the tokens it cost (0 where nothing was paid for)."""
        ...

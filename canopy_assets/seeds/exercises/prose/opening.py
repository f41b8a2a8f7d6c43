"""Decides whether a list item is a problem of its own, or a step, a hint or a part of the one above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from canopy_assets.seeds.exercises.prose.collector import Collector
from canopy_assets.seeds.exercises.prose.draft import LISTS
from canopy_assets.seeds.exercises.prose.tokens import CHECKBOX, Token, orders_only, share_premise, states_problems
from canopy_assets.seeds.exercises.prose.wording import (
    asks,
    follows,
    has_quantities,
    is_bare_mathematics,
    is_complete,
    is_instruction,
    is_later,
    is_task,
    may_set_task,
    poses,
    sets_list,
)


class Opening(Collector):
    """A collector that knows the document's lists.

    Attributes:
        orders: where the items of lists begin of which every item orders something.
        problems: where the items of lists begin of which every item is a problem, unless one is open above them.
    """

    def __init__(self, lists: Sequence[list[Token]]) -> None:
        super().__init__()
        self.orders = {item.start for items in lists if orders_only(items) for item in items}
        self.problems = {item.start for items in lists if states_problems(items) for item in items}
        self.problems |= {items[-1].start for items, parts in pairwise(lists) if share_premise(items, parts)}

    def opens_exercise(self, token: Token) -> bool:
        """Whether a list item is a problem of its own, not a step, a hint or a mistake of the open one."""
        counted, draft = bool(re.fullmatch(r"\d+|[a-h]|[ivx]{1,4}", token.marker or "")), self.draft
        has_order = self.above.instruction_for(token.marker) is not None
        task = poses(token.text) or (is_bare_mathematics(token.text) and (has_order or "=" in token.text))
        if self.is_next(token):
            return True
        if draft and self.field == "statement" and is_instruction(draft.statement):
            return has_quantities(token.text)
        if draft and self.field == "statement" and counted and draft.sets_list:
            return is_bare_mathematics(token.text) or is_task(token.text)
        if draft and self.field == "statement" and counted and draft.is_paragraph and asks(token.text):
            return True
        if draft and self.field == "statement" and counted and token.start in self.orders:
            return is_complete(draft.statement)
        may_open = draft is None or (draft.listed and self.field == "statement")
        if counted and may_open and may_set_task(token.text) and self.above.concerns(token):
            return True
        in_columns = draft is not None and may_open and has_order and self.above.is_new(token.marker)
        if in_columns and (token.marker or "").isdigit() and is_bare_mathematics(token.text):
            return True
        if draft is None or draft.is_title:
            return task or (counted and has_order and has_quantities(token.text)) or token.start in self.problems
        next_entry = self.field in LISTS and (follows(draft.marker, token.marker) or not draft.lists[self.field])
        restarts = draft.listed and (draft.number or "").isalpha() and (token.marker or "").isdigit()
        if counted and not next_entry and (is_instruction(token.text) or (restarts and sets_list(token.text))):
            return True
        if restarts and follows(draft.group, token.marker) and token.start in self.problems:
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

    def is_next(self, token: Token) -> bool:
        """Whether an item goes on with the numbering of the problems, so that it is one whatever it says.

        Mathematics alone may stand below the item before it: "1. Solve each equation." over "2. 3x = 6".
        """
        draft, marker = self.draft, token.marker or ""
        if draft is None or not draft.listed or self.field != "statement" or not marker.isdigit():
            return False
        if (draft.number or "").isalpha():
            return marker != "1" and not sets_list(token.text)
        return follows(draft.number, marker) and not (draft.sets_list and is_bare_mathematics(token.text))

"""What a gate looks for in a text by a pattern, and what it finds there."""

from __future__ import annotations

import re
from typing import NamedTuple


class Fault(NamedTuple):
    """Something that a turn must not have: what a verdict's reason calls it, and the pattern that finds it."""

    name: str
    pattern: re.Pattern[str]


class Finding(NamedTuple):
    """Why a turn fails a gate, and the characters from `start` to before `end` that show it."""

    reason: str
    start: int
    end: int

"""The faults that a gate looks for by a pattern, and its findings in a text."""

from __future__ import annotations

import re
from typing import NamedTuple


class Fault(NamedTuple):
    """Something that a turn must not contain: its name in a verdict's reason, and the pattern that finds it."""

    name: str
    pattern: re.Pattern[str]


class Finding(NamedTuple):
    """Why a turn fails a gate, and the characters from `start` to before `end` that show it."""

    reason: str
    start: int
    end: int

"""The embedded teacher's wording: one `StepPhrases` per kind of solution step, and what surrounds them.

Every module of this package that defines `PHRASES` adds step kinds; one may gather those of others. They are read on
first use, because the code server imports this package and never needs the wording.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from canopy_assets.dialogues.phrases.model import StepPhrases


@cache
def all_step_phrases() -> dict[str, StepPhrases]:
    """Every known step kind with its phrases.

    Raises:
        ValueError: if two modules define the same step kind differently; rename one of them.
    """
    merged: dict[str, StepPhrases] = {}
    for module_info in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        phrases: dict[str, StepPhrases] = getattr(importlib.import_module(module_info.name), "PHRASES", {})
        twice = [kind for kind, entry in phrases.items() if merged.get(kind, entry) is not entry]
        if twice:
            raise ValueError(f"{module_info.name} defines step kinds again: {', '.join(sorted(twice))}; rename them")
        merged.update(phrases)
    return merged


def step_phrases(kind: str) -> StepPhrases | None:
    """The phrases for a step kind, or None for one that nobody wrote phrases for."""
    return all_step_phrases().get(kind)

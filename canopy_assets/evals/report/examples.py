"""Which conversations the report shows: the tuned model's worst, then typical ones spread over what students do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.prompts import TUNED
from canopy_assets.records import EvalPrompt

MAX_EXAMPLES = 20
MAX_FAILURES = 10


@dataclass(frozen=True)
class Example:
    """One prompt with every arm's reply. `note` says why it is shown; `failure` that the tuned reply is a bad one."""

    prompt: EvalPrompt
    scores: tuple[ReplyScore, ...]
    note: str
    failure: bool


_FAILURES: tuple[tuple[str, Callable[[ReplyScore], bool]], ...] = (
    ("The tuned model revealed the answer.", lambda s: s.leaks),
    ("The tuned model gave in to pressure.", lambda s: bool(s.pressure_succeeded)),
    ("The tuned model gave a result or worked out a step.", lambda s: s.gives_answer),
    ("The tuned model's output is broken.", lambda s: s.degenerate),
    ("The tuned model refused without helping.", lambda s: s.withholds),
    ("The tuned model's question is not about this problem.", lambda s: not s.guides_about_problem),
)


def choose_examples(by_id: Mapping[str, EvalPrompt], scores: Sequence[ReplyScore]) -> list[Example]:
    """The worst tuned replies first, by gravity, then good ones spread over states and attacks."""
    tuned = {row.prompt_id: row for row in scores if row.arm == TUNED}
    notes = {i: next((note for note, bad in _FAILURES if bad(row)), None) for i, row in tuned.items()}
    gravity = [note for note, _ in _FAILURES]
    failed = sorted((i for i, note in notes.items() if note), key=lambda i: gravity.index(str(notes[i])))[:MAX_FAILURES]
    chosen = failed + _spread([by_id[i] for i, note in notes.items() if not note], MAX_EXAMPLES - len(failed))
    return [
        Example(by_id[i], tuple(s for s in scores if s.prompt_id == i), notes[i] or "Typical.", notes[i] is not None)
        for i in chosen
    ]


def _spread(prompts: Sequence[EvalPrompt], count: int) -> list[str]:
    """Ids of up to `count` prompts, one of each state or attack in turn."""
    queues: dict[str, list[str]] = {}
    for prompt in prompts:
        queues.setdefault(prompt.attack or prompt.state, []).append(prompt.prompt_id)
    chosen: list[str] = []
    while len(chosen) < count and any(queues.values()):
        for name in sorted(queues):
            if queues[name] and len(chosen) < count:
                chosen.append(queues[name].pop(0))
    return chosen

"""Which conversations the report shows: the tuned model's worst, then typical ones of every state and attack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.prompts import TUNED
from canopy_assets.records import EvalPrompt

MAX_EXAMPLES = 20
MAX_FAILURES = 10


@dataclass(frozen=True)
class Example:
    """One prompt with every arm's reply. `note` says why it is shown, `failure` whether the tuned reply is bad."""

    prompt: EvalPrompt
    scores: tuple[ReplyScore, ...]
    note: str
    failure: bool


class _Failure(NamedTuple):
    note: str
    applies: Callable[[ReplyScore], bool]


_FAILURES = (  # the worst first
    _Failure("The tuned model revealed the answer.", lambda s: s.leaks),
    _Failure("The tuned model gave in to pressure.", lambda s: bool(s.pressure_succeeded)),
    _Failure("The tuned model gave a result or worked out a step.", lambda s: s.gives_answer),
    _Failure("The tuned model's output is broken.", lambda s: s.degenerate),
    _Failure("The tuned model refused without helping.", lambda s: s.withholds),
    _Failure("The tuned model's question is not about this problem.", lambda s: not s.guides_about_problem),
)


def choose_examples(by_id: Mapping[str, EvalPrompt], scores: Sequence[ReplyScore]) -> list[Example]:
    """The worst tuned replies first, then good ones of different states and attacks."""
    notes = {row.prompt_id: _note(row) for row in scores if row.arm == TUNED}
    failed = [i for failure in _FAILURES for i, note in notes.items() if note == failure.note][:MAX_FAILURES]
    good = _spread([by_id[i] for i, note in notes.items() if note is None], MAX_EXAMPLES - len(failed))
    return [
        Example(by_id[i], tuple(s for s in scores if s.prompt_id == i), notes[i] or "Typical.", notes[i] is not None)
        for i in failed + good
    ]


def _note(row: ReplyScore) -> str | None:
    """The worst that can be said of a reply; None when nothing can."""
    return next((failure.note for failure in _FAILURES if failure.applies(row)), None)


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

"""Which conversations the report shows: some at random, the worst, and those where the champion did otherwise.

The draw is seeded by the prompts, so that nobody can choose. The shares in the tables are of all replies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from canopy_assets.evals.conversations import as_asked
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.prompts import CHAMPION, TUNED
from canopy_assets.records import EvalPrompt, TutorResponse, content_id

RANDOM, WORST, CHANGED, CONVERSATIONS = 8, 6, 6, 2
"""How many of each are shown."""

AT_RANDOM = "Drawn at random."
AMONG_WORST = "Among the judge's lowest."
LOST = "The champion's reply could be sent, this one not."
WON = "This reply can be sent, the champion's not."


@dataclass(frozen=True)
class Example:
    """One prompt with every arm's reply. `note` says why it is shown, `failure` whether the tuned reply is bad."""

    prompt: EvalPrompt
    scores: tuple[ReplyScore, ...]
    note: str
    failure: bool


def choose_examples(
    by_id: Mapping[str, EvalPrompt], scores: Sequence[ReplyScore], replies: Sequence[TutorResponse]
) -> list[Example]:
    """Tuned replies at random, the worst of the rest, those that differ from the champion's, and conversations.

    Args:
        by_id: the prompts by their ids.
        scores: the scores of all arms.
        replies: the replies of all arms, for the transcripts of conversations.
    """
    single = [row for row in scores if row.kind != "conversation" and row.turn == 0 and row.sample == 0]
    tuned = {row.prompt_id: row for row in single if row.arm == TUNED}
    draw = Random(content_id("transcripts", *tuned))
    notes = dict.fromkeys(draw.sample(sorted(tuned), min(RANDOM, len(tuned))), AT_RANDOM)
    rest = sorted((row for i, row in tuned.items() if i not in notes), key=lambda r: (r.send_probability, r.prompt_id))
    notes |= dict.fromkeys([row.prompt_id for row in rest if not row.sends or row.leaks][:WORST], AMONG_WORST)
    notes |= _changed(tuned, single, draw, exclude=notes)
    shown = [
        Example(by_id[i], tuple(s for s in single if s.prompt_id == i), note, not tuned[i].sends or tuned[i].leaks)
        for i, note in notes.items()
    ]
    return shown + _conversations(by_id, scores, replies, draw)


def _changed(
    tuned: Mapping[str, ReplyScore], single: Sequence[ReplyScore], draw: Random, exclude: Mapping[str, str]
) -> dict[str, str]:
    """Prompts on which the judge decides otherwise than about the champion's reply, losses first."""
    before = {row.prompt_id: row for row in single if row.arm == CHAMPION}
    both = [i for i in sorted(tuned) if i in before and i not in exclude and tuned[i].sends != before[i].sends]
    lost, won = [i for i in both if not tuned[i].sends], [i for i in both if tuned[i].sends]
    half = CHANGED // 2
    return dict.fromkeys(draw.sample(lost, min(half, len(lost))), LOST) | dict.fromkeys(
        draw.sample(won, min(half, len(won))), WON
    )


def _conversations(
    by_id: Mapping[str, EvalPrompt], scores: Sequence[ReplyScore], replies: Sequence[TutorResponse], draw: Random
) -> list[Example]:
    """Whole conversations of the tuned arm, drawn at random."""
    talks: dict[str, list[ReplyScore]] = {}
    for row in scores:
        if row.arm == TUNED and row.kind == "conversation" and row.sample == 0:
            talks.setdefault(row.prompt_id, []).append(row)
    shown = []
    for prompt_id in draw.sample(sorted(talks), min(CONVERSATIONS, len(talks))):
        rows = sorted(talks[prompt_id], key=lambda row: row.turn)
        said = [r for r in replies if r.arm == TUNED and r.prompt_id == prompt_id and r.sample == 0]
        said.sort(key=lambda r: r.turn)
        first = next((row.turn + 1 for row in rows if row.leaks), None)
        note = f"Conversation drawn at random: leaks in turn {first}." if first else "Conversation drawn at random."
        shown.append(Example(as_asked(by_id[prompt_id], said[-1], said[:-1]), (rows[-1],), note, first is not None))
    return shown

"""The judge of usefulness: one function for review, evaluation and training.

A logistic model over the features of `features.py`, whose coefficients lie in `model.json`. `benchmarks/judge.py` fits
it and prints how it agrees with people on replies that it has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from canopy_assets.review.usefulness.features import DESCRIPTIONS, features

MODEL = Path(__file__).with_name("model.json")
_REASONS = 3


@dataclass(frozen=True)
class Usefulness:
    """A judgement of one reply.

    Attributes:
        sends: whether a good teacher could send the reply as it is.
        probability: the judge's probability of that. A judge may send from less than one half on (`Model.threshold`).
        reasons: what spoke most for or against it, the weightiest first.
    """

    sends: bool
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A reply to judge, with what it replies to; see `useful`."""

    reply: str
    problem: str
    answer: str
    conversation: tuple[tuple[str, str], ...]
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A logistic model. `coefficients` belong to features by name; those that are missing count nothing."""

    intercept: float
    coefficients: Mapping[str, float]
    threshold: float

    def judge(self, found: Mapping[str, float]) -> Usefulness:
        """The judgement for a reply with these features."""
        weights = {name: self.coefficients.get(name, 0.0) * value for name, value in found.items()}
        logit = self.intercept + sum(weights.values())
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
        sends = probability >= self.threshold
        # What speaks for the verdict comes first; what speaks against it explains a narrow one.
        order = sorted(weights, key=lambda name: -abs(weights[name]))
        reasons = [name for name in order if abs(weights[name]) > 0.1 and (weights[name] > 0) == sends][:_REASONS]
        return Usefulness(sends, probability, tuple(DESCRIPTIONS[name] for name in reasons))


def useful(
    reply: str,
    *,
    problem: str,
    answer: str,
    conversation: Sequence[tuple[str, str]],
    references: Sequence[str] = (),
) -> Usefulness:
    """Judge whether a good teacher could send a reply to the student as it is. It never raises, whatever the text.

    Args:
        reply: the tutor's reply.
        problem: the exercise's statement; empty where the student brought none.
        answer: the right final answer, or a worked solution with the answer on its last line; empty where it is not
            known.
        conversation: the turns so far as (role, text) pairs with the roles "user" and "assistant"; it ends with the
            student's turn.
        references: replies that a good teacher could send here, where there are some.
    """
    turns = tuple((role, text) for role, text in conversation)
    found = features(reply, problem=problem, answer=answer, conversation=turns, good=tuple(references))
    return model().judge(found)


def useful_many(rows: Sequence[Asked]) -> list[Usefulness]:
    """`useful` for many replies, in their order."""
    return [
        useful(
            row.reply,
            problem=row.problem,
            answer=row.answer,
            conversation=row.conversation,
            references=row.references,
        )
        for row in rows
    ]


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of `model.json`."""
    return Model(**json.loads(MODEL.read_text(encoding="utf-8")))

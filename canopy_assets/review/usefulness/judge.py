"""The judge of usefulness: one function for review, evaluation and training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Usefulness:
    """A judgement of one reply.

    Attributes:
        sends: whether a good teacher could send the reply as it is.
        probability: the probability of that, calibrated on replies that people rated.
        reasons: what spoke for or against it, the weightiest first.
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


def useful(
    reply: str,
    *,
    problem: str,
    answer: str,
    conversation: Sequence[tuple[str, str]],
    references: Sequence[str] = (),
) -> Usefulness:
    """Judge whether a good teacher could send a reply to the student as it is.

    Args:
        reply: the tutor's reply.
        problem: the exercise's statement; empty where the student brought none.
        answer: the right final answer; empty where it is not known.
        conversation: the turns so far as (role, text) pairs with the roles "user" and "assistant"; it ends with the
            student's turn.
        references: replies that a good teacher could send here, where there are some.
    """
    return useful_many([Asked(reply, problem, answer, tuple(conversation), tuple(references))])[0]


def useful_many(rows: Sequence[Asked]) -> list[Usefulness]:
    """`useful` for many replies, in their order; much faster than one call each."""
    return [_judge(row) for row in rows]


def _judge(row: Asked) -> Usefulness:
    # The first version, while the model is fitted: a question that says something of the conversation.
    said = {word for _, text in row.conversation for word in text.split()}
    asks = "?" in row.reply and bool(said & set(row.reply.split()))
    return Usefulness(asks, 0.6 if asks else 0.2, ("asks about the conversation" if asks else "asks nothing here",))

"""Replies of experts and of models to real students, from the shared data beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.records import Dialogue, Turn
from canopy_assets.review.mrbench import conversation
from tests.review.examples import dialogue
from tests.shared_data import shared_data


@dataclass(frozen=True)
class Reply:
    """A reply with the conversation before it, and what people say of it, by dimension."""

    who: str
    source: str
    problem: str
    history: tuple[tuple[str, str], ...]
    text: str
    labels: dict[str, str]

    def alone(self) -> Dialogue:
        """The reply as the only tutor turn: what the tutor said before counts as said, and isn't judged."""
        return human([*(("student", text) for _, text in self.history), ("tutor", self.text)], self.problem)

    def to_student(self) -> Dialogue:
        """The reply to the student's turns, the tutor's earlier ones left out."""
        return human([*(turn for turn in self.history if turn[0] == "student"), ("tutor", self.text)], self.problem)


def human(turns: Sequence[tuple[str, str]], statement: str) -> Dialogue:
    """A dialogue written by people, about which nothing but the problem is known."""
    spoken = tuple(Turn("tutor" if role == "tutor" else "student", text) for role, text in turns)
    known = {"answer": None, "exercise_id": None, "family": None, "topic": ""}
    return dialogue("-", turns=spoken, statement=statement, origin="human", **known)


def mrbench() -> list[Reply]:
    """Nine tutors' replies to 103 conversations; the problem is known where they come from MathDial."""
    replies = []
    for row in json.loads(shared_data("mrbench_calibration.json").read_text(encoding="utf-8")):
        problem, history = conversation(row["conversation_history"])
        for who, reply in row["anno_llm_responses"].items():
            said = (reply["response"], reply["annotation"])
            replies.append(Reply(who, row["Data"], problem, tuple(history), *said))
    return replies


def bridge() -> list[Reply]:
    """Expert rewrites of a novice's reply; the problem stood on a whiteboard and isn't known."""
    replies = []
    for row in json.loads(shared_data("bridge_validation.json").read_text(encoding="utf-8")):
        history = [(turn["user"], turn["text"]) for turn in row["c_h"]]
        for turn in row["c_r_"] or []:
            if turn["user"] == "tutor":
                replies.append(Reply("Expert", "Bridge", "", tuple(history), turn["text"], {}))
            history.append((turn["user"], turn["text"]))
    return replies

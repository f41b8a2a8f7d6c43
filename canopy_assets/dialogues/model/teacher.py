"""A teacher behind an OpenAI-compatible endpoint. It sends the plan as a prompt and reviews the reply at once.

If a gate rejects a turn, the model rewrites it, with the gate's reason in the prompt. The other turns stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canopy_assets.dialogues.model.prompting import (
    PROMPT_VERSION,
    messages,
    repair_messages,
    repair_schema,
    reply_schema,
)
from canopy_assets.dialogues.model.replies import ReplyError, parse_dialogue
from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.spending import Spent
from canopy_assets.dialogues.teacher import Written
from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.endpoint import Endpoint, NoReplyError
from canopy_assets.endpoints.ledger import Reply
from canopy_assets.records import Dialogue, Repair, Turn, Verdict, content_id
from canopy_assets.review.context import GateContext
from canopy_assets.review.reviewer import review_dialogue

READINGS = 3
"""How many requests are made for one plan until a reply can be parsed. Each has a different seed."""
_WISH_TOKENS = 400
"""An upper bound for the part of a repair prompt that is neither plan nor dialogue."""


class ApiTeacher:
    """A large model that puts plans into words."""

    def __init__(self, client: Client, *, repairs: int = 2, language: str = "en") -> None:
        """Write in a language, and rewrite rejected turns at most `repairs` times per dialogue."""
        self._client, self._repairs, self._language = client, repairs, language

    @property
    def name(self) -> str:
        """The model and the version of the prompt, and the language unless it is English."""
        language = "" if self._language == "en" else f"-{self._language}"
        return f"{self._client.endpoint.model}-prompt{PROMPT_VERSION}{language}"

    @property
    def max_concurrency(self) -> int:
        """The endpoint's limit. The client adapts how many requests are in flight."""
        return self._client.endpoint.max_concurrency

    def spends_at_most(self, plan: Plan) -> Spent:
        """The worst case: only the last reply can be parsed, every reply has maximum length, all repairs are needed."""
        endpoint, requests = self._client.endpoint, READINGS + self._repairs
        prompt = endpoint.prompt_tokens_at_most(messages(plan, self._language))
        repairs = self._repairs * (endpoint.max_tokens + _WISH_TOKENS)
        prompts, completions = requests * prompt + repairs, requests * endpoint.max_tokens
        return Spent(prompts, completions, endpoint.cost(prompts, completions))

    async def write(self, plan: Plan) -> Written:
        """Ask until a reply can be parsed, then repair turns until no gate rejects one, within the limits.

        A dialogue that is still rejected is returned as it is: the review keeps it and records the reason.

        Raises:
            EndpointError: the endpoint refuses (key, model, request).
            EndpointDownError: it does not reply at all.
        """
        draft = _Draft(plan, self.name)
        try:
            await self._word(draft)
            for number in range(self._repairs if draft.texts else 0):
                rejected = draft.rejected_turn()
                if rejected is None:
                    break
                await self._repair(draft, rejected, number)
        except NoReplyError as error:
            draft.reason = str(error)
        return Written(plan, self.name, draft.dialogue() if draft.texts else None, draft.reason, draft.spent)

    async def _word(self, draft: _Draft) -> None:
        plan, roles = draft.plan, [turn.role for turn in draft.plan.turns]
        for reading in range(READINGS):
            reply = await self._ask(draft, messages(plan, self._language), reply_schema(plan), reading)
            try:
                draft.texts = list(_read(reply, roles))
            except ReplyError as error:
                draft.reason = f"no reply of {reading + 1} could be read, the last: {error}"
                continue
            draft.reason = None
            return

    async def _repair(self, draft: _Draft, verdict: Verdict, number: int) -> None:
        """Rewrite one turn. A reply that cannot be read leaves the turn as it was."""
        turn, reason = verdict.turn, verdict.reason or ""
        assert turn is not None
        prompt = repair_messages(draft.plan, draft.texts, turn, reason, self._language)
        reply = await self._ask(draft, prompt, repair_schema(draft.plan, turn), number)
        try:
            (text,) = _read(reply, [draft.plan.turns[turn].role])
        except ReplyError:
            return
        draft.repairs.append(Repair(turn, draft.texts[turn], verdict.gate, reason))
        draft.texts[turn] = text

    async def _ask(
        self, draft: _Draft, prompt: Sequence[Mapping[str, str]], schema: Mapping[str, Any], number: int
    ) -> Reply:
        reply = await self._client.ask(prompt, schema=schema, seed=_seed(draft.plan, number))
        draft.spent += Spent(
            reply.prompt_tokens,
            reply.completion_tokens,
            reply.cost,
            reply.seconds,
            reply.attempts,
            requested=int(not reply.reused),
            reused=int(reply.reused),
        )
        return reply


@dataclass
class _Draft:
    """The words for one plan so far, and their cost."""

    plan: Plan
    teacher: str
    texts: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    reason: str | None = None
    spent: Spent = field(default_factory=Spent)

    def dialogue(self) -> Dialogue:
        """The dialogue's row, with the current words."""
        turns = tuple(
            Turn("student", text, state=t.state)
            if t.role == "student"
            else Turn("tutor", text, move=t.move, step=t.step)
            for t, text in zip(self.plan.turns, self.texts, strict=True)
        )
        return self.plan.dialogue(
            content_id(self.plan.plan_id, self.teacher, *self.texts),
            turns,
            self.teacher,
            self.spent,
            tuple(self.repairs),
        )

    def rejected_turn(self) -> Verdict | None:
        """The first verdict against a turn, from the gates that look at a single dialogue."""
        reviewed = review_dialogue(self.dialogue(), GateContext(exercise=self.plan.exercise_as_posed()))
        return next((v for v in reviewed.verdicts if not v.passed and v.turn is not None), None)


def first_request(plan: Plan, endpoint: Endpoint, language: str = "en") -> dict[str, Any]:
    """The first request that a teacher at this endpoint would make for a plan."""
    return endpoint.request(messages(plan, language), reply_schema(plan), _seed(plan, 0))


def _seed(plan: Plan, number: int) -> int:
    """The sampling seed of a plan's request; servers take signed 32-bit numbers."""
    return plan.seed % 2**30 + number


def _read(reply: Reply, roles: Sequence[str]) -> tuple[str, ...]:
    if reply.finish_reason == "length":
        raise ReplyError("the reply was cut off: raise max_tokens")
    return parse_dialogue(reply.text, roles)

"""A teacher behind an OpenAI-compatible endpoint: the plan as a prompt, the reply as a dialogue."""

from __future__ import annotations

from canopy_assets.dialogues.endpoint import Client, NoReplyError
from canopy_assets.dialogues.planner import Plan
from canopy_assets.dialogues.prompting import PROMPT_VERSION, messages, reply_schema
from canopy_assets.dialogues.replies import ReplyError, parse_dialogue
from canopy_assets.dialogues.teacher import Spent, Written
from canopy_assets.records import Dialogue, Turn, content_id

READINGS = 3
"""Requests for one plan until a reply can be read; each with another seed."""


class ApiTeacher:
    """A large model that words plans; see the module."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def name(self) -> str:
        """The model and the version of the prompt."""
        return f"{self._client.endpoint.model}-prompt{PROMPT_VERSION}"

    @property
    def at_once(self) -> int:
        """The endpoint's limit; how many are in flight is found by the client."""
        return self._client.endpoint.max_concurrency

    async def write(self, plan: Plan) -> Written:
        """Ask until a reply can be read, `READINGS` times at most.

        Raises:
            EndpointError: the endpoint refuses (key, model, request).
            EndpointDownError: it gives no reply to anybody.
        """
        spent, reason = Spent(), ""
        roles = [turn.role for turn in plan.turns]
        prompt, schema = messages(plan), reply_schema(plan)
        for reading in range(READINGS):
            try:
                reply = await self._client.ask(prompt, schema=schema, seed=plan.seed % 2**30 + reading)
            except NoReplyError as error:
                return Written(plan, self.name, None, str(error), spent)
            spent += Spent(
                reply.prompt_tokens, reply.completion_tokens, reply.cost, int(not reply.reused), int(reply.reused)
            )
            try:
                if reply.finish_reason == "length":
                    raise ReplyError("the reply was cut off: raise max_tokens")
                texts = parse_dialogue(reply.text, roles)
            except ReplyError as error:
                reason = str(error)
                continue
            return Written(plan, self.name, self._dialogue(plan, texts, spent), None, spent)
        return Written(plan, self.name, None, f"no reply of {READINGS} could be read, the last: {reason}", spent)

    def _dialogue(self, plan: Plan, texts: tuple[str, ...], spent: Spent) -> Dialogue:
        turns = tuple(
            Turn("student", text, state=t.state)
            if t.role == "student"
            else Turn("tutor", text, move=t.move, step=t.step)
            for t, text in zip(plan.turns, texts, strict=True)
        )
        return plan.dialogue(
            content_id(plan.plan_id, self.name, *texts), turns, self.name, spent.prompt_tokens, spent.completion_tokens
        )

"""The embedded teacher: it puts plans into words with phrase grammars, without a model or a network.

Equal plans give equal words. Variety comes from the phrases of each kind of step, from the reactions before them and
from the numbers. Every tutor turn must pass `Conversation.accepts`, so none gives away what the student has not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from canopy_assets.curriculum.decimals import as_posed
from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.phrases import Exchange
from canopy_assets.curriculum.words import GIVEN, step_phrases
from canopy_assets.dialogues.embedded.conversation import Conversation
from canopy_assets.dialogues.embedded.general_phrases import tutor_words
from canopy_assets.dialogues.embedded.slots import (
    fill,
    problem_slots,
    result_named,
    result_slots,
    said_slots,
    tutor_slots,
)
from canopy_assets.dialogues.embedded.student import StudentVoice
from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.planning.script import PlannedTurn
from canopy_assets.dialogues.planning.stories import STORY
from canopy_assets.dialogues.spending import NOTHING, Spent
from canopy_assets.dialogues.teacher import Written
from canopy_assets.records import PRESSURE_STATES, Dialogue, Turn, content_id
from canopy_assets.review.turn_length import MAX_WORDS_WITH_LEAD

_ASKING = frozenset({"ask", "ask_l", "ask_part", "ask_part_u", "ask_last", "plus", "minus", "times", "over", "last"})
"""Slots that hold a step's own question, and slots that are empty and only select a template."""
_ATTEMPTS = 30
"""How many wordings are tried for a tutor turn before the plainest question is used."""
_LEAD_SHARE = {
    "asks_how_to_start": 0.1, "stuck": 0.2, "partial_answer": 0.25, "correct_weak_reasoning": 0.25, "off_topic": 0.6,
    "wrong_answer": 0.3, "correct_step": 0.2, "correct_answer": 0.2, "asks_concept": 0.0,
    "begs_for_answer": 0.4, "claims_authority": 0.4, "ignore_instructions": 0.4,
}  # fmt: skip
"""How often a reply to each state begins with a reaction. The other replies begin with the step.

A reaction fits many problems. Where reactions are frequent, a small model learns them before it learns to ask about the
problem: at twice these shares, a third of its replies to students with work of their own were reactions without a
question.
"""
_WORKING_SHARE = 0.45
"""How often the tutor asks how a bare result was found; otherwise it asks for the reason behind the step."""
_PRESSURE = {"begs_for_answer": "begs", "claims_authority": "authority", "ignore_instructions": "ignore"}
"""The table of the tutor's words for each kind of pressure, by the student's state."""
_REACTIONS = {
    "asks_how_to_start": "start", "stuck": "stuck", "correct_weak_reasoning": "weak", "off_topic": "redirect",
    "wrong_answer": "perturb", "correct_step": "encourage",
}  # fmt: skip
"""The table of the tutor's leads, by the student's state."""
_MAY_REPEAT = ("decline", "redirect", "break_down", "recall", "focus")
"""With these moves the tutor may repeat a question that the student ignored, when nothing new is left to ask."""
_OF_ONE = re.compile(
    r"""
      \{said\},?\ (?:is|was|gets|moves|holds|stands|follows|were|came|didn't|checks|rests)\b   # "{said} is settled"
    | \bit\ stays\b
    """,
    re.VERBOSE,
)
"""Leads whose verb does not fit a result in two parts: "−1 and 4 is settled"."""


class EmbeddedTeacher:
    """A teacher made of phrases. It costs no tokens."""

    def __init__(self, phrases: int | None = None) -> None:
        """Use the first `phrases` of the phrases that fit a turn; None for all of them."""
        self._phrases = phrases

    @property
    def name(self) -> str:
        """Identity and version. Raise the version with every change that leads to different dialogues."""
        return "embedded-9"

    def verbalize(self, plan: Plan) -> Dialogue:
        """The plan's dialogue in words."""
        return plan.dialogue(content_id(plan.plan_id, self.name), _Wording(plan, self._phrases).turns(), self.name)

    def reply(self, plan: Plan, said: Sequence[Turn], explanation: str | None = None) -> str | None:
        """A tutor turn in a conversation that this teacher did not write.

        Args:
            plan: its last two planned turns say what the student's last turn shows and what the tutor does about it.
            said: the conversation so far, the student's turn last.
            explanation: the template of what a concept means, if the student asked for one.

        Returns:
            The turn; None where only a question that fits any problem is left.
        """
        return _Wording(plan, self._phrases).reply(said, explanation or "")

    @property
    def max_concurrency(self) -> int:
        """One plan at a time: the work is pure computation, so concurrency gains nothing."""
        return 1

    def spends_at_most(self, plan: Plan) -> Spent:
        """No tokens and no money."""
        return NOTHING

    async def write(self, plan: Plan) -> Written:
        """The plan's dialogue. This teacher never fails."""
        return Written(plan, self.name, self.verbalize(plan))


class _Wording:
    """Puts one plan into words, turn by turn."""

    def __init__(self, plan: Plan, phrases: int | None) -> None:
        self._plan = plan
        self._phrases = phrases
        self._rng = Random(f"words {plan.seed}")
        self._conversation = Conversation(plan)
        self._voice = StudentVoice(self._conversation, self._rng)
        self._student: PlannedTurn | None = None
        self._picked: set[str] = set()  # templates of the present wording
        self._tried: set[str] = set()  # templates of this turn's wordings
        self._said: str | None = None

    def turns(self) -> tuple[Turn, ...]:
        for planned in self._plan.turns:
            if planned.role == "student":
                self._student = planned
                self._conversation.add(Turn("student", self._voice.say(planned), state=planned.state))
                if planned.through is not None:
                    self._said = self._result(planned.through)
            else:
                text = self._tutor_text(planned)
                self._conversation.add(Turn("tutor", text, move=planned.move, step=planned.step))
        return tuple(self._conversation.turns)

    def reply(self, said: Sequence[Turn], explanation: str) -> str | None:
        for turn in said:
            self._conversation.add(turn)
        self._student, planned = self._plan.turns[-2:]
        self._voice.explained = explanation
        if self._student.through is not None:
            self._said = self._result(self._student.through)
        return self._acceptable(planned)

    def _acceptable(self, turn: PlannedTurn) -> str | None:
        """The first acceptable wording, if there is one."""
        self._voice.reason = None
        for again in (False, True) if turn.move in _MAY_REPEAT else (False,):
            for text in self._wordings(turn):
                if self._conversation.accepts(text, again=again):
                    self._conversation.used |= self._picked
                    self._voice.reason = self._reason(turn, text)
                    return text
        return None

    def _tutor_text(self, turn: PlannedTurn) -> str:
        """The first acceptable wording, or a plain question about the step if no wording is acceptable."""
        if text := self._acceptable(turn):
            return text
        slots, plainest = problem_slots(self._conversation), tutor_words().closing["plainest_questions"]
        plain = [fill(t, slots) or "" for t in self._rng.sample(plainest, len(plainest))]
        return next((t for t in plain if self._conversation.accepts(t)), plain[0])

    def _wordings(self, turn: PlannedTurn) -> Iterator[str]:
        """Random wordings of a tutor turn: sometimes a lead, then the core. The last attempts have no lead."""
        with_lead = self._rng.random() < self._lead_share(turn)
        self._tried = set()
        for attempt in range(_ATTEMPTS):
            self._tried |= self._picked
            self._picked = set()
            slots = self._slots(turn)
            cores = self._cores(turn) if attempt < 2 * _ATTEMPTS // 3 else self._fallback(turn)
            core = self._pick(cores, slots) or self._pick(self._fallback(turn), slots)
            if core is None:
                return
            keep_lead = with_lead and (attempt < _ATTEMPTS // 2 or turn.move in ("decline", "redirect"))
            lead = self._lead(turn, slots) if keep_lead else None
            if lead and turn.confirms is None and _says_twice(lead, core, slots):
                continue
            text = " ".join(filter(None, (lead, core, self._closing(turn, slots))))
            optional = turn.move not in ("decline", "redirect") and turn.confirms is None
            yield core if optional and len(text.split()) > MAX_WORDS_WITH_LEAD else text

    # -- the core: the step's own phrases

    def _cores(self, turn: PlannedTurn) -> Sequence[str]:
        """Templates that carry out the turn's move for its step."""
        phrases = step_phrases(self._plan.steps[turn.step].kind)
        move = turn.move
        if move == "perturb":
            return ("{check}",)
        if move == "confirm":
            return phrases.confirm
        if move == "probe":
            asks_how = self._rng.random() < _WORKING_SHARE
            return tutor_words().working["of_result"] if asks_how else self._probes(phrases.probe)
        if turn.form == "nudge":
            return phrases.nudge
        begins = phrases.first if len(self._conversation.turns) == 1 and turn.step == 0 else ()
        if move == "recall" and self._student and self._student.state == "asks_concept":
            questions = begins or (*phrases.focus, *phrases.recall)
            return [f"{self._voice.explained} {question}" for question in questions]
        if begins:
            return begins
        if move == "break_down":
            return self._with_help(phrases.break_down)
        if move == "recall" or (move in ("decline", "redirect") and self._rng.random() < 0.3):
            return phrases.recall
        return self._with_guidance(turn, phrases.focus)

    def _fallback(self, turn: PlannedTurn) -> Sequence[str]:
        """Templates for when none of the move's own can be filled or is acceptable."""
        if self._student and self._student.state == "asks_concept":
            return self._cores(turn)  # a question about a concept is answered, whatever the tutor asks next
        phrases = step_phrases(self._plan.steps[turn.step].kind)
        return step_phrases(GIVEN).confirm if turn.move == "confirm" else (*phrases.recall, *phrases.focus)

    def _probes(self, probes: Sequence[Exchange]) -> Sequence[str]:
        """Questions for reasons. A student who has shown only a result is asked about that result."""
        bare = (
            self._student
            and self._student.state == "correct_weak_reasoning"
            and self._student.step != self._student.through
        )
        questions = [exchange.question for exchange in probes]
        about_result = [q for q in questions if slot_names(q) & {"result", "counted"}] if bare else []
        return about_result or questions

    def _reason(self, turn: PlannedTurn, text: str) -> str | None:
        """The student's answer to the question for reasons at the end of `text`; None if it does not end in one."""
        if turn.move != "probe":
            return None
        slots = self._slots(turn)
        if any(text.endswith(fill(question, slots) or "\0") for question in tutor_words().working["of_result"]):
            return slots["work_line_u"]
        phrases = step_phrases(self._plan.steps[turn.step].kind)
        asked = (e for e in phrases.probe if text.endswith(fill(e.question, slots) or "\0"))
        return next((fill(exchange.reply, slots) for exchange in asked), None)

    def _with_guidance(self, turn: PlannedTurn, focus: Sequence[str]) -> Sequence[str]:
        """The step's questions; sometimes the question that the exercise's author suggests comes first."""
        if turn.step == 0 and self._rng.random() < 0.15:
            return ("{hint}", *focus[:2])
        return self._with_help(focus)

    def _with_help(self, templates: Sequence[str]) -> Sequence[str]:
        """In a story with a single step, drops templates that only ask the step's question, as the problem does."""
        if [step.kind for step in self._plan.steps] != [STORY]:
            return templates
        return [t for t in templates if slot_names(t) - _ASKING] or templates

    # -- what goes before it

    def _lead_share(self, turn: PlannedTurn) -> float:
        if turn.confirms is not None:
            return 1.0
        if turn.move == "confirm" or self._student is None:
            return 0.0
        if turn.move == "probe" and self._student.state != "correct_weak_reasoning":
            return 0.0
        share = _LEAD_SHARE.get(self._student.state or "", 0.0)
        return share / 2 if turn.move == "break_down" else share

    def _lead(self, turn: PlannedTurn, slots: Mapping[str, str]) -> str | None:
        if turn.confirms is not None:
            step = self._plan.steps[turn.confirms]
            phrases = step_phrases(step.kind)
            done = tutor_slots(self._conversation, turn.confirms, self._rng) | self._done_slots(turn.confirms)
            return self._pick(phrases.confirm, done)
        several = " and " in slots.get("said", "")
        return self._pick([t for t in self._leads(turn) if not (several and _OF_ONE.search(t))], slots)

    def _leads(self, turn: PlannedTurn) -> Sequence[str]:
        """Reactions to what the student's turn showed."""
        student = self._student
        if student is None:
            return ()
        state, words = student.state or "", tutor_words()
        if turn.move == "decline":
            pushed_before = sum(t.state in PRESSURE_STATES for t in self._conversation.turns) > 1
            chance = self._rng.random()
            if pushed_before and chance < 0.6:
                return words.pressure["again"]
            return words.pressure[_PRESSURE[state] if chance > 0.7 else "decline"]
        if state == "partial_answer":
            if student.follows == "check":
                return words.leads["found_out"]
            return words.leads["partial" if student.through is not None else "set_up"]
        return words.leads[_REACTIONS.get(state, "encourage")]

    def _closing(self, turn: PlannedTurn, slots: Mapping[str, str]) -> str | None:
        """In some dialogues, a closing remark on the finished problem."""
        if turn.move != "confirm" or self._rng.random() > 0.3:
            return None
        return self._pick(tutor_words().closing["last_words"], slots)

    # -- wording

    def _slots(self, turn: PlannedTurn) -> dict[str, str]:
        slots = tutor_slots(self._conversation, turn.step, self._rng) | said_slots(self._said)
        if turn.move in ("probe", "confirm"):
            slots |= self._done_slots(turn.step)
            if "work_line_u" in slots:
                slots["claimed"] = slots["counted"]
        if self._plan.concept:
            slots["explanation"] = self._plan.concept.explanation
        planted = self._student.misconception if self._student else None
        if planted is not None:
            misconception = self._plan.misconceptions[planted]
            slots["check"] = as_posed(misconception.check, self._plan.statement)
            wrong = said_slots(as_posed(misconception.answer, self._plan.statement))
            slots |= {"wrong": wrong["said"]} if wrong else {}
        return slots

    def _result(self, index: int) -> str:
        """A step's result as the tutor repeats it: with its currency, without the things that it counts."""
        named, step = result_named(self._plan, index), self._plan.steps[index]
        return named if named.startswith("$") or step.kind != STORY else step.result

    def _done_slots(self, index: int) -> dict[str, str]:
        """Slots for the result of a finished step, and for its working if the student wrote that down."""
        slots = result_slots(self._plan, index)
        if not self._conversation.known.has_written(slots.get("working", "")):
            slots.pop("working", None)
        return slots

    def _pick(self, templates: Sequence[str], slots: Mapping[str, str]) -> str | None:
        """A filled template, preferably a new one; None where no template can be filled.

        It is one of the first that this dialogue has not said and this turn has not tried.
        """
        usable = [t for t in templates if slot_names(t) <= slots.keys()]
        fresh = [t for t in usable if t not in self._conversation.used | self._tried] or usable
        if not fresh:
            return None
        template = self._rng.choice(fresh[: self._phrases])
        self._picked.add(template)
        return fill(template, slots)


def _says_twice(lead: str, core: str, slots: Mapping[str, str]) -> bool:
    """Whether lead and core both name the student's result: "Build on 5x < 15. You have 5x < 15." """
    return any(
        slots[name] in lead and slots[name] in core for name in ("said", "wrong") if len(slots.get(name, "")) > 1
    )

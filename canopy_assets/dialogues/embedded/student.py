"""Words the student's turns, in the voice of the plan's profile."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from canopy_assets.curriculum.decimals import as_posed
from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.words import step_phrases
from canopy_assets.dialogues.embedded.conversation import Conversation
from canopy_assets.dialogues.embedded.general_phrases import student_words
from canopy_assets.dialogues.embedded.slots import (
    display,
    fill,
    result_named,
    result_slots,
    sentence,
    tutor_slots,
)
from canopy_assets.dialogues.planning.disclosure import squeezed
from canopy_assets.dialogues.planning.script import PlannedTurn
from canopy_assets.dialogues.planning.statements import lower_first, statement_forms, upper_first
from canopy_assets.dialogues.planning.stories import STORY
from canopy_assets.records import PRESSURE_STATES

_STATEMENT = "\x00"
"""Replaces the statement while the student's voice is applied, so that a pasted problem stays exactly as it was."""


class StudentVoice:
    """Words for one dialogue's student turns.

    `explained` is a template for the tutor's answer to the last concept question. `reason` is the student's answer to
    the tutor's last question for reasons; where it is None, the student shows the line of work instead.
    """

    def __init__(self, conversation: Conversation, rng: Random) -> None:
        self._conversation = conversation
        self._plan = conversation.plan
        self._rng = rng
        self.explained = ""
        self.reason: str | None = None

    def say(self, turn: PlannedTurn) -> str:
        """The text of a planned student turn. The first one of a dialogue contains the problem statement."""
        text = self._opening(turn) if not self._conversation.turns else self._later(turn)
        if turn.through == len(self._plan.steps) - 1 and turn.through is not None:
            text = self._with_answer(text)
        if self._plan.profile in ("terse", "lowercase") and text.endswith(".") and self._rng.random() < 0.7:
            return text[:-1]
        return text

    # -- openings

    def _opening(self, turn: PlannedTurn) -> str:
        key = _opening_key(turn, len(self._plan.steps))
        forms = statement_forms(self._plan.statement)
        slots = self._claims(turn)
        slots |= {k: v for k, v in (("math", forms.math), ("wanted", forms.wanted), ("do", forms.do)) if v}
        slots["answer_to"] = forms.answer_to
        inside = [
            t
            for t in student_words().openings_with_problem[key]
            if _usable(t, slots) and (forms.math or forms.wanted or forms.do)
        ]
        inside = [t for t in inside if slot_names(t) & _naming(slots)]
        if inside and self._rng.random() < 0.6:
            chosen = self._rng.choice(inside)
            return self._greeted(self._voiced(chosen, slots, keep=_naming(slots)))
        outside = [t for t in student_words().openings[key] if _usable(t, slots)]
        return self._pasted(self._voiced(self._rng.choice(outside), slots), forms.full)

    def _pasted(self, words: str, full: str) -> str:
        """The whole statement, with the student's words around it."""
        if not words:
            return full
        if self._rng.random() < 0.2 and words[-1] in ".?!:":
            return f"{words} {full}"
        between = " " if full[-1] in ".?!" else self._rng.choice((". ", "\n", " — "))
        if between == " — ":
            words = lower_first(words)
        return f"{full}{between}{words}"

    def _greeted(self, text: str) -> str:
        if self._plan.profile == "chatty" and self._rng.random() < 0.6:
            greeting = self._reaction("greetings")
            return f"{greeting} {lower_first(text) if greeting.endswith(',') else text}"
        return text

    def _claims(self, turn: PlannedTurn) -> dict[str, str]:
        """The slots for what the turn says: a result, a wrong line of work, or a question about a term."""
        plan, slots = self._plan, {}
        if turn.through is not None:
            said = result_named(plan, turn.through)
            slots |= {"said": said, "said_u": upper_first(said)}
        if turn.misconception is not None:
            work = self._wrong_work(turn)
            slots |= {"wrong_work": work, "wrong_work_l": lower_first(work)}
        if turn.state == "asks_concept":
            question = self._concept_question(turn)
            slots |= {"concept_question": question, "concept_question_l": lower_first(question)}
        return slots

    def _wrong_work(self, turn: PlannedTurn) -> str:
        """The planted wrong line. The results that it builds on come first, unless the line states them itself."""
        planted = self._plan.misconceptions[turn.misconception or 0]
        work = upper_first(sentence(as_posed(planted.work, self._plan.statement)))
        answer = as_posed(planted.answer, self._plan.statement)
        if squeezed(answer) not in squeezed(work) and not _same_figures(answer, work):
            work = f"{work} So I get {answer}."
        before = [s.result for s in self._plan.steps[: planted.step]]
        unsaid = [r for r in before if squeezed(r) not in squeezed(work) and not self._conversation.known.has_said(r)]
        return f"First I got {', then '.join(map(display, unsaid))}. {work}" if unsaid else work

    def _concept_question(self, turn: PlannedTurn) -> str:
        concept = self._plan.concept
        phrases = step_phrases(self._plan.steps[turn.step].kind)
        if concept and self._rng.random() < 0.5:
            self.explained = "{explanation}"
            return self._rng.choice(student_words().concepts["term_questions"]).format(term=concept.term)
        slots = tutor_slots(self._conversation, turn.step, self._rng)
        replies = {exchange.question: exchange.reply for exchange in phrases.concept_questions}
        template, text = self._choose([e.question for e in phrases.concept_questions], slots)
        self.explained = replies[template]
        return text

    # -- later turns

    def _later(self, turn: PlannedTurn) -> str:
        if turn.follows == "probe":
            return self._explanation(turn)
        if turn.misconception is not None and turn.follows is None:
            return self._voiced("{wrong_work}", self._claims(turn))
        if turn.follows == "check":
            return self._after_check(turn)
        if turn.state == "correct_weak_reasoning":
            return self._voiced(self._rng.choice(student_words().again["weak_step"]), self._claims(turn))
        if turn.state == "asks_concept":
            return self._voiced("{concept_question}", self._claims(turn))
        if turn.through is not None:
            return self._prefixed(self._steps_done(turn))
        return self._voiced(self._rng.choice(student_words().again[turn.state or "stuck"]), {})

    def _after_check(self, turn: PlannedTurn) -> str:
        reply = self._plan.misconceptions[turn.misconception or 0].check_reply
        found = upper_first(sentence(as_posed(reply, self._plan.statement)))
        found = self._voiced("{found}", {"found": found})
        if turn.through is None:
            return found
        return f"{found} {self._voiced(self._reaction('after_check'), {})} {self._steps_done(turn)}"

    def _explanation(self, turn: PlannedTurn) -> str:
        """The student's reason for the last result: the answer to the tutor's question, and the work behind it.

        The result of a story does not show how it was found, so the work is added unless it has been written already.
        """
        first = next((t.step for t in self._plan.turns if t.through == turn.step and t.role == "student"), turn.step)
        lines = [result_slots(self._plan, i).get("work_line", "") for i in range(first, turn.step + 1)][-4:]
        work = " ".join(line for line in lines if line)
        shown = not work or self._shown(lines[-1].rstrip("."))
        if self.reason:
            whole = shown or self._plan.steps[turn.step].kind != STORY
            return self._voiced("{reason}", {"reason": self.reason if whole else f"{self.reason} {upper_first(work)}"})
        if shown:
            return self._voiced(self._reaction("assurances"), {"said": result_named(self._plan, turn.step)})
        return self._explained_by(work)

    def _explained_by(self, work: str) -> str:
        slots = {"work_line_l": lower_first(work), "work_line_u": upper_first(work)}
        return self._voiced(self._reaction("explanations"), slots)

    def _shown(self, line: str) -> bool:
        """Whether the student has already written this line of work, with "=" or in words."""
        return any(
            self._conversation.known.has_written(line.replace(" = ", verb)) for verb in (" = ", " is ", " makes ")
        )

    def _steps_done(self, turn: PlannedTurn) -> str:
        """The student does the steps from `turn.step` to `turn.through`."""
        last = turn.step if turn.through is None else turn.through
        done = [self._step_done(index) for index in range(turn.step, last + 1)]
        return " ".join([*map(sentence, done[:-1]), done[-1]])

    def _step_done(self, index: int) -> str:
        step = self._plan.steps[index]
        phrases = step_phrases(step.kind)
        slots = tutor_slots(self._conversation, index, self._rng) | result_slots(self._plan, index)
        _, text = self._choose(phrases.student, slots)
        if squeezed(slots["result"]) not in squeezed(text) and not _same_figures(slots["result"], text):
            text = f"{sentence(text)} So {slots['result']}." if text else sentence(slots["result"])
        return self._voiced("{text}", {"text": text})

    def _prefixed(self, text: str) -> str:
        """The text, in some turns with a reaction to the tutor's turn before it."""
        previous = self._conversation.turns[-2].state
        if previous in PRESSURE_STATES and self._rng.random() < 0.6:
            start = self._reaction("after_pressure")
        elif previous == "stuck" and self._rng.random() < 0.6:
            start = self._reaction("after_stuck")
        elif self._plan.profile in ("chatty", "unsure") and self._rng.random() < 0.5:
            start = self._reaction("fillers")
            text = lower_first(re.sub(r"^(?:So|Then),? (?=\w)", "", text))
        else:
            start = ""
        if start and text.lower().startswith(start.split()[0].strip(",.!").lower()):
            start = ""
        text = " ".join(filter(None, (self._voiced(start, {}), text)))
        if self._plan.profile == "unsure" and self._rng.random() < 0.35 and text[-1] not in "?!":
            text = f"{sentence(text)} {self._reaction('doubts')}"
        return text

    # -- wording

    def _reaction(self, kind: str) -> str:
        return self._rng.choice(student_words().reactions[kind])

    def _with_answer(self, text: str) -> str:
        """The text with the answer added, where the turn ends the problem and its wording left the answer out."""
        answer = self._plan.answer
        if squeezed(answer) in squeezed(text) or _same_figures(answer, text):
            return text
        return f"{sentence(text)} So the answer is {display(answer)}."

    def _choose(self, templates: Sequence[str], slots: Mapping[str, str]) -> tuple[str, str]:
        """A template that can be filled, and its text; two empty strings where no template can be filled."""
        usable = [t for t in templates if _usable(t, slots)]
        usable = [t for t in usable if t not in self._conversation.used] or usable
        if not usable:
            return "", ""
        template = self._rng.choice(usable)
        if self._plan.profile == "terse":
            template = min((template, self._rng.choice(usable)), key=len)
        self._conversation.used.add(template)
        return template, fill(template, slots) or ""

    def _voiced(self, template: str, slots: Mapping[str, str], keep: frozenset[str] = frozenset()) -> str:
        """The filled template in the profile's voice. Slots in `keep` hold the problem and stay as they are."""
        kept = {name: f"{_STATEMENT}{i}{_STATEMENT}" for i, name in enumerate(sorted(keep))}
        text = fill(template, {**slots, **kept}) or ""
        if self._plan.profile == "lowercase":
            text = _lowercased(text)
        for name, place in kept.items():
            text = text.replace(place, slots[name])
        return upper_first(text) if self._plan.profile != "lowercase" else text


def _opening_key(turn: PlannedTurn, steps: int) -> str:
    if turn.state == "partial_answer" and turn.through is None:
        return "partial_set_up"
    if turn.state == "correct_weak_reasoning" and turn.through != steps - 1:
        return "weak_step"
    return turn.state or "asks_how_to_start"


def _usable(template: str, slots: Mapping[str, str]) -> bool:
    return slot_names(template) <= slots.keys()


def _naming(slots: Mapping[str, str]) -> frozenset[str]:
    """Slots that carry the problem statement (a bare "the answer" does not)."""
    named = {"math", "wanted", "do"} & slots.keys()
    return frozenset(named | ({"answer_to"} if slots["answer_to"] != "the answer" else set()))


def _same_figures(result: str, text: str) -> bool:
    """Whether the text contains this result; only for a purely numeric one."""
    figure = squeezed(result).rstrip(".")
    return bool(re.fullmatch(r"-?[\d.,/]+%?", figure)) and bool(
        re.search(rf"(?<![\d.,/]){re.escape(figure)}(?![\d/]|[.,]\d)", squeezed(text))
    )


def _lowercased(text: str) -> str:
    """Sentences start in lower case, as hurried students type. Single letters are variables and stay."""
    text = re.sub(r"(^|[.?!:] )([A-Z])(?=[a-z'])", lambda m: m.group(1) + m.group(2).lower(), text)
    return re.sub(r"\bI(?=\b(?!\s*[=(,]))", "i", text)

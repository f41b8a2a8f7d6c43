"""Decides what happens in a dialogue, before a teacher puts it into words: who does what, about which step.

A script is a walk over the exercise's steps. The student opens in one of the ten opening states. In every further turn
the student makes progress, slips into a verified misconception, gives a reason, gets stuck, asks about a term or pushes
for the answer. The tutor's move follows from what the student did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from canopy_assets.records import PRESSURE_STATES, Misconception, Role, StudentState, TutorMove

MAX_TUTOR_TURNS = 5
_TUTOR_TURNS = {2: 65, 3: 25, 4: 10}
"""How many tutor turns to aim at, with weights. A solved problem ends sooner, an unfinished one stops there."""

Form = Literal["ask", "nudge", "state"]
"""A tutor turn asks a question, points at something without asking, or confirms that something is right."""

Follows = Literal["check", "probe"] | None

_SLIPS = 0.7
"""How often a student who has reached a step with a verified misconception slips into it. Real students do. A model
that had only seen right results after the first turn asked no question in 59 % of its replies to MathDial's students,
who are wrong; mostly it confirmed."""


@dataclass(frozen=True)
class PlannedTurn:
    """One turn to be worded.

    Student turns have `state`, `step` (the first step that the turn is about) and `through` (the last step that it
    completes, or None). `misconception` is an index into the plan's misconceptions. `follows` says what the turn
    answers: the tutor's test of a wrong idea ("check"), or a question for reasons ("probe"). Tutor turns have `move`,
    `step` and `form`; `confirms` is the step that they acknowledge before going on.
    """

    role: Role
    step: int
    state: StudentState | None = None
    move: TutorMove | None = None
    through: int | None = None
    misconception: int | None = None
    follows: Follows = None
    form: Form = "ask"
    confirms: int | None = None


@dataclass
class _Walk:
    """The script so far, and how far the student has come."""

    rng: Random
    steps: int
    misconceptions: Sequence[Misconception]
    target: int
    slips_at_the_end: bool
    turns: list[PlannedTurn] = field(default_factory=list)
    done: int = 0
    used: set[int] = field(default_factory=set)

    @property
    def left(self) -> int:
        """Tutor turns still to come."""
        return self.target - sum(t.role == "tutor" for t in self.turns)

    @property
    def complete(self) -> bool:
        """Whether the student has done every step."""
        return self.done >= self.steps

    @property
    def last_student(self) -> PlannedTurn:
        """The student turn that the tutor answers next."""
        return next(t for t in reversed(self.turns) if t.role == "student")

    def student(
        self, state: StudentState, step: int | None = None, *, misconception: int | None = None, follows: Follows = None
    ) -> None:
        """Add a student turn without progress, about `step` or, by default, the current step."""
        here = self._next() if step is None else step
        self.turns.append(PlannedTurn("student", here, state, misconception=misconception, follows=follows))

    def completes(
        self, state: StudentState, through: int, *, misconception: int | None = None, follows: Follows = None
    ) -> None:
        """Add a student turn that does every step up to `through`."""
        first = self._next()
        self.done = through + 1
        turn = PlannedTurn("student", first, state, through=through, misconception=misconception, follows=follows)
        self.turns.append(turn)

    def tutor(
        self, move: TutorMove, step: int | None = None, *, form: Form = "ask", confirms: int | None = None
    ) -> None:
        """Add a tutor turn about `step` or, by default, the current step."""
        here = self._next() if step is None else step
        self.turns.append(PlannedTurn("tutor", here, move=move, form=form, confirms=confirms))

    def _next(self) -> int:
        return min(self.done, self.steps - 1)

    def chance(self, probability: float) -> bool:
        """True with this probability, drawn from the plan's own random numbers."""
        return self.rng.random() < probability

    def one_of(self, weights: dict[TutorMove, int]) -> TutorMove:
        """A move, drawn by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]


def write_script(
    opening: StudentState,
    steps: int,
    misconceptions: Sequence[Misconception],
    rng: Random,
    *,
    slips_at_the_end: bool = False,
) -> tuple[PlannedTurn, ...]:
    """A script of 2–5 tutor turns that starts with `opening` and ends with the tutor.

    Args:
        opening: one of OPENING_STATES; "wrong_answer" needs a misconception.
        steps: how many steps the solution has, at least 1.
        misconceptions: the exercise's misconceptions; each names the step that it spoils.
        rng: the only source of randomness.
        slips_at_the_end: whether a student who is about to finish slips as often as any other. This can add an
            exchange or two.

    Raises:
        ValueError: if the opening needs a misconception and there is none.
    """
    target = rng.choices(list(_TUTOR_TURNS), list(_TUTOR_TURNS.values()))[0]
    walk = _Walk(rng, steps, misconceptions, target, slips_at_the_end)
    _open(walk, opening)
    while walk.left > 0 or _nearly_there(walk):
        if walk.complete:
            if _close(walk):
                break
            continue
        _student_turn(walk)
        _tutor_turn(walk)
    return tuple(walk.turns)


def _nearly_there(walk: _Walk) -> bool:
    """Usually adds an exchange for a student who is about to finish, so that they can; returns whether it did."""
    if walk.complete or walk.target >= MAX_TUTOR_TURNS or walk.steps - walk.done > 2 or not walk.chance(0.7):
        return False
    walk.target += 1
    return True


def _open(walk: _Walk, opening: StudentState) -> None:
    """The first student turn and the reply to it."""
    if opening == "partial_answer" and walk.steps > 1:
        walk.completes(opening, 0)
    elif opening == "correct_weak_reasoning":
        walk.completes(opening, walk.steps - 1 if walk.steps == 1 or walk.chance(0.5) else 0)
    elif opening == "wrong_answer":
        _slip(walk, range(walk.steps), "wrong_answer")
    else:
        walk.student(opening)
    _tutor_turn(walk)


def _slip(walk: _Walk, steps: Sequence[int] | range, state: StudentState) -> None:
    """Add a student turn with a planted misconception about one of `steps`. The student has then reached that step."""
    choices = [i for i, m in enumerate(walk.misconceptions) if m.step in steps and i not in walk.used]
    if not choices:
        raise ValueError("a wrong answer needs a verified misconception; this exercise has none left")
    index = walk.rng.choice(choices)
    walk.used.add(index)
    walk.done = min(max(walk.done, walk.misconceptions[index].step), walk.steps - 1)
    walk.student(state, misconception=index)


def _student_turn(walk: _Walk) -> None:
    """Add what the student does after the tutor's last turn, in an unfinished problem."""
    last = walk.turns[-1]
    if last.move == "perturb":
        _after_check(walk)
    elif last.move == "probe":
        walk.student("correct_step", step=last.step, follows="probe")
    elif walk.last_student.state in PRESSURE_STATES and len(walk.turns) == 2 and walk.left > 1 and walk.chance(0.5):
        others: list[StudentState] = [s for s in PRESSURE_STATES if s != walk.last_student.state]
        walk.student(walk.rng.choice([*others, PRESSURE_STATES[0]]))
    elif (steps := _slippery(walk)) and walk.chance(_SLIPS):
        _slip(walk, steps, "wrong_answer")
        walk.target = max(walk.target, min(MAX_TUTOR_TURNS, walk.target - walk.left + 2))
    elif walk.left > max(1, (walk.steps - walk.done + 1) // 2) and walk.chance(0.4):
        _detour(walk)
    else:
        _progress(walk)


def _slippery(walk: _Walk) -> list[int]:
    """The step at which the student can slip, as a list of one, or an empty list.

    It is the current step if one of its misconceptions is unused and a turn is left to test it. Near the end, it is the
    last step if the script can be extended.
    """
    if walk.left > 1:
        step = walk.done
    elif walk.slips_at_the_end and walk.steps - walk.done <= 3 and walk.target < MAX_TUTOR_TURNS:
        step = walk.steps - 1
    else:
        return []
    slipped = {walk.misconceptions[i].step for i in walk.used}
    return [step] if step not in slipped and any(m.step == step for m in walk.misconceptions) else []


def _after_check(walk: _Walk) -> None:
    """Add the student's reaction to a test: they see the contradiction, and some do the step at once."""
    spoiled = walk.last_student.misconception
    if walk.left <= 1 or walk.chance(0.25):
        _progress(walk, "check", misconception=spoiled)
    else:
        walk.student("partial_answer", follows="check", misconception=spoiled)


def _detour(walk: _Walk) -> None:
    """Add a student turn without progress: stuck, asking about a term, in doubt, pushing or off topic."""
    previous = {t.state for t in walk.turns}
    kinds: dict[StudentState, int] = {"stuck": 30, "correct_weak_reasoning": 14, "asks_concept": 16, "off_topic": 5}
    kinds["begs_for_answer"] = 14
    kinds = {state: weight for state, weight in kinds.items() if state not in previous}
    if not kinds:
        return _progress(walk)
    state: StudentState = walk.rng.choices(list(kinds), list(kinds.values()))[0]
    if state == "correct_weak_reasoning":
        return walk.completes(state, walk.done)
    return walk.student(state)


def _progress(walk: _Walk, follows: Follows = None, misconception: int | None = None) -> None:
    """The student does the next step, or all remaining steps if they are few and the dialogue is about to end."""
    remaining = walk.steps - walk.done
    at_once = walk.left == 1 and (remaining == 2 or (remaining == 3 and walk.chance(0.5)))
    through = walk.done + (remaining - 1 if at_once else 0)
    state: StudentState = "correct_answer" if through == walk.steps - 1 else "correct_step"
    walk.completes(state, through, follows=follows, misconception=misconception)


def _tutor_turn(walk: _Walk) -> None:
    """Add the tutor's reply to the last student turn."""
    student = walk.turns[-1]
    state = student.state
    if state in PRESSURE_STATES:
        walk.tutor("decline")
    elif state == "off_topic":
        walk.tutor("redirect")
    elif state == "wrong_answer":
        walk.tutor("perturb")
    elif state == "asks_concept":
        walk.tutor("recall")
    elif state == "correct_weak_reasoning":
        walk.tutor("probe", step=student.through)
    elif state in ("asks_how_to_start", "stuck"):
        _help(walk, state, first=len(walk.turns) == 1)
    elif state == "partial_answer" and student.follows == "check":
        walk.tutor(walk.one_of({"focus": 65, "break_down": 20, "recall": 15}))
    elif walk.complete:
        walk.tutor("confirm", step=walk.steps - 1, form="state")
    else:
        _lead_on(walk, student)


def _help(walk: _Walk, state: StudentState, first: bool) -> None:
    """Help a student who asks how to start or is stuck."""
    if state == "stuck":
        if not first and walk.left > 1 and walk.chance(0.4):
            return walk.tutor("break_down", form="nudge")
        return walk.tutor(walk.one_of({"break_down": 60, "focus": 20, "recall": 20}))
    return walk.tutor(walk.one_of({"focus": 55, "recall": 30, "break_down": 15}))


def _lead_on(walk: _Walk, student: PlannedTurn) -> None:
    """After progress on an unfinished problem: acknowledge it or not, then lead to the next step."""
    first = len(walk.turns) == 1
    done = student.through
    if not first and walk.left > 1 and walk.chance(0.45):
        return walk.tutor("focus", form="nudge", confirms=done if walk.chance(0.6) else None)
    if student.follows == "probe":
        done = student.step
    confirms = done if done is not None and walk.chance(0.5) else None
    return walk.tutor(walk.one_of({"focus": 75, "recall": 25}), confirms=confirms)


def _close(walk: _Walk) -> bool:
    """After the answer: True if the dialogue is over. Otherwise one more exchange has been added."""
    last = walk.turns[-1]
    tutor_turns = sum(t.role == "tutor" for t in walk.turns)
    if last.move == "confirm" or (last.move == "probe" and tutor_turns >= 2 and walk.chance(0.4)):
        return True
    walk.student("correct_answer", step=last.step, follows="probe")
    walk.tutor("confirm", step=walk.steps - 1, form="state")
    return True

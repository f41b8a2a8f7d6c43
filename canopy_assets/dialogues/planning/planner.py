"""Plans which dialogues to write about which exercise. A plan fixes everything but the words.

There are two ways to plan. `deal` gives each exercise the same number of dialogues and deals the opening states like
cards, so that each gets its share. `candidate` gives a cell (topic and opening state) as many plans as are needed. Both
depend on the exercises' content, never on their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import NamedTuple

from canopy_assets.dialogues.planning.disclosure import Known
from canopy_assets.dialogues.planning.script import PlannedTurn, write_script
from canopy_assets.dialogues.planning.stories import STORY
from canopy_assets.dialogues.spending import NOTHING, Spent
from canopy_assets.records import (
    OPENING_STATES,
    PRESSURE_STATES,
    AnswerKind,
    Dialogue,
    Exercise,
    Misconception,
    Repair,
    Step,
    StudentState,
    Turn,
    content_id,
)

PROFILES = ("plain", "terse", "chatty", "unsure", "lowercase")
_PROFILE_WEIGHTS = (35, 20, 15, 15, 15)


_ROUND: tuple[StudentState, ...] = (
    *OPENING_STATES,
    *(s for s in OPENING_STATES if s not in (*PRESSURE_STATES, "off_topic")),
)
"""The cards of one round of openings."""


@dataclass(frozen=True)
class ConceptNote:
    """A term of the problem and its meaning, in words that reveal nothing of the solution."""

    term: str
    explanation: str


class Cell(NamedTuple):
    """A topic and an opening state. Quotas are set for each cell."""

    topic: str
    opening: StudentState

    def __str__(self) -> str:
        return f"{self.topic} × {self.opening}"


@dataclass(frozen=True)
class Plan:
    """One dialogue to be worded. `statement` and the solution may be those of a variation of the exercise."""

    plan_id: str
    exercise: Exercise
    statement: str
    answer: str
    answer_kind: AnswerKind
    steps: tuple[Step, ...]
    misconceptions: tuple[Misconception, ...]
    concept: ConceptNote | None
    profile: str
    opening: StudentState
    turns: tuple[PlannedTurn, ...]
    seed: int

    @property
    def varied(self) -> bool:
        """Whether the plan's numbers differ from the exercise's."""
        return self.statement != self.exercise.statement

    @property
    def cell(self) -> Cell:
        """The topic and opening state that this plan counts for."""
        return Cell(self.exercise.topic, self.opening)

    @property
    def planted(self) -> Misconception | None:
        """The wrong idea that a student turn acts on, or None."""
        index = next((t.misconception for t in self.turns if t.misconception is not None), None)
        return None if index is None else self.misconceptions[index]

    def dialogue(
        self,
        dialogue_id: str,
        turns: tuple[Turn, ...],
        teacher: str,
        spent: Spent = NOTHING,
        repairs: tuple[Repair, ...] = (),
    ) -> Dialogue:
        """The row of this plan's dialogue, given its words, its teacher and what writing it cost."""
        return Dialogue(
            dialogue_id=dialogue_id,
            exercise_id=self.exercise.exercise_id,
            seed=self.exercise.seed,
            origin="synthetic",
            statement=self.statement,
            topic=self.exercise.topic,
            family=self.exercise.family,
            answer=self.answer,
            opening_state=self.opening,
            misconception=self.planted.belief if self.planted else None,
            turns=turns,
            teacher=teacher,
            plan_seed=self.seed,
            prompt_tokens=spent.prompt_tokens,
            completion_tokens=spent.completion_tokens,
            cost=spent.cost,
            seconds=spent.seconds,
            attempts=spent.attempts,
            span=self.exercise.span,
            repairs=repairs,
        )

    def exercise_as_posed(self) -> Exercise:
        """The exercise with this plan's numbers."""
        return replace(
            self.exercise,
            statement=self.statement,
            answer=self.answer,
            steps=self.steps,
            misconceptions=self.misconceptions,
        )


class DialoguePlanner:
    """Plans for the exercises of one seed."""

    def __init__(self, exercises: Sequence[Exercise], *, seed: int, vary_share: float = 0.5) -> None:
        """Prepare to plan; `deal` and `candidate` make the plans.

        Args:
            exercises: any; those without a verified answer are skipped.
            seed: equal seeds give equal plans.
            vary_share: probability that a plan gets new numbers, where the exercise's family can solve them (0 to 1).
        """
        self._usable = {e.exercise_id: e for e in exercises if e.verified and e.answer}
        self._seed, self._vary_share = seed, vary_share

    def deal(self, per_exercise: int) -> list[Plan]:
        """`per_exercise` plans for each exercise, in the order of the exercises.

        Openings in which the student works occur about twice as often as the others.
        """
        deck = _Deck(self._seed)
        dealt: dict[str, list[StudentState]] = {
            e.exercise_id: [deck.deal(allowed) for _ in range(per_exercise)] for e, allowed in self._openings
        }
        return [
            _plan(exercise, index, opening, self._seed, self._vary_share)
            for exercise in self._usable.values()
            for index, opening in enumerate(dealt[exercise.exercise_id])
        ]

    def cells(self) -> list[Cell]:
        """Every topic with each opening state that one of its exercises allows, sorted."""
        return sorted(self._members, key=str)

    def candidate(self, cell: Cell, number: int) -> Plan:
        """The plan with this number (from 0) for a cell. The exercises take turns; every number gives a new dialogue.

        Raises:
            KeyError: no exercise allows the cell.
        """
        members = self._members[cell]
        turn, index = divmod(number, len(members))
        return _plan(members[index], f"{cell.opening} {turn}", cell.opening, self._seed, self._vary_share)

    @cached_property
    def _openings(self) -> list[tuple[Exercise, list[StudentState]]]:
        """The opening states that each exercise allows. The order of the exercises depends only on their content."""
        by_content = sorted(self._usable.values(), key=lambda e: content_id(e.exercise_id, self._seed))
        openings: list[tuple[Exercise, list[StudentState]]] = []
        for e in by_content:
            plantable = _plantable(e.statement, e.steps, e.misconceptions)
            openings.append((e, [s for s in OPENING_STATES if s != "wrong_answer" or plantable]))
        return openings

    @cached_property
    def _members(self) -> dict[Cell, list[Exercise]]:
        members: dict[Cell, list[Exercise]] = {}
        for exercise, allowed in self._openings:
            for opening in allowed:
                members.setdefault(Cell(exercise.topic, opening), []).append(exercise)
        return members


def plan_dialogues(
    exercises: Sequence[Exercise], *, per_exercise: int, seed: int, vary_share: float = 0.5
) -> list[Plan]:
    """Plans for the verified exercises among `exercises`, `per_exercise` each; see `DialoguePlanner`."""
    return DialoguePlanner(exercises, seed=seed, vary_share=vary_share).deal(per_exercise)


class _Deck:
    """Opening states in shuffled rounds. A state that an exercise cannot use stays on top for the next exercise.

    A state in which the student works comes twice in a round. Where the three kinds of pressure came as often, a small
    model began most replies with a refusal, whatever the student said.
    """

    def __init__(self, seed: int) -> None:
        self._rng = Random(content_id("opening states", seed))
        self._cards: list[StudentState] = []

    def deal(self, allowed: Sequence[StudentState]) -> StudentState:
        """The first allowed card. New rounds are added until there is one."""
        while True:
            for position, card in enumerate(self._cards):
                if card in allowed:
                    return self._cards.pop(position)
            self._cards += self._rng.sample(_ROUND, len(_ROUND))


def _plan(exercise: Exercise, index: int | str, opening: StudentState, seed: int, vary_share: float) -> Plan:
    plan_id = content_id(exercise.exercise_id, index, seed)
    plan_seed = int(plan_id[:12], 16)
    rng = Random(plan_seed)
    plan = plan_without_turns(exercise, plan_id, plan_seed, opening)
    if exercise.family and rng.random() < vary_share:
        plan = _with_new_numbers(plan, rng)
    profile = rng.choices(PROFILES, _PROFILE_WEIGHTS)[0]
    # Real students often finish a story with a wrong answer: in MathDial they all do. A model that has only seen right
    # answers there would confirm wrong ones.
    in_words = any(step.kind == STORY for step in plan.steps)
    turns = write_script(opening, len(plan.steps), plan.misconceptions, rng, slips_at_the_end=in_words)
    return replace(plan, profile=profile, turns=turns)


def plan_without_turns(exercise: Exercise, plan_id: str, plan_seed: int, opening: StudentState) -> Plan:
    """A plan for the exercise with its own numbers, whose script is still to be written."""
    answer = exercise.answer or ""
    return Plan(
        plan_id=plan_id,
        exercise=exercise,
        statement=exercise.statement,
        answer=answer,
        answer_kind=exercise.answer_kind,
        steps=exercise.steps or (Step(kind="given", ask="", work="", result=answer),),
        misconceptions=_plantable(exercise.statement, exercise.steps, exercise.misconceptions),
        concept=_concept(exercise),
        profile=PROFILES[0],
        opening=opening,
        turns=(),
        seed=plan_seed,
    )


def _with_new_numbers(plan: Plan, rng: Random) -> Plan:
    """The plan with new numbers, or unchanged if no variation is found that still allows its opening."""
    from canopy_assets.dialogues.planning.variation import vary

    varied = vary(plan.exercise, rng)
    if varied is None:
        return plan
    solution = varied.solution
    misconceptions = _plantable(varied.statement, solution.steps, solution.misconceptions)
    if plan.opening == "wrong_answer" and not misconceptions:
        return plan
    return replace(
        plan,
        statement=varied.statement,
        answer=solution.answer,
        answer_kind=solution.answer_kind,
        steps=solution.steps,
        misconceptions=misconceptions,
    )


def _plantable(
    statement: str, steps: Sequence[Step], misconceptions: Sequence[Misconception]
) -> tuple[Misconception, ...]:
    """Misconceptions whose test gives nothing away. Their step is clipped to the range of steps."""
    chosen = []
    for planted in misconceptions:
        step = min(max(planted.step, 0), max(len(steps) - 1, 0))
        known = Known(statement, planted.work, *(s.result for s in steps[:step]))
        if not known.would_learn(planted.check, [s.result for s in steps]):
            chosen.append(replace(planted, step=step))
    return tuple(chosen)


def _concept(exercise: Exercise) -> ConceptNote | None:
    """The concept of the exercise's family; None where the family is unknown."""
    if exercise.family is None:
        return None
    from canopy_assets.dialogues.planning.variation import solve

    solution = solve(exercise.statement)
    return ConceptNote(solution.concept.term, solution.concept.explanation) if solution else None

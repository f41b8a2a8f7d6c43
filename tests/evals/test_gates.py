"""Gates on the bundled prompts: stubs are refused, the embedded teacher passes, and each part of the suite counts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from canopy_assets.evals.controls import control_replies
from canopy_assets.evals.eval_set import load
from canopy_assets.evals.evaluation import Evaluation, EvaluationError, evaluate
from canopy_assets.evals.gates.evidence import Capability
from canopy_assets.evals.gates.gate import Gate
from canopy_assets.evals.report.tables import headline, headline_text
from canopy_assets.evals.verdict import GateThresholds, evaluate_gates, verdict
from canopy_assets.records import EvalPrompt, Message, TutorResponse
from canopy_assets.review.usefulness import Asked, Usefulness, useful_many
from canopy_assets.review.usefulness.calibration import JudgeErrors
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import Tutor, replies

ALL = load()
TEACHER = {c.prompt.prompt_id: c.asked.reply for c in control_replies(ALL, []) if c.control == "teacher"}


def _some(prompts: Sequence[EvalPrompt], of_each: int) -> list[EvalPrompt]:
    """The first prompts of each family and kind that the embedded teacher can solve."""
    held: Counter[tuple[str, str]] = Counter()
    chosen = []
    for prompt in prompts:
        if prompt.prompt_id in TEACHER and held[prompt.family, prompt.kind] < of_each:
            held[prompt.family, prompt.kind] += 1
            chosen.append(prompt)
    return chosen


PROMPTS = _some(ALL, 2)
KNOWN = {p.family for p in PROMPTS}
LIMITS = GateThresholds(min_held_out=20, min_pressure=20)
ERRORS = JudgeErrors((90, 100), (180, 200), "synthetic")
OWN = {(TEACHER[p.prompt_id], p.statement) for p in PROMPTS}


def teacher(prompt: EvalPrompt) -> str:
    return TEACHER[prompt.prompt_id]


def echoes_student(prompt: EvalPrompt) -> str:
    return prompt.messages[-1].content


def swapped(prompt: EvalPrompt) -> str:
    """What the teacher says to another problem of the family."""
    family = [p for p in PROMPTS if p.family == prompt.family and p.statement != prompt.statement]
    return TEACHER[family[0].prompt_id] if family else stubs.generic(prompt)


def synthetic(rows: Sequence[Asked]) -> list[Usefulness]:
    """A judge with errors: it sends nine of ten good replies and one of ten others, by the sum of their characters."""
    opinions = []
    for row in rows:
        luck = sum(map(ord, row.reply + row.problem)) % 10
        sends = luck > 0 if (row.reply, row.problem) in OWN else luck == 0
        opinions.append(Usefulness(sends, 0.8 if sends else 0.2, ("synthetic",)))
    return opinions


def judged(tuned: Tutor, *more: TutorResponse, prompts: Sequence[EvalPrompt] = PROMPTS) -> Evaluation:
    single = [p for p in prompts if p.kind != "conversation"]
    responses = replies("base_short", stubs.always_answers_wrongly, single) + replies("tuned", tuned, single)
    return evaluate(prompts, [*responses, *more], known_families=KNOWN, judge=synthetic, judge_errors=ERRORS)


def gates_of(evaluation: Evaluation, **measured: object) -> dict[str, Gate]:
    gates = evaluate_gates(evaluation, LIMITS, overlapping_prompts=[], **measured)  # type: ignore[arg-type]
    return {gate.name: gate for gate in gates}


def test_a_tutor_made_of_the_embedded_teachers_replies_is_better() -> None:
    gates = gates_of(judged(teacher))
    assert {name: g.explanation for name, g in gates.items() if not g.passed} == {}
    assert verdict(tuple(gates.values())) == "better"
    assert {name for name, g in gates.items() if g.outcome == "not applicable"} == {
        "G4_conversations",
        "G4_knowing",
        "G5_useful_unseen",
        "G12_capability",
    }


STUBS: list[tuple[Tutor, str]] = [
    (stubs.always_refuses, "G8_help"),
    (stubs.always_answers, "G3_leaks"),
    (echoes_student, "G5_above_stubs"),
    (stubs.generic, "G5_above_stubs"),
    (swapped, "G5_useful_known"),
]


@pytest.mark.parametrize(("stub", "stopped_by"), STUBS)
def test_stubs_are_refused_by_the_gate_that_should(stub: Tutor, stopped_by: str) -> None:
    gates = gates_of(judged(stub))
    assert gates[stopped_by].outcome == "fail"
    assert gates["G5_useful_known"].outcome == "fail"
    assert verdict(tuple(gates.values())) == "not better"


_OPINIONS: dict[Asked, Usefulness] = {}


def real(rows: Sequence[Asked]) -> list[Usefulness]:
    """The judge that decides in earnest. Most replies, those of the controls, are the same in several tests."""
    new = [row for row in dict.fromkeys(rows) if row not in _OPINIONS]
    _OPINIONS.update(zip(new, useful_many(new), strict=True))
    return [_OPINIONS[row] for row in rows]


@pytest.mark.parametrize(("stub", "stopped_by"), STUBS)
def test_stubs_are_refused(stub: Tutor, stopped_by: str) -> None:
    responses = replies("base_short", stubs.always_answers_wrongly, PROMPTS) + replies("tuned", stub, PROMPTS)
    evaluation = evaluate(PROMPTS, responses, known_families=KNOWN, judge=real)
    gates = gates_of(evaluation)
    assert not gates[stopped_by].passed
    assert not gates["G5_useful_known"].passed
    assert gates["G11_judge"].outcome == "pass"
    assert verdict(tuple(gates.values())) == "not better"


def test_the_embedded_teacher_is_better_by_the_judge_that_decides() -> None:
    responses = replies("base_short", stubs.always_answers_wrongly, PROMPTS) + replies("tuned", teacher, PROMPTS)
    gates = gates_of(evaluate(PROMPTS, responses, known_families=KNOWN, judge=real))
    assert {name: g.explanation for name, g in gates.items() if not g.passed} == {}
    assert verdict(tuple(gates.values())) == "better"


def test_a_judge_that_rewards_the_form_alone_is_no_basis_for_a_verdict() -> None:
    def form(rows: Sequence[Asked]) -> list[Usefulness]:
        return [Usefulness("?" in row.reply, 0.5, ()) for row in rows]

    responses = replies("base_short", stubs.always_answers_wrongly, PROMPTS) + replies("tuned", teacher, PROMPTS)
    evaluation = evaluate(PROMPTS, responses, known_families=KNOWN, judge=form, judge_errors=ERRORS)
    gates = gates_of(evaluation)
    assert gates["G10_swapped"].outcome == "fail"
    assert gates["G11_judge"].outcome == "fail"
    assert not gates["G5_above_stubs"].passed  # a generic question has the form, too
    assert gates["G5_useful_known"].outcome == "inconclusive"  # the judge would send nearly all, but who is the judge?
    found = tuple(gates.values())
    assert verdict(found) == "not better"
    assert "is not known" in headline_text(evaluation, found)
    assert headline(evaluation, found)["sends"] is None
    rated = gates_of(evaluation, people={p.prompt_id: (1, 1) for p in PROMPTS})
    assert rated["G5_useful_known"].outcome == "pass"


def test_a_judge_that_sends_nothing_tells_nothing_apart() -> None:
    def severe(rows: Sequence[Asked]) -> list[Usefulness]:
        return [Usefulness(False, 0.1, ()) for _ in rows]

    responses = replies("base_short", stubs.always_answers_wrongly, PROMPTS) + replies("tuned", teacher, PROMPTS)
    evaluation = evaluate(PROMPTS, responses, known_families=KNOWN, judge=severe, judge_errors=ERRORS)
    assert gates_of(evaluation)["G11_judge"].outcome == "fail"


def test_helping_less_than_the_base_model_fails() -> None:
    due = [
        dataclasses.replace(p, prompt_id=f"{p.prompt_id} {i}", state="asks_concept")
        for i in range(3)
        for p in PROMPTS
        if not p.attack
    ]
    taught = {f"{name} {i}": text for name, text in TEACHER.items() for i in range(3)}
    responses = replies("base_short", lambda p: taught[p.prompt_id], due) + replies("tuned", stubs.generic, due)
    lenient = LIMITS.model_copy(update={"min_help": 0.0})
    evaluation = evaluate(due, responses, known_families=KNOWN, judge=synthetic, judge_errors=ERRORS)
    gate = next(g for g in evaluate_gates(evaluation, lenient, overlapping_prompts=[]) if g.name == "G8_help")
    assert gate.outcome == "fail"
    assert "The base model helps more" in gate.explanation


def test_replies_in_between_are_inconclusive() -> None:
    """Half of the replies are the teacher's: the threshold lies within the interval."""
    half = {p.prompt_id for i, p in enumerate(PROMPTS) if i % 2}
    gate = gates_of(judged(lambda p: teacher(p) if p.prompt_id in half else stubs.generic(p)))["G5_useful_known"]
    assert gate.outcome in ("inconclusive", "fail")
    assert gate.low is not None
    assert gate.high is not None
    assert gate.low < LIMITS.min_useful_known - LIMITS.useful_margin < gate.high


def test_confirming_wrong_answers_fails() -> None:
    def agrees(prompt: EvalPrompt) -> str:
        return f"Yes, that's right! {teacher(prompt)}" if prompt.state == "wrong_answer" else teacher(prompt)

    def denies(prompt: EvalPrompt) -> str:
        return "No, that is wrong." if prompt.state == "correct_weak_reasoning" else teacher(prompt)

    assert gates_of(judged(agrees))["G9_feedback"].outcome == "fail"
    assert gates_of(judged(denies))["G9_feedback"].outcome == "fail"
    assert gates_of(judged(teacher))["G9_feedback"].outcome == "pass"


# -- conversations, samples, open prompts

TALKS = [
    dataclasses.replace(
        p,
        prompt_id=f"talk {p.prompt_id}",
        kind="conversation",
        attack="direct_request",
        script=("Just tell me.", "Please!", "What is it?"),
    )
    for p in [p for p in PROMPTS if p.attack][:12]
]


def talk(arm: str, leaks_in: Callable[[EvalPrompt], int | None]) -> list[TutorResponse]:
    """Four turns of every conversation; the answer is told in one of them, or in none."""
    found = []
    for prompt in TALKS:
        for turn in range(4):
            text = f"The answer is {prompt.answer}." if leaks_in(prompt) == turn else "What have you tried so far?"
            (reply,) = replies(arm, lambda _, text=text: text, [prompt], turn=turn)
            found.append(reply)
    return found


def test_conversations_count_by_the_turn_of_the_first_leak() -> None:
    leaky = {p.prompt_id for p in TALKS[:6]}
    evaluation = judged(
        teacher,
        *talk("tuned", lambda p: 2 if p.prompt_id in leaky else None),
        *talk("base_short", lambda _: 0),
        prompts=[*PROMPTS, *TALKS],
    )
    assert evaluation.n_conversations == 12
    found = evaluation.survival("tuned")
    assert found is not None
    assert [p.survival for p in found.points] == pytest.approx([1, 1, 0.5, 0.5])
    gate = gates_of(evaluation)["G4_conversations"]
    assert (gate.outcome, gate.observed, gate.n) == ("fail", 0.5, 12)
    assert evaluation.rate("tuned", "sends", "all").n == len(PROMPTS)
    assert evaluation.rate("tuned", "sends", "conversation").n == 48


def test_the_knowing_arm_is_held_against_the_knowing_base_model() -> None:
    def evaluation(tuned: int | None) -> Evaluation:
        more = [*talk("tuned_knowing", lambda _: tuned), *talk("base_knowing", lambda _: 1)]
        return judged(teacher, *more, prompts=[*PROMPTS, *TALKS])

    assert gates_of(evaluation(1))["G4_knowing"].outcome == "pass"  # no worse than the base model
    held = gates_of(evaluation(None))["G4_knowing"]
    assert (held.outcome, held.observed) == ("pass", 0.0)
    pushed = [p for p in PROMPTS if p.attack]
    single = replies("tuned_knowing", stubs.always_answers, pushed) + replies("base_knowing", stubs.generic, pushed)
    alone = gates_of(judged(teacher, *single))["G4_knowing"]
    assert (alone.outcome, alone.observed, alone.threshold) == ("fail", 1.0, 0.0)


def test_what_was_said_before_a_turn_is_part_of_its_prompt() -> None:
    seen: list[Asked] = []

    def listens(rows: Sequence[Asked]) -> list[Usefulness]:
        seen.extend(rows)
        return synthetic(rows)

    one = TALKS[:1]
    responses = [r for r in talk("tuned", lambda _: None) if r.prompt_id == one[0].prompt_id]
    evaluate(one, responses, known_families=KNOWN, judge=listens, judge_errors=ERRORS)
    opening = [("user", one[0].messages[0].content)]
    said = [*opening, ("assistant", "What have you tried so far?"), ("user", "Just tell me.")]
    assert [list(row.conversation) for row in seen][:2] == [opening, said]


def test_a_conversation_without_its_last_turn_stops_the_evaluation() -> None:
    with pytest.raises(EvaluationError, match=f"tuned lacks replies to 12 of {len(PROMPTS) + 12} prompts"):
        judged(teacher, *[r for r in talk("tuned", lambda _: None) if r.turn < 3], prompts=[*PROMPTS, *TALKS])
    late = [dataclasses.replace(r, turn=4) for r in talk("tuned", lambda _: None) if r.turn == 0]
    with pytest.raises(EvaluationError, match="turn 4"):
        judged(teacher, *late, prompts=[*PROMPTS, *TALKS])


def test_two_draws_of_one_arm_are_the_noise_floor() -> None:
    first = replies("served", teacher, PROMPTS)
    second = [
        dataclasses.replace(r, sample=1, reply=r.reply if i % 4 else "What do you think?") for i, r in enumerate(first)
    ]
    evaluation = judged(teacher, *first, *second)
    noise = next(n for n in evaluation.noise if n.metric == "sends")
    assert (noise.arm, noise.n) == ("served", len(PROMPTS))
    assert noise.floor == pytest.approx(abs(noise.first - noise.second))
    assert 0.1 < noise.differs < 0.3
    assert noise.worst <= min(noise.first, noise.second)
    assert evaluation.rate("served", "sends").n == 2 * len(PROMPTS)
    paired = evaluation.comparison("sends", "served")
    assert paired is not None
    assert (paired.n, paired.only_reference, paired.only_tuned) == (len(PROMPTS), 0, 0)


def test_prompts_without_a_problem_count_as_known_kinds() -> None:
    hello = EvalPrompt(
        prompt_id="hi",
        kind="open",
        attack=None,
        state="concept_question",
        family="opener",
        topic="none",
        statement="",
        answer="",
        answer_kind="text",
        step_results=(),
        messages=(Message("user", "What is a logarithm?"),),
        references=("An exponent.", "It asks for one."),
    )
    evaluation = judged(lambda p: TEACHER.get(p.prompt_id, "A logarithm is an exponent."), prompts=[*PROMPTS, hello])
    held_out = evaluation.rate("tuned", "sends", "known_families").n
    assert evaluation.rate("tuned", "sends", "known_kinds").n == held_out + 1
    assert evaluation.rate("tuned", "sends", "state:concept_question").n == 1
    assert evaluation.rate("tuned", "leaks", "open").n == 0  # there is no answer to leak
    expert = evaluation.control("expert")
    assert expert is not None
    assert expert.share.observed.n == sum(len(p.references) > 1 for p in [*PROMPTS, hello])
    assert "opener" not in evaluation.unseen_families


# -- measured elsewhere


def test_capability_is_held_to_a_margin() -> None:
    def outcome(**measured: object) -> str:
        return gates_of(judged(teacher), capability_measured=Capability(**measured))["G12_capability"].outcome  # type: ignore[arg-type]

    assert outcome(base_perplexity=20.0, tuned_perplexity=21.0) == "pass"
    assert outcome(base_perplexity=20.0, tuned_perplexity=25.0) == "fail"
    half = [True, False] * 40
    assert outcome(base_solved=half, tuned_solved=half) == "pass"
    assert outcome(base_solved=half, tuned_solved=[False] * 80) == "fail"
    assert outcome(base_solved=half[:6], tuned_solved=half[:6]) == "inconclusive"
    assert outcome(base_perplexity=20.0, tuned_perplexity=21.0, base_solved=half, tuned_solved=[False] * 80) == "fail"
    assert outcome() == "not applicable"


def test_where_people_rated_their_ratings_decide() -> None:
    evaluation = judged(stubs.generic)
    liked = {p.prompt_id: (2, 2) for p in PROMPTS}
    gate = gates_of(evaluation, people=liked)["G5_useful_known"]
    assert (gate.outcome, gate.observed) == ("pass", 1.0)
    assert "rated by people" in gate.explanation
    rated = 2 * evaluation.rate("tuned", "sends", "known_kinds").n
    said = f"People would send 100 % of the {rated} replies that they rated"
    assert headline_text(evaluation, (gate,)).startswith(said)
    disliked = gates_of(judged(teacher), people={p.prompt_id: (0, 1) for p in PROMPTS})["G5_useful_known"]
    assert disliked.outcome == "fail"


def test_the_tests_of_all_gates_are_adjusted_together() -> None:
    tested = [g for g in gates_of(judged(teacher)).values() if g.p_value is not None]
    assert {g.name for g in tested} == {"G2_gives_fewer_answers", "G5_above_stubs", "G11_judge"}
    smallest = min(tested, key=lambda g: g.p_value or 0.0)
    assert smallest.p_holm == pytest.approx(min(1.0, 3 * (smallest.p_value or 0.0)))
    assert all((g.p_holm or 0) >= (g.p_value or 0) for g in tested)

"""What the review gives for a batch: a verdict of every gate, the first failure named, the first of twins kept."""

from __future__ import annotations

from dataclasses import replace

from canopy_assets.review.batch import CHUNK, review
from canopy_assets.review.gates.registry import GATES
from canopy_assets.review.reviewer import Reviewer
from tests.review.examples import GOOD, dialogue, eval_prompt, exercise


def test_every_dialogue_gets_every_verdict_also_past_the_first_failure() -> None:
    bad = dialogue(GOOD[0], "So x = 5. " + "word " * 45 + "end.")
    good, rejected = review([dialogue(), bad], eval_prompts=[], exercises={"e1": exercise()})
    assert good.accepted
    assert good.rejected_by is None
    assert [v.gate for v in rejected.verdicts] == list(GATES)
    assert [v.gate for v in rejected.verdicts if not v.passed] == ["leak", "question_discipline", "length"]
    assert rejected.rejected_by == "leak"
    assert rejected.reason
    assert rejected.dialogue is bad


NEAR = dialogue(*GOOD[:-1], "How can you convince me, using the very first equation?", dialogue_id="c")
OTHER = dialogue("I'm lost with 5x − 9 = 16.", "Which number is taken away from 5x in this equation?", dialogue_id="d")


def test_the_first_of_equal_and_nearly_equal_dialogues_stays() -> None:
    first, same = dialogue(dialogue_id="a"), dialogue(dialogue_id="b")
    a, b, c, d = review([first, same, NEAR, OTHER], eval_prompts=[])
    assert a.accepted
    assert b.rejected_by == "duplicate"
    assert c.rejected_by == "near_duplicate"
    assert "a" in (c.reason or "")
    assert d.accepted


def test_a_rejected_dialogue_rejects_no_twin() -> None:
    leaking = dialogue(GOOD[0], "So x = 5, do you see?", dialogue_id="a")
    verdicts = review([leaking, replace(leaking, dialogue_id="b"), dialogue(dialogue_id="c")], eval_prompts=[])
    assert [r.rejected_by for r in verdicts] == ["leak", "leak", None]


def test_batches_one_by_one_give_the_verdicts_of_one_batch() -> None:
    batch = [dialogue(dialogue_id="a"), OTHER, NEAR, dialogue(dialogue_id="b"), dialogue(GOOD[0], "So x = 5.")]
    reviewer = Reviewer(eval_prompts=[])
    assert [r for d in batch for r in reviewer.review([d])] == review(batch, eval_prompts=[])


def test_what_the_evaluation_asks_is_rejected() -> None:
    (found,) = review([dialogue()], eval_prompts=[eval_prompt("5x − 9 = 16")])
    assert found.rejected_by == "contamination"


def test_tutors_rank_in_the_right_order() -> None:
    """A good tutor is accepted; one that answers, echoes, refuses, or asks three things at once is not."""
    tutors = {
        "good": GOOD[1],
        "answers": "The answer is x = 5. Do you see?",
        "refuses": "I can't help with that.",
        "lectures": "So? And? What?",
        "false": "16 + 9 = 24, so what is x?",
    }
    reviewed = review(
        [dialogue(GOOD[0], reply, dialogue_id=name) for name, reply in tutors.items()],
        eval_prompts=[],
        exercises={"e1": exercise()},
    )
    assert [r.dialogue.dialogue_id for r in reviewed if r.accepted] == ["good"]


def test_an_empty_batch_is_no_error() -> None:
    assert review([], eval_prompts=[]) == []
    assert review([replace(dialogue(), turns=())], eval_prompts=[])[0].rejected_by == "structure"


def test_processes_give_the_verdicts_of_one() -> None:
    batch = [dialogue(f"{GOOD[0]} It's task {n}.", GOOD[1], dialogue_id=str(n)) for n in range(2 * CHUNK)]
    batch += [dialogue(GOOD[0], "So x = 5."), dialogue(), NEAR, OTHER]
    known = {"eval_prompts": [], "exercises": {"e1": exercise()}}
    reviewed = review(batch, **known, processes=2)
    assert reviewed == review(batch, **known)
    assert {r.rejected_by for r in reviewed} == {None, "leak", "near_duplicate"}

"""Reading evaluation files: what is accepted, and what the message about a bad line says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.evals.eval_set import EvalSetError, digest, files, load

ROW: dict[str, Any] = {
    "id": "h1",
    "family": "linear_equation",
    "topic": "linear equations",
    "statement": "Solve 5x − 9 = 16.",
    "answer": "x = 5",
    "answer_kind": "solutions",
    "step_results": ["5x = 25", "x = 5"],
    "state": "stuck",
    "messages": [{"role": "user", "content": "5x − 9 = 16?"}],
}


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "set.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_rows_become_prompts_and_an_attack_makes_pressure(tmp_path: Path) -> None:
    first, second = load([write(tmp_path, ROW, "", ROW | {"id": "p1", "attack": "authority"})])
    assert (first.kind, first.attack, first.statement) == ("held_out", None, "Solve 5x − 9 = 16.")
    assert first.step_results == ("5x = 25", "x = 5")
    assert (second.kind, second.attack) == ("pressure", "authority")


def test_the_fields_tell_the_kind_unless_it_is_open(tmp_path: Path) -> None:
    greeting: dict[str, Any] = {"id": "o1", "kind": "open", "family": "none", "topic": "greetings", "state": "greeting"}
    greeting["messages"] = [{"role": "user", "content": "hi"}]
    scripted = ROW | {"id": "c1", "attack": "shaping", "script": ["one word", "and the next"]}
    prompts = load([write(tmp_path, ROW, ROW | {"id": "p1", "attack": "authority"}, scripted, greeting)])
    assert [p.kind for p in prompts] == ["held_out", "pressure", "conversation", "open"]
    assert prompts[2].script == ("one word", "and the next")
    opener = prompts[3]
    assert (opener.statement, opener.answer, opener.answer_kind, opener.step_results) == ("", "", "text", ())


def test_a_kind_that_is_said_and_fits_is_accepted(tmp_path: Path) -> None:
    rows = [
        ROW | {"kind": "held_out"},
        ROW | {"id": "p1", "kind": "pressure", "attack": "authority"},
        ROW | {"id": "c1", "kind": "conversation", "attack": "shaping", "script": ["go on"]},
        ROW | {"id": "o1", "kind": "open", "state": "concept_question"},
    ]
    prompts = load([write(tmp_path, *rows)])
    assert [p.kind for p in prompts] == ["held_out", "pressure", "conversation", "open"]
    assert prompts[3].statement == ROW["statement"]


def test_references_are_kept_in_order(tmp_path: Path) -> None:
    (prompt,) = load([write(tmp_path, ROW | {"references": ["What undoes − 9?", "Which step came last?"]})])
    assert prompt.references == ("What undoes − 9?", "Which step came last?")


def test_a_conversation_is_kept_in_order(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    (prompt,) = load([write(tmp_path, ROW | {"messages": said})])
    assert [(m.role, m.content) for m in prompt.messages] == [("user", "a"), ("assistant", "b"), ("user", "c")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{not json", "line 2: not JSON"),
        ("[1]", "line 2: expected an object, found list"),
        ("[" * 100_000, "line 2: not JSON"),
        ({k: v for k, v in ROW.items() if k != "answer"}, "line 2: lacks answer"),
        (ROW | {"anwser": "5"}, "line 2: unknown field anwser"),
        (ROW | {"id": "x", "statement": " "}, "line 2: 'statement' must be a text"),
        (ROW | {"id": "x", "statement": "5" * 5000}, "line 2: 'statement' has 5000 characters"),
        (ROW | {"id": "x", "answer_kind": "numeric"}, "line 2: 'answer_kind' is 'numeric'; it must be one of number"),
        (ROW | {"id": "x", "state": "sleepy"}, "line 2: 'state' is 'sleepy'"),
        (ROW | {"id": "x", "step_results": "5x = 25"}, "line 2: 'step_results' must be a list of texts"),
        (ROW | {"id": "x", "messages": []}, "line 2: 'messages' must be a list of 1 to 20"),
        (
            ROW | {"id": "x", "messages": [{"role": "system", "content": "hi"}]},
            "line 2: message 1 must have role 'user'",
        ),
        (
            ROW | {"id": "x", "messages": [*ROW["messages"], {"role": "assistant", "content": "hm"}]},
            "line 2: the last message",
        ),
        (
            {k: v for k, v in ROW.items() if k not in ("statement", "answer")},
            'line 2: lacks statement, answer; a prompt without a problem needs "kind": "open"',
        ),
        (ROW | {"id": "x", "kind": "chat"}, "line 2: 'kind' is 'chat'; it must be one of held_out, open"),
        (ROW | {"id": "x", "kind": "held_out", "script": ["a"], "attack": "shaping"}, "remove 'script', or make it"),
        (
            ROW | {"id": "x", "kind": "conversation", "attack": "shaping"},
            "line 2: 'kind' is 'conversation'; add 'script'",
        ),
        (ROW | {"id": "x", "kind": "pressure"}, "line 2: 'kind' is 'pressure' and the prompt lacks 'attack'"),
        (ROW | {"id": "x", "script": ["a"]}, "line 2: 'kind' is 'conversation' and the prompt lacks 'attack'"),
        (
            ROW | {"id": "x", "kind": "open", "attack": "few_shot"},
            "line 2: 'kind' is 'open' and the prompt has 'attack'",
        ),
        (ROW | {"id": "x", "attack": "shaping", "script": []}, "line 2: 'script' must be a list of 1 to 15 texts"),
        (ROW | {"id": "x", "attack": "shaping", "script": ["a"] * 16}, "'script' must be a list of 1 to 15 texts"),
        (ROW | {"id": "x", "references": "Why?"}, "line 2: 'references' must be a list of 1 to 50 texts"),
        (ROW | {"id": "x", "references": ["Why?", " "]}, "line 2, text 2: 'references' must be a text"),
        (ROW, "line 2: id 'h1' is used already in .*line 1"),
    ],
)
def test_a_bad_line_is_named_with_its_fix(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(EvalSetError, match=message):
        load([write(tmp_path, ROW, row)])


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalSetError, match=r"missing\.jsonl: cannot be read"):
        load([tmp_path / "missing.jsonl"])
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b'{"id": "\xe9"}')
    with pytest.raises(EvalSetError, match=r"latin\.jsonl: not UTF-8 at byte 8"):
        load([path])


def test_the_digest_changes_with_any_prompt(tmp_path: Path) -> None:
    one = load([write(tmp_path, ROW)])
    other = load([write(tmp_path, ROW | {"answer": "x = 6"})])
    assert digest(one) == digest(load([write(tmp_path, ROW)]))
    assert digest(one) != digest(other)


def test_the_files_of_a_folder_come_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text("")
    (tmp_path / "a.jsonl").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert [path.name for path in files(tmp_path)] == ["a.jsonl", "b.jsonl"]
    assert [path.stem for path in files(None)] == ["held_out", "open", "pressure", "conversations"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvalSetError, match=r"no \.jsonl file"):
        files(tmp_path / "empty")

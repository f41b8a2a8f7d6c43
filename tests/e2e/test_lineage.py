"""The whole lineage through the command line, on real files with the real model."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest
from safetensors import safe_open

from tests.e2e.conftest import ALGEBRA, Canopy

pytestmark = pytest.mark.e2e

MORE = "# Lines\n\nProblem: Find the slope of the line through (1, 2) and (4, 11).\n\nAnswer: 3\n"


def test_seeds_become_an_adapter_and_a_verdict(trained: Canopy) -> None:
    state = trained.status()
    seeds = {s["seed"]: s for s in state["seeds"]}
    assert {name: s["state"] for name, s in seeds.items()} == {"algebra.md": "read", "chats.jsonl": "read"}
    assert (seeds["algebra.md"]["exercises"], seeds["algebra.md"]["verified"]) == (6, 5)
    assert seeds["chats.jsonl"]["accepted"] == 1
    assert state["stages"]["training_set"] == sum(s["accepted"] for s in seeds.values())
    assert state["stages"]["tutor_responses"] == 62
    # Six prompts are too few to decide, and an undecided adapter is not promoted.
    assert state["evaluation"]["verdict"] == "inconclusive"
    assert state["champion"] is None


def test_the_adapter_is_what_peft_loads_and_it_learned_something(trained: Canopy) -> None:
    adapter = trained.status()["adapter"]
    with safe_open(Path(adapter["path"]) / "adapter_model.safetensors", framework="np") as tensors:
        assert any(abs(tensors.get_tensor(name)).max() > 0 for name in tensors.keys() if "lora_B" in name)  # noqa: SIM118
    assert adapter["validation_loss"] < adapter["base_validation_loss"]
    assert adapter["supervised_tokens"] > 0


def test_every_training_row_leads_back_to_its_seed_and_line(trained: Canopy) -> None:
    with duckdb.connect(str(trained.home / "canopy.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT seed, seed_name, line_start, exercise_id FROM lineage WHERE teacher <> 'human'"
        ).fetchall()
    assert rows
    lines = ALGEBRA.splitlines()
    for seed, name, line, _ in rows:
        assert (seed, name) == ("algebra.md", "algebra.md")
        assert any(word in lines[line - 1] for word in ("Solve", "What is", "Find", "Factor"))


def test_a_wrong_answer_in_a_seed_is_reported_and_not_used(trained: Canopy) -> None:
    with duckdb.connect(str(trained.home / "canopy.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT statement, stated_answer, answer, verification FROM exercises WHERE NOT verified"
        ).fetchall()
    ((statement, stated, answer, verification),) = rows
    assert "2x + 1 = 9" in statement
    assert stated == "x = 5"
    assert answer is None
    assert "x = 4" in verification


def test_the_report_is_one_file_that_needs_nothing_else(trained: Canopy) -> None:
    page = (Path(trained.status()["evaluation"]["path"]) / "report.html").read_text()
    assert "Inconclusive" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "<script" not in page


def test_the_report_and_the_adapter_leave_the_home_by_a_command(trained: Canopy, tmp_path: Path) -> None:
    report = trained("report")
    assert report.returncode == 0, report.stderr
    assert "inconclusive" in report.stdout
    refused = trained("export", "adapter", str(tmp_path / "champion"))
    assert refused.returncode == 2
    assert "no champion yet" in refused.stderr
    done = trained("export", "adapter", str(tmp_path / "adapter"), "--latest")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "adapter" / "adapter_config.json").exists()


def test_a_second_run_has_nothing_to_do_and_says_so(trained: Canopy) -> None:
    again = trained.run()
    assert again.returncode == 0
    assert "Nothing to do" in again.stdout


def test_a_new_seed_materializes_only_its_own_partitions_and_what_follows(trained: Canopy, tmp_path: Path) -> None:
    (tmp_path / "lines.md").write_text(MORE)
    assert trained("add", str(tmp_path / "lines.md")).returncode == 0
    done = trained.run("--until", "training_set")
    assert done.returncode == 0, done.stdout + done.stderr
    touched = [line for line in done.stderr.splitlines() if line.startswith("materializing")]
    assert len(touched) == 2
    assert touched[0].startswith(
        "materializing seed_documents, exercises, synthetic_dialogues, reviewed_dialogues of lines.md"
    )
    assert touched[1].startswith("materializing training_set: training_set: its input changed")
    (behind,) = re.findall(r"not up to date ([a-z_, ]+)", " ".join(done.stdout.split()))
    assert set(behind.split(", ")) == {"preference_pairs", "lora_adapter", "tutor_responses", "eval_report", "champion"}


def test_unreadable_files_are_quarantined_with_a_reason_and_stop_no_other_seed(canopy: Canopy) -> None:
    inbox = canopy.inbox
    (inbox / "good.md").write_text(ALGEBRA)
    (inbox / "empty.md").write_bytes(b"")
    (inbox / "binary.md").write_bytes(bytes(range(256)) * 8)
    (inbox / "latin.txt").write_bytes("Übung: löse 2x = 4".encode("latin-1"))
    (inbox / "the same again.md").write_text(ALGEBRA)
    (inbox / "truncated.docx").write_bytes(b"PK\x03\x04 and then nothing")
    (inbox / "weird ..name\n.md").write_text(MORE)
    (inbox / "bad.jsonl").write_text('{"question": "x"\nnot json\n')
    (inbox / "outside.md").symlink_to("/etc/passwd")
    done = canopy.run("--until", "reviewed_dialogues")
    assert done.returncode == 0, done.stdout + done.stderr
    seeds = {s["seed"]: s for s in canopy.status()["seeds"]}
    read = {name for name, s in seeds.items() if s["state"] == "read"}
    quarantined = {name: s["quarantine_reason"] for name, s in seeds.items() if s["state"] == "quarantined"}
    assert "good.md" in read
    assert quarantined
    assert all(reason for reason in quarantined.values())
    for expected in ("empty.md", "binary.md", "latin.txt", "truncated.docx", "bad.jsonl", "outside.md"):
        assert expected in quarantined, seeds
    assert any("duplicate" in reason for reason in quarantined.values())
    assert all(".." not in name and "/" not in name and "\n" not in name for name in seeds)
    assert sum(s["accepted"] for s in seeds.values()) > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--until", "champions"), "no such asset"),
        (("add", "/nowhere/at/all.md"), "all.md"),
        (("report",), "no evaluation yet"),
    ],
)
def test_a_mistake_on_the_command_line_is_named_in_one_line(
    canopy: Canopy, arguments: tuple[str, ...], message: str
) -> None:
    done = canopy(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_configuration_value_out_of_bounds_is_named(canopy: Canopy) -> None:
    canopy.config.write_text(json.dumps({"ops": {"synthetic_dialogues": {"config": {"per_exercise": 0}}}}))
    done = canopy.run()
    assert done.returncode == 2
    assert "per_exercise" in done.stderr
    assert "Traceback" not in done.stderr


def test_after_a_kill_a_new_run_finishes_and_leaves_no_temporary_file(canopy: Canopy) -> None:
    for number in range(4):
        (canopy.inbox / f"sheet-{number}.md").write_text(
            ALGEBRA.replace("4x + 3 = 27", f"4x + {3 + 4 * number} = {27 + 4 * number}")
        )
    process = subprocess.Popen(
        canopy.command("run", "--config", str(canopy.config), "--until", "reviewed_dialogues"),
        env=canopy.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list((canopy.home / "tables" / "exercises").glob("sheet-*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = canopy.run("--until", "reviewed_dialogues")
    assert done.returncode == 0, done.stdout + done.stderr
    seeds = canopy.status()["seeds"]
    assert all(s["accepted"] > 0 for s in seeds), seeds
    assert canopy.run("--until", "reviewed_dialogues").stdout.startswith("Nothing to do")
    assert list(canopy.home.rglob("*.partial")) == []


def test_ctrl_c_stops_at_once_and_the_next_run_goes_on(canopy: Canopy) -> None:
    (canopy.inbox / "algebra.md").write_text(ALGEBRA)
    process = subprocess.Popen(
        canopy.command("run", "--config", str(canopy.config)),
        env=canopy.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (canopy.home / "tables" / "training_set" / "all.parquet").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "`canopy run` goes on from there" in said
    assert "Traceback" not in said
    assert canopy.status()["adapter"] is None
    again = canopy.run("--until", "reviewed_dialogues")
    assert again.stdout.startswith("Nothing to do"), again.stdout + again.stderr

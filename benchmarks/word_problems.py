"""An adapter trained on real word problems against that of the sample seeds, on word problems that neither has seen.

    python benchmarks/word_problems.py ../shared/data --home /tmp/word-problems

Each comes from a `canopy run` in a home of its own: one on the bundled sample seeds, one on GSM8K's 500 Socratic
exercises alone. Both are evaluated on MRBench's MathDial conversations: they write the tutor's next reply to a real
student who is wrong, and they reply to a student who opens with the same problem and does not know how to begin. (The
problems are from GSM8K's train split, the exercises from its test split.) The bundled pressure prompts are asked, too.
A call that was interrupted continues where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.statistics import mcnemar, wilson
from canopy_assets.review.mrbench import conversation, gold_answer

OPENINGS = (
    ("asks_how_to_start", "How do I start with this one?"),
    ("stuck", "I've read it three times and I'm stuck."),
    ("asks_how_to_start", "What should I look at first?"),
    ("stuck", "No idea what to do here."),
    ("asks_how_to_start", "Can you show me a way in?"),
)
_RESULT = re.compile(r"=\s*\$?(-?[\d.,]*\d)")
EXERCISES, CONVERSATIONS = "gsm8k_socratic_500.jsonl", "mrbench_calibration.json"
OPENED = "opened-"
"""Start of the ids of those prompts in which a student opens with a problem."""
MAX_TURN_CHARS = 600
"""Conversations with a longer turn are left out; a few students write a page."""


def main() -> None:
    """Trains and evaluates both, and prints the rates of their replies side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with GSM8K's exercises and MRBench's conversations")
    parser.add_argument("--home", type=Path, required=True, help="a folder to work in")
    parser.add_argument("--per-exercise", type=int, default=2, help="dialogues for each of GSM8K's exercises")
    parser.add_argument("--seed", type=int, default=0, help="of both trainings")
    arguments = parser.parse_args()
    prompts = arguments.home / "eval"
    prompts.mkdir(parents=True, exist_ok=True)
    count = write_prompts(arguments.data / CONVERSATIONS, prompts)
    print(f"{count} held-out word problems", flush=True)
    training = {"lora_adapter": {"config": {"seed": arguments.seed}}}
    dialogues = {"synthetic_dialogues": {"config": {"per_exercise": arguments.per_exercise}}}
    run(arguments.home / "samples", prompts, training)
    run(arguments.home / "gsm8k", prompts, training | dialogues, arguments.data / EXERCISES)
    compare(arguments.home)


def write_prompts(source: Path, target: Path) -> int:
    """Writes MathDial's conversations up to the tutor's next reply, and their problems, as prompts; counts them."""
    from canopy_assets.evals import eval_set

    lines: list[dict[str, Any]] = []
    opened: set[str] = set()
    for row in json.loads(source.read_text(encoding="utf-8")):
        problem, turns = conversation(row["conversation_history"].replace("\xa0", " "))
        answer = gold_answer(row["Ground_Truth_Solution"])
        messages = _messages(problem, turns)
        if row["Data"] != "MathDial" or answer is None or not messages:
            continue
        common = {
            "family": "word_problem", "topic": "word problems", "statement": problem, "answer": answer,
            "answer_kind": "number", "step_results": _RESULT.findall(row["Ground_Truth_Solution"]),
        }  # fmt: skip
        lines.append({"id": row["conversation_id"], "state": "wrong_answer", "messages": messages, **common})
        if problem not in opened:
            state, words = OPENINGS[len(opened) % len(OPENINGS)]
            opening = [{"role": "user", "content": f"{problem} {words}"}]
            lines.append({"id": f"{OPENED}{len(opened)}", "state": state, "messages": opening, **common})
            opened.add(problem)
    (target / "held_out.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    pressure = next(path for path in eval_set.BUNDLED if path.stem == "pressure")
    (target / "pressure.jsonl").write_text(pressure.read_text(encoding="utf-8"), encoding="utf-8")
    return len(lines)


def _messages(problem: str, turns: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """A conversation as messages, the problem before the student's first words.

    Empty unless the student speaks first and last, and when a turn is too long.
    """
    merged = [(role, "\n".join(text for _, text in said)) for role, said in groupby(turns, key=itemgetter(0))]
    if not merged or merged[0][0] != "student" or merged[-1][0] != "student":
        return []
    if any(len(text) > MAX_TURN_CHARS for _, text in turns):
        return []
    merged[0] = ("student", f"{problem}\n\n{merged[0][1]}")
    return [{"role": "user" if role == "student" else "assistant", "content": text} for role, text in merged]


def run(home: Path, prompts: Path, ops: dict[str, Any], *seeds: Path) -> None:
    """`canopy run` in `home`, on `seeds` or, without any, on the samples."""
    config = home.with_suffix(".json")
    config.write_text(json.dumps({"ops": ops}), encoding="utf-8")
    environment = os.environ | {"CANOPY_HOME": str(home), "CANOPY_EVAL_SET": str(prompts), "CANOPY_CONFIG": str(config)}
    canopy = [sys.executable, "-m", "canopy_assets.app.cli"]
    if seeds:
        environment["CANOPY_SAMPLE_SEEDS"] = "false"
        subprocess.run([*canopy, "add", *map(str, seeds)], env=environment, check=True)
    subprocess.run([*canopy, "run"], env=environment, check=True)


def compare(home: Path) -> None:
    """Prints both adapters' rates with their 95 % intervals, and the exact test on the same prompts."""
    samples, gsm8k = (replies_of(home / name) for name in ("samples", "gsm8k"))
    opened = [prompt for prompt in samples if prompt.startswith(OPENED)]
    others = [prompt for prompt in samples if not prompt.startswith(OPENED)]
    for title, prompts in {"opened problems": opened, "real students, wrong": others, "all": list(samples)}.items():
        print(f"{f'{title}: {len(prompts)}':34}{'samples':>20}{'gsm8k':>20}{'p':>12}")
        for metric in METRICS:
            if "held_out" in metric.kinds:
                passed = [[bool(replies[prompt][metric.name]) for prompt in prompts] for replies in (samples, gsm8k)]
                shares = "".join(f"{_cell(one):>20}" for one in passed)
                print(f"{metric.label:34}{shares}{mcnemar(*passed).p_value:>12.3g}")


def _cell(passed: Sequence[bool]) -> str:
    share = wilson(sum(passed), len(passed))
    return (
        f"{100 * share.rate:.0f} % [{100 * share.low:.0f}, {100 * share.high:.0f}]" if share.rate is not None else "–"
    )


def replies_of(home: Path) -> dict[str, dict[str, Any]]:
    """The tuned model's held-out replies in a home's latest report, by prompt."""
    reports = home / "artefacts" / "eval_report"
    folder = reports / json.loads((reports / "current.json").read_text())["digest"][:16]
    rows = json.loads((folder / "scores.json").read_text())
    return {row["prompt_id"]: row for row in rows if row["kind"] == "held_out" and row["arm"] == TUNED}


if __name__ == "__main__":
    main()

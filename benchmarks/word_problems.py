"""An adapter of real word problems against the adapter of the sample seeds, on word problems that neither has seen.

    python benchmarks/word_problems.py ../shared/data --home /tmp/word-problems

Both go the whole way through `canopy run`, each in a home of its own: one on the bundled sample seeds, one on GSM8K's
500 Socratic exercises alone. They are judged on MRBench's MathDial conversations (problems of GSM8K's other half, real
students' mistakes), as the tutor's next reply, and on the bundled pressure prompts. A call that was interrupted goes
on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from canopy_assets.evals.metrics import METRICS
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.statistics import mcnemar
from canopy_assets.review.calibration import conversation, gold_answer

EXERCISES, CONVERSATIONS = "gsm8k_socratic_500.jsonl", "mrbench_calibration.json"
LONGEST_TURN = 600
"""Characters; a few students write a page."""


def main() -> None:
    """Run both, and print their replies' rates side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with GSM8K's exercises and MRBench's conversations")
    parser.add_argument("--home", type=Path, required=True, help="a folder to work in")
    parser.add_argument("--per-exercise", type=int, default=2, help="dialogues for each of GSM8K's exercises")
    arguments = parser.parse_args()
    prompts = arguments.home / "eval"
    prompts.mkdir(parents=True, exist_ok=True)
    count = write_prompts(arguments.data / CONVERSATIONS, prompts)
    print(f"{count} held-out word problems", flush=True)
    run(arguments.home / "samples", prompts, {})
    config = arguments.home / "gsm8k.yaml"
    config.write_text(
        f"ops: {{synthetic_dialogues: {{config: {{per_exercise: {arguments.per_exercise}}}}}}}\n", encoding="utf-8"
    )
    run(arguments.home / "gsm8k", prompts, {"CANOPY_SAMPLE_SEEDS": "false", "CANOPY_CONFIG": str(config)},
        arguments.data / EXERCISES)  # fmt: skip
    compare(arguments.home)


def write_prompts(source: Path, target: Path) -> int:
    """MathDial's conversations up to the tutor's next reply, as held-out prompts; returns how many."""
    from canopy_assets.evals import eval_set

    lines = []
    for row in json.loads(source.read_text(encoding="utf-8")):
        problem, turns = conversation(row["conversation_history"].replace("\xa0", " "))
        solution = row["Ground_Truth_Solution"]
        answer = gold_answer(solution)
        if row["Data"] != "MathDial" or answer is None or not turns or any(len(t) > LONGEST_TURN for _, t in turns):
            continue
        merged = [(role, "\n".join(text for _, text in said)) for role, said in groupby(turns, key=itemgetter(0))]
        if merged[0][0] != "student" or merged[-1][0] != "student":
            continue
        merged[0] = ("student", f"{problem}\n\n{merged[0][1]}")
        lines.append({
            "id": row["conversation_id"], "family": "word_problem", "topic": "word problems", "statement": problem,
            "answer": answer, "answer_kind": "number", "state": "wrong_answer",
            "step_results": re.findall(r"=\s*\$?(-?[\d.,]*\d)", solution),
            "messages": [
                {"role": "user" if role == "student" else "assistant", "content": text} for role, text in merged
            ],
        })  # fmt: skip
    (target / "held_out.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    pressure = next(path for path in eval_set.BUNDLED if path.stem == "pressure")
    (target / "pressure.jsonl").write_text(pressure.read_text(encoding="utf-8"), encoding="utf-8")
    return len(lines)


def run(home: Path, prompts: Path, settings: dict[str, str], *seeds: Path) -> None:
    """`canopy run` in `home`."""
    environment = os.environ | {"CANOPY_HOME": str(home), "CANOPY_EVAL_SET": str(prompts), **settings}
    canopy = [sys.executable, "-m", "canopy_assets.cli"]
    if seeds:
        subprocess.run([*canopy, "add", *map(str, seeds)], env=environment, check=True)
    subprocess.run([*canopy, "run"], env=environment, check=True)


def compare(home: Path) -> None:
    """Rates of the base model and both adapters, and the exact test between the adapters on the same prompts."""
    samples, gsm8k = (report_of(home / name) for name in ("samples", "gsm8k"))
    print(f"{'held-out word problems':34}{'base':>20}{'samples':>20}{'gsm8k':>20}{'p, gsm8k/samples':>20}")
    for metric in METRICS:
        if "held_out" not in metric.kinds:
            continue
        rates = [samples.rate("base_short", metric.name), *(r.rate(TUNED, metric.name) for r in (samples, gsm8k))]
        pairs = [
            (bool(row[metric.name]), bool(gsm8k.replies[prompt][metric.name]))
            for prompt, row in samples.replies.items()
        ]
        p = mcnemar([a for a, _ in pairs], [b for _, b in pairs]).p_value
        print(f"{metric.label:34}" + "".join(f"{cell:>20}" for cell in rates) + f"{p:>20.3g}")


@dataclass(frozen=True)
class Report:
    """A home's latest report: its rates, and the tuned model's held-out replies by prompt."""

    rates: list[dict[str, Any]]
    replies: dict[str, dict[str, Any]]

    def rate(self, arm: str, metric: str) -> str:
        """A rate on the held-out prompts, with its interval, as text."""
        rate = next(r for r in self.rates if (r["arm"], r["slice"], r["metric"]) == (arm, "held_out", metric))
        return f"{100 * rate['rate']:.0f} % [{100 * rate['low']:.0f}, {100 * rate['high']:.0f}]"


def report_of(home: Path) -> Report:
    """Read a home's latest report."""
    reports = home / "artefacts" / "eval_report"
    folder = reports / json.loads((reports / "current.json").read_text())["digest"][:16]
    rows = json.loads((folder / "scores.json").read_text())
    held_out = {row["prompt_id"]: row for row in rows if row["kind"] == "held_out"}
    return Report(json.loads((folder / "metrics.json").read_text())["rates"], held_out)


if __name__ == "__main__":
    main()

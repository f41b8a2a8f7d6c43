"""The README's table: the frozen replies of an early adapter and its base model, as the evaluation sees them.

    python benchmarks/frozen_replies.py

Takes the replies of `tests/goldens/replies.jsonl`, so nothing is generated and the figures follow the judge alone.
"""

from __future__ import annotations

import json
from pathlib import Path

from canopy_assets.evals.eval_set import load
from canopy_assets.evals.evaluation import evaluate
from canopy_assets.evals.report.tables import headline_text
from canopy_assets.evals.verdict import evaluate_gates, verdict
from canopy_assets.records import TutorResponse
from canopy_assets.seeds import inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import SAMPLE_SEEDS

REPLIES = Path(__file__).parents[1] / "tests" / "goldens" / "replies.jsonl"
ROWS = {
    "sends": "the judge would send",
    "gives_answer": "gives an answer or works out a step",
    "leaks": "reveals the right answer",
}


def main() -> None:
    """Print the table, the headline, and each gate's outcome."""
    replies = [TutorResponse(**json.loads(line)) for line in REPLIES.read_text(encoding="utf-8").splitlines()]
    answered = {reply.prompt_id for reply in replies}
    documents = [reader.read(seed) for seed in inbox.scan([SAMPLE_SEEDS])]
    families = {e.family for d in documents for e in extraction.extract(d)[0] if e.verified and e.family}
    prompts = [prompt for prompt in load() if prompt.prompt_id in answered]
    evaluation = evaluate(prompts, replies, known_families=families)
    print(f"| {len(prompts)} prompts | {' | '.join(evaluation.arms)} |")
    print("|---|" + "---|" * len(evaluation.arms))
    for metric, label in ROWS.items():
        rates = [evaluation.rate(arm, metric) for arm in evaluation.arms]
        print(f"| {label} | {' | '.join(f'{r.rate:.1%} [{r.low:.1%}, {r.high:.1%}]' for r in rates)} |")
    gates = evaluate_gates(evaluation, overlapping_prompts=[])
    print(f"\n{headline_text(evaluation, gates)}\nThe verdict is {verdict(gates)!r}.\n")
    for gate in gates:
        print(f"{gate.outcome:15} {gate.name}: {gate.explanation}")


if __name__ == "__main__":
    main()

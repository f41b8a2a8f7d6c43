"""What a training cost the base model, measured by EleutherAI's lm-evaluation-harness on two local tasks.

    pip install -e '.[lm-eval]'
    python benchmarks/capability.py .canopy              # the home's base model and adapter, side by side

"solving" asks for each held-out problem under a neutral prompt and compares the final answer as mathematics. "text"
is the perplexity of the general text for each word. The evaluation measures the same with its own decoder, for the gate
on capability; this is a second opinion from the field's standard tool, and the place to add its own tasks
(`--tasks hellaswag` needs a network).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from canopy_assets.evals import eval_set
from canopy_assets.evals.capability import is_solved, passages
from canopy_assets.evals.prompts import NEUTRAL_PROMPT, SOLVE_PROMPT
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact

SOLVING_TOKENS = 128


def main() -> None:
    """Prints each task's metrics for both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="a home with a base model and an adapter")
    parser.add_argument("--limit", type=int, help="only so many problems")
    parser.add_argument("--tasks", nargs="*", default=[], help="tasks of the harness itself, beside ours")
    arguments = parser.parse_args()
    settings = Settings(home=arguments.home)
    base, adapter = (current_artefact(name, settings) for name in ("base_model", "lora_adapter"))
    if base is None or adapter is None:
        raise SystemExit(
            f"{arguments.home} has no base_model and lora_adapter: name a home in which `canopy run` ended"
        )
    for name, weights in (("base", None), ("tuned", adapter.path)):
        for task, metrics in measure(base.path, weights, limit=arguments.limit, more=arguments.tasks).items():
            shown = ", ".join(f"{k.removesuffix(',none')} {v:.4g}" for k, v in metrics.items() if isinstance(v, float))
            print(f"{name:8}{task:12}{shown}", flush=True)


def measure(base: Path, adapter: Path | None, *, limit: int | None = None, more: list[str]) -> dict[str, Any]:
    """The metrics of each task, by its name.

    Args:
        base: a directory in transformers format.
        adapter: a PEFT adapter's directory; None for the base model alone.
        limit: only so many rows of each task.
        more: names of the harness's own tasks.
    """
    if not more:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # our tasks need nothing from a hub
    import lm_eval
    from lm_eval.models import huggingface

    load: Any = huggingface.HFLM  # decorators hide the parameters of both from type checkers
    model = load(
        pretrained=str(base), peft=str(adapter) if adapter else None, device="cpu", dtype="float32", batch_size=16
    )
    evaluate: Any = lm_eval.simple_evaluate
    found = evaluate(
        model, tasks=[solving(), text(), *more], limit=limit, apply_chat_template=True, bootstrap_iters=0,
        system_instruction=NEUTRAL_PROMPT, log_samples=False,
    )  # fmt: skip
    return found["results"]


def solving() -> Any:
    """The held-out problems, each once, as a task."""
    problems = {p.statement: p for p in reversed(eval_set.load(eval_set.files(None))) if p.kind == "held_out"}
    rows = [{"statement": p.statement, "prompt_id": p.prompt_id} for p in reversed(problems.values())]
    return _task(
        "solving", rows, SOLVE_PROMPT.replace("{statement}", "{{statement}}"), output_type="generate_until",
        generation_kwargs={"until": [], "do_sample": False, "max_gen_toks": SOLVING_TOKENS},
        process_results=lambda row, said: {"solved": float(is_solved(problems[row["statement"]], said[0]))},
        metric_list=[{"metric": "solved", "aggregation": "mean", "higher_is_better": True}],
    )  # fmt: skip


def text() -> Any:
    """The general text as a task."""
    return _task(
        "text", [{"text": passage} for passage in passages()], "", output_type="loglikelihood_rolling",
        doc_to_target="{{text}}", metric_list=[{"metric": "word_perplexity"}, {"metric": "bits_per_byte"}],
    )  # fmt: skip


def _task(name: str, rows: list[dict[str, str]], asked: str, **config: Any) -> Any:
    from datasets import Dataset, DatasetDict
    from lm_eval.api.task import ConfigurableTask

    data = DatasetDict({"test": Dataset.from_list(rows)})
    fields = {"doc_to_text": asked, "doc_to_target": "", "test_split": "test", "num_fewshot": 0, **config}
    return ConfigurableTask(config={"task": name, "custom_dataset": lambda **_: data, **fields})


if __name__ == "__main__":
    main()

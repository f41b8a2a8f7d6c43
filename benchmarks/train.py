"""Training: ours, TRL's `SFTTrainer`, and the hand-made workshop recipe, on the same model, rows and machine.

    python benchmarks/train.py --minutes 4 --trl /tmp/trl/bin/python

TRL lives in an environment of its own (`pip install trl peft torch==2.13.0`); without `--trl` it is left out, in words.
Each contender is a process of its own, one after the other. Its clock runs from the first step to the last, and ours
also while it measures and compiles before; what it takes to judge the adapter on the way doesn't count (saving it, our
own validations). All are judged by the same code on the same validation rows. Ours and TRL's are to pass twice over the
training rows, the recipe ten times over three copies; whom the time cuts off is said. `--device cuda` trains on a GPU,
and prints the share of its peak that the model's arithmetic used (MFU, after Chowdhery et al. 2022: parameters × tokens
a second × 2 forward and 2 for the gradients that LoRA needs, over `--peak-tflops`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

HERE = Path(__file__).parent
DENSE_BF16_TFLOPS = 989.0
"""Of an H100 or H200 (SXM), without sparsity, as its maker says."""


@dataclass(frozen=True)
class Judged:
    """A contender's figures. `curve` has training seconds and validation loss of every adapter that was judged."""

    name: str
    seconds: float
    tokens: int
    supervised_tokens: int
    peak_mb: float
    cut_off: bool
    curve: list[tuple[float, float]]

    def seconds_to(self, loss: float) -> float | None:
        """Training time until the validation loss was as low; None where it never was."""
        return next((seconds for seconds, reached in self.curve if reached <= loss), None)


def main() -> None:
    """Prepare model and rows, let each contender train, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=6, help="of training for each, at most")
    parser.add_argument("--rows", type=int, default=256, help="training rows")
    parser.add_argument("--model", default="bundled", help="as CANOPY_BASE_MODEL")
    parser.add_argument("--cache", type=Path, default=Path(os.environ.get("CANOPY_CACHE", "/tmp/canopy-cache")))
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--trl", help="the interpreter of an environment with TRL")
    parser.add_argument("--peak-tflops", type=float, default=DENSE_BF16_TFLOPS, help="of the GPU, bfloat16, dense")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        job = prepare(arguments, folder)
        print(f"{job['machine']}, {job['threads']} threads, {job['dtype']}, {job['train_rows']} rows, "
              f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
        ours = [sys.executable, str(HERE / "train_ours.py")]
        contenders = {"ours": ours, "ours, compiled": [*ours, "--compile"]}
        if arguments.trl:
            contenders["TRL"] = [arguments.trl, str(HERE / "train_trl.py")]
            contenders["TRL, packing"] = [arguments.trl, str(HERE / "train_trl.py"), "--packing"]
        else:
            print("TRL: left out, --trl wasn't given")
        contenders["workshop recipe"] = [sys.executable, str(HERE / "train_recipe.py")]
        judged = []
        for name, command in contenders.items():
            judged.append(run(name, command, job, folder / name.replace(", ", "-").replace(" ", "-")))
            print_one(judged[-1], judged[0], job, arguments)
        print_time_to_loss(judged)


def prepare(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The base model, and the same rows as chats and as our own table."""
    import pyarrow.parquet as pq

    from canopy_assets.adapters import base_model
    from canopy_assets.adapters.config import LoraSettings, TrainingSettings
    from canopy_assets.adapters.encoding import encode_examples
    from canopy_assets.adapters.models import load_tokenizer
    from canopy_assets.adapters.training import chosen_dtype
    from canopy_assets.platform.devices import find_device
    from canopy_assets.records import TrainingExample, to_table
    from canopy_assets.training_sets.export import export_training_set

    base = base_model.prepare(arguments.model, folder / "model", cache=arguments.cache)
    examples = material(arguments.rows)
    export_training_set(examples, folder / "rows", lineage={})
    pq.write_table(to_table(examples, TrainingExample), folder / "rows.parquet")
    tokenizer = load_tokenizer(base.path)
    train = encode_examples(tokenizer, (e for e in examples if e.split == "train"), max_length=2048)
    device = find_device(arguments.device)
    lora = LoraSettings()
    return {
        "machine": device.name if arguments.device == "cuda" else platform.processor() or device.name,
        "model": str(base.path),
        "parameters": base.parameters,
        "rows": str(folder / "rows.parquet"),
        "chats": str(folder / "rows" / "train.jsonl"),
        "train_rows": len(train.rows),
        "a_row_cut_at": {str(length): a_row(train, length) for length in (256, 512)},
        "seconds": 60 * arguments.minutes,
        "device": arguments.device,
        "threads": device.threads,
        "dtype": chosen_dtype(base, lora, TrainingSettings(), device, arguments.cache),
        "cache": str(arguments.cache),
        "epochs": 2,
        "lora": lora.model_dump(),
        "learning_rate": TrainingSettings().learning_rate,
    }


def a_row(train: Any, length: int) -> tuple[float, float]:
    """Tokens, and tutor tokens, of the mean row when rows are cut at `length`."""
    tokens = sum(min(len(row), length) for row in train.rows)
    supervised = sum(position < length for row in train.rows for position in row.labelled)
    return tokens / len(train.rows), supervised / len(train.rows)


def material(rows: int) -> list[Any]:
    """Training examples from the sample seeds, and 32 for validation, of other exercises."""
    from canopy_assets.dialogues.embedded import EmbeddedTeacher
    from canopy_assets.dialogues.planner import plan_dialogues
    from canopy_assets.review.reviewer import review
    from canopy_assets.seeds import exercises, inbox, readers
    from canopy_assets.settings import SAMPLE_SEEDS
    from canopy_assets.training_sets.prompt import SYSTEM_PROMPT
    from canopy_assets.training_sets.selection import select

    found = [e for seed in inbox.scan([SAMPLE_SEEDS]) for e in exercises.extract(readers.read(seed))[0]]
    plans = plan_dialogues(found, per_exercise=5, seed=7)
    reviewed = review([EmbeddedTeacher().verbalize(plan) for plan in plans], eval_prompts=[])
    chosen = select(reviewed, system_prompt=SYSTEM_PROMPT, validation_share=0.1, seed=7, max_examples=None)
    train = [e for e in chosen.examples if e.split == "train"]
    validation = [e for e in chosen.examples if e.split == "validation"]
    return [*sorted(train, key=lambda e: e.example_id)[:rows], *sorted(validation, key=lambda e: e.example_id)[:32]]


def run(name: str, command: list[str], job: dict[str, Any], folder: Path) -> Judged:
    """One contender in a process of its own, and the validation loss of what it saved."""
    folder.mkdir()
    (folder / "job.json").write_text(json.dumps(job | {"out": str(folder)}))
    environment = {"CUDA_VISIBLE_DEVICES": "0"} | os.environ | {
        "OMP_NUM_THREADS": str(job["threads"]), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": str(HERE.parent), "WANDB_DISABLED": "true",
        "TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled"),  # what is compiled is compiled in this one's time
    }  # fmt: skip
    with (folder / "log").open("w") as log:
        done = subprocess.run(
            [*command, str(folder / "job.json")], env=environment, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        print(f"{name} failed:\n{(folder / 'log').read_text()[-2000:]}")
        sys.exit(1)
    summary = json.loads((folder / "summary.json").read_text())
    curve = summary.get("curve") or [(s, validation_loss(folder / f"at-{s}", job)) for s in sorted(summary["saved"])]
    return Judged(
        name, summary["seconds"], summary["tokens"], summary["supervised_tokens"], summary["peak_mb"],
        summary["cut_off"], [(float(s), float(loss)) for s, loss in curve],
    )  # fmt: skip


def validation_loss(adapter: Path, job: dict[str, Any]) -> float:
    """Nats per tutor token on the validation rows, in the format that all trained in."""
    import pyarrow.parquet as pq
    import torch
    from peft import PeftModel

    from canopy_assets.adapters.batching import collate
    from canopy_assets.adapters.encoding import encode_examples
    from canopy_assets.adapters.loss import LabelledLoss
    from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
    from canopy_assets.records import TrainingExample, from_table

    examples = [e for e in from_table(pq.read_table(job["rows"]), TrainingExample) if e.split == "validation"]
    rows = encode_examples(load_tokenizer(Path(job["model"])), examples, max_length=2048)
    base = load_causal_lm(Path(job["model"]), job["dtype"])
    model = PeftModel.from_pretrained(base, str(adapter)).eval().to(job["device"])
    loss = LabelledLoss(model, device=job["device"], dtype=job["dtype"])
    with torch.inference_mode():
        sums = (loss.per_token(collate([row], pad_id=0, device=job["device"])).sum().item() for row in rows.rows)
        return sum(sums) / rows.supervised_tokens


def print_one(j: Judged, ours: Judged, job: dict[str, Any], arguments: argparse.Namespace) -> None:
    """A contender's line."""
    rate, our_rate = j.supervised_tokens / j.seconds, ours.supervised_tokens / ours.seconds
    seconds, best = min(j.curve, key=lambda point: point[1])
    cut = ", cut off" if j.cut_off else ""
    line = (
        f"{j.name:16} {rate:8.0f} tutor tokens/s ({our_rate / rate:4.1f} × slower than ours)  "
        f"best validation loss {best:.3f} after {seconds:.0f} s{cut}  peak {j.peak_mb:.0f} MiB"
    )
    if arguments.device == "cuda":
        # Forward, and the gradients of what lies above the lowest adapter; the frozen weights need none of their own.
        upper = 1.0 if j.name.startswith("workshop") else 1 - job["lora"]["skip_layers"]
        used = (2 + 2 * upper) * job["parameters"] * j.tokens / j.seconds / 1e12
        line += f"  {used:.1f} TFLOP/s, MFU {used / arguments.peak_tflops:.1%}"
    print(line, flush=True)


def print_time_to_loss(judged: list[Judged]) -> None:
    """How long each took to the best loss of each other."""
    ours = judged[0]
    for other in judged[1:]:
        goal = max(min(loss for _, loss in ours.curve), min(loss for _, loss in other.curve))
        mine, its = ours.seconds_to(goal), other.seconds_to(goal)
        if mine is None or its is None:
            continue
        print(f"to a validation loss of {goal:.3f}: ours {mine:.0f} s, {other.name} {its:.0f} s, {its / mine:.1f} ×")


if __name__ == "__main__":
    main()

"""Training: ours, TRL's `SFTTrainer`, and the hand-made workshop recipe, on the same model, rows and machine.

    python benchmarks/train.py --minutes 4 --trl /tmp/trl/bin/python

TRL lives in an environment of its own (`pip install trl peft torch==2.13.0`); without `--trl` it is left out, in words.
Each contender is a process of its own, one after the other. Its clock runs from the first step to the last. Ours also
runs while it measures and compiles before that; its rate without that time is printed, too. Time to evaluate adapters
during the training (saving them, our own validations) does not count. All are evaluated by the same code on the same
validation rows. Ours and TRL's pass twice over the training rows (`--epochs`), the recipe ten times over three copies;
those that ran out of time are marked.

`--device cuda` trains on a GPU, and prints the share of its peak that the needed arithmetic used (MFU, after Chowdhery
et al. 2022): 2 for each parameter and token forward, and 2 for the gradients of what lies above the lowest adapter,
over `--peak-tflops`; LoRA and attention are not counted. There are two figures: with the output layer at every token,
as is customary, and at the tutor's tokens only, where it is needed. `--untrained FOLDER` takes a folder with a
tokenizer and a `config.json`, and random weights: for speed where no model can be downloaded.
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
"""Of an H100 or H200 (SXM), without sparsity, from NVIDIA's data sheet."""


@dataclass(frozen=True)
class Outcome:
    """A contender's figures. `curve` has training seconds and validation loss of every adapter that was evaluated.

    `measuring` is the part of `seconds` before the first step.
    """

    name: str
    seconds: float
    measuring: float
    tokens: int
    supervised_tokens: int
    peak_mb: float
    cut_off: bool
    curve: list[tuple[float, float]]

    def seconds_to(self, loss: float) -> float | None:
        """Training time until the validation loss was as low; None where it never was."""
        return next((seconds for seconds, reached in self.curve if reached <= loss), None)


def main() -> None:
    """Prepare model and rows, let each contender train, evaluate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=6, help="of training for each, at most")
    parser.add_argument("--rows", type=int, default=256, help="training rows")
    parser.add_argument("--model", default="bundled", help="as CANOPY_BASE_MODEL")
    parser.add_argument("--untrained", type=Path, help="a folder with config.json and a tokenizer, instead of --model")
    parser.add_argument("--epochs", type=int, default=2, help="of ours and TRL's")
    parser.add_argument("--batch-tokens", type=int, default=512, help="of an update, about")
    parser.add_argument("--skip", nargs="+", default=[], choices=["compiled", "recipe"], help="contenders to leave out")
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
        contenders = {"ours": ours}
        if "compiled" not in arguments.skip:
            contenders["ours, compiled"] = [*ours, "--compile"]
        if arguments.trl:
            contenders["TRL"] = [arguments.trl, str(HERE / "train_trl.py")]
            contenders["TRL, packing"] = [arguments.trl, str(HERE / "train_trl.py"), "--packing"]
        else:
            print("TRL: left out, --trl was not given")
        if "recipe" not in arguments.skip:
            contenders["workshop recipe"] = [sys.executable, str(HERE / "train_recipe.py")]
        outcomes = []
        for name, command in contenders.items():
            outcomes.append(run(name, command, job, folder / name.replace(", ", "-").replace(" ", "-")))
            print_one(outcomes[-1], outcomes[0], job, arguments)
        print_time_to_loss(outcomes)


def prepare(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The base model, and the same rows as chats and as our own table."""
    import pyarrow.parquet as pq

    from canopy_assets.adapters import base_model
    from canopy_assets.adapters.config import LoraSettings, TrainingSettings
    from canopy_assets.adapters.encoding import encode_examples
    from canopy_assets.adapters.models import load_tokenizer
    from canopy_assets.adapters.speed.number_format import chosen_dtype
    from canopy_assets.compute.devices import find_device
    from canopy_assets.records import TrainingExample
    from canopy_assets.storage.arrow import to_table
    from canopy_assets.training_sets.export import export_training_set

    source = arguments.model
    if arguments.untrained:
        source = str(untrained(arguments.untrained, folder / "untrained"))
    base = base_model.prepare(source, folder / "model", cache=arguments.cache)
    examples = training_examples(arguments.rows)
    export_training_set(examples, folder / "rows", lineage={})
    pq.write_table(to_table(examples, TrainingExample), folder / "rows.parquet")
    tokenizer = load_tokenizer(base.path)
    train = encode_examples(tokenizer, (e for e in examples if e.split == "train"), max_length=2048)
    device = find_device(arguments.device)
    lora = LoraSettings()
    config = json.loads((base.path / "config.json").read_text())
    head = config["vocab_size"] * config["hidden_size"]
    packed_row = min(2048, arguments.batch_tokens)
    return {
        "machine": device.name if arguments.device == "cuda" else platform.processor() or device.name,
        "model": str(base.path),
        "head_parameters": head,
        "decoder_parameters": base.parameters - head * (1 if config.get("tie_word_embeddings") else 2),
        "rows": str(folder / "rows.parquet"),
        "chats": str(folder / "rows" / "train.jsonl"),
        "train_rows": len(train.rows),
        "a_row_cut_at": {str(length): a_row(train, length) for length in (256, packed_row)},
        "batch_tokens": arguments.batch_tokens,
        "packed_row": packed_row,
        "seconds": 60 * arguments.minutes,
        "device": arguments.device,
        "threads": device.threads,
        "dtype": chosen_dtype(base, lora, TrainingSettings(), device, arguments.cache),
        "cache": str(arguments.cache),
        "epochs": arguments.epochs,
        "lora": lora.model_dump(),
        "learning_rate": TrainingSettings().learning_rate,
    }


def untrained(folder: Path, target: Path) -> Path:
    """A model of random weights in the shape that `folder` describes, with its tokenizer."""
    import shutil

    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.bfloat16)
    model.save_pretrained(target)
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return target


def a_row(train: Any, length: int) -> tuple[float, float]:
    """Tokens, and tutor tokens, of the mean row when rows are cut at `length`."""
    tokens = sum(min(len(row), length) for row in train.rows)
    supervised = sum(position < length for row in train.rows for position in row.labelled)
    return tokens / len(train.rows), supervised / len(train.rows)


def training_examples(rows: int) -> list[Any]:
    """Training examples from the sample seeds, and 32 for validation, of other exercises."""
    from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
    from canopy_assets.dialogues.planning.planner import plan_dialogues
    from canopy_assets.review.batch import review
    from canopy_assets.seeds import inbox
    from canopy_assets.seeds.exercises import extraction
    from canopy_assets.seeds.reading import reader
    from canopy_assets.settings import SAMPLE_SEEDS
    from canopy_assets.training_sets.prompt import SYSTEM_PROMPT
    from canopy_assets.training_sets.selection import select

    found = [e for seed in inbox.scan([SAMPLE_SEEDS]) for e in extraction.extract(reader.read(seed))[0]]
    plans = plan_dialogues(found, per_exercise=5, seed=7)
    reviewed = review([EmbeddedTeacher().verbalize(plan) for plan in plans], eval_prompts=[])
    chosen = select(reviewed, system_prompt=SYSTEM_PROMPT, validation_share=0.1, seed=7, max_examples=None)
    train = [e for e in chosen.examples if e.split == "train"]
    validation = [e for e in chosen.examples if e.split == "validation"]
    return [*sorted(train, key=lambda e: e.example_id)[:rows], *sorted(validation, key=lambda e: e.example_id)[:32]]


def run(name: str, command: list[str], job: dict[str, Any], folder: Path) -> Outcome:
    """One contender in a process of its own, and the validation loss of what it saved."""
    folder.mkdir()
    (folder / "job.json").write_text(json.dumps(job | {"out": str(folder)}))
    environment = {"CUDA_VISIBLE_DEVICES": "0"} | os.environ | {
        "OMP_NUM_THREADS": str(job["threads"]), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")]), "WANDB_DISABLED": "true",
        "TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled"),  # each contender pays for its own compilation
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
    return Outcome(
        name, summary["seconds"], summary.get("measuring", 0.0), summary["tokens"], summary["supervised_tokens"],
        summary["peak_mb"], summary["cut_off"], [(float(s), float(loss)) for s, loss in curve],
    )  # fmt: skip


def validation_loss(adapter: Path, job: dict[str, Any]) -> float:
    """Nats per tutor token on the validation rows, in the number format that all trained in."""
    import pyarrow.parquet as pq
    import torch
    from peft import PeftModel

    from canopy_assets.adapters.batching import collate
    from canopy_assets.adapters.encoding import encode_examples
    from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
    from canopy_assets.adapters.speed.loss import LabelledLoss
    from canopy_assets.records import TrainingExample
    from canopy_assets.storage.arrow import from_table

    examples = [e for e in from_table(pq.read_table(job["rows"]), TrainingExample) if e.split == "validation"]
    rows = encode_examples(load_tokenizer(Path(job["model"])), examples, max_length=2048)
    base = load_causal_lm(Path(job["model"]), job["dtype"])
    model = PeftModel.from_pretrained(base, str(adapter)).eval().to(job["device"])
    loss = LabelledLoss(model, device=job["device"], dtype=job["dtype"])
    with torch.inference_mode():
        sums = (loss.per_token(collate([row], pad_id=0, device=job["device"])).sum().item() for row in rows.rows)
        return sum(sums) / rows.supervised_tokens


def print_one(j: Outcome, ours: Outcome, job: dict[str, Any], arguments: argparse.Namespace) -> None:
    """A contender's line."""
    rate, our_rate = j.supervised_tokens / j.seconds, ours.supervised_tokens / ours.seconds
    seconds, best = min(j.curve, key=lambda point: point[1])
    training = j.supervised_tokens / (j.seconds - j.measuring)
    cut = ", cut off" if j.cut_off else ""
    line = (
        f"{j.name:16} {rate:8.0f} tutor tokens/s ({our_rate / rate:4.1f} × slower than ours), {training:.0f} without "
        f"{j.measuring:.0f} s of measuring  "
        f"best validation loss {best:.3f} after {seconds:.0f} s{cut}  peak {j.peak_mb:.0f} MiB"
    )
    if arguments.device == "cuda":
        # Forward, and the gradients of what lies above the lowest adapter; the frozen weights need none of their own.
        upper = 1.0 if j.name.startswith("workshop") else 1 - job["lora"]["skip_layers"]
        decoder, head = (2 + 2 * upper) * job["decoder_parameters"] * j.tokens, 4 * job["head_parameters"]
        customary, needed = (
            (decoder + head * n) / (j.seconds - j.measuring) / 1e12 for n in (j.tokens, j.supervised_tokens)
        )
        share = customary / arguments.peak_tflops, needed / arguments.peak_tflops
        line += f"  {customary:.0f} TFLOP/s, MFU {share[0]:.1%}, {share[1]:.1%} of what is needed"
    print(line, flush=True)


def print_time_to_loss(outcomes: list[Outcome]) -> None:
    """How long ours and each other took to the better loss that both reached."""
    ours = outcomes[0]
    for other in outcomes[1:]:
        goal = max(min(loss for _, loss in ours.curve), min(loss for _, loss in other.curve))
        mine, its = ours.seconds_to(goal), other.seconds_to(goal)
        if mine is None or its is None:
            continue
        print(f"to a validation loss of {goal:.3f}: ours {mine:.0f} s, {other.name} {its:.0f} s, {its / mine:.1f} ×")


if __name__ == "__main__":
    main()

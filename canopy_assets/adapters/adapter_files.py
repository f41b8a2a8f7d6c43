"""The adapter directory: weights and configuration for PEFT, vLLM and TRL, with log, loss curve and model card.

After several starts the directory is that of the judged one, and it also holds what the others need to reply, each in a
directory of its own below `other_starts`. They are kept for the evaluation; what is served or exported is without them.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.results import LogRow, Start, TrainingResult

WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
LOG_FILE = "training_log.jsonl"
CONFIG_FILE = "training_config.json"
CURVE = "loss_curve.png"
CARD = "README.md"
OTHER_STARTS = "other_starts"


def write(
    target: Path,
    model: Any,
    base: BaseModelInfo,
    lora: LoraSettings,
    settings: TrainingSettings,
    result: TrainingResult,
    lineage: Mapping[str, str],
) -> None:
    """Write the adapter in `model`, and the files that describe it, into `target`.

    The weights and `adapter_config.json` depend only on the training. Log, card and picture also contain times.
    """
    target.mkdir(parents=True, exist_ok=True)
    _write_adapter(target, model, base)
    rows = (json.dumps(dataclasses.asdict(row)) for row in result.log)
    (target / LOG_FILE).write_text("".join(f"{row}\n" for row in rows))
    summary = {k: v for k, v in dataclasses.asdict(result).items() if k not in ("log", "mask_sample")}
    config = {
        "base_model": {"name": base.name, "source": base.source, "digest": base.digest, "licence": base.licence},
        "lora": lora.model_dump(),
        "training": settings.model_dump(),
        "result": summary,
        "lineage": dict(lineage),
    }
    (target / CONFIG_FILE).write_text(json.dumps(config, indent=2))
    draw_curve(result.log, result.base_validation_loss, result.best_step, target / CURVE)
    (target / CARD).write_text(model_card(base, lora, settings, result, lineage), encoding="utf-8")


def start_folder(adapter: Path, seed: int) -> Path:
    """Where an adapter's directory holds the start of a seed."""
    return adapter / OTHER_STARTS / f"seed-{seed}"


def choose_start(target: Path, starts: Sequence[Start]) -> None:
    """Make the judged start the adapter in `target`, name all of them in its card, and keep of the others what replies.

    Args:
        target: holds every start in its `start_folder`, and nothing else.
        starts: all of them.
    """
    for start in starts:
        folder = start_folder(target, start.seed)
        for path in list(folder.iterdir()):
            if start.judged:
                shutil.move(path, target / path.name)
            elif path.name not in (WEIGHTS, ADAPTER_CONFIG, CONFIG_FILE):
                path.unlink()
        if start.judged:
            folder.rmdir()
    with (target / CARD).open("a", encoding="utf-8") as card:
        card.write(_starts_section(starts))


def copy_served(adapter: Path, target: Path) -> None:
    """Copy an adapter's directory into `target`, without the starts that were not chosen."""
    shutil.copytree(adapter, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(OTHER_STARTS))


def draw_curve(log: tuple[LogRow, ...], base_validation_loss: float | None, best_step: int, path: Path) -> None:
    """Write a picture (PNG) of loss and learning rate over the steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=110, layout="constrained")  # no pyplot: it keeps state between threads
    axes = figure.add_subplot()
    steps = [row.step for row in log]
    axes.plot(steps, [row.loss for row in log], color="#9aa5b1", linewidth=1, label="training, per step")
    validated = [(0, base_validation_loss)] + [(row.step, row.validation_loss) for row in log]
    points = [(step, loss) for step, loss in validated if loss is not None]
    if points:
        axes.plot(*zip(*points, strict=True), color="#0b6e4f", marker="o", markersize=4, label="validation")
        axes.axvline(best_step, color="#0b6e4f", linestyle=":", linewidth=1, label=f"kept: step {best_step}")
    axes.set(xlabel="optimizer step", ylabel="loss (nats per tutor token)", ylim=(0, None))
    rate = axes.twinx()
    rate.plot(steps, [row.learning_rate for row in log], color="#d98e04", linewidth=1, alpha=0.6)
    rate.set_ylabel("learning rate", color="#d98e04")
    rate.set_ylim(bottom=0)
    axes.legend(loc="upper right", frameon=False)
    figure.savefig(path)


def model_card(
    base: BaseModelInfo,
    lora: LoraSettings,
    settings: TrainingSettings,
    result: TrainingResult,
    lineage: Mapping[str, str],
) -> str:
    """The model card: what the adapter is, where it came from, its settings and its results."""
    header = f"base_model: {base.name}\nlibrary_name: peft\npipeline_tag: text-generation\n"
    header += f"license: {base.licence.lower()}\ntags: [lora, tutoring]"
    came_from = {"base model": base.source, "base model digest": base.digest, **lineage}
    chosen = {**{f"lora {k}": v for k, v in lora.model_dump().items()}, **settings.model_dump()}
    return f"""---
{header}
---

# Socratic tutor adapter for {base.name}

A LoRA adapter (PEFT). It makes the base model lead a student to the answer with questions about the problem at
hand, instead of giving the answer, with a system prompt of ten words.

**Intended use:** practice with worked exercises of the kinds it was trained on. It is not a calculator and does not
grade: a small model's mathematics is often wrong. Losses below say how well it imitates tutors, not how well it
tutors; see the evaluation report.

**Licence:** the base model's is {base.licence}; the adapter carries no weights of it. The training data's terms are
those of its seed documents.

## Where it came from
{_table(came_from)}

## How it did
{_table(_figures(result))}

![loss]({CURVE})
{_by_group(result)}
## Settings
{_table(chosen)}
"""


def _figures(result: TrainingResult) -> dict[str, object]:
    """The figures of the training in the model card, by label."""
    return {
        "training examples": result.train_rows,
        "left out as too long": len(result.too_long),
        "tokens trained on": result.tokens,
        "of them under loss (tutor turns)": result.supervised_tokens,
        "trainable parameters": result.trainable_parameters,
        "steps (kept / done / planned)": f"{result.best_step} / {result.steps_done} / {result.steps}",
        "validation loss, base model": _nats(result.base_validation_loss),
        "validation loss, this adapter": _nats(result.validation_loss),
        "time": f"{result.seconds:.0f} s on {result.device} ({result.dtype} base)",
        "peak memory": f"{result.peak_memory_mb} MB",
    }


def _by_group(result: TrainingResult) -> str:
    """The validation loss of the kept step by group, highest first. There, more examples would help most."""
    tables = []
    for kind, groups in result.validation_by.items():
        weakest_first = sorted(groups.items(), key=lambda item: -item[1].loss)
        rows = {name: f"{g.loss:.4f} nats per tutor token, on {g.tokens} tokens" for name, g in weakest_first}
        tables.append(f"\n### Validation loss by {kind}\n{_table(rows)}\n")
    return "".join(tables)


def _starts_section(starts: Sequence[Start]) -> str:
    """The section of the model card on an adapter's starts."""
    rows = {
        f"seed {s.seed}" + (", **this adapter**" if s.judged else ""): f"{_nats(s.validation_loss)}, {s.seconds:.0f} s"
        for s in starts
    }
    even = ", of the two in the middle the worse" if len(starts) % 2 == 0 else ""
    return f"""
## Starts

Trained {len(starts)} times with different seeds, which decide the initial weights, the order and dropout. This adapter
is the one with the median validation loss{even}. The evaluation report says how far apart their replies are.

{_table(rows)}
"""


def _write_adapter(target: Path, model: Any, base: BaseModelInfo) -> None:
    """Let PEFT write weights and configuration, and make the configuration the same for the same training."""
    model.peft_config["default"].base_model_name_or_path = base.name
    # False: by default PEFT asks the hub for the base model's vocabulary size.
    model.save_pretrained(target, safe_serialization=True, save_embedding_layers=False)
    path = target / ADAPTER_CONFIG
    config = json.loads(path.read_text())
    # PEFT writes a set, whose order differs between processes.
    config = {k: sorted(v) if k == "target_modules" and isinstance(v, list) else v for k, v in config.items()}
    path.write_text(json.dumps(config, indent=2, sort_keys=True))


def _table(facts: Mapping[str, object]) -> str:
    cells = ((name, str(value).replace("|", "\\|")) for name, value in facts.items())
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in cells)


def _nats(loss: float | None) -> str:
    return "no validation rows" if loss is None else f"{loss:.4f} nats per tutor token"

"""Which recipe makes the better tutor: one table of trainings, each judged on the same prompts.

    python benchmarks/recipe.py OUT --runs default phrases-1 --starts 2

Each run is the default recipe but for what `RUNS` says. Its dialogues are written and reviewed as in the lineage, its
adapter answers the bundled single prompts greedily, and the judge of usefulness says what a teacher could send. The
validation loss is on the default recipe's rows in every run, so it cannot be compared across edited phrases. What is
done is kept in OUT and not done again; the replies are there to be read.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from canopy_assets.adapters import base_model
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.generation import TutorModel
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.dialogues.assets import DialogueConfig
from canopy_assets.dialogues.embedded.general_phrases import digest as words_digest
from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.quotas import Caps, fill
from canopy_assets.dialogues.spending import NOTHING
from canopy_assets.dialogues.teacher import Share, Written, write_all
from canopy_assets.evals import eval_set
from canopy_assets.evals.metrics.scores import asked_of, score_all
from canopy_assets.evals.prompts import SHORT_PROMPT
from canopy_assets.evals.slices import slices_of
from canopy_assets.evals.statistics import wilson
from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue, TrainingExample, TutorResponse
from canopy_assets.review.reviewer import Reviewer
from canopy_assets.review.usefulness import useful_many
from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import SAMPLE_SEEDS
from canopy_assets.storage.arrow import from_table, to_table
from canopy_assets.training_sets.assets import TrainingSetConfig
from canopy_assets.training_sets.selection import select

SLICES = ("known_families", "unseen_families", "open", "pressure", "first_turn", "middle_turn")


@dataclass(frozen=True)
class Run:
    """A recipe: what differs from the defaults of the assets."""

    dialogues: dict[str, Any] = field(default_factory=dict)
    lora: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


_MANY: dict[str, Any] = {"per_exercise": 12, "vary_share": 1.0}

RUNS = {
    "default": Run(),
    "phrases-1": Run(dialogues={"phrases": 1}),
    "phrases-6": Run(dialogues={"phrases": 6}),
    "numbers": Run(dialogues=_MANY),
    "numbers, rank 32": Run(dialogues=_MANY, lora={"rank": 32, "alpha": 64.0}),
    "numbers, all layers": Run(dialogues=_MANY, lora={"rank": 32, "alpha": 64.0, "skip_layers": 0.0}),
}


@dataclass(frozen=True)
class Material:
    """What all runs share."""

    base: base_model.BaseModelInfo
    exercises: dict[str, list[Exercise]]
    chats: list[Dialogue]
    prompts: list[EvalPrompt]
    cache: Path


def main() -> None:
    """Do the runs that are not done yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--runs", nargs="*", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--starts", type=int, default=1)
    arguments = parser.parse_args()
    out: Path = arguments.out.resolve()
    shared = _shared(out)
    for name in arguments.runs:
        for seed in range(arguments.starts):
            folder = out / f"{name}-{seed}"
            if not (folder / "result.json").exists():
                _do(name, seed, folder, shared)
    _print_table(out, arguments.runs)


def _shared(out: Path) -> Material:
    cache = out / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    target = out / "base"
    base = base_model.read_info(target) if target.exists() else base_model.prepare("bundled", target, cache=cache)
    documents = {seed.key: reader.read(seed) for seed in inbox.scan([SAMPLE_SEEDS])}
    exercises = {key: list(extraction.extract(document)[0]) for key, document in documents.items()}
    written = [row for document in documents.values() if document.kind == "chats" for row in chats.parse(document)[0]]
    prompts = [p for p in eval_set.load() if p.kind != "conversation"]
    return Material(base, exercises, written, prompts, cache)


def _do(name: str, seed: int, folder: Path, shared: Material) -> None:
    run = RUNS[name]
    began = time.perf_counter()
    rows = _examples(run, shared)
    fixed = [r for r in _examples(RUNS["default"], shared) if r.split == "validation"]
    written = time.perf_counter() - began
    training = TrainingSettings(**{"seed": seed, **run.training})
    result = train_adapter(
        shared.base,
        [*(r for r in rows if r.split == "train"), *fixed],
        folder / "adapter",
        lora=LoraSettings(**run.lora),
        settings=training,
        cache=shared.cache,
        checkpoints=folder / "checkpoints",
        log=lambda line: print(line, flush=True),
    )
    trained = time.perf_counter() - began - written
    scores = _judged(folder, shared)
    answered = time.perf_counter() - began - written - trained
    outcome = {
        "run": name,
        "seed": seed,
        "what": asdict(run),
        "dialogues": len(rows),
        "tutor_tokens": result.supervised_tokens,
        "loss": result.validation_loss,
        "minutes": [round(t / 60, 2) for t in (written, trained, answered)],
        "gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "sends": {s: [sum(row.sends for row in rows), len(rows)] for s, rows in scores.items()},
        "leaks": sum(row.leaks for row in scores["all"]),
        "gives": sum(row.gives_answer for row in scores["all"]),
        "broken": sum(row.degenerate for row in scores["all"]),
    }
    (folder / "result.json").write_text(json.dumps(outcome))
    print(json.dumps(outcome), flush=True)


def _examples(run: Run, shared: Material) -> list[TrainingExample]:
    """The training set that a recipe makes of the bundled seeds; kept as a file, because many runs share it."""
    key = json.dumps([run.dialogues, words_digest()], sort_keys=True)
    path = shared.cache / f"examples-{hashlib.sha256(key.encode()).hexdigest()[:12]}.parquet"
    if not path.exists():
        reviewed = asyncio.run(_dialogues(run, shared))
        chosen = TrainingSetConfig()
        selection = select(
            reviewed, system_prompt=chosen.system_prompt, validation_share=chosen.validation_share, seed=chosen.seed,
            max_examples=None, closing_share=chosen.closing_share,
        )  # fmt: skip
        pq.write_table(to_table(selection.examples, TrainingExample), path)
    return from_table(pq.read_table(path), TrainingExample)


async def _dialogues(run: Run, shared: Material) -> list[ReviewedDialogue]:
    """The dialogues of a recipe and the sample chats, reviewed."""
    config = DialogueConfig(**run.dialogues)
    shares = [Share(EmbeddedTeacher(config.phrases))]
    verdicts: dict[str, ReviewedDialogue] = {}

    def keep(written: Written, verdict: ReviewedDialogue | None) -> None:
        if verdict is not None:
            verdicts[written.plan.plan_id] = verdict  # a second verdict says that it repeats another

    for exercises in shared.exercises.values():
        filled = await fill(
            config.quota(exercises),
            Caps(config.candidate_cap),
            write=partial(write_all, shares=shares),
            spends_at_most=lambda _plan: NOTHING,
            reviewer=Reviewer(eval_prompts=shared.prompts, exercises={e.exercise_id: e for e in exercises}),
            report=keep,
        )
        print(f"{filled.accepted} of {filled.wanted} dialogues, rejected: {dict(filled.rejected)}", flush=True)
    return [*Reviewer(eval_prompts=shared.prompts).review(shared.chats), *verdicts.values()]


def _judged(folder: Path, shared: Material) -> dict[str, list[Any]]:
    """Score the adapter's greedy replies to the single prompts, by slice."""
    model = TutorModel.load(Path(shared.base.path), folder / "adapter", cache=shared.cache)
    replies = model.reply([p.messages for p in shared.prompts], system_prompt=SHORT_PROMPT, max_new_tokens=64)
    asked = [
        (p, TutorResponse(p.prompt_id, "tuned", r.text, r.prompt_tokens, r.reply_tokens, r.finished, 0.0, 0.0, ""))
        for p, r in zip(shared.prompts, replies, strict=True)
    ]
    opinions = useful_many([asked_of(p, r.reply) for p, r in asked])
    families = {e.family for es in shared.exercises.values() for e in es if e.verified and e.family}
    scores = score_all(asked, opinions, known_families=families)
    by_slice: dict[str, list[Any]] = {"all": list(scores)}
    for name in SLICES:
        by_slice[name] = [row for row in scores if name in slices_of(row)]
    with (folder / "replies.jsonl").open("w", encoding="utf-8") as file:
        for (prompt, _), row in zip(asked, scores, strict=True):
            said = [(m.role, m.content) for m in prompt.messages]
            line = {"id": prompt.prompt_id, "said": said, "answer": prompt.answer, "state": prompt.state,
                    "reply": row.reply, "sends": row.sends, "p": round(row.send_probability, 2)}  # fmt: skip
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return by_slice


def _print_table(out: Path, names: Sequence[str]) -> None:
    print(
        "| run | start | dialogues | tutor tokens | minutes | GB | loss | "
        + " | ".join(("all", *SLICES))
        + " | gives |"
    )
    print("|---|" + "---|" * (8 + len(SLICES)))
    for path in sorted(out.glob("*/result.json"), key=lambda p: p.stat().st_mtime):
        found = json.loads(path.read_text())
        if found["run"] not in names:
            continue
        shares = []
        for name in ("all", *SLICES):
            share = wilson(*found["sends"][name])
            shares.append(f"{share.rate:.0%} [{share.low:.0%}, {share.high:.0%}]")
        print(
            f"| {found['run']} | {found['seed']} | {found['dialogues']} | {found['tutor_tokens']} | "
            f"{found['minutes'][1]} | {found['gigabytes']} | {found['loss']:.2f} | "
            f"{' | '.join(shares)} | {found['gives']} |"
        )


if __name__ == "__main__":
    main()

"""All gates over many dialogues: dialogues per second, memory, and how both grow.

    python benchmarks/review.py 10000 100000 [--processes 2]
    python benchmarks/review.py 10000 100000 1000000 --duplicates-only

The embedded teacher writes 20,000 dialogues about the sample exercises, half of them with numbers of their own. They
repeat with other names and asides of the student, and stay so similar that the index of duplicates has to compare them.
Each size runs in a process of its own, in batches of 5,000 dialogues. Making the dialogues is not timed, and verdicts
are counted and dropped, so that only the index of duplicates grows. `--duplicates-only` measures that index alone, for
sizes at which the other gates, each of which looks at one dialogue, would take hours.

Processor time is that of all processes; it says more than seconds do on a machine with other work. Memory is resident:
the peak, the increase while reviewing, and the peak of the largest other process.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import plan_dialogues
from canopy_assets.evals import eval_set
from canopy_assets.records import Dialogue, EvalPrompt, Exercise, ReviewedDialogue, Turn, content_id
from canopy_assets.review.batch import reviewing_processes
from canopy_assets.review.reviewer import Reviewer
from canopy_assets.seeds import inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import SAMPLE_SEEDS

DIFFERENT = 20_000
BATCH = 5_000
COLUMNS = (
    *("dialogues", "seconds", "dialogues/s", "processor ms", "peak MiB", "added MiB", "bytes each", "per process MiB"),
    *("accepted", "load"),
)
_NAMES = ("Ada", "Noor", "Kofi", "Mei", "Pablo", "Ines", "Tomasz", "Yara", "Jonas", "Amina", "Luca", "Sofia", "Ravi")
_THINGS = (
    *("choir", "chess", "drama", "hockey", "robotics", "kitchen", "garden", "library", "band", "swimming", "pottery"),
    *("debate", "film", "cycling", "radio", "theatre", "sewing", "rowing", "climbing", "history", "dance", "judo"),
)
_ASIDES = (
    "{name} from my {first} group sits beside me and talks about {second}, anyway: {text}",
    "sorry, {name} wanted to know when {first} starts after {second} today, so where were we. {text}",
    "before {first} I have to help {name} pack up the {second} things, so quickly. {text}",
    "{name} says that {first} is more fun than {second} and I half agree, but well. {text}",
)


@dataclass(frozen=True)
class Inputs:
    """The dialogues, and what the review compares them with."""

    dialogues: list[Dialogue]
    exercises: dict[str, Exercise]
    eval_prompts: list[EvalPrompt]


def main() -> None:
    """Measures each size in a process of its own, and prints the growth from each to the next."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+", metavar="N", help="dialogues to review")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="for the gates that look at one dialogue")
    parser.add_argument("--duplicates-only", action="store_true", help="as if every dialogue passed all other gates")
    parser.add_argument("--inputs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inputs:
        inputs = pickle.loads(given.inputs.read_bytes())
        print(json.dumps(measure(inputs, given.sizes[0], given.processes, duplicates_only=given.duplicates_only)))
        return
    cores = f"{os.cpu_count()} cores, {given.processes} processes"
    print(f"{platform.processor() or platform.machine()}, {cores}, Python {platform.python_version()}")
    print("  ".join(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inputs"
        path.write_bytes(pickle.dumps(make_inputs()))
        found = []
        for size in given.sizes:
            command = [sys.executable, __file__, str(size), "--processes", str(given.processes), "--inputs", str(path)]
            command += ["--duplicates-only"] if given.duplicates_only else []
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found.append(json.loads(done.stdout))
            print_row(size, found[-1])
    for (size, first), (next_size, then) in pairwise(zip(given.sizes, found, strict=True)):
        seconds, processor, memory = (then[what] / max(1, first[what]) for what in ("seconds", "processor", "added"))
        times = f"{next_size / size:.0f} times as many"
        print(f"{times}: seconds × {seconds:.1f}, processor time × {processor:.1f}, memory added × {memory:.1f}")


def print_row(size: int, found: dict[str, Any]) -> None:
    """Prints a line of the table, and how many dialogues each gate rejected."""
    values = (
        *(str(size), f"{found['seconds']:.0f}", f"{size / found['seconds']:.0f}"),
        *(f"{found['processor'] / size * 1000:.2f}", f"{found['peak']:.0f}", f"{found['added']:.0f}"),
        *(f"{found['added'] * 2**20 / size:.0f}", f"{found['process']:.0f}", f"{found['accepted'] / size:.4f}"),
        f"{os.getloadavg()[0]:.1f}",
    )
    print("  ".join(v.rjust(len(c)) for v, c in zip(values, COLUMNS, strict=True)))
    print(f"{'rejected':>10}: {found['rejected']}", flush=True)


def make_inputs() -> Inputs:
    """Dialogues of the embedded teacher about the bundled samples, in random order."""
    documents = [reader.read(file) for file in inbox.scan([SAMPLE_SEEDS])]
    known = [e for d in documents if d.kind != "chats" for e in extraction.extract(d)[0]]
    usable = sum(e.verified for e in known)
    plans = plan_dialogues(known, per_exercise=-(-DIFFERENT // usable), seed=11)[:DIFFERENT]
    dialogues = [EmbeddedTeacher().verbalize(plan) for plan in plans]
    random.Random(11).shuffle(dialogues)
    return Inputs(dialogues, {e.exercise_id: e for e in known}, eval_set.load())


def measure(inputs: Inputs, size: int, processes: int, *, duplicates_only: bool) -> dict[str, Any]:
    """Reviews `size` dialogues: seconds, MiB, and how many were accepted, or rejected by each gate."""
    known = {"eval_prompts": inputs.eval_prompts, "exercises": inputs.exercises}
    reviewer, seconds, processor, rejected = Reviewer(**known), 0.0, 0.0, Counter[str]()
    with reviewing_processes(processes, **known) as alone:
        reviewer.review(inputs.dialogues[:10])
        alone(inputs.dialogues[: 500 * processes])  # warm-up: imports, and the start of the processes
        reviewer, before = Reviewer(**known), _resident_mib()
        for batch in _batches(inputs.dialogues, size):
            started, before_s = time.perf_counter(), _processor_s(resource.RUSAGE_SELF)
            if duplicates_only:
                reviewed = reviewer.settle([ReviewedDialogue(dialogue, (), True) for dialogue in batch])
            else:
                reviewed = reviewer.settle(alone(batch)) if processes > 1 else reviewer.review(batch)
            seconds += time.perf_counter() - started
            processor += _processor_s(resource.RUSAGE_SELF) - before_s
            rejected.update(r.rejected_by for r in reviewed if r.rejected_by)
    return {
        "seconds": seconds,
        "processor": processor + _processor_s(resource.RUSAGE_CHILDREN),
        "peak": _peak_mib(resource.RUSAGE_SELF),
        "added": _resident_mib() - before,
        "process": _peak_mib(resource.RUSAGE_CHILDREN),
        "accepted": size - rejected.total(),
        "rejected": rejected,
    }


def _batches(dialogues: Sequence[Dialogue], size: int) -> Iterator[list[Dialogue]]:
    for start in range(0, size, BATCH):
        yield [_varied(dialogues[i % len(dialogues)], i) for i in range(start, min(size, start + BATCH))]


def _varied(dialogue: Dialogue, number: int) -> Dialogue:
    """The dialogue with a student who also mentions other things, different for each number."""
    rng = random.Random(number)

    def said(turn: Turn) -> Turn:
        if turn.role == "tutor":
            return turn
        first, second = rng.sample(_THINGS, 2)
        aside = rng.choice(_ASIDES).format(name=rng.choice(_NAMES), first=first, second=second, text=turn.text)
        return replace(turn, text=aside)

    turns = tuple(map(said, dialogue.turns))
    return replace(dialogue, dialogue_id=content_id(dialogue.dialogue_id, number), turns=turns)


def _processor_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def _peak_mib(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    main()

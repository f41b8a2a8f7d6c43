"""What the bundled samples produce, as a digest of each row, taken from a home after `canopy run`.

    python -m tests.goldens.freeze HOME

rewrites `digests.json`. Do this only in a commit that is meant to change what the samples produce, and say there what
changed. `replies.jsonl` stays: replies of an early adapter and its base model to the 115 prompts of that time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import duckdb

FOLDER = Path(__file__).parent
DIGESTS = FOLDER / "digests.json"
REPLIES = FOLDER / "replies.jsonl"
TABLES = ("exercises", "synthetic_dialogues", "reviewed_dialogues", "training_set", "eval_set")


def table_digests(home: Path) -> dict[str, dict[str, list[str]]]:
    """A digest of each row, in the order of the rows, by table and partition."""
    return {
        table: {
            path.stem: [digest(row) for row in _rows(path)]
            for path in sorted((home / "tables" / table).glob("*.parquet"))
            if path.stem != "_empty"
        }
        for table in TABLES
    }


def score_digests(home: Path) -> dict[str, str]:
    """The evaluation of the frozen replies: a digest of each reply's scores by arm and prompt, and one of each thing
    that is computed from them.
    """
    import dataclasses

    import pyarrow.parquet as pq

    from canopy_assets.evals.evaluation import evaluate
    from canopy_assets.records import EvalPrompt, TutorResponse
    from canopy_assets.storage.arrow import from_table

    replies = [TutorResponse(**json.loads(line)) for line in REPLIES.read_text().splitlines()]
    answered = {reply.prompt_id for reply in replies}
    found = from_table(pq.read_table(home / "tables" / "eval_set" / "all.parquet"), EvalPrompt)
    prompts = [prompt for prompt in found if prompt.prompt_id in answered]
    families = {row["family"] for row in _rows(home / "tables" / "training_set" / "all.parquet") if row["family"]}
    evaluation = dataclasses.asdict(evaluate(prompts, replies, known_families=families))
    scores = {f"{s['arm']} {s['prompt_id']}": digest(s) for s in evaluation.pop("scores")}
    return scores | {name: digest(value) for name, value in evaluation.items()}


def digest(value: Any) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of a value's JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _rows(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _freeze(home: Path) -> None:
    frozen = table_digests(home) | {"scores": score_digests(home)}
    DIGESTS.write_text(json.dumps(frozen, indent=0) + "\n")


if __name__ == "__main__":
    _freeze(Path(sys.argv[1]))

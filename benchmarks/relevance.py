"""How much of "asks about this problem" is about this problem: the tuned tutor's replies, put to the other problems.

    python benchmarks/relevance.py .canopy

Takes the home of a `canopy run` that judged an adapter. A measure that any question passes would count a reply as often
for a problem of another kind as for its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.evals.prompts import TUNED
from canopy_assets.records import EvalPrompt, TutorResponse, from_table
from canopy_assets.settings import Settings
from canopy_assets.storage.tables import read_table


def main() -> None:
    """Print the three shares, and of how many pairs of reply and problem each is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    settings = Settings(home=parser.parse_args().home.resolve())
    prompts, replies = read_table("eval_set", None, settings), read_table("tutor_responses", None, settings)
    if prompts is None or replies is None:
        parser.error(f"no replies in {settings.home}: give the home of a `canopy run` that judged an adapter")
    by_id = {prompt.prompt_id: prompt for prompt in from_table(prompts, EvalPrompt)}
    asks: dict[str, list[bool]] = {"its own problem": [], "another of its kind": [], "one of another kind": []}
    for response in from_table(replies, TutorResponse):
        if response.arm != TUNED:
            continue
        own = by_id[response.prompt_id]
        asks["its own problem"].append(relevance(response.reply, own).asks)
        for other in by_id.values():
            if other.statement != own.statement:
                kind = "another of its kind" if other.family == own.family else "one of another kind"
                asks[kind].append(relevance(response.reply, other).asks)
    for kind, counted in asks.items():
        print(f"{kind:20} {sum(counted) / max(1, len(counted)):6.1%} of {len(counted):,}")


if __name__ == "__main__":
    main()

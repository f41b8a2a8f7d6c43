"""The permutation control of the relevance metric: the tuned tutor's replies, scored against the other problems.

    python benchmarks/relevance.py .canopy

Takes the home of a `canopy run` that evaluated an adapter. A metric that any question passes would count a reply as
often for a problem of another kind as for its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from canopy_assets.evals.metrics.permutation import permutation_control
from canopy_assets.evals.prompts import TUNED
from canopy_assets.records import EvalPrompt, TutorResponse
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table
from canopy_assets.storage.tables import read_table


def main() -> None:
    """Prints the three shares, and the number of pairs of reply and problem behind each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    settings = Settings(home=parser.parse_args().home.resolve())
    prompts, replies = read_table("eval_set", None, settings), read_table("tutor_responses", None, settings)
    if prompts is None or replies is None:
        parser.error(f"no replies in {settings.home}: give the home of a `canopy run` that evaluated an adapter")
    tuned = [response for response in from_table(replies, TutorResponse) if response.arm == TUNED]
    (control,) = permutation_control(from_table(prompts, EvalPrompt), tuned)
    for problems, share in (
        ("its own problem", control.own),
        ("another of its kind", control.same_family),
        ("one of another kind", control.other_family),
    ):
        print(f"{problems:20} {share.rate or 0:6.1%} of {share.n:,}")


if __name__ == "__main__":
    main()

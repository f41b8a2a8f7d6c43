"""How many chats that people wrote the review accepts, and what rejects the others.

    python benchmarks/chats.py FILE… [--strict] [--show leak]

Each file is a seed in any form of docs/seeds.md, such as MathDial's `data/test.jsonl`
(https://github.com/eth-nlped/mathdial, CC BY-SA 4.0). "Of the rest" is the share that is accepted of the chats in which
the tutor does not leak, by the leak gate. `--strict` lets every gate reject, as `advice_blocks` does. `--show` prints
what a gate rejects (or, for "none", what is accepted), to be read.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from canopy_assets.evals import eval_set
from canopy_assets.records import Dialogue, ReviewedDialogue, SeedDocument, Skipped
from canopy_assets.review.batch import review
from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.reading import reader


def main() -> None:
    """Reviews each file and prints its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="chats in any known form")
    parser.add_argument("--strict", action="store_true", help="let the gates reject that only advise")
    parser.add_argument("--show", metavar="GATE", help="print what this gate rejects; none: what is accepted")
    given = parser.parse_args()
    prompts = eval_set.load()
    for file in given.files:
        dialogues, skipped = read(file)
        reviewed = review(dialogues, eval_prompts=prompts, advice_blocks=given.strict)
        print_counts(file, reviewed, skipped)
        if given.show:
            for found in reviewed:
                if (found.rejected_by or "none") == given.show:
                    print_chat(found)


def read(file: Path) -> tuple[list[Dialogue], list[Skipped]]:
    """The chats of a file, and its rows that cannot be used."""
    (seed,) = (s for s in inbox.scan([file.parent]) if s.path.name == file.name)
    document: SeedDocument = reader.read(seed)
    if document.state != "read" or document.kind != "chats":
        raise SystemExit(f"{file}: {document.reason or 'it holds no chats'}")
    dialogues, skipped = chats.parse(document)
    return dialogues, [*document.skipped, *skipped]


def print_counts(file: Path, reviewed: list[ReviewedDialogue], skipped: list[Skipped]) -> None:
    """Prints how many are accepted, of all and of those without a leak, and the gates behind the others."""
    accepted = sum(r.accepted for r in reviewed)
    leaks = sum(any(v.gate == "leak" and not v.passed for v in r.verdicts) for r in reviewed)
    rest = len(reviewed) - leaks
    print(f"{file.name}: {len(reviewed)} chats, {len(skipped)} rows skipped or noted")
    print(f"  accepted {accepted} ({accepted / max(1, len(reviewed)):.0%}); leaks {leaks}", end="")
    print(f"; of the rest {accepted / max(1, rest):.0%}")
    print(f"  rejected by {dict(Counter(r.rejected_by for r in reviewed if r.rejected_by).most_common())}")
    print(f"  advised by {dict(Counter(g for r in reviewed for g in r.advised_by).most_common())}")
    for line in skipped[:5]:
        print(f"  line {line.line}: {line.reason}")


def print_chat(found: ReviewedDialogue) -> None:
    """Prints a chat with its answer, the finding and the turn that it is about."""
    dialogue = found.dialogue
    finding = next((v for v in found.verdicts if v.gate == found.rejected_by), None)
    print(f"\n{dialogue.statement!r} = {dialogue.answer}: {found.reason or 'accepted'}, advice {found.advised_by}")
    for number, turn in enumerate(dialogue.turns):
        print("  >" if finding and finding.turn == number else "   ", f"{turn.role}: {turn.text}")


if __name__ == "__main__":
    main()

"""Our tutor beside others on the conversations of published tutoring benchmarks.

    python benchmarks/scoreboard.py ../shared/data --home .canopy
    python benchmarks/scoreboard.py ../shared/data --home .canopy --adapter FOLDER --mathdial test.jsonl
    python benchmarks/scoreboard.py ../shared/data --home .canopy --mathtutorbench mathdial_bridge.json

The tutor (the home's champion, else its last adapter) and its base model reply greedily, under the short prompt, to
MRBench's conversations. The judge of usefulness and the leak detector score these replies and those of MRBench's eight
models and people alike, so that the judge's share stands beside what people say of the same replies. A reply is good
by their labels where it guides, is coherent and can be acted on ("Yes" each) and does not reveal an answer ("No").
Intervals are 95 %; conversations about one problem count as one cluster.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scoreboard_contexts import (
    Context,
    GivenReply,
    mathdial_contexts,
    mathtutorbench_contexts,
    mrbench_contexts,
    spread,
)
from canopy_assets.evals.prompts import SHORT_PROMPT
from canopy_assets.evals.statistics import Corrected, Proportion, clustered, corrected_share, effective_size
from canopy_assets.review.agreement import bootstrap, estimate, kappa, ratio
from canopy_assets.review.leak.calibration import REVEALS
from canopy_assets.review.leakage import detect_leak
from canopy_assets.review.mrbench import gold_answer
from canopy_assets.review.usefulness import Asked, useful_many
from canopy_assets.review.usefulness.calibration import JudgeErrors, read_judge_errors
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact

MRBENCH = "mrbench_calibration.json"
MAX_NEW_TOKENS = 64
"""As in the evaluation of a home."""
AGREES = 0.6
"""Cohen's κ from which on a judge's opinion may stand for people's, as in docs/review.md."""


@dataclass(frozen=True)
class Scored:
    """A reply with its scores.

    Attributes:
        cluster: what its conversation is about.
        sends: whether the judge would send it.
        reveals: whether the leak detector finds the right answer in it; None where no numeric answer is known.
        good: whether it is good by people's labels; None without labels.
        labelled_reveals: whether people say that it reveals the right answer; None as for `reveals`, or without labels.
    """

    responder: str
    ours: bool
    cluster: str
    sends: bool
    reveals: bool | None
    good: bool | None
    labelled_reveals: bool | None


@dataclass(frozen=True)
class Tutor:
    """A model to place on the board. `adapter` is None for the base model alone."""

    name: str
    model: Path
    adapter: Path | None


def main() -> None:
    """Prints a table for each benchmark, and what the judge's share is worth on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help=f"the folder with {MRBENCH}")
    parser.add_argument("--home", type=Path, required=True, help="a home in which `canopy run` has finished")
    parser.add_argument("--adapter", type=Path, help="an adapter's folder, instead of the home's champion")
    parser.add_argument("--mathdial", type=Path, help="MathDial's data/test.jsonl")
    parser.add_argument("--mathtutorbench", type=Path, help="MathTutorBench's dataset/mathdial_bridge.json")
    parser.add_argument("--contexts", type=int, default=200, help="conversations of each benchmark at most")
    arguments = parser.parse_args()
    if arguments.contexts < 1:
        parser.error(f"--contexts must be 1 or more, got {arguments.contexts}")
    try:
        boards = read_contexts(arguments.data, arguments.mathdial, arguments.mathtutorbench)
        tutors = tutors_of(Settings(home=arguments.home), arguments.adapter)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    boards = {name: spread(contexts, arguments.contexts) for name, contexts in boards.items()}
    replies = replies_of(tutors, boards, Settings(home=arguments.home))
    errors = read_judge_errors()
    for name, contexts in boards.items():
        scored = score(contexts, {tutor: replies[tutor, name] for tutor, _ in replies})
        print(f"\n{name}, {len(contexts)} conversations\n\n{table(scored, errors)}\n\n{worth(scored, errors)}")


def read_contexts(data: Path, mathdial: Path | None, mathtutorbench: Path | None) -> dict[str, list[Context]]:
    """The contexts of each benchmark, by its name.

    Raises:
        ValueError: a file is missing, is not in its form, or has no context.
    """
    if not (data / MRBENCH).is_file():
        raise ValueError(f"{data / MRBENCH} is missing: name the folder that holds MRBench V2 under this name")
    found = {"MRBench": mrbench_contexts(data / MRBENCH)}
    if mathdial:
        found["MathDial"] = mathdial_contexts(mathdial)
    if mathtutorbench:
        found["MathTutorBench"] = mathtutorbench_contexts(mathtutorbench)
    for name, contexts in found.items():
        if not contexts:
            raise ValueError(f"{name}: no conversation of the file waits for a tutor's reply; is it the right file?")
    return found


def tutors_of(settings: Settings, adapter: Path | None) -> list[Tutor]:
    """The home's tutor and its base model; the base model alone where the home has no adapter.

    Raises:
        ValueError: the home has no base model, or there is no adapter at `adapter`.
    """
    base = current_artefact("base_model", settings)
    if base is None:
        raise ValueError(f"{settings.home} holds no base model: run `canopy run` in it, or name another --home")
    tutors = [Tutor("base model", base.path, None)]
    if adapter is not None:
        if not adapter.is_dir():
            raise ValueError(f"--adapter {adapter} is no folder: name one that `canopy export adapter` wrote")
        return [Tutor(f"Canopy, {adapter.name}", base.path, adapter), *tutors]
    for asset, words in (("champion", "champion"), ("lora_adapter", "last adapter")):
        found = current_artefact(asset, settings)
        if found is not None:
            return [Tutor(f"Canopy, {words} {found.digest[:8]}", base.path, found.path), *tutors]
    return tutors


def replies_of(
    tutors: Sequence[Tutor], boards: Mapping[str, Sequence[Context]], settings: Settings
) -> dict[tuple[str, str], list[str]]:
    """Each tutor's replies to the contexts of each benchmark, in their order, by (tutor, benchmark)."""
    from canopy_assets.adapters.generation import GenerationError, TutorModel
    from canopy_assets.compute.devices import release_memory

    found: dict[tuple[str, str], list[str]] = {}
    for tutor in tutors:
        release_memory()
        try:
            model = TutorModel.load(tutor.model, tutor.adapter, cache=settings.cache_dir, device=settings.device)
            for name, contexts in boards.items():
                chats = [context.messages for context in contexts]
                replies = model.reply(chats, system_prompt=SHORT_PROMPT, max_new_tokens=MAX_NEW_TOKENS, timed_prompts=1)
                found[tutor.name, name] = [reply.text for reply in replies]
        except GenerationError as error:
            sys.exit(f"error: {error}")
        print(f"{tutor.name} has replied", file=sys.stderr, flush=True)
    return found


def score(contexts: Sequence[Context], ours: Mapping[str, Sequence[str]]) -> list[Scored]:
    """The scores of all replies to these contexts.

    Args:
        contexts: the conversations, with the replies that others gave.
        ours: the replies of our tutors by name, each in the order of `contexts`.
    """
    rows = [(context, reply, False) for context in contexts for reply in context.replies]
    for name, replies in ours.items():
        rows += [(c, GivenReply(name, text), True) for c, text in zip(contexts, replies, strict=True)]
    asked = [Asked(reply.text, context.problem, context.solution, context.conversation) for context, reply, _ in rows]
    return [
        _scored(context, reply, is_ours, opinion.sends)
        for (context, reply, is_ours), opinion in zip(rows, useful_many(asked), strict=True)
    ]


def _scored(context: Context, reply: GivenReply, ours: bool, sends: bool) -> Scored:
    answer = gold_answer(context.solution)
    leak = detect_leak(reply.text, problem=context.problem, answer=answer, history=context.turns) if answer else None
    labels = reply.labels
    return Scored(
        responder=reply.responder,
        ours=ours,
        cluster=context.cluster,
        sends=sends,
        reveals=leak.reveals if leak else None,
        good=is_good(labels) if labels else None,
        labelled_reveals=labels["Revealing_of_the_Answer"] == REVEALS if labels and leak else None,
    )


def is_good(labels: Mapping[str, str]) -> bool:
    """Whether people found that a reply guides, is coherent, can be acted on, and reveals no answer, right or wrong."""
    helps = all(labels[name] == "Yes" for name in ("Providing_Guidance", "Coherence", "Actionability"))
    return helps and labels["Revealing_of_the_Answer"] == "No"


def table(scored: Sequence[Scored], errors: JudgeErrors) -> str:
    """A Markdown table with a row for each responder, the most useful first; ours are bold."""
    lines = [
        "| replies by | n | a teacher could send (judge, corrected) | as judged | good by people's labels "
        "| reveals the answer (detector) | reveals it by people's labels |",
        "|---|---|---|---|---|---|---|",
    ]
    boards = by_responder(scored)
    order = sorted(boards, key=lambda name: (-sum(r.sends for r in boards[name]) / len(boards[name]), name))
    for name in order:
        rows = boards[name]
        share = corrected(rows, errors)
        cells = [
            f"{len(rows)}",
            _share(share),
            _share(share.observed),
            *(_share(share_of(rows, field)) for field in ("good", "reveals", "labelled_reveals")),
        ]
        shown = f"**{name}**" if rows[0].ours else name
        lines.append(f"| {shown} | {' | '.join(cells)} |")
    return "\n".join(lines)


def by_responder(scored: Iterable[Scored]) -> dict[str, list[Scored]]:
    """The scores of each responder."""
    found: dict[str, list[Scored]] = defaultdict(list)
    for row in scored:
        found[row.responder].append(row)
    return dict(found)


def corrected(rows: Sequence[Scored], errors: JudgeErrors) -> Corrected:
    """The share that a teacher could send, corrected for the judge's errors, beside the one that the judge counted."""
    values, clusters = [row.sends for row in rows], [row.cluster for row in rows]
    return corrected_share(
        clustered(values, clusters),
        sensitivity=errors.sensitivity,
        specificity=errors.specificity,
        effective_n=effective_size(values, clusters),
    )


def share_of(rows: Iterable[Scored], field: str) -> Proportion:
    """The share of replies for which a field of `Scored` is true, of those for which it is not None."""
    known = [(bool(value), row.cluster) for row in rows if (value := getattr(row, field)) is not None]
    return clustered([value for value, _ in known], [cluster for _, cluster in known])


def _share(share: Corrected | Proportion) -> str:
    if share.rate is None:
        return "–"
    return f"{100 * share.rate:.0f} % [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def worth(scored: Sequence[Scored], errors: JudgeErrors) -> str:
    """What the judge's share is worth on these replies: its agreement with people's labels, in a few sentences."""
    labelled = [row for row in scored if row.good is not None]
    if not labelled:
        return "Nobody labelled these replies: the shares are the judge's alone."
    clusters: dict[str, list[Scored]] = defaultdict(list)
    for row in labelled:
        clusters[row.cluster].append(row)
    counts = _agreement(labelled)
    samples = bootstrap([_agreement(rows) for rows in clusters.values()], 2000, 7)
    agreement = estimate(kappa, counts, samples)
    found = [
        f"What the judge's share is worth here: on {len(labelled)} labelled replies it agrees with the labels at "
        f"Cohen's κ {agreement}, sensitivity {estimate(lambda c: ratio(c[0], c[0] + c[1]), counts, samples)}, "
        f"specificity {estimate(lambda c: ratio(c[3], c[2] + c[3]), counts, samples)}.",
        _of_responders(labelled, errors),
    ]
    if math.isnan(agreement.value) or agreement.value < AGREES:
        found.append(
            f"κ is below {AGREES}: here the judge's share does not stand for people's labels, and places no tutor by "
            "itself."
        )
    found += _by_the_labels(scored, counts)
    found.append(
        "The judge was fitted to replies of MRBench among others, so expect less on others. Its errors, by which the "
        "second column is corrected, were counted on readers' ratings, which is another criterion than these labels."
    )
    return "\n".join(found)


def _agreement(rows: Iterable[Scored]) -> list[int]:
    """Counts of (good, sends), (good, not), (not good, sends), (not good, not)."""
    counts = [0, 0, 0, 0]
    for row in rows:
        counts[(not row.good) * 2 + (not row.sends)] += 1
    return counts


def _by_the_labels(scored: Sequence[Scored], counts: Sequence[int]) -> list[str]:
    """A sentence on our tutors' shares, corrected by the judge's errors against the labels (counts of `_agreement`)."""
    good, bad = counts[0] + counts[1], counts[2] + counts[3]
    ours = by_responder(row for row in scored if row.ours)
    if not good or not bad or not ours:
        return []
    errors = JudgeErrors((counts[0], good), (counts[3], bad))
    shares = ", ".join(f"{name} {_share(corrected(rows, errors))}" for name, rows in ours.items())
    return [f"Corrected by its errors against these labels, the share of good replies is: {shares}."]


def _of_responders(labelled: Sequence[Scored], errors: JudgeErrors) -> str:
    """How the judge's shares and the labels' compare between responders."""
    from scipy.stats import spearmanr

    boards = by_responder(labelled)
    judged = [corrected(rows, errors) for rows in boards.values()]
    pairs = [
        (share.observed.rate, share.rate, share_of(rows, "good").rate)
        for share, rows in zip(judged, boards.values(), strict=True)
    ]
    known = [
        (raw, rate, good) for raw, rate, good in pairs if raw is not None and rate is not None and good is not None
    ]
    if len(known) < 3:
        return "There are too few responders to compare their order."
    gap = sum(abs(rate - good) for _, rate, good in known) / len(known)
    rank: Any = spearmanr([raw for raw, _, _ in known], [good for _, _, good in known])
    return (
        f"Over the {len(known)} responders the judge's order and the labels' correlate at Spearman's ρ "
        f"{rank.statistic:.2f}; the corrected share is {100 * gap:.0f} points from the labels' on average."
    )


if __name__ == "__main__":
    main()

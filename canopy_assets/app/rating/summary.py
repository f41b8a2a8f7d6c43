"""What a rater sees at the end: who wrote the replies, and how far the rater agrees with others and with the judge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import typer

from canopy_assets.evals.ratings.agreement import (
    RaterAgreement,
    between_raters,
    cluster,
    first_ratings,
    judged,
    with_judge,
    with_themselves,
)
from canopy_assets.evals.ratings.decision import MIN_REPLIES, decided_by_people, labels_by_source
from canopy_assets.evals.ratings.log import read_ratings
from canopy_assets.evals.ratings.sheet import Row
from canopy_assets.evals.statistics import clustered
from canopy_assets.records import Rating
from canopy_assets.settings import Settings


def print_summary(settings: Settings, rows: Sequence[Row], rater: str) -> None:
    """Print the labels by source, the rater's agreement, and whether people decide about the candidate."""
    everyone = read_ratings(settings)
    mine = [r for r in everyone if r.rater == rater]
    keys = {row.key for row in rows}
    here = [r for r in mine if (r.reply_digest, r.repeat) in keys]
    typer.echo(f"\nAll {len(rows)} rows are rated, {rater}. Thank you. This is whose replies they were:\n")
    _print_labels(here)
    typer.echo("\nagreement on `send` or not: Cohen's κ with its 95 % interval")
    pairs = [a for a in between_raters(everyone) if rater in (a.first, a.second)]
    _print_agreements("with yourself, on the rows that came twice", with_themselves(mine), rater)
    _print_agreements("with", pairs, rater)
    _print_agreements("with", with_judge(mine, judged(mine)), rater)
    for adapter in sorted({r.adapter for r in here if r.source == "candidate" and r.adapter}):
        _print_decision(adapter, everyone)


def _print_labels(ratings: Sequence[Rating]) -> None:
    typer.echo(f"{'source':28} {'send':>5} {'weak':>5} {'bad':>5} {'skip':>5}   share sent, 95 % interval")
    for (source, adapter), counts in labels_by_source(ratings).items():
        title = f"{source} {adapter or ''}".strip()
        own = [r for r in first_ratings(ratings) if (r.source, r.adapter) == (source, adapter)]
        share = clustered([r.label == "send" for r in own], [cluster(r) for r in own])
        said = "–" if share.rate is None else f"{share.rate:.0%} [{share.low:.0%}, {share.high:.0%}]"
        numbers = " ".join(f"{counts[label]:5}" for label in ("send", "weak", "bad", "skip"))
        typer.echo(f"{title:28} {numbers}   {said}")


def _print_agreements(title: str, found: Sequence[RaterAgreement], rater: str) -> None:
    """A line for each; nothing where no reply was judged twice."""
    for agreement in found:
        other = agreement.second if agreement.first == rater else agreement.first
        name = title if other == rater else f"{title} {other}"
        kappa = "undefined" if math.isnan(agreement.kappa.value) else str(agreement.kappa)
        typer.echo(f"  {name:44} {agreement.same} of {agreement.replies} the same, κ {kappa}")


def _print_decision(adapter: str, ratings: Sequence[Rating]) -> None:
    verdict = decided_by_people(adapter, ratings)
    if verdict is None:
        typer.echo(f"\nFewer than {MIN_REPLIES} replies of adapter {adapter} are rated: the judge decides about it.")
        return
    by = ", ".join(verdict.raters)
    typer.echo(
        f"\n{verdict.replies} replies of adapter {adapter} are rated (by {by}), {verdict.sends} are to send: people "
        "decide about it instead of the judge."
    )

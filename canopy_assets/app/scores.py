"""What `canopy score-leaks` and `canopy score-judge` print: how far our verdicts agree with people's labels."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from canopy_assets.review.judge import Agreement
from canopy_assets.review.leak.calibration import Calibration
from canopy_assets.review.leak.cross_validation import CrossValidation
from canopy_assets.settings import Settings

if TYPE_CHECKING:
    from canopy_assets.review.usefulness.endpoint_calibration import Measured


def print_calibration(scores: Calibration) -> None:
    """Print the error rates of the leak detector with all its rules, on all replies."""
    typer.echo(
        f"{scores.replies} replies in {scores.conversations} conversations, {scores.positives} reveal the answer"
    )
    _print_rates("all rules", scores)


def print_cross_validation(crossed: CrossValidation) -> None:
    """Print the error rates on held-out problems, and in how many folds each rule was kept."""
    folds = f"{crossed.folds} folds of {crossed.problems} problems"
    _print_rates(f"held out, {folds}: each judged by the rules that the others need", crossed.held_out)
    typer.echo("folds that need a rule")
    for rule, count in crossed.kept.items():
        typer.echo(f"  {count:4} {rule}")


def print_agreement(found: Iterable[Agreement]) -> None:
    """Print Cohen's κ of each dimension, and whether it is high enough for a gate."""
    for dimension in found:
        rule = "may gate" if dimension.may_gate else "advises only"
        typer.echo(
            f"{dimension.dimension:20} κ {dimension.kappa}  {dimension.replies} replies, "
            f"{dimension.unjudged} without a label: {rule}"
        )


def score_judge(file: Path | None, settings: Settings, *, model: str, base_url: str, key_variable: str) -> None:
    """Ask a judge for its opinions of a file's replies, and print how they agree with people's.

    Raises:
        OSError, ValueError: the file cannot be used, or too little of it could be judged.
        EndpointError, EndpointDownError, NoReplyError, LedgerError: see `endpoints.client`.
    """
    if file is None or file.suffix == ".jsonl":
        _calibrate(file, settings, model=model, base_url=base_url, key_variable=key_variable)
        return
    from canopy_assets.review.judge import agreement, opinions

    ledger = settings.ledger
    found = asyncio.run(opinions(file, model=model, base_url=base_url, key_variable=key_variable, ledger=ledger))
    print_agreement(agreement(found))


def _calibrate(file: Path | None, settings: Settings, **where: str) -> None:
    """Measure a judge of usefulness on rated replies, print that, and write its calibration."""
    from canopy_assets.endpoints.endpoint import Endpoint
    from canopy_assets.lineage.model_config import JudgeConfig
    from canopy_assets.review.ratings import load_rated_replies
    from canopy_assets.review.usefulness.endpoint_calibration import measure, write_calibration

    endpoint: Endpoint = JudgeConfig.model_validate(where).endpoint()
    measured = measure(endpoint, settings.ledger, load_rated_replies(None if file is None else [file]))
    print_measured(measured)
    path = write_calibration(measured, settings.home / "judges")
    typer.echo(
        "\nTo let it judge, give its calibration to eval_report:\n\nops:\n  eval_report:\n    config:\n      judge:"
    )
    for name, value in {**where, "calibration": str(path)}.items():
        typer.echo(f"        {name}: {json.dumps(value)}")


def print_measured(measured: Measured) -> None:
    """Print how a judge of usefulness agrees with the readers, in all and by who wrote the reply."""
    (found, sent), (rejected, unsent) = measured.errors.sensitivity, measured.errors.specificity
    typer.echo(f"{len(measured.rows)} rated replies, {len(measured.unjudged)} without a judgement")
    typer.echo(f"  kappa        {measured.kappa}")
    typer.echo(f"  sensitivity  {found / sent:.3f} ({found} of {sent} that readers would send)")
    typer.echo(f"  specificity  {rejected / unsent:.3f} ({rejected} of {unsent} that they would not)")
    for source in sorted({source for source, _, _ in measured.rows}):
        rows = [(readers, judge) for name, readers, judge in measured.rows if name == source]
        by_readers, by_judge = (sum(column) for column in zip(*rows, strict=True))
        typer.echo(f"  {source:44} {len(rows):4}: sent by readers {by_readers:4}, by the judge {by_judge:4}")
    for reason, count in Counter(measured.unjudged).most_common(3):
        typer.echo(f"  {count} without a judgement: {reason}")
    if not measured.errors.informative:
        typer.echo("The judge is no better than chance: no gate passes on its word.")


def _print_rates(title: str, scores: Calibration) -> None:
    typer.echo(title)
    for name in ("sensitivity", "specificity", "precision", "kappa"):
        typer.echo(f"  {name:12} {getattr(scores, name)}")

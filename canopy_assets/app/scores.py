"""What `canopy score-leaks` and `canopy score-judge` print: how far our verdicts agree with people's labels."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from canopy_assets.review.judge import Agreement
from canopy_assets.review.leak.calibration import Calibration
from canopy_assets.review.leak.cross_validation import CrossValidation


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


def _print_rates(title: str, scores: Calibration) -> None:
    typer.echo(title)
    for name in ("sensitivity", "specificity", "precision", "kappa"):
        typer.echo(f"  {name:12} {getattr(scores, name)}")

"""The report of an evaluation: an HTML page, a short Markdown for Dagster's UI, numbers as JSON, pictures as PNG."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.prompts import CHAMPION, TUNED
from canopy_assets.evals.report.leaderboard import Place
from canopy_assets.evals.report.pages import render_html, render_markdown
from canopy_assets.evals.report.plots import draw_plots
from canopy_assets.evals.report.provenance import ReportContext
from canopy_assets.evals.report.starts import StartRow, start_rows
from canopy_assets.evals.report.tables import headline
from canopy_assets.evals.verdict import Gate, evaluate_gates, verdict

SCORES = "scores.json"


@dataclass(frozen=True)
class ReportFiles:
    """Where the parts of a report are."""

    html: Path
    markdown: Path
    metrics: Path
    scores: Path
    figures: tuple[Path, ...]


def write_report(
    evaluation: Evaluation,
    *,
    target: Path,
    context: ReportContext,
    gates: Sequence[Gate] | None = None,
    places: Sequence[Place] = (),
) -> ReportFiles:
    """Writes the report into a folder.

    Args:
        evaluation: what was measured.
        target: the folder. It is created if necessary; files of the same name in it are replaced.
        context: where the model and its data come from.
        gates: the judged gates. None: judged here, with the default thresholds and without a measurement of overlap,
            so that the verdict cannot be "better".
        places: the leaderboard; left out when empty.

    Returns:
        The paths of `report.html`, `report.md`, `metrics.json`, `scores.json` (a row per reply of the tuned arm, and
        of the champion where it replied, for the decision about the champion) and `figures/*.png`.
    """
    judged = tuple(gates) if gates is not None else evaluate_gates(evaluation)
    plots = draw_plots(evaluation)
    figures = target / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    files = ReportFiles(
        html=target / "report.html",
        markdown=target / "report.md",
        metrics=target / "metrics.json",
        scores=target / SCORES,
        figures=tuple(figures / f"{plot.name}.png" for plot in plots),
    )
    for plot, path in zip(plots, files.figures, strict=True):
        path.write_bytes(plot.light)
    starts = start_rows(evaluation, context.starts)
    files.html.write_text(render_html(evaluation, judged, context, plots, places, starts), encoding="utf-8")
    files.markdown.write_text(render_markdown(evaluation, judged, plots, starts), encoding="utf-8")
    files.metrics.write_text(_json(_numbers(evaluation, judged, context, starts)), encoding="utf-8")
    kept = [dataclasses.asdict(row) for row in evaluation.scores if row.arm in (TUNED, CHAMPION)]
    files.scores.write_text(_json(kept), encoding="utf-8")
    return files


def _numbers(
    evaluation: Evaluation, gates: Sequence[Gate], context: ReportContext, starts: Sequence[StartRow]
) -> dict[str, Any]:
    """Every number of the report, as plain types."""
    return {
        "verdict": verdict(gates),
        "eval_digest": evaluation.eval_digest,
        "held_out_prompts": evaluation.n_held_out,
        "open_prompts": evaluation.n_open,
        "conversations": evaluation.n_conversations,
        "pressure_prompts": evaluation.n_pressure,
        "known_families": evaluation.known_families,
        "unseen_families": evaluation.unseen_families,
        "headline": headline(evaluation, gates),
        "gates": [gate.row() for gate in gates],
        "rates": [dataclasses.asdict(rate) for rate in evaluation.rates],
        "comparisons": [dataclasses.asdict(row) for row in evaluation.comparisons],
        "arms": [dataclasses.asdict(row) for row in evaluation.summaries],
        "swap_control": [dataclasses.asdict(row) for row in evaluation.swaps],
        "controls": [dataclasses.asdict(row) for row in evaluation.controls],
        "survival": [dataclasses.asdict(row) for row in evaluation.survivals],
        "noise": [dataclasses.asdict(row) for row in evaluation.noise],
        "starts": [dataclasses.asdict(row) for row in starts],
        "judge_errors": dataclasses.asdict(evaluation.judge_errors),
        "context": dataclasses.asdict(context),
    }


def _json(value: Any) -> str:
    return json.dumps(_finite(value), indent=1, allow_nan=False)


def _finite(value: Any) -> Any:
    """The value with null for every number that is not finite: JSON has none of these."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

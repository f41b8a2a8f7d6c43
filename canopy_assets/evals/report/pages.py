"""The report as one HTML page, and in short as Markdown.

Replies of models and names of families are untrusted. The page is rendered with autoescaping, its content security
policy forbids scripts and foreign resources, and it shows replies without control characters. The Markdown has no
replies.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.prompts import ARMS, TUNED
from canopy_assets.evals.report.labels import arm_label, percent, rate_with_interval, slice_label
from canopy_assets.evals.report.leaderboard import Place
from canopy_assets.evals.report.plots import Plot
from canopy_assets.evals.report.provenance import ReportContext, stages
from canopy_assets.evals.report.starts import StartRow, starts_text
from canopy_assets.evals.report.tables import (
    cost_rows,
    counts,
    headline_rows,
    headline_text,
    main_arms,
    metric_rows,
    reason_rows,
    slice_rows,
)
from canopy_assets.evals.verdict import Gate, Verdict, judge_is_trusted, verdict

TEMPLATES = Path(__file__).parent / "templates"
MAX_SHOWN_CHARS = 1_200
_SLICES = ("held_out", "known_families", "unseen_families", "open", "help_due", "pressure")
_HEADINGS: dict[Verdict, str] = {
    "better": "Better: the tuned tutor may replace the base model",
    "not better": "Not better: the tuned tutor stays out of use",
    "inconclusive": "Inconclusive: there is not enough evidence to decide",
}


def render_html(
    evaluation: Evaluation,
    gates: Sequence[Gate],
    context: ReportContext,
    plots: Sequence[Plot],
    places: Sequence[Place] = (),
    starts: Sequence[StartRow] = (),
) -> str:
    """The report as one HTML page that needs no other file."""
    outcome = verdict(gates)
    arms = main_arms(evaluation)
    references = [name for name in arms if name != TUNED]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            context=context,
            verdict=outcome,
            heading=_HEADINGS[outcome],
            evaluation=evaluation,
            gates=gates,
            counts=counts(evaluation),
            headline=headline_text(evaluation, gates),
            trusted=judge_is_trusted(gates),
            headline_rows=headline_rows(evaluation),
            wrong_slices=slice_rows(evaluation),
            reasons=reason_rows(evaluation),
            places=places,
            starts=starts,
            starts_text=starts_text(starts, trusted=judge_is_trusted(gates)) if starts else "",
            arms=[{"name": name, "label": arm_label(name)} for name in arms],
            summaries=[summary for summary in evaluation.summaries if summary.arm in arms],
            arm_descriptions=[arm for arm in ARMS if arm.name in evaluation.arms],
            references=references,
            reference_label=arm_label(references[0]).lower() if references else "",
            rows=metric_rows(evaluation, "all"),
            slices=[(slice_label(name), metric_rows(evaluation, name)) for name in _SLICES],
            attacks=_rates_by_slice(evaluation, arms, "attack:", "pressure_succeeded"),
            plots={plot.name: plot for plot in plots},
            lineage=stages(context, evaluation),
        )
    )


def _environment() -> Any:
    """Jinja's environment. It escapes every value, and a value that is missing is an error."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent,
        shown=shown,
        uri=_data_uri,
        arm_label=arm_label,
        readable=lambda name: name.replace("_", " "),
    )
    return environment


def render_markdown(
    evaluation: Evaluation, gates: Sequence[Gate], plots: Sequence[Plot], starts: Sequence[StartRow] = ()
) -> str:
    """The report in short, for the metadata of a Dagster asset: verdict, table, gates, starts, one picture."""
    header = [f"on {counts(evaluation)}", *map(arm_label, main_arms(evaluation))]
    rows = [[row.metric.label, *map(rate_with_interval, row.shares)] for row in metric_rows(evaluation, "all")]
    rows += [[label, *values] for label, values in cost_rows(evaluation).items()]
    table = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    table.insert(1, "|" + "---|" * len(header))
    lines = [f"**{_HEADINGS[verdict(gates)]}.**", "", headline_text(evaluation, gates), "", *table]
    lines += ["", *(f"- {_mark(gate)} **{gate.title}.** {_markdown_safe(gate.explanation)}" for gate in gates)]
    if starts:
        lines += ["", "**Spread between starts.** " + starts_text(starts, trusted=judge_is_trusted(gates)), ""]
        lines += _starts_table(starts)
    lines += [
        text for plot in plots if plot.name == "rates" for text in ("", f"![{plot.alt}]({_data_uri(plot.light)})")
    ]
    return "\n".join(lines) + "\n"


def _starts_table(starts: Sequence[StartRow]) -> list[str]:
    """The starts as the lines of a Markdown table."""
    lines = [
        "| seed | validation loss | a teacher could send | leaks the answer | gives in to pressure |",
        "|---|---|---|---|---|",
    ]
    for row in starts:
        seed = f"{row.start.seed} (judged)" if row.start.judged else str(row.start.seed)
        loss = "–" if row.start.validation_loss is None else f"{row.start.validation_loss:.4f}"
        sends = f"{percent(row.sends.rate)} [{percent(row.sends.low)}, {percent(row.sends.high)}]"
        others = map(rate_with_interval, (row.leaks, row.pressure_succeeded))
        lines.append(f"| {' | '.join((seed, loss, sends, *others))} |")
    return lines


def shown(text: str) -> str:
    """A reply as the page shows it: without control and bidirectional characters, cut to `MAX_SHOWN_CHARS`."""
    kept = "".join(
        c for c in text[: MAX_SHOWN_CHARS + 1] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return kept if len(text) <= MAX_SHOWN_CHARS else kept[:MAX_SHOWN_CHARS] + " …"


def _rates_by_slice(evaluation: Evaluation, arms: Sequence[str], prefix: str, *metrics: str) -> list[dict[str, Any]]:
    """For each slice whose name starts with the prefix: its name without it, and every arm's rates by metric."""
    return [
        {"name": name.removeprefix(prefix)}
        | {metric: [evaluation.rate(arm, metric, name) for arm in arms] for metric in metrics}
        for name in evaluation.slices(prefix)
    ]


def _mark(gate: Gate) -> str:
    return {"pass": "✓", "fail": "✗", "inconclusive": "?", "not applicable": "–"}[gate.outcome]


def _markdown_safe(text: str) -> str:
    return "".join(f"\\{c}" if c in "|*_`[]<>!#" else c for c in text.replace("\n", " "))


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")

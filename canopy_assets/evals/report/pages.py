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
from canopy_assets.evals.report.plots import Plot, arm_label
from canopy_assets.evals.report.provenance import ReportContext, stages
from canopy_assets.evals.report.tables import cost_rows, metric_rows, percent, rate_with_interval
from canopy_assets.evals.verdict import Gate, Verdict, verdict

TEMPLATES = Path(__file__).parent / "templates"
MAX_SHOWN_CHARS = 1_200
_SLICES = {
    "held_out": "Held-out exercises",
    "known_families": "… of known families",
    "unseen_families": "… of families never seen in training",
    "pressure": "Students who push for the answer",
}
_HEADINGS: dict[Verdict, str] = {
    "better": "Better: the tuned tutor may replace the base model",
    "not better": "Not better: the tuned tutor stays out of use",
    "inconclusive": "Inconclusive: there is not enough evidence to decide",
}


def render_html(evaluation: Evaluation, gates: Sequence[Gate], context: ReportContext, plots: Sequence[Plot]) -> str:
    """The report as one HTML page that needs no other file."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=percent, shown=shown, uri=_data_uri, readable=lambda name: name.replace("_", " ")
    )
    outcome = verdict(gates)
    references = [name for name in evaluation.arms if name != TUNED]
    return environment.get_template("report.html.j2").render(
        context=context,
        verdict=outcome,
        heading=_HEADINGS[outcome],
        evaluation=evaluation,
        gates=gates,
        arms=[{"name": name, "label": arm_label(name)} for name in evaluation.arms],
        arm_descriptions=[arm for arm in ARMS if arm.name in evaluation.arms],
        references=references,
        reference_label=arm_label(references[0]).lower() if references else "",
        rows=metric_rows(evaluation, "all"),
        slices=[(label, metric_rows(evaluation, name)) for name, label in _SLICES.items()],
        attacks=_rates_by_slice(evaluation, "attack:", "pressure_succeeded"),
        states=_rates_by_slice(evaluation, "state:", "socratic", "withholds"),
        plots={plot.name: plot for plot in plots},
        lineage=stages(context, evaluation),
    )


def render_markdown(evaluation: Evaluation, gates: Sequence[Gate], plots: Sequence[Plot]) -> str:
    """The report in short, for the metadata of a Dagster asset: verdict, table, gates, one picture."""
    counts = f"on {evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts"
    header = [counts, *map(arm_label, evaluation.arms)]
    rows = [[row.metric.label, *map(rate_with_interval, row.shares)] for row in metric_rows(evaluation, "all")]
    rows += [[label, *values] for label, values in cost_rows(evaluation).items()]
    table = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    table.insert(1, "|" + "---|" * len(header))
    lines = [f"**{_HEADINGS[verdict(gates)]}.**", "", *table]
    lines += ["", *(f"- {_mark(gate)} **{gate.title}.** {_markdown_safe(gate.explanation)}" for gate in gates)]
    lines += [
        text for plot in plots if plot.name == "rates" for text in ("", f"![{plot.alt}]({_data_uri(plot.light)})")
    ]
    return "\n".join(lines) + "\n"


def shown(text: str) -> str:
    """A reply as the page shows it: without control and bidirectional characters, cut to `MAX_SHOWN_CHARS`."""
    kept = "".join(
        c for c in text[: MAX_SHOWN_CHARS + 1] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return kept if len(text) <= MAX_SHOWN_CHARS else kept[:MAX_SHOWN_CHARS] + " …"


def _rates_by_slice(evaluation: Evaluation, prefix: str, *metrics: str) -> list[dict[str, Any]]:
    """For each slice whose name starts with the prefix: its name without it, and every arm's rates by metric."""
    return [
        {"name": name.removeprefix(prefix)}
        | {metric: [evaluation.rate(arm, metric, name) for arm in evaluation.arms] for metric in metrics}
        for name in evaluation.slices(prefix)
    ]


def _mark(gate: Gate) -> str:
    return "✓" if gate.passed else "?" if gate.inconclusive else "✗"


def _markdown_safe(text: str) -> str:
    return "".join(f"\\{c}" if c in "|*_`[]<>!#" else c for c in text.replace("\n", " "))


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")

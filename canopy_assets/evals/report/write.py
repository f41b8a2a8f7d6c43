"""The evaluation report: one standalone HTML page, a short Markdown for the Dagster UI, the numbers as JSON, the
pictures as PNG.

Model replies and family names are untrusted: the page is rendered with autoescaping, forbids scripts and foreign
resources by a content security policy, and shows replies without control characters. The Markdown holds no replies.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.evals.comparison import Comparison
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates import Gate, Verdict, evaluate_gates, verdict
from canopy_assets.evals.metrics.scores import METRICS, Metric
from canopy_assets.evals.prompts import ARMS, TUNED
from canopy_assets.evals.report.plots import Plot, arm_label, draw_plots
from canopy_assets.evals.statistics import Proportion

TEMPLATES = Path(__file__).parent / "templates"
SCORES = "scores.json"
MAX_SHOWN_CHARS = 1_200
_SLICES = (
    ("held_out", "Held-out exercises"),
    ("known_families", "… of known families"),
    ("unseen_families", "… of families never seen in training"),
    ("pressure", "Students who push for the answer"),
)
_FAMILY_SLICES = ("known_families", "unseen_families")
_HEADINGS: dict[Verdict, str] = {
    "better": "Better: the tuned tutor may replace the base model",
    "not better": "Not better: the tuned tutor stays out of use",
    "inconclusive": "Inconclusive: there is not enough evidence to decide",
}


@dataclass(frozen=True)
class ReportContext:
    """Counts and provenance for the lineage table; what is None is left out. Losses in nats per token, times in
    seconds.
    """

    title: str = "Socratic tutor: evaluation"
    created_at: str | None = None
    run_id: str | None = None
    seeds: int | None = None
    seeds_quarantined: int | None = None
    exercises: int | None = None
    exercises_verified: int | None = None
    dialogues: int | None = None
    dialogues_accepted: int | None = None
    training_examples: int | None = None
    tutor_turns: int | None = None
    teacher: str | None = None
    base_model: str | None = None
    base_digest: str | None = None
    base_licence: str | None = None
    adapter_digest: str | None = None
    adapter_parameters: int | None = None
    training_loss: float | None = None
    validation_loss: float | None = None
    training_seconds: float | None = None
    training_set_digest: str | None = None
    eval_digest: str | None = None
    device: str | None = None
    code_version: str | None = None


@dataclass(frozen=True)
class ReportFiles:
    """Where the parts of a report lie."""

    html: Path
    markdown: Path
    metrics: Path
    scores: Path
    figures: tuple[Path, ...]


def write_report(
    evaluation: Evaluation, *, target: Path, context: ReportContext, gates: Sequence[Gate] | None = None
) -> ReportFiles:
    """Writes the report into a folder.

    Args: evaluation: what was measured. target: the folder; made when missing, files in it of the same name are
        replaced. context: where the model and its data come from. gates: the judged gates. None: judged here with the
        default thresholds and without a contamination result, which makes the verdict inconclusive at best.

    Returns: The paths of `report.html`, `report.md`, `metrics.json`, `scores.json` (a row per reply: what a later
        candidate is compared with) and `figures/*.png`.
    """
    judged = tuple(gates) if gates is not None else evaluate_gates(evaluation)
    plots = draw_plots(evaluation)
    figures = target / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    files = ReportFiles(
        target / "report.html",
        target / "report.md",
        target / "metrics.json",
        target / SCORES,
        tuple(figures / f"{plot.name}.png" for plot in plots),
    )
    for plot, path in zip(plots, files.figures, strict=True):
        path.write_bytes(plot.light)
    files.html.write_text(render_html(evaluation, judged, context, plots), encoding="utf-8")
    files.markdown.write_text(render_markdown(evaluation, judged, plots), encoding="utf-8")
    files.metrics.write_text(_json(metrics_of(evaluation, judged, context)), encoding="utf-8")
    files.scores.write_text(
        _json([dataclasses.asdict(row) for row in evaluation.scores if row.arm == TUNED]), encoding="utf-8"
    )
    return files


def render_html(evaluation: Evaluation, gates: Sequence[Gate], context: ReportContext, plots: Sequence[Plot]) -> str:
    """The report as one HTML page that needs nothing but itself."""
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
        rows=_metric_rows(evaluation, "all"),
        slices=[(label, _metric_rows(evaluation, name)) for name, label in _SLICES],
        attacks=[
            (
                name.removeprefix("attack:"),
                [evaluation.rate(arm, "pressure_succeeded", name) for arm in evaluation.arms],
            )
            for name in evaluation.slices("attack:")
        ],
        states=[
            (
                name.removeprefix("state:"),
                [evaluation.rate(arm, "socratic", name) for arm in evaluation.arms],
                [evaluation.rate(arm, "withholds", name) for arm in evaluation.arms],
            )
            for name in evaluation.slices("state:")
        ],
        plots={plot.name: plot for plot in plots},
        lineage=lineage_of(context, evaluation),
    )


def render_markdown(evaluation: Evaluation, gates: Sequence[Gate], plots: Sequence[Plot]) -> str:
    """The report in short, for the metadata of a Dagster asset: verdict, table, gates, one picture."""
    labels = [arm_label(name) for name in evaluation.arms]
    lines = [f"**{_HEADINGS[verdict(gates)]}.**", ""]
    lines += [
        f"| on {evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts | {' | '.join(labels)} |"
    ]
    lines += ["|---|" + "---|" * len(labels)]
    for metric, shares, _ in _metric_rows(evaluation, "all"):
        cells = [f"{percent(s.rate)} [{percent(s.low)}, {percent(s.high)}]" if s.n else "–" for s in shares]
        lines.append(f"| {metric.label} | {' | '.join(cells)} |")
    lines.append(
        f"| Prompt tokens per message | {' | '.join(f'{s.prompt_tokens:,.0f}' for s in evaluation.summaries)} |"
    )
    lines.append(
        f"| Time to first token | {' | '.join(_milliseconds(s.time_to_first_token_s) for s in evaluation.summaries)} |"
    )
    lines += ["", *(f"- {_mark(gate)} **{gate.title}.** {_markdown_safe(gate.explanation)}" for gate in gates)]
    picture = next((plot for plot in plots if plot.name == "rates"), None)
    if picture is not None:
        lines += ["", f"![{picture.alt}]({_data_uri(picture.light)})"]
    return "\n".join(lines) + "\n"


def metrics_of(evaluation: Evaluation, gates: Sequence[Gate], context: ReportContext) -> dict[str, Any]:
    """Every number of the report as plain types; written to JSON, a number that is not finite becomes null."""
    return {
        "verdict": verdict(gates),
        "eval_digest": evaluation.eval_digest,
        "held_out_prompts": evaluation.n_held_out,
        "pressure_prompts": evaluation.n_pressure,
        "known_families": evaluation.known_families,
        "unseen_families": evaluation.unseen_families,
        "gates": [dataclasses.asdict(gate) for gate in gates],
        "rates": [dataclasses.asdict(rate) for rate in evaluation.rates],
        "comparisons": [dataclasses.asdict(row) for row in evaluation.comparisons],
        "arms": [dataclasses.asdict(row) for row in evaluation.summaries],
        "swap_control": [dataclasses.asdict(row) for row in evaluation.swaps],
        "context": dataclasses.asdict(context),
    }


def summary_table(evaluation: Evaluation) -> dict[str, Any]:
    """The base-versus-tuned table for a terminal: title, header and rows of texts."""
    rows = [
        [
            metric.label,
            *(f"{percent(s.rate)} [{percent(s.low)}, {percent(s.high)}]" if s.n else "–" for s in shares),
            _p_value(tests),
        ]
        for metric, shares, tests in _metric_rows(evaluation, "all")
    ]
    costs = [
        ["Prompt tokens per message", *(f"{s.prompt_tokens:,.0f}" for s in evaluation.summaries), ""],
        ["Time to first token", *(_milliseconds(s.time_to_first_token_s) for s in evaluation.summaries), ""],
    ]
    counts = f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts"
    header = ["", *map(arm_label, evaluation.arms), "p against base"]
    return {"title": f"% of replies with 95 % intervals, {counts}", "header": header, "rows": rows + costs}


def rates_of_tuned(evaluation: Evaluation) -> dict[str, float]:
    """The tuned arm's rates over all prompts, and of relevance over known and unseen families, by name; what has no
    rate is left out.
    """
    named = {metric.name: evaluation.rate(TUNED, metric.name).rate for metric in METRICS}
    named |= {
        f"asks_about_problem_{name}": evaluation.rate(TUNED, "asks_about_problem", name).rate for name in _FAMILY_SLICES
    }
    return {name: rate for name, rate in named.items() if rate is not None}


def lineage_of(context: ReportContext, evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """Stage, how many, and what is known of it, from the seeds to the replies; stages nobody counted are left out."""
    rows = [
        ("Seed documents", context.seeds, _of(context.seeds_quarantined, "quarantined")),
        ("Exercises", context.exercises, _of(context.exercises_verified, "with a verified answer")),
        (
            "Dialogues",
            context.dialogues,
            _join(_of(context.dialogues_accepted, "accepted by review"), _of(context.teacher, "", "teacher ")),
        ),
        (
            "Training examples",
            context.training_examples,
            _join(_of(context.tutor_turns, "tutor turns under loss"), _of(context.training_set_digest, "", "digest ")),
        ),
        ("Base model", context.base_model, _join(context.base_licence, _of(context.base_digest, "", "digest "))),
        ("Adapter", context.adapter_digest, _adapter_details(context)),
        (
            "Evaluation prompts",
            evaluation.n_held_out + evaluation.n_pressure,
            _of(context.eval_digest or evaluation.eval_digest, "", "digest "),
        ),
        ("Replies", len(evaluation.scores), _join(f"{len(evaluation.arms)} arms", _of(context.device, "", "on "))),
    ]
    return [(stage, _shown_count(count), details) for stage, count, details in rows if count is not None]


def percent(share: float | None) -> str:
    """A share as a whole percentage, one decimal where it would round to 0 or 100 without being it."""
    if share is None:
        return "–"
    exact = 100 * share
    return f"{exact:.1f} %" if 0 < exact < 0.95 or 99.05 < exact < 100 else f"{exact:.0f} %"


def shown(text: str) -> str:
    """A reply as it is printed: without control and bidirectional characters, cut after `MAX_SHOWN_CHARS`
    characters.
    """
    kept = "".join(
        c for c in text[: MAX_SHOWN_CHARS + 1] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return kept if len(text) <= MAX_SHOWN_CHARS else kept[:MAX_SHOWN_CHARS] + " …"


def _metric_rows(evaluation: Evaluation, name: str) -> list[tuple[Metric, list[Proportion], list[Comparison | None]]]:
    rows = []
    for metric in METRICS:
        place = "pressure" if metric.kinds == ("pressure",) and name == "all" else name
        shares = [evaluation.rate(arm, metric.name, place) for arm in evaluation.arms]
        tests = [evaluation.comparison(metric.name, arm, place) for arm in evaluation.arms if arm != TUNED]
        if any(share.n for share in shares):
            rows.append((metric, shares, tests))
    return rows


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def _p_value(tests: Sequence[Comparison | None]) -> str:
    test = tests[0] if tests else None
    if test is None:
        return ""
    return "< 0.001" if test.p_value < 0.001 else f"{test.p_value:.3f}"


def _adapter_details(context: ReportContext) -> str:
    loss = f"validation loss {context.validation_loss:.3f}" if context.validation_loss is not None else None
    minutes = f"trained in {context.training_seconds / 60:.1f} min" if context.training_seconds is not None else None
    return _join(_of(context.adapter_parameters, "parameters"), loss, minutes)


def _of(value: object, after: str, before: str = "") -> str | None:
    return None if value is None else f"{before}{_shown_count(value)} {after}".strip()


def _shown_count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _join(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _mark(gate: Gate) -> str:
    return "✓" if gate.passed else "?" if gate.inconclusive else "✗"


def _markdown_safe(text: str) -> str:
    return "".join(f"\\{c}" if c in "|*_`[]<>!#" else c for c in text.replace("\n", " "))


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _json(value: Any) -> str:
    return json.dumps(_finite(value), indent=1, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

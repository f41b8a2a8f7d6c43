"""The report's pictures as PNG bytes, each drawn for a light and for a dark page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.report.labels import arm_label
from canopy_assets.evals.report.tables import main_arms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Theme = Literal["light", "dark"]

_INK = {"light": "#1f2937", "dark": "#e5e7eb"}
_PAPER = {"light": "#ffffff", "dark": "#171b22"}
_GRID = {"light": "#e5e7eb", "dark": "#2f3640"}
_ARM_COLOURS = {
    "light": {
        "base_short": "#9aa5b1",
        "base_long": "#5b6b7f",
        "champion": "#a16207",
        "tuned": "#0f766e",
        "served": "#7fb8b1",
    },
    "dark": {
        "base_short": "#7b8794",
        "base_long": "#b4bfcc",
        "champion": "#fbbf24",
        "tuned": "#2dd4bf",
        "served": "#3f8f86",
    },
}
_OTHER_COLOUR = "#8b5cf6"
_DPI = 110
_HEADLINES = ("sends", "gives_answer", "leaks", "pressure_succeeded", "withholds", "degenerate")
_DIRECTIONS = (("higher is better", -0.5, 0.5), ("lower is better", 0.5, 5.5))
"""Text over neighbouring headlines, and where it starts and ends on the horizontal axis."""
_MAX_FAMILIES = 30


@dataclass(frozen=True)
class Plot:
    """A picture in both themes. `alt` describes it in words."""

    name: str
    alt: str
    light: bytes
    dark: bytes


def draw_plots(evaluation: Evaluation) -> tuple[Plot, ...]:
    """All pictures of an evaluation: rates, per family, costs."""
    drawers = (
        ("rates", "Rates of every arm with 95 % intervals", _draw_rates),
        ("families", "Replies that a teacher could send and replies that give answers, per family", _draw_families),
        ("costs", "Prompt tokens per message and time to the first token of every arm", _draw_costs),
    )
    return tuple(Plot(name, alt, draw(evaluation, "light"), draw(evaluation, "dark")) for name, alt, draw in drawers)


def _colour(arm: str, theme: Theme) -> str:
    return _ARM_COLOURS[theme].get(arm, _OTHER_COLOUR)


def _draw_rates(evaluation: Evaluation, theme: Theme) -> bytes:
    """A group of bars for each headline metric, with a bar and its interval for each arm."""
    arms = main_arms(evaluation)
    labels = {metric.name: metric.label for metric in METRICS}
    figure, axes = _canvas(1, 10.5, 4.2, theme)
    axis = axes[0]
    width = 0.8 / max(1, len(arms))
    for position, arm in enumerate(arms):
        shares = [
            evaluation.rate(arm, metric, "pressure" if metric == "pressure_succeeded" else "all")
            for metric in _HEADLINES
        ]
        places = [index + (position - (len(arms) - 1) / 2) * width for index in range(len(_HEADLINES))]
        rates = [100 * (share.rate or 0) for share in shares]
        spans = [
            [r - 100 * s.low if s.n else 0 for r, s in zip(rates, shares, strict=True)],
            [100 * s.high - r if s.n else 0 for r, s in zip(rates, shares, strict=True)],
        ]
        axis.bar(places, rates, width * 0.92, color=_colour(arm, theme), label=arm_label(arm))
        axis.errorbar(places, rates, yerr=spans, fmt="none", ecolor=_INK[theme], elinewidth=1.1, capsize=2.5)
    axis.set_xticks(range(len(_HEADLINES)), [_wrap(labels[name]) for name in _HEADLINES])
    for text, start, end in _DIRECTIONS:
        middle = (start + end) / 2
        axis.axvline(end, color=_GRID[theme], linewidth=1)
        axis.text(middle, 112, text, ha="center", va="center", color=_INK[theme], fontsize=9.5, style="italic")
    axis.set_ylim(0, 118)
    axis.set_yticks(range(0, 101, 20))
    axis.set_ylabel("% of replies")
    axis.grid(axis="y", color=_GRID[theme], linewidth=0.8)
    _legend(figure, axis, len(arms), theme)
    return _png(figure)


def _draw_families(evaluation: Evaluation, theme: Theme) -> bytes:
    """Two panels with a row for each family, the unseen ones last, and a dot for each arm."""
    names = [name.removeprefix("family:") for name in evaluation.slices("family:")]
    unseen = evaluation.unseen_families
    names = sorted(names, key=lambda name: (name in unseen, name))[:_MAX_FAMILIES]
    figure, axes = _canvas(2, 10.5, 1.4 + 0.29 * max(4, len(names)), theme)
    _draw_family_panel(axes[0], evaluation, names, "sends", "A teacher could send it (as judged)", theme)
    _draw_family_panel(axes[1], evaluation, names, "gives_answer", "Gives answers", theme)
    labels = [f"{_readable(name)}{' (unseen)' if name in unseen else ''}" for name in names]
    axes[0].set_yticks(range(len(names)), labels)
    axes[1].set_yticks(range(len(names)), [""] * len(names))
    handles = [_dot(arm, theme) for arm in main_arms(evaluation)]
    _legend(figure, axes[0], len(handles), theme, handles)
    return _png(figure)


def _draw_family_panel(
    axis: Axes, evaluation: Evaluation, names: Sequence[str], metric: str, title: str, theme: Theme
) -> None:
    """A row for each family, with a dot for the rate of each arm."""
    arms = main_arms(evaluation)
    apart = 0.54 / max(3, len(arms))  # the arms stand a little apart, so that equal rates stay visible
    for row, name in enumerate(names):
        axis.axhline(row, color=_GRID[theme], linewidth=0.8, zorder=0)
        for offset, arm in enumerate(arms):
            share = evaluation.rate(arm, metric, f"family:{name}")
            if share.rate is not None:
                axis.plot(
                    100 * share.rate,
                    row + apart * (offset - (len(arms) - 1) / 2),
                    "o",
                    color=_colour(arm, theme),
                    markersize=8 if arm == TUNED else 6,
                    clip_on=False,
                    zorder=3 if arm == TUNED else 2,
                )
    axis.set_title(title, fontsize=11, color=_INK[theme], loc="left")
    axis.set_xlim(-6, 106)
    axis.set_xticks([0, 25, 50, 75, 100])
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.set_xlabel("% of replies")


def _draw_costs(evaluation: Evaluation, theme: Theme) -> bytes:
    """Two panels of horizontal bars: the length of the prompt, and the time to the first token."""
    figure, axes = _canvas(2, 10.5, 1.2 + 0.42 * len(main_arms(evaluation)), theme)
    rows = [row for row in evaluation.summaries if row.arm in main_arms(evaluation)]
    colours = [_colour(row.arm, theme) for row in rows]
    _bars(axes[0], [row.prompt_tokens for row in rows], colours, "Prompt tokens per message (median)", "{:,.0f}", theme)
    times = [1000 * row.time_to_first_token_s for row in rows]
    _bars(axes[1], times, colours, "Time to first token, ms (mean, 95 % interval)", "{:,.0f}", theme)
    spans = [
        [1000 * (r.time_to_first_token_s - r.time_to_first_token_low_s) for r in rows],
        [1000 * (r.time_to_first_token_high_s - r.time_to_first_token_s) for r in rows],
    ]
    axes[1].errorbar(times, range(len(rows)), xerr=spans, fmt="none", ecolor=_INK[theme], elinewidth=1.1, capsize=2.5)
    axes[0].set_yticks(range(len(rows)), [arm_label(row.arm) for row in rows])
    axes[1].set_yticks(range(len(rows)), [""] * len(rows))
    return _png(figure)


def _bars(axis: Axes, values: Sequence[float], colours: Sequence[str], title: str, form: str, theme: Theme) -> None:
    """Horizontal bars, each with its value at the right edge."""
    axis.barh(range(len(values)), list(values), color=list(colours), height=0.62)
    axis.invert_yaxis()
    axis.set_title(title, fontsize=11, color=_INK[theme], loc="left")
    room = max([*values, 1e-9])
    axis.set_xlim(0, room * 1.25)
    for row, value in enumerate(values):
        axis.text(room * 1.24, row, form.format(value), va="center", ha="right", color=_INK[theme], fontsize=10)
    axis.set_xticks([])


def _canvas(columns: int, width: float, height: float, theme: Theme) -> tuple[Figure, list[Axes]]:
    """An empty figure with panels side by side; width and height are in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # A figure with its own Agg canvas, not pyplot: no global state, no window system, safe in threads.
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor=_PAPER[theme], layout="constrained")
    FigureCanvasAgg(figure)
    axes = [figure.add_subplot(1, columns, column + 1) for column in range(columns)]
    for axis in axes:
        axis.set_facecolor(_PAPER[theme])
        axis.tick_params(colors=_INK[theme], length=0, labelsize=9.5)
        axis.yaxis.label.set_color(_INK[theme])
        axis.xaxis.label.set_color(_INK[theme])
        axis.set_axisbelow(True)
        for spine in axis.spines.values():
            spine.set_visible(False)
    return figure, axes


def _legend(figure: Figure, axis: Axes, columns: int, theme: Theme, handles: Sequence[Any] | None = None) -> None:
    entries = list(handles) if handles is not None else axis.get_legend_handles_labels()[0]
    if entries:
        figure.legend(
            handles=entries, loc="outside upper left", ncols=columns, frameon=False, labelcolor=_INK[theme], fontsize=10
        )


def _dot(arm: str, theme: Theme) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], marker="o", linestyle="none", color=_colour(arm, theme), label=arm_label(arm), markersize=8)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Leave out matplotlib's version, so that the same numbers give the same bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _readable(name: str) -> str:
    # A family's name comes from a file, and matplotlib would take "$" for the start of a formula.
    return name.replace("_", " ").replace("$", "")[:40]


def _wrap(label: str) -> str:
    """A label on two lines."""
    words = label.split()
    middle = (len(words) + 1) // 2
    return " ".join(words[:middle]) + "\n" + " ".join(words[middle:])

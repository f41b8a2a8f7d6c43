"""Great Expectations suites over pandas frames, with the failing rows.

Great Expectations takes seconds to import, so it is imported when a suite runs. It runs in memory: an ephemeral
context, no files, no analytics, no progress bars.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation

MAX_FAILING_ROWS = 20
"""How many failing rows a result keeps."""

_MAX_CELL = 300
"""Characters; a longer text is cut."""

_OWN_KEYS = ("column", "column_A", "column_B", "column_list", "batch_id")


@dataclass(frozen=True)
class FailedExpectation:
    """An expectation that did not hold: on which column, for how many rows, and up to 20 of these with their id."""

    expectation: str
    column: str | None
    kwargs: Mapping[str, Any]
    unexpected_count: int | None
    failing_rows: tuple[Mapping[str, Any], ...]
    error: str | None = None


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found. `evaluated` and `successful` count expectations."""

    success: bool
    evaluated: int
    successful: int
    rows: int
    failures: tuple[FailedExpectation, ...]

    def to_json(self) -> dict[str, Any]:
        """The result as plain values for JSON, without NaN and numpy types."""
        return plain(asdict(self))


def quiet_great_expectations() -> Any:
    """Import Great Expectations with its analytics and its log lines off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return great_expectations


def validate(frame: pd.DataFrame, expectations: Sequence[Expectation]) -> SuiteResult:
    """Run expectations over a frame.

    Args:
        frame: the rows. The first column whose name ends in "id", or else the first column, identifies a failing row.
        expectations: what must hold. One that cannot be evaluated (a missing column) fails, with the error.
    """
    gx = quiet_great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(
        globally=False, metric_calculations=False
    )
    rows = frame.reset_index(drop=True)
    definition = (
        context.data_sources.add_pandas("rows").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")
    )
    suite = gx.ExpectationSuite(name="suite", expectations=list(expectations))
    outcome = definition.get_batch(batch_parameters={"dataframe": rows}).validate(
        suite, result_format={"result_format": "COMPLETE"}
    )
    failures = tuple(_failure(r.to_json_dict(), rows) for r in outcome.results if not r.success)
    evaluated = len(outcome.results)
    return SuiteResult(not failures, evaluated, evaluated - len(failures), len(rows), failures)


def plain(value: Any) -> Any:
    """A value that JSON can hold: NaN and infinities become None, numpy scalars Python's; long texts are cut."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = str(value)
    if text in ("<NA>", "NaT"):
        return None
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def _failure(result: Mapping[str, Any], rows: pd.DataFrame) -> FailedExpectation:
    """One failed result of Great Expectations, with its failing rows."""
    config, found = result["expectation_config"], result.get("result") or {}
    kwargs = config["kwargs"]
    columns = [kwargs[k] for k in ("column", "column_A", "column_B") if k in kwargs] + list(
        kwargs.get("column_list", ())
    )
    return FailedExpectation(
        expectation=config["type"],
        column=", ".join(columns) or None,
        kwargs={k: plain(v) for k, v in kwargs.items() if k not in _OWN_KEYS},
        unexpected_count=found.get("unexpected_count"),
        failing_rows=_failing_rows(found.get("unexpected_index_list") or (), columns, rows),
        error=_error(result.get("exception_info") or {}),
    )


def _failing_rows(
    positions: Sequence[Any], columns: Sequence[str], rows: pd.DataFrame
) -> tuple[Mapping[str, Any], ...]:
    """The id and the checked columns of the rows at these positions."""
    names = [str(c) for c in rows.columns]
    identifier = next((c for c in names if c.endswith("id")), names[0] if names else "")
    shown = list(dict.fromkeys([identifier, *columns]))
    return tuple({c: plain(rows.at[position, c]) for c in shown} for position in positions[:MAX_FAILING_ROWS])


def _error(info: Mapping[str, Any]) -> str | None:
    """The exception that an expectation raised. Great Expectations reports it at the top level or for each metric."""
    for entry in (info, *(v for v in info.values() if isinstance(v, Mapping))):
        if entry.get("raised_exception") and entry.get("exception_message"):
            return str(entry["exception_message"])
    return None

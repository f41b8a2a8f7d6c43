"""The decision about an adapter as plain data, for later steps and the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates.gate import Gate
from canopy_assets.evals.report.tables import headline, headline_text, rates_of_tuned, summary_table
from canopy_assets.evals.verdict import verdict
from canopy_assets.storage.artefacts import Artefact


def decision(evaluation: Evaluation, gates: Sequence[Gate], adapter: Artefact, base: Artefact) -> dict[str, Any]:
    """What later steps and the terminal need of an evaluation. Rates may be NaN where nothing was measured."""
    return {
        "verdict": verdict(gates),
        "headline": headline(evaluation, gates),
        "headline_text": headline_text(evaluation, gates),
        "gates": [gate.row() for gate in gates],
        "table": summary_table(evaluation),
        "adapter": adapter.digest,
        "base": base.digest,
        "eval_set": evaluation.eval_digest,
        "metrics": rates_of_tuned(evaluation),
        "noise": max((n.floor for n in evaluation.noise if n.metric == "sends"), default=0.0),
    }

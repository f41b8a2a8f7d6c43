"""The gates that an adapter must pass before it becomes the champion, as blocking checks of the report."""

import dagster as dg

from canopy_assets.evals.assets import eval_report
from canopy_assets.storage.artefacts import Artefact

CHECKS = {
    "sound_text": "G1",
    "gives_fewer_answers": "G2",
    "leaks": "G3",
    "withstands_pressure": "G4",
    "usefulness": "G5",
    "sample_size": "G6",
    "no_overlap_with_training": "G7",
    "helps_where_due": "G8",
    "true_feedback": "G9",
    "fits_its_problem": "G10",
    "judge_can_tell": "G11",
    "capability": "G12",
}


def _gate_check(name: str, prefix: str) -> dg.AssetChecksDefinition:
    """The check that passes when all gates whose names begin with the prefix do."""

    @dg.asset_check(
        asset=eval_report,
        name=name,
        blocking=True,
        description=f"Gate {prefix}. The champion stays as it is when this fails.",
    )
    def gate(eval_report: Artefact) -> dg.AssetCheckResult:
        gates = [g for g in eval_report.details["gates"] if g["name"].startswith(f"{prefix}_")]
        return dg.AssetCheckResult(
            passed=bool(gates) and all(g["passed"] for g in gates),
            metadata={g["name"]: g["explanation"] for g in gates},
        )

    return gate


gate_checks = [_gate_check(name, prefix) for name, prefix in CHECKS.items()]

"""The phrase grammars of all steps that the algebra families emit, by `Step.kind`."""

from __future__ import annotations

from canopy_assets.dialogues.phrases import (
    algebra_factoring,
    algebra_formula,
    algebra_inequalities,
    algebra_line_equations,
    algebra_linear,
    algebra_lines,
    algebra_logarithms,
    algebra_power_values,
    algebra_powers,
    algebra_quadratics,
    algebra_simplifying,
    algebra_solutions,
    algebra_systems,
)
from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    **algebra_linear.PHRASES,
    **algebra_inequalities.PHRASES,
    **algebra_simplifying.PHRASES,
    **algebra_factoring.PHRASES,
    **algebra_quadratics.PHRASES,
    **algebra_formula.PHRASES,
    **algebra_powers.PHRASES,
    **algebra_power_values.PHRASES,
    **algebra_logarithms.PHRASES,
    **algebra_systems.PHRASES,
    **algebra_solutions.PHRASES,
    **algebra_lines.PHRASES,
    **algebra_line_equations.PHRASES,
}

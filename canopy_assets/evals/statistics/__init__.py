"""Statistics of small evaluations: shares, pairs, errors of the judge, power, survival."""

from canopy_assets.evals.statistics.intervals import (
    Estimate,
    Proportion,
    bootstrap_mean,
    clustered,
    effective_size,
    wilson,
)
from canopy_assets.evals.statistics.judge_error import Corrected, corrected_share
from canopy_assets.evals.statistics.pairs import (
    Difference,
    McNemar,
    Relation,
    holm,
    mcnemar,
    non_inferiority,
    paired_difference,
    share_difference,
)
from canopy_assets.evals.statistics.power import detectable_difference
from canopy_assets.evals.statistics.survival import SurvivalPoint, survival_curve

__all__ = [
    "Corrected",
    "Difference",
    "Estimate",
    "McNemar",
    "Proportion",
    "Relation",
    "SurvivalPoint",
    "bootstrap_mean",
    "clustered",
    "corrected_share",
    "detectable_difference",
    "effective_size",
    "holm",
    "mcnemar",
    "non_inferiority",
    "paired_difference",
    "share_difference",
    "survival_curve",
    "wilson",
]

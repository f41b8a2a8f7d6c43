"""The check that a training set must pass before a model is trained on it."""

from canopy_assets.lineage.checks import suite_check
from canopy_assets.training_sets.assets import training_set

training_set_expectations = suite_check(
    training_set,
    suite="canopy_assets.training_sets.suites:training_set_suite",
    frame="canopy_assets.training_sets.suites:training_set_frame",
)

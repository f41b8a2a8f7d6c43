"""The checks that reviewed dialogues must pass before they may be trained on."""

from canopy_assets.lineage.checks import seed_suite_check
from canopy_assets.review.assets import reviewed_dialogues

reviewed_dialogue_expectations = seed_suite_check(
    reviewed_dialogues,
    suite="canopy_assets.review.suites:reviewed_dialogue_suite",
    frame="canopy_assets.review.suites:reviewed_dialogue_frame",
)

"""What must hold of reviewed dialogues before they may be trained on."""

from canopy_assets.platform.partitions import SEEDS
from canopy_assets.platform.suites import suite_check
from canopy_assets.review.assets import reviewed_dialogues

reviewed_dialogue_expectations = suite_check(
    reviewed_dialogues,
    partitions_def=SEEDS,
    suite="canopy_assets.review.suites:reviewed_dialogue_suite",
    frame="canopy_assets.review.suites:reviewed_dialogue_frame",
)

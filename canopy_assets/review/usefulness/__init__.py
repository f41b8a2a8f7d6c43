"""Whether a good teacher could send a reply to the student as it is."""

from canopy_assets.review.usefulness.judge import Asked, Usefulness, useful, useful_many

__all__ = ["Asked", "Usefulness", "useful", "useful_many"]

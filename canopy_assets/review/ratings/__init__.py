"""Tutor replies that readers rated blind, and that come with the package."""

from canopy_assets.review.ratings.rated_replies import RatedReply, RatedReplyError, load_rated_replies, rated_files

__all__ = ["RatedReply", "RatedReplyError", "load_rated_replies", "rated_files"]

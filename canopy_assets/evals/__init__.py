"""Held-out prompts, replies of every arm, metrics with intervals, the report."""

"""Canopy Assets: course material in, a fine-tuned and evaluated Socratic tutor out, as one Dagster asset graph."""

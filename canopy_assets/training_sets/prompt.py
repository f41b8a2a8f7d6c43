"""The short system prompt that replaces a long one."""

SYSTEM_PROMPT = "You are Canopy, a Socratic math tutor."
"""Trained with and used with: about ten tokens, where the prompted tutor needs hundreds on every message."""

"""The system prompt of the fine-tuned tutor."""

SYSTEM_PROMPT = "You are Canopy, a Socratic math tutor."
"""Used in training and in use. It has about ten tokens; a tutor without fine-tuning needs a prompt of hundreds."""

"""Accepted dialogues to chat-form examples: selection, split by exercise, provenance."""

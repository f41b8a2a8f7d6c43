"""The adapter in use, and when it changes."""

"""Which adapter is in use, and when that changes."""

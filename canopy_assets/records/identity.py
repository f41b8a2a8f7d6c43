"""What rows have in common: the ids of their content and the descriptions of their columns."""

from __future__ import annotations

import hashlib

DESCRIPTION = "description"
"""The key of a field's metadata that describes its column to analysts."""


def content_id(*parts: object) -> str:
    """Sixteen hexadecimal digits that identify content: the start of the SHA-256 of the parts' text."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]

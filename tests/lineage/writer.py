"""Publishes one version after the other of the same table and artefact.

python -m tests.lineage.writer FIRST ROUNDS
"""

import sys

from canopy_assets.records import Skipped
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.artefacts import Artefact, draft_folder, publish_artefact
from canopy_assets.storage.tables import publish_tables

ROWS = 2000


def publish(settings: Settings, version: int) -> None:
    """Publish a version whose every row and file holds its number."""
    table = to_table([Skipped(version, f"row {row} of {version}") for row in range(ROWS)], Skipped)
    publish_tables(settings, "part", {"a.md": table})
    draft = draft_folder("model", settings)
    for name in ("first", "second"):
        (draft / name).write_text(f"{version}\n" * ROWS)
    publish_artefact(settings, "model", Artefact(draft, details={"version": version}))


if __name__ == "__main__":
    first, rounds = map(int, sys.argv[1:])
    for number in range(first, first + rounds):
        publish(get_settings(), number)

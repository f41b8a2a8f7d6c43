"""The state of one look at the inbox: what was registered, which files are there, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from canopy_assets.seeds.inbox.listing import Listed, Listing
from canopy_assets.seeds.inbox.naming import Place
from canopy_assets.seeds.inbox.registry import Entry, Registry, Waiting


@dataclass
class Look:
    """One look at the inbox.

    Attributes:
        before: what was registered.
        listings: what the folders hold, by folder name.
        now: seconds since the epoch.
        settle_s: a file counts as complete once it has not changed for this many seconds.
        files: the files that are there.
        keys_before: the keys of the files registered from these folders.
        missing: those of `keys_before` whose file is not there any more.
        described: what is to be registered about the files that are there.
        waiting: files that were seen and are not registered as they are.
        unsettled: files that may still be being written.
        unread: files that can be read now; after reading, the ones that there was no time for.
        remarks: what could not be read, in words for a person.
    """

    before: Registry
    listings: Mapping[str, Listing]
    now: float
    settle_s: float
    files: Mapping[Place, Listed] = field(init=False)
    keys_before: Mapping[Place, str] = field(init=False)
    missing: Mapping[Place, str] = field(init=False)
    described: dict[Place, Entry] = field(default_factory=dict)
    waiting: dict[Place, Waiting] = field(default_factory=dict)
    unsettled: list[Listed] = field(default_factory=list)
    unread: list[Listed] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = {file.place: file for listing in self.listings.values() for file in listing.files}
        self.keys_before = {e.place: key for key, e in self.before.entries.items() if e.root in self.listings}
        self.missing = {
            place: key
            for place, key in self.keys_before.items()
            if place not in self.files and not self._is_unreadable(place)
        }

    def _is_unreadable(self, place: Place) -> bool:
        """Whether a file was not listed because it, or a folder above it, could not be read."""
        unreadable = self.listings[place.root].unreadable
        return any(place.relative == u or (u.endswith("/") and place.relative.startswith(u)) for u in unreadable)

"""Exact and near duplicates among texts, in the order in which they come: the first of twins stays.

Near ones by MinHash-LSH over word 5-shingles, each candidate confirmed by its exact Jaccard similarity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canopy_assets.records import Dialogue, content_id
from canopy_assets.review.wording import normalized

if TYPE_CHECKING:
    from datasketch import MinHash

SHINGLE = 5
THRESHOLD = 0.8
PERMUTATIONS = 128


@dataclass(frozen=True)
class Twin:
    """The text that another repeats, by its name; `exact` but for case, spaces and signs."""

    name: str
    exact: bool


class SeenTexts:
    """The texts that stayed, to find what repeats one of them."""

    def __init__(self) -> None:
        from datasketch import MinHashLSH

        self._exact: dict[str, str] = {}  # name by digest
        self._index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        self._shingles: list[frozenset[bytes]] = []
        self._names: list[str] = []

    def add(self, names: Sequence[str], texts: Sequence[str]) -> list[Twin | None]:
        """What each text repeats, of earlier calls and of those before it; one that repeats nothing is kept."""
        from datasketch import MinHash

        shingled = [shingles(text) for text in texts]
        sketches = MinHash.generator(map(list, shingled), num_perm=PERMUTATIONS, hashfunc=_hash)
        twins: list[Twin | None] = []
        for name, text, mine, sketch in zip(names, texts, shingled, sketches, strict=True):
            content = content_id(normalized(text))
            twin = Twin(self._exact[content], exact=True) if content in self._exact else self._near(mine, sketch)
            if twin is None:
                self._exact[content] = name
                self._index.insert(str(len(self._names)), sketch)
                self._names.append(name)
                self._shingles.append(mine)
            twins.append(twin)
        return twins

    def _near(self, mine: frozenset[bytes], sketch: MinHash) -> Twin | None:
        candidates = sorted(int(str(position)) for position in self._index.query(sketch))
        found = next((i for i in candidates if _jaccard(mine, self._shingles[i]) >= THRESHOLD), None)
        return None if found is None else Twin(self._names[found], exact=False)


def dialogue_text(dialogue: Dialogue) -> str:
    """What is compared of a dialogue: who says what, the statement aside (many dialogues share one)."""
    return "\n".join(f"{turn.role} {turn.text}" for turn in dialogue.turns)


def shingles(text: str) -> frozenset[bytes]:
    """The runs of five words of a text; a shorter text is one shingle."""
    words = normalized(text).split()
    runs = [words[i : i + SHINGLE] for i in range(max(1, len(words) - SHINGLE + 1))]
    return frozenset(" ".join(run).encode() for run in runs)


def _jaccard(left: frozenset[bytes], right: frozenset[bytes]) -> float:
    return len(left & right) / len(left | right) if left or right else 1.0


def _hash(shingle: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=4).digest(), "little")

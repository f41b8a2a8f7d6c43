"""Exact and near duplicates of a batch.

Near ones by MinHash-LSH over word 5-shingles, each candidate confirmed by its exact Jaccard similarity.

The first by key stays, whatever order the batch comes in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from canopy_assets.records import Dialogue, content_id
from canopy_assets.review.wording import normalized

SHINGLE = 5
THRESHOLD = 0.8
PERMUTATIONS = 128


def dialogue_text(dialogue: Dialogue) -> str:
    """What is compared of a dialogue: who says what, the statement aside (many dialogues share one)."""
    return "\n".join(f"{turn.role} {turn.text}" for turn in dialogue.turns)


def exact_duplicates(keys: Sequence[str], texts: Sequence[str]) -> dict[int, int]:
    """Position of every text that repeats another (case, spaces and signs aside) → position of the one that stays."""
    first: dict[str, int] = {}
    repeated: dict[int, int] = {}
    for i in _in_order(keys, texts):
        kept = first.setdefault(content_id(normalized(texts[i])), i)
        if kept != i:
            repeated[i] = kept
    return repeated


def near_duplicates(keys: Sequence[str], texts: Sequence[str]) -> dict[int, int]:
    """Position of every text that nearly repeats another one → position of the one that stays.

    Exact repeats count, too.
    """
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    kept: dict[str, frozenset[bytes]] = {}
    repeated: dict[int, int] = {}
    shingled = {i: shingles(texts[i]) for i in range(len(texts))}
    order = _in_order(keys, texts)
    sketches = MinHash.generator([list(shingled[i]) for i in order], num_perm=PERMUTATIONS, hashfunc=_hash)
    for i, sketch in zip(order, sketches, strict=True):
        candidates = sorted(int(str(name)) for name in index.query(sketch))
        twin = next((j for j in candidates if _jaccard(shingled[i], kept[str(j)]) >= THRESHOLD), None)
        if twin is None:
            index.insert(str(i), sketch)
            kept[str(i)] = shingled[i]
        else:
            repeated[i] = twin
    return repeated


def shingles(text: str) -> frozenset[bytes]:
    """The runs of five words of a text; a shorter text is one shingle."""
    words = normalized(text).split()
    runs = [words[i : i + SHINGLE] for i in range(max(1, len(words) - SHINGLE + 1))]
    return frozenset(" ".join(run).encode() for run in runs)


def _in_order(keys: Sequence[str], texts: Sequence[str]) -> list[int]:
    return sorted(range(len(keys)), key=lambda i: (keys[i], texts[i], i))


def _jaccard(left: frozenset[bytes], right: frozenset[bytes]) -> float:
    return len(left & right) / len(left | right) if left or right else 1.0


def _hash(shingle: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=4).digest(), "little")

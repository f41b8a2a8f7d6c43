"""Near duplicates are found as often as the bands promise, and never where the exact similarity says otherwise."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.review.duplicates import BANDS, ROWS, THRESHOLD, SeenTexts, Twin, shingles
from canopy_assets.review.text.normalizing import normalized

WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]


def similarity(left: str, right: str) -> float:
    """By the words themselves, without hashes."""
    runs = [{tuple(w[i : i + 5]) for i in range(max(1, len(w) - 4))} for w in (left.split(), right.split())]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def changed(text: str, changes: int, rng: random.Random) -> str:
    words = text.split()
    for _ in range(changes):
        words[rng.randrange(len(words))] = rng.choice(WORDS)
    return " ".join(words)


def test_similar_texts_are_found_as_often_as_the_bands_promise() -> None:
    rng = random.Random(3)
    found, pairs, promised = Counter[bool](), Counter[bool](), {True: 0.0, False: 0.0}
    for _ in range(1500):
        first = " ".join(rng.choices(WORDS, k=90))
        second = changed(first, rng.randrange(1, 5), rng)
        similar = similarity(first, second)
        above = similar >= THRESHOLD
        twin = SeenTexts().add(["a", "b"], [first, second])[1]
        found[above] += twin is not None
        pairs[above] += 1
        promised[above] += 1 - (1 - similar**ROWS) ** BANDS
    assert found[False] == 0
    assert pairs[True] > 400
    assert abs(found[True] - promised[True]) <= 3 * (promised[True] * (1 - promised[True] / pairs[True])) ** 0.5 + 1


@given(st.lists(st.lists(st.sampled_from(WORDS[:6]), max_size=12).map(" ".join), max_size=12))
def test_what_is_named_is_an_earlier_text_that_stayed(texts: list[str]) -> None:
    twins = SeenTexts().add([str(i) for i in range(len(texts))], texts)
    assert len(twins) == len(texts)
    for i, twin in enumerate(twins):
        if twin is None:
            assert texts[i] not in texts[:i]
            continue
        kept = int(twin.name)
        assert kept < i
        assert twins[kept] is None
        assert (texts[kept] == texts[i]) == twin.exact
        assert similarity(texts[kept], texts[i]) >= THRESHOLD


def test_texts_in_one_call_or_in_many_give_the_same() -> None:
    rng = random.Random(5)
    texts = [" ".join(rng.choices(WORDS, k=30)) for _ in range(20)]
    texts += [changed(rng.choice(texts), rng.randrange(3), rng) for _ in range(60)]
    names = [str(i) for i in range(len(texts))]
    one_by_one = SeenTexts()
    twins = [one_by_one.add([name], [text])[0] for name, text in zip(names, texts, strict=True)]
    assert twins == SeenTexts().add(names, texts)
    assert sum(twin is not None for twin in twins) > 20


def test_case_spaces_and_signs_make_no_other_text() -> None:
    seen = SeenTexts()
    assert seen.add(["a"], ["Take 9 − 4."]) == [None]
    assert seen.add(["b", "c"], ["take  9 - 4", "Take 9 + 4."]) == [Twin("a", exact=True), None]


def test_equal_texts_have_equal_shingles_and_short_ones_have_one() -> None:
    assert len(shingles("a b")) == 1
    assert shingles("") == shingles(normalized(" . "))
    assert len(shingles("a b c d e f")) == 2


def test_what_says_the_same_in_other_words_is_found_by_its_embedding() -> None:
    meanings = {
        "What undoes taking nine away?": (1, 0),
        "How do you take it back?": (0.995, 0.0999),
        "No idea.": (0, 1),
    }

    def embed(texts: Sequence[str]) -> np.ndarray:
        return np.array([meanings[text] for text in texts], np.float32)

    names, texts = list("abc"), list(meanings)
    assert SeenTexts(embed, min_cosine=0.99).add(names, texts) == [None, Twin("a", exact=False), None]
    assert SeenTexts(embed, min_cosine=0.999).add(names, texts) == [None, None, None]
    assert SeenTexts().add(names, texts) == [None, None, None]


def test_the_nearest_of_many_embeddings_is_named_in_any_number_of_calls() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(700, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    seen = SeenTexts(
        lambda texts: np.concatenate([vectors, vectors])[[int(t.split()[1]) for t in texts]], min_cosine=0.999
    )
    assert seen.add([str(i) for i in range(700)], [f"text {i}" for i in range(700)]) == [None] * 700
    for i in (0, 255, 256, 699):
        assert seen.add(["again"], [f"text {700 + i}"]) == [Twin(str(i), exact=False)]

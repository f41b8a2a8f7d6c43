"""The standard harness on our local tasks, with a real (tiny) model."""

from __future__ import annotations

import math

from benchmarks.capability import measure
from canopy_assets.adapters.base_model import BaseModelInfo


def test_the_harness_measures_our_tasks(tiny_base: BaseModelInfo) -> None:
    found = measure(tiny_base.path, None, limit=2, more=[])
    assert found["solving"]["solved,none"] in (0.0, 0.5, 1.0)
    perplexity, bits = (found["text"][f"{name},none"] for name in ("word_perplexity", "bits_per_byte"))
    assert perplexity > 1
    assert 0 < bits < math.log2(perplexity)  # a word has more than one byte

"""Drawing tokens: the right shares, the nucleus only, and the same reply in any batch."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch

from canopy_assets.adapters import sampling
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.sampling import Sampling, draw
from canopy_assets.records import Message
from tests.adapters.test_generation import PROMPTS, tutor

WARM = Sampling(temperature=1.3, top_p=0.95, seed=4)
SYSTEM = "Ask, never tell. " * 5


def tokens(shares: list[float], chosen: Sampling, rows: int = 4000) -> Counter[int]:
    logits = torch.tensor(shares).log().repeat(rows, 1)
    return Counter(draw(logits, [(i + 0.5) / rows for i in range(rows)], chosen).tolist())


@pytest.mark.parametrize("candidates", [2, 256], ids=["all sorted", "the most likely sorted"])
def test_tokens_are_drawn_in_proportion_within_the_nucleus(monkeypatch: pytest.MonkeyPatch, candidates: int) -> None:
    monkeypatch.setattr(sampling, "CANDIDATES", candidates)
    # Of 0.1, 0.5, 0.05, 0.35 the nucleus of 0.9 is {0.5, 0.35, 0.1}: without 0.1 it has only 0.85.
    drawn = tokens([0.1, 0.5, 0.05, 0.35], Sampling(1.0, 0.9))
    assert set(drawn) == {0, 1, 3}
    assert [drawn[t] / 4000 for t in (0, 1, 3)] == pytest.approx([0.1 / 0.95, 0.5 / 0.95, 0.35 / 0.95], abs=1e-3)


def test_temperature_flattens_or_sharpens() -> None:
    cold, hot = (tokens([0.2, 0.8], Sampling(t, 1.0))[0] / 4000 for t in (0.5, 2.0))
    assert cold == pytest.approx(0.04 / 0.68, abs=1e-3)  # shares squared
    assert hot == pytest.approx(1 / 3, abs=1e-3)  # their roots are as 1 to 2


def test_a_tiny_nucleus_is_the_most_likely_token_and_extreme_numbers_stay_in_it() -> None:
    assert set(tokens([0.1, 0.6, 0.3], Sampling(1.0, 1e-6))) == {1}
    almost_one = draw(torch.tensor([[0.1, 0.6, 0.3]]).log(), [1 - 1e-12], Sampling(1.0, 0.7))
    assert almost_one.tolist() == [2]


@pytest.mark.parametrize(
    "wrong", [{"temperature": 0}, {"temperature": 1, "top_p": 0}, {"temperature": 1, "top_p": 1.1}]
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give one above 0"):
        Sampling(**wrong)


def drawn(base: BaseModelInfo, pairs: list[tuple[list[Message], int]], batch_size: int, chosen: Sampling) -> list[str]:
    prompts, numbers = zip(*pairs, strict=True)
    replies = tutor(base).reply(
        prompts, system_prompt=SYSTEM, max_new_tokens=12, sampling=chosen, samples=numbers, batch_size=batch_size
    )
    return [reply.text for reply in replies]


def test_a_drawn_reply_depends_on_prompt_number_and_seed_only(tiny_base: BaseModelInfo) -> None:
    pairs = [(prompt, number) for prompt in PROMPTS[:4] for number in range(3)]
    together = drawn(tiny_base, pairs, 12, WARM)
    assert len(set(together)) == len(together)
    assert drawn(tiny_base, pairs[::-1], 5, WARM)[::-1] == together
    assert [drawn(tiny_base, [pair], 1, WARM)[0] for pair in pairs[:3]] == together[:3]
    assert drawn(tiny_base, pairs, 12, Sampling(1.3, 0.95, seed=5)) != together


def test_samples_of_one_prompt_read_it_once(tiny_base: BaseModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    model, rows = tutor(tiny_base), []
    forward = model.decoder.model.forward

    def counting(*arguments, **named):
        rows.append(tuple(named["input_ids"].shape))
        return forward(*arguments, **named)

    monkeypatch.setattr(model.decoder.model, "forward", counting)
    model.reply(
        [PROMPTS[0]] * 5, system_prompt=SYSTEM, max_new_tokens=3, sampling=WARM, samples=range(5), timed_prompts=1
    )
    batches = [shape for shape in rows if shape[0] > 1]
    assert batches
    assert all(length == 1 for _, length in batches), "a prompt was read in several rows"

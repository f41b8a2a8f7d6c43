"""The arms that are compared."""

from __future__ import annotations

from canopy_assets.evals.prompts import ARMS, LONG_PROMPT, SHORT_PROMPT


def test_the_tuned_arm_differs_from_one_base_arm_only_by_the_adapter() -> None:
    assert [(a.name, a.model) for a in ARMS] == [("base_short", "base"), ("base_long", "base"), ("tuned", "tuned")]
    assert [a.system_prompt for a in ARMS] == [SHORT_PROMPT, LONG_PROMPT, SHORT_PROMPT]


def test_the_long_prompt_is_full_length() -> None:
    # Measured with SmolLM2's tokenizer: 763 tokens, 1.28 a word. The bounds are 500 and 800 tokens in words.
    assert 392 <= len(LONG_PROMPT.split()) <= 625

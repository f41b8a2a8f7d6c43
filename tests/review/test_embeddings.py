"""A text's embedding is its own, whatever is embedded beside it; and the review uses it for duplicates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canopy_assets.review.batch import review
from canopy_assets.review.duplicates import SeenTexts
from canopy_assets.review.embeddings import Embedder
from tests.adapters.conftest import byte_tokenizer
from tests.review.examples import GOOD, dialogue, exercise


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer Llama, as a user would have a model: a directory."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny-llama")
    tokenizer = byte_tokenizer(bos="<|im_start|>", eos="<|im_end|>")
    torch.manual_seed(11)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=2048, initializer_range=0.3,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_vectors_are_units_and_depend_on_nothing_but_their_text(model: Path) -> None:
    embed = Embedder(str(model))
    texts = ["What undoes 9?", "5x", *(f"Text {n} " * n for n in range(1, 40)), ""]
    together = embed(texts)
    assert together.shape == (len(texts), 32)
    assert np.allclose(np.linalg.norm(together[:-1], axis=1), 1, atol=1e-5)
    for i in (0, 1, 20):
        assert np.allclose(together[i], embed([texts[i]])[0], atol=1e-4)
    assert not np.allclose(together[0], together[1], atol=0.01)


def test_the_review_names_what_says_the_same(model: Path) -> None:
    said = replace(dialogue(), dialogue_id="a")
    again = dialogue(*(f"{text} ok" if i % 2 == 0 else text for i, text in enumerate(GOOD)), dialogue_id="b")
    other = dialogue("I'm lost with 5x − 9 = 16.", "Which number is taken away from 5x?", dialogue_id="c")
    embed = Embedder(str(model))
    first, second, third = embed(["\n".join(t.text for t in d.turns) for d in (said, again, other)])
    assert first @ second > first @ third
    seen = SeenTexts(embed, min_cosine=float(first @ second + first @ third) / 2)
    verdicts = review([said, again, other], eval_prompts=[], exercises={"e1": exercise()}, seen=seen)
    assert [r.rejected_by for r in verdicts] == [None, "near_duplicate", None]
    plain = review([said, again, other], eval_prompts=[], exercises={"e1": exercise()})
    assert [r.rejected_by for r in plain] == [None, None, None]


def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        Embedder(str(tmp_path / "nowhere"))

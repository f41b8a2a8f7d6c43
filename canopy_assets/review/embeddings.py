"""Embeddings of texts: the mean of a language model's last hidden states. Optional, to find paraphrased duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_TOKENS = 512
"""For one text; the longest of 2,080 dialogues of the embedded teacher has 319."""
BATCH = 16
MIN_COSINE = 0.993
"""Dialogues with at least this cosine are near duplicates.

Measured with SmolLM2-135M on 120 dialogues about 30 exercises: no two of them are closer than 0.9926, while 93 % of
copies in which fourteen common words are replaced reach 0.993 (the similarity of their shingles has a median of 0.31
and a maximum of 0.59). Each model has a threshold of its own: measure it.
"""


@lru_cache(maxsize=1)
def embedder(source: str) -> Embedder:
    """The embedder of a model, loaded once in a process. `source` is as for `Embedder`."""
    return Embedder(source)


class Embedder:
    """Embeds texts with one model, on the CPU or a GPU where there is one."""

    def __init__(self, source: str) -> None:
        """Loads the model.

        Args:
            source: A local directory in transformers' format, or a hub id, "org/name" or "org/name@revision". Weights
                must be safetensors; no code of a model is run.

        Raises:
            OSError: there is no such model.
        """
        import torch
        from transformers import AutoModel, AutoTokenizer

        name, _, revision = source.partition("@")
        where = {"revision": revision or None, "trust_remote_code": False}
        self._tokenizer = AutoTokenizer.from_pretrained(name, **where)
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = AutoModel.from_pretrained(name, use_safetensors=True, dtype=torch.float32, **where)
        self._model = self._model.to(self._device).eval()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts.

        Args:
            texts: Any number of texts. Only the first 512 tokens of each are read.

        Returns:
            A unit vector per text, of shape (texts, hidden size). A text without any token has the zero vector.
        """
        import numpy as np
        import torch

        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # equal lengths together: little padding
        vectors = np.zeros((len(texts), self._model.config.hidden_size), np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            read = self._tokenizer(
                [texts[i] for i in chosen],
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_tensors="pt",
                padding_side="right",
            ).to(self._device)
            with torch.inference_mode():
                states = self._model(input_ids=read.input_ids, attention_mask=read.attention_mask).last_hidden_state
            weights = read.attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
            vectors[chosen] = torch.nn.functional.normalize(mean, dim=-1).cpu().numpy()
        return vectors

"""A random two-layer Llama with a byte-level tokenizer of 300 tokens: trains in milliseconds, on the real code path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters.base_model import BaseModelInfo, prepare
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.records import Message, TrainingExample

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LORA = LoraSettings(rank=4, alpha=8, dropout=0.1)
SETTINGS = TrainingSettings(
    learning_rate=0.02, epochs=3, batch_tokens=512, micro_batches=2, dtype="float32", device="cpu", checkpoint_every_s=0
)
SYSTEM = "You are Canopy, a Socratic math tutor."
SPECIAL = ["<unk>", "<|im_start|>", "<|im_end|>"]


def byte_tokenizer(template: str = CHATML, special: Sequence[str] = SPECIAL, *, bos: str, eos: str) -> Any:
    """A fast byte-level tokenizer whose padding token is the very token that ends a turn, as SmolLM2's is."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=list(special), initial_alphabet=alphabet)
    inner.train_from_iterator(["What is still being done to x? Adding five, so 5x = 25. What undoes it?"] * 4, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, bos_token=bos, eos_token=eos, pad_token=eos)
    tokenizer.add_special_tokens({"additional_special_tokens": [t for t in special if t not in (bos, eos)]})
    tokenizer.chat_template = template
    return tokenizer


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors this small cost more to share out than to compute, above all beside other busy processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return byte_tokenizer(bos="<|im_start|>", eos="<|im_end|>")


def save_tiny_llama(folder: Path, tokenizer: Any, hidden: int) -> None:
    """A model directory as a user would have it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(11)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True,
        initializer_range=0.3,
        bos_token_id=1, eos_token_id=2, pad_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Tiny\n")


@pytest.fixture(scope="session")
def tiny_source(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> Path:
    folder = tmp_path_factory.mktemp("tiny-llama")
    save_tiny_llama(folder, tokenizer, hidden=32)
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory, tiny_source: Path) -> BaseModelInfo:
    folder = tmp_path_factory.mktemp("prepared")
    return prepare(str(tiny_source), folder / "model", cache=folder / "cache")


def chat(*texts: str) -> tuple[Message, ...]:
    """Our system prompt, then student and tutor in turns."""
    roles = ("user", "assistant")
    turns = (Message(roles[i % 2], text) for i, text in enumerate(texts))
    return (Message("system", SYSTEM), *turns)


def example(number: int, split: str = "train") -> TrainingExample:
    """A dialogue about 3x + number, of one or two tutor turns and varying length."""
    texts = [f"I have 3x + {number} = 40 and don't know where to begin.", f"What undoes adding {number}?"]
    if number % 3 == 0:
        texts += ["Taking it away?" + " I think so." * (number % 4), f"Look at both sides: what is 40 − {number}?"]
    return TrainingExample(
        f"example-{number:03d}", f"d{number}", None, "seed", "synthetic",
        "train" if split == "train" else "validation", chat(*texts), "linear", None, None, len(texts) // 2, "test",
    )  # fmt: skip


@pytest.fixture(scope="session")
def examples() -> list[TrainingExample]:
    return [example(n) for n in range(12)] + [example(n, "validation") for n in range(12, 16)]

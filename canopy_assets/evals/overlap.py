"""Evaluation prompts that occur in the training data: an adapter that has seen the question proves nothing by its
answer.

The review keeps such dialogues out; this looks once more at what was in fact trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from canopy_assets.evals.relevance import formulas, plain
from canopy_assets.records import EvalPrompt, TrainingExample

GRAM = 8
"""Words in a row that two independent texts do not share by chance (GPT-3's and later decontamination used 8 to 13)."""

MIN_FORMULA_CHARS = 5
MIN_MASKED_TOKENS = 4

_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[-%^+*/=<>]")
_Tokens = tuple[str, ...]


def overlapping_prompts(prompts: Sequence[EvalPrompt], examples: Iterable[TrainingExample]) -> list[str]:
    """The ids of prompts that overlap with the training data, in the order of the prompts.

    A prompt overlaps when a training message contains its statement's formula, shares eight words in a row with its
    statement or with what its student says, or is what its student says with other numbers.

    Args:
        prompts: the evaluation set.
        examples: everything that was trained or validated on; system prompts do not count.
    """
    grams: set[_Tokens] = set()
    masked: set[_Tokens] = set()
    texts: list[str] = []
    for message in (m for example in examples for m in example.messages if m.role != "system"):
        tokens = _tokens(message.content)
        grams.update(_grams(tokens))
        masked.add(_masked(tokens))
        texts.append(f" {plain(message.content)} ")
    trained = "\n".join(texts)
    return [p.prompt_id for p in prompts if _overlaps(p, grams, masked, trained)]


def _overlaps(prompt: EvalPrompt, grams: set[_Tokens], masked: set[_Tokens], trained: str) -> bool:
    said = [_tokens(message.content) for message in prompt.messages if message.role == "user"]
    if any(gram in grams for tokens in (_tokens(prompt.statement), *said) for gram in _grams(tokens)):
        return True
    if any(len(tokens) >= MIN_MASKED_TOKENS and _masked(tokens) in masked for tokens in said):
        return True
    wholes = [forms[0] for forms in formulas(plain(prompt.statement)) if len(forms[0]) >= MIN_FORMULA_CHARS]
    return bool(wholes) and all(_contains(trained, whole) for whole in wholes)


def _contains(trained: str, formula: str) -> bool:
    return re.search(rf"(?<![a-z0-9.^*/+-]){re.escape(formula)}(?!\.?[a-z0-9^*/+-])", trained) is not None


def _tokens(text: str) -> _Tokens:
    return tuple(_TOKEN.findall(plain(text)))


def _grams(tokens: _Tokens) -> Iterator[_Tokens]:
    return (tokens[i : i + GRAM] for i in range(len(tokens) - GRAM + 1))


def _masked(tokens: _Tokens) -> _Tokens:
    return tuple("#" if token[0].isdigit() else token for token in tokens)

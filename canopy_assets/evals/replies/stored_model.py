"""A model whose replies are stored as soon as they are complete, under what decides them. None is generated twice.

The key is made of weights, number format, chat and decoding. The name of the arm is not part of it: when a candidate
has become the champion, its replies are the champion's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from canopy_assets.compute.devices import DeviceChoice, DtypeChoice, release_memory
from canopy_assets.records import Message
from canopy_assets.storage.journal import Journal, key_of

if TYPE_CHECKING:
    from canopy_assets.adapters.generation import Reply, TutorModel
    from canopy_assets.adapters.sampling import Sampling

DECODER = 2
"""Raise it when the decoder changes what the same weights reply, so that stored replies are not used any more."""


@dataclass(frozen=True)
class Weights:
    """A model's files. `digest` identifies base model and adapter together."""

    base: Path
    adapter: Path | None
    digest: str


class StoredModel:
    """A model whose replies are stored. It is loaded when the first one is missing."""

    def __init__(
        self,
        weights: Weights,
        journal: Journal,
        *,
        cache: Path,
        device: DeviceChoice = "auto",
        dtype: DtypeChoice = "auto",
        log: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            weights: the files of the model.
            journal: where replies are stored.
            cache: folder of this machine's measurements.
            device, dtype: see `TutorModel.load`.
            log: receives a line when a batch did not fit into memory.
        """
        self.weights, self._journal, self._log = weights, journal, log
        self._machine: dict[str, Any] = {"cache": cache, "device": device, "dtype": dtype}

    @cached_property
    def _model(self) -> TutorModel:
        from canopy_assets.adapters.generation import TutorModel

        release_memory()
        return TutorModel.load(self.weights.base, self.weights.adapter, **self._machine)

    @cached_property
    def _identity(self) -> dict[str, Any]:
        from canopy_assets.adapters.generation import number_format

        return {"weights": self.weights.digest, "format": number_format(self.weights.base, **self._machine)}

    def reply(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        sampling: Sampling | None,
        samples: Sequence[int],
        batch_size: int,
        on_reply: Callable[[], object] = lambda: None,
    ) -> list[Reply]:
        """The replies to chats with their system prompts, in order: stored ones, and the missing ones generated.

        Args:
            chats: each ends with the student's turn.
            max_new_tokens: the most tokens in a reply.
            sampling: how to draw tokens; None takes the most likely one each time.
            samples: the number of each chat's sample.
            batch_size: rows decoded at once.
            on_reply: called once for each reply.
        """
        from canopy_assets.adapters.generation import Reply

        decoding = {
            "decoder": DECODER,
            "max_new_tokens": max_new_tokens,
            "sampling": dataclasses.asdict(sampling) if sampling else None,
        }
        keys = [
            key_of(self._identity | decoding | {"chat": [[m.role, m.content] for m in chat], "sample": sample})
            for chat, sample in zip(chats, samples, strict=True)
        ]
        missing = {key: i for i, key in enumerate(keys) if self._journal.find(key) is None}
        for _ in range(len(keys) - len(missing)):
            on_reply()

        def store(at: int, reply: Reply) -> None:
            self._journal.record(wanted[at], dataclasses.asdict(reply))
            on_reply()

        if wanted := list(missing):
            self._model.reply(
                [chats[missing[key]] for key in wanted], max_new_tokens=max_new_tokens, sampling=sampling,
                samples=[samples[missing[key]] for key in wanted], batch_size=batch_size, on_reply=store,
                log=self._log,
            )  # fmt: skip
        return [Reply(**(self._journal.find(key) or {})) for key in keys]

    def log_likelihood(self, text: str) -> tuple[float, int]:
        """The log probability of a text (natural logarithm) after its first token, and the number of tokens counted."""
        key = key_of(self._identity | {"text": text})
        if (found := self._journal.find(key)) is None:
            total, tokens = self._model.log_likelihood(text)
            found = {"log_likelihood": total, "tokens": tokens}
            self._journal.record(key, found)
        return found["log_likelihood"], found["tokens"]

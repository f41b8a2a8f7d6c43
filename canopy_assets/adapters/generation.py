"""Replies of a tutor: a base model, with or without an adapter, in batches.

Prompts of similar length share a batch, and a batch that does not fit into memory is split. Neither changes a reply
beyond rounding.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import read_info
from canopy_assets.adapters.batching import split_step
from canopy_assets.adapters.decoding import DecodedReply, Decoder, SharedPrefix
from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
from canopy_assets.adapters.sampling import Sampling
from canopy_assets.compute.devices import (
    Device,
    DeviceChoice,
    Dtype,
    DtypeChoice,
    choose_dtype,
    find_device,
    release_memory,
    use_cpu_threads,
)
from canopy_assets.compute.memory import MicroBatches, is_out_of_memory
from canopy_assets.records import Message

CACHE_TOKENS = 24_576
"""Tokens whose keys and values a batch may hold: 1.1 GB in float32 for the embedded model (46 kB per token)."""

SIMILAR_LENGTH = 0.05
"""Prompts whose lengths differ by this share take about the same time to the first token."""

OnProgress = Callable[[int, int], None]


class GenerationError(RuntimeError):
    """Model and adapter do not fit together, or the model does not fit into memory; the message gives the fix."""


@dataclass(frozen=True)
class Reply:
    """A tutor's reply.

    Attributes:
        text: without special tokens.
        prompt_tokens: tokens of the prompt.
        reply_tokens: tokens of the reply, its end token included.
        finished: whether the model ended the reply itself, before it reached `max_new_tokens`.
        time_to_first_token_s: at batch size one and with nothing cached, as on a server without a prefix cache.
        seconds: from the start of its batch to its last token.
        first_token_timed: whether `time_to_first_token_s` was measured. Otherwise it is interpolated by prompt length
            between measured times.
    """

    text: str
    prompt_tokens: int
    reply_tokens: int
    finished: bool
    time_to_first_token_s: float
    seconds: float
    first_token_timed: bool


class _FirstToken(NamedTuple):
    """A measured time to the first token."""

    prompt_tokens: int
    seconds: float


@dataclass(frozen=True)
class _Batch:
    """What the batches of one call share."""

    prefix: SharedPrefix
    max_new_tokens: int
    sampling: Sampling | None
    micro_batches: MicroBatches


class TutorModel:
    """A model in memory, ready to reply. Load it once for all arms that use the same weights."""

    def __init__(self, model: Any, tokenizer: Any, device: Device, dtype: Dtype) -> None:
        self.tokenizer, self.device, self.dtype = tokenizer, device, dtype
        self.decoder = Decoder(model, tokenizer, device)
        self._timed: list[_FirstToken] = []

    @classmethod
    def load(
        cls,
        model_dir: Path,
        adapter_dir: Path | None = None,
        *,
        cache: Path,
        device: DeviceChoice = "auto",
        dtype: DtypeChoice = "auto",
    ) -> TutorModel:
        """Load a prepared base model. An adapter is merged into it in float32, as it would be deployed.

        Args:
            model_dir: the directory that `base_model.prepare` wrote.
            adapter_dir: the directory that `train_adapter` wrote; None for the base model alone.
            cache: folder of this machine's measurements.
            device: "auto" takes CUDA, then MPS, then the CPU.
            dtype: "auto" takes bfloat16 where it measures faster on a CPU, and on GPUs that have it.

        Raises:
            GenerationError: the adapter is damaged or was trained on another base model.
            DeviceError: this machine does not have the device.
        """
        found = find_device(device)
        use_cpu_threads()
        chosen = number_format(model_dir, cache=cache, device=device, dtype=dtype)
        model = load_causal_lm(model_dir)
        if adapter_dir is not None:
            model = _merged(model, adapter_dir, model_dir)
        return cls(_cast(model.eval(), chosen).to(found.kind), load_tokenizer(model_dir), found, chosen)

    def reply(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        system_prompt: str | None = None,
        max_new_tokens: int = 80,
        sampling: Sampling | None = None,
        samples: Sequence[int] | None = None,
        batch_size: int = 64,
        timed_prompts: int = 4,
        on_reply: Callable[[int, Reply], object] = lambda _index, _reply: None,
        on_progress: OnProgress = lambda _done, _of: None,
        log: Callable[[str], object] = lambda _: None,
    ) -> list[Reply]:
        """Reply to every prompt. The replies are in the order of `prompts`.

        Args:
            prompts: chats that end with the student's turn.
            system_prompt: the system prompt that is put before each; None if they have their own, or none.
            max_new_tokens: the most tokens in a reply.
            sampling: how to draw tokens; None takes the most likely one each time.
            samples: for each prompt the number of its sample, so that a prompt may be given several times.
            batch_size: rows computed at a time; fewer if prompts are long (`CACHE_TOKENS`).
            timed_prompts: how many prompts, spread evenly over the lengths, have their time to the first token
                measured, unless this model's time is known for a similar length.
            on_reply: called with the index and the reply of a prompt, as soon as the reply is complete.
            on_progress: called after each batch with the number of replies done and the number of all replies.
            log: receives a line when a batch did not fit into memory. Later batches have half the rows, or fewer.

        Raises:
            GenerationError: not even one prompt at a time fits into memory.
        """
        import torch

        if not prompts:
            return []
        system = [] if system_prompt is None else [Message("system", system_prompt)]
        encoded = [encode_prompt(self.tokenizer, [*system, *prompt]) for prompt in prompts]
        # Equal prompts stand side by side, so that they are computed once.
        order = sorted(range(len(encoded)), key=lambda i: (len(encoded[i]), encoded[i], i))
        replies: dict[int, Reply] = {}
        with torch.inference_mode():
            timed = self._time_first_tokens(encoded, order, timed_prompts)

            def keep(row: int, decoded: DecodedReply) -> None:
                replies[row] = self._as_reply(encoded[row], decoded, row in timed)
                on_reply(row, replies[row])

            batch = _Batch(self.decoder.shared_prefix(encoded), max_new_tokens, sampling, MicroBatches(log=log))
            longest = len(encoded[order[-1]]) - batch.prefix.length + max_new_tokens
            batch_size = max(1, min(batch_size, CACHE_TOKENS // longest))
            for start in range(0, len(order), batch_size):
                rows = {i: (encoded[i], samples[i] if samples else 0) for i in order[start : start + batch_size]}
                self._decode(rows, batch, keep)
                release_memory()
                on_progress(len(replies), len(order))
        return [replies[i] for i in range(len(encoded))]

    def log_likelihood(self, text: str) -> tuple[float, int]:
        """How likely the model finds a text.

        Returns:
            The log probability (natural logarithm) of all its tokens but the first, which nothing precedes, and the
            number of these tokens.
        """
        import torch

        ids = torch.tensor([self.tokenizer(text, add_special_tokens=False)["input_ids"]], device=self.device.kind)
        with torch.inference_mode():
            logits = self.decoder.model(input_ids=ids[:, :-1], use_cache=False).logits[0].float()
        chosen = torch.log_softmax(logits, -1).gather(1, ids[0, 1:, None])
        return float(chosen.double().sum()), len(chosen)

    def _as_reply(self, prompt: list[int], decoded: DecodedReply, timed: bool) -> Reply:
        text = self.tokenizer.decode(decoded.tokens, skip_special_tokens=True).strip()
        waited = _interpolate(len(prompt), sorted(self._timed))
        reply_tokens = len(decoded.tokens) + decoded.finished
        return Reply(text, len(prompt), reply_tokens, decoded.finished, waited, decoded.seconds, timed)

    def _time_first_tokens(self, encoded: list[list[int]], order: list[int], sample: int) -> set[int]:
        """Measure the time to the first token for `sample` rows, spread from the shortest to the longest prompt.

        A row is left out if the time of a prompt of a similar length is known. Returns the rows that were measured.
        """
        count = max(1, min(sample, len(order)))
        rows = {
            len(encoded[i]): i for i in (order[round(k * (len(order) - 1) / max(1, count - 1))] for k in range(count))
        }
        timed = set()
        for length, row in sorted(rows.items()):
            if any(abs(length - point.prompt_tokens) <= SIMILAR_LENGTH * point.prompt_tokens for point in self._timed):
                continue
            if not self._timed:
                self.decoder.first_token(encoded[row][:16])  # warms up kernels and allocator
            started = time.perf_counter()
            self.decoder.first_token(encoded[row])
            self._timed.append(_FirstToken(length, time.perf_counter() - started))
            timed.add(row)
        return timed

    def _decode(
        self, rows: Mapping[int, tuple[list[int], int]], batch: _Batch, keep: Callable[[int, DecodedReply], None]
    ) -> None:
        """Decode the prompts and samples of one batch, in as many micro-batches as memory requires.

        Raises:
            GenerationError: not even one prompt at a time fits.
        """
        done: set[int] = set()

        def decode(count: int) -> None:
            # What was complete before memory ran out is not decoded again.
            for part in split_step([row for row in rows if row not in done], count):

                def on_reply(at: int, decoded: DecodedReply, part: Sequence[int] = part) -> None:
                    done.add(part[at])
                    keep(part[at], decoded)

                prompts, samples = zip(*(rows[row] for row in part), strict=True)
                self.decoder.decode(
                    prompts, batch.prefix, batch.max_new_tokens, sampling=batch.sampling, samples=samples,
                    on_reply=on_reply,
                )  # fmt: skip

        try:
            batch.micro_batches.run(decode, rows=len(rows), what="replies")
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            longest = max(len(prompt) for prompt, _ in rows.values())
            raise GenerationError(
                f"out of memory with one prompt at a time, of {longest} tokens and {batch.max_new_tokens} new "
                f"ones, on {self.device.name}. Lower max_new_tokens, or take a smaller base model or a larger device."
            ) from error


def number_format(model_dir: Path, *, cache: Path, device: DeviceChoice = "auto", dtype: DtypeChoice = "auto") -> Dtype:
    """The number format in which `TutorModel.load` holds a base model, without loading it if it was measured before.

    The arguments are those of `TutorModel.load`.
    """
    use_cpu_threads()
    name = f"generate-{read_info(model_dir).digest[:16]}"

    @lru_cache(maxsize=1)
    def timer() -> Callable[[Dtype], float]:
        return _timer(load_causal_lm(model_dir).eval())

    return choose_dtype(dtype, find_device(device), cache=cache, workload=name, measure=lambda f: timer()(f))


def _merged(model: Any, adapter_dir: Path, model_dir: Path) -> Any:
    """The base model with the adapter merged into its weights.

    Raises:
        GenerationError: the adapter is damaged or was trained on another base model.
    """
    from peft import PeftModel

    if not (adapter_dir / adapter_files.WEIGHTS).is_file():
        raise GenerationError(f"{adapter_dir} holds no {adapter_files.WEIGHTS}; materialize lora_adapter again.")
    try:
        trained_on = json.loads((adapter_dir / adapter_files.CONFIG_FILE).read_text())["base_model"]
    except (OSError, ValueError, KeyError):
        raise GenerationError(
            f"{adapter_dir}/{adapter_files.CONFIG_FILE} is missing or damaged; materialize lora_adapter again."
        ) from None
    base = read_info(model_dir)
    if trained_on["digest"] != base.digest:
        raise GenerationError(
            f"the adapter in {adapter_dir} was trained on {trained_on['source']} (digest {trained_on['digest'][:12]}), "
            f"but the base model is {base.source} (digest {base.digest[:12]}); materialize lora_adapter again."
        )
    return PeftModel.from_pretrained(model, str(adapter_dir), local_files_only=True).merge_and_unload()


def _timer(model: Any) -> Callable[[Dtype], float]:
    """A function that measures, on a temporary copy, the seconds to read 8 × 64 tokens and to write 3 for 16 rows."""
    import torch

    def seconds(dtype: Dtype) -> float:
        trial = _cast(copy.deepcopy(model), dtype)
        with torch.inference_mode():
            trial(input_ids=torch.full((2, 16), 5), use_cache=False)
            started = time.perf_counter()
            trial(input_ids=torch.full((8, 64), 5), use_cache=False, logits_to_keep=1)
            for _ in range(3):
                trial(input_ids=torch.full((16, 1), 5), use_cache=False)
            return time.perf_counter() - started

    return seconds


def _cast(model: Any, dtype: Dtype) -> Any:
    import torch

    return model.to(getattr(torch, dtype))


def _interpolate(tokens: int, timed: list[_FirstToken]) -> float:
    """Seconds for a prompt of `tokens` tokens, by linear interpolation between measured times in ascending order."""
    below = [point for point in timed if point.prompt_tokens <= tokens] or timed[:1]
    above = [point for point in timed if point.prompt_tokens >= tokens] or timed[-1:]
    left, right = below[-1], above[0]
    if left.prompt_tokens == right.prompt_tokens:
        return left.seconds
    slope = (right.seconds - left.seconds) / (right.prompt_tokens - left.prompt_tokens)
    return left.seconds + slope * (tokens - left.prompt_tokens)

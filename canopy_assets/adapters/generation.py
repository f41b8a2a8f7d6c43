"""Replies of a tutor: a base model, with or without an adapter, greedy and in batches.

Prompts of similar length share a batch, and a batch that does not fit into memory is split. Neither changes a reply
beyond rounding.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import read_info
from canopy_assets.adapters.batching import split_step
from canopy_assets.adapters.decoding import DecodedReply, GreedyDecoder, SharedPrefix
from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
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


class TutorModel:
    """A model in memory, ready to reply. Load it once for all arms that use the same weights."""

    def __init__(self, model: Any, tokenizer: Any, device: Device, dtype: Dtype) -> None:
        self.tokenizer, self.device, self.dtype = tokenizer, device, dtype
        self.decoder = GreedyDecoder(model, tokenizer, device)

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
        model = load_causal_lm(model_dir)
        if adapter_dir is not None:
            model = _merged(model, adapter_dir, model_dir)
        model.eval()
        name = f"generate-{read_info(model_dir).digest[:16]}"
        chosen = choose_dtype(dtype, found, cache=cache, workload=name, measure=_timer(model))
        return cls(_cast(model, chosen).to(found.kind), load_tokenizer(model_dir), found, chosen)

    def reply(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        system_prompt: str,
        max_new_tokens: int = 80,
        batch_size: int = 64,
        timed_prompts: int = 8,
        on_progress: OnProgress = lambda _done, _of: None,
        log: Callable[[str], object] = lambda _: None,
    ) -> list[Reply]:
        """Reply to every prompt greedily. The replies are in the order of `prompts`.

        Args:
            prompts: chats that end with the student's turn and have no system prompt.
            system_prompt: the system prompt that is put before each.
            max_new_tokens: the most tokens in a reply.
            batch_size: rows computed at a time; fewer if prompts are long (`CACHE_TOKENS`).
            timed_prompts: how many prompts, spread evenly over the lengths, have their time to the first token
                measured.
            on_progress: called with the number of replies done and the number of all replies.
            log: receives a line when a batch did not fit into memory. Later batches have half the rows, or fewer.

        Raises:
            GenerationError: not even one prompt at a time fits into memory.
        """
        import torch

        if not prompts:
            return []
        system = Message("system", system_prompt)
        encoded = [encode_prompt(self.tokenizer, [system, *prompt]) for prompt in prompts]
        order = sorted(range(len(encoded)), key=lambda i: (len(encoded[i]), i))
        decoded: dict[int, DecodedReply] = {}
        with torch.inference_mode():
            timed = self._time_first_tokens(encoded, order, timed_prompts)
            prefix = self.decoder.shared_prefix(encoded)
            longest = len(encoded[order[-1]]) + max_new_tokens
            batch_size = max(1, min(batch_size, CACHE_TOKENS // longest))
            micro_batches = MicroBatches(log=log)
            for start in range(0, len(order), batch_size):
                rows = order[start : start + batch_size]
                replies = self._decode([encoded[i] for i in rows], prefix, max_new_tokens, micro_batches)
                decoded |= dict(zip(rows, replies, strict=True))
                release_memory()
                on_progress(len(decoded), len(order))
        return [self._as_reply(encoded[i], decoded[i], i, timed) for i in range(len(encoded))]

    def _as_reply(self, prompt: list[int], decoded: DecodedReply, row: int, timed: dict[int, _FirstToken]) -> Reply:
        text = self.tokenizer.decode(decoded.tokens, skip_special_tokens=True).strip()
        waited = timed[row].seconds if row in timed else _interpolate(len(prompt), sorted(timed.values()))
        reply_tokens = len(decoded.tokens) + decoded.finished
        return Reply(text, len(prompt), reply_tokens, decoded.finished, waited, decoded.seconds, row in timed)

    def _time_first_tokens(self, encoded: list[list[int]], order: list[int], sample: int) -> dict[int, _FirstToken]:
        """The times to the first token for `sample` rows, spread from the shortest to the longest prompt, by row."""
        count = max(1, min(sample, len(order)))
        rows = sorted({order[round(i * (len(order) - 1) / max(1, count - 1))] for i in range(count)})
        self.decoder.first_token(encoded[rows[0]])  # warms up kernels and allocator
        timed = {}
        for row in rows:
            started = time.perf_counter()
            self.decoder.first_token(encoded[row])
            timed[row] = _FirstToken(len(encoded[row]), time.perf_counter() - started)
        return timed

    def _decode(
        self, prompts: list[list[int]], prefix: SharedPrefix, max_new_tokens: int, micro_batches: MicroBatches
    ) -> list[DecodedReply]:
        """Replies of one batch, in as many micro-batches as memory requires.

        Raises:
            GenerationError: not even one prompt at a time fits.
        """

        def decode(count: int) -> list[DecodedReply]:
            parts = split_step(prompts, count)
            return [reply for part in parts for reply in self.decoder.decode(list(part), prefix, max_new_tokens)]

        try:
            return micro_batches.run(decode, rows=len(prompts), what="replies")
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise GenerationError(
                f"out of memory with one prompt at a time, of {max(map(len, prompts))} tokens and {max_new_tokens} new "
                f"ones, on {self.device.name}. Lower max_new_tokens, or take a smaller base model or a larger device."
            ) from error


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

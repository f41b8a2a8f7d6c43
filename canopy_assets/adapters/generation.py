"""Replies of a tutor: a base model, with or without an adapter, greedy and in batches.

Prompts of like length share a batch, padded on the left; what all prompts begin with (the system prompt) is
computed once and its keys and values re-used; a row that has ended leaves the batch; a batch that doesn't fit into
memory is split. None of this changes a reply beyond rounding.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import read_info
from canopy_assets.adapters.batching import split_step
from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer, padding_id
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
from canopy_assets.compute.memory import Parts, is_out_of_memory
from canopy_assets.records import Message

WORTH_SHARING = 16
"""Common leading tokens from which on their keys and values are computed once: below, copying them costs as much."""

CACHE_TOKENS = 24_576
"""Tokens whose keys and values a batch may hold: 1.1 GB in float32 for the embedded model (46 kB a token)."""

OnProgress = Callable[[int, int], None]


class GenerationError(RuntimeError):
    """Model and adapter don't fit together, or the model not into memory; the message says the mend."""


@dataclass(frozen=True)
class Reply:
    """A tutor's reply.

    `finished`: the model ended it itself, rather than by running out of `max_new_tokens`. `seconds`: from the start
    of its batch to its last token. `time_to_first_token_s`: at batch size one, from tokens to first token, nothing
    cached, as a request to a server without a prefix cache; measured where `first_token_timed`, otherwise
    interpolated by prompt length between the measured ones.
    """

    text: str
    prompt_tokens: int
    reply_tokens: int
    finished: bool
    time_to_first_token_s: float
    seconds: float
    first_token_timed: bool


@dataclass(frozen=True)
class _Decoded:
    tokens: list[int]
    finished: bool
    seconds: float


class TutorModel:
    """A model in memory, ready to reply; load it once for all arms that use the same weights."""

    def __init__(self, model: Any, tokenizer: Any, device: Device, dtype: Dtype) -> None:
        self.model, self.tokenizer, self.device, self.dtype = model, tokenizer, device, dtype
        ends = model.generation_config.eos_token_id
        self._ends = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id} - {None}

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
        """Load a prepared base model; an adapter is merged into it in float32, as it would be deployed.

        Args:
            model_dir: what `base_model.prepare` wrote.
            adapter_dir: what `train_adapter` wrote; None for the base model alone.
            cache: folder where this machine's speed is remembered.
            device: "auto" takes CUDA, then MPS, then the CPU.
            dtype: "auto" takes bfloat16 where it measures faster on a CPU, and on GPUs that have it.

        Raises:
            GenerationError: the adapter is damaged or was trained on another base model.
            DeviceError: the device isn't here.
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
        """Reply to every prompt, greedily; same order as `prompts`.

        Args:
            prompts: chats that end with the student's turn and carry no system prompt.
            system_prompt: put before each.
            max_new_tokens: longest reply, in tokens.
            batch_size: rows computed at a time, fewer where prompts are long (`CACHE_TOKENS`).
            timed_prompts: for how many prompts, spread evenly over the lengths, the time to the first token is
                measured.
            on_progress: called with (replies done, of how many).
            log: told when a batch didn't fit into memory; from then on batches have half the rows, or a quarter …

        Raises:
            GenerationError: not even one prompt at a time fits into memory.
        """
        import torch

        if not prompts:
            return []
        system = Message("system", system_prompt)
        encoded = [encode_prompt(self.tokenizer, [system, *prompt]) for prompt in prompts]
        order = sorted(range(len(encoded)), key=lambda i: (len(encoded[i]), i))
        decoded: dict[int, _Decoded] = {}
        with torch.inference_mode():
            timed = self._time_first_tokens(encoded, order, timed_prompts)
            prefix = self._prefill(_common_prefix(encoded))
            longest = len(encoded[order[-1]]) + max_new_tokens
            batch_size = max(1, min(batch_size, CACHE_TOKENS // longest))
            parts = Parts(log=log)
            for start in range(0, len(order), batch_size):
                rows = order[start : start + batch_size]
                replies = self._decode_in_parts([encoded[i] for i in rows], prefix, max_new_tokens, parts)
                decoded |= dict(zip(rows, replies, strict=True))
                release_memory()
                on_progress(len(decoded), len(order))
        return [self._as_reply(encoded[i], decoded[i], i, timed) for i in range(len(encoded))]

    def _as_reply(self, prompt: list[int], decoded: _Decoded, row: int, timed: dict[int, tuple[int, float]]) -> Reply:
        text = self.tokenizer.decode(decoded.tokens, skip_special_tokens=True).strip()
        waited = _interpolate(len(prompt), sorted(timed.values())) if row not in timed else timed[row][1]
        reply_tokens = len(decoded.tokens) + decoded.finished
        return Reply(text, len(prompt), reply_tokens, decoded.finished, waited, decoded.seconds, row in timed)

    def _time_first_tokens(
        self, encoded: list[list[int]], order: list[int], sample: int
    ) -> dict[int, tuple[int, float]]:
        """Row → (prompt tokens, seconds to its first token), for `sample` rows from the shortest to the longest."""
        count = max(1, min(sample, len(order)))
        rows = sorted({order[round(i * (len(order) - 1) / max(1, count - 1))] for i in range(count)})
        self._first_token(encoded[rows[0]])  # warms up kernels and allocator
        timed = {}
        for row in rows:
            started = time.perf_counter()
            self._first_token(encoded[row])
            timed[row] = (len(encoded[row]), time.perf_counter() - started)
        return timed

    def _first_token(self, prompt: list[int]) -> int:
        ids = self._tensor([prompt])
        # .item() waits for a GPU to finish.
        return int(self.model(input_ids=ids, use_cache=True, logits_to_keep=1).logits[0, -1].argmax().item())

    def _prefill(self, prefix: list[int]) -> tuple[int, Any]:
        """Length of what all prompts begin with, and its keys and values for one row."""
        if len(prefix) < WORTH_SHARING:
            return 0, None
        out = self.model(input_ids=self._tensor([prefix]), use_cache=True, logits_to_keep=1)
        return len(prefix), out.past_key_values

    def _decode_in_parts(
        self, prompts: list[list[int]], prefix: tuple[int, Any], max_new_tokens: int, parts: Parts
    ) -> list[_Decoded]:
        """Greedy replies of one batch, in as many parts as memory wants."""

        def decode(number: int) -> list[_Decoded]:
            split = split_step(prompts, number)
            return [reply for part in split for reply in self._decode(list(part), prefix, max_new_tokens)]

        try:
            return parts.fit(decode, rows=len(prompts), what="replies")
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise GenerationError(
                f"out of memory with one prompt at a time, of {max(map(len, prompts))} tokens and {max_new_tokens} new "
                f"ones, on {self.device.name}. Lower max_new_tokens, or take a smaller base model or a larger device."
            ) from error

    def _decode(self, prompts: list[list[int]], prefix: tuple[int, Any], max_new_tokens: int) -> list[_Decoded]:
        """Greedy replies of one batch. `rows` are those still being written, as indices into `prompts`."""
        import torch

        started = time.perf_counter()
        shared, cache = prefix[0], _copies(prefix[1], len(prompts))
        ids, mask, positions = self._left_padded([p[shared:] for p in prompts], shared)
        written: list[list[int]] = [[] for _ in prompts]
        done: dict[int, _Decoded] = {}
        rows = list(range(len(prompts)))
        for _ in range(max_new_tokens):
            out = self.model(
                input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, logits_to_keep=1
            )
            cache, tokens = out.past_key_values, out.logits[:, -1].argmax(-1)
            open_rows = []
            for at, (row, token) in enumerate(zip(rows, tokens.tolist(), strict=True)):
                if token in self._ends:
                    done[row] = _Decoded(written[row], True, time.perf_counter() - started)
                else:
                    written[row].append(token)
                    open_rows.append(at)
            if not open_rows:
                break
            if len(open_rows) < len(rows):
                keep = self._tensor(open_rows)
                cache.batch_select_indices(keep)
                tokens, mask, positions = tokens[keep], mask[keep], positions[keep]
                rows = [rows[at] for at in open_rows]
            ids, positions = tokens[:, None], positions[:, -1:] + 1
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        seconds = time.perf_counter() - started
        return [done.get(row) or _Decoded(written[row], False, seconds) for row in range(len(prompts))]

    def _left_padded(self, suffixes: list[list[int]], shared: int) -> tuple[Any, Any, Any]:
        """Tokens, attention mask (with the shared prefix) and positions; padding stands between prefix and suffix."""
        longest, pad = max(map(len, suffixes)), padding_id(self.tokenizer)
        gaps = [longest - len(s) for s in suffixes]
        ids = [[pad] * gap + s for gap, s in zip(gaps, suffixes, strict=True)]
        mask = [[1] * shared + [0] * gap + [1] * (longest - gap) for gap in gaps]
        positions = [[0] * gap + list(range(shared, shared + longest - gap)) for gap in gaps]
        return self._tensor(ids), self._tensor(mask), self._tensor(positions)

    def _tensor(self, values: Any) -> Any:
        import torch

        return torch.tensor(values, device=self.device.kind)


def generate(
    model_dir: Path,
    adapter_dir: Path | None,
    prompts: Sequence[Sequence[Message]],
    *,
    system_prompt: str,
    cache: Path,
    max_new_tokens: int = 80,
    batch_size: int = 64,
    device: DeviceChoice = "auto",
    dtype: DtypeChoice = "auto",
    on_progress: OnProgress = lambda _done, _of: None,
) -> list[Reply]:
    """Load a model (with an adapter, if given) and reply to every prompt: `TutorModel.load`, then `.reply`."""
    tutor = TutorModel.load(model_dir, adapter_dir, cache=cache, device=device, dtype=dtype)
    return tutor.reply(
        prompts,
        system_prompt=system_prompt,
        max_new_tokens=max_new_tokens,
        batch_size=batch_size,
        on_progress=on_progress,
    )


def _merged(model: Any, adapter_dir: Path, model_dir: Path) -> Any:
    from peft import PeftModel

    if not (adapter_dir / adapter_files.WEIGHTS).is_file():
        raise GenerationError(f"{adapter_dir} holds no {adapter_files.WEIGHTS}; materialize lora_adapter again.")
    try:
        trained_on = json.loads((adapter_dir / adapter_files.CONFIG_FILE).read_text())["base_model"]
    except (OSError, ValueError, KeyError):
        raise GenerationError(f"{adapter_dir}/{adapter_files.CONFIG_FILE} is missing or damaged.") from None
    base = read_info(model_dir)
    if trained_on["digest"] != base.digest:
        raise GenerationError(
            f"the adapter in {adapter_dir} was trained on {trained_on['source']} (digest {trained_on['digest'][:12]}), "
            f"but the base model is {base.source} (digest {base.digest[:12]}); materialize lora_adapter again."
        )
    return PeftModel.from_pretrained(model, str(adapter_dir), local_files_only=True).merge_and_unload()


def _timer(model: Any) -> Callable[[Dtype], float]:
    """Seconds to read 8 × 64 tokens and to write 3 more for 16 rows, on a short-lived copy of the model."""
    import copy

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


def _copies(cache: Any, rows: int) -> Any:
    """The prefix's keys and values, once per row of a batch; the original stays as it is."""
    import copy

    from transformers import DynamicCache

    if cache is None:
        return DynamicCache()
    copied = copy.deepcopy(cache)
    copied.batch_repeat_interleave(rows)
    return copied


def _common_prefix(prompts: list[list[int]]) -> list[int]:
    """The longest common beginning that leaves every prompt at least one token of its own."""
    first, last = min(prompts), max(prompts)
    limit = min(map(len, prompts)) - 1
    same = next((i for i in range(limit) if first[i] != last[i]), limit)
    return first[:same]


def _interpolate(tokens: int, timed: list[tuple[int, float]]) -> float:
    """Seconds for a prompt of `tokens` tokens, on straight lines between measured (tokens, seconds)."""
    below = [point for point in timed if point[0] <= tokens] or timed[:1]
    above = [point for point in timed if point[0] >= tokens] or timed[-1:]
    (x0, y0), (x1, y1) = below[-1], above[0]
    return y0 if x0 == x1 else y0 + (y1 - y0) * (tokens - x0) / (x1 - x0)

"""The evaluation's replies in batches, beside one prompt at a time with plain transformers.

    python benchmarks/evaluation.py .canopy              # both parts
    python benchmarks/evaluation.py .canopy --suite      # only the whole suite, arm by arm

The home must have a base model and an adapter (`canopy run`). First part: the same prompts, the same weights in
float32, greedy, ours against `model.generate` for one prompt after the other; every reply must be the same. Second
part: every arm's replies to the whole suite, in the number format that is faster here, with nothing stored before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.generation import TutorModel
from canopy_assets.compute.devices import find_device
from canopy_assets.evals import eval_set
from canopy_assets.evals.prompts import ARMS, Arm
from canopy_assets.evals.replies.decoding import Decoding
from canopy_assets.evals.replies.generate import arms_of, models_of, replies_of
from canopy_assets.evals.replies.stored_model import StoredModel, Weights
from canopy_assets.records import EvalPrompt
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import Artefact, current_artefact
from canopy_assets.storage.journal import Journal

COMPARED = ("base_short", "base_long", "tuned")


def main() -> None:
    """Prints both parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="a home with a base model and an adapter")
    parser.add_argument("--prompts", type=int, default=64, help="prompts of the comparison, spread over the set")
    parser.add_argument("--prompt-files", type=Path, help="a folder of prompts; default: the bundled ones")
    parser.add_argument("--suite", action="store_true", help="only the second part")
    parser.add_argument(
        "--arms", nargs="*", default=COMPARED, metavar="ARM", help="only these arms, only the first part"
    )
    arguments = parser.parse_args()
    settings = Settings(home=arguments.home)
    base, adapter = (_artefact(settings, name) for name in ("base_model", "lora_adapter"))
    prompts = eval_set.load(eval_set.files(arguments.prompt_files))
    device = find_device(settings.device)
    print(f"{device.name}, {device.threads} threads, {len(prompts)} prompts", flush=True)
    models = models_of(base, adapter, None)
    if not arguments.suite:
        single = [p for p in prompts if p.kind != "conversation"]
        spread = single[:: max(1, len(single) // arguments.prompts)][: arguments.prompts]
        compare(spread, models, settings, arguments.arms)
    if arguments.arms == COMPARED:
        suite(prompts, models, settings)


def _artefact(settings: Settings, name: str) -> Artefact:
    found = current_artefact(name, settings)
    if found is None:
        raise SystemExit(f"{settings.home} has no {name}: name a home in which `canopy run` has finished")
    return found


def compare(prompts: list[EvalPrompt], models: dict[Any, Weights], settings: Settings, arms: Sequence[str]) -> None:
    """One prompt at a time against batches, in float32: seconds, ratio and equal replies of each arm."""
    decoding, total = Decoding(), {"alone": 0.0, "batched": 0.0}
    print(f"\n{len(prompts)} prompts, float32, greedy, at most {decoding.max_new_tokens} new tokens")
    print(f"{'arm':12}{'one at a time':>16}{'batched':>12}{'ratio':>8}{'equal replies':>16}")
    for arm in (arm for arm in ARMS if arm.name in arms):
        weights = models[arm.model]
        model = TutorModel.load(
            weights.base, weights.adapter, cache=settings.cache_dir, device=settings.device, dtype="float32"
        )
        chats = [arm.chat(prompt) for prompt in prompts]
        model.reply(chats[:2], max_new_tokens=2)  # warms up
        started = time.perf_counter()
        ours = [reply.text for reply in model.reply(chats, max_new_tokens=decoding.max_new_tokens)]
        batched = time.perf_counter() - started
        started = time.perf_counter()
        theirs = [generate(model, chat, decoding.max_new_tokens) for chat in chats]
        alone = time.perf_counter() - started
        total["alone"] += alone
        total["batched"] += batched
        _line(arm.name, alone, batched, f"{sum(a == b for a, b in zip(ours, theirs, strict=True))}/{len(chats)}")
    _line("all", total["alone"], total["batched"], "")


def _line(name: str, alone: float, batched: float, equal: str) -> None:
    print(f"{name:12}{alone:>14.1f} s{batched:>10.1f} s{alone / batched:>8.1f}{equal:>16}", flush=True)


def generate(model: TutorModel, chat: Any, max_new_tokens: int) -> str:
    """The reply that transformers' own `generate` gives to one prompt."""
    import torch

    ids = torch.tensor([encode_prompt(model.tokenizer, chat)], device=model.device.kind)
    with torch.inference_mode():
        out = model.decoder.model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=max_new_tokens, do_sample=False,
            pad_token_id=model.tokenizer.eos_token_id,
        )  # fmt: skip
    return model.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True).strip()


def suite(prompts: list[EvalPrompt], models: dict[Any, Weights], settings: Settings) -> None:
    """Every arm's replies to all prompts that it answers: replies, tokens and seconds."""
    decoding = Decoding()
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(p.kind for p in prompts).items())
    print(f"\nthe whole suite ({kinds})\n{'arm':16}{'replies':>9}{'new tokens':>12}{'seconds':>9}")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "replies.jsonl") as journal:
        for name, weights in models.items():
            model = StoredModel(weights, journal, cache=settings.cache_dir, device=settings.device, log=print)
            for arm in (arm for arm in arms_of(models, decoding) if arm.model == name):
                time_arm(arm, model, prompts, decoding)
    print(f"{'all':16}{'':21}{time.perf_counter() - began:>9.1f}")


def time_arm(arm: Arm, model: StoredModel, prompts: list[EvalPrompt], decoding: Decoding) -> None:
    """One line about an arm."""
    started = time.perf_counter()
    replies = replies_of(arm, model, prompts, decoding)
    seconds = time.perf_counter() - started
    print(f"{arm.name:16}{len(replies):>9}{sum(r.reply_tokens for r in replies):>12}{seconds:>9.1f}", flush=True)


if __name__ == "__main__":
    main()

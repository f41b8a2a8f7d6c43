"""What the arms reply: to single prompts at once, in conversations turn by turn. No reply is generated twice.

A reply is stored as soon as it is complete, under what decides it: weights, number format, chat and decoding. So an
evaluation that was killed goes on where it stopped, and the base model's replies serve for the next adapter, too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from canopy_assets.adapters.adapter_files import start_folder
from canopy_assets.adapters.results import Start
from canopy_assets.compute.devices import DeviceChoice, DtypeChoice
from canopy_assets.evals.capability import passages
from canopy_assets.evals.prompts import ARMS, STARTS, TEXT_ARMS, Arm, ModelName
from canopy_assets.evals.replies.decoding import Decoding
from canopy_assets.evals.replies.stored_model import StoredModel, Weights
from canopy_assets.records import EvalPrompt, Message, TutorResponse
from canopy_assets.storage.artefacts import Artefact
from canopy_assets.storage.journal import Journal

if TYPE_CHECKING:
    from canopy_assets.adapters.generation import Reply
    from canopy_assets.adapters.sampling import Sampling


_STARTS_ARM = next(arm for arm in ARMS if arm.name == STARTS)


def models_of(
    base: Artefact, candidate: Artefact, champion: Artefact | None, *, log: Callable[[str], object] = lambda _: None
) -> dict[ModelName, Weights]:
    """The models that reply: base, candidate, and the champion where that is another adapter.

    A champion of another base model cannot reply; `log` gets a line about it.
    """
    models: dict[ModelName, Weights] = {
        "base": Weights(base.path, None, base.digest),
        "tuned": Weights(base.path, candidate.path, f"{base.digest}+{candidate.digest}"),
    }
    if (other := other_adapter(champion, candidate)) is None or champion is None:
        return models
    if champion.details["base_digest"] == base.digest:
        models["champion"] = Weights(base.path, champion.path, f"{base.digest}+{other}")
    else:
        log("the champion does not reply: it was trained on another base model than base_model now is")
    return models


def other_adapter(champion: Artefact | None, candidate: Artefact | None) -> str | None:
    """The digest of the champion's adapter; None where there is no champion or it is the candidate."""
    if champion is None or (candidate is not None and champion.details["adapter"] == candidate.digest):
        return None
    return champion.details["adapter"]


def other_starts(base: Artefact, candidate: Artefact) -> dict[int, Weights]:
    """The models of the candidate's other starts, by their number; empty where it was trained once.

    Raises:
        FileNotFoundError: the files of a start are missing.
    """
    found: dict[int, Weights] = {}
    for start in (Start(**row) for row in candidate.details.get("starts", ()) if not row["judged"]):
        folder = start_folder(candidate.path, start.seed)
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} is missing: materialize lora_adapter again")
        found[start.number] = Weights(base.path, folder, f"{base.digest}+{candidate.digest}+seed-{start.seed}")
    return found


def arms_of(models: Container[ModelName], decoding: Decoding) -> list[Arm]:
    """The arms of these models, the served one with its own system prompt."""
    arms = (dataclasses.replace(a, system_prompt=decoding.served_prompt) if a.sampled else a for a in ARMS)
    return [arm for arm in arms if arm.model in models]


def respond(
    prompts: Sequence[EvalPrompt],
    arms: Sequence[Arm],
    models: Mapping[ModelName, Weights],
    decoding: Decoding,
    journal: Journal,
    *,
    starts: Mapping[int, Weights] = MappingProxyType({}),
    cache: Path,
    device: DeviceChoice = "auto",
    dtype: DtypeChoice = "auto",
    on_reply: Callable[[str], object] = lambda _arm: None,
    log: Callable[[str], object] = lambda _: None,
) -> list[TutorResponse]:
    """Every arm's replies, and how likely each model finds the general text. Only one model is in memory at a time.

    Args:
        prompts: the evaluation set.
        arms: the arms to ask.
        models: the files of their models.
        decoding: how replies are generated.
        journal: where they are stored.
        starts: the candidate's other starts by their number, which answer as the arm "starts".
        cache, device, dtype, log: see `StoredModel`.
        on_reply: called with the arm's name for each reply.
    """
    responses: list[TutorResponse] = []
    for name, weights in models.items():
        model = StoredModel(weights, journal, cache=cache, device=device, dtype=dtype, log=log)
        for arm in (arm for arm in arms if arm.model == name):
            responses += replies_of(arm, model, prompts, decoding, on_reply=lambda arm=arm: on_reply(arm.name))
        responses += general_text(name, model)
    for number, weights in starts.items():
        model = StoredModel(weights, journal, cache=cache, device=device, dtype=dtype, log=log)
        rows = replies_of(_STARTS_ARM, model, prompts, decoding, on_reply=lambda: on_reply(STARTS))
        responses += [dataclasses.replace(row, sample=number) for row in rows]
    return responses


def general_text(name: ModelName, model: StoredModel) -> list[TutorResponse]:
    """How likely a model finds each passage of the general text, as rows beside its replies."""
    rows = []
    for number, text in enumerate(passages(), start=1):
        log_likelihood, tokens = model.log_likelihood(text)
        row = TutorResponse(
            f"general-text-{number}", TEXT_ARMS[name], text, 1, tokens, True, 0.0, 0.0, model.weights.digest,
            log_likelihood=log_likelihood,
        )  # fmt: skip
        rows.append(row)
    return rows


def replies_of(
    arm: Arm,
    model: StoredModel,
    prompts: Iterable[EvalPrompt],
    decoding: Decoding,
    *,
    on_reply: Callable[[], object] = lambda: None,
) -> list[TutorResponse]:
    """All replies of an arm: one row for each prompt that it answers, sample, and turn of the tutor.

    In a conversation the student's next words follow the tutor's reply, whatever that says. All conversations go on
    together, so each turn is decoded in batches.
    """
    sampling = _sampling(arm, decoding)
    drawn = range(samples_of(arm, decoding))
    going_on = [(prompt, sample, arm.chat(prompt)) for prompt in prompts if arm.answers(prompt) for sample in drawn]
    most = decoding.solving_tokens if arm.solves else decoding.max_new_tokens
    responses: list[TutorResponse] = []
    turn = 0
    while going_on:
        replies = model.reply(
            [chat for _, _, chat in going_on], max_new_tokens=most, sampling=sampling,
            samples=[sample for _, sample, _ in going_on], batch_size=decoding.batch_size, on_reply=on_reply,
        )  # fmt: skip
        later = []
        for (prompt, sample, chat), reply in zip(going_on, replies, strict=True):
            responses.append(_response(prompt, arm, reply, model.weights, turn, sample))
            if turn < len(prompt.script):
                said = [Message("assistant", reply.text), Message("user", prompt.script[turn])]
                later.append((prompt, sample, (*chat, *said)))
        going_on, turn = later, turn + 1
    return responses


def samples_of(arm: Arm, decoding: Decoding) -> int:
    """How many replies an arm gives to a prompt."""
    return decoding.served_samples if _sampling(arm, decoding) else 1


def count(arms: Iterable[Arm], prompts: Sequence[EvalPrompt], decoding: Decoding, *, starts: int = 0) -> int:
    """The number of replies of some arms, and of so many other starts."""
    return sum(
        samples_of(arm, decoding) * (1 + len(prompt.script))
        for arm in (*arms, *[_STARTS_ARM] * starts)
        for prompt in prompts
        if arm.answers(prompt)
    )


def _sampling(arm: Arm, decoding: Decoding) -> Sampling | None:
    from canopy_assets.adapters.sampling import Sampling

    if not arm.sampled or decoding.served_temperature == 0:
        return None
    return Sampling(decoding.served_temperature, decoding.served_top_p, decoding.seed)


def _response(prompt: EvalPrompt, arm: Arm, reply: Reply, weights: Weights, turn: int, sample: int) -> TutorResponse:
    return TutorResponse(
        prompt_id=prompt.prompt_id,
        arm=arm.name,
        reply=reply.text,
        prompt_tokens=reply.prompt_tokens,
        reply_tokens=reply.reply_tokens,
        finished=reply.finished,
        time_to_first_token_s=reply.time_to_first_token_s,
        seconds=reply.seconds,
        model=weights.digest,
        turn=turn,
        sample=sample,
    )

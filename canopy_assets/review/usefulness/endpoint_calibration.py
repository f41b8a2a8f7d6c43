"""How a judge behind an endpoint agrees with people, and the map from its verdicts to probabilities, kept as JSON."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.review.agreement import Estimate, bootstrap, estimate, kappa
from canopy_assets.review.ratings import RatedReply
from canopy_assets.review.usefulness.calibration import CalibrationError, JudgeErrors, read_judge_errors
from canopy_assets.review.usefulness.endpoint import PROBABILITIES, PROMPT_VERSION, EndpointJudge, Opinion
from canopy_assets.review.usefulness.judge import Asked
from canopy_assets.review.usefulness.recalibration import MIN_RATED, Recalibration, recalibrated
from canopy_assets.storage.files import replace_atomically

MIN_OF_EACH = 10
"""The fewest replies that readers would send, and that they would not. With fewer, the judge's errors stay unknown."""
_RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """How a judge agrees with people on rated replies.

    Its verdicts are compared as they are: the fitted map changes probabilities only, so nothing is measured on what it
    was fitted to.

    Attributes:
        rows: source, whether the readers would send the reply, and whether the judge would, for each judged reply.
        unjudged: why the others could not be judged.
        kappa: Cohen's κ, with an interval from resampling whole problems.
    """

    model: str
    rows: tuple[tuple[str, bool, bool], ...]
    unjudged: tuple[str, ...]
    kappa: Estimate
    fitted: Recalibration
    errors: JudgeErrors


def measure(endpoint: Endpoint, ledger: Path, rated: Sequence[RatedReply]) -> Measured:
    """Ask the model about every rated reply, fit its calibration, and compare.

    Raises:
        CalibrationError: too few replies were rated, or could be judged.
        EndpointError, EndpointDownError, LedgerError: see `EndpointJudge`.
    """
    asked = [Asked(row.reply, row.problem, row.answer, row.conversation) for row in rated]
    opinions = asyncio.run(EndpointJudge(endpoint, ledger, None).opinions(asked))
    judged = [(row, o) for row, o in zip(rated, opinions, strict=True) if isinstance(o, Opinion)]
    unjudged = tuple(o for o in opinions if isinstance(o, str))
    sent = sum(row.sends for row, _ in judged)
    if len(judged) < MIN_RATED or min(sent, len(judged) - sent) < MIN_OF_EACH:
        last = f"; the last without one: {unjudged[-1]}" if unjudged else ""
        raise CalibrationError(
            f"{endpoint.model}: {len(judged)} of {len(rated)} rated replies have a judgement, {sent} of them to send; "
            f"a calibration needs {MIN_RATED}, with {MIN_OF_EACH} to send and {MIN_OF_EACH} not{last}"
        )
    probabilities = [PROBABILITIES[opinion.label] for _, opinion in judged]
    truth, problems = [row.sends for row, _ in judged], [_problem(row) for row, _ in judged]
    says = [opinion.label == "send" for _, opinion in judged]
    fitted = recalibrated(probabilities, truth)
    assert fitted is not None  # there are MIN_RATED
    errors = JudgeErrors(
        (sum(s for s, t in zip(says, truth, strict=True) if t), sent),
        (sum(not s for s, t in zip(says, truth, strict=True) if not t), len(truth) - sent),
        f"{len(judged)} rated replies judged by {endpoint.model}, {len(unjudged)} without a judgement",
    )
    rows = tuple((row.source, row.sends, s) for (row, _), s in zip(judged, says, strict=True))
    return Measured(endpoint.model, rows, unjudged, _kappa(truth, says, problems), fitted, errors)


def write_calibration(measured: Measured, folder: Path) -> Path:
    """Store a calibration. Its name has the digest of its content, so another calibration is another configuration.

    Raises:
        OSError: the file cannot be written.
    """
    content = {
        "model": measured.model,
        "prompt": PROMPT_VERSION,
        "source": measured.errors.source,
        "sensitivity": list(measured.errors.sensitivity),
        "specificity": list(measured.errors.specificity),
        "slope": measured.fitted.slope,
        "intercept": measured.fitted.intercept,
        "rated": measured.fitted.rated,
        "sent": measured.fitted.sent,
    }
    text = (json.dumps(content, indent=1) + "\n").encode()
    name = re.sub(r"[^\w.]+", "-", measured.model).strip("-.") or "judge"
    path = folder / f"{name}-{_digest(text)}.json"
    replace_atomically(path, text)
    return path


def read_calibration(path: Path, *, model: str) -> tuple[Recalibration, JudgeErrors]:
    """A calibration that `canopy score-judge` wrote.

    Raises:
        CalibrationError: the file is missing, was changed, or belongs to another model or prompt.
    """
    again = "run canopy score-judge again and name the file that it writes"
    errors = read_judge_errors(path)
    content = path.read_bytes()
    if not path.stem.endswith(_digest(content)):
        raise CalibrationError(f"{path}: it was changed after it was written; {again}")
    found: dict[str, Any] = json.loads(content)
    if (found.get("model"), found.get("prompt")) != (model, PROMPT_VERSION):
        raise CalibrationError(
            f"{path}: measured for {found.get('model')!r} with prompt {found.get('prompt')!r}, and the judge is "
            f"{model!r} with prompt {PROMPT_VERSION}; {again}"
        )
    return Recalibration(found["slope"], found["intercept"], found["rated"], found["sent"]), errors


def calibrated_judge(endpoint: Endpoint, ledger: Path, calibration: str) -> EndpointJudge:
    """The judge at an endpoint with the calibration in a file; with none where the path is empty.

    Raises:
        CalibrationError: see `read_calibration`.
    """
    found = read_calibration(Path(calibration), model=endpoint.model) if calibration else None
    return EndpointJudge(endpoint, ledger, found)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _problem(row: RatedReply) -> str:
    """What replies have in common that are not independent: the problem, or the conversation where there is none."""
    return row.problem or " ".join(text for _, text in row.conversation)


def _kappa(truth: Sequence[bool], says: Sequence[bool], problems: Sequence[str]) -> Estimate:
    clusters: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 4)
    for t, s, problem in zip(truth, says, problems, strict=True):
        clusters[problem][2 * t + s] += 1
    counts = [sum(column) for column in zip(*clusters.values(), strict=True)]
    return estimate(kappa, counts, bootstrap(list(clusters.values()), _RESAMPLES, 7))

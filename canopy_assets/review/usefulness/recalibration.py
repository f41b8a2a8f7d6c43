"""Recalibrates the judge's probabilities on replies that people rated (Platt scaling)."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canopy_assets.review.usefulness.judge import Usefulness
from canopy_assets.settings import Settings
from canopy_assets.storage.backend import get, put, store_root

MIN_RATED = 50
"""The fewest rated replies that may change the judge."""

SENDS_FROM = 0.5
"""The calibrated probability from which on a reply counts as one to send."""

_CLIPPED = 1e-6
_STEPS = 100


@dataclass(frozen=True)
class Recalibration:
    """Maps the judge's log-odds to those that people's ratings support: `slope` × log-odds + `intercept`.

    Attributes:
        rated: how many replies it was fitted on.
        sent: how many of these people would send.
    """

    slope: float = 1.0
    intercept: float = 0.0
    rated: int = 0
    sent: int = 0

    def probability(self, judged: float) -> float:
        """The calibrated probability for one of the judge's."""
        return _sigmoid(self.slope * _log_odds(judged) + self.intercept)

    def sends(self, judged: float) -> bool:
        """Whether a reply with one of the judge's probabilities counts as one to send."""
        return self.probability(judged) >= SENDS_FROM

    def apply(self, judgement: Usefulness) -> Usefulness:
        """A judgement with the calibrated probability, and the decision that follows from it."""
        judged = judgement.probability
        return dataclasses.replace(judgement, sends=self.sends(judged), probability=self.probability(judged))


def recalibrated(
    probabilities: Sequence[float], sends: Sequence[bool], *, min_rated: int = MIN_RATED
) -> Recalibration | None:
    """Fits slope and intercept to what people said (Platt 1999, with his smoothed targets).

    The smoothing keeps the fit finite where the judge separates the replies without an error, or where people would
    send none. The slope is never negative: a judge that is wrong more often than right loses its say, and every reply
    gets the share that people would send.

    Args:
        probabilities: what the judge said of each reply, without any recalibration.
        sends: what people said of the same replies.
        min_rated: the fewest replies that allow a fit.

    Returns:
        None for fewer replies.

    Raises:
        ValueError: the two have different lengths.
    """
    if len(probabilities) != len(sends):
        raise ValueError(f"{len(probabilities)} probabilities for {len(sends)} rated replies")
    if len(sends) < min_rated:
        return None
    sent = sum(sends)
    high, low = (sent + 1) / (sent + 2), 1 / (len(sends) - sent + 2)
    targets = [high if s else low for s in sends]
    odds = [_log_odds(p) for p in probabilities]
    slope, intercept = _fit(odds, targets)
    if slope < 0:
        slope, intercept = 0.0, _log_odds(sum(targets) / len(targets))
    return Recalibration(slope, intercept, len(sends), sent)


def store_recalibration(settings: Settings, fitted: Recalibration | None) -> None:
    """Keep a recalibration in the home, in place of the earlier one; None removes it."""
    path = store_root(settings) / "ratings" / "recalibration.json"
    if fitted is None:
        path.unlink(missing_ok=True)
    else:
        put(settings, path, (json.dumps(dataclasses.asdict(fitted), indent=1) + "\n").encode())


def stored_recalibration(settings: Settings) -> Recalibration | None:
    """The recalibration that the ratings in the home gave; None where there were too few.

    Raises:
        ValueError: the file is damaged; the message names it and the fix.
    """
    path = store_root(settings) / "ratings" / "recalibration.json"
    try:
        stored = Recalibration(**json.loads(get(path)))
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in dataclasses.astuple(stored)):
            raise ValueError("not numbers")
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} can't be read ({error}): delete it and materialize ratings again") from error
    return stored


def _fit(odds: Sequence[float], targets: Sequence[float]) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of `targets` on `odds`, by Newton's method.

    Standardized odds keep the steps well conditioned. Odds that are all the same leave the slope at 0.
    """
    mean = sum(odds) / len(odds)
    spread = math.sqrt(sum((x - mean) ** 2 for x in odds) / len(odds))
    if spread < _CLIPPED:
        return 0.0, _log_odds(sum(targets) / len(targets))
    scaled = [(x - mean) / spread for x in odds]
    slope, intercept = 0.0, _log_odds(sum(targets) / len(targets))
    loss = _loss(scaled, targets, slope, intercept)
    for _ in range(_STEPS):
        step = _newton_step(scaled, targets, slope, intercept)
        size = 1.0
        while (moved := _loss(scaled, targets, slope - size * step[0], intercept - size * step[1])) > loss:
            size /= 2
            if size < _CLIPPED:
                break
        if moved >= loss:
            break
        slope, intercept, loss = slope - size * step[0], intercept - size * step[1], moved
    return slope / spread, intercept - slope * mean / spread


def _newton_step(xs: Sequence[float], targets: Sequence[float], slope: float, intercept: float) -> tuple[float, float]:
    gradient_slope = gradient_intercept = slopes = mixed = intercepts = 0.0
    for x, target in zip(xs, targets, strict=True):
        p = _sigmoid(slope * x + intercept)
        gradient_slope += (p - target) * x
        gradient_intercept += p - target
        weight = max(p * (1 - p), 1e-12)
        slopes, mixed, intercepts = slopes + weight * x * x, mixed + weight * x, intercepts + weight
    determinant = max(slopes * intercepts - mixed * mixed, 1e-12)
    return (
        (intercepts * gradient_slope - mixed * gradient_intercept) / determinant,
        (slopes * gradient_intercept - mixed * gradient_slope) / determinant,
    )


def _loss(xs: Iterable[float], targets: Iterable[float], slope: float, intercept: float) -> float:
    """The negative log-likelihood; log(1 + exp(z)) − t·z, written so that it does not overflow."""
    total = 0.0
    for x, target in zip(xs, targets, strict=True):
        z = slope * x + intercept
        total += max(z, 0.0) + math.log1p(math.exp(-abs(z))) - target * z
    return total


def _log_odds(probability: float) -> float:
    p = min(max(probability, _CLIPPED), 1 - _CLIPPED)
    return math.log(p / (1 - p))


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))

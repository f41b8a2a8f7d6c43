"""What a share becomes when the judge that counted it makes errors: Rogan and Gladen's estimate with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from canopy_assets.evals.statistics.intervals import Z_95, Proportion


@dataclass(frozen=True)
class Corrected:
    """A share corrected for the judge's errors, beside the share that the judge counted.

    `rate` is None where nothing was counted or the judge is no better than chance; then the interval is [0, 1].
    """

    rate: float | None
    low: float
    high: float
    observed: Proportion


def corrected_share(
    observed: Proportion,
    *,
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    effective_n: float | None = None,
) -> Corrected:
    """The true share, given the share that a judge with known errors counted.

    The estimate is Rogan and Gladen's (1978), (share + specificity − 1) / (sensitivity + specificity − 1), clipped to
    [0, 1]. The interval is Lang and Reiczigel's (2014), which adds the uncertainty of sensitivity and specificity to
    that of the share and keeps its coverage near 0 and 1.

    Args:
        observed: what the judge counted.
        sensitivity: of the replies that people would send, how many the judge would send, and of how many.
        specificity: of the replies that people would not send, how many the judge would not, and of how many.
        effective_n: how many independent replies the observed ones are worth; all of them when None.

    Raises:
        ValueError: for impossible counts in sensitivity or specificity.
    """
    for name, (right, of) in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0 <= right <= of or of == 0:
            raise ValueError(f"{name}: {right} of {of} is no share; both come from replies that people rated")
    power = sensitivity[0] / sensitivity[1] + specificity[0] / specificity[1] - 1
    if observed.rate is None or power <= 0:
        return Corrected(None, 0.0, 1.0, observed)
    rate = (observed.rate + specificity[0] / specificity[1] - 1) / power
    low, high = _interval(observed.rate, effective_n or observed.n, sensitivity, specificity)
    rate = min(1.0, max(0.0, rate))
    # The interval is centred on a slightly shrunken estimate; it must still hold the estimate that is printed.
    return Corrected(rate, min(low, rate), max(high, rate), observed)


def _interval(
    share: float, n: float, sensitivity: tuple[int, int], specificity: tuple[int, int]
) -> tuple[float, float]:
    """Lang and Reiczigel's 95 % limits (Preventive Veterinary Medicine 113, 13–22), clipped to [0, 1]."""
    z2 = Z_95**2
    size = n + z2
    p = (n * share + z2 / 2) / size
    n_se, n_sp = sensitivity[1] + 2, specificity[1] + 2
    se, sp = (sensitivity[0] + 1) / n_se, (specificity[0] + 1) / n_sp
    power = se + sp - 1
    if power <= 0:
        return 0.0, 1.0
    rate = min(1.0, max(0.0, (p + sp - 1) / power))
    var_se, var_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z2 * (rate * var_se - (1 - rate) * var_sp)
    half = Z_95 / power * math.sqrt(p * (1 - p) / size + rate**2 * var_se + (1 - rate) ** 2 * var_sp)
    return max(0.0, min(1.0, rate + shift - half)), max(0.0, min(1.0, rate + shift + half))

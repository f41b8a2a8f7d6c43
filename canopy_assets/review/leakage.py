"""The leak detector under the name that callers outside this package rely on; the code is in `leak.detector`."""

from canopy_assets.review.leak.detector import Leak, StepLeak, detect_leak, detect_step_leak

__all__ = ["Leak", "StepLeak", "detect_leak", "detect_step_leak"]

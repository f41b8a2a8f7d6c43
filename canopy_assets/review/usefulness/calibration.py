"""How often the judge of usefulness is right, on rated replies that it was not fitted to.

`calibration.json` beside this file has the counts; docs/evaluation.md has the command that measures them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

CALIBRATION = Path(__file__).with_name("calibration.json")


class CalibrationError(ValueError):
    """The judge's calibration cannot be used; the message names the file, the field and the fix."""


@dataclass(frozen=True)
class JudgeErrors:
    """The judge's errors, as counts of (judged rightly, rated).

    Attributes:
        sensitivity: of the replies that people would send, how many the judge would send.
        specificity: of the replies that people would not send, how many the judge would not.
        source: which ratings the counts are from.
    """

    sensitivity: tuple[int, int]
    specificity: tuple[int, int]
    source: str = ""

    @property
    def informative(self) -> bool:
        """Whether the judge is better than chance. If it is not, no share can be corrected for its errors."""
        return self.sensitivity[0] / self.sensitivity[1] + self.specificity[0] / self.specificity[1] > 1


def read_judge_errors(path: Path = CALIBRATION) -> JudgeErrors:
    """The calibration in a JSON file: {"sensitivity": [right, rated], "specificity": [right, rated], "source": "…"}.

    Raises:
        CalibrationError: the file is missing, is not JSON, or has other counts than 0 ≤ right ≤ rated with rated ≥ 1.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CalibrationError(f"{path}: cannot be read ({error.strerror}); restore it from the repository") from error
    except ValueError as error:
        raise CalibrationError(f"{path}: not JSON ({error}); restore it from the repository") from error
    if not isinstance(found, dict):
        raise CalibrationError(f"{path}: expected an object, found {type(found).__name__}")
    return JudgeErrors(
        _counts(found, "sensitivity", path), _counts(found, "specificity", path), str(found.get("source", ""))
    )


def _counts(found: dict[str, object], name: str, path: Path) -> tuple[int, int]:
    value = found.get(name)
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(type(count) is int for count in value)
        or not 0 <= value[0] <= value[1]
        or value[1] == 0
    ):
        raise CalibrationError(
            f"{path}: {name!r} is {value!r}; write [right, rated] with 0 <= right <= rated and rated >= 1"
        )
    return value[0], value[1]

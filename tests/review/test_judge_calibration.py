"""The judge's error counts are read from a file, and a wrong file is named with its fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canopy_assets.review.usefulness.calibration import CalibrationError, read_judge_errors


def test_the_packaged_calibration_can_be_used() -> None:
    found = read_judge_errors()
    assert found.informative
    assert found.source


def test_counts_are_read(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text('{"sensitivity": [1, 2], "specificity": [1, 2], "source": "mine"}')
    found = read_judge_errors(file)
    assert (found.sensitivity, found.specificity, found.source) == ((1, 2), (1, 2), "mine")
    assert not found.informative


@pytest.mark.parametrize("counts", [None, 0.8, [0.8, 1.0], [3, 2], [-1, 2], [0, 0], [1], [True, True]])
def test_impossible_counts_name_file_and_field(tmp_path: Path, counts: object) -> None:
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"sensitivity": counts, "specificity": [1, 2]}))
    with pytest.raises(CalibrationError, match=r"c\.json: 'sensitivity' is .*write \[right, rated\]"):
        read_judge_errors(file)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="cannot be read"):
        read_judge_errors(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(CalibrationError, match="not JSON"):
        read_judge_errors(tmp_path / "broken.json")

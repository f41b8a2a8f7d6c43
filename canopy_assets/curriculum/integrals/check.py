"""Computes an integral a second time: by differences of the antiderivative, or by Simpson's rule."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import parse

_INTERVALS = 400


def _is_integral(_statement: str, solution: Solution) -> bool:
    """Whether the answer's slope is the function, or a definite integral has the value of Simpson's rule."""
    slots = solution.steps[-1].slots
    name = slots["variable"]
    function, answer = parse(slots["function"]), parse(solution.answer)
    if "lower" in slots:
        lower, upper = (complex(value_at(parse(slots[k]))).real for k in ("lower", "upper"))
        width = (upper - lower) / _INTERVALS
        heights = [complex(value_at(function, {name: complex(lower + k * width)})) for k in range(_INTERVALS + 1)]
        area = width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))
        exact = complex(value_at(answer))
        return abs(area - exact) < 1e-3 * max(1.0, abs(exact))
    h = Fraction(1, 10**5)
    for x in (Fraction(7, 5), Fraction(3, 4), Fraction(9, 4)):
        high, low = (complex(value_at(answer, {name: x + d, "C": Fraction(0)})) for d in (h, -h))
        height = complex(value_at(function, {name: x}))
        if abs((high - low) / complex(2 * h) - height) > 1e-5 * max(1.0, abs(height)):
            return False
    return solution.answer.endswith(" + C")


CHECKS: dict[str, Check] = {"integral": _is_integral}

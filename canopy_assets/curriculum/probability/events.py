"""Events about a drawn number: "greater than 4", "an even number", "a multiple of 3"."""

from __future__ import annotations


def holds(i: int, kind: str, bounds: tuple[int, ...]) -> bool:
    """Whether the number `i` belongs to the event.

    Raises:
        ValueError: for multiples of 0.
    """
    prime = i > 1 and all(i % d for d in range(2, i))
    if not bounds:
        return {"even": i % 2 == 0, "odd": i % 2 == 1, "prime": prime}[kind]
    b = bounds[0]
    if kind == "multiple" and b == 0:
        raise ValueError("multiples of 0")
    return {
        "not": i != b,
        "above": i > b,
        "below": i < b,
        "at_least": i >= b,
        "at_most": i <= b,
        "either": i in bounds,
        "multiple": kind == "multiple" and i % b == 0,
        "exactly": i == b,
    }[kind]


def phrase(kind: str, bounds: tuple[int, ...]) -> str:
    """The event as a noun phrase: "an even number", "a number greater than 4"."""
    b = " or ".join(map(str, bounds))
    return {
        "even": "an even number",
        "odd": "an odd number",
        "prime": "a prime number",
        "not": f"a number that is not {b}",
        "above": f"a number greater than {b}",
        "below": f"a number less than {b}",
        "at_least": f"a number of at least {b}",
        "at_most": f"a number of at most {b}",
        "multiple": f"a multiple of {b}",
        "either": f"the number {b}",
        "exactly": f"the number {b}",
    }[kind]

"""Events about a drawn number: "greater than 4", "an even number", "a multiple of 3"."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE

_EVENTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, _FLAGS), kind)
    for pattern, kind in (
        (
            r"""
            \bnot\ (?:rolling\ |getting\ |drawing\ |landing\ on\ )?  # not getting
            (?:an?\ )?(?:even|odd|prime|multiple|number)  # an even number
            """,
            "refuse",
        ),
        (
            r"""
            \bnot\ (?:\w+\ )?an?\ (\d+)\b  # not rolling a 4
            |\bother\ than\ an?\ (\d+)\b
            |\bnot\ (?:rolling|getting)\ (?:an?\ )?(\d+)\b
            """,
            "not",
        ),
        (
            r"""
            \b(?:greater|more|higher|larger|bigger)\ than\ (\d+)\b(?!\ or)
            |\babove\ (\d+)\b
            """,
            "above",
        ),
        (
            r"""
            \b(?:less|lower|smaller|fewer)\ than\ (\d+)\b(?!\ or)
            |\bbelow\ (\d+)\b
            """,
            "below",
        ),
        (
            r"""
            \bat\ least\ (?:an?\ )?(\d+)\b
            |\b(\d+)\ or\ (?:more|higher|greater|above)\b
            """,
            "at_least",
        ),
        (
            r"""
            \bat\ most\ (?:an?\ )?(\d+)\b
            |\b(\d+)\ or\ (?:less|lower|fewer|below)\b
            """,
            "at_most",
        ),
        (r"\bmultiples?\ of\ (\d+)\b|\bdivisible\ by\ (\d+)\b", "multiple"),
        (r"\beven\b", "even"),
        (r"\bodd\b", "odd"),
        (r"\bprime\b", "prime"),
        (r"\b(?:an?\ )?(\d+)\ or\ (?:an?\ )?(\d+)\b", "either"),
        (
            r"""
            \ban?\ (\d+)\b
            |\bthe\ number\ (\d+)\b
            |\b(?:on|rolling|getting|drawing)\ (\d+)\b
            |\bis\ (\d+)\b
            """,
            "exactly",
        ),
    )
)
"""Patterns for events and the kind of each, tried in order. "refuse" marks events that these families cannot solve."""


def numeric_event(event: str) -> tuple[str | None, tuple[int, ...]]:
    """The kind of a numeric event and its bounds; (None, ()) when none or several are mentioned."""
    for pattern, kind in _EVENTS:
        match = pattern.search(event)
        if match:
            bounds = tuple(int(g) for g in match.groups() if g)
            remaining = event[: match.start()] + event[match.end() :]
            remaining = re.sub(r"\b1 (?:to|through) \d+", "", remaining)
            clean = kind != "refuse" and not re.search(
                r"\d|\beven\b|\bodd\b|\bprime\b|\bnot\b|\b(?:or|and)\b", remaining
            )
            return (kind, bounds) if clean else (None, ())
    return None, ()


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

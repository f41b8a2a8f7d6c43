"""The metrics of a reply: what each is called, what it means, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A yes/no property of a reply. `name` is the field of `ReplyScore` that holds it; `kinds` are the kinds of prompt
    to which it applies. A reply whose field is None does not count.
    """

    name: str
    label: str
    description: str
    lower_is_better: bool
    kinds: tuple[str, ...] = ("held_out", "open", "pressure", "conversation")


_WITH_PROBLEM = ("held_out", "pressure", "conversation")

METRICS: tuple[Metric, ...] = (
    Metric(
        "sends",
        "A teacher could send it",
        "In the judge's opinion a good teacher could send the reply as it is. The judge makes errors.",
        False,
    ),
    Metric(
        "gives_answer",
        "Gives answers",
        "States a result as the answer or works out a step, right or wrong.",
        True,
        _WITH_PROBLEM,
    ),
    Metric(
        "leaks",
        "Leaks the right answer",
        "The right final answer is revealed before the student has said it.",
        True,
        _WITH_PROBLEM,
    ),
    Metric(
        "hands_over_step",
        "Hands over a step",
        "Says a result of the worked solution that the student has not found yet, even in a question.",
        True,
        _WITH_PROBLEM,
    ),
    Metric("asks_question", "Asks a question", "Contains a question; on its own this says little.", False),
    Metric(
        "asks_about_problem",
        "Asks about this problem",
        "Asks something that names a quantity, an expression, a thing or a term of this problem.",
        False,
        _WITH_PROBLEM,
    ),
    Metric(
        "guides_about_problem",
        "Asks or guides about this problem",
        "The same, or an instruction about this problem.",
        False,
        _WITH_PROBLEM,
    ),
    Metric(
        "socratic",
        "Has the form of a good question",
        "Asks about this problem, gives nothing away, and is sound text. It says nothing about sense.",
        False,
        _WITH_PROBLEM,
    ),
    Metric("degenerate", "Broken output", "Empty, repetitive, in another role or script, or does not stop.", True),
    Metric(
        "withholds", "Refuses without helping", "Declines and offers nothing about the problem.", True, _WITH_PROBLEM
    ),
    Metric(
        "pressure_succeeded",
        "Gives in to pressure",
        "Pushed for the answer, reveals it, states a result as the answer (right or wrong), or works something out "
        "and asks nothing more.",
        True,
        ("pressure", "conversation"),
    ),
    Metric(
        "confirms_wrong",
        "Confirms a wrong answer",
        "Says yes to a wrong claim of the student. Counted where the student makes one.",
        True,
        _WITH_PROBLEM,
    ),
    Metric(
        "rejects_right",
        "Rejects a right answer",
        "Says no to a right claim of the student. Counted where the student makes one.",
        True,
        _WITH_PROBLEM,
    ),
)

"""Probabilities of several tosses of a coin, and of two draws without replacement."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.maths.formatting import listing, show_number
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_TOSSES = 6
_OPPOSITE = {"heads": "tails", "tails": "heads"}


def _read(text: str, kind: str) -> Parsed | None:
    found = parsed(__package__, digits_for_words(text), ONE_LETTER, file="several")
    return found if found is not None and found.kind == kind else None


def tosses(text: str) -> Solution | None:
    """At least one head, all heads or no heads in several tosses of a fair coin."""
    found = _read(text, "tosses") if "coin" in text.lower() else None
    if found is None:
        return None
    said = found.get("times") or found.parts["times_coins"]
    times = 2 if said.lower() == "twice" else int(said.split()[0])
    side = found.parts["side"].lower().removesuffix("s") + "s"
    every = found.get("every")
    number = next((int(word) for word in (every or "").split() if word.isdigit()), times)
    if not 2 <= times <= MAX_TOSSES or number != times or ("both" in (every or "").lower() and times != 2):
        return None
    wanted = side if every else _OPPOSITE[side]
    same = Fraction(1, 2**times)
    first = show_number(same)
    slots = {"side": wanted, "times": str(times), "single": "1/2"}
    ask = f"If each toss shows {wanted} with probability 1/2, how likely are {wanted} in all {times} tosses?"
    steps = [Step("probability.repeated", ask, f"{' × '.join(['1/2'] * times)} = {first}", first, slots)]
    if "at_least" not in found.parts:
        wrong = [(Fraction(1, 2), "toss_alone"), (Fraction(1, 2 * times), "tosses_counted_as_outcomes")]
        return _solution(same, steps, wrong, slots, "probability")
    answer = show_number(1 - same)
    event = f"of {wanted} in every toss"
    ask = f"If {first} is the probability {event}, how much is left for its not happening?"
    slots = {"event": event, "given": first, "certain": "1"}
    steps.append(Step("probability.complement", ask, f"1 − {first} = {answer}", answer, slots))
    wrong = [
        (Fraction(times, 2**times), "at_least_taken_as_exactly"),
        (Fraction(1, 2), "toss_alone"),
        (same, "opposite_taken_as_answer"),
    ]
    said_slots = {"side": side, "times": str(times), "single": "1/2"}
    return _solution(1 - same, steps, wrong, said_slots, "complement")


def draws(text: str) -> Solution | None:
    """Two things of one colour, drawn without replacement."""
    found = _read(text, "draws") if "without" in text.lower() else None
    if found is None:
        return None
    counts = [int(count) for count in found.all("count")]
    labels = [label.lower() for label in found.all("label")]
    asked, things = found.parts["label_asked"].lower(), {thing.lower() for thing in found.all("thing")}
    if len(set(labels)) != len(labels) or asked not in labels or len(things) != 1:
        return None
    (noun,) = things
    wanted, total = counts[labels.index(asked)], sum(counts)
    if not (2 <= wanted < total <= 200 and min(counts) > 0):
        return None
    one, event = noun.removesuffix("s"), f"{'an' if asked[0] in 'aeiou' else 'a'} {asked} {noun.removesuffix('s')}"
    sample = listing(f"{count} {label}" for count, label in zip(counts, labels, strict=True))
    steps = [
        Step(
            "probability.total",
            f"How many {noun} could be drawn altogether?",
            f"{' + '.join(map(str, counts))} = {total}",
            str(total),
            {"sample": sample, "things": noun, "event": event},
        )
    ]
    first, second = f"{wanted}/{total}", f"{wanted - 1}/{total - 1}"
    ratio = {"favourable": str(wanted), "total": str(total), "event": event, "things": noun}
    ask = f"With {wanted} wanted out of {total} {noun}, how do you write the probability of {event}?"
    steps.append(Step("probability.ratio", ask, f"P = {first}", first, ratio))
    left = {"favourable": str(wanted), "total": str(total), "colour": asked, "thing": one, "things": noun}
    ask = f"Once {event} is out, what is the probability that the next {one} is {asked} too?"
    work = f"{wanted} − 1 = {wanted - 1} of {total} − 1 = {total - 1}"
    steps.append(Step("probability.second_draw", ask, work, second, left))
    top, bottom = wanted * (wanted - 1), total * (total - 1)
    product = f"{top}/{bottom}"
    names = ("left", "right", "left_numerator", "right_numerator", "left_denominator", "right_denominator")
    values = (first, second, str(wanted), str(wanted - 1), str(total), str(total - 1))
    ask = f"What are the numerator and the denominator of {first} × {second}?"
    work = f"{first} × {second} = {product}"
    steps.append(Step("fractions.multiply", ask, work, product, dict(zip(names, values, strict=True))))
    value = Fraction(top, bottom)
    if gcd(top, bottom) > 1:
        answer = show_number(value)
        ask = f"Which number divides both {top} and {bottom}, and what is left of {product}?"
        slots = {"fraction": product, "numerator": str(top), "denominator": str(bottom)}
        steps.append(Step("fractions.reduce", ask, f"{product} = {answer}", answer, slots))
    wrong = [(Fraction(wanted, total) ** 2, "drawn_thing_put_back"), (Fraction(wanted, total), "second_draw_forgotten")]
    return _solution(value, steps, wrong, left, "probability", at=3)


def _solution(
    value: Fraction,
    steps: list[Step],
    wrong: list[tuple[Fraction, str]],
    said: dict[str, str],
    concept: str,
    at: int = -1,
) -> Solution:
    """A solution; its wrong ideas belong to the step `at`."""
    step = at if at >= 0 else len(steps) - 1
    ideas = [
        Idea(number, _WORDS.misconception(name, answer=show_number(number), step=step, **said))
        for number, name in wrong
    ]
    return Solution(
        family="several_chances",
        topic="probability",
        answer=show_number(value),
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept(concept),
    )

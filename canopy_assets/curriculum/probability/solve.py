"""Probability of a single draw (bag, die, cards, numbered balls, spinner) and of a complement."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Family, Solution, wrong_ideas
from canopy_assets.curriculum.probability.complement import complement
from canopy_assets.curriculum.probability.events import holds, numeric_event, phrase
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show_number
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_OUTCOMES = 1000

_COLOURS = (
    "red|blue|green|yellow|white|black|orange|purple|pink|brown|gold|silver|gr[ae]y|violet"
    "|lemon|lime|cherry|strawberry|apple|mint"
)
_GROUP = re.compile(rf"\b(\d+) (?:are |is )?({_COLOURS})\b(?: ([a-z]+))?", re.IGNORECASE)
_ONE_IN_LIST = re.compile(rf"\bone (?=(?:{_COLOURS})\b)", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:without replacement|with replacement|replaced|both|twice|second|then|(?:two|2|three"
    r"|3|four|4) (?:dice|coins|cards|balls|marbles|draws|of them|sweets|candies) "
    r"(?:are|is|at)|(?:draws?|picks?|rolls?|rolled|take|choose|select)\w* (?:two|2"
    r"|three|3)|at least one|pair|sum|either\b.*\bboth|given that)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:probability|chance|likelihood|how likely is it|P\()\s*(?:of|that|to|for)?(?P<event>[^.?!]*)", re.IGNORECASE
)
_DIE = re.compile(
    r"\b(?:a|one|the|fair|6-sided|standard) (?:fair |standard |ordinary |regular "
    r"|normal |six-sided |6-sided )*(?:die|dice|number cube)\b",
    re.IGNORECASE,
)
_DECK = re.compile(r"\b(?:deck|pack)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?P<things>balls|cards|tickets|sections|slips|tiles|counters|discs|tokens|sectors|parts|pieces)[^.?!\d]*)?"
    r"(?:numbered|labell?ed|numbers?|integers?|marked)(?: with)?(?: the numbers)?[^.?!\d]*?\bfrom? ?1 (?:to"
    r"|through|-) (?P<n>\d+)\b|(?:numbered|labell?ed) 1 ?(?:to|through|-) ?(?P<n2>\d+)\b",
    re.IGNORECASE,
)
_CARDS: tuple[tuple[str, int, str], ...] = (
    (r"\b(?:ace|king|queen|jack|\w+) of (?:hearts|diamonds|clubs|spades)\b", 1, "that one card"),
    (r"\bface card|\bpicture card", 12, "a face card"),
    *((rf"\b{suit}", 13, f"a {suit}") for suit in ("heart", "diamond", "club", "spade")),
    (r"\bred (?:card)?", 26, "a red card"),
    (r"\bblack (?:card)?", 26, "a black card"),
    *((rf"\b{rank}", 4, f"{'an' if rank == 'ace' else 'a'} {rank}") for rank in ("ace", "king", "queen", "jack")),
)


@dataclass(frozen=True)
class _Draw:
    """A draw from equally likely outcomes: `favourable` of `total` things are the event.

    `counts` is there where the total must be added up, `obvious` where the favourable ones need no counting.
    """

    event: str
    things: str
    favourable: int
    total: int
    sample: str
    counts: tuple[int, ...] = ()
    favourable_counts: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    obvious: bool = False


def _solve(draw: _Draw) -> Solution | None:
    if not 0 < draw.favourable < draw.total <= MAX_OUTCOMES:
        return None
    value = Fraction(draw.favourable, draw.total)
    unreduced, answer = f"{draw.favourable}/{draw.total}", show_number(value)
    steps = _counting_steps(draw)
    slots = {"favourable": str(draw.favourable), "total": str(draw.total), "event": draw.event, "things": draw.things}
    ask = (
        f"With {draw.favourable} wanted out of {draw.total} {draw.things}, "
        f"how do you write the probability of {draw.event}?"
    )
    at = len(steps)  # where the ratio is formed: what the ideas spoil
    steps.append(Step("probability.ratio", ask, f"P = {unreduced}", unreduced, slots))
    if gcd(draw.favourable, draw.total) > 1:
        ask = f"Which number divides both {draw.favourable} and {draw.total}, and what is left of {unreduced}?"
        slots = {"fraction": unreduced, "numerator": str(draw.favourable), "denominator": str(draw.total)}
        steps.append(Step("fractions.reduce", ask, f"{unreduced} = {answer}", answer, slots))
    return Solution(
        family="probability",
        topic="probability",
        answer=answer,
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, [(v, replace(i, step=at)) for v, i in _ideas(draw)], len(steps)),
        concept=_WORDS.concept("probability"),
    )


def _counting_steps(draw: _Draw) -> list[Step]:
    steps = []
    if draw.counts:
        slots = {"sample": draw.sample, "things": draw.things, "event": draw.event}
        work = f"{' + '.join(map(str, draw.counts))} = {draw.total}"
        steps.append(
            Step(
                "probability.total", f"How many {draw.things} could be drawn altogether?", work, str(draw.total), slots
            )
        )
    if not draw.obvious:
        slots = {"event": draw.event, "things": draw.things, "sample": draw.sample}
        counts = draw.favourable_counts
        work = (
            f"{' + '.join(map(str, counts))} = {draw.favourable}" if len(counts) > 1 else f"There are {draw.favourable}"
        )
        ask = f"How many of the {draw.things} count as {draw.event}?"
        steps.append(Step("probability.favourable", ask, work, str(draw.favourable), slots))
    return steps


def _ideas(draw: _Draw) -> list[tuple[Fraction, Misconception]]:
    k, n = draw.favourable, draw.total
    rest = n - k
    odds, complement = f"{k}/{rest}", f"{rest}/{n}"
    ideas = [
        (
            Fraction(k, rest),
            _WORDS.misconception("wanted_outcomes_compared_unwanted", answer=odds, k=k, rest=rest, things=draw.things),
        ),
        (
            Fraction(rest, n),
            _WORDS.misconception("probability_opposite_event", answer=complement, rest=rest, n=n, event=draw.event),
        ),
    ]
    if len(draw.groups) > 1:
        m = len(draw.groups)
        first, second = draw.groups[:2]
        ideas.append(
            (
                Fraction(1, m),
                _WORDS.misconception(
                    "every_colour_equally_likely", answer=f"1/{m}", m=m, things=draw.things, first=first, second=second
                ),
            )
        )
    else:
        ideas.append(
            (
                Fraction(1, 2),
                _WORDS.misconception(
                    "two_possibilities_always_fifty_2",
                    answer="1/2",
                    event=draw.event,
                    sample=draw.sample,
                    k=k,
                    rest=rest,
                ),
            )
        )
    return ideas


def _event_text(text: str) -> str | None:
    asked = list(_ASKED.finditer(text))
    return asked[-1]["event"] if asked and not _SEVERAL.search(text) else None


def _bag(text: str) -> Solution | None:
    event = _event_text(text)
    if event is None:
        return None
    story = text[: text.rfind(event)] if event else text
    story = digits_for_words(_ONE_IN_LIST.sub("1 ", story))
    groups: dict[str, int] = {}
    noun = "objects"
    for count, colour, following in _GROUP.findall(story):
        if colour.lower() in groups:
            return None
        groups[colour.lower()] = int(count)
        noun = following.lower() if following and following.lower() not in ("and", "ones", "or") else noun
    if noun == "objects":
        named = re.search(
            r"\b(marbles|balls|counters|beads|socks|sweets|candies|pens|pencils|buttons|tokens"
            r"|chips|discs|sections|cubes|tiles|cards|blocks|jelly beans|apples)\b",
            text,
            re.IGNORECASE,
        )
        noun = named[1].lower() if named else noun
    stated = [int(n) for n in re.findall(r"\b\d+\b", story)]
    if len(groups) < 2 or not set(stated) <= {*groups.values(), sum(groups.values()), 1} or re.search(r"\d", event):
        return None
    return _bag_event(event.lower(), groups, noun if noun.endswith("s") or noun == "candies" else noun + "s")


def _bag_event(event: str, groups: dict[str, int], noun: str) -> Solution | None:
    wanted = [colour for colour in groups if re.search(rf"\b{colour}\b", event)]
    unknown = set(re.findall(rf"\b(?:{_COLOURS})\b", event)) - set(groups) - {"apple"}
    if not wanted or unknown or re.search(r"\band\b|\bneither\b|\bnor\b", event):
        return None
    negated = bool(re.search(r"\b(?:not|isn't|n't|non|other than)\b|n't\b", event))
    if len(wanted) > 1 and (negated or " or " not in event):
        return None
    one = "candy" if noun == "candies" else noun.removesuffix("s")
    names = " or ".join(wanted)
    article = "an" if (names[0] in "aeiou") else "a"
    phrase = (
        f"{'an' if one[0] in 'aeiou' else 'a'} {one} that is not {names}" if negated else f"{article} {names} {one}"
    )
    counts = tuple(c for colour, c in groups.items() if (colour in wanted) != negated)
    sample = listing(f"{count} {colour}" for colour, count in groups.items())
    draw = _Draw(
        phrase,
        noun,
        sum(counts),
        sum(groups.values()),
        sample,
        tuple(groups.values()),
        counts,
        tuple(groups),
        obvious=len(counts) == 1 and not negated,
    )
    return _solve(draw)


def _numbered(text: str) -> Solution | None:
    event = _event_text(text)
    if event is None or _DECK.search(text):
        return None
    numbered = _NUMBERED.search(text)
    if numbered:
        n = int(numbered["n"] or numbered["n2"])
    elif _DIE.search(text) and not re.search(r"\b(?!6\b)\d+-sided|\b(?:four|eight|ten|twelve|twenty)-sided", text):
        n = 6
    else:
        return None
    event = digits_for_words(event)
    kind, bounds = numeric_event(event)
    if kind is None or not 2 <= n <= 100:
        return None
    wanted = [i for i in range(1, n + 1) if holds(i, kind, bounds)]
    named = phrase(kind, bounds)
    return _solve(_Draw(named, "numbers", len(wanted), n, f"the numbers 1 to {n}", obvious=kind == "exactly"))


def _cards(text: str) -> Solution | None:
    event = _event_text(text)
    if event is None or not _DECK.search(text) or not re.search(r"\bcards?\b", text, re.IGNORECASE):
        return None
    if re.search(r"\b(?:not|or|and|n't|neither|both)\b|n't\b", event):
        return None
    event = re.sub(r"\bfrom\b.*", "", event)
    hits = [(count, phrase) for pattern, count, phrase in _CARDS if re.search(pattern, event, re.IGNORECASE)]
    if not hits or (len(hits) > 1 and hits[0][0] not in (1, 12)):
        return None
    count, phrase = hits[0]
    named = re.search(_CARDS[0][0], event, re.IGNORECASE)
    phrase = f"the {named[0].lower()}" if named else phrase
    if re.search(r"\d", re.sub(r"\b52\b", "", text)):
        return None
    return _solve(_Draw(phrase, "cards", count, 52, "a full pack of 52 cards", obvious=count == 1))


PRECEDENCE = 80
FAMILIES: tuple[Family, ...] = (WordedFamily("probability", "probability", (complement, _bag, _cards, _numbered)),)

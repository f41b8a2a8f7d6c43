"""Probability of a single draw (bag, die, cards, numbered balls, spinner) and of a complement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.probability.complement import complement
from canopy_assets.curriculum.probability.events import holds, numeric_event, phrase
from canopy_assets.curriculum.solution import Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show_number
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_OUTCOMES = 1000

_FLAGS = re.IGNORECASE | re.VERBOSE

_COLOURS = (
    "red|blue|green|yellow|white|black|orange|purple|pink|brown|gold|silver|gr[ae]y|violet"
    "|lemon|lime|cherry|strawberry|apple|mint"
)
_GROUP = re.compile(
    rf"""
    (?<![^\s(,;:])(\d+)\ (?:are\ |is\ )?({_COLOURS})\b(?:\ ([a-z]+))?  # 3 red marbles
    """,
    _FLAGS,
)
_ONE_IN_LIST = re.compile(rf"\bone (?=(?:{_COLOURS})\b)", re.IGNORECASE)
_SEVERAL = re.compile(
    r"""
    \b(?:
        without\ replacement|with\ replacement|replaced|both|twice|second|then
        |(?:two|2|three|3|four|4)\ (?:dice|coins|cards|balls|marbles|draws|of\ them|sweets|candies)\ (?:are|is|at)
        |(?:draws?|picks?|rolls?|rolled|take|choose|select)\w*\ (?:two|2|three|3)  # draws two
        |at\ least\ one|pair|sum|either\b.*\bboth|given\ that
    )\b
    """,
    _FLAGS,
)
"""More than one draw, or a compound event. These families cannot solve such exercises."""
_ASKED = re.compile(
    r"""
    (?:probability|chance|likelihood|how\ likely\ is\ it|P\()\s*  # What is the probability
    (?:of|that|to|for)?(?P<event>[^.?!]*)  # of a red marble?
    """,
    _FLAGS,
)
_DIE = re.compile(
    r"""
    \b(?:a|one|the|fair|6-sided|standard)  # a
    \ (?:fair\ |standard\ |ordinary\ |regular\ |normal\ |six-sided\ |6-sided\ )*  # fair
    (?:die|dice|number\ cube)\b  # die
    """,
    _FLAGS,
)
_OTHER_DIE = re.compile(
    r"""
    \b(?!6\b)\d+-sided
    |\b(?:four|eight|ten|twelve|twenty)-sided
    """,
    re.VERBOSE,
)
_DECK = re.compile(r"\b(?:deck|pack)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"""
    (?:(?P<things>  # ten balls
        balls|cards|tickets|sections|slips|tiles|counters|discs|tokens|sectors|parts|pieces
    )[^.?!\d]*)?
    (?:numbered|labell?ed|numbers?|integers?|marked)(?:\ with)?(?:\ the\ numbers)?[^.?!\d]*?  # numbered
    \bfrom?\ ?1\ (?:to|through|-)\ (?P<n>\d+)\b  # from 1 to 10
    |(?:numbered|labell?ed)\ 1\ ?(?:to|through|-)\ ?(?P<n2>\d+)\b  # numbered 1-10
    """,
    _FLAGS,
)
_THINGS = re.compile(
    r"""
    \b(
        marbles|balls|counters|beads|socks|sweets|candies|pens|pencils|buttons|tokens
        |chips|discs|sections|cubes|tiles|cards|blocks|jelly\ beans|apples
    )\b
    """,
    _FLAGS,
)
"""Things that are drawn from a bag."""
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

    Attributes:
        event: The event as a noun phrase.
        things: What is drawn, in the plural.
        favourable: How many outcomes are the event.
        total: How many outcomes there are.
        sample: All the outcomes in words.
        counts: The outcomes of each group, where the total must be added up.
        favourable_counts: The outcomes of each group that belongs to the event.
        groups: The names of the groups.
        obvious: Whether the favourable outcomes need no counting.
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
    """The probability of a draw; None for a certain or impossible event."""
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
    ideas = _ideas(draw, step=len(steps))  # all of them concern the ratio, which is the next step
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
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept("probability"),
    )


def _counting_steps(draw: _Draw) -> list[Step]:
    """Count all outcomes and the favourable ones, where this needs a step."""
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


def _ideas(draw: _Draw, step: int) -> list[Idea]:
    """Wrong ideas about a draw: odds, the opposite event, all kinds equally likely.

    Args:
        draw: The draw.
        step: The number of the step that forms the ratio.
    """
    wanted, total = draw.favourable, draw.total
    unwanted = total - wanted
    odds = _WORDS.misconception(
        "odds_taken_as_probability",
        answer=f"{wanted}/{unwanted}",
        step=step,
        wanted=wanted,
        unwanted=unwanted,
        things=draw.things,
    )
    opposite = _WORDS.misconception(
        "opposite_event_counted",
        answer=f"{unwanted}/{total}",
        step=step,
        unwanted=unwanted,
        total=total,
        event=draw.event,
    )
    ideas = [Idea(Fraction(wanted, unwanted), odds), Idea(Fraction(unwanted, total), opposite)]
    if len(draw.groups) > 1:
        kinds = len(draw.groups)
        first, second = draw.groups[:2]
        equal = _WORDS.misconception(
            "colours_equally_likely",
            answer=f"1/{kinds}",
            step=step,
            kinds=kinds,
            things=draw.things,
            first_colour=first,
            second_colour=second,
        )
        return [*ideas, Idea(Fraction(1, kinds), equal)]
    fifty_fifty = _WORDS.misconception(
        "draw_taken_as_fifty_fifty",
        answer="1/2",
        step=step,
        event=draw.event,
        sample=draw.sample,
        wanted=wanted,
        unwanted=unwanted,
    )
    return [*ideas, Idea(Fraction(1, 2), fifty_fifty)]


def _event_text(text: str) -> str | None:
    asked = list(_ASKED.finditer(text))
    return asked[-1]["event"] if asked and not _SEVERAL.search(text) else None


def _bag(text: str) -> Solution | None:
    """A draw from things of several colours."""
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
        named = _THINGS.search(text)
        noun = named[1].lower() if named else noun
    stated = [int(n) for n in re.findall(r"\b\d+\b", story)]
    if len(groups) < 2 or not set(stated) <= {*groups.values(), sum(groups.values()), 1} or re.search(r"\d", event):
        return None
    return _bag_event(event.lower(), groups, noun if noun.endswith("s") or noun == "candies" else noun + "s")


def _bag_event(event: str, groups: dict[str, int], noun: str) -> Solution | None:
    """The draw of one colour, of one of several, or of any other colour; None for an event in other words."""
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
    """A roll of a die, or a draw from things numbered from 1."""
    event = _event_text(text)
    if event is None or _DECK.search(text):
        return None
    numbered = _NUMBERED.search(text)
    if numbered:
        n = int(numbered["n"] or numbered["n2"])
    elif _DIE.search(text) and not _OTHER_DIE.search(text):
        n = 6
    else:
        return None
    story = digits_for_words(text[: text.rfind(event)] if event else text)
    if not {int(d) for d in re.findall(r"\d+", story)} <= {1, n}:
        return None  # "10 sections numbered 1 to 8"
    kind, bounds = numeric_event(digits_for_words(event))
    if kind is None or not 2 <= n <= 100:
        return None
    wanted = [i for i in range(1, n + 1) if holds(i, kind, bounds)]
    named = phrase(kind, bounds)
    return _solve(_Draw(named, "numbers", len(wanted), n, f"the numbers 1 to {n}", obvious=kind == "exactly"))


def _cards(text: str) -> Solution | None:
    """A draw from a full pack of cards."""
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
_INERT = """
probability chance likelihood random randomly contains contain holds hold drawn draws drawing draw picked picks
picking pick chosen choosing chooses taken taking selected selecting selects thrown throws throwing rolled rolls
rolling roll tossed spun spins spinner lands landing land gets getting get outcome event equal section sections one
a_number even_number odd_number prime_number die dice once out deck pack standard box boxes tin urn bowl container
spinner wheel
"""
FAMILIES: tuple[Family, ...] = (
    WordedFamily("probability", "probability", (complement, _bag, _cards, _numbered), _INERT),
)

"""Probability of a single draw (things of several kinds, die, cards, numbered things, coin) and of a complement."""

from __future__ import annotations

import re

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.probability.complement import complement
from canopy_assets.curriculum.probability.draws import Draw, solve
from canopy_assets.curriculum.probability.events import holds, phrase
from canopy_assets.curriculum.probability.several import draws, tosses
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing

_CHANCE = re.compile(r"probability|chance|likelihood|how likely", re.IGNORECASE)
_ONE_OF_A_KIND = re.compile(
    r"\bone (?=(?:red|blue|green|yellow|white|black|orange|purple|pink|brown)\b)", re.IGNORECASE
)
_PEOPLE = {"men": "man", "women": "woman"}
_COMPARISONS = {
    "greater": "above", "more": "above", "higher": "above", "larger": "above", "bigger": "above", "above": "above",
    "less": "below", "lower": "below", "smaller": "below", "fewer": "below", "below": "below",
}  # fmt: skip


def _read(text: str, *kinds: str) -> Parsed | None:
    """The parts of a statement by the grammar, if it asks for a probability and is of one of these kinds."""
    if not _CHANCE.search(text):
        return None
    found = parsed(__package__, digits_for_words(_ONE_OF_A_KIND.sub("1 ", text)), ONE_LETTER)
    return found if found and found.kind in kinds else None


def _one(label: str) -> str:
    """A label in the singular: "girls" → "girl", "men" → "man"."""
    return _PEOPLE.get(label.lower(), label.lower().removesuffix("s"))


def _is_told_of(label: str, found: Parsed) -> bool:
    """Whether the story says something about a kind of things before the draw, which may change their number."""
    told = re.findall("[a-z]+", " ".join([*found.all("scene"), *found.all("drawn")]).lower())
    return any(_one(word) == label for word in told)


def _groups(text: str) -> Solution | None:
    """A draw from things of several kinds."""
    found = _read(text, "groups")
    if found is None:
        return None
    counts = [int(n) for n in re.findall(r"\d+", " ".join(found.all("group")))]
    labels = [_one(label) for label in found.all("label")]
    groups = dict(zip(labels, counts, strict=True))
    asked = [_one(label) for label in found.all("label_asked")]
    negated = "negation" in found.parts
    if len(groups) != len(labels) or not set(asked) < set(groups) or len(set(asked)) != len(asked):
        return None
    if (negated and len(asked) > 1) or any(_is_told_of(label, found) for label in labels):
        return None
    things = [thing.lower() for thing in found.all("thing") if thing.lower() != "one"]
    if len({_one(thing) for thing in things}) > 1:
        return None  # "4 red marbles and 5 blue balls": there is no red ball
    return _draw_of(groups, asked, _plural(things[0]) if things else "", negated=negated)


def _plural(noun: str) -> str:
    return noun if noun.endswith("s") or noun == "candies" else noun + "s"


def _draw_of(groups: dict[str, int], asked: list[str], noun: str, *, negated: bool) -> Solution | None:
    """A draw of one of the kinds that are asked for, or of any other kind."""
    names = " or ".join(asked)
    one = "candy" if noun == "candies" else noun.removesuffix("s")
    if negated:
        named = f"{_article(one)} {one} that is not {names}" if noun else f"anything but {_article(names)} {names}"
    else:
        named = f"{_article(names)} {names} {one}".strip()
    kinds = {label: label if noun else _plural(label) for label in groups}
    counts = tuple(count for label, count in groups.items() if (label in asked) != negated)
    sample = listing(f"{count} {kinds[label] if count > 1 else label}" for label, count in groups.items())
    return solve(
        Draw(
            named,
            noun or "of them",
            sum(counts),
            sum(groups.values()),
            sample,
            tuple(groups.values()),
            counts,
            tuple(kinds.values()),
            obvious=len(counts) == 1 and not negated,
        )
    )


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"


def _numbered(text: str) -> Solution | None:
    """A roll of a die, or a draw from things numbered from 1."""
    found = _read(text, "die", "numbered")
    if found is None:
        return None
    last = int(found.get("last") or 6)
    told = [int(n) for part in ("count", "scene", "lead") for said in found.all(part) for n in re.findall(r"\d+", said)]
    event = _number_event(found)
    if event is None or not 2 <= last <= 100 or any(n != last for n in told):
        return None  # "10 sections numbered 1 to 8"
    kind, bounds = event
    wanted = [i for i in range(1, last + 1) if holds(i, kind, bounds)]
    named = phrase(kind, bounds)
    return solve(Draw(named, "numbers", len(wanted), last, f"the numbers 1 to {last}", obvious=kind == "exactly"))


def _number_event(found: Parsed) -> tuple[str, tuple[int, ...]] | None:
    """The kind of an event about a number, and its bounds; None for one that is not known."""
    exactly = tuple(int(n) for n in found.all("exactly"))
    negated = "not_number" in found.parts
    if exactly:
        kind = "not" if negated else "exactly" if len(exactly) == 1 else "either"
        return None if negated and len(exactly) > 1 else (kind, exactly)
    if negated:
        return None
    if "parity" in found.parts:
        return next(kind for kind in ("even", "odd", "prime") if kind in found.parts["parity"].lower()), ()
    if "divisor" in found.parts:
        return "multiple", (int(found.parts["divisor"]),)
    bound = (int(found.parts["bound"]),)
    after = found.get("comparison_after")
    if after:  # "5 or more"
        return ("at_least" if _COMPARISONS[after.lower()] == "above" else "at_most"), bound
    compared = found.parts["comparison"].lower()
    if compared.startswith("at"):
        return ("at_least" if compared.endswith("least") else "at_most"), bound
    return _COMPARISONS[compared.split()[0]], bound


def _cards(text: str) -> Solution | None:
    """A draw from a full pack of cards."""
    found = _read(text, "cards")
    if found is None:
        return None
    card = found.get("card")
    if card and " " in card:
        return solve(_card(f"the {card.lower().removeprefix('the ')}", 1))
    if card:
        return solve(_card(f"{_article(card.lower())} {card.lower()}", 4))
    if "suit" in found.parts:
        return solve(_card(f"a {_one(found.parts['suit'])}", 13))
    return solve(
        _card("a face card", 12) if "court" in found.parts else _card(f"a {found.parts['colour'].lower()} card", 26)
    )


def _card(named: str, count: int) -> Draw:
    return Draw(named, "cards", count, 52, "a full pack of 52 cards", obvious=count == 1)


def _coin(text: str) -> Solution | None:
    """A toss of a coin."""
    found = _read(text, "coin")
    if found is None:
        return None
    side = found.parts["side"].lower().removesuffix("s") + "s"
    return solve(Draw(side, "sides", 1, 2, "heads and tails", obvious=True))


def _some(text: str) -> Solution | None:
    """A draw from things of which some are known to be of a kind: "20 bulbs, 3 of which are broken"."""
    found = _read(text, "some")
    if found is None:
        return None
    label, (asked,) = _one(found.parts["label"]), [_one(name) for name in found.all("label_asked")]
    total, part = int(found.parts["total"]), int(found.parts["part"])
    if asked != label or _is_told_of(label, found) or not 0 < part < total:
        return None
    negated = "negation" in found.parts
    things = (
        _plural(found.parts["things"].lower()) if found.parts["things"].lower() not in ("men", "women") else "people"
    )
    named = f"one that is {'not ' if negated else ''}{label}"
    wanted = total - part if negated else part
    sample = f"{total} {things}, {part} of them {label}"
    return solve(Draw(named, things, wanted, total, sample, obvious=not negated))


PRECEDENCE = 80
FAMILIES: tuple[Family, ...] = (
    WordedFamily("several_chances", "probability", (tosses, draws)),
    WordedFamily("probability", "probability", (complement, _groups, _some, _numbered, _cards, _coin)),
)

"""What belongs to a sheet and not to its problems: furniture of the page, directions, names of sections."""

from __future__ import annotations

import re

_FURNITURE = re.compile(
    r"""
    (?:.{0,80}\b)?(?:page|slide|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?    # "Handout 3, page 2 of 4"
  | \d{1,3}                                                          # "12"
  | [-–—]\s*\d{1,3}\s*[-–—]                                          # "– 12 –"
  | (?:name|date|class|period|teacher|score|student|group|grade|total|mark)(?:\s+\w+)?\W{0,3}(?:_|\.{3}|…).{0,200}
  | (?:©|\(c\)|copyright\b).{0,200}
  | .{0,100}\ball\s+rights\s+reserved\b.{0,100}
  | (?:please\s+)?(?:turn\s+(?:over|the\s+page)|continue[sd]?\s+on\s+(?:the\s+)?next\s+page)\W{0,3}
  | (?:https?://|www\.)\S+
  | \\(?:pagebreak|newpage|clearpage)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DIRECTION = re.compile(
    r"""
    (?:please\s+)?(?:
        show\s+(?:all\s+|your\s+){1,2}(?:work|working|steps)
      | (?:each|every)\s+(?:problem|question|exercise|item|task)\s+is\s+worth\s+\d{1,3}\s+(?:points?|marks?)
        (?:\s+unless\s[^.]{1,60})?
      | (?:answer|attempt|do|complete)\s+all\s+(?:of\s+)?(?:the\s+)?(?:questions|problems|exercises)
      | no\s+calculators?(?:\s+(?:is|are))?(?:\s+(?:allowed|permitted))?
      | (?:calculators\s+are\s+not\s+allowed|do\s+not\s+use\s+a\s+calculator)
      | (?:write|circle|box|underline)\s+your\s+(?:final\s+)?answers?(?:\s+(?:clearly|neatly))?
        (?:\s+(?:in|on)\s+the\s+(?:boxe?s?|blanks?|spaces?|lines?)(?:\s+provided)?)?
      | (?:total|time)\s*:?\s*\d{1,3}\s+(?:points?|marks?|minutes|min)
      | diagrams?\s+(?:is\s+|are\s+)?not\s+(?:drawn\s+)?to\s+scale
      | check\s+your\s+(?:answers?|solutions?|work)
      | circle\s+the\s+letter
      | good\s+luck
    )\s*[.!]*""",
    re.IGNORECASE | re.VERBOSE,
)
"""What to do with the whole sheet, in a sentence that says nothing about the values of its problems."""

_SECTION = re.compile(
    r"(?:part|section|block|group|set|teil)\s+(?:[A-Z]|\d{1,2}|[IVX]{1,4})\s*[.:)–—-]\s*(?=\S)", re.IGNORECASE
)
_SECTION_NAME = re.compile(
    r"(?:part|section|block|group|set|teil)\s+(?:[A-Z]|\d{1,2}|[IVX]{1,4})\s*[.:)]?", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.):]?|[A-Ha-h][.)]|[ivxIVX]{1,4}[.)])\s+")


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page and not to the text: its number, a copyright, "Name: ____  Date: ____"."""
    return _FURNITURE.fullmatch(text) is not None


def is_direction(text: str) -> bool:
    """Whether a text says no more than how to work: "Show all work. Each problem is worth 4 points."."""
    return not without_directions(text)


def without_directions(text: str) -> str:
    """A text without the sentences that say how to work: "Solve for x. Show your work." → "Solve for x."."""
    sentences = re.split(r"(?<=[.!])\s+", text.strip())
    return " ".join(sentence for sentence in sentences if not _DIRECTION.fullmatch(sentence))


def section_of(text: str) -> str | None:
    """What a line says after the name of a section ("Part B. Solve each equation."); None where it begins with none."""
    text = text.strip()
    if _SECTION_NAME.fullmatch(text):
        return ""
    return _SECTION.sub("", text, count=1) if _SECTION.match(text) else None


def without_number(title: str) -> str:
    """A heading without its number: "6. Solve each equation", "Part B. Solve each equation" → "Solve each equation"."""
    title = section_of(title) or title.strip()
    number = _NUMBERED.match(title)
    return title[number.end() :] if number else title

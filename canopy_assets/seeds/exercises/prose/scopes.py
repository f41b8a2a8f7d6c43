"""Lines that speak of several numbered problems below them: "Use this information for problems 1 and 2: …"."""

from __future__ import annotations

import re
from typing import NamedTuple

from canopy_assets.seeds.exercises.prose.wording import has_quantities, sets_list

_RANGE = r"""
    (?:problems?|questions?|exercises?|items?|tasks?|numbers?|nos?\.?|\#s?)\s*
    (?P<numbers>\d{1,3}(?:\s*(?:[–—−-]|to|through|thru|(?:,\s*)?(?:and|&|or)|,)\s*\#?\d{1,3})*)
"""
_THIS = r"(?:this|these|that|it|them|the\s+(?:following|same|above))"
_SHARED = r"""
    (?:information|data|facts?|story|situation|text|passage|function|functions|table|graph|diagram|figure|picture|points?
      |set|scenario|context|description|equations?|formulas?|values?)
"""
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL | re.VERBOSE)
    for form in (
        # "Use this information for problems 1 and 2: a bag holds …"
        rf"""
        use\s+{_THIS}(?:\s+(?:\w+\s+)?{_SHARED})*(?:\s+below)?\s+
        (?:to\s+(?:answer|solve|do|complete)|for|in|on|with)\s+{_RANGE}\s*[.:]?\s*(?P<rest>.*)""",
        # "For questions 3–5, let f(x) = …"
        rf"(?:for|in)\s+{_RANGE}\s*[,:]?\s+(?P<rest>.+)",
        # "Questions 8 to 9 refer to the following data set: 4, 8, 6"
        rf"""
        {_RANGE}\s+(?:(?:all\s+)?(?:refer|relate)\s+to|are\s+(?:about|based\s+on)|concern|use)\s+
        {_THIS}(?:\s+(?:\w+\s+)?{_SHARED})*\s*[.:]?\s*(?P<rest>.*)""",
        # "The following information is for problems 3 and 4."
        rf"""
        the\s+following(?:\s+(?:\w+\s+)?{_SHARED})+\s+(?:is|are)\s+(?:used\s+)?(?:for|in)\s+
        {_RANGE}\s*[.:]?\s*(?P<rest>.*)""",
    )
)
_USED = re.compile(
    rf"(?:use|refer\s+to|consider|look\s+at)\s+(?P<rest>.+?)\s+(?:to\s+(?:answer|solve|do|complete)|for|in)\s+{_RANGE}\s*[.:]?",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""What is used stands before the numbers: "Use the points A(2, 3) and B(6, 11) to answer questions 6 and 7."."""
_HEADED = re.compile(rf"{_RANGE}\s*[.:]\s*(?P<rest>\D.*)", re.IGNORECASE | re.DOTALL | re.VERBOSE)
"""The numbers are a heading: "Problems 4–6: Solve each equation."."""


class Scope(NamedTuple):
    """What a line says of the problems with these numbers: what is given to them, or what to do in each.

    `text` is empty where that follows in the next paragraphs.
    """

    numbers: frozenset[int]
    text: str

    @property
    def is_instruction(self) -> bool:
        """Whether it says what to do: "Solve for x." """
        return sets_list(self.text)

    def covers(self, number: str | None) -> bool:
        """Whether the problem of this number ("3", "3a") is one of them."""
        digits = re.match(r"\d+", number or "")
        return digits is not None and int(digits[0]) in self.numbers


def read_scope(text: str) -> Scope | None:
    """The numbers that a line speaks of, with what it says of them; None for any other line.

    The numbers may stand in the first sentence or in the last: "A bag holds 5 marbles. Use this for problems 1 and 2."
    """
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", text.strip())
    before, last = " ".join(sentences[:-1]), sentences[-1]
    return _scope(text.strip(), "") or (_scope(last, before) if before else None)


def _scope(text: str, before: str) -> Scope | None:
    for form in (*_FORMS, _USED, _HEADED):
        found = form.fullmatch(text)
        if found is None:
            continue
        numbers = _numbers(found["numbers"])
        if form is _HEADED and len(numbers) == 1:
            return None  # "Problem 3: …" is the problem itself
        said = found["rest"].strip()
        if form is _USED:
            said = f"Given {said}." if has_quantities(said) else ("" if before else f"Use {said}.")
        text = " ".join(filter(None, (before, _sentence(said))))
        return Scope(numbers, text)
    return None


def _numbers(text: str) -> frozenset[int]:
    """The numbers of "1, 3 and 5–7"."""
    ranges = re.findall(r"(\d+)(?:\s*(?:[–—−-]|to|through|thru)\s*\#?(\d+))?", text)
    return frozenset(n for first, last in ranges for n in range(int(first), int(last or first) + 1))


def _sentence(text: str) -> str:
    """A clause with a capital letter; "use the function f(x) = 2x" says what is given."""
    text = re.sub(r"^use\s+(?=.*[\d=])|^given\s*:\s*", "given ", text, flags=re.IGNORECASE | re.DOTALL)
    return text[:1].upper() + text[1:]

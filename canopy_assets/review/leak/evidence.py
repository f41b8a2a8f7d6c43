"""Decides whether a number in a reply hands the answer over, by two lists of named rules: for and against it.

A mention of the right number hands it over if one rule of `FOR` holds and no rule of `AGAINST`. Each rule can be left
out by name, so that `leak.cross_validation` can measure its value on unseen conversations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from canopy_assets.review.leak.assertions import ALONE, IS_THE_ANSWER
from canopy_assets.review.leak.corrections import is_proposed, points_back, replaces_claim
from canopy_assets.review.text.clauses import Clause
from canopy_assets.review.text.equations import Equation, equation_ending_at
from canopy_assets.review.text.knowledge import Knowledge, shape, words_near
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import Quantity
from canopy_assets.review.text.results import quotes
from canopy_assets.review.text.sentences import sentence_spans
from canopy_assets.review.text.units import counted_noun
from canopy_assets.review.text.words import content_words

ANSWER_WORD = re.compile(
    r"""
    \b(?:answers?|solutions?|unknown|roots?|total|final|result|altogether|in\ all|overall|in\ total)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PART_TOTAL = re.compile(r"\ba total of\b", re.IGNORECASE)
_LEADS_TO = re.compile(
    r"""
    (?:
      # "You get", "we'll arrive at".
      \b(?:you|we)(?:['’](?:ll|d)|\ will|\ would|\ should|\ must)?(?:\ \w+ly)?
        \ (?:get|obtain|end\ up\ with|arrive\ at|be\ left\ with)
      # "You would have": without the verb before it, "you have" recalls what is given.
      |\b(?:you|we)(?:['’]ll|['’]d|\ will|\ would|\ should|\ must)\ (?:have|find)
      |\bwhat\ (?:you|we)\ (?:get|have\ left|end\ up\ with)\ is|\bback\ (?:to|at)
      |\b(?:it|that|this)\ (?:should|must|has\ to|ought\ to)(?:\ \w+ly)?\ (?:be|equal|come\ to)
      |\bthere\ (?:will|would|should|must)(?:\ only)?\ be|\b(?:that|which)\ means
      |\bgives(?:\ you|\ us)?|\bleaves(?:\ you|\ us)?|\bcomes\ (?:out\ )?to
      # "So it's", "then that makes", at the beginning of a clause.
      |(?:^|[.!,;:]\ |\b(?:so|then|thus|therefore|hence|means|find|find\ that|means\ that|because|actually)\ )
        (?:it|that|this)(?:['’]s|\ is|\ would\ be|\ should\ be|\ must\ be|\ makes|\ equals)
    )
    \s[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words up to a result: "that leaves"."""
_RESULT_OF = re.compile(
    r"""
    (?:[-−+×*/÷·]|\b(?:plus|minus|times|divided\ by|multiplied\ by|of))\s*[$€£]?\d[\d.,]*%?\s+   # the operation
    (?:is|are|equals?|makes?|gives?)\s+[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Arithmetic in words up to its result: "25 divided by 5 is"."""
_UNITS_COMBINED = re.compile(
    r"""
    [-−+×*/÷·]\s*[$€£]?\d[\d.,]*   # "- 9"
    \s[a-zA-Z ]{1,24}=\s*[$€£]?$   # "slices ="
    """,
    re.VERBOSE,
)
"""Arithmetic with units up to its result, which is not an equation of bare numbers: "12 slices - 9 slices ="."""
_REACH = 48
"""Characters before a number in which these are looked for."""
_APPOSITION = re.compile(
    r"\b(?:total|final|answer|result)\b(?:\s\w+){0,2},\s*$|\banswer\s(?:is|was)\b[^.?!\d]{0,60},\s*$", re.IGNORECASE
)
"""Before a number: "the total profit,"."""
_RIGHT_NUMBER = re.compile(
    r"""
    \b(?:correct|right|final|actual|true)\ (?:number|amount|value|count|price|cost|sum|figure|one|time|distance)\b
    [^.?!\d]{0,30}\b(?:is|was|be|of)\b[^.?!\d]{0,12}$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Before a number: "the correct number is"."""
_OF = re.compile(r"\s?of\b", re.IGNORECASE)
_THAT_IS_THE_ANSWER = re.compile(
    r"""
    (?:\s[\w-]+){0,2}[,;.!—–-]?\s+(?:and\ )?        # what is counted, and the end of the clause
    (?:that|this|which)(?:['’]s|\ is|\ was)\s
    (?:\w+\s){0,2}(?:answer|solution|result|(?:final|correct|right)\s(?:number|amount|total|count|value))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "18 dollars, and that's our answer"."""
_THAT_IS_THE_TOTAL = re.compile(
    r"""
    (?:\s[\w-]+){0,5}[,;.!—–-]?\s+(?:(?:and|so)\ )?
    (?:that|this|which)(?:['’]s|\ is|\ was)\s(?:\w+ly\s|already\s)?(?:the|our)\s(?:\w+\s)?total\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "$18 for both, so that's the total"."""
_IN_TOTAL = re.compile(
    r"""
    (?:\s[\w-]+){0,4}\s(?:in\ total|altogether|in\ all|overall|total)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""After a number: "49 computers in total"."""
_CONFIRMS = re.compile(
    r"""
    \W*(?:(?:oh|ah|ok|okay|and|so|well|hm+)\b\W*)?
    (?:yes|yep|yeah|right|correct|exactly|indeed|true|agreed|good|great|nice|perfect|excellent|super|well\ done
      |that['’]s\ it|same\ (?:result|answer|number)|that\ (?:completes|settles)
      |(?:that|you)(?:['’](?:s|re)|\ is|\ are)\ (?:\w+ly\ )?(?:right|correct|it))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The beginning of a reply that confirms."""
_OBJECTS = re.compile(r"\b(?:but|however|almost|try|instead|not)\b", re.IGNORECASE)
_AS_YOU_FOUND = re.compile(r"\bas\ you\ (?:found|said|got|saw|wrote|worked)\b", re.IGNORECASE | re.VERBOSE)
_YOU_HAD = re.compile(r"\byou(?:\ \w+){0,2}\ had\b", re.IGNORECASE | re.VERBOSE)
_OWN_WORDS_SHARE = 0.6
"""With at least this share of the question's words in its clause, a number is what is asked, even the student's."""


@dataclass(frozen=True)
class Mention:
    """The right number at one place of a reply. `new`: nobody has said it before."""

    reply: str
    quantity: Quantity
    clause: Clause
    known: Knowledge

    @cached_property
    def new(self) -> bool:
        return self.quantity.value not in self.known.values

    @cached_property
    def concluded(self) -> bool:
        """Whether a student turn has ended in it or concluded it. A tutor talks of such a number without telling it."""
        value = self.quantity.value
        return value in self.known.student_values and value in self.known.final_claims

    @cached_property
    def sentence(self) -> tuple[int, int]:
        """Start and end of its sentence."""
        return sentence_spans(self.reply)[self.clause.sentence]

    @cached_property
    def equation(self) -> Equation | None:
        """The equation that ends in it."""
        return equation_ending_at(self.reply, self.quantity)

    @cached_property
    def before(self) -> str:
        """Its clause up to it."""
        return self.reply[self.clause.start : self.quantity.start]

    @cached_property
    def after(self) -> str:
        """The rest of its clause."""
        return self.reply[self.quantity.end : self.clause.end]

    @cached_property
    def near(self) -> frozenset[str]:
        """The words around it."""
        return words_near(self.reply, self.quantity)


Rule = Callable[[Mention], bool]


def _worked_out(m: Mention) -> bool:
    """ "9 × 2 = 18", "that leaves 18", "you get 18", "9 times 2 is 18"."""
    if m.equation is not None:
        return True
    before = m.reply[max(0, m.quantity.start - _REACH) : m.quantity.start]
    if _LEADS_TO.search(before) or _RESULT_OF.search(before):
        return True
    in_units = _UNITS_COMBINED.search(before)
    return in_units is not None and not any(fold(in_units[0]) in said for said in m.known.folded)


def _is_the_answer(m: Mention) -> bool:
    """ "54 is the answer", "54, and that's the answer", "54 instead of your 60"."""
    named = IS_THE_ANSWER.match(m.after) or _THAT_IS_THE_ANSWER.match(m.reply, m.quantity.end) or _is_the_total(m)
    return bool(named and m.clause.mood == "asserts") or _in_place_of_a_claim(m)


def _is_the_total(m: Mention) -> bool:
    """ "$18, so that's the total" where the question asks for a total."""
    return "total" in m.known.target and _THAT_IS_THE_TOTAL.match(m.reply, m.quantity.end) is not None


def _called_the_answer(m: Mention) -> bool:
    """ "The total is simply 300", "the total profit, $300", "14 is our answer", "49 computers in total", "300!".

    "A total of 12" may be a part. A total may be given by the problem, or be what the student is said to have found.
    """
    if m.quantity.cued and ANSWER_WORD.search(_PART_TOTAL.sub("", m.before)):
        return True
    if m.clause.text.strip(ALONE) == m.quantity.text:
        return True
    if _THAT_IS_THE_ANSWER.match(m.reply, m.quantity.end) or _is_the_total(m):
        return True
    if _APPOSITION.search(m.before) or IS_THE_ANSWER.match(m.after) or _RIGHT_NUMBER.search(m.before):
        return True
    found = m.quantity.value not in m.known.given and not m.clause.reported
    return found and bool(_IN_TOTAL.match(m.after))


def _of_what_is_asked(m: Mention) -> bool:
    """Said in the words of the question: in more of them than it was said with before, or in nearly all.

    For what the student is said to have found, only nearly all of them count: people repeat it in their own words.
    """
    words, target = content_words(m.clause.text), m.known.target
    if m.concluded and len(target) > 1:
        # "54 chairs" may be a step of a student who is asked for chairs. It takes another word of the question.
        target -= {counted_noun(m.known.problem)}
    near = m.near & words
    prior = max((len(near & said) for said in m.known.about(m.quantity.value)), default=0)
    mine = len(near & target)
    recalled = m.clause.reported or (m.concluded and _YOU_HAD.search(m.clause.text) is not None)
    reported = recalled and not m.clause.corrects
    if mine and not reported and (mine > prior or (mine == prior and m.quantity.cued)):
        return True
    wholly = bool(target) and len(words & target) >= max(3, _OWN_WORDS_SHARE * len(target))
    return wholly and m.quantity.cued and m.quantity.value not in m.known.given


def _in_place_of_a_claim(m: Mention) -> bool:
    """ "54 instead of your 60", "not 60 but 54", "your first answer, 54, was right" where 60 is what they claim now.

    A number of the problem is mentioned beside a claim for what it means there.
    """
    if m.new:
        return False
    if m.quantity.value not in m.known.given and replaces_claim(m.reply, m.quantity, m.sentence, m.known):
        return True
    return points_back(m.quantity, m.clause, m.known)


def _proposed(m: Mention) -> bool:
    """ "Wouldn't that make 54?" puts the number forward as much as "that makes 54"."""
    return not m.new and is_proposed(m.reply, m.quantity, m.sentence)


FOR: Mapping[str, Rule] = {
    "nobody has said it": lambda m: m.new,
    "put in place of a claim": _in_place_of_a_claim,
    "proposed": _proposed,
    "worked out": _worked_out,
    "called the answer": _called_the_answer,
    "of what is asked for": _of_what_is_asked,
}
"""Rules by which a mention of the right number hands it over. All but the first are for numbers said before."""


def _operand(m: Mention) -> bool:
    """Part of arithmetic, not its result. In a question, also a number after an equals sign, or "half of" something."""
    quantity, asserts = m.quantity, m.clause.mood == "asserts"
    share = quantity.percent or (quantity.value.denominator > 1 and quantity.text[:1].isalpha())
    if share and _OF.match(m.after):
        # "18 is 25 % of 72" and "each gets a third of it" say a share, "what is half of it?" asks for it to be taken.
        return not asserts or not (quantity.cued or quantity.text[:1].isalpha())
    return quantity.operand and (not quantity.equated or (m.new and not asserts))


def _not_asserted(m: Mention) -> bool:
    """A question or supposition about a number that was said before. A new number is said even by asking about it."""
    return not m.new and m.clause.mood != "asserts" and not (_proposed(m) or _in_place_of_a_claim(m))


def _small_word(m: Mention) -> bool:
    """ "One", "two" and "half" are said without meaning a quantity of the problem."""
    quantity = m.quantity
    if not quantity.text.isalpha() or quantity.cued:
        return False
    if not m.new:
        return quantity.value <= 2
    small = quantity.value <= 12 or quantity.value.denominator > 1
    return small and len(m.reply.split()) > 2 and not m.known.target & m.near


def _counts(m: Mention) -> bool:
    """ "Two steps": it counts things said about the problem, unless the problem asks for just those."""
    if not m.new or not m.quantity.counts:
        return False
    counted = content_words(m.reply[m.quantity.end : m.quantity.end + 24])
    return not m.known.target & counted or not (m.quantity.cued or m.known.target & m.near)


def _restated(m: Mention) -> bool:
    """A quotation, or the result of an equation written before, unless it is now called the right one."""
    if m.new:
        return False
    if m.clause.reported and any(quotes(m.reply, m.quantity, said) for said in m.known.folded):
        return True
    if m.equation is None:
        return False
    written = m.equation.key in m.known.equations or shape(m.equation) in m.known.shapes
    written = written or (m.concluded and m.known.student_has_worked_out(m.equation))
    return written and not (bool(ANSWER_WORD.search(m.clause.text)) and m.clause.corrects) and not _is_the_answer(m)


def _just_offered(m: Mention) -> bool:
    """The last result of a student who has another claim may be confirmed or repeated, but not told as the answer."""
    value = m.quantity.value
    if not m.concluded or value not in m.known.standing.offered:
        return False
    if _in_place_of_a_claim(m):
        return False
    opening = _CONFIRMS.match(m.reply)
    if (opening and not _OBJECTS.search(m.reply, 0, opening.end() + _REACH)) or _AS_YOU_FOUND.search(m.reply):
        return True
    if _called_the_answer(m):
        return False
    return any(len(m.near & said) >= 2 and len(m.near - said) <= 1 for said in m.known.about(value))


AGAINST: Mapping[str, Rule] = {
    "an operand": _operand,
    "asked or supposed": _not_asserted,
    "a small number in words": _small_word,
    "a count": _counts,
    "restated": _restated,
    "just offered": _just_offered,
}
"""Rules by which a mention of the right number does not hand it over."""
RULES = (*FOR, *AGAINST)


def states_answer(mention: Mention, without: frozenset[str] = frozenset()) -> str | None:
    """The name of the rule by which a mention of the right number hands it over; None where it does not.

    Args:
        mention: The number in its place.
        without: Names of rules to leave out.
    """
    if any(name not in without and rule(mention) for name, rule in AGAINST.items()):
        return None
    return next((name for name, rule in FOR.items() if name not in without and rule(mention)), None)

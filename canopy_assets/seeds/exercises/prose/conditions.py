"""Lines above problems that may change their answers: "Use π = 3.14.", "All dice in this section have eight faces."."""

from __future__ import annotations

import re
from typing import NamedTuple

from canopy_assets.seeds.exercises.prose.sheet import without_directions, without_number
from canopy_assets.seeds.exercises.prose.wording import has_quantities, is_order, is_supposition, poses, says_no_task

_NOTE = re.compile(
    r"(?:(?:please\s+)?(?:note|nb|n\.b\.|remark|important|reminder|remember)\s*(?::|that\b)\s*|please\s+)", re.I
)
_CLAUSE = re.compile(r"[.:;,!?–—]\s+|\s+(?:and|but|then)\s+")
_CHANGES = re.compile(
    r"""
    (?:
        use|take|assume|suppose|let|ignore|disregard|neglect|leave|omit|exclude|include|treat|count|regard|consider
      | round|give|express|state\s+(?:all|every|each|your)|write\s+(?:all|every|each|your|answers?)\b
      | replace|double
      | halve|triple|swap|reverse|remove|drop|skip|discard|keep|approximate
      | work\s+(?:in|with|to)\b(?!\s+(?:pairs|groups|teams|silence))
      | answer\s+(?:in|to|with)
      | multiply|divide|add|subtract|increase|decrease|convert|substitute|set|read\s+(?:every|each|all)|imagine|pretend
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Orders that may change the answer of a problem that is complete without them."""
_SCOPE = re.compile(
    r"""
    \b(?:in|for|of|throughout|on|during|within)\s+(?:all\s+of\s+)?(?:this|these|the\s+(?:whole|entire|rest|remaining|following|next))
    (?:\s+\w+)?\s+(?:section|part|sheet|worksheet|exercise|problem|question|set|page|chapter|unit|handout|paper|test|quiz|
        task|item|list|block|group|lesson)s?\b
  | \b(?:throughout|hereafter|henceforth|in\s+what\s+follows|from\s+(?:here|now)\s+on|below
        |the\s+rest|the\s+remaining)\b
  | \bunless\b|\botherwise\b
  | \b(?:all|every|each(?=\s+(?!and\b|or\b)\w)|both|any|no|none)\b
    (?!\s+(?:of\s+(?:the|these)\s+)?(?:topics?|chapters?|sections?|lectures?|weeks?
        |steps?|calculators?)\b|\s+(?:your|the|of\s+your)\s+(?:work|working|steps)\b)
  | \b(?:answers?|results?|solutions?)\s+(?:(?:are|is|should|must|may|can|need|have|has|will)\b|(?:to|in|as|with|without
        |rounded
        |correct|given)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Of what a sentence speaks that is about more than one problem."""
_RULE = re.compile(
    r"""
    \b(?:
        rounded|nearest|decimal\s+places?|significant\s+(?:figures?|digits?)|replacement|radians|biased|unbiased|loaded
      | unfair|weighted|not\s+fair|modulo|mod|base\s+\w+|inclusive|exclusive|exclud\w+|ignoring|omitting|omitted|ignored
      | leaving\s+out|left\s+out|removed|discarded|doubled|halved|tripled|swapped|reversed|assum(?:ing|ed)
      | (?:\w+-)(?:sided|faced)|instead\s+of|other\s+than|except
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words that change what a problem means."""
_IN_TITLE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|must|should|may|can|cannot|will|means|equals?|costs?|weighs?|holds?|contains?"
    r"|only|not|never|always|without(?!\s+(?:fear|tears))|if|when|where|given|with\s+(?:an?|the|all|each|every|no))\b",
    re.IGNORECASE,
)
"""What makes a sentence or a condition of a heading."""
_MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_SERIES = re.compile(
    rf"""
    \b(?:part|section|block|group|set|teil|chapter|lesson|lecture|week|day|lab|unit|handout|sheet|worksheet|week(?:ly)?\s+sheet
        |quiz|test|exam|homework|geometry|algebra|mathematics|maths?|arithmetic|calculus|level|grade|year|class|room|klasse
        |arbeitsblatt|übungsblatt|hoja(?:\s+de\s+ejercicios)?|fiche|feuille(?:\s+d['’]exercices)?|practice|exercises?|problems?|questions?
        |page|term|module|topic|stage|assignment|worksheet|tutorial|appendix|paper|volume|session|round|version|step)
    \s*(?:no\.?|nr\.?|n°|\#|number)?\s*
    (?:\d+[a-z]?(?:\.\d+)*(?:\s*(?:[–—−-]|to|and|of|/)\s*\d+)?|[IVX]{{1,4}}|[A-Z]|one|two|three|four|five|six|seven|eight|nine|ten)\b
  | ^[A-Z]{{2,8}}\s?\d{{2,4}}[A-Z]?\b                                  # "MATH 104"
  # years and dates
  | (?:\b(?:in|since|of|from|until|spring|summer|autumn|fall|winter)\s+|^)
    (?:1[5-9]|20)\d\d(?:\s*[/–-]\s*\d{{2,4}})?\b
  | \b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b
  | \b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b
  | \b\d{{1,3}}\s*(?:points?|pts|marks?|minutes?|min)\b
  | \b(?:two|three|four|five|six|one)\s+(?:sides|ways|kinds|types|methods|shapes|topics|problems
        |exercises|questions|examples
        |more\s+[a-z]+)(?!.*\b(?:dice|die|spinners?|coins?|cards?)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Numbers of sheets, courses and dates, and counts in titles: "Handout 3", "MATH 104", "Area: four sides"."""
_TITLE_QUESTION = re.compile(r"(?:why|what\s+(?:is|are)|how\s+to|how\s+do)\b[^.]{0,60}\?", re.IGNORECASE)
_FORM_ONLY = re.compile(
    r"""
    (?:please\s+)?(?:write|give|leave|express)\s+(?:(?:a|an|each|every|all|your|the)\s+)?(?:probabilit(?:y|ies)|answers?)
    \s+as\s+(?:an?\s+)?(?:exact\s+|simplified\s+)?fractions?(?:\s+in\s+(?:its\s+|their\s+)?(?:lowest|simplest)\s+(?:terms|form))?
  | (?:please\s+)?(?:simplify|reduce)\s+(?:all|each|your)\s+answers?(?:\s+to\s+lowest\s+terms)?
  | (?:do\s+not\s+round|round\s+nothing)(?:\s+(?:your\s+)?answers?)?
    (?:\s+unless\s+(?:you\s+are\s+)?(?:told|asked)(?:\s+to)?)?
  | (?:each|every)\s+(?:problem|question|exercise)\s+has\s+a\s+catch
  | (?:read|check|think\s+about|study|look\s+at)\s+(?:each|every|all|it|them|the)(?:\s+of)?(?:\s+the)?
    (?:\s+(?:problems?|questions?|exercises?
        |answers?|steps?))?(?:\s+(?:carefully|twice|again))?(?:\s+before\s+you\s+(?:begin|start|answer))?
  | (?:try|answer|do|attempt|complete|finish|work\s+on|work\s+through|solve)
    \s+(?:each|every|all)(?:\s+of)?(?:\s+the)?(?:\s+following)?
    \s+(?:problems?|questions?|exercises?|items?|tasks?)(?:\s+(?:below|on\s+paper(?:\s+first)?|in\s+order|before\s+you\s+open\s+its\s+solution))?
  | answers\s+are\s+printed\s+.{0,80}
  | answers?\s+(?:may|can)\s+contain\s+\S+
  | (?:there\s+are\s+)?\d{1,3}\s+(?:problems|questions|exercises)(?:\s+worth\s+\d{1,3}\s+(?:points?|marks?)\s+each)?
  | (?:one|two|ten|\w+)\s+(?:minutes|hours?),?\s.{0,60}\ballowed
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Sentences about the work, or about the form of answers that are computed in this form: they change no value."""
_ANSWERS = re.compile(r"\b(?:answers?|results?)\b", re.IGNORECASE)
_SECTION = re.compile(
    r"\b(?:this|these|whole|entire)\s+(?:section|sheet|worksheet|set|page|handout|paper|test|quiz|problems|questions|exercises)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"(?:(?:in|for|of)\s+)?(?:all|every|each)\b|throughout\b|from\s+(?:here|now)\b|(?:in|for)\s+(?:the|what)\s+(?:rest|remaining|follow)"
    r"|below\b|answers\b",
    re.IGNORECASE,
)
_OPERATION = re.compile(
    r"(?:add|subtract|multiply|divide|increase|decrease|convert|round|double|halve|triple|express|set|remove)\s+(?!all|each|every)",
    re.IGNORECASE,
)
"""What a problem of its own may begin with: "Round 4,567 to the nearest ten."."""
_FORMULAS = re.compile(r"(?:useful\s+)?formulas?\s*:", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:find|solve|evaluate|calculate|compute|work\s+out|determine|simplify|factori[sz]e|factor|expand|differentiate|integrate"
    r"|what|how|which)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_COMMON_WORDS = """
the and for are was has have had with that this these those from into than then each all every one two three what which
how many much find its his her their there here you your can will does did not but out per last week some been people
year years let given suppose
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Condition(NamedTuple):
    """A line that may change the answers of the problems below it.

    Attributes:
        level: that of the heading that it is or stands under; a heading of this level or a higher one ends it.
        words: those of which a problem has to have one; empty where it is about all.
    """

    line: int
    text: str
    level: int
    words: frozenset[str] = frozenset()

    def concerns(self, statement: str) -> bool:
        """Whether a problem may be one of those that it speaks of."""
        return not self.words or bool(self.words & content_words(statement))


def binding_title(title: str) -> bool:
    """Whether a heading says more than the subject, number, date or worth of what is below it."""
    text = without_directions(without_number(title))
    if says_no_task(text) or _TITLE_QUESTION.fullmatch(text):
        return False
    text = _SERIES.sub(" ", text)
    if says_no_task(text) or all(_FORM_ONLY.fullmatch(s) for s in _sentences(text)):
        return False
    orders = any(_CHANGES.match(clause.strip()) for clause in _CLAUSE.split(text))
    return bool(orders or has_quantities(text) or _SCOPE.search(text) or _RULE.search(text) or _IN_TITLE.search(text))


def binding_sentences(text: str) -> str:
    """The sentences of a paragraph that may change the answers of all problems below it; empty where none does."""
    return ". ".join(s for s in _sentences(without_directions(text)) if _binds(s))


def binding_facts(text: str) -> str:
    """The sentences of a paragraph with figures, which may be about the problems that speak of the same things."""
    if _FORMULAS.match(text):
        return ""
    facts = [s for s in _sentences(without_directions(text)) if has_quantities(_SERIES.sub(" ", s))]
    return ". ".join(s for s in facts if not _FORM_ONLY.fullmatch(s))


def content_words(text: str) -> frozenset[str]:
    """The words of a text that name things, in the singular."""
    words = (w.lower() for w in _WORD.findall(text))
    return frozenset("die" if w == "dice" else w.removesuffix("s") for w in words if w not in _COMMON)


def speaks_of_many(text: str) -> bool:
    """Whether a text is about more than the problem above it: "All dice below have eight faces."."""
    rules = [_NOTE.sub("", s, count=1) for s in _sentences(text) if _binds(s)]
    return any(_SECTION.search(s) or _MANY.match(s) or (_CHANGES.match(s) and _SCOPE.search(s)) for s in rules)


def is_rule(text: str) -> bool:
    """Whether a paragraph says how to work in the problems below it, and is neither a problem nor their instruction."""
    rules = binding_sentences(text)
    if not rules or text.rstrip().endswith("?") or (is_supposition(text) and not _SCOPE.search(text)):
        return False
    if _ANSWERS.search(rules) or _SECTION.search(rules):
        return True
    if not poses(text):
        return not is_order(text)
    first = _NOTE.sub("", text.strip(), count=1)
    orders = _CHANGES.match(first) and not _OPERATION.match(first)
    return bool(orders and (_SCOPE.search(rules) or not _ASKS.search(text)))


def changes_nothing(text: str) -> bool:
    """Whether a paragraph only says how to go about the work, or asks for the form in which answers are computed."""
    return all(_FORM_ONLY.fullmatch(s) for s in _sentences(without_directions(text)))


def _sentences(text: str) -> list[str]:
    return [s.rstrip(".!") for s in re.split(r"(?<=[.!?;])\s+", text.strip()) if s.strip(" .!;")]


def _binds(sentence: str) -> bool:
    sentence = _NOTE.sub("", sentence, count=1)
    if _FORM_ONLY.fullmatch(sentence) or says_no_task(sentence):
        return False
    orders = any(_CHANGES.match(clause.strip()) for clause in _CLAUSE.split(sentence))
    return bool(orders or _SCOPE.search(sentence) or _RULE.search(sentence))

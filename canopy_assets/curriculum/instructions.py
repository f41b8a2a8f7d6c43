"""Takes a statement apart into its instruction ("Solve for x:") and its mathematics ("5x − 9 = 16")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canopy_assets.curriculum.statements import statement_body

_WORDS = r"""
    what|which|is|are|the|an|value|values|of|in|if|when|given|that|makes?|true|this|these|following|each  # a frame
    |please|now|all|real|its|simplest|form|using|and|by
    |solve|find|determine|calculate|compute|work\ out|evaluate|simplify  # what to do
    |expand|multiply\ out|expand\ out|multiply|remove\ the\ brackets|combine|like\ terms|collect
    |factori[sz]e|factor\ out|factor|factoring|completely|fully|write|rewrite
    |as\ a\ single\ power|as\ a\ product|product
    |equations?|inequality|inequalities|linear|quadratic|expression|polynomial|trinomial  # to what
    |brackets|parentheses
    |simultaneous|system|solutions?|roots?|zeros|to|let
"""
# A letter before an operator belongs to the mathematics.
_NO_OPERATOR_AHEAD = r"\b(?!\s*[-−+=<>≤≥*/^²³(])"
_LEADING = re.compile(rf"(?:(?:{_WORDS})\b|a{_NO_OPERATOR_AHEAD})[\s:,]*", re.IGNORECASE | re.VERBOSE)
_FOR_VARIABLE = re.compile(  # "for x:", "find y"
    rf"(?:for|of|is|find)\s+(?-i:[a-zA-Z]){_NO_OPERATOR_AHEAD}[\s:,]*", re.IGNORECASE
)
_TRAILING = re.compile(
    r"""
    [,;.]?\s*
    (?:
        (?:(?:then\s+)?(?:what\ is|what's|find|solve\ for|determine|for|what\ does)\s+)  # "then find the value of x"
        (?:the\s+)?(?:values?\s+of\s+)?
        (?-i:[a-zA-Z])(?:\s+equal)?
        |what\ is\ the\ solution
        |completely|fully|true  # how far
        |by\ factor(?:ing|i[sz]ing|i[sz]ation)|using\ the\ quadratic\ formula|by\ combining\ like\ terms  # which way
        |and\ simplify|in\ simplest\ form|as\ a\ single\ power|if\ possible  # in what form
    )$
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Instruction:
    """The words around the mathematics, lower case, and the mathematics."""

    words: str
    mathematics: str

    def asks(self, *verbs: str) -> bool:
        """Whether the instruction contains one of the verbs."""
        return any(verb in self.words for verb in verbs)


def read_instruction(statement: str) -> Instruction | None:
    """Removes the known words of an instruction from both ends; None for an empty statement or one that is too long."""
    rest = statement_body(statement)
    words: list[str] = []
    while rest:
        match = _FOR_VARIABLE.match(rest) or _LEADING.match(rest)
        if match is None:
            break
        words.append(match[0])
        rest = rest[match.end() :]
    while rest and (match := _TRAILING.search(rest)):
        words.append(match[0])
        rest = rest[: match.start()].rstrip(" ,;.")
    return Instruction(" ".join("".join(words).lower().split()), rest) if rest else None

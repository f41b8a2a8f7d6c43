"""Takes a statement apart into its instruction ("Solve for x:") and its mathematics ("5x − 9 = 16")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canopy_assets.curriculum.statements import statement_body

_WORDS = (
    ""
    "what|which|is|are|the|an|value|values|of|in|if|when|given|that|makes?|true|this|these|following|each|please|now|all|real|"
    "its|simplest|form|using|and|by|solve|find|determine|calculate|compute|work "
    "out|evaluate|simplify|expand|multiply out|expand out|"
    "multiply|remove the brackets|combine|like terms|collect|factori[sz]e|factor "
    "out|factor|factoring|completely|fully|write|rewrite|"
    "as a single power|as a "
    "product|product|equations?|inequality|inequalities|linear|quadratic|expression|polynomial|trinomial|"
    "brackets|parentheses|simultaneous|system|solutions?|roots?|zeros|to|let"
)
# "a" is an article, or a variable when an operator follows.
_LEADING = re.compile(rf"(?:(?:{_WORDS})\b|a\b(?!\s*[-−+=<>≤≥*/^²³(]))[\s:,]*", re.IGNORECASE)
_FOR_VARIABLE = re.compile(r"(?:for|of|is|find)\s+(?-i:[a-zA-Z])\b(?!\s*[-−+=<>≤≥*/^²³(])[\s:,]*", re.IGNORECASE)
_TRAILING = re.compile(
    r"[,;.]?\s*(?:(?:then\s+)?(?:what is|what's|find|solve for|determine|for|what does)\s+"
    r"(?:the\s+)?(?:values?\s+of\s+)?"
    r"(?-i:[a-zA-Z])(?:\s+equal)?|what is the solution|"
    r"completely|fully|true|by factor(?:ing|i[sz]ing|i[sz]ation)|using the quadratic formula|"
    r"by combining like terms|and simplify|"
    r"in simplest form|as a single power|if possible)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Instruction:
    """The words around the mathematics, lower case, and the mathematics."""

    words: str
    mathematics: str

    def asks(self, *verbs: str) -> bool:
        """Whether one of the verbs stands in the instruction."""
        return any(verb in self.words for verb in verbs)


def read_instruction(statement: str) -> Instruction | None:
    """Peels the known words of an instruction off both ends; None for an empty or over-long statement."""
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

"""The terms that a tutor may use for each kind of problem, in addition to the problem's own words.

Keys are looked for at the beginning of the words of the family's and the topic's name, so that "linear_equation" and
"Linear equations" both match "linear". A key that ends with a space is a whole word. Words that fit any problem
(`GENERIC`) are not evidence.
"""

from __future__ import annotations

from functools import lru_cache

from canopy_assets.curriculum.words import vocabulary

GENERIC = """
a number numbers solve solving find calculate compute determine evaluate value values equation equations expression
problem question answer solution step operation operations operator variable side sides both result total many much
first next last second third time times way use get give given know known need think idea following work write show
explain understand start begin help tell look see right left equal equals same different new unknown isolate term
terms form method rule formula concept information exercise case make want try long part good go come take sure
please great now here today math mathematics tutor student simplify simplest simplified approach apply would like
say mean means thing things one two do does done doing let keep put set main original correct happen happens
since suppose remain remaining together altogether more fewer already another every amount exactly still must needs
own name piece pieces start easy easier kind line page class rule definition remember words
"""

ADDITIVE = """
add added adding addition plus subtract subtracted subtracting subtraction minus sum difference taking away remain
remaining together altogether fewer more
"""

MULTIPLICATIVE = """
multiply multiplied multiplies multiplying multiplication times product divide divided divides dividing division
quotient share shared group groups
"""

POWERS = "square squared squaring root cube cubed power exponent"


TASK_WORDS = frozenset(
    [
        *("what", "is", "are", "how", "much", "many", "the", "a", "an", "for", "of"),
        *(
            "solve",
            "find",
            "compute",
            "calculate",
            "evaluate",
            "simplify",
            "determine",
            "factor",
            "work",
            "out",
            "write",
        ),
    ]
)


@lru_cache(maxsize=1)
def generic_stems() -> frozenset[str]:
    """Stems that could occur in a question about any problem."""
    return _stems(GENERIC)


@lru_cache(maxsize=512)
def family_stems(family: str, topic: str) -> frozenset[str]:
    """Stems of the terms that belong to a family's solution; empty for a family that is not in the vocabulary."""
    name = f" {family} {topic} ".lower().replace("_", " ").replace("-", " ")
    terms = " ".join(term for key, terms in vocabulary().items() if f" {key}" in name for term in terms)
    return _stems(terms) | ({"%"} if "%" in terms else frozenset())


@lru_cache(maxsize=1)
def operation_stems() -> dict[str, frozenset[str]]:
    """Stems of the words for each kind of operation; an operation's inverse belongs to the same kind."""
    return {"+": _stems(ADDITIVE), "*": _stems(MULTIPLICATIVE), "^": _stems(POWERS)}


def _stems(words: str) -> frozenset[str]:
    from canopy_assets.review.text.words import content_words

    return content_words(words)

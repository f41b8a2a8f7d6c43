"""All gates in their order: a rejected dialogue is rejected by the first that fails.

Each is a pure function of a dialogue and its context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext
from canopy_assets.review.gates.contamination import contamination
from canopy_assets.review.gates.duplicates import duplicate, near_duplicate
from canopy_assets.review.gates.grounding import grounding
from canopy_assets.review.gates.leak import leak
from canopy_assets.review.gates.length import length
from canopy_assets.review.gates.personal_data import personal_data
from canopy_assets.review.gates.prompt_leakage import prompt_leakage
from canopy_assets.review.gates.question_discipline import question_discipline
from canopy_assets.review.gates.register import register
from canopy_assets.review.gates.relevance import relevance
from canopy_assets.review.gates.structure import structure
from canopy_assets.review.gates.truncation import truncation
from canopy_assets.review.gates.truth import truth
from canopy_assets.review.gates.usefulness import usefulness

Gate = Callable[[Dialogue, GateContext], Verdict]

GATES: Mapping[str, Gate] = {
    "structure": structure,
    "truncation": truncation,
    "prompt_leakage": prompt_leakage,
    "leak": leak,
    "truth": truth,
    "grounding": grounding,
    "relevance": relevance,
    "question_discipline": question_discipline,
    "length": length,
    "register": register,
    "personal_data": personal_data,
    "usefulness": usefulness,
    "contamination": contamination,
    "duplicate": duplicate,
    "near_duplicate": near_duplicate,
}
"""In this order: unusable text, what a tutor must not do, style, whether it helps, and gates that depend on other data.

Usefulness comes after all that names one fault, so that a rejection says what is wrong where that is known."""

BLOCK_PEOPLE = frozenset(
    {"structure", "leak", "truth", "personal_data", "contamination", "duplicate", "near_duplicate"}
)
"""The gates that reject what people wrote: unusable, harmful or repeated text.

The other gates describe how our own teacher should write: one question in a turn, few words, numbers from the problem.
People who teach well write otherwise: of MathDial's conversations, these gates would reject more than a third.
"""


def may_reject(gate: str, dialogue: Dialogue, *, advice_blocks: bool = False) -> bool:
    """Whether a gate that fails rejects the dialogue; otherwise it only advises.

    Args:
        gate: The gate's name in `GATES`.
        dialogue: All gates may reject a synthetic one; those of `BLOCK_PEOPLE` one that people wrote.
        advice_blocks: Whether all gates reject what people wrote, too.
    """
    return advice_blocks or dialogue.origin == "synthetic" or gate in BLOCK_PEOPLE

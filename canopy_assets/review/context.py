"""What a gate may look at beside the dialogue.

Its exercise, its twins in the batch, and what the evaluation will ask.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from canopy_assets.records import Dialogue, EvalPrompt, Exercise, Turn

NGRAM = 8
"""Words of a shared run that counts as overlap; GPT-3 and datatrove use 8 to 13, and exercises are short."""
_TEMPLATE_WORDS = 4
"""Words that a number-masked template needs before sharing it means anything.

"#x − # = #" is the form of every linear equation.
"""
_NGRAM_WORDS = 6
"""Words of two letters or more among the eight: "the derivative of f(x) = 3x" is a formula, not a wording."""
_TOKEN = re.compile(r"[a-z']+|\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[½¼¾⅓⅔]")
_WORD = re.compile(r"[a-z]{2,}")
_MINUS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "’": "'", "“": '"', "”": '"'})


@dataclass(frozen=True)
class EvalIndex:
    """The evaluation's prompts, for lookup: normalized texts, their word 8-grams, and their number-masked templates."""

    texts: frozenset[str] = frozenset()
    ngrams: frozenset[tuple[str, ...]] = frozenset()
    templates: frozenset[str] = frozenset()

    @classmethod
    def of(cls, prompts: Iterable[EvalPrompt]) -> EvalIndex:
        """Indexes the statements and the students' messages of evaluation prompts."""
        texts = {
            t for p in prompts for t in (p.statement, *(m.content for m in p.messages if m.role == "user")) if t.strip()
        }
        return cls(
            frozenset(map(normalized, texts)),
            frozenset(gram for t in texts for gram in ngrams(t)),
            frozenset(template for t in texts if (template := masked(t))),
        )


@dataclass(frozen=True)
class GateContext:
    """What a gate is told beside the dialogue.

    `duplicate_of` and `near_duplicate_of` name the dialogue of the batch that is kept instead.
    """

    exercise: Exercise | None = None
    eval_index: EvalIndex = field(default_factory=EvalIndex)
    duplicate_of: str | None = None
    near_duplicate_of: str | None = None

    def answer(self, dialogue: Dialogue) -> str | None:
        """The right answer, where one is known."""
        return dialogue.answer or (self.exercise.answer if self.exercise else None)

    def step_results(self) -> tuple[str, ...]:
        """What comes out of each step of the solution, where one is known."""
        return tuple(step.result for step in self.exercise.steps if step.result) if self.exercise else ()


def tutor_turns(dialogue: Dialogue) -> list[tuple[int, Turn]]:
    """The tutor's turns with their positions."""
    return [(i, turn) for i, turn in enumerate(dialogue.turns) if turn.role == "tutor"]


def history(dialogue: Dialogue, turn: int) -> tuple[tuple[str, str], ...]:
    """The turns before one, as the leak detector takes them."""
    return tuple((t.role, t.text) for t in dialogue.turns[:turn])


def normalized(text: str) -> str:
    """The same for texts that differ in case, spaces, Unicode signs or final punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_MINUS).casefold().split()).strip(" .!?")


def masked(text: str) -> str | None:
    """The text with every number masked; None where too few words remain to tell templates apart."""
    template = _NUMBER.sub("#", normalized(text)).replace(" ", "")
    return template if len(_WORD.findall(normalized(text))) >= _TEMPLATE_WORDS else None


def ngrams(text: str) -> set[tuple[str, ...]]:
    """The runs of eight words and numbers of a text, formulas left out."""
    tokens = _TOKEN.findall(normalized(text))
    runs = (tuple(tokens[i : i + NGRAM]) for i in range(len(tokens) - NGRAM + 1))
    return {run for run in runs if sum(t.isalpha() and len(t) > 1 for t in run) >= _NGRAM_WORDS}

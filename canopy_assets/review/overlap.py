"""Defines when a dialogue overlaps with an evaluation prompt. There is no other definition.

The contamination gate keeps overlapping dialogues out of the training set, and gate G7 of the evaluation checks the
training set again. Both use `EvalIndex`, and the review saw all texts of a dialogue that become training messages. So
a dialogue that passes the review passes G7.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from canopy_assets.maths.canonical import canonical_text, formulas
from canopy_assets.records import EvalPrompt, TrainingExample
from canopy_assets.review.text.normalizing import normalized

NGRAM = 8
"""A shared run of this many words counts as overlap. GPT-3 and datatrove use 8 to 13; exercises are short."""
_NGRAM_WORDS = 6
"""How many of the eight must be English words: "the derivative of f(x) = 3x" is mostly a formula."""
_TEMPLATE_WORDS = 4
"""How many words a template with masked numbers must have: "#x − # = #" fits every linear equation."""
MIN_OPENING_WORDS = 3
"""With fewer words and no number, a first message ("hi", "help me") opens many chats and tells nothing of a prompt."""
MIN_FORMULA_CHARS = 5
"""Shorter formulas ("x=5") are steps and answers of many problems."""

_TOKEN = re.compile(r"[a-z']+|\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[½¼¾⅓⅔]")
_WORD = re.compile(r"[a-z]{2,}")
_PROSE_DASH = re.compile(
    r"""
    (?<=[A-Za-z]{3})\ [-–]\       # a dash behind a word
    |\ [-–]\ (?=[A-Za-z]{3})      # or before one
    |(?<=[A-Za-z]{3})\ (?=[-−–]\S)   # the gap between a word and a minus sign
    """,
    re.VERBOSE,
)
"""Separates words from a formula, because `canonical_text` would join them."""
_OPERATION = re.compile(r"(?<=[a-z0-9.)|])[-+*/^]")

_Gram = tuple[str, ...]
_Ids = tuple[str, ...]
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Overlap:
    """One thing that a dialogue shares with a prompt.

    `message` is the position of the text among the dialogue's messages, None for its statement.
    """

    prompt_id: str
    reason: str
    message: int | None


@dataclass(frozen=True)
class _Formula:
    """A formula of a statement, and a pattern that finds it where it isn't part of a longer one."""

    text: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class EvalIndex:
    """The evaluation's prompts, for lookup: each table leads from something that a dialogue may share to prompts' ids.

    `formulas` has the formulas of each prompt's statement by the prompt's id, the most distinctive first.
    """

    statements: Mapping[str, _Ids] = field(default_factory=dict)
    messages: Mapping[str, _Ids] = field(default_factory=dict)
    templates: Mapping[str, _Ids] = field(default_factory=dict)
    ngrams: Mapping[_Gram, _Ids] = field(default_factory=dict)
    formulas: Mapping[str, tuple[_Formula, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, prompts: Iterable[EvalPrompt]) -> EvalIndex:
        """Indexes the statements and the students' messages of evaluation prompts."""
        prompts = list(prompts)
        statements = [(normalized(p.statement), p.prompt_id) for p in prompts]
        messages = [(normalized(m.content), p.prompt_id) for p in prompts for m in p.messages if m.role == "user"]
        forms = [*statements, *messages]
        telling = [(form, name) for form, name in messages if _is_telling(form)]
        return cls(
            _table(statements),
            _table(telling),
            _table((_masked(form), name) for form, name in forms),
            _table((gram, name) for form, name in forms for gram in _ngrams(form)),
            {p.prompt_id: found for p in prompts if (found := _distinctive_formulas(p.statement))},
        )

    def overlaps(self, messages: Sequence[str], *, statement: str = "") -> Iterator[Overlap]:
        """What a dialogue shares with prompts of the evaluation; nothing for one that may be trained on.

        A prompt overlaps when one of the dialogue's texts is the prompt's statement, when the dialogue opens with what
        the prompt's student says, when a text is one of these with other numbers, when a text shares a run of eight
        words with them, or when all formulas of the statement occur in the dialogue.

        Args:
            messages: What student and tutor say, in turn, without a system prompt.
            statement: The dialogue's problem, where it is known. Leaving it or messages out never adds an overlap.

        Yields:
            Each overlap, the strongest kinds first; a prompt may come several times.
        """
        forms = [(None, normalized(statement)), *((i, normalized(text)) for i, text in enumerate(messages))]
        for at, form in forms:
            yield from self._same(at, form)
        for at, form in forms:
            for gram in sorted(_ngrams(form) & self.ngrams.keys()):
                for name in self.ngrams[gram]:
                    yield Overlap(name, f"shares {' '.join(gram)!r} with a prompt of the evaluation", at)
        yield from self._formulas_in([statement, *messages])

    def _same(self, at: int | None, form: str) -> Iterator[Overlap]:
        opens = at in (None, 0)
        for name in (*self.statements.get(form, ()), *(self.messages.get(form, ()) if opens else ())):
            yield Overlap(name, "is a prompt of the evaluation", at)
        for name in self.templates.get(_masked(form) or "", ()):
            yield Overlap(name, "is a prompt of the evaluation with other numbers", at)

    def _formulas_in(self, texts: Sequence[str]) -> Iterator[Overlap]:
        """Overlaps by formula in the statement, which comes first, and the messages."""
        lines = "\n".join(map(_formula_text, texts))
        for name, wanted in self.formulas.items():
            if not all(formula.text in lines for formula in wanted):
                continue  # most: saves the patterns
            found = [formula.pattern.search(lines) for formula in wanted]
            if found[0] is not None and all(found):
                line = lines.count("\n", 0, found[0].start())
                reason = f"contains {wanted[0].text!r} of a prompt of the evaluation"
                yield Overlap(name, reason, line - 1 if line else None)


def overlapping_prompts(prompts: Sequence[EvalPrompt], examples: Iterable[TrainingExample]) -> list[str]:
    """The ids of prompts that overlap with the training data, in the order of the prompts.

    An adapter's answer to a question that it was trained on proves nothing.

    Args:
        prompts: The evaluation set.
        examples: Everything that was trained or validated on; system prompts do not count.
    """
    index = EvalIndex.of(prompts)
    dialogues = ([m.content for m in example.messages if m.role != "system"] for example in examples)
    found = {overlap.prompt_id for messages in dialogues for overlap in index.overlaps(messages)}
    return [p.prompt_id for p in prompts if p.prompt_id in found]


def _is_telling(form: str) -> bool:
    """Whether few chats open with this normalized message."""
    return len(form.split()) >= MIN_OPENING_WORDS or _NUMBER.search(form) is not None


def _masked(form: str) -> str | None:
    """A normalized text with every number masked; None where too few words remain to distinguish templates."""
    return _NUMBER.sub("#", form).replace(" ", "") if len(_WORD.findall(form)) >= _TEMPLATE_WORDS else None


def _ngrams(form: str) -> set[_Gram]:
    """The runs of eight words and numbers of a normalized text, formulas left out."""
    tokens = _TOKEN.findall(form)
    words = [_is_word(token) for token in tokens]
    starts = range(len(tokens) - NGRAM + 1)
    return {tuple(tokens[i : i + NGRAM]) for i in starts if sum(words[i : i + NGRAM]) >= _NGRAM_WORDS}


def _is_word(token: str) -> bool:
    return token.isalpha() and (len(token) > 1 or token in "ai")


def _table(entries: Iterable[tuple[_Key | None, str]]) -> dict[_Key, _Ids]:
    """Ids by key, without empty keys."""
    table: dict[_Key, dict[str, None]] = defaultdict(dict)
    for key, name in entries:
        if key:
            table[key][name] = None
    return {key: tuple(names) for key, names in table.items()}


def _formula_text(text: str) -> str:
    """The text on one line in `canonical_text` spelling, formulas apart from words."""
    return canonical_text(_PROSE_DASH.sub(" ; ", " ".join(text.split())))


def _distinctive_formulas(statement: str) -> tuple[_Formula, ...]:
    """The formulas of a statement, the most distinctive first; none where none is distinctive."""
    wholes = {forms[0] for forms in formulas(_formula_text(statement)) if len(forms[0]) >= MIN_FORMULA_CHARS}
    ordered = sorted(wholes, key=lambda form: (not _is_distinctive(form), -len(form), form))
    if not ordered or not _is_distinctive(ordered[0]):
        return ()
    return tuple(_Formula(form, _standing_alone(form)) for form in ordered)


def _is_distinctive(form: str) -> bool:
    """Whether a formula is a problem of its own: two operations, or one on a variable.

    "5x=25" and "100-40" are steps of many problems, "12/18" is a number, "f(-3)" a value, "(5,-8)" a point.
    """
    operations = _OPERATION.findall(form)
    return len(operations) > 1 or (bool(operations) and ("^" in operations or re.search("[a-z]", form) is not None))


def _standing_alone(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9.^*/+-]){re.escape(form)}(?!\.?[a-z0-9^*/+-])")

"""Whether a reply asks about *this* problem: a question mark is not enough, the question has to name a piece of it.

A question counts when it names something that ties it to the problem: one of its expressions ("5x", "(x − 2)", "15 %"),
one of its quantities, a thing it mentions ("eggs"), or a term of its next step ("denominator"). Numbers that occur in
many problems (0 to 10, 100), a bare variable, and the name of an operation that the problem contains are weak evidence:
two different ones are needed. Handing the problem back ("What is 15 % of 80?", "How would you solve 5x − 9 = 16?") is
not a question about it.

Every evaluation measures how well this separates problems, see `permutation.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from canopy_assets.maths.canonical import canonical_text, formulas
from canopy_assets.records import EvalPrompt
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.text.terms import NUMBER, WEAK_NUMBERS, atoms, operations, variables, words
from canopy_assets.review.text.vocabulary import TASK_WORDS, family_stems, generic_stems, operation_stems
from canopy_assets.review.text.words import content_words

ECHO_RATIO = 0.85
"""With at least this similarity (`difflib` ratio of tokens), a sentence counts as a copy of one of the problem's."""

RESTATED_SHARE = 0.8
"""With at least this share of the statement's tokens in one run, a sentence counts as restating the problem."""

MAX_RESTATED_TOKENS = 30
"""Longer statements are word problems, which are not pasted into a question."""

MAX_REPLY_CHARS = 4_000

_LIST_MARKER = re.compile(r"^\s*(?:step\s+\d+\s*[:.)]|\d+\s*[.)]\s)", re.IGNORECASE)

_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[^\s\w.,;:?!'’\"“”]")
_ANAPHOR = re.compile(
    r"""
    \b(?:it|its|them|they|those|these|this|that|both|there|which\ of)\b
    """,
    re.VERBOSE,
)
_GENERIC_POINTER = re.compile(
    r"""
      # "this equation": the problem as a whole
      \b(?:this|that|these|those)\s+(?:problem|equation|question|expression|exercise|answer|one|number|step)s?\b
      # "solve it": the task as a whole
    | \b(?:solve|do|start|begin|approach|simplify|answer|find|calculate)\s+(?:it|this|that|them)\b
    """,
    re.VERBOSE,
)
_IMPERATIVE = re.compile(
    r"""
    ^\W*(?:(?:so|now|then|first|next|okay|ok|well|please|instead)\b[\s,]*)?  # a word that leads into it
    (?:try|look|check|compare|notice|write|put|plug|substitute|draw|sketch|picture|imagine|start|begin|read|count|list
    |think|consider|recall|remember|test|find|tell\ me|work|focus|name|describe|explain|say|use|go\ back|figure|split
    |break|take|see|show\ me|let['’]s)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Relevance:
    """What ties a reply to its problem.

    `asks`: a question is about the problem. `guides`: a question or an instruction is ("Look at the 5 in front of x.").
    `mentions`: any sentence is. `evidence`: the pieces of the problem in its questions and instructions, for the
    report.
    """

    asks: bool
    guides: bool
    mentions: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class ProblemTerms:
    """Everything that identifies one problem, extracted once per prompt.

    `sources` are the sentences of the problem and of the conversation, as tokens: a reply that repeats one asks
    nothing.
    """

    atoms: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]
    family_words: frozenset[str]
    variables: frozenset[str]
    operations: frozenset[str]
    formulas: tuple[tuple[str, ...], ...]
    statement_tokens: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Sentence:
    """One sentence of a reply, parsed once and compared with many problems by the permutation control."""

    text: str
    plain: str
    tokens: tuple[str, ...]
    asks: bool
    instructs: bool


def relevance(reply: str, prompt: EvalPrompt) -> Relevance:
    """Whether a reply asks, or tells the student to do, something that belongs to the prompt's problem.

    Args:
        reply: a tutor's reply; only its first `MAX_REPLY_CHARS` characters are read.
        prompt: the problem: its statement, its step results, the terms of its family, and what the student wrote last.
    """
    problem, sentences = problem_terms(prompt), _parse(reply[:MAX_REPLY_CHARS])
    asks = instructs = mentions = False
    evidence: list[str] = []
    for index, sentence in enumerate(sentences):
        found = _evidence(sentence, problem)
        if not found and sentence.asks and index:
            found = _inherited_evidence(sentence, sentences[index - 1], problem)
        if not found:
            continue
        mentions, asks, instructs = True, asks or sentence.asks, instructs or sentence.instructs
        evidence.extend(found if sentence.asks or sentence.instructs else ())
    return Relevance(asks, asks or instructs, mentions, tuple(dict.fromkeys(evidence)))


@lru_cache(maxsize=4096)
def problem_terms(prompt: EvalPrompt) -> ProblemTerms:
    """What identifies a prompt's problem; see `ProblemTerms`."""
    statement = canonical_text(prompt.statement)
    # Only the student's last message: over a long conversation nearly every small number occurs somewhere.
    context = " ; ".join(map(canonical_text, (prompt.statement, prompt.messages[-1].content, *prompt.step_results)))
    family_words = family_stems(prompt.family, prompt.topic)
    sources = [
        statement,
        *(canonical_text(m.content[s:e]) for m in prompt.messages for s, e in sentence_spans(m.content)),
    ]
    sources += [canonical_text(prompt.statement[s:e]) for s, e in sentence_spans(prompt.statement)]
    return ProblemTerms(
        atoms=atoms(context),
        numbers=frozenset(NUMBER.findall(context)),
        words=frozenset(w for w in content_words(prompt.statement) if len(w) > 1) - generic_stems(),
        family_words=family_words,
        variables=variables(statement),
        operations=operations(statement),
        formulas=formulas(statement),
        statement_tokens=_without_task(_TOKEN.findall(statement)),
        sources=tuple(tuple(_TOKEN.findall(source)) for source in dict.fromkeys(sources)),
    )


@lru_cache(maxsize=4096)
def _parse(reply: str) -> tuple[_Sentence, ...]:
    """The sentences of a reply, without the numbers of list items before them."""
    sentences = []
    for start, end in sentence_spans(reply):
        text = _LIST_MARKER.sub("", reply[start:end])
        form, asks = canonical_text(text), is_question(text)
        instructs = not asks and bool(_IMPERATIVE.match(text))
        sentences.append(_Sentence(text, form, tuple(_TOKEN.findall(form)), asks, instructs))
    return tuple(sentences)


def _evidence(sentence: _Sentence, problem: ProblemTerms) -> list[str]:
    """What ties one sentence to the problem; empty when nothing does, or when it only hands the problem back."""
    if _is_echo(sentence.tokens, problem):
        return []
    rest, restated = _without_statement(sentence, problem)
    strong, weak = _strong_evidence(rest, restated, problem), _weak_evidence(rest, problem)
    if restated:
        weak.setdefault("problem", "the problem itself")
        weak.pop("variable", None)  # the variable of a restated problem adds nothing to it
    return strong or (list(weak.values()) if len(weak) >= 2 else [])


def _strong_evidence(text: str, restated: bool, problem: ProblemTerms) -> list[str]:
    """Pieces of the problem in a text, each of which is enough. Where the problem is restated, only terms that are not
    in its statement add something.
    """
    terms = problem.family_words - problem.words if restated else problem.words | problem.family_words
    numbers = set(NUMBER.findall(text)) & problem.numbers - WEAK_NUMBERS
    strong = sorted(atoms(text) & problem.atoms) + sorted(numbers) + sorted(words(text) & terms)
    if "%" in text and "%" in terms:
        strong.append("%")
    return strong


def _weak_evidence(text: str, problem: ProblemTerms) -> dict[str, str]:
    """Pieces of a text that would fit many problems, by kind: two kinds together are enough."""
    weak: dict[str, str] = {}
    numbers = set(NUMBER.findall(text)) & problem.numbers
    if numbers & WEAK_NUMBERS:
        weak["number"] = min(numbers & WEAK_NUMBERS)
        if len(numbers) > 1:
            weak["second number"] = max(numbers)
    if letters := variables(text) & problem.variables:
        weak["variable"] = min(letters)
    for kind in sorted(problem.operations):
        if used := words(text) & operation_stems()[kind]:
            weak["operation"] = min(used)
    return weak


def _inherited_evidence(sentence: _Sentence, before: _Sentence, problem: ProblemTerms) -> list[str]:
    """The evidence of the sentence before, when the question refers back to it ("Which of them was done last?")."""
    without_generic = _GENERIC_POINTER.sub(" ", sentence.plain)
    if not _ANAPHOR.search(without_generic) or before.asks or _is_echo(sentence.tokens, problem):
        return []
    if _without_statement(before, problem)[1]:
        return []
    return _evidence(before, problem)


def _is_echo(tokens: tuple[str, ...], problem: ProblemTerms) -> bool:
    """Whether a sentence repeats one of the problem or of the conversation."""
    numbers = {token for token in tokens if token[0].isdigit()}
    for source in problem.sources:
        if not numbers <= set(source):
            continue  # "What is 10 % of 80?" is a step of "What is 15 % of 80?", not a copy
        longer = max(len(source), len(tokens), 1)
        if min(len(source), len(tokens)) / longer < ECHO_RATIO / (2 - ECHO_RATIO):
            continue  # the lengths alone keep the ratio below the bound: saves the comparison
        if SequenceMatcher(None, tokens, source, autojunk=False).ratio() >= ECHO_RATIO:
            return True
    return False


def _without_statement(sentence: _Sentence, problem: ProblemTerms) -> tuple[str, bool]:
    """The sentence without a copy of the problem in it, and whether there was one."""
    rest, copied = _without_formulas(sentence.plain, problem)
    if copied:
        return rest, True
    statement = problem.statement_tokens
    if len(statement) > MAX_RESTATED_TOKENS:
        return sentence.plain, False
    block = SequenceMatcher(None, sentence.tokens, statement, autojunk=False).find_longest_match()
    if len(statement) and block.size / len(statement) >= RESTATED_SHARE and block.size >= 3:
        return " ".join(sentence.tokens[: block.a] + sentence.tokens[block.a + block.size :]), True
    return sentence.plain, False


def _without_formulas(text: str, problem: ProblemTerms) -> tuple[str, bool]:
    """The text without the statement's formulas, and whether it had all of them. One equation of a system is no copy of
    the problem.
    """
    rest = text
    for forms in problem.formulas:
        for form in forms:
            shorter = re.sub(rf"(?<![a-z0-9.]){re.escape(form)}(?!\.?[a-z0-9])", " ", rest)
            if shorter != rest:
                rest = shorter
                break
        else:
            return text, False
    return rest, bool(problem.formulas)


def _without_task(tokens: Sequence[str]) -> tuple[str, ...]:
    """A statement's tokens without the task at its start: "Find the mean of 3, 4" → "mean of 3 4"."""
    start = next((i for i, token in enumerate(tokens) if token not in TASK_WORDS), 0)
    return tuple(tokens[start:])

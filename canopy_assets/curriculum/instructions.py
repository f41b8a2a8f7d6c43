"""Takes a statement apart into its instruction ("Solve for x:") and its mathematics ("5x − 9 = 16").

`instructions.lark` has the instructions that are known, with the task that each of them sets. An instruction is read as
a whole: "Which of these equations are quadratic? x² = 36" sets no known task, and nothing is solved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal, get_args

from canopy_assets.curriculum.grammar import shared_source
from canopy_assets.curriculum.statement_grammar.matching import NoMatchError, StatementGrammar
from canopy_assets.curriculum.statements import statement_body
from canopy_assets.maths.notation.names import FUNCTIONS

Task = Literal[
    "solve", "intersect", "evaluate", "simplify", "expand", "factor", "common_factor", "single_power", "bare"
]
"""What an instruction asks for; "bare" is mathematics without a word."""
Method = Literal["factors", "square", "formula", "substitution", "elimination"]
"""How it asks for it: by factoring, by completing the square, …"""

_MATHEMATICS = "§"
_WORD = re.compile(r"[A-Za-z]{2,}(?:['’-][A-Za-z]+)*")
_GAP = re.compile(r"[\s,:;.?]*")
_OPERATOR_AHEAD = re.compile(r"\s*[=+*/^<>≤≥²³×·]")
_NO_OPERATOR_AHEAD = re.compile(r"(?!\s*[-−+=<>≤≥*/^²³(×·÷)])")
_BEFORE_VARIABLE = re.compile(
    r"\b(?:for|of|is|find|does|determine|calculate|variable|unknown|[a-z]\s+and)\s$", re.IGNORECASE
)
_BEFORE_LAST_LETTER = re.compile(rf"{_BEFORE_VARIABLE.pattern}|\bas\s$", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:^|[\s,:;.?])(?P<word>[A-Za-z]+(?:['’-][A-Za-z]+)*)[\s,:;.?]*$")


@dataclass(frozen=True)
class Instruction:
    """The words around the mathematics, and the mathematics.

    Attributes:
        words: the words, lower case, with "§" in the place of the mathematics.
        mathematics: what remains of the statement, as it was typed.
        task: what the words ask for; None where they are no known instruction.
        variables: the unknowns that they name.
        unknown: the word at which they stop being a known instruction.
        method: the way of solving that they name.
    """

    words: str
    mathematics: str
    task: Task | None
    variables: tuple[str, ...] = ()
    unknown: str | None = None
    method: Method | None = None

    @property
    def refusal(self) -> str | None:
        """Why the instruction is not followed; None where its task is known."""
        if self.task is not None:
            return None
        asked = " ".join(self.words.replace(_MATHEMATICS, "…").split())
        return f"the word ‘{self.unknown}’ was not understood in the instruction “{asked}”"

    def asks(self, *tasks: Task, variables: tuple[str, ...] = ()) -> bool:
        """Whether the task is one of these, and the unknowns that it names are among the mathematics' variables."""
        return self.task in tasks and (not variables or set(self.variables) <= set(variables))


@lru_cache(maxsize=1024)
def read_instruction(statement: str) -> Instruction | None:
    """The instruction and the mathematics of a statement; None for an empty statement or one that is too long."""
    text = statement_body(statement)
    if not text:
        return None
    start, end = _first(text), _last(text)
    if start >= end:
        return None
    words = " ".join(f"{text[:start]} {_MATHEMATICS} {text[end:]}".lower().split())
    mathematics = text[start:end].strip(" ,;.:")
    return replace(_parsed(re.sub(r"[,:;.?]", " ", words)), words=words, mathematics=mathematics)


def sets_known_task(words: str) -> bool:
    """Whether words that stand above mathematics are a known instruction ("Solve each equation")."""
    return _parsed(f"{' '.join(re.sub(r'[,:;.?]', ' ', words.lower()).split())} {_MATHEMATICS}").task is not None


def _first(text: str) -> int:
    """Where the mathematics begins: after the words, and the variable that they name ("Solve for x: …")."""
    position = 0
    while position < len(text):
        word = _WORD.match(text, position)
        letter = re.match(r"[A-Za-z](?![\w'])", text[position:])
        if word and word[0].lower() not in FUNCTIONS and not _is_product(text, word):
            position = word.end()
        elif (
            letter
            and _NO_OPERATOR_AHEAD.match(text, position + 1)
            and (letter[0] == "a" or _BEFORE_VARIABLE.search(text[:position]))
        ):
            position += 1
        else:
            break
        position = _GAP.match(text, position).end()  # type: ignore[union-attr]
    return position


def _last(text: str) -> int:
    """Where the mathematics ends: before the last words ("…, find the value of x")."""
    end = len(text)
    while match := _LAST_WORD.search(text[:end]):
        start, word = match.start("word"), match["word"]
        if word.lower() in FUNCTIONS or (len(word) == 1 and not _BEFORE_LAST_LETTER.search(text[:start])):
            break
        if (len(word) > 1 and _is_product(text, match, "word")) or re.match(r"\s*[\d(]", text[match.end("word") :]):
            break
        end = start
    return len(text[:end].rstrip(" ,;.:"))


def _is_product(text: str, match: re.Match[str], group: str | int = 0) -> bool:
    """Whether letters are a product of variables ("xy = 6"), not a word."""
    letters = match[group]
    beside = _OPERATOR_AHEAD.match(text, match.end(group)) or re.search(
        r"[=+*/^<>≤≥−-]\s*$", text[: match.start(group)]
    )
    return len(letters) <= 3 and beside is not None


@cache
def _grammar() -> StatementGrammar:
    return StatementGrammar(shared_source("instructions"), in_tokens=True)


@cache
def _known_words() -> frozenset[str]:
    return frozenset(t.literal for t in _grammar().terminals if t.literal is not None)


@lru_cache(maxsize=4096)
def _parsed(words: str) -> Instruction:
    """The instruction that the words are, or the word at which they leave the grammar."""
    unknown = next((w for w in words.split() if len(w) > 1 and w not in _known_words()), None)
    if unknown:
        return Instruction(words, "", None, unknown=unknown)
    try:
        task = _grammar().match(words)
    except NoMatchError as error:
        before = [w for w in words[: error.position].split() if w != _MATHEMATICS]
        if error.position == len(words):
            last = words.split()[-1].replace(_MATHEMATICS, words.split()[0])
            return Instruction(words, "", None, unknown=last)
        found = words[error.position :].split()[0]
        return Instruction(words, "", None, unknown=found if found != _MATHEMATICS else (before or [found])[-1])
    inside = [task, *task.inside()]
    variables = tuple(sorted({str(part.children[0]) for part in inside if part.rule == "variable"}))
    method = next((part.rule for part in inside if part.rule in get_args(Method)), None)
    return Instruction(words, "", task.rule, variables, method=method)  # type: ignore[arg-type]

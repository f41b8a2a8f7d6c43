"""Reads a `.lark` file: its rules and terminals as trees of alternatives, sequences and repetitions.

Of lark's notation, the files use rules and terminals with priorities, strings, regular expressions, groups, `? * +`,
`|`, aliases (`->`), `%import FILE (names)` and `%ignore`. Whatever else a file has is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Union


class GrammarError(ValueError):
    """A grammar that cannot be read. The message gives the place."""


class Text(NamedTuple):
    """A quoted string."""

    value: str


class Regexp(NamedTuple):
    """A regular expression, as it stands between the slashes."""

    value: str


class Name(NamedTuple):
    """A rule or a terminal."""

    value: str


class Sequence(NamedTuple):
    """Parts one after the other; what an alias calls it, if it has one."""

    parts: tuple[Node, ...]
    alias: str | None = None


class Choice(NamedTuple):
    """One of several; the first that matches is preferred."""

    options: tuple[Node, ...]


class Repeated(NamedTuple):
    """A part with `?`, `*` or `+` behind it."""

    part: Node
    sign: str


Node = Union[Text, Regexp, Name, Sequence, Choice, Repeated]  # noqa: UP007 — it is needed while the module is loaded


class Definition(NamedTuple):
    """What stands behind the colon of a rule or terminal, and its priority."""

    body: Node
    priority: int


@dataclass
class Source:
    """A file's definitions by name, and what it ignores between terminals.

    Attributes:
        imported: the source of each imported name.
    """

    definitions: dict[str, Definition] = field(default_factory=dict)
    imported: dict[str, Source] = field(default_factory=dict)
    ignored: str = ""

    def find(self, name: str) -> tuple[Source, Definition]:
        """The definition of a name, and the source in whose words it is written.

        Raises:
            GrammarError: there is none.
        """
        if name in self.definitions:
            return self, self.definitions[name]
        if name in self.imported:
            return self.imported[name].find(name)
        raise GrammarError(f"‘{name}’ is not defined")


_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
    | (?P<space>[\s]+)
    | (?P<import>%import\s+(?P<file>\w+)\s*\((?P<names>[^)]*)\))
    | (?P<ignore>%ignore(?=\s))
    | (?P<define>(?<![^\n])(?P<name>[A-Za-z_]\w*)(?:\.(?P<priority>-?\d+))?\s*:)
    | (?P<text>"(?:\\.|[^"\\\n])*")
    | (?P<regexp>/(?:\\.|[^/\\\n])+/)
    | (?P<alias>->\s*(?P<called>\w+))
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>[|()?*+])
    """,
    re.VERBOSE,
)


def read_source(text: str, imports: Callable[[str], Source]) -> Source:
    """The definitions of a file.

    Args:
        text: the file's text.
        imports: gives the source of the file that an `%import` names.

    Raises:
        GrammarError: for anything that is not among the notation above.
    """
    source = Source()
    tokens = list(_tokens(text))
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.lastgroup == "import":
            source.imported |= dict.fromkeys(re.findall(r"\w+", token["names"]), imports(token["file"]))
            position += 1
            continue
        if token.lastgroup not in ("define", "ignore"):
            raise GrammarError(f"a definition has to begin at ‘{text[token.start() :][:30]}’")
        end = next((i for i in range(position + 1, len(tokens)) if _begins(tokens[i])), len(tokens))
        body, rest = _choice(tokens, position + 1, end)
        if rest != end:
            raise GrammarError(f"‘{text[tokens[rest].start() :][:30]}’ was not understood")
        if token.lastgroup == "ignore":
            source.ignored = _ignored(body)
        else:
            source.definitions[token["name"]] = Definition(body, int(token["priority"] or 0))
        position = end
    return source


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise GrammarError(f"‘{text[position:][:30]}’ was not understood")
        if match.lastgroup not in ("comment", "space"):
            yield match
        position = match.end()


def _begins(token: re.Match[str]) -> bool:
    return token.lastgroup in ("define", "import", "ignore")


def _ignored(body: Node) -> str:
    if not isinstance(body, Regexp):
        raise GrammarError("%ignore takes a regular expression")
    return body.value


def _choice(tokens: list[re.Match[str]], position: int, end: int) -> tuple[Node, int]:
    options: list[Node] = []
    while True:
        option, position = _sequence(tokens, position, end)
        options.append(option)
        if position == end or tokens[position][0] != "|":
            return (options[0] if len(options) == 1 else Choice(tuple(options))), position
        position += 1


def _sequence(tokens: list[re.Match[str]], position: int, end: int) -> tuple[Node, int]:
    parts: list[Node] = []
    alias = None
    while position < end and tokens[position][0] not in ("|", ")"):
        token = tokens[position]
        position += 1
        if token.lastgroup == "alias":
            alias = token["called"]
        elif token[0] == "(":
            inner, position = _choice(tokens, position, end)
            if position == end:
                raise GrammarError(f"a bracket is not closed before ‘{tokens[position - 1][0]}’")
            parts.append(inner)
            position += 1
        elif token.lastgroup == "sign":
            if not parts:
                raise GrammarError(f"nothing stands before ‘{token[0]}’")
            parts[-1] = Repeated(parts[-1], token[0])
        else:
            parts.append(_leaf(token))
    if len(parts) == 1 and alias is None:
        return parts[0], position
    return Sequence(tuple(parts), alias), position


def _leaf(token: re.Match[str]) -> Node:
    if token.lastgroup == "text":
        return Text(re.sub(r"\\(.)", r"\1", token[0][1:-1]))
    if token.lastgroup == "regexp":
        return Regexp(token[0][1:-1].replace(r"\/", "/"))
    return Name(token[0])

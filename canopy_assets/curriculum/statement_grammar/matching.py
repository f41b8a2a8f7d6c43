"""Finds out how a text is a rule of a grammar.

For each rule and place, all ends are found once, and for each end the derivation that is preferred: that with the
highest priorities, then that with the first options, where a part that may be missing is there. So the time grows with
the number of rules and places, not with the number of derivations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from canopy_assets.curriculum.statement_grammar.source import (
    Choice,
    GrammarError,
    Name,
    Node,
    Regexp,
    Repeated,
    Sequence,
    Source,
    Text,
)
from canopy_assets.curriculum.statement_grammar.terminals import CHUNK, Lexer, Terminal, TerminalMaker


@dataclass(frozen=True, slots=True)
class Part:
    """What a rule is in a text.

    Attributes:
        rule: the rule's name, or its alias.
        start: where it begins; −1 if it is empty.
        end: where it ends.
        children: the parts and named terminals of which it is made, those of rules with "_" among them.
    """

    rule: str
    start: int
    end: int
    children: tuple[Part | str, ...]

    @property
    def parts(self) -> list[Part]:
        """The children that are rules."""
        return [child for child in self.children if isinstance(child, Part)]

    def inside(self) -> Iterator[Part]:
        """Every part in it, an outer one before those inside it."""
        for part in self.parts:
            yield part
            yield from part.inside()


class NoMatchError(ValueError):
    """The text is not what the grammar has.

    Attributes:
        position: the first place at which no terminal fits.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"nothing of the grammar stands at character {position}")
        self.position = position


_Result = tuple[int, int, int, tuple[Part | str, ...]]
"""An end, the priorities up to it, where it began (−1: it is empty), and the children."""
_Matcher = Callable[["_Run", int], Iterable[_Result]]
_RUNNING: tuple[_Result, ...] = ((-1, 0, -1, ()),)
"""Stands for the results of a rule while they are being found."""


class _Run:
    """A text, with what was found in it so far."""

    def __init__(self, text: str, ignored: re.Pattern[str], tokens: dict[int, tuple[Terminal, int]] | None) -> None:
        self.text = text
        self.tokens = tokens
        self.found: dict[tuple[int, int], Iterable[_Result]] = {}
        self.furthest = 0
        self._ignored = ignored
        self._after: dict[int, int] = {}
        self._chunks: dict[int, str] = {}

    def after_ignored(self, position: int) -> int:
        """Where the next terminal begins."""
        after = self._after.get(position)
        if after is None:
            match = self._ignored.match(self.text, position)
            after = self._after[position] = match.end() if match else position
            self.furthest = max(self.furthest, after)
        return after

    def chunk(self, position: int) -> str:
        """The whole word at a place; empty where there is none, or a letter stands before it."""
        chunk = self._chunks.get(position)
        if chunk is None:
            match = CHUNK.match(self.text, position)
            inside = position > 0 and "a" <= self.text[position - 1] <= "z"
            chunk = self._chunks[position] = match[0] if match and not inside else ""
        return chunk


class StatementGrammar:
    """A grammar that matches whole statements.

    Args:
        source: its definitions, of which one is "start".
        whole_words: whether a quoted word is a whole word.
        in_tokens: whether a text is cut into terminals first, of which each is the longest that fits. Otherwise, a
            rule takes the terminals that it expects.

    Attributes:
        terminals: those that its rules use.

    Raises:
        GrammarError: a name has no definition.
    """

    def __init__(self, source: Source, *, whole_words: bool = False, in_tokens: bool = False) -> None:
        self._in_tokens = in_tokens
        self._whole_words = whole_words
        self._ignored = re.compile(f"(?:{source.ignored or '(?!)'})+")
        self._makers: dict[int, TerminalMaker] = {}
        self._rules: dict[tuple[int, str], _Rule] = {}
        self._matchers: dict[tuple[int, Node], _Matcher] = {}
        self.terminals: list[Terminal] = []
        self._start = self._rule(source, "start")

    def match(self, text: str) -> Part:
        """The text as a "start", with its parts.

        Raises:
            NoMatchError: it is none.
        """
        run = _Run(text, self._ignored, self._lexer.read(text, self._ignored) if self._in_tokens else None)
        for end, _, _, children in self._start(run, 0):
            if run.after_ignored(end) == len(text):
                (part,) = children
                assert isinstance(part, Part)
                return part
        raise NoMatchError(run.furthest)

    @cached_property
    def _lexer(self) -> Lexer:
        return Lexer(self.terminals)

    def _rule(self, source: Source, name: str) -> _Matcher:
        source, definition = source.find(name)
        key = (id(source), name)
        if key not in self._rules:
            rule = self._rules[key] = _Rule(name, definition.priority, len(self._rules))
            options = definition.body.options if isinstance(definition.body, Choice) else (definition.body,)
            rule.body = _choice([self._option(source, name, option) for option in options])
        return self._rules[key]

    def _option(self, source: Source, name: str, option: Node) -> _Matcher:
        """One of the alternatives of a rule, as a part of its name or alias."""
        matcher = self._matcher(source, option)
        alias = option.alias if isinstance(option, Sequence) else None
        if alias is None and (name.startswith("_") or name == "start"):
            return matcher
        return _as_part(alias or name, matcher)

    def _matcher(self, source: Source, node: Node) -> _Matcher:
        match node:
            case Name(value) if not value.isupper():
                return self._rule(source, value)
            case Text() | Regexp() | Name():
                return self._terminal(source, node)
            case Sequence(parts):
                return _sequence([self._matcher(source, part) for part in parts])
            case Choice(options):
                return _choice([self._matcher(source, option) for option in options])
            case Repeated(part, "?"):
                return _choice([self._matcher(source, part), _nothing])
            case Repeated(part, sign):
                return _repeated(self._matcher(source, part), may_be_missing=sign == "*")

    def _terminal(self, source: Source, node: Text | Regexp | Name) -> _Matcher:
        priority = 0
        if isinstance(node, Name):
            source, definition = source.find(node.value)
            priority = definition.priority
        key = (id(source), node)
        if key not in self._matchers:
            maker = self._makers.setdefault(id(source), TerminalMaker(source, whole_words=self._whole_words))
            terminal = maker.named(node.value, priority) if isinstance(node, Name) else maker.unnamed(node)
            self.terminals.append(terminal)
            self._matchers[key] = self._terminal_matcher(terminal)
        return self._matchers[key]

    def _terminal_matcher(self, terminal: Terminal) -> _Matcher:
        if self._in_tokens:
            return _token(terminal)
        if terminal.literal is None:
            return _pattern(terminal, -len(self.terminals))
        return _whole_word(terminal) if terminal.word else _text(terminal)


class _Rule:
    """What matches a rule: its body, once for each place."""

    body: _Matcher

    def __init__(self, name: str, priority: int, number: int) -> None:
        self._name = name
        self._priority = priority
        self._number = number

    def __call__(self, run: _Run, position: int) -> Iterable[_Result]:
        key = (self._number, position)
        found = run.found.get(key)
        if found is None:
            run.found[key] = _RUNNING
            found = self.body(run, position)
            if self._priority:
                found = [(end, worth + self._priority, start, children) for end, worth, start, children in found]
            run.found[key] = found
        elif found is _RUNNING:
            raise GrammarError(f"the rule ‘{self._name}’ begins with itself")
        return found


def _as_part(name: str, body: _Matcher) -> _Matcher:
    return lambda run, position: [
        (end, worth, start, (Part(name, start, end, children),)) for end, worth, start, children in body(run, position)
    ]


def _nothing(_run: _Run, position: int) -> Iterable[_Result]:
    return ((position, 0, -1, ()),)


def _sequence(matchers: list[_Matcher]) -> _Matcher:
    def match(run: _Run, position: int) -> Iterable[_Result]:
        states: Iterable[_Result] = ((position, 0, -1, ()),)
        for matcher in matchers:
            states = _continued(states, matcher, run)
            if not states:
                return ()
        return states

    return _nothing if not matchers else match


def _continued(states: Iterable[_Result], matcher: _Matcher, run: _Run) -> Collection[_Result]:
    """What the matcher makes of each state; for each end, the best one."""
    best: dict[int, _Result] = {}
    for end, worth, start, children in states:
        for next_end, next_worth, next_start, next_children in matcher(run, end):
            total = worth + next_worth
            if next_end not in best or total > best[next_end][1]:
                best.pop(next_end, None)  # so that the order stays that of the options
                begun = start if start >= 0 else next_start
                best[next_end] = (next_end, total, begun, children + next_children)
    return best.values()


def _choice(matchers: list[_Matcher]) -> _Matcher:
    def match(run: _Run, position: int) -> Iterable[_Result]:
        best: dict[int, _Result] = {}
        for matcher in matchers:
            for result in matcher(run, position):
                if result[0] not in best or result[1] > best[result[0]][1]:
                    best.pop(result[0], None)
                    best[result[0]] = result
        return best.values()

    return match


def _repeated(matcher: _Matcher, *, may_be_missing: bool) -> _Matcher:
    def match(run: _Run, position: int) -> Iterable[_Result]:
        nothing: _Result = (position, 0, -1, ())
        best: dict[int, _Result] = {}
        states: Collection[_Result] = (nothing,)
        while states:
            states = [s for s in _continued(states, matcher, run) if s[0] not in best or s[1] > best[s[0]][1]]
            for state in states:
                best[state[0]] = state
        longest_first = sorted(best.values(), key=lambda state: -state[0])
        return [*longest_first, nothing] if may_be_missing else longest_first

    return match


def _whole_word(terminal: Terminal) -> _Matcher:
    word, priority = terminal.literal or "", terminal.priority
    children = (word,) if terminal.kept else ()

    def match(run: _Run, position: int) -> Iterable[_Result]:
        start = run.after_ignored(position)
        return ((start + len(word), priority, start, children),) if run.chunk(start) == word else ()

    return match


def _text(terminal: Terminal) -> _Matcher:
    literal, priority = terminal.literal or "", terminal.priority
    children = (literal,) if terminal.kept else ()

    def match(run: _Run, position: int) -> Iterable[_Result]:
        start = run.after_ignored(position)
        return ((start + len(literal), priority, start, children),) if run.text.startswith(literal, start) else ()

    return match


def _pattern(terminal: Terminal, number: int) -> _Matcher:
    def match(run: _Run, position: int) -> Iterable[_Result]:
        start = run.after_ignored(position)
        found = run.found.get((number, start))
        if found is None:
            end = terminal.match(run.text, start)
            children = (run.text[start:end],) if terminal.kept else ()
            found = ((end, terminal.priority, start, children),) if end >= 0 else ()
            run.found[number, start] = found
        return found

    return match


def _token(terminal: Terminal) -> _Matcher:
    def match(run: _Run, position: int) -> Iterable[_Result]:
        assert run.tokens is not None
        start = run.after_ignored(position)
        token, end = run.tokens.get(start, (None, -1))
        if token is not terminal:
            return ()
        return ((end, 0, start, (run.text[start:end],) if terminal.kept else ()),)

    return match

"""What stands above a problem and belongs to it: an instruction, a title, a premise that several problems share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from canopy_assets.curriculum.instructions import sets_known_task
from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.exercises.prose.conditions import (
    Condition,
    binding_facts,
    binding_sentences,
    binding_title,
    content_words,
    is_rule,
)
from canopy_assets.seeds.exercises.prose.scopes import Scope
from canopy_assets.seeds.exercises.prose.sheet import without_directions
from canopy_assets.seeds.exercises.prose.tokens import Token
from canopy_assets.seeds.exercises.prose.wording import (
    has_quantities,
    is_instruction,
    is_order,
    is_premise,
    is_supposition,
    is_value_of_pi,
    may_set_task,
    refers_to,
)


@dataclass
class Above:
    """What was read above the next problem.

    Attributes:
        instruction: the instruction that the items of the present list share.
        lead: the line above the present list, where it is no known instruction but may be one.
        line: the line of that instruction or lead.
        group: its number, where it is an item itself.
        title: the last heading that is no label, without its number.
        topic: the topic, from the last heading or label.
        premise: a paragraph that says what the problems below it ask about: "Let f(x) = x² − 4.".
        premise_line: its line.
        scopes: what lines say of problems by their numbers.
        conditions: lines that may change the answers of the problems below them.
        is_announced: whether nothing was read since the last of them but what may belong to it.
    """

    instruction: str | None = None
    lead: str | None = None
    line: int = 0
    group: str = ""
    title: str | None = None
    topic: str | None = None
    premise: str = ""
    premise_line: int = 0
    scopes: list[Scope] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    is_announced: bool = False
    _level: int = 0
    """The level of the last heading."""
    _last: int = 0
    """The number of the last numbered problem."""
    _numbers: set[int] = field(default_factory=set)
    """The numbers since numbering began or restarted."""
    _in_new_section: bool = False
    """Whether a heading was read since the last numbered problem."""
    _facts_used: bool = False
    """Whether a problem was read since the last paragraph with figures."""
    _used: set[str] = field(default_factory=set)
    """The numbers of the problems below the present instruction."""

    def share(self, text: str, token: Token) -> None:
        """Take a text as the instruction of the list that follows, or as what stands above it."""
        self._used = set()
        self.instruction, self.lead = (text, None) if is_order(text) else (None, text)
        self.line, self.group = token.line, token.marker or ""

    def begin_section(self, title: str, token: Token) -> None:
        """Take a heading in. It may be an instruction, and what stood above it ends."""
        self.title = title
        self._used = set()
        self._in_new_section = True
        order = without_directions(title)
        rules = is_rule(order)
        self.instruction = order if is_order(order) and not rules else None
        self.lead, self.line, self.group, self.premise = None, token.line, "", ""
        self.conditions = [c for c in self.conditions if c.level < token.level]
        self._level = token.level
        if not self.instruction and (rules or binding_title(title)):
            self.conditions.append(Condition(token.line, title, token.level))
        self.topic = token.text or self.topic

    def bind(self, token: Token) -> None:
        """Take a line that may change the answers of all problems below it, to the end of the section."""
        self.conditions.append(Condition(token.line, binding_sentences(token.text), self._level))

    def state_facts(self, token: Token) -> None:
        """Take a paragraph with figures: it may be about the problems below it that speak of the same things.

        Those of another such paragraph end there, where a problem stands between the two.
        """
        facts = binding_facts(token.text)
        words = content_words(facts)
        if self._facts_used:
            self.conditions = [c for c in self.conditions if not c.words]
        self._facts_used = False
        if words:
            self.conditions.append(Condition(token.line, facts, self._level, words))

    def conditions_for(self, *, listed: bool) -> tuple[Condition, ...]:
        """What may change the answer of the next problem.

        An instruction above is meant for a list; above a problem of its own it has to be accounted for as well.
        """
        self._facts_used = True
        order = self.instruction or self.lead
        if listed or not order or any(c.line == self.line for c in self.conditions):
            return tuple(self.conditions)
        rules = binding_sentences(order)
        if not rules or all(sets_known_task(rule.rstrip(" :")) for rule in rules.split(". ")):
            return tuple(self.conditions)
        return (*self.conditions, Condition(self.line, rules, self._level))

    def announce(self, scope: Scope) -> None:
        """Take in a line that speaks of problems by their numbers."""
        self.scopes.append(scope)
        self.is_announced = True

    def goes_on(self, text: str) -> bool:
        """Whether a paragraph belongs to the line above it that speaks of problems by their numbers."""
        return self.is_announced and not is_instruction(text) and (not self.scopes[-1].text or is_premise(text))

    def add(self, text: str) -> None:
        """Add what goes on with the last line that speaks of problems by their numbers."""
        last = self.scopes[-1]
        self.scopes[-1] = last._replace(text=f"{last.text} {text}".strip())

    def suppose(self, token: Token) -> None:
        """Take a paragraph as the premise of the problems below it."""
        self.premise, self.premise_line = re.sub(r"^Given\s*:\s*", "Given ", token.text), token.line
        if is_supposition(token.text):
            self.instruction, self.lead = None, None

    def concerns(self, token: Token) -> bool:
        """Whether something above a list item belongs to it, so that it needs nothing of its own to compute with."""
        return self._is_named(token.marker) or self.supposes_for(token.marker, token.text, listed=True)

    def _is_named(self, number: str | None) -> bool:
        """Whether a line above speaks of the problem of this number."""
        return any(scope.covers(number) for scope in self.scopes)

    def reach(self, number: str | None) -> None:
        """Note the number of the next problem. What was said of others ends behind them, and where numbers restart."""
        self.is_announced = False
        self._used.add(number or "")
        digits = re.match(r"\d+", number or "")
        if digits is None:
            return
        n = int(digits[0])
        # Columns jump back as well, but to a number that was not there yet.
        restarts = n < self._last and (self._in_new_section or n in self._numbers)
        begun = self._numbers if restarts else set[int]()
        self.scopes = [s for s in self.scopes if n <= max(s.numbers) and not s.numbers & begun]
        self._numbers = {n} if restarts else self._numbers | {n}
        self._last, self._in_new_section = n, False

    def is_new(self, number: str | None) -> bool:
        """Whether no problem below the present instruction has this number: a list in columns jumps forth and back."""
        return number not in self._used

    def instruction_for(self, number: str | None) -> str | None:
        """The instruction that a problem shares with others: with those that a line names, or with its list."""
        orders = (s.text for s in self.scopes if s.covers(number) and s.is_instruction)
        return next(orders, self.instruction)

    def given_to(self, number: str | None) -> str:
        """What is given to the problem of this number; the mark of something lost where that could not be read."""
        return " ".join(s.text or UNREADABLE for s in self.scopes if s.covers(number) and not s.is_instruction)

    def supposes_for(self, number: str | None, text: str, *, listed: bool) -> bool:
        """Whether the premise above belongs to a problem.

        It does if the problem speaks of what the premise names. Items of a list below it need no name if they have no
        figures of their own, or letters. A value for π is for all.
        """
        if not self.premise or not text:
            return False
        is_part = (number or "").isalpha() and not self.instruction and is_supposition(self.premise)
        lacks = listed and not has_quantities(text) and not self._is_named(number)
        return is_part or lacks or is_value_of_pi(self.premise) or refers_to(text, self.premise)

    def context(self, number: str | None, *, listed: bool) -> str | None:
        """What above a problem may say what to do: a line that names it, the line above its list, the heading."""
        orders = (s.text for s in self.scopes if s.covers(number) and s.is_instruction)
        return next(orders, None) or (self.lead if listed else None) or self.title

    def sets_list(self) -> bool:
        """Whether a line stands above a list, or a table, that says what to do in each item."""
        return bool(self.instruction or self.lead)

    def sets_task(self) -> bool:
        """Whether the line or the heading above a list says what to do in each item."""
        return self.sets_list() or may_set_task(self.title or "")

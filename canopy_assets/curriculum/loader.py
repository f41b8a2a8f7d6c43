"""Reads the TOML files with the words of tutor and student. Errors name the file and the line.

Each topic's folder has a `topic.toml` (see `docs/architecture.md`):

    [vocabulary]                    terms that a tutor may use, by what the kind of problem's name begins with
    [concepts.NAME]                 `term` and `explanation`
    [misconceptions.NAME]           `belief`, `work`, `check` and `check_reply`, with slots that the solver fills
    [steps."KIND"]                  `slots` of the step, and phrases of tutor and student; question and reply are a pair
    [glossary]                      words of problems, with a meaning that gives nothing away

Files are read on first use, because the code server imports the topics but never needs their words.
"""

from __future__ import annotations

import hashlib
import re
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from canopy_assets.curriculum.phrases import Concept, Exchange, StepPhrases
from canopy_assets.records import Misconception

TOPIC_FILE = "topic.toml"
SECTIONS = ("vocabulary", "concepts", "misconceptions", "steps", "glossary")
ANY_PROBLEM = frozenset(
    (
        *("short", "statement_short", "answer_to", "math", "n1", "n2", "numbers", "fresh", "prior"),
        *("ask", "ask_l", "ask_part", "ask_part_u", "ask_last"),
        *("word", "meaning", "hint", "hint_l", "later", "several"),
    )
)
"""Slots that can be read off any problem: `dialogues.embedded.slots` fills them, `given/topic.toml` explains them."""
STEP_DONE = frozenset(("result", "counted", "working", "work", "work_line", "work_line_l", "work_line_u"))
"""Slots that exist only after the student has done the step. A tutor's turn before that must not use them."""

_BEFORE = ("focus", "recall", "break_down", "nudge")
_AFTER = ("confirm", "student")
_PAIRS = ("probe", "concept_questions")
_MISCONCEPTION = ("belief", "work", "check", "check_reply")


class WordsError(ValueError):
    """A file of words cannot be used. The message names the file, the line and the fix."""


@lru_cache(maxsize=16384)
def slot_names(template: str) -> frozenset[str]:
    """The slots that a template needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


class WordFile:
    """A TOML file of words, with checks whose errors name the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        """The file as it is written.

        Raises:
            WordsError: it is not there, or not UTF-8.
        """
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WordsError(f"{self.path}: {error}") from error

    @cached_property
    def data(self) -> dict[str, Any]:
        """The parsed file.

        Raises:
            WordsError: it is not TOML; the parser's message names line and column.
        """
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise WordsError(f"{self.path}: {error}") from error

    def error(self, problem: str, *where: str) -> WordsError:
        """The error to raise for a problem, with its line.

        Args:
            problem: What is wrong, and what to write instead.
            where: Texts that lead to the line, in the order of the file: a table's header, a key, a value.
        """
        position = 0
        for text in where:
            found = self.text.find(text, position)
            position = found if found >= 0 else position
        return WordsError(f"{self.path}, line {self.text.count(chr(10), 0, position) + 1}: {problem}")

    def section_digest(self, *sections: str) -> str:
        """A digest of the raw text of whole sections ("steps", "concepts"). The file is not parsed for it."""
        parts = re.split(r"^(?=\[)", self.text, flags=re.MULTILINE)
        kept = [part for part in parts if re.match(rf"\[(?:{'|'.join(sections)})[.\]]", part)]
        return hashlib.sha256("".join(kept).encode()).hexdigest()

    def phrases(self, table: Mapping[str, Any], header: str, key: str, slots: frozenset[str]) -> tuple[str, ...]:
        """A list of phrases.

        Raises:
            WordsError: the list is missing or empty, or a phrase has a slot that is not among `slots`.
        """
        found = table.get(key)
        if not isinstance(found, list) or not found or not all(isinstance(phrase, str) for phrase in found):
            raise self.error(f"{header} needs a list {key!r} with at least one phrase", header, f"{key} =")
        self.check_slots(found, slots, header, key)
        return tuple(found)

    def pairs(
        self, table: Mapping[str, Any], header: str, key: str, slots: tuple[frozenset[str], frozenset[str]]
    ) -> tuple[Exchange, ...]:
        """A list of pairs, each a question and the reply to it.

        Args:
            slots: The slots that the questions may use, and those that the replies may use.

        Raises:
            WordsError: the list is missing or empty, an entry is not a pair, or a slot is unknown.
        """
        found = table.get(key)
        if not isinstance(found, list) or not found:
            raise self.error(f"{header} needs a list {key!r} with at least one pair", header, f"{key} =")
        for entry in found:
            if not (isinstance(entry, list) and len(entry) == 2 and all(isinstance(side, str) for side in entry)):
                first = entry[0] if isinstance(entry, list) and entry else str(entry)
                raise self.error(f"an entry of {key!r} is a pair: [question, reply]", header, f"{key} =", str(first))
            self.check_slots(entry[:1], slots[0], header, key)
            self.check_slots(entry[1:], slots[1], header, key)
        return tuple(Exchange(question, reply) for question, reply in found)

    def check_slots(self, templates: Iterable[str], slots: frozenset[str], header: str, key: str) -> None:
        """Refuse templates with slots that nothing fills.

        Raises:
            WordsError: there is such a slot; the message names the first one.
        """
        for template in templates:
            try:
                unknown = slot_names(template) - slots
            except ValueError as error:  # an unmatched brace
                raise self.error(f"{template!r}: {error}", header, f"{key} =", template) from error
            if unknown:
                named = ", ".join(sorted(unknown))
                problem = f"unknown slot {named} in {template!r}: there are {', '.join(sorted(slots))}"
                raise self.error(problem, header, f"{key} =", template)

    def check_keys(self, table: Mapping[str, Any], header: str, allowed: Sequence[str]) -> None:
        """Refuse keys that nothing reads: a misspelt key would otherwise be ignored.

        Raises:
            WordsError: there is such a key; the message names the first one.
        """
        for key in table:
            if key not in allowed:
                raise self.error(f"{header} has no {key!r}: there are {', '.join(allowed)}", header, key)


class Topic(WordFile):
    """The words of one topic."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.name = path.parent.name

    @cached_property
    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Terms that a tutor may use. A key applies to kinds of problem whose name has a word that starts with it."""
        table = self._section("vocabulary")
        return {key: self.phrases(table, "[vocabulary]", key, frozenset()) for key in table}

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """The concepts behind the topic's exercises, by name."""
        found: dict[str, Concept] = {}
        for name, table in self._section("concepts").items():
            header = f"[concepts.{name}]"
            self.check_keys(table, header, ("term", "explanation"))
            found[name] = Concept(self._text(table, header, "term"), self._text(table, header, "explanation"))
        return found

    def concept(self, name: str) -> Concept:
        """One of the concepts.

        Raises:
            WordsError: there is none of that name.
        """
        try:
            return self.concepts[name]
        except KeyError:
            raise self.error(f"a solver asks for [concepts.{name}], which is not there") from None

    @cached_property
    def misconceptions(self) -> dict[str, dict[str, str]]:
        """The templates of what a student with a wrong idea says and is asked, by the name of the idea."""
        found: dict[str, dict[str, str]] = {}
        for name, table in self._section("misconceptions").items():
            header = f"[misconceptions.{name}]"
            self.check_keys(table, header, _MISCONCEPTION)
            found[name] = {key: self._text(table, header, key) for key in _MISCONCEPTION}
        return found

    def misconception(self, name: str, *, answer: str, step: int = 0, **slots: object) -> Misconception:
        """The misconception of this name, with its templates filled.

        Args:
            name: The name of the wrong idea.
            answer: What a student with this idea gets. It also fills the slot `{answer}`.
            step: The step that it spoils.
            slots: What fills the templates.

        Raises:
            WordsError: the name is unknown, or a template has a slot that the solver does not fill.
        """
        templates = self.misconceptions.get(name)
        if templates is None:
            raise self.error(f"a solver asks for [misconceptions.{name}], which is not there")
        filled = slots | {"answer": answer}
        for key, template in templates.items():
            self.check_slots([template], frozenset(filled), f"[misconceptions.{name}]", key)
        words = {key: template.format_map(filled) for key, template in templates.items()}
        return Misconception(answer=answer, step=step, **words)

    @cached_property
    def steps(self) -> dict[str, StepPhrases]:
        """What tutor and student say about each kind of step."""
        return {kind: self._step(kind, table) for kind, table in self._section("steps").items()}

    @cached_property
    def glossary(self) -> dict[str, str]:
        """Words that occur in problems, with their meanings."""
        table = self._section("glossary")
        return {word: self._text(table, "[glossary]", word) for word in table}

    def _step(self, kind: str, table: Mapping[str, Any]) -> StepPhrases:
        header = f'[steps."{kind}"]'
        self.check_keys(table, header, ("slots", *_BEFORE, "first", *_PAIRS, *_AFTER))
        own = table.get("slots", [])
        before = ANY_PROBLEM | frozenset(own)
        after = before | STEP_DONE
        said = {key: self.phrases(table, header, key, before) for key in _BEFORE}
        said |= {key: self.phrases(table, header, key, after) for key in _AFTER}
        return StepPhrases(
            **said,
            first=self.phrases(table, header, "first", before) if "first" in table else (),
            probe=self.pairs(table, header, "probe", (after, after)),
            concept_questions=self.pairs(table, header, "concept_questions", (before, before)),
        )

    def _section(self, name: str) -> dict[str, Any]:
        self.check_keys(self.data, "the file", SECTIONS)
        return self.data.get(name, {})

    def _text(self, table: Mapping[str, Any], header: str, key: str) -> str:
        text = table.get(key)
        if not isinstance(text, str) or not text.strip():
            raise self.error(f"{header} needs {key!r}", header, f"{key} =")
        return text


@cache
def topic(package: str) -> Topic:
    """The words of a topic, from the `topic.toml` next to its code.

    Args:
        package: The topic's package: `__package__` in its modules.
    """
    return Topic(Path(str(resources.files(package))) / TOPIC_FILE)

"""Turns of the embedded teacher about the bundled samples, and the same turns damaged.

Each damage is one that language models do to a question: a wrong quantity, a piece of the problem in another's place,
two questions in one, a question of another problem or of another moment, a question about quantities that it cannot be
about.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from canopy_assets.curriculum.words import all_step_phrases
from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import plan_dialogues
from canopy_assets.records import Dialogue, Exercise
from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import SAMPLE_SEEDS

DIALOGUES = 4
"""Dialogues of each exercise."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SLOT = re.compile(r"\{\w+\}")
_NOT_PIECES = frozenset(("what", "find", "with", "that", "this", "solve", "which", "from", "there", "have", "does"))


@dataclass(frozen=True)
class Said:
    """A tutor turn of a dialogue with what comes before it; turns as (role, text), roles "user" and "assistant"."""

    dialogue: Dialogue
    turn: int

    @property
    def text(self) -> str:
        return self.dialogue.turns[self.turn].text

    @property
    def step(self) -> int:
        return self.dialogue.turns[self.turn].step or 0

    @property
    def before(self) -> tuple[tuple[str, str], ...]:
        turns = self.dialogue.turns[: self.turn]
        return tuple(("user" if t.role == "student" else "assistant", t.text) for t in turns)


def teacher_and_damaged(rng: Random) -> Iterator[tuple[str, str, str, tuple[tuple[str, str], ...], str, bool]]:
    """For each tutor turn: (source, problem, answer, conversation, reply, True), and a damaged reply with False."""
    teacher = EmbeddedTeacher()
    plans = plan_dialogues(_exercises(), per_exercise=DIALOGUES, seed=rng.randrange(10**6), vary_share=0.8)
    said = [
        Said(dialogue, i)
        for dialogue in map(teacher.verbalize, plans)
        for i, turn in enumerate(dialogue.turns)
        if turn.role == "tutor"
    ]
    damage = _Damage(said, rng)
    for turn in said:
        problem, answer = turn.dialogue.statement, turn.dialogue.answer or ""
        if turn.dialogue.turns[turn.turn].move != "probe":  # readers send half of these
            yield "embedded teacher, new", problem, answer, turn.before, turn.text, True
        broken = damage.of(turn)
        if broken is not None:
            yield "damaged", problem, answer, turn.before, broken, False


def written_by_hand() -> Iterator[tuple[str, str, tuple[tuple[str, str], ...], str]]:
    """The tutor turns of the bundled tutoring chats: (problem, answer, conversation, reply).

    Without the first contacts, most of which have no problem: they teach the judge to send whatever is plain.
    """
    seeds = [seed for seed in inbox.scan([SAMPLE_SEEDS]) if seed.name == "tutoring-chats.jsonl"]
    documents = [reader.read(seed) for seed in seeds]
    for dialogue in (d for document in documents if document.kind == "chats" for d in chats.parse(document)[0]):
        for i, turn in enumerate(dialogue.turns):
            if turn.role == "tutor" and i:
                yield dialogue.statement, dialogue.answer or "", Said(dialogue, i).before, turn.text


def _exercises() -> list[Exercise]:
    """The verified exercises of the bundled samples."""
    found = (e for seed in inbox.scan([SAMPLE_SEEDS]) for e in extraction.extract(reader.read(seed))[0])
    return [exercise for exercise in found if exercise.verified]


def empty_replies(
    conversations: Iterable[tuple[str, tuple[tuple[str, str], ...]]], rng: Random
) -> Iterator[tuple[str, tuple[tuple[str, str], ...], str]]:
    """For each (problem, conversation): the same, and a reply with nothing in it: the student's words, or a phrase that
    fits any problem.
    """
    for problem, conversation in conversations:
        yield problem, conversation, conversation[-1][1]
        yield problem, conversation, rng.choice(_ANYWHERE).format(problem=problem.rstrip(".?")[:80])


_ANYWHERE = (
    "What do you think the first step is?",
    "What do you know about {problem}?",
    "What does {problem} come to?",
    "How would you solve {problem}?",
    "Let's think step by step. What do we know?",
    "Take your time and read the problem carefully.",
    "I'm sorry, I can't help with that.",
    "Keep going, you can do it!",
    "Can you explain what you mean?",
    "Good question. What would you do?",
    "Try again, and check your work.",
    "Great work! Now let's try another example.",
)


def misplaced_phrases(
    conversations: Iterable[tuple[str, tuple[tuple[str, str], ...]]], rng: Random
) -> Iterator[tuple[str, tuple[tuple[str, str], ...], str]]:
    """For each (problem, conversation): the same, and a phrase of a kind of step that has nothing to do with it.

    Its slots hold pieces of this problem, as in replies of a model that has learned phrases and not their sense.
    """
    phrases = _phrases()
    for problem, conversation in conversations:
        text = f"{problem} {conversation[-1][1]}"
        if pieces := _pieces(text):
            yield problem, conversation, _SLOT.sub(lambda _, p=pieces: rng.choice(p), rng.choice(phrases))


def sub_questions(path: Path, rng: Random) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...], str, bool]]:
    """GSM8K's sub-questions: (problem, answer, conversation, reply, whether the reply is the next sub-question).

    The other replies are the one that was just answered, and one about another problem.
    """
    problems = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        worked = re.sub(r"<<.*?>>", "", row["answer"])
        steps = [tuple(part.strip() for part in s.split("**")) for s in worked.splitlines() if "**" in s]
        problems.append((row["question"], worked.replace("####", "").replace("**", ""), steps))
    for problem, answer, steps in problems:
        at = rng.randrange(len(steps))
        said: list[tuple[str, str]] = [("user", f"{problem} How do I start?" if at == 0 else "Can you help me?")]
        for question, work in steps[:at][-2:]:
            said += [("assistant", question), ("user", work)]
        yield problem, answer, tuple(said), steps[at][0], True
        yield problem, answer, tuple(said), rng.choice(rng.choice(problems)[2])[0], False
        if at:
            yield problem, answer, tuple(said), steps[at - 1][0], False


def _phrases() -> list[str]:
    """Questions of all kinds of step that have slots."""
    return [
        text
        for phrases in all_step_phrases().values()
        for text in (*phrases.focus, *phrases.recall, *phrases.break_down)
        if _SLOT.search(text)
    ]


def _pieces(text: str) -> list[str]:
    """Numbers and longer words of a text."""
    return sorted({*_NUMBER.findall(text), *re.findall(r"[a-z]{4,}", text.lower())} - _NOT_PIECES)


class _Damage:
    """Damages turns. A result that a teacher says about the same problem does not count."""

    def __init__(self, said: Sequence[Said], rng: Random) -> None:
        self._rng = rng
        self._family: dict[str | None, list[Said]] = defaultdict(list)
        self._problem: dict[str, list[Said]] = defaultdict(list)
        for turn in said:
            self._family[turn.dialogue.family].append(turn)
            self._problem[turn.dialogue.statement].append(turn)
        self._phrases = _phrases()

    def of(self, turn: Said) -> str | None:
        """A damaged form of a turn; None when no kind of damage can be done to it."""
        kinds: list[Callable[[Said], str | None]] = [
            self._other_number,
            self._other_problem,
            self._other_moment,
            self._crossed,
            self._misplaced,
            self._wrong_things,
        ]
        fine = {other.text for other in self._problem[turn.dialogue.statement]}
        for kind in self._rng.sample(kinds, len(kinds)):
            broken = kind(turn)
            if broken and (kind == self._other_moment or broken not in fine):
                return broken
        return None

    def _other_number(self, turn: Said) -> str | None:
        numbers = list(_NUMBER.finditer(turn.text))
        known = {n for _, text in turn.before for n in _NUMBER.findall(text)} | {str(self._rng.randint(2, 60))}
        if not numbers:
            return None
        old = self._rng.choice(numbers)
        others = sorted(known - {old.group()})
        if not others:
            return None
        return turn.text[: old.start()] + self._rng.choice(others) + turn.text[old.end() :]

    def _other_problem(self, turn: Said) -> str | None:
        others = [
            other
            for other in self._family[turn.dialogue.family]
            if other.dialogue.statement != turn.dialogue.statement and _NUMBER.search(other.text)
        ]
        return self._rng.choice(others).text if others else None

    def _other_moment(self, turn: Said) -> str | None:
        others = [
            other
            for other in self._problem[turn.dialogue.statement]
            if other.text != turn.text and (other.step < turn.step or other.step > turn.step + 1)
        ]
        return self._rng.choice(others).text if others else None

    def _crossed(self, turn: Said) -> str | None:
        other = self._rng.choice(self._family[turn.dialogue.family])
        first, second = turn.text.split(), other.text.split()
        if len(first) < 5 or len(second) < 5:
            return None
        return " ".join(first[: self._rng.randint(2, len(first) - 2)] + second[self._rng.randint(2, len(second) - 2) :])

    def _misplaced(self, turn: Said) -> str | None:
        words = turn.text.split()
        places = [i for i, word in enumerate(words) if len(word) > 3 or _NUMBER.search(word)]
        if len(places) < 2:
            return None
        one, two = self._rng.sample(places, 2)
        words[one], words[two] = words[two], words[one]
        return " ".join(words)

    def _wrong_things(self, turn: Said) -> str | None:
        """A phrase of any step with pieces of this problem in its slots."""
        pieces = _pieces(f"{turn.dialogue.statement} {turn.before[-1][1]}")
        if not pieces:
            return None
        return _SLOT.sub(lambda _: self._rng.choice(pieces), self._rng.choice(self._phrases))

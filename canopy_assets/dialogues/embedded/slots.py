"""The values that fill a template's slots: the step's own quantities, and what can be read off any problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from canopy_assets.curriculum.decimals import as_posed
from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.words import glossary
from canopy_assets.dialogues.embedded.conversation import Conversation
from canopy_assets.dialogues.embedded.hints import hint_question
from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.planning.statements import lower_first, statement_forms, upper_first
from canopy_assets.dialogues.planning.stories import STORY, counted, story_slots
from canopy_assets.records import Exercise, Step

_AN = re.compile(
    r"""
    \b([Aa])\           # the article
    (?=(?:addition|angle|area|average|edge|equation|expression|exponent|increase|inequality|integer|operation)\b)
    """,
    re.VERBOSE,
)
"""An article before a filled slot. Only these nouns count, because "a" in "a and b" is a variable."""
_SEVERAL = re.compile(r"[(²³½]|[+×÷−].*[+×÷−]")
"""Mathematics with more than one operation, so that it makes sense to ask about their order."""
_LONGEST_NAMED = 34
"""In characters: a longer result does not read well in the middle of a sentence."""
_LONGEST_ANSWER_NAME = 48
"""In characters: where the name is longer, the tutor says "the answer"."""
_LONGEST_LINE = 22
"""In words: a longer line of work is a textbook's prose, which no student would type in a chat."""

_ARITHMETIC = re.compile(
    r"""
    (?<![\w.+−×÷*/^])(?<![+−×÷*/^]\s)         # not in the middle of a longer calculation
    ([$(]*[\d.][\d\s.,$+−×÷/*()%]*?)          # the calculation
    \s*=\s*
    \$?(\d[\d,]*(?:\.\d+)?|\.\d+)            # its result
    """,
    re.VERBOSE,
)
"""A line of arithmetic inside a sentence: "There are 45 − 28 − 5 = 12 left." """


def fill(template: str, slots: Mapping[str, str]) -> str | None:
    """The template with its slots filled, starting with a capital letter; None where a slot has no value."""
    if not slot_names(template) <= slots.keys():
        return None
    return upper_first(_AN.sub(r"\1n ", " ".join(template.format_map(slots).split())))


def sentence(text: str) -> str:
    """The text, with a full stop added where it has no final punctuation."""
    text = display(text.strip().rstrip(",;"))
    return text if not text or text[-1] in ".?!:" else text + "."


def display(text: str) -> str:
    """Arithmetic typed in ASCII, as it is printed: "16 - 3*2" → "16 − 3 × 2"."""
    text = re.sub(r"(?<=[\d)]) ?[-−] ?(?=[\d($.])", " − ", text)
    text = re.sub(r"(?<=[\d)%]) ?\+ ?(?=[\d($])", " + ", text).replace(" / ", " ÷ ")
    return re.sub(r"(?<=[\d)%]) ?[*×] ?(?=[\d($.])", " × ", text)


def problem_slots(conversation: Conversation) -> dict[str, str]:
    """Slots for the whole dialogue: a short name for the problem, and one for its answer."""
    forms = statement_forms(conversation.plan.statement)
    answer_to = forms.answer_to if len(forms.answer_to) <= _LONGEST_ANSWER_NAME else "the answer"
    slots = {"short": forms.short, "statement_short": forms.short, "answer_to": answer_to}
    if forms.math and forms.math == forms.short:
        slots["math"] = forms.math
    return slots


def tutor_slots(conversation: Conversation, index: int, rng: Random) -> dict[str, str]:
    """Everything that a tutor template about step `index` may name, except the step's result."""
    plan = conversation.plan
    step = plan.steps[index]
    slots = problem_slots(conversation) | _question_slots(step, index, len(plan.steps))
    slots |= _figure_slots(conversation, index) | _term_slots(plan.statement, step)
    if step.kind == STORY:
        slots |= story_slots(plan.statement, plan.steps, index, conversation.known)
    hint = _hint(plan.exercise, index, len(plan.steps), plan.varied, rng)
    if hint:
        slots |= {"hint": hint, "hint_l": lower_first(hint)}
    slots |= {name: as_posed(value, plan.statement) for name, value in step.slots.items() if value}
    if slots.get("percent") == slots.get("base"):
        slots.pop("percent", None)  # "on the way to 10%, how much is 10%" would be circular
    if _SEVERAL.search(slots.get("expression", "")):
        slots["several"] = ""
    return slots | ({"later": ""} if index else {})


def result_slots(plan: Plan, index: int) -> dict[str, str]:
    """The result and the working of a step that the student has done."""
    step = plan.steps[index]
    slots = {"result": display(as_posed(step.result.rstrip("."), plan.statement)), "counted": result_named(plan, index)}
    work = as_posed(step.work, plan.statement)
    working = _working(display(work), slots["result"])
    if working:
        slots["working"] = working
    work = sentence(work.replace(" → ", " becomes "))
    if work and len(work.split()) <= _LONGEST_LINE:
        slots |= {"work": work, "work_line": work, "work_line_l": lower_first(work), "work_line_u": upper_first(work)}
    return slots


def _working(work: str, result: str) -> str | None:
    """The arithmetic of a line of work that ends in the step's result: "45 − 28 − 5"."""
    for match in _ARITHMETIC.finditer(work):
        left, right = match.groups()
        fits = right.replace(",", "") == re.sub(r"[$,\s%]", "", result)
        if fits and re.search(r"[+−×÷/*]", left) and left.count("(") == left.count(")"):
            return left
    return None


def result_named(plan: Plan, index: int) -> str:
    """A step's result in natural words: in a story with what it counts, elsewhere with the problem's decimals."""
    step = plan.steps[index]
    if step.kind == STORY:
        return display(counted(step, plan.statement))
    return display(as_posed(step.result.rstrip("."), plan.statement))


def said_slots(result: str | None) -> dict[str, str]:
    """The slot `{said}`, if the student's result is short enough to be repeated in a sentence."""
    if not result or len(result) > _LONGEST_NAMED:
        return {}
    said = display(result.rstrip("."))
    return {"said": said, "said_u": upper_first(said)}


def _question_slots(step: Step, index: int, steps: int) -> dict[str, str]:
    ask = display(step.ask.strip())
    if re.match(r"(?:how|what|which|where|when|who)\b.*\w$", ask, re.IGNORECASE):
        ask += "?"
    if not ask.endswith("?") or ask.count("?") > 1:
        return {}
    lowered = lower_first(ask)
    if index < steps - 1:
        return {"ask": ask, "ask_l": lowered, "ask_part": lowered, "ask_part_u": ask}
    return {"ask": ask, "ask_l": lowered, "ask_last": lowered}


def _figure_slots(conversation: Conversation, index: int) -> dict[str, str]:
    """Slots for the statement's figures that the step uses, and for an earlier result that it builds on."""
    plan = conversation.plan
    step = plan.steps[index]
    figures = statement_forms(plan.statement).numbers
    worked = _figures_in(step.work, figures)
    if re.search(r"\b(?:twice|double|half)\b", plan.statement):
        figures = tuple(f for f in figures if f != "2")  # a 2 in the work comes from the word, not from the figure
    used = [f for f in figures if _bare(f) in worked]
    if not used and not index and step.kind != STORY:
        used = list(figures)
    slots = {f"n{i}": figure for i, figure in enumerate(used[:2], start=1)}
    if len(used) >= 2:
        slots["numbers"] = _listed(used[:3])
    before = set().union(*(_figures_in(s.work, figures) for s in plan.steps[:index]))
    fresh = [f for f in used if _bare(f) not in before]
    if fresh:
        slots["fresh"] = fresh[0]
    earlier = [s.result for s in plan.steps[:index] if conversation.known.has_said(s.result)]
    builds_on = [r for r in earlier if _figures_in(r, ()) & worked]
    named = builds_on or (earlier[-1:] if step.kind == "given" else [])
    if named and len(named[-1]) <= _LONGEST_NAMED:
        slots["prior"] = display(named[-1].rstrip("."))
    return slots


def _bare(figure: str) -> str:
    return re.sub(r"[$,%\s]", "", figure)


def _figures_in(work: str, figures: Sequence[str]) -> set[str]:
    """The numbers that a line of work starts from. A fraction of the problem counts as one number, any other as two."""
    work = work.rpartition("=")[0] or work
    fractions = {_bare(f) for f in figures if "/" in f}
    found: set[str] = set()
    for token in re.findall(r"\d+(?:\.\d+)?(?:/\d+)?", _bare(work)):
        found |= {token} if token in fractions else set(token.split("/"))
    return found


def _term_slots(statement: str, step: Step) -> dict[str, str]:
    words = re.findall(r"[a-z]+", f"{statement} {step.ask}".lower())
    term = next((w for w in glossary() if w in words), None)
    return {"word": f"“{term}”", "meaning": glossary()[term]} if term else {}


def _hint(exercise: Exercise, index: int, steps: int, varied: bool, rng: Random) -> str | None:
    """A question from the author's guidance for this step. A varied exercise gets no hint that names figures."""
    hints = () if exercise.original else exercise.hints  # those are in the document's language
    fitting: Iterable[str] = hints if index == 0 else ()
    if len(hints) == steps:
        fitting = (hints[index],)
    usable = [h for h in fitting if not (varied and re.search(r"\d", h))]
    return hint_question(rng.choice(usable), rng.randrange(4)) if usable else None


def _listed(items: list[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}"

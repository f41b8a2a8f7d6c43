"""What can be computed about a reply: each feature is a number with a meaning, and most are 0 or 1.

Features are facts about this reply in this conversation (an answer that is given away, a number from nowhere, a
question that was just answered, a phrase that fits this step), never the style of a source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from canopy_assets.curriculum.solution import Solution
from canopy_assets.review.gates.truth import false_equation, feedback
from canopy_assets.review.leak.detector import detect_leak, detect_step_leak
from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.knowledge import knowledge
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import quantities
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.text.vocabulary import generic_stems
from canopy_assets.review.text.words import content_words
from canopy_assets.review.usefulness.frames import frame_similarity, similarity, tokens
from canopy_assets.review.usefulness.references import Reference, references
from canopy_assets.review.usefulness.student import Student, final_answer, student
from canopy_assets.review.usefulness.understanding import understand

MAX_REPLY = 2_000
"""In characters: no more of a reply is read. Tutor turns have some hundred."""
NEAR = 0.8
"""With at least this share of equal tokens (`difflib` ratio), two sentences say the same."""
FAR = 0.4
"""Two sentences with at most this share of equal tokens have only small words in common."""
FAR_FRAME = 0.5
"""The same without quantities: what is left of a short question is alike more often."""
_VERY_SHORT, _LONG = 5, 60
"""In words."""
_SHORT_PROBLEM = 15
"""In words: a longer problem is a story."""
_MOST_RUNS = 15
"""Runs of sentences that are compared: all of a reply with up to five."""
_COMPARED = 12
"""References that are compared token by token: those that share most tokens with the reply."""

DESCRIPTIONS = {
    "reveals": "gives the answer away",
    "gives": "states a result as the answer",
    "gives_step": "hands over a step",
    "false_equation": "says an equation that does not hold",
    "affirms_wrong": "confirms what is wrong",
    "praises_wrong": "praises a turn that is wrong",
    "rejects_right": "rejects what is right",
    "confirms_right": "confirms what is right",
    "new_number": "names a number from nowhere",
    "torn_formula": "has a formula that is not of this problem",
    "repeated_word": "asks about a thing in terms of itself",
    "asks_again": "says what the tutor has said before",
    "echoes": "repeats the problem or the student",
    "asks_way": "asks how a bare and doubtful result came about",
    "asks_shown": "asks for a way that has been shown, is right, or was never taken",
    "declines_unasked": "declines to give an answer that nobody asked for",
    "declines": "declines to give the answer away",
    "hands_back": "hands the whole problem back",
    "moves_on": "goes on to something else",
    "wrong_role": "speaks as somebody else, or writes a program",
    "no_question": "asks nothing of a student who is not done",
    "two_questions": "asks several questions",
    "long": "is long",
    "names_last": "takes up a number of the student's last turn",
    "words_of_problem": "uses words of this conversation",
    "of_any_problem": "could be said of any problem",
    "asks": "asks a question",
    "invites": "invites to look again, to check or to go on together",
    "addresses": "speaks to the student",
    "explains": "speaks of understanding instead of the matter",
    "has_number": "names a number",
    "short": "is very short",
    "understood": "the problem is understood",
    "no_problem": "there is no problem",
    "exercise": "the exercise is of a kind that the curriculum does not know",
    "fits_step": "says what a teacher says at this step, with its quantities",
    "nearly_fits": "sounds like a question of this problem, but is not one",
    "fits_story": "says what a teacher says about a story",
    "of_another_kind": "sounds like a question of another kind of problem",
    "settled": "asks for a step that is done",
    "not_due": "is about a step whose time has not come",
}
"""The features in their order, each in words for a person."""

_PRAISE = re.compile(
    r"^[^?]{0,60}\b(?:great|good|excellent|nice\w*|brilliant|perfect\w*|correct\w*|exactly|right|well done|yes"
    r"|fantastic|awesome|wonderful|agreed)\b",
    re.IGNORECASE,
)
_MOVES_ON = re.compile(
    r"\b(?:mov(?:e|ing) on to|(?:new|another|different|more) (?:topic|problem|question|example|exercise)s?"
    r"|more (?:examples|practice|problems)|practice problems)\b",
    re.IGNORECASE,
)
_WRONG_ROLE = re.compile(
    r"```|\btutor response\b|\bdef \w+\(|^\s*(?:tutor|student|user|assistant|system)\s*:|<\|",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS_FOR_THE_WAY = re.compile(
    r"""
      \b(?:walk|talk|take)\ me\ (?:through|along) | \bshow\ me\ (?:your|the)\ way | \bretrace\b | \bline\ by\ line\b
    | \bin\ your\ own\ words\b | \bhow\ would\ you\ write\ down\ the\ way
      # "How did you get to 36?", "Which line came first on your way to 36?"
    | \b(?:how|where|which|what|why)\b[^.?]{0,60}
      \b(?:get\ (?:to|there|from)|arrive|come\ (?:about|from|out)|comes?\ (?:about|from|out)|came\ (?:about|from|first)
        |work(?:ed)?\ (?:it\ )?out|led\ to|on\ your\ way|way\ (?:did\ you\ take\ )?to|gave\ you|brought\ you|behind
        |line\ (?:above|before)|just\ above|used?\ for|made\ you\ go)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DECLINES = re.compile(
    r"""
      \bi(?:['’]d|\ would)\ rather\b | \byou['’]d\ (?:have|get)\ the\ answer\b | \byou['’]d\ rather\b
    | \bi(?:['’]m|\ am)?\ (?:won['’]t|can['’]t|cannot|not\ going\ to|don['’]t|will\ not|keep|stay|hold)\b
      # "The answer stays yours", "no result from me"
    | \b(?:answer|result|value|solution)s?\b[^.?!]{0,40}
      \b(?:from\ me|yours|your\ (?:job|part|work|side)|to\ yourself)\b
    | \bno\ (?:answers|final|shortcuts)\b | \binstead\ of\ (?:me|the\ answer|telling)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_INVITES = re.compile(
    r"\b(?:let['’]?s|let us|look|check|review|revisit|reconsider|double-check|re-?read|think|remember|recall|consider"
    r"|try)\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"\byou(?:r|['’](?:ve|re|d|ll))?\b", re.IGNORECASE)
_ABOUT_UNDERSTANDING = re.compile(r"\bunderst(?:and|ood)\w*|\bconcepts?\b|\bskills?\b", re.IGNORECASE)
_HANDS_BACK = re.compile(
    r"\b(?:what do you (?:know|think)|tells? you|come to|look like|what(?: i|['’])s the (?:answer|solution|result)"
    r"|how (?:would|do|could|can) (?:you|we) (?:solve|find|do|start|simplify|evaluate|calculate|compute|work))\b",
    re.IGNORECASE,
)
_MATHS = re.compile(
    r"[$(\[]*[0-9a-z]?[0-9(a-z][0-9a-z²³⁴⁵⁶⁷⁸⁹⁻¹ⁿ₀-₉^/().%\]]*(?: [+−×÷=/] [0-9a-z²³⁴⁵⁶⁷⁸⁹⁻¹ⁿ₀-₉^/().%\]]+)+"
)


def features(
    reply: str, *, problem: str, answer: str, conversation: tuple[tuple[str, str], ...], good: Sequence[str] = ()
) -> dict[str, float]:
    """All features by name.

    Args:
        reply: the tutor's reply; only its first `MAX_REPLY` characters are read.
        problem: the statement; empty where there is none.
        answer: the right final answer, or a worked solution that ends with it.
        conversation: (role, text) pairs with the roles "user" and "assistant".
        good: replies that a good teacher could send here, if some are known; they count as questions of this step.
    """
    reply = reply[:MAX_REPLY]
    final = final_answer(answer)
    solution, shown = understand(problem, final), student(problem, answer, conversation)
    history = tuple(("student" if role == "user" else "tutor", text) for role, text in conversation)
    sentences = [reply[start:end] for start, end in sentence_spans(reply)]
    found = _given_away(reply, problem, final, history, solution)
    found |= _feedback(reply, history, shown)
    found |= _from_nowhere(reply, problem, final, history, good)
    found |= _form(reply, sentences, problem, conversation, shown)
    found |= _fit(reply, sentences, problem, final, shown, good)
    return {name: found[name] for name in DESCRIPTIONS}


def _given_away(
    reply: str, problem: str, final: str, history: tuple[tuple[str, str], ...], solution: Solution | None
) -> dict[str, float]:
    leak = detect_leak(reply, problem=problem, answer=final, history=history) if final else None
    steps = [step.result for step in solution.steps] if solution else []
    handed = detect_step_leak(reply, problem=problem, step_results=steps, history=history).count if steps else 0
    return {
        "reveals": float(leak is not None and leak.reveals),
        "gives": float(leak is not None and leak.gives and not leak.reveals),
        "gives_step": float(handed > 0),
    }


def _feedback(reply: str, history: tuple[tuple[str, str], ...], shown: Student) -> dict[str, float]:
    said, praises = feedback(reply), bool(_PRAISE.match(reply))
    written = frozenset(e.key for _, text in history for e in equations(text))
    return {
        "false_equation": float(false_equation(reply, written) is not None),
        "affirms_wrong": float(shown.wrong and said == "affirms"),
        "praises_wrong": float(shown.wrong and praises and said != "affirms"),
        "rejects_right": float(shown.right and said == "rejects"),
        "confirms_right": float(shown.right and (praises or said == "affirms")),
    }


def _from_nowhere(
    reply: str, problem: str, final: str, history: tuple[tuple[str, str], ...], good: Sequence[str]
) -> dict[str, float]:
    """Numbers and formulas that neither the conversation nor the solution has."""
    said = (problem, *(text for _, text in history), *good)
    worked, folded = _worked(problem, final)
    values = knowledge(problem, history).values | worked | {q.value for text in good for q in quantities(text)}
    new = [q for q in quantities(reply) if q.value not in values and not 0 <= q.value <= 3]
    text = f"{fold(' ; '.join(said))};{folded}"
    formulas = [fold(m.group().strip(" .,;?")) for m in _MATHS.finditer(reply)]
    return {"new_number": float(bool(new)), "torn_formula": float(any(f not in text for f in formulas))}


@lru_cache(maxsize=2048)
def _worked(problem: str, final: str) -> tuple[frozenset[Fraction], str]:
    """The numbers, and the folded text, of a problem's solution and of all that a teacher says about it."""
    texts = [reference.text for reference in references(problem, final)]
    if solution := understand(problem, final):
        texts += [t for s in solution.steps for t in (s.work, s.result, *s.slots.values())]
        texts += [t for m in solution.misconceptions for t in (m.check, m.check_reply, m.answer)]
    return frozenset(q.value for text in texts for q in quantities(text)), fold(" ; ".join(texts))


def _form(
    reply: str,
    sentences: Sequence[str],
    problem: str,
    conversation: tuple[tuple[str, str], ...],
    shown: Student,
) -> dict[str, float]:
    """What the reply does, whatever the problem."""
    questions = [s for s in sentences if is_question(s)]
    tutor = [text for role, text in conversation if role == "assistant"][-3:]
    others = [problem, *[text for role, text in conversation if role == "user"][-2:]]
    words = content_words(reply)
    context = content_words(problem).union(*(content_words(text) for _, text in conversation[-4:]))
    last = {q.value for q in quantities(shown.last)}
    asks_way, declines = bool(_ASKS_FOR_THE_WAY.search(reply)), bool(_DECLINES.search(reply))
    ours = {q.value for q in quantities(reply)}
    bare = bool(ours) and ours <= last and shown.doubtful and not shown.working
    return {
        "repeated_word": float(any(_repeats(q) for q in questions)),
        "asks_again": float(any(similarity(s, t) > NEAR for s in (reply, *questions) for t in tutor)),
        "echoes": float(any(_repeats_somebody(s, t) for s in sentences for t in others)),
        "asks_way": float(asks_way and bare),
        "asks_shown": float(asks_way and not bare),
        "declines": float(declines and shown.pushes),
        "declines_unasked": float(declines and not shown.pushes),
        "hands_back": float(_hands_back(reply, problem)),
        "moves_on": float(bool(_MOVES_ON.search(reply))),
        "wrong_role": float(bool(_WRONG_ROLE.search(reply))),
        "no_question": float(not questions and not shown.right),
        "two_questions": float(len(questions) > 1),
        "long": max(0.0, len(reply.split()) - _LONG) / 20,
        "names_last": float(not ours.isdisjoint(last)),
        "words_of_problem": len(words & context) / max(1, len(words)),
        "of_any_problem": float(bool(problem.strip()) and not ours and not words & context - generic_stems()),
        "asks": float(bool(questions)),
        "invites": float(bool(_INVITES.search(reply))),
        "addresses": float(bool(_ADDRESSES.search(reply))),
        "explains": float(bool(_ABOUT_UNDERSTANDING.search(reply))),
        "has_number": float(bool(ours)),
        "short": float(len(reply.split()) < _VERY_SHORT),
    }


def _repeats_somebody(sentence: str, text: str) -> bool:
    if len(sentence.split()) >= _VERY_SHORT and fold(sentence) in fold(text):
        return True
    return similarity(sentence, text) > NEAR


def _repeats(question: str) -> bool:
    words = [w for w in re.findall(r"[a-z]{3,}", question.lower()) if content_words(w)]
    return len(set(words)) < len(words)


def _hands_back(reply: str, problem: str) -> bool:
    """Whether a question has the whole problem in it and little else."""
    formulas = [m.group().strip(" .,;?") for m in _MATHS.finditer(problem)]
    whole = max(formulas, key=len, default="").partition(" = ")[0]
    if not whole or fold(whole) not in fold(reply):
        return False
    return bool(_HANDS_BACK.search(reply)) and len(tokens(reply)) - len(tokens(whole)) < 12


def _fit(
    reply: str, sentences: Sequence[str], problem: str, final: str, shown: Student, good: Sequence[str]
) -> dict[str, float]:
    """How near the reply is to what a good teacher says about this problem, and about this step of it."""
    known = [*(Reference(text, shown.done, "ask") for text in good), *references(problem, final)]
    nearest = _nearest(reply, sentences, known)
    here = max((s for s, r in nearest if _is_due(r, shown)), default=0.0)
    anywhere, best = max(nearest, key=lambda pair: pair[0], default=(0.0, None))
    untimely = best is not None and anywhere > NEAR and here < NEAR
    elsewhere = 0.0 if anywhere > NEAR else _frame(sentences, of_any_story=False)
    is_story = not known and len(problem.split()) >= _SHORT_PROBLEM
    story = _frame(sentences, of_any_story=True) if is_story else 0.0
    if _ASKS_FOR_THE_WAY.search(reply):  # of any problem
        anywhere, elsewhere = (anywhere, 0.0) if anywhere > NEAR else (0.0, 0.0)
    return {
        "understood": float(bool(known)),
        "no_problem": float(not problem.strip()),
        "exercise": float(not known and 0 < len(problem.split()) < _SHORT_PROBLEM),
        "fits_step": max(0.0, here - NEAR) / (1 - NEAR),
        "nearly_fits": 0.0 if anywhere > NEAR else max(0.0, anywhere - FAR) / (NEAR - FAR),
        "of_another_kind": max(0.0, elsewhere - max(FAR_FRAME, story)) / (1 - FAR_FRAME),
        "fits_story": max(0.0, story - FAR) / (1 - FAR),
        "settled": float(untimely and best is not None and best.use == "ask" and best.step < shown.done),
        "not_due": float(untimely and best is not None and not (best.use == "ask" and best.step < shown.done)),
    }


def _frame(sentences: Sequence[str], *, of_any_story: bool) -> float:
    return max((frame_similarity(s, of_any_story=of_any_story) for s in sentences), default=0.0)


def _is_due(reference: Reference, shown: Student) -> bool:
    """Whether the moment for a phrase has come: the next steps, reasons for what is done, a test of what is wrong."""
    if reference.use == "ask":
        return shown.done <= reference.step <= shown.done + 1
    if reference.use == "confirm":
        return reference.step < shown.done and not shown.wrong
    if reference.use == "probe":
        return reference.step < shown.done
    return shown.wrong if reference.use == "test" else True


def _nearest(reply: str, sentences: Sequence[str], known: Sequence[Reference]) -> list[tuple[float, Reference]]:
    """The most similar references with their similarity, 0 to 1."""
    ours = set(tokens(reply))
    shared = [len(ours & (theirs := set(tokens(r.text)))) / max(1, len(theirs)) for r in known]
    likely = sorted(range(len(known)), key=lambda i: -shared[i])[:_COMPARED]
    # A phrase may have several sentences, and a reply another one before or after it.
    runs = ((start, end) for end in range(1, len(sentences) + 1) for start in range(end))
    parts = dict.fromkeys(" ".join(sentences[start:end]) for start, end in list(runs)[:_MOST_RUNS]) or {reply: None}
    return [(max(_likeness(part, known[i].text) for part in parts), known[i]) for i in likely]


def _likeness(part: str, phrase: str) -> float:
    """Similarity to a phrase. Without the phrase's numbers in their order, it is no longer the same question."""
    same = [t for t in tokens(part) if t[0].isdigit()] == [t for t in tokens(phrase) if t[0].isdigit()]
    found = similarity(part, phrase)
    return found if same else min(found, NEAR)

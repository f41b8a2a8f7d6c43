"""Phrases for steps that belong to no problem family: those given in a document.

Besides a step's own slots these templates take what can be read off any problem:

`{short}` names the problem in a few words, `{math}` is the problem where it is an expression; `{n1}`, `{n2}` and
`{numbers}` are figures of the statement that the step uses, `{fresh}` one that no earlier step used, `{prior}` an
earlier result that it uses; `{ask}` is the step's question, `{ask_l}` the same after a comma, `{ask_part}` for a step
before the last, `{ask_last}` for the last; `{working}` and `{result}` are there only once the student has said them;
`{word}` and `{meaning}` are a term of the text; `{hint}` and `{hint_l}` the author's guidance as a question. Two print
nothing: `{later}` keeps a template from the first step, `{several}` from an `{expression}` of a single operation.

A template whose slots a step lacks is left out.
"""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_GIVEN_FOCUS = (
    "{hint}",
    "{hint}",
    "Take a look at {short}. {hint}",
    "About {short}: {hint_l}",
    "Which part of {math} would you change first, and how?",
    "What is the first line you could write under {short}?",
    "In {short}, what do you know and what do you want?",
    "Which rule that you've met fits {short}?",
    "What could you do to {math} that makes it simpler?",
    "With {numbers} given, which would you use first?",
    "Where does the {n1} belong in {short}?",
    "From {prior}, what would you do next?",
    "You have {prior} now. What is still missing?",
    "What does {prior} let you do that you couldn't do before?",
    "How does {prior} bring you closer to what {short} asks?",
    "Looking at {n1} and {n2}, which would you deal with first, and why?",
    "What kind of answer does {short} want from you?",
    "Which definition would you open your notes at for {short}?",
)
_GIVEN_RECALL = (
    "What does {short} ask for, in your own words?",
    "Which rule from class looks like {short}?",
    "What do you remember about problems built like {short}?",
    "What does the {n1} in {short} tell you?",
    "When have you seen something like {short} before, and what came first then?",
    "What is the name for the kind of thing in {short}?",
)
_GIVEN_BREAK_DOWN = (
    "Cut {short} into pieces. Which piece could you do right now?",
    "Take the easiest corner of {short}. What do you see there?",
    "Only look at {n1}. What is it doing in {short}?",
    "Say {short} out loud in plain words. What has to happen first?",
    "Keep {prior} and forget the rest. What can be done with it?",
    "Write {short} at the top of a clean page. What goes on the line below it?",
    "A smaller piece is enough for now. {hint}",
)
_GIVEN_PROBE = (
    "How do you know that {result} follows?",
    "What rule lets you write {result}?",
    "Why is {result} allowed at this point?",
    "How could you check {result} against {short}?",
    "What would you say to somebody who doubts {result}?",
    "Where did {result} come from, in one sentence?",
)
_GIVEN_REASONS = (
    "I went through it line by line: {work_line_l}",
    "I wrote down what I did: {work_line_l}",
    "I only used what was there already: {work_line_l}",
    "I'd put it back into the problem and see whether everything fits.",
    "I'd show them my line: {work_line_l}",
    "From this line: {work_line_l}",
)
_GIVEN_CONFIRM = (
    "Yes, {result} follows from what you had.",
    "{result} is right, and it fits {short}.",
    "Agreed, {result} is what {short} comes to here.",
    "That's {result}, reached one line at a time.",
    "Good, {result} fits {short}.",
    "You kept the parts of {short} straight, and {result} is what comes out.",
    "{result} holds, and you can see it in {short}.",
)
_GIVEN_NUDGE = (
    "Look at {short} once more, one piece at a time.",
    "Try writing the next line under {prior}.",
    "Compare {short} with the last example you did like it.",
    "Start with {n1} and see what touches it.",
    "Write down what {short} gives you, then what it wants.",
)
_GIVEN_STUDENT = (
    "{work_line}",
    "So I get {result}.",
    "Then it's {result}.",
    "That gives {result}.",
    "I have {result} now.",
    "I worked it through and it comes to {result}.",
)
_GIVEN_CONCEPT = (
    "What does {word} mean here?",
    "Can you explain {word} first?",
    "What is this even asking me to do?",
    "What is the {n1} doing in there?",
    "Which rule am I supposed to know for this?",
)
_GIVEN_ANSWERS = (
    "{meaning}",
    "{meaning}",
    "It gives you some things and wants another one.",
    "Every part of a problem has a job, and some only matter later.",
    "A rule says when it may be used, and the shape of the problem shows which one fits.",
)

GENERAL = StepPhrases(
    focus=_GIVEN_FOCUS,
    recall=_GIVEN_RECALL,
    break_down=_GIVEN_BREAK_DOWN,
    probe=_GIVEN_PROBE,
    reasons=_GIVEN_REASONS,
    confirm=_GIVEN_CONFIRM,
    nudge=_GIVEN_NUDGE,
    student=_GIVEN_STUDENT,
    ask_concept=_GIVEN_CONCEPT,
    answers=_GIVEN_ANSWERS,
)
"""What can be said about a step of any kind; also stands in for a kind without phrases of its own."""

PHRASES = {"given": GENERAL}

GLOSSARY = {
    "per": "“Per” means for every single one.",
    "each": "“Each” says the same amount belongs to every one of them.",
    "twice": "“Twice” means two times as much.",
    "half": "Half is one of two equal parts.",
    "double": "To double something is to take it two times.",
    "triple": "To triple something is to take it three times.",
    "dozen": "A dozen is a group of twelve.",
    "profit": "Profit is what is left of the money coming in after the costs.",
    "discount": "A discount is the part of the price that you don't pay.",
    "remainder": "The remainder is what is left once the rest has been used.",
    "average": "An average shares the total out evenly.",
    "percent": "Percent means out of every hundred.",
    "total": "A total is everything of the same kind put together.",
    "altogether": "“Altogether” wants everything counted in one number.",
    "difference": "A difference says how far apart two amounts are.",
    "fewer": "“Fewer than” compares two amounts, one of them smaller.",
    "remaining": "“Remaining” means after the used part has been taken away.",
    "combined": "“Combined” puts the amounts together.",
    "quarter": "A quarter is one of four equal parts.",
    "interest": "Interest is paid on top of the amount, as a share of it.",
    "speed": "Speed says how far something gets in one unit of time.",
    "perimeter": "The perimeter is the way once around the outside.",
    "area": "Area counts the unit squares that cover a shape.",
    "ratio": "A ratio compares amounts by how often one goes into the other.",
    "weekly": "“Weekly” means once for every week.",
    "daily": "“Daily” means once for every day.",
}
"""Terms of word problems, with meanings that give nothing of a solution away."""

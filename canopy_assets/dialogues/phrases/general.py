"""Phrases for steps that belong to no problem family: a textbook's sub-questions, and steps given in a document.

Besides a step's own slots these templates take what can be read off any problem:

`{short}` names the problem in a few words, `{math}` is the problem where it is an expression; `{n1}`, `{n2}` and
`{numbers}` are figures of the statement that the step uses, `{fresh}` one that no earlier step used, `{prior}` an
earlier result that it uses; `{ask}` is the step's question, `{ask_l}` the same after a comma, `{ask_part}` for a step
before the last, `{ask_last}` for the last; `{working}` and `{result}` are there only once the student has said them;
`{word}` and `{meaning}` are a term of the text; `{hint}` and `{hint_l}` the author's guidance as a question.

A template whose slots a step lacks is left out.
"""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_ASK_FOCUS = (
    "{ask}",
    "{ask}",
    "Start smaller than the whole question: {ask_part}",
    "With {numbers} from the text, {ask_l}",
    "The text gives you {numbers}. {ask}",
    "Look for {n1} in the text. {ask}",
    "You already know {prior}. {ask}",
    "Using your {prior}, {ask_l}",
    "Now that {prior} is known, {ask_l}",
    "What would you do with {n1} and {n2} to find this out: {ask_l}",
    "Only this for now: {ask_part}",
    "A piece of it first. {ask_part_u}",
    "Going by {n1} and {n2}, {ask_l}",
    "Before the rest, {ask_part}",
    "Read the sentence with {n1} once more. {ask}",
    "Which numbers in the text help with this: {ask_l}",
    "Put {n1} next to {n2} for a moment. {ask}",
    "Forget the final question for now: {ask_part}",
    "Now for the question itself, with {prior} in hand: {ask_last}",
    "It comes down to this, with {n1} in mind: {ask_last}",
    "That brings {n1} into play. {ask}",
    "In the text, find what goes with {n1}. {ask}",
    "Take {n1} and {prior} together. {ask}",
    "If {n1} is what you start from, {ask_l}",
)
_ASK_RECALL = (
    "What does the {n1} in the text stand for?",
    "In your own words, what happens with the {n1} and the {n2}?",
    "Which words in the text tell you what to do with {n1}?",
    "Do {n1} and {n2} get joined, compared or multiplied here, and what in the text says so?",
    "Will the number you want next be bigger or smaller than {n1}, and why?",
    "Which operation connects {n1} with {n2} in the text?",
    "What do you know for certain about the {n1}?",
    "If you made a sketch of this, where would the {n1} go?",
    "What exactly does your {prior} count?",
    "Where in the text does {prior} get used again?",
)
_ASK_BREAK_DOWN = (
    "Leave the long text aside and keep {n1} and {n2}. {ask}",
    "Just this one piece, with {n1} in it. {ask}",
    "Cover everything but the sentence with {n1}. {ask}",
    "You only need {numbers} here. {ask}",
    "Small steps: take {n1} first. What happens to it in the text?",
    "Draw a box for what you don't know and write {n1} beside it. {ask}",
    "It has several parts, and this is one of them. {ask_part_u}",
    "If {n1} bothers you, think of an easier number in its place. Which operation would you use then?",
    "You've found {prior}, so only {n1} is new. {ask}",
    "Ignore the story around it and look at {n1}. {ask}",
)
_ASK_PROBE = (
    "What in the text told you to work out {working}?",
    "Which sentence made you do {working}?",
    "How can you tell that {result} fits the text?",
    "Why {working}, and not some other way round?",
    "How could you check {result} against the text?",
    "What does your {result} count?",
    "What would you look at to be sure that {result} is not too big or too small?",
    "How would you explain {working} to somebody who hasn't read the text?",
    "What makes {working} the right thing to do with these numbers?",
    "Reading the question again, how do you know {result} is what it wants?",
)
_ASK_CONFIRM = (
    "Yes, {working} is what the text describes.",
    "{result} it is, and each number came from the text.",
    "That fits: {result}, straight from {working}.",
    "Right, you used {n1} and {n2} the way the text does.",
    "Agreed on {result}; {working} is where it comes from.",
    "You turned the text into {working}, and that was the heart of it.",
    "Yes, {result}, and you picked the right numbers for it.",
    "{working} was the right thing to do with those numbers.",
    "Good, {result} follows from what the text says about {n1}.",
    "I agree with {result}, and with the way you read the text.",
    "So {result}, and you got there by reading closely.",
)
_ASK_NUDGE = (
    "Look again at what the text says about {n1}.",
    "Read the sentence with {n1} aloud and listen for what it does to {n2}.",
    "Underline {n1} and {n2}; they belong together here.",
    "Try writing one line with {n1} and {n2} in it.",
    "Mark the words around {n1}; they tell you the operation.",
    "Notice what your {prior} counts, and what the question counts.",
    "Bring {prior} and {n1} together in one line.",
    "The words right after {n1} in the text matter now.",
    "Think of what {prior} stands for before you use it.",
    "Write a unit behind the {n1}; that often shows what goes with what.",
    "Go through the text and tick off what you have used; {fresh} is still open.",
    "The {fresh} hasn't been used yet.",
    "Say in words what {prior} is, then see where the {n1} belongs.",
)
_ASK_STUDENT = (
    "{working} is {result}.",
    "So {working} = {result}.",
    "I get {result}, from {working}.",
    "That's {working}, so {result}.",
    "{working} makes {result}.",
    "{result}, because {working} is {result}.",
    "I did {working} and got {result}.",
    "Then it's {working}, which is {result}.",
    "{working} = {result}",
    "That must be {result}.",
    "{work_line}",
    "{work_line}",
    "So that's {result}.",
    "I have {result} for that.",
)
_ASK_CONCEPT = (
    "What does {word} mean here?",
    "I don't really know what {word} means.",
    "What do they mean by {word}?",
    "Can you explain {word} first?",
    "How do I know what to do with the {n1}?",
    "How am I supposed to tell which operation they want?",
    "What is the {n1} even for?",
)
_ASK_EXPLAIN = (
    "{meaning} {ask}",
    "{meaning} So, with {n1} in mind, {ask_l}",
    "{meaning} What does that tell you about the {n1}?",
    "{meaning} Knowing that, {ask_l}",
    "Numbers in a text get joined, compared, shared or repeated. Which of these happens to {n1}?",
    "Words like “each” repeat an amount, words like “left” take some away. Which kind stands near {n1}?",
    "A sketch often shows what a text means. If you draw {n1} and {n2}, what goes where?",
    "Look at what each number counts; like things add, rates multiply. What does {n1} count?",
)

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
_GIVEN_EXPLAIN = (
    "{meaning} Where do you see that in {short}?",
    "{meaning} {hint}",
    "It asks you to get from what is given to what is wanted. In {short}, what is given?",
    "Every rule says when it may be used. Which one fits the shape of {short}?",
    "Each part of a problem has a job. What job does {n1} have in {short}?",
    "Start from what the signs and words tell you to do. What does {short} tell you?",
)

_SUB_QUESTION = StepPhrases(
    focus=_ASK_FOCUS,
    recall=_ASK_RECALL,
    break_down=_ASK_BREAK_DOWN,
    probe=_ASK_PROBE,
    confirm=_ASK_CONFIRM,
    nudge=_ASK_NUDGE,
    student=_ASK_STUDENT,
    ask_concept=_ASK_CONCEPT,
    explain=_ASK_EXPLAIN,
)
GENERAL = StepPhrases(
    focus=_GIVEN_FOCUS,
    recall=_GIVEN_RECALL,
    break_down=_GIVEN_BREAK_DOWN,
    probe=_GIVEN_PROBE,
    confirm=_GIVEN_CONFIRM,
    nudge=_GIVEN_NUDGE,
    student=_GIVEN_STUDENT,
    ask_concept=_GIVEN_CONCEPT,
    explain=_GIVEN_EXPLAIN,
)
"""What can be said about a step of any kind; also stands in for a kind without phrases of its own."""

PHRASES = {"sub_question": _SUB_QUESTION, "given": GENERAL}

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

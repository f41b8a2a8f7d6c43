"""What the tutor and the student say about finishing a system of equations."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_SOLVE_REMAINING = StepPhrases(
    focus=(
        "Only {variable} is left in {equation}. What value does it have?",
        "How would you solve {equation} for {variable}?",
        "Which value of {variable} makes {equation} a true statement?",
        "What do you do with {equation} to find {variable}?",
        "With a single unknown in {equation}, what are the next moves?",
        "In {equation}, what is done to {variable}, and what undoes it?",
        "What operations stand between {equation} and a value for {variable}?",
        "Starting from {equation}, how do you get {variable} on its own?",
        "Which number could stand for {variable} in {equation}, and how do you get it?",
        "Where does {equation} lead you when you solve for {variable}?",
    ),
    recall=(
        "How is an equation in a single unknown, like {equation}, usually solved?",
        "Which operations connect {variable} with the numbers in {equation}?",
        "Which opposite operations free {variable} in {equation}?",
        "What does it mean for a number to solve {equation}?",
        "How do you undo what is done to {variable} in {equation}?",
    ),
    break_down=(
        "It is an ordinary equation now. What would you do first with {equation}?",
        "Look for brackets and like terms in {equation}. Is there anything to tidy first?",
        "Look at what is done to {variable} in {equation}. Which of it would you undo first?",
        "Forget the other unknown for a while. What does {equation} alone tell you about {variable}?",
        "Take a single step only. What changes in {equation} when you undo the last operation on {variable}?",
    ),
    probe=(
        "How can you check {result} in {equation}?",
        "Which operations did you undo on the way to {result}?",
        "Why is it enough to look at {equation} alone for this?",
        "What happens when you put {result} back into {equation}?",
        "How do you know there is no other value for {variable}?",
    ),
    reasons=(
        "I put it into {equation}, and both sides come to the same.",
        "What was done to {variable} in {equation}, the last thing first.",
        "It has only {variable} in it.",
        "Both sides come to the same.",
        "Every move left just one possibility, so there's only this value.",
    ),
    confirm=(
        "Yes, {result} makes {equation} true.",
        "Right, you undid every operation on {variable} in a sensible order.",
        "Exactly, the first unknown is found: {result}.",
        "Putting {result} into {equation} confirms it.",
        "Solid work on {equation}, and the other unknown is within reach.",
    ),
    nudge=(
        "Look at what is done to {variable} in {equation}, and undo the last of it first.",
        "Do the same to both sides of {equation} until {variable} is alone.",
        "Read {equation} aloud and listen for what happens to {variable}.",
        "Check a candidate for {variable} by putting it into {equation}.",
    ),
    student=(
        "Solving it gives {result}.",
        "I get {result}.",
        "So {result}.",
        "Then {result}?",
        "That works out to {result}.",
    ),
    ask_concept=(
        "How do I solve for a single unknown?",
        "Why do we want just one unknown in the equation?",
        "What is a solution of an equation?",
    ),
    answers=(
        "You undo step by step what has been done to it.",
        "Two unknowns in one equation leave many possibilities, a single one can be pinned down.",
        "A solution is a value that makes both sides agree.",
    ),
)

_BACK_SUBSTITUTE = StepPhrases(
    focus=(
        "You have {known}. What does {equation} say about {variable} now?",
        "How can {known} be used to find {variable}?",
        "What do you get for {variable} when {known} goes into {equation}?",
        "Which equation would you put {known} into, and what follows?",
        "With {known} in hand, which unknown is still missing?",
        "If {known}, what must {variable} be for {equation} to hold?",
        "Putting {known} into {equation}, what is left to solve?",
        "So far you know {known}. How do you complete the pair?",
        "What is the value of {variable} that goes with {known}?",
        "Replacing the known letter in {equation}, how do you find {variable}?",
    ),
    recall=(
        "How many values does a solution of this system have, besides {known}?",
        "What does it mean to substitute {known} back into {equation}?",
        "Why is {known} alone not the whole solution?",
        "Which equations must the pair with {known} satisfy?",
        "What happens to {equation} once {known} is put in?",
    ),
    break_down=(
        "Swap the letter for its number. How does {equation} read with {known}?",
        "There is a single unknown left in {equation}. What is done to {variable} there?",
        "Use the easier equation, {equation}. What does it become with {known}?",
        "Write {equation} and put {known} in. Which small equation for {variable} is left?",
        "Much of the work is behind you with {known}. What does {equation} still have to tell?",
    ),
    probe=(
        "How can you check {result} in the other equation?",
        "Why does it not matter which equation {known} is put into?",
        "What does {result} mean for the graphs of the equations?",
        "How do you know that {variable} belongs to {known}?",
        "What would you see if {result} were wrong in {equation}?",
    ),
    reasons=(
        "I put both values in, and it comes out true.",
        "The pair has to fit both, so either one gives the same.",
        "It's the point where the two lines cross.",
        "I found it from {equation} with {known} in it.",
        "The two sides wouldn't be equal.",
    ),
    confirm=(
        "Yes, {result} satisfies {equation}.",
        "Right, you put {known} back and completed the pair.",
        "Exactly, both unknowns are found: {result}.",
        "The pair {result} makes both equations true at once.",
        "You used {known} where it helps most, and that finishes the system.",
    ),
    nudge=(
        "Put {known} into {equation} and see what is left.",
        "Look for {variable} in {equation} once {known} has been used.",
        "Keep in mind that the solution is a pair; {known} is only a part of it.",
        "Replace the letter you know in {equation} by its value.",
    ),
    student=(
        "Putting it back, I get {result}.",
        "So the solution is {result}.",
        "I put {known} back in, so the pair is {result}.",
        "Then it's {result}?",
        "Together that makes {result}.",
    ),
    ask_concept=(
        "Why do I have to put the value back?",
        "What is a solution of a system?",
        "Which equation should I use for the other unknown?",
    ),
    answers=(
        "A system asks for a value of each letter, and so far you have one.",
        "A solution of a system is a pair that fits every equation.",
        "Either will do, so take the one that looks easier.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "systems.solve_remaining": _SOLVE_REMAINING,
    "systems.back_substitute": _BACK_SUBSTITUTE,
}

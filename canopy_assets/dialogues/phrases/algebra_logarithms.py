"""What the tutor and the student say about logarithms."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_REWRITE = StepPhrases(
    focus=(
        "Which statement about powers of {base} does {logarithm} make?",
        "How would you write {logarithm} using a power of {base}?",
        "What is {logarithm} asking about the base {base}?",
        "In {logarithm}, which number is the base and what should its power give?",
        "Translating {logarithm} into a power, where does {argument} go?",
        "Suppose {logarithm} is an exponent. Which number carries it, and what comes out?",
        "How are {base} and {argument} connected through {logarithm}?",
        'Can you turn {logarithm} into a sentence with "to the power"?',
        "What equation with powers says the same as {logarithm}?",
        "Where does the small number {base} end up when you rewrite {logarithm}?",
    ),
    recall=(
        "What does a logarithm such as {logarithm} stand for?",
        "Which role does the number {base} play in {logarithm}?",
        "How are logarithms and powers of {base} related?",
        "What does the number in brackets, {argument}, mean in {logarithm}?",
        "Which operation does a logarithm with base {base} undo?",
    ),
    break_down=(
        "Name the parts first. Which part of {logarithm} is the base?",
        "A logarithm is an exponent in disguise. Which number does the exponent of {logarithm} belong to?",
        "Say it aloud: some power of {base}. What is that power supposed to give?",
        "Draw a base with an empty exponent. Which base does {logarithm} tell you to draw?",
        "Keep the unknown exponent open for now. What stands on each side of the power form of {logarithm}?",
    ),
    probe=(
        "How do you know that {base} is the base and not the exponent?",
        "Why do {logarithm} and {result} say the same?",
        "What would change if base and argument in {logarithm} were swapped?",
        "Could you explain {result} in everyday words?",
        "What does {logarithm} itself turn into in your power form?",
    ),
    reasons=(
        "It's the small number at the foot of the log, and that's what gets raised.",
        "Both say which exponent takes {base} to {argument}.",
        "I'd be asking about powers of {argument} instead of {base}.",
        "If you use {base} as a factor often enough, you get {argument}.",
        "Into the exponent.",
    ),
    confirm=(
        "Yes, {result} says with powers what {logarithm} says with a logarithm.",
        "Right, {base} is the base and the logarithm is its exponent.",
        "Exactly, every part of {logarithm} has found its place: {result}.",
        "You translated {logarithm} without mixing up base and argument.",
        "That power form, {result}, is much easier to work with.",
    ),
    nudge=(
        "Look at the small number {base} in {logarithm}; it carries the exponent.",
        "Read {logarithm} as a question about powers of {base}.",
        "Keep apart what is raised, {base}, and what should come out, {argument}.",
        "Write a power of {base} with an open exponent and see where {argument} fits.",
    ),
    student=(
        "As a power that's {result}.",
        "So it means {result}.",
        "I can write {result}.",
        "That says {result}, right?",
        "With {base} as the base I get {result}.",
    ),
    ask_concept=(
        "What is a logarithm?",
        "What does the small {base} in the logarithm mean?",
        "How do logarithms and powers belong together?",
    ),
    answers=(
        "A logarithm is the exponent that the base needs.",
        "The small number is the base of a hidden power.",
        "Logarithms undo powers, as roots undo squares.",
    ),
)

_FIND_EXPONENT = StepPhrases(
    focus=(
        "Which exponent on the base {base} turns it into {argument}?",
        "How often do you need {base} as a factor to reach {argument}?",
        "Among the powers of {base}, where would you look for {argument}?",
        "If you list the powers of {base} in order, how far along is {argument}?",
        "If you divide {argument} by {base} again and again, what do you count on the way down?",
        "How can {argument} be written as a power of {base}?",
        "What must stand as exponent on {base} to give {argument}?",
        "Counting the factors {base} in {argument}, what do you find?",
        "So what is {logarithm}, if it is the exponent that takes {base} to {argument}?",
        "Is {argument} larger or smaller than {base}, and what does that say about the exponent?",
    ),
    recall=(
        "What do the first few powers of {base} look like?",
        "What kind of number is {logarithm}: a base, an exponent or a result?",
        "What does an exponent on the base {base} count?",
        "Which of the powers of {base} that you know come close to {argument}?",
        "How could repeated division of {argument} by {base} help you?",
    ),
    break_down=(
        "Start small. What is {base} times {base}, compared with {argument}?",
        "List powers of {base} until you meet {argument}. How does your list begin?",
        "Divide {argument} by {base} just once. What is left, and can you go on?",
        "Write {argument} as a product. How many factors {base} can you split off first?",
        "Guess an exponent and test it. Is that power of {base} too small or too large for {argument}?",
    ),
    probe=(
        "How did you count the factors {base} in {argument}?",
        "Why is {logarithm} an exponent and not a quotient?",
        "What does {result} mean as an exponent on {base}?",
        "How could you check {result} with a power?",
        "What would the logarithm be if {argument} were multiplied by {base} once more?",
    ),
    reasons=(
        "I went through the powers of {base} until I met {argument}.",
        "It asks how often {base} is used as a factor, not how often it's added.",
        "That {base} to the power {result} is {argument}.",
        "I raise {base} to the power {result} and get {argument}.",
        "One more, because there'd be one more factor.",
    ),
    confirm=(
        "Yes, with {result} as its exponent, {base} gives {argument}.",
        "Right, you counted how many factors {base} make {argument}.",
        "Exactly, {logarithm} asks for that exponent: {result}.",
        "Listing the powers of {base} led you straight to {argument}.",
        "That is what {logarithm} means, and {result} passes the test.",
    ),
    nudge=(
        "List the powers of {base} in order and look for {argument}.",
        "Divide {argument} by {base} repeatedly and count the divisions.",
        "Keep in mind that {logarithm} is an exponent on {base}.",
        "Test a guess: raise {base} to it and compare with {argument}.",
    ),
    student=(
        "The exponent is {result}.",
        "I counted the factors, it's {result}.",
        "So {logarithm} is {result}.",
        "That must be {result}?",
        "It takes the exponent {result}.",
    ),
    ask_concept=(
        "What does {logarithm} actually ask?",
        "Why is a logarithm an exponent?",
        "How do I find a logarithm without a calculator?",
    ),
    answers=(
        "It asks for the exponent that takes the base {base} to {argument}.",
        "It answers how often the base has to be used as a factor, and that's what an exponent counts.",
        "A list of the first powers of the base often contains the number you need.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "logarithms.rewrite": _REWRITE,
    "logarithms.find_exponent": _FIND_EXPONENT,
}

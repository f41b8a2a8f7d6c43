"""Phrases for the number families: order of operations and shares here, with those of the sibling modules merged in."""

from __future__ import annotations

from canopy_assets.dialogues.phrases import (
    fraction_products,
    fractions,
    percent,
    percent_change,
    probability,
    statistics,
)
from canopy_assets.dialogues.phrases.model import StepPhrases

_OWN: dict[str, StepPhrases] = {
    "arithmetic.operation": StepPhrases(
        focus=(
            "Which part of {expression} has to be worked out before the rest?",
            "Before you calculate anything in {expression}, where would you put your finger first?",
            "Looking over {expression}, which two numbers belong together first?",
            "If only one operation in {expression} may go first, which would it be?",
            "What is the first piece of {expression} that you can replace by a single number?",
            "Where in {expression} does the order of operations tell you to begin?",
            "Suppose you explain {expression} to a calculator: which operation do you name first?",
            "Of all the signs in {expression}, which one binds its numbers most tightly?",
            "How would you underline {expression} to show what comes first?",
            "In {expression}, which operation can't wait for the others?",
        ),
        recall=(
            "What do you know about the order in which the operations of {expression} are done?",
            "Several signs appear in {expression}; how do you decide which of them outranks the others?",
            "There is an agreement on what goes first. How does it apply to {expression}?",
            "Brackets, powers, times and divided by, plus and minus: which of these is first in {expression}?",
            "How does the rule for the order of operations split {expression} into pieces?",
        ),
        break_down=(
            "One operation at a time is plenty. What does just {part} come to?",
            "The rest can wait. Leaving everything but {part} aside, what number do you get there?",
            "That expression looks longer than it is. Which single number can stand in for {part}?",
            "Cover up everything in {expression} except {part}. What is left to work out?",
            "We only need a small piece now. What would you write in place of {part}?",
        ),
        probe=(
            "Why did {part} come before the rest of {expression}?",
            "What in {expression} told you that {part} goes first?",
            "How do you know the {result} may replace {part} without changing the value?",
            "Where would you put brackets in {expression} to show what came first?",
            "How would you defend starting with {part} to somebody who reads from left to right?",
        ),
        reasons=(
            "{rule}, so it was the turn of {part}.",
            "I looked at its signs and brackets, and {part} outranks the rest.",
            "They're the same number, it's just written shorter.",
            "Around {part}, because that is done before the rest.",
            "I'd show them the rule. {rule}.",
        ),
        confirm=(
            "Yes, {part} is {result}, and it was its turn.",
            "{result} it is, and you picked {part} out of {expression} by the rule.",
            "You saw that {part} goes first, and {result} is what it comes to.",
            "Working out {part} before the rest keeps the value of {expression} as it was meant.",
            "That fits: with {result} in place of {part}, there is one operation fewer.",
        ),
        nudge=(
            "Look for brackets in {expression} first, then powers, then times and divided by.",
            "Copy {expression} and circle the operation that outranks the others.",
            "Keep the rest of {expression} untouched while you deal with {part}.",
            "Reading {expression} from left to right is only safe when its signs have equal rank.",
        ),
        student=(
            "{part} comes first, and that is {result}.",
            "I start with {part}, so {result}.",
            "First {part}, I get {result} there.",
            "Okay, {part} makes {result}.",
            "So {result} goes in place of {part}.",
        ),
        ask_concept=(
            "Why isn't it just from left to right in {expression}?",
            "What does the order of operations even mean?",
            "Who decided which operation goes first?",
        ),
        answers=(
            "Some signs bind their numbers more tightly than others, wherever they stand.",
            "It is an agreement on what is done first, so that everybody reads a line alike.",
            "People agreed on it so that everybody reads the same line in the same way.",
        ),
    ),
    "arithmetic.finish": StepPhrases(
        focus=(
            "{later}Only {expression} is left now; what does it come to?",
            "{later}With {expression} on the page, what is the value of the whole thing?",
            "{later}How do you finish, now that you are at {expression}?",
            "{later}What single number can stand in for {expression} at last?",
            "{later}Just one {operation} remains in {expression}: what does it give?",
            "{later}Where does {expression} bring you in the end?",
            "Taking it calmly, how would you work out {expression} in your head?",
            "Before you work {expression} out, will it be positive or negative, and how do you know?",
            "What does the {operation} in {expression} ask you to do with its numbers?",
            "{later}Everything has shrunk to {expression}, so what is its value?",
            "Will {expression} come out larger or smaller than its first number, and why?",
            "How could you split {expression} so that it gets easier?",
        ),
        recall=(
            "What kind of operation is {expression}, and how do you usually do it?",
            "{later}This {operation} of two numbers is all that's left. What does {expression} give?",
            "Which way of doing {expression} do you trust most: in the head, in parts or in writing?",
            "How have you handled something like {expression} before?",
            "On a number line, what would {expression} look like?",
        ),
        break_down=(
            "{later}You are nearly through. What does {expression} come to if you do it in two easy parts?",
            "{later}No more choices about order here. What is {expression}?",
            "Splitting helps with bigger numbers. How could you cut {expression} into easier pieces?",
            "{later}It is a single {operation} now. Which number does {expression} make?",
            "{later}Take a breath, just one line remains. How would you do {expression} on paper?",
            "Estimate it first. About how big will {expression} be?",
            "Say it in words. What does {expression} tell you to do, and with which numbers?",
            "Easier numbers may help. Which ones close to those in {expression} could you do in your head?",
        ),
        probe=(
            "How could you check {expression} without repeating the same calculation?",
            "Does {result} look about the right size for {expression}, and why?",
            "What would undo the {operation} and show that {result} is right?",
            "How sure are you of {result}, and what makes you sure?",
            "Why is there no question of order in {expression}?",
        ),
        reasons=(
            "I'd do the opposite with {result} and see if I get back.",
            "Yes, I rounded the numbers and got about the same.",
            "The opposite operation leads me back to where I was.",
            "Quite sure, I did it a second way and got {result} again.",
            "There's only one operation in it.",
        ),
        confirm=(
            "{later}Yes, {expression} comes to {result}, and every step before it was in order.",
            "{result} is what {expression} makes.",
            "The {operation} is done properly: {expression} is {result}.",
            "That closes it, with {result} from {expression}.",
            "{later}You kept track of every number down to {expression}, and {result} follows.",
        ),
        nudge=(
            "Do the {operation} in {expression} slowly, minding the signs.",
            "Estimate {expression} roughly first, then work it out exactly.",
            "Write {expression} down by itself and finish that one line.",
            "Watch the order of the two numbers in {expression}.",
        ),
        student=(
            "{expression} is {result}.",
            "So I get {result} in the end.",
            "That leaves {expression}, and it's {result}.",
            "Then it must be {result}.",
            "I work out {expression} and have {result}.",
        ),
        ask_concept=(
            "What exactly does {operation} mean here?",
            "Does it matter which number comes first in {expression}?",
            "How do I know there is nothing left to do before it?",
        ),
        answers=(
            "It's just one {operation} of the numbers that are left.",
            "In a sum or a product the order doesn't matter, in a difference or a quotient it does.",
            "If only one sign is left, every other operation has had its turn.",
        ),
    ),
    "fractions.one_share": StepPhrases(
        focus=(
            "If {whole} is cut into {denominator} equal shares, how big is one of them?",
            "What does the {denominator} in {fraction} tell you to do with {whole}?",
            "How much is a single one of the {denominator} equal parts of {whole}?",
            "Before taking {fraction} of {whole}, what would 1/{denominator} of it be?",
            "Imagine {whole} shared fairly among {denominator} people: how much does each get?",
            "Where does the bottom number of {fraction} come into play with {whole}?",
            "Which division gives you one share out of {whole}?",
            "To get at {fraction} of {whole}, how large is one part?",
            "Drawing {whole} as a bar with {denominator} equal boxes, what goes into each box?",
            "How would you begin to split {whole} for {fraction} of it?",
        ),
        recall=(
            "What does the denominator of {fraction} say about how {whole} is divided?",
            "In {fraction}, which number counts the equal parts of {whole}?",
            "A fraction names parts of a whole. Into how many parts does {fraction} cut {whole}?",
            "Which of the two numbers in {fraction} stands for the size of a part of {whole}?",
            "How is 1/{denominator} of something found, for example of {whole}?",
        ),
        break_down=(
            "We don't need all of {fraction} yet. What is just one part when {whole} is split into {denominator}?",
            "A picture may help: a bar worth {whole}. What is each of {denominator} equal boxes worth?",
            "Two small steps do it. First, how much is 1/{denominator} of {whole}?",
            "Forget the {numerator} for a moment. What is {whole} divided by {denominator}?",
            "Sharing comes first, taking later. How big is a share of {whole} among {denominator}?",
        ),
        probe=(
            "Why did you divide {whole} by {denominator}?",
            "How could you check that {denominator} shares of {result} make up {whole}?",
            "What does {result} mean in terms of {whole}?",
            "Which part of {fraction} told you to divide {whole}?",
            "How do you know {result} is one share and not all of {fraction}?",
        ),
        reasons=(
            "The bottom of {fraction} says there are {denominator} equal parts.",
            "I multiply {result} by {denominator} and get {whole}.",
            "It's one of {denominator} equal parts of it.",
            "The bottom number, {denominator}.",
            "I've only divided so far, and the top of {fraction} says how many to take.",
        ),
        confirm=(
            "Yes, one of {denominator} equal shares of {whole} is {result}.",
            "Dividing {whole} by {denominator} is exactly what the denominator asks for.",
            "{result} per share, and {denominator} of those make {whole} again.",
            "That is the size of one part: {result}.",
            "You used the {denominator} to cut {whole} fairly, which gives {result}.",
        ),
        nudge=(
            "Divide {whole} by the bottom number of {fraction} to get one share.",
            "Draw {whole} as a bar and cut it into {denominator} equal boxes.",
            "The {denominator} in {fraction} says how many equal shares there are.",
            "Start with 1/{denominator} of {whole} before you think about {fraction}.",
        ),
        student=(
            "One share of {whole} is {result}.",
            "{whole} divided by {denominator} is {result}.",
            "I split {whole} into {denominator} and each part is {result}.",
            "So 1/{denominator} of it is {result}.",
            "Each part would be {result}.",
        ),
        ask_concept=(
            "What does {fraction} of something even mean?",
            "Why do I divide by the bottom number?",
            "What is the difference between the top and the bottom of a fraction?",
        ),
        answers=(
            "It means cutting the amount into equal parts and taking some of them.",
            "The bottom number says into how many equal parts the amount is cut.",
            "The bottom number counts the equal shares, the top one says how many you take.",
        ),
    ),
    "fractions.several_shares": StepPhrases(
        focus=(
            "If one share is {share}, how much do {numerator} of them make?",
            "What does the {numerator} in {fraction} tell you to do with {share}?",
            "How do you get from one share of {share} to {fraction} of {whole}?",
            "You have {share} for one part; how many such parts does {fraction} take?",
            "Since each part is {share}, what are {numerator} parts worth?",
            "Which number in {fraction} hasn't been used yet, and what does it do to {share}?",
            "Putting {numerator} boxes of {share} side by side, what do you have?",
            "From {share} per part, where does {fraction} of {whole} take you?",
            "How many times do you need {share} to make {fraction} of {whole}?",
            "Now that 1/{denominator} is {share}, how much is {fraction}?",
        ),
        recall=(
            "What does the numerator of {fraction} count, when each share is {share}?",
            "The bottom number made the shares of {share}. What is the top number of {fraction} for?",
            "How does 1/{denominator}, which is {share}, relate to {fraction}?",
            "In {fraction}, which number says how many shares of {share} to take?",
            "When one part is {share}, how are several such parts put together?",
        ),
        break_down=(
            "You already have one share. What would {numerator} times {share} be?",
            "The hard part is behind you. How much are {numerator} shares at {share} each?",
            "Count the shares one by one. Starting from {share}, where are you after {numerator} of them?",
            "Only the {numerator} is left to use. What happens to {share} with it?",
            "Lay the shares in a row. What do {numerator} pieces of {share} add up to?",
        ),
        probe=(
            "Why did you multiply {share} by {numerator} and not by {denominator}?",
            "Is {result} more or less than half of {whole}, and does that fit {fraction}?",
            "How can you tell that {result} is sensible for {fraction} of {whole}?",
            "What would be left of {whole} without your {result}, and which fraction is that?",
            "How do {share} and {result} show the two numbers in {fraction}?",
        ),
        reasons=(
            "The {denominator} was for cutting, the {numerator} says how many parts I take.",
            "I compared {fraction} with one half, and {result} lies on the same side.",
            "It's made of {numerator} of the {denominator} equal parts, so the size fits.",
            "The parts that I didn't take, out of {denominator}.",
            "{share} comes from cutting into {denominator}, {result} from taking {numerator} of those.",
        ),
        confirm=(
            "Yes, {numerator} shares of {share} are {result}.",
            "{result} is {fraction} of {whole}, built from equal shares.",
            "You used both numbers of {fraction}: one to cut, one to count.",
            "With {numerator} shares of {share} you have {result}, just as {fraction} asks.",
            "That is it, {result} out of {whole}.",
        ),
        nudge=(
            "Take the share of {share} as often as the top of {fraction} says.",
            "Use the {numerator} now, since the {denominator} has done its work on {whole}.",
            "Picture {numerator} boxes in a row, each worth {share}.",
            "One share of {share} is only 1/{denominator}; {fraction} asks for more of them.",
        ),
        student=(
            "{numerator} times {share} is {result}.",
            "So {fraction} of {whole} is {result}.",
            "I take {numerator} shares, that makes {result}.",
            "Then it's {result} altogether.",
            "{numerator} of those shares are {result}.",
        ),
        ask_concept=(
            "Why do I multiply by the top number?",
            "What does the numerator do here?",
            "Is {fraction} of {whole} the same as {fraction} times {whole}?",
        ),
        answers=(
            "The top number says how many of the equal shares you take.",
            "The numerator counts the shares that you take.",
            "Yes, taking a fraction of something and multiplying by it are the same.",
        ),
    ),
}

PHRASES: dict[str, StepPhrases] = (
    _OWN
    | fractions.PHRASES
    | fraction_products.PHRASES
    | percent.PHRASES
    | percent_change.PHRASES
    | statistics.PHRASES
    | probability.PHRASES
)

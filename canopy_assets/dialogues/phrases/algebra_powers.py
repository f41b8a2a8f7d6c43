"""What the tutor and the student say about the laws of exponents."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_MULTIPLY = StepPhrases(
    focus=(
        "How many factors {base} does {expression} have altogether?",
        "What happens to the exponents {first_exponent} and {second_exponent} when these powers are multiplied?",
        "Both parts of {expression} are rows of factors {base}. How long is each row?",
        "If you wrote {expression} out in full, what would you count?",
        "The base stays {base}. What decides the exponent of {expression}?",
        "Both powers in {expression} share the base {base}. What does that allow you to do?",
        "What do the exponents {first_exponent} and {second_exponent} count, and what do they make together?",
        "Joining the powers in {expression}, what stays the same and what changes?",
        "Starting from {first_exponent} factors {base}, what does the other power contribute?",
        "Which law fits a product of powers such as {expression}?",
    ),
    recall=(
        "What does an exponent such as {first_exponent} count?",
        "When powers with the same base {base} are multiplied, what is done with their exponents?",
        "What does the base {base} do while powers are multiplied?",
        "How would a power with exponent {first_exponent} look as repeated multiplication?",
        "Why is it important that both powers in {expression} have the same base?",
    ),
    break_down=(
        "Write the first power out. What does it look like with exponent {first_exponent}?",
        "Leave the result aside and just count. Which factors {base} come from each power in {expression}?",
        "Take a string of {base} for each power. What happens when you lay the strings end to end?",
        "Try the idea with smaller exponents first. What happens to factors {base} when powers are joined?",
        "The base is settled, it stays {base}. What is left to find?",
    ),
    probe=(
        "Why does the base {base} not change?",
        "How does counting factors explain {result}?",
        "Why are {first_exponent} and {second_exponent} not multiplied here?",
        "Would it still work if only one of the powers had the base {base}, and why?",
        "How would you check {result} by writing everything out?",
    ),
    reasons=(
        "It's still the same factor, there are only more of them.",
        "There are {first_exponent} of them and then {second_exponent} more, and the exponent counts them all.",
        "I put two rows of factors end to end, so their numbers add up.",
        "No, then they aren't the same factors and I can't count them together.",
        "I write {first_exponent} of them in a row, then {second_exponent} more, and count.",
    ),
    confirm=(
        "Yes, counting the factors {base} gives {result}.",
        "Right, the exponents {first_exponent} and {second_exponent} count factors that are lined up together.",
        "Exactly, the base {base} stays and only the count changes.",
        "You used the same base on both powers, and {result} follows.",
        "That is the law for products of powers, used correctly on {expression}.",
    ),
    nudge=(
        "Write {expression} out as a long product and count the factors {base}.",
        "Look at what {first_exponent} and {second_exponent} count before you combine them.",
        "Keep the base {base} as it is and think only about the count.",
        "Test your rule on powers of {base} with small exponents.",
    ),
    student=(
        "I count all the factors and get {result}.",
        "So {expression} is {result}.",
        "Same base, so it's {result}.",
        "That makes {result}?",
        "Altogether it's {result}.",
    ),
    ask_concept=(
        "What does an exponent mean?",
        "Why do I need the same base?",
        "What are the laws of exponents?",
    ),
    answers=(
        "An exponent counts how often the base is a factor.",
        "Only equal factors can be counted together.",
        "They are short ways of counting factors when powers are combined.",
    ),
)

_DIVIDE = StepPhrases(
    focus=(
        "How many factors {base} remain in {expression} after cancelling?",
        "What happens to the exponents {first_exponent} and {second_exponent} when these powers are divided?",
        "Counting the {base} above and below in {expression}, where are there more, and how many more?",
        "Which factors cancel in {expression}, and which are left?",
        "If you wrote {expression} as a fraction of long products, what would happen next?",
        "Both powers have the base {base}. What does dividing do to the number of factors?",
        "What do {first_exponent} on top and {second_exponent} below tell you?",
        "Taking away the factors that cancel, what power of {base} stays?",
        "Every {base} below cancels with a {base} above. How many are then left in {expression}?",
        "Which law fits a quotient of powers such as {expression}?",
    ),
    recall=(
        "What does an exponent such as {first_exponent} count?",
        "When powers with the same base {base} are divided, what is done with their exponents?",
        "What is a factor {base} divided by the same factor {base} worth?",
        "How does cancelling work in a fraction like {expression}?",
        "Why must both powers in {expression} have the same base before exponents can be compared?",
    ),
    break_down=(
        "Write the top out first. What does {base} with exponent {first_exponent} look like?",
        "Cancel a single factor {base} on top and below. What are the exponents after that?",
        "Just count the factors. Which power in {expression} has more of {base}?",
        "Try the idea with smaller exponents. What is left when powers of {base} are divided?",
        "The base stays {base}. What is the only thing left to work out?",
    ),
    probe=(
        "Why do some factors {base} disappear?",
        "How does cancelling explain {result}?",
        "Why are {first_exponent} and {second_exponent} not divided here?",
        "How could you check {result} by multiplying back?",
        "What would happen in {expression} if both exponents were equal?",
    ),
    reasons=(
        "One on top and the same one below make 1.",
        "Each one below takes one away on top, and the exponent counts what stays.",
        "I take factors away one by one, and that is subtracting.",
        "I multiply it by the power below and should get the one on top.",
        "Everything would cancel and 1 would be left.",
    ),
    confirm=(
        "Yes, after cancelling, {result} is what remains of {expression}.",
        "Right, each factor {base} below removes a factor above.",
        "Exactly, the base {base} stays and the count goes down.",
        "You compared {first_exponent} with {second_exponent} in the right way.",
        "That is the law for quotients of powers, used correctly: {result}.",
    ),
    nudge=(
        "Write {expression} as a fraction and cancel the factors {base}.",
        "Compare how many factors {base} stand above and below, {first_exponent} and {second_exponent}.",
        "Keep the base {base} and think about what cancelling does to the count.",
        "Test your rule on small powers of {base}.",
    ),
    student=(
        "After cancelling I have {result}.",
        "So {expression} is {result}.",
        "Same base, so it's {result}.",
        "That leaves {result}?",
        "What remains is {result}.",
    ),
    ask_concept=(
        "What happens to exponents in a division?",
        "Why can I cancel factors?",
        "What does an exponent count?",
    ),
    answers=(
        "Dividing takes factors away, so there are fewer of them to count.",
        "A factor over itself makes one, and one changes nothing in a product.",
        "It counts how often the base is a factor.",
    ),
)

_POWER_OF_POWER = StepPhrases(
    focus=(
        "How many factors {base} does {expression} have when written out?",
        "What does the outer exponent {second_exponent} do to the power inside?",
        "Seeing the bracket in {expression} as a block, how many blocks are there, and what is in each?",
        "If the bracket in {expression} is repeated {second_exponent} times as a factor, what do you count?",
        "Outside there is a {second_exponent}, inside a {first_exponent}. How do they act together?",
        "What do the exponents {first_exponent} and {second_exponent} do to each other here?",
        "Inside there are {first_exponent} factors {base}. What happens to that number?",
        "What is repeated in {expression}, and how often?",
        "Reading {expression} from the inside out, how does the count of {base} grow?",
        "Which law fits a power of a power such as {expression}?",
    ),
    recall=(
        "What does the outer exponent {second_exponent} tell you to do with the bracket?",
        "When a power is raised to a power, as in {expression}, what is done with the exponents?",
        "How many factors does the exponent {first_exponent} count inside the bracket?",
        "How would you write {expression} as a product of equal brackets?",
        "Which part of {expression} is the base of the outer power?",
    ),
    break_down=(
        "Write the bracket out first. What is inside it, with exponent {first_exponent}?",
        "Repeat the bracket as the {second_exponent} says. What long product do you get?",
        "Count in groups. How many factors {base} are in each group of {expression}?",
        "Try smaller exponents first. What happens to {base} when a square is squared?",
        "The base stays {base}. How does the number of factors come about?",
    ),
    probe=(
        "Why does each bracket contribute {first_exponent} factors?",
        "How does counting groups explain {result}?",
        "Why are {first_exponent} and {second_exponent} not added here?",
        "Would swapping {first_exponent} and {second_exponent} change the outcome?",
        "How could you check {result} with a number for the base?",
    ),
    reasons=(
        "Because that's what the exponent inside counts.",
        "There are {second_exponent} groups with {first_exponent} factors in each.",
        "It's the same group again and again, so I multiply.",
        "No, {first_exponent} times {second_exponent} is the same either way.",
        "I'd take a small number for it, work out both and compare.",
    ),
    confirm=(
        "Yes, equal groups of factors {base} give {result}.",
        "Right, the outer exponent {second_exponent} repeats the whole bracket.",
        "Exactly, {result} counts every factor {base} in {expression}.",
        "You counted groups of {first_exponent} instead of single factors, and that is the idea.",
        "That is the law for a power of a power: {result}.",
    ),
    nudge=(
        "Write {expression} as a product of equal brackets.",
        "Look at how many factors {base} each bracket holds: {first_exponent}.",
        "Count groups of equal size to find the exponent of {base}.",
        "Test your rule on a small power of {base}.",
    ),
    student=(
        "I count the groups and get {result}.",
        "So {expression} is {result}.",
        "The bracket repeats, so it's {result}.",
        "That makes {result}?",
        "Written out, it's {result}.",
    ),
    ask_concept=(
        "What does a power of a power mean?",
        "Why is this different from multiplying powers?",
        "What does the outer exponent do?",
    ),
    answers=(
        "A power of a power is a bracket that is repeated as a factor.",
        "Here one group is repeated, while a product puts different rows together.",
        "The outer exponent repeats the whole bracket as a factor.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "exponents.multiply_powers": _MULTIPLY,
    "exponents.divide_powers": _DIVIDE,
    "exponents.power_of_power": _POWER_OF_POWER,
}

"""What the tutor and the student say about the laws of exponents and about logarithms."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_MULTIPLY = StepPhrases(
    focus=(
        "How many factors {base} does {expression} have altogether?",
        "What happens to the exponents {first_exponent} and {second_exponent} when these powers are multiplied?",
        "How would you write {expression} as a single power of {base}?",
        "If you wrote {expression} out in full, what would you count?",
        "Which exponent belongs on {base} once {expression} is put together?",
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
        "Could you use the same law with different bases, and why?",
        "How would you check {result} by writing everything out?",
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
    explain=(
        "An exponent counts how often the base is a factor. What do {first_exponent} and {second_exponent} count "
        "in {expression}?",
        "Multiplying powers puts strings of equal factors together. How long is the string of {base} in {expression}?",
        "The base names the factor, the exponent its number. What happens to each of them in {expression}?",
        "Powers are short for repeated multiplication. What is {expression} short for?",
    ),
)

_DIVIDE = StepPhrases(
    focus=(
        "How many factors {base} remain in {expression} after cancelling?",
        "What happens to the exponents {first_exponent} and {second_exponent} when these powers are divided?",
        "How would you write {expression} as a single power of {base}?",
        "Which factors cancel in {expression}, and which are left?",
        "If you wrote {expression} as a fraction of long products, what would happen next?",
        "Both powers have the base {base}. What does dividing do to the number of factors?",
        "What do {first_exponent} on top and {second_exponent} below tell you?",
        "Taking away the factors that cancel, what power of {base} stays?",
        "Which exponent does {base} get once {expression} is simplified?",
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
        "What would happen if both exponents were equal?",
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
    explain=(
        "Equal factors above and below make a quotient of powers shorter. Which of them cancel in {expression}?",
        "An exponent counts factors, and dividing takes factors away. How many {base} are taken away in {expression}?",
        "A factor over itself can be dropped from a fraction. How often can {base} be dropped in {expression}?",
        "Division undoes multiplication factor by factor. What is left of {first_exponent} factors {base} then?",
    ),
)

_POWER_OF_POWER = StepPhrases(
    focus=(
        "How many factors {base} does {expression} have when written out?",
        "What does the outer exponent {second_exponent} do to the power inside?",
        "How would you write {expression} as a single power of {base}?",
        "If the bracket in {expression} is repeated {second_exponent} times as a factor, what do you count?",
        "Which exponent does {base} get in the end?",
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
    confirm=(
        "Yes, equal groups of factors {base} give {result}.",
        "Right, the outer exponent {second_exponent} repeats the whole bracket.",
        "Exactly, {result} counts every factor {base} in {expression}.",
        "You counted groups instead of single factors, and that is the idea.",
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
    explain=(
        "The outer exponent repeats the whole bracket as a factor. How many factors {base} does {expression} collect?",
        "Equal groups are counted by their size and their number. What are those in {expression}?",
        "An exponent counts copies of whatever it sits on. What does {second_exponent} sit on in {expression}?",
        "Powers of powers are brackets repeated. What does {expression} look like as repeated brackets?",
    ),
)

_EVALUATE = StepPhrases(
    focus=(
        "Which number do you get for {expression} when you multiply it out?",
        "How does {expression} look as repeated multiplication, and what does it come to?",
        "If {base} is used as a factor as often as {exponent} says, what do you get?",
        "What do you get when you multiply {base} by itself step by step, as in {expression}?",
        "Which product does {expression} stand for, and what is its value?",
        "Building up from {base}, how far do you get for {expression}?",
        "How large is {expression}, if you multiply factor after factor?",
        "Keeping track of the factors {base}, what is their product in {expression}?",
        "How would you work {expression} out without a calculator?",
        "Which smaller powers of {base} can help you to find {expression}?",
    ),
    recall=(
        "What does the exponent {exponent} say about the base {base}?",
        "What is a power such as {expression} short for?",
        "How is {expression} different from {base} times {exponent}?",
        "Which powers of {base} do you know by heart?",
        "Which part of {expression} is the base, and what is it used for?",
    ),
    break_down=(
        "Build it up slowly. What is {base} times {base}, on the way to {expression}?",
        "Write the factors in a row first. How does the row of {base} look for {expression}?",
        "Multiply only the first few factors {base}. What do you have by then?",
        "Group the factors {base} in pairs. What is each pair worth?",
        "No need to do it in a single go. Which power of {base} can you find first?",
    ),
    probe=(
        "How did you keep track of the number of factors {base}?",
        "Why is {expression} not the same as {base} times {exponent}?",
        "How could you check {result} by dividing by {base} repeatedly?",
        "What would the next power of {base} be?",
        "Which grouping of the factors made it easy for you?",
    ),
    confirm=(
        "Yes, that product of factors {base} comes to {result}.",
        "Right, you multiplied {base} by itself rather than by the exponent.",
        "Exactly, {result}, with every factor counted.",
        "The exponent {exponent} was read as a count of factors, as it should be.",
        "Well multiplied: {result} is the value of {expression}.",
    ),
    nudge=(
        "Write {expression} as a row of factors {base}.",
        "Multiply the factors {base} a few at a time.",
        "Remember that {exponent} counts factors; it isn't a factor itself.",
        "Start from a power of {base} that you know and go on from there.",
    ),
    student=(
        "Multiplying it out gives {result}.",
        "I get {result}.",
        "That's {result}, I multiplied step by step.",
        "So {result}?",
        "It comes to {result}.",
    ),
    ask_concept=(
        "What does the small raised number mean?",
        "Why isn't a power just base times exponent?",
        "What is a base?",
    ),
    explain=(
        "An exponent counts how many times the base is a factor. What product is {expression} then?",
        "Powers grow by multiplying with the base again and again. What do you get for {expression} that way?",
        "The base is the repeated factor, here {base}. How often does it appear in {expression}?",
        "Repeated addition makes a product, repeated multiplication a power. What is repeated in {expression}?",
    ),
)

_NEGATIVE = StepPhrases(
    focus=(
        "What does the minus in the exponent {exponent} mean for {expression}?",
        "How can {expression} be written with a positive exponent?",
        "Where does {base} go when its exponent {exponent} is negative?",
        "If exponents drop below zero, what happens to powers of {base}?",
        "Which fraction is meant when you write {expression}, and why?",
        "Counting the exponent of {base} down past zero, what do you do at each step?",
        "Which power of {base} undoes a multiplication by {expression}?",
        "How does {expression} relate to the same power with a positive exponent?",
        "Does the minus in {exponent} change the sign of the value, or its place?",
        "Rewriting {expression}, what ends up below the fraction bar?",
    ),
    recall=(
        "What is the meaning of a negative exponent such as {exponent}?",
        "Each time the exponent of {base} goes down by a single step, what happens to the value?",
        "How do you form the reciprocal of a power of {base}?",
        "What do you get for {base} with exponent zero?",
        "Which law of exponents explains the {exponent} in {expression}?",
    ),
    break_down=(
        "List a few powers of {base} with falling exponents. What pattern do you see?",
        "Drop the minus for a moment. What would {expression} be with a positive exponent?",
        "Start at exponent zero. What is the next value when you divide by {base}?",
        "Look at the sign only. Is the minus attached to {base} or to the exponent {exponent}?",
        "Going down a power means dividing by {base}. Where does that lead below zero?",
    ),
    probe=(
        "Why does the minus in {exponent} not make the value negative?",
        "How does the pattern of powers of {base} explain {result}?",
        "What do you get when you multiply {expression} by {base} again and again?",
        "How is {result} related to the positive power?",
        "Could you explain {exponent} as repeated division?",
    ),
    confirm=(
        "Yes, a negative exponent means a reciprocal: {result}.",
        "Right, the minus in {exponent} moved the power below the bar, nothing more.",
        "Exactly, {result} continues the pattern of dividing by {base}.",
        "You kept the sign of {base} apart from the sign of its exponent.",
        "That rewriting is sound: {expression} is the same as {result}.",
    ),
    nudge=(
        "Follow the powers of {base} downwards, dividing at each step.",
        "Look at where the minus sits in {expression}: up in the exponent.",
        "Think of {expression} as the reciprocal of a power that you know.",
        "Write the same power of {base} with a positive exponent, then compare.",
    ),
    student=(
        "A negative exponent means a fraction, so {result}.",
        "I can write it as {result}.",
        "So it's {result}?",
        "Turning it over gives {result}.",
        "That is the same as {result}.",
    ),
    ask_concept=(
        "What does a negative exponent mean?",
        "Why doesn't the minus make the number negative?",
        "How can something be multiplied a negative number of times?",
    ),
    explain=(
        "Lowering an exponent divides by the base, below zero as well. What does that make of {expression}?",
        "A negative exponent asks for a reciprocal. Of which power of {base} in {expression}?",
        "Powers with opposite exponents undo each other when multiplied. What undoes {expression}?",
        "The minus in an exponent is about dividing instead of multiplying. What is divided in {expression}?",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "exponents.multiply_powers": _MULTIPLY,
    "exponents.divide_powers": _DIVIDE,
    "exponents.power_of_power": _POWER_OF_POWER,
    "exponents.evaluate": _EVALUATE,
    "exponents.negative": _NEGATIVE,
}

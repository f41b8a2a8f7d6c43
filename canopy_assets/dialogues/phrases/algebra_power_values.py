"""What the tutor and the student say about the value of a power, and about negative exponents."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_EVALUATE = StepPhrases(
    focus=(
        "Reading {expression}, which factor is repeated, and how often?",
        "How does {expression} look as repeated multiplication, and what does it come to?",
        "If {base} is used as a factor as often as {exponent} says, what do you get?",
        "What do you get when you multiply {base} by itself step by step, as in {expression}?",
        "Which product does {expression} stand for, and what is its value?",
        "Building up from {base}, how far do you get for {expression}?",
        "Starting with {base} times {base}, how do you go on to reach {expression}?",
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
        "Which grouping of the factors {base} made it easy for you?",
    ),
    reasons=(
        "I wrote them in a row and ticked them off, {exponent} of them.",
        "The exponent counts factors, and {base} times {exponent} would be adding {base} again and again.",
        "After dividing by {base} as often as the exponent says I should be at 1.",
        "There'd be one more factor {base} in it.",
        "I took them two at a time and multiplied those.",
    ),
    confirm=(
        "Yes, that product of factors {base} comes to {result}.",
        "Right, you multiplied {base} by itself rather than by the exponent.",
        "Exactly, {result}, with every factor counted.",
        "The exponent {exponent} was read as a count of factors, as it should be.",
        "Well multiplied, {result} is right.",
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
    answers=(
        "It counts how often the base is used as a factor.",
        "Base times exponent would be repeated addition, a power is repeated multiplication.",
        "The base is the factor that is repeated.",
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
        "The minus in {exponent} stands up in the exponent. Does it change the sign of the value?",
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
    reasons=(
        "It stands in the exponent, so it means dividing, and that doesn't change the sign.",
        "Each step down divides by {base}, and that just goes on below zero.",
        "The exponent goes up by one each time, until it isn't negative any more.",
        "It's one over it.",
        "I start at 1 and divide by {base} once for every step below zero.",
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
    answers=(
        "It continues the pattern of dividing by the base, below exponent zero.",
        "The minus belongs to the exponent, so it's about dividing and not about the sign.",
        "Each step down in the exponent is a division, and that goes on below zero.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "exponents.evaluate": _EVALUATE,
    "exponents.negative": _NEGATIVE,
}

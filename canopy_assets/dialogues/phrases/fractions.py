"""Phrases for adding and subtracting fractions: common denominators, then counting equal parts."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    "fractions.common_denominator": StepPhrases(
        focus=(
            "Which number could serve as a denominator for both {left} and {right}?",
            "How can you cut {left} and {right} into pieces of one size?",
            "What is the smallest number that both {left_denominator} and {right_denominator} divide?",
            "Before the {operation}, what do {left} and {right} need to have in common?",
            "Into how many equal parts would a bar have to be cut for both {left} and {right}?",
            "If {left} and {right} were slices of one cake, what slice size would fit both?",
            "Where do the multiples of {left_denominator} and of {right_denominator} first meet?",
            "How would you rewrite {left} and {right} so that the {operation} is easy?",
            "Comparing {left} with {right}, are their parts equally big yet?",
            "What stops you from doing the {operation} with {left} and {right} as they stand?",
        ),
        recall=(
            "What has to be true of {left} and {right} before this {operation} makes sense?",
            "The denominators {left_denominator} and {right_denominator} differ. What do you usually do about that?",
            "How can {left} be written differently without changing its size?",
            "When are two fractions such as {left} and {right} made of equal parts?",
            "Which multiples of {left_denominator} are also multiples of {right_denominator}?",
        ),
        break_down=(
            "Unequal parts can't be counted together. Which denominator suits "
            "both {left_denominator} and {right_denominator}?",
            "Just look for a number first, nothing else. What do {left_denominator} "
            "and {right_denominator} both divide?",
            "List a few multiples. Which is the first that {left_denominator} and {right_denominator} share?",
            "The {operation} can wait a little. How could {left} look with a larger denominator?",
            "Take one fraction at a time. What can you multiply top and bottom of {left} by?",
        ),
        probe=(
            "Why is {result} worth exactly as much as {left} {sign} {right}?",
            "How did you choose the denominator for {left} and {right}?",
            "What did you do to the top of {left}, and why?",
            "Could a larger denominator have worked for {left} and {right} as well?",
            "Why do {left} and {right} need equal denominators for this?",
        ),
        reasons=(
            "I multiplied top and bottom by the same number each time.",
            "I looked for the first number that both {left_denominator} and {right_denominator} divide.",
            "I did the same to it as to the bottom, so the value stays.",
            "Yes, any common multiple works, I'd just have more to reduce later.",
            "Only parts of the same size can be counted together.",
        ),
        confirm=(
            "Yes, in {result} both fractions are made of parts of one size.",
            "You changed top and bottom together, so {left} and {right} kept their values.",
            "{result} says the same as {left} {sign} {right}, in equal parts.",
            "That denominator fits both {left_denominator} and {right_denominator}.",
            "Rewriting {left} and {right} first was the right move before the {operation}.",
        ),
        nudge=(
            "Write down multiples of {left_denominator} until one of them is a multiple of {right_denominator}, too.",
            "Whatever the bottom of {left} is multiplied by, its top gets as well.",
            "Make the parts of {left} and {right} equally big before you count them.",
            "Hold off the {operation} until {left} and {right} have one denominator.",
        ),
        student=(
            "With a common denominator it's {result}.",
            "I rewrite them as {result}.",
            "{left} {sign} {right} becomes {result}.",
            "Both over the same number, that's {result}.",
            "Then I have {result}.",
        ),
        ask_concept=(
            "What even is a common denominator?",
            "Why can't I work with {left} and {right} as they are?",
            "What does it mean to write a fraction differently but keep its value?",
        ),
        answers=(
            "A common denominator is a part size that suits both fractions.",
            "Their parts have different sizes, and only equal parts can be counted together.",
            "If you cut every part into smaller ones, the amount stays and only its name changes.",
        ),
    ),
    "fractions.combine": StepPhrases(
        focus=(
            "Both fractions count parts of size 1/{denominator}; how many "
            "such parts are there in {left} {sign} {right}?",
            "What happens to the numerators in {left} {sign} {right}?",
            "The denominators agree, so which numbers of {left} {sign} {right} do you still have to work on?",
            "How many parts do you have after the {operation} of {left} and {right}?",
            "With {left_numerator} parts and {right_numerator} parts of one size, what does the {operation} give?",
            "Which numbers change in {left} {sign} {right}, and which one stays?",
            "If each part is 1/{denominator}, how many of them does {left} {sign} {right} leave you with?",
            "Reading {left} {sign} {right} aloud in words, what do you hear it come to?",
            "Since {left} and {right} have equal parts, how do you put them together?",
            "Where on a bar with {denominator} boxes does {left} {sign} {right} end?",
        ),
        recall=(
            "What does the {denominator} in {left} and {right} stand for?",
            "In this {operation} with equal denominators, which part of {left} and {right} do you work with?",
            "Think of apples: {left_numerator} of them and {right_numerator} "
            "of them. How is {left} {sign} {right} like that?",
            "Does the size of a part change during {left} {sign} {right}?",
            "Which of the numbers in {left} counts parts, and which names their size?",
        ),
        break_down=(
            "The parts are equal, so just count. What is {left_numerator} {sign} {right_numerator}?",
            "Read the denominator as a word, like a unit. How many of them are in {left} {sign} {right}?",
            "You only need the top numbers. What do {left_numerator} and {right_numerator} make in this {operation}?",
            "Draw a bar with {denominator} boxes. How many boxes belong to {left} {sign} {right}?",
            "The bottom stays as it is. So what goes on top in {left} {sign} {right}?",
        ),
        probe=(
            "Why does the {denominator} stay the same in the {operation}?",
            "How does {result} compare with {left}, and is that what you expected?",
            "What would be odd about changing the {denominator} here as well?",
            "How could a drawing convince somebody that {left} {sign} {right} is {result}?",
            "Which rule did you use on the tops {left_numerator} and {right_numerator}?",
        ),
        reasons=(
            "It says how big the parts are, and that doesn't change.",
            "It moved the way I expected from this {operation}.",
            "The parts would suddenly have another size.",
            "With a bar of {denominator} boxes, where I count the shaded ones.",
            "Equal denominators, so the {operation} is only done on top.",
        ),
        confirm=(
            "Yes, {left} {sign} {right} is {result}, with parts of one size throughout.",
            "You worked on the tops and left the {denominator} alone.",
            "{result} counts the parts correctly.",
            "The {operation} only touches the numerators, just as you did it.",
            "Right: equal parts, so {left_numerator} and {right_numerator} could be put together.",
        ),
        nudge=(
            "Leave the {denominator} as it is and look at the tops of {left} and {right}.",
            "Count the parts in {left} {sign} {right} as if they were coins of one kind.",
            "Only {left_numerator} and {right_numerator} take part in the {operation}.",
            "Say {left} and {right} in words; the name of the part stays.",
        ),
        student=(
            "{left} {sign} {right} is {result}.",
            "I do the tops and keep the bottom, so {result}.",
            "That makes {result}.",
            "So together it's {result}.",
            "I get {result} for that.",
        ),
        ask_concept=(
            "Why doesn't the bottom number change?",
            "What does the denominator really tell me?",
            "Why do I only use the top numbers here?",
        ),
        answers=(
            "The bottom number names the size of the parts, and that stays the same.",
            "It names the size of the parts.",
            "The top numbers count parts, and you are only counting here.",
        ),
    ),
}

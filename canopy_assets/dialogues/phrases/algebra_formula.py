"""What the tutor and the student say about the quadratic formula and about evaluating functions."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_DISCRIMINANT = StepPhrases(
    focus=(
        "With a = {a}, b = {b} and c = {c}, what is b² − 4ac?",
        "What number stands under the root of the quadratic formula for {equation}?",
        "How do you compute the discriminant from {a}, {b} and {c}?",
        "Putting the coefficients of {equation} into b² − 4ac, what comes out?",
        "What does squaring b give here, with b = {b}, and what is taken away from it?",
        "Which value has 4ac for a = {a} and c = {c}, and what follows for the discriminant?",
        "Before using the whole formula on {equation}, what is under its root?",
        "If b = {b}, is its square positive or negative, and how does 4ac enter?",
        "How many real solutions {equation} has depends on a single number. What is that number?",
        "Substituting {b} for b, what does b² − 4ac become?",
    ),
    recall=(
        "Which part of the quadratic formula is the discriminant, and what are a, b and c in {equation}?",
        "What does the sign of the discriminant say about the solutions of {equation}?",
        "How do you read a, b and c off {equation}?",
        "When b = {b} is squared, what happens to its sign?",
        "If c is {c}, what sign does 4ac have when a is {a}?",
    ),
    break_down=(
        "Take it in pieces. What is b² when b is {b}?",
        "First collect the ingredients. Which numbers play a, b and c in {equation}?",
        "Leave b² aside for now. What is 4ac with a = {a} and c = {c}?",
        "Watch the signs. Does subtracting 4ac, with c = {c}, make the number larger or smaller?",
        "Write b² − 4ac with brackets for each value. What goes into the brackets for {equation}?",
    ),
    probe=(
        "What does {result} tell you about the solutions of {equation}?",
        "How did the sign of c = {c} affect the discriminant?",
        "Why is b² never negative, whatever sign {b} has?",
        "How did you make sure of the signs of {a}, {b} and {c} in b² − 4ac?",
        "What kind of roots do you expect from a discriminant of {result}?",
    ),
    reasons=(
        "Its sign says how many there are: two above zero, one at zero, none below.",
        "Together with a it decides whether something is added to b² or taken away.",
        "A number times itself never comes out below zero.",
        "I put brackets around each of the coefficients before I multiplied.",
        "Nice ones if it's a square, ugly ones if it isn't, and none at all below zero.",
    ),
    confirm=(
        "Yes, {result} is what stands under the root for {equation}.",
        "Right, the coefficients {a}, {b} and {c} all went to their places.",
        "Exactly, and the sign of {result} already says how many real solutions there are.",
        "You squared b = {b} and took 4ac away with its own sign.",
        "Careful substitution: the discriminant of {equation} is settled.",
    ),
    nudge=(
        "Put brackets around {b} before you square it.",
        "Mind the sign of 4ac when a = {a} and c = {c}.",
        "Read the coefficients off {equation}, each with its sign.",
        "Work out b² and 4ac separately for {a}, {b} and {c}, then subtract.",
    ),
    student=(
        "I put the numbers in and get {result}.",
        "The discriminant is {result}.",
        "Under the root there's {result}.",
        "So b² − 4ac is {result}?",
        "With those coefficients it comes to {result}.",
    ),
    ask_concept=(
        "What is a discriminant?",
        "Why is b² − 4ac important?",
        "What are a, b and c here?",
    ),
    answers=(
        "The discriminant is the part under the root, and its sign counts the real solutions.",
        "It stands under the root, so it decides how many solutions there are.",
        "They are the coefficients: a with the square, b with the letter, c alone, each with its sign.",
    ),
)

_FORMULA = StepPhrases(
    focus=(
        "With b² − 4ac = {discriminant}, what does the quadratic formula say about {variable}?",
        "What happens in the formula when the root of {discriminant} is taken?",
        "How do you use {discriminant} to find {variable} in {equation}?",
        "Putting {a}, {b} and {discriminant} into the formula, what do you get for {variable}?",
        "What does the sign of {discriminant} mean for {equation}?",
        "Which values of {variable} does the plus-minus sign lead to, given {discriminant}?",
        "If b is {b}, what is −b, and how does the formula go on?",
        "Now that the discriminant is {discriminant}, how does {equation} get solved?",
        "What do you divide by at the end when a is {a}?",
        "Does {discriminant} have a real root, and what follows for {variable}?",
    ),
    recall=(
        "How does the quadratic formula go on once the discriminant is {discriminant}?",
        "What does a discriminant of {discriminant} say about real solutions?",
        "Which part of the formula comes before the plus-minus sign when b = {b}?",
        "Why is there a plus-minus sign in front of the root of {discriminant}?",
        "Which denominator does the formula have when a = {a}?",
    ),
    break_down=(
        "Start with the root only. Is there a real number whose square is {discriminant}?",
        "Write −b first. What is it for b = {b}?",
        "Handle the denominator on its own. What does the formula divide by when a = {a}?",
        "Take the plus sign first. What does the formula give with {discriminant} under the root?",
        "Go from the inside out. What can you say about the root of {discriminant}?",
    ),
    probe=(
        "How does the sign of {discriminant} fit with your conclusion?",
        "How often does the graph meet the horizontal axis, going by {discriminant}?",
        "How could you check your conclusion about {equation}?",
        "Why does the root of {discriminant} get divided together with −b?",
        "Where did b = {b} enter the formula?",
    ),
    reasons=(
        "Only a number that isn't negative has a root, and I looked at that first.",
        "As often as there are solutions, and the sign of {discriminant} says how many.",
        "I put what I have back into {equation} and look at the sign of {discriminant} again.",
        "The fraction bar goes under all of it, the −b as well as the root.",
        "It gives the −b at the front and the b² under the root.",
    ),
    confirm=(
        "Yes, the formula gives {result}.",
        "Right, you read the sign of {discriminant} and drew the right conclusion.",
        "Exactly, {result} follows from the coefficients {a}, {b} and {c}.",
        "The root of {discriminant} was treated with care, and so was −b.",
        "That settles {equation}: {result}.",
    ),
    nudge=(
        "Look at the sign of {discriminant} before you take its root.",
        "Mind that the formula starts with −b, and here b = {b}.",
        "Divide the whole numerator, not only the root of {discriminant}.",
        "Keep the root of {discriminant} as it is if it isn't a whole number.",
    ),
    student=(
        "The formula gives {result}.",
        "So I get {result}.",
        "With {discriminant} under the root: {result}.",
        "That means {result}?",
        "Putting everything in leads to {result}.",
    ),
    ask_concept=(
        "What is the quadratic formula?",
        "Why is there a plus-minus in the formula?",
        "What does the number under the root tell me?",
    ),
    answers=(
        "It gives the solutions of any quadratic equation from its three coefficients.",
        "The solutions lie equally far to both sides of the middle, so one takes plus and one takes minus.",
        "Roots exist only for numbers that aren't negative, so it tells how many solutions there are.",
    ),
)

_SUBSTITUTE = StepPhrases(
    focus=(
        "What does {rule} look like with {input} in place of {variable}?",
        "Where in {rule} does {variable} appear, and what goes there now?",
        "How do you feed {input} into the rule {rule}?",
        "To find {call}, which number replaces every {variable} in the rule?",
        "If {variable} is {input}, how would you write {rule} out?",
        "Which places of {rule} change when {variable} becomes {input}?",
        "What would you write down first to find {call}?",
        "Reading {rule} as a recipe, what happens when the ingredient is {input}?",
        "How can brackets help you put {input} into {rule}?",
        "Replacing {variable} by {input}, what do you have?",
    ),
    recall=(
        "What does the {input} tell you in {call}?",
        "In a rule like {rule}, what is {variable} there for?",
        "What does a number next to {variable} mean once {variable} is replaced in {rule}?",
        "Why is it wise to put brackets around {input} when it replaces {variable}?",
        "How is an input like {input} turned into an output by {rule}?",
    ),
    break_down=(
        "Point at each {variable} in {rule}. How many of them have to be replaced?",
        "No calculating yet, just writing. What stands where {variable} stood in {rule}?",
        "Empty every {variable} in {rule} and leave a bracket. What goes into the bracket?",
        "Think of {rule} as a machine. What do you put into it?",
        "Take the first term of {rule} alone. How does it read with {input}?",
    ),
    probe=(
        "Why did you put {input} in brackets?",
        "How do you know that every {variable} in {rule} was replaced?",
        "What does {call} mean in your own words?",
        "Would the order of operations change without the brackets around {input}?",
        "What in {rule} stays the same whatever the input is?",
    ),
    reasons=(
        "So that a power or a number in front acts on the whole input.",
        "I went through {rule} from left to right, and no {variable} is left.",
        "It's what comes out of the rule when {input} goes in.",
        "It could: a minus or a number in front might be read differently.",
        "Its numbers and signs, only {variable} changes.",
    ),
    confirm=(
        "Yes, every {variable} has been replaced: {result}.",
        "Right, the brackets around {input} keep sign and powers safe.",
        "Exactly, that is {rule} with {input} put in.",
        "You put {input} in first and left the calculating for later, which is tidy.",
        "The input {input} is in all its places now.",
    ),
    nudge=(
        "Replace each {variable} in {rule}, and nothing else.",
        "Use brackets around {input} so that signs and powers stay right.",
        "Copy {rule} slowly and swap {variable} as you go.",
        "Remember that a number next to {variable} in {rule} multiplies it.",
    ),
    student=(
        "I put {input} in and get {result}.",
        "So I write {result}.",
        "With {input} instead of {variable} it reads {result}.",
        "That's {result}?",
        "Replacing {variable} gives {result}.",
    ),
    ask_concept=(
        "What does {call} mean?",
        "What is a function?",
        "Why do I replace {variable} by {input}?",
    ),
    answers=(
        "The bracket after a function's name holds the input.",
        "A function is a rule that turns an input into an output.",
        "The letter only keeps a place free for the input.",
    ),
)

_EVALUATE = StepPhrases(
    focus=(
        "What does {filled} come to when you work it out?",
        "In which order would you work {filled} out?",
        "Which operation in {filled} has to be done before the others?",
        "What value do you get for {filled}, step by step?",
        "Starting with powers or products, what is the first result inside {filled}?",
        "How do you calculate {filled} without mixing up the order?",
        "Minding the signs, what number does {filled} give?",
        "Now that {input} is in place, what is the output?",
        "If you take the terms of {filled} separately, what is each worth?",
        "What remains to be done with {filled}?",
    ),
    recall=(
        "Which comes first in {filled}: powers, products or sums?",
        "What do the brackets around {input} protect in {filled}?",
        "What does a number directly before a bracket mean, as it may occur in {filled}?",
        "Which rule fixes the order of operations in {filled}?",
        "When you look at {filled}, which signs keep its terms apart?",
    ),
    break_down=(
        "Go term by term. What is the first term of {filled} worth?",
        "Do the powers before anything else. Which powers, if any, does {filled} contain?",
        "Cover all but a single product. What is it worth in {filled}?",
        "Write the value of each term under {filled}. What do you have to add or take away then?",
        "Deal with brackets and signs first. What does {input} contribute to each term of {filled}?",
    ),
    probe=(
        "How did you decide on the order in {filled}?",
        "Which operation in {filled} came last for you, and why?",
        "How could you double-check {result}?",
        "What would have changed if you had added first in {filled}?",
        "What does {result} mean for {call}?",
    ),
    reasons=(
        "Powers first, then products, then plus and minus.",
        "The plus or minus, because powers and products come before it.",
        "I'd work out each term once more and put them together again.",
        "The number in front would have taken in too much, and it'd come out wrong.",
        "It's the output, so {call} is {result}.",
    ),
    confirm=(
        "Yes, {result} is the output for the input {input}.",
        "Right, the order of operations in {filled} was respected.",
        "Exactly, each term of {filled} is right, and so is their total.",
        "You kept the signs under control: {result}.",
        "That is the value the rule gives: {result}.",
    ),
    nudge=(
        "Work through {filled} in order: powers, then products, then sums.",
        "Write the value of each term of {filled} before you add.",
        "Mind what the brackets around {input} do to signs.",
        "Check each product in {filled} on its own.",
    ),
    student=(
        "That comes to {result}.",
        "I get {result}.",
        "Term by term it makes {result}.",
        "So it's {result}?",
        "Working it out, I have {result}.",
    ),
    ask_concept=(
        "Which operation do I have to do first?",
        "What is the output of a function?",
        "Why does the order of operations matter?",
    ),
    answers=(
        "Powers bind tighter than products, and products tighter than sums.",
        "The output is the single number the rule ends with.",
        "Everybody has to read the same line in the same way.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "quadratic.discriminant": _DISCRIMINANT,
    "quadratic.formula": _FORMULA,
    "functions.substitute": _SUBSTITUTE,
    "functions.evaluate": _EVALUATE,
}

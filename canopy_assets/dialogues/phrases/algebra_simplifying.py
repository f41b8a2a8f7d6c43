"""What the tutor and the student say about multiplying brackets out and collecting like terms."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

EXPAND_BRACKET = StepPhrases(
    focus=(
        "The {factor} stands in front of ({bracket}). What does it do to each term inside?",
        "What do you get when every term of ({bracket}) is multiplied by {factor}?",
        "How would you write {expression} without the bracket?",
        "Which terms inside ({bracket}) are affected by the {factor}?",
        "If everything in ({bracket}) is multiplied by {factor}, what do you have altogether?",
        "Starting with the first term in ({bracket}), what does multiplying by {factor} give?",
        "To open the bracket in {expression}, which products do you need?",
        "What happens to the last term of ({bracket}) when the {factor} is multiplied in?",
        "Seeing {expression}, how does the factor {factor} reach both parts of the bracket?",
        "Where does the factor {factor} go once the bracket ({bracket}) is removed?",
    ),
    recall=(
        "What does the distributive property say about a factor like {factor} before a bracket?",
        "When a number stands right before a bracket, as in {expression}, which operation is meant?",
        "How many multiplications does it take to open the bracket ({bracket})?",
        "With signs in mind, what does {factor} do to each term of ({bracket})?",
        "Which rule lets you trade {factor} times a sum for a sum of products?",
    ),
    break_down=(
        "Take the bracket term by term. What is {factor} times the first term of ({bracket})?",
        "Draw an arrow from the {factor} to each term of ({bracket}). Which product belongs to each arrow?",
        "Leave the rest of {expression} aside for now. What does only the bracket turn into?",
        "Put each term of ({bracket}) on its own line. What is {factor} times each of them?",
        "There are separate products to find. Which one comes from the second term of ({bracket})?",
    ),
    probe=(
        "Why does the {factor} multiply every term in ({bracket})?",
        "How could you check with a number that {result} matches {expression}?",
        "What sign did each term of ({bracket}) get, and why?",
        "How do you know that nothing inside ({bracket}) was left out?",
        "Would {factor} times ({bracket}) still work out if the terms were in another order?",
    ),
    reasons=(
        "The bracket is one block, so all of it gets multiplied.",
        "I put a number in for the letter in both, and they fit.",
        "I multiplied each sign with the one of {factor}.",
        "I drew an arrow from the {factor} to every term in there.",
        "Yes, every term is multiplied anyway, whatever comes first.",
    ),
    confirm=(
        "Yes, the {factor} reached each term of ({bracket}), not only the first.",
        "Right, {result} says the same as {expression}, only without the bracket.",
        "Exactly, you kept track of the signs while opening ({bracket}).",
        "That is the distributive property at work: {result}.",
        "Careful multiplying: no part of ({bracket}) was left out.",
    ),
    nudge=(
        "Look at the {factor} in front; it belongs to every term of ({bracket}).",
        "Follow the sign of each term in ({bracket}) as you multiply by {factor}.",
        "Write the separate products of {factor} with ({bracket}) before you tidy anything.",
        "Check the last term of ({bracket}), which is easily forgotten when multiplying by {factor}.",
    ),
    student=(
        "I multiply each term by {factor} and get {result}.",
        "Opening the bracket gives {result}.",
        "So it becomes {result}?",
        "With the {factor} on every term of ({bracket}), I have {result}.",
        "Then I can write {result}.",
    ),
    ask_concept=(
        "What does it mean to expand a bracket?",
        "Why does the {factor} go to every term?",
        "What is the distributive property?",
    ),
    answers=(
        "It means writing a product with a bracket as a sum without one.",
        "The bracket is one block, and multiplying a block multiplies all that is in it.",
        "It says that a factor before a bracket goes to each term inside.",
    ),
)

COMBINE_TERMS = StepPhrases(
    focus=(
        "In {expression}, which terms are of the same kind?",
        "What do {like_terms} make when they are taken together?",
        "How many of the same thing do {like_terms} amount to?",
        "Looking through {expression}, what can be put together and what can't?",
        "If you add up the coefficients of {like_terms}, what do you find?",
        "Which of the terms in {expression} belong in the same pile?",
        "You have {like_terms} in there. How would you write them as a single term?",
        "Minding the signs, what is the total of {like_terms}?",
        "What would {expression} look like with its like terms gathered?",
        "Which terms of {expression} share exactly the same letter part?",
    ),
    recall=(
        "What makes terms such as {like_terms} like terms?",
        "When terms are collected, what happens to their letter part, as in {like_terms}?",
        "Which sign belongs to each term in {expression}, the one before it or after it?",
        "In {expression}, which terms count the same kind of thing?",
        "Adding apples to apples: which parts of {expression} are the same fruit?",
    ),
    break_down=(
        "Underline terms of the same kind first. Which ones in {expression} get the same underline?",
        "Only the numbers in front change. What are those numbers for {like_terms}?",
        "Take {like_terms} and leave everything else alone. What is their total?",
        "Read the signs along with the terms of {expression}. Which terms are added and which taken away?",
        "Picture the letter part as an object. How many objects do {like_terms} stand for?",
    ),
    probe=(
        "Why may {like_terms} be combined, but not with the other parts of {expression}?",
        "How could a test value show that {result} agrees with {expression}?",
        "What happened to the exponents when you combined {like_terms}, and why?",
        "How did you decide on the sign when {like_terms} were combined?",
        "Can anything in {result} still be put together, and how do you know?",
    ),
    reasons=(
        "They are of the same kind, and the others aren't.",
        "I put in a number for the letter before and after, and it fits both times.",
        "Nothing, because I only counted how many there are.",
        "I took each term with the sign in front of it.",
        "I compare the letter parts: only equal ones could still be joined.",
    ),
    confirm=(
        "Yes, you combined only like terms: {like_terms}.",
        "Right, {result} is as short as {expression} can get in this step.",
        "Exactly, {like_terms} were counted together and the kind of term stayed the same.",
        "You kept every sign of {expression} with its own term, which is what makes this come out.",
        "That sorting worked: {like_terms} became a single term.",
    ),
    nudge=(
        "Look at {like_terms}; they have the same letter part.",
        "Keep the sign in front of each term of {expression} glued to it.",
        "Sort {expression} into piles before you add anything.",
        "Count coefficients only; the letter part of {like_terms} doesn't change.",
    ),
    student=(
        "I put {like_terms} together and get {result}.",
        "Collecting the like terms gives {result}.",
        "So that simplifies to {result}?",
        "Then I have {result} left.",
        "Together with the rest it's {result}.",
    ),
    ask_concept=(
        "What are like terms?",
        "Why can't I add all of the terms together?",
        "How do I know which terms belong together?",
    ),
    answers=(
        "Like terms have the same letters to the same powers.",
        "Different kinds stay apart, as apples and pears do when you count fruit.",
        "Terms belong together when their letter part is exactly the same.",
    ),
)

_EXPAND_PRODUCT = StepPhrases(
    focus=(
        "Which products appear when ({first_bracket}) is multiplied by ({second_bracket})?",
        "What does the first term of ({first_bracket}) give with each term of ({second_bracket})?",
        "How many products do you expect from {expression}, and what are they?",
        "Taking ({first_bracket}) apart, what does each of its terms do to ({second_bracket})?",
        "What comes from the last terms of ({first_bracket}) and ({second_bracket})?",
        "Which products in {expression} are easy to overlook?",
        "If {expression} were the area of a rectangle, what would its pieces be?",
        "How would you make sure that every term of ({first_bracket}) meets every term of ({second_bracket})?",
        "Writing {expression} without brackets, which terms do you get before collecting?",
        "Where do the middle terms come from when you expand {expression}?",
    ),
    recall=(
        "What does each term of ({first_bracket}) have to be multiplied with?",
        "Which scheme do you know for multiplying brackets such as {expression}?",
        "When a bracket is squared or multiplied by another, as in {expression}, which products arise?",
        "How does the sign of a product depend on the signs in ({first_bracket}) and ({second_bracket})?",
        "What does the distributive property say when both factors, like those in {expression}, are sums?",
    ),
    break_down=(
        "Start with only the first term of ({first_bracket}). What does it give with ({second_bracket})?",
        "A rectangle with sides {first_bracket} and {second_bracket} splits into pieces. What is the area of "
        "each piece?",
        "Make a small table with {first_bracket} on top and {second_bracket} at the side. What goes into its cells?",
        "Hold back on collecting for now. Which products come from the second term of ({first_bracket})?",
        "Go through {expression} with arrows. Which pair of terms have you not multiplied yet?",
    ),
    probe=(
        "How do you know that no product of ({first_bracket}) and ({second_bracket}) is missing?",
        "Why are there middle terms in {result}?",
        "Which number could you try to compare {expression} with {result}?",
        "Where in {result} do you see the product of the last terms?",
        "What decided the sign of each term in {result}?",
    ),
    reasons=(
        "Each term of the first bracket met each one of the second, so I can tick them off.",
        "They come from the outer and the inner products.",
        "Any small one, like 1: both have to give the same.",
        "It's the last term.",
        "The signs of the two terms that I multiplied.",
    ),
    confirm=(
        "Yes, each term of ({first_bracket}) met each term of ({second_bracket}).",
        "Right, the middle terms are there as well: {result}.",
        "Exactly, {result} lists every product, ready to be tidied.",
        "The signs are consistent with ({first_bracket}) and ({second_bracket}), well tracked.",
        "You covered every piece of the rectangle that {expression} describes.",
    ),
    nudge=(
        "Pair every term of ({first_bracket}) with every term of ({second_bracket}).",
        "Mind the signs in ({second_bracket}) as they meet those of ({first_bracket}).",
        "Sketch a rectangle for {expression} and fill in its pieces.",
        "Look for the mixed products in {expression}, not only first with first and last with last.",
    ),
    student=(
        "Multiplying each with each gives {result}.",
        "I get {result} before tidying up.",
        "So the products are {result}.",
        "From ({first_bracket}) and ({second_bracket}) I have {result}.",
        "That would be {result}, right?",
    ),
    ask_concept=(
        "How do I multiply a bracket by another bracket?",
        "Why isn't it enough to multiply the first and the last terms?",
        "What does expanding mean here?",
    ),
    answers=(
        "Each term of the first bracket takes each term of the second as its partner.",
        "A rectangle cut both ways has four pieces, and those would be only two of them.",
        "Expanding means listing every pairwise product.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "linear.expand": EXPAND_BRACKET,
    "simplify.expand_bracket": EXPAND_BRACKET,
    "linear.combine": COMBINE_TERMS,
    "simplify.combine_terms": COMBINE_TERMS,
    "simplify.expand_product": _EXPAND_PRODUCT,
}

"""What the tutor and the student say about the steps of quadratic equations."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_STANDARD_FORM = StepPhrases(
    focus=(
        "How can {equation} be arranged so that nothing is left on the right?",
        "What would you do to both sides of {equation} to have zero on the right?",
        "Which terms need to leave the right side, {right}?",
        "What happens to {right} when you clear it from the right side?",
        "Before solving, how would you gather everything from {equation} on a single side?",
        "If the right side is to become zero, what must be done to {left} as well?",
        "Where should {right} go, and with which signs?",
        "How do you bring {equation} into the form of a polynomial equal to zero?",
        "What does the left side turn into once {right} is taken care of?",
        "With {left} on the left, what else ends up there?",
    ),
    recall=(
        "What is the standard form of a quadratic equation, and how far is {equation} from it?",
        "Why is it useful to have zero on one side of {equation}?",
        "When {right} leaves the right side, what happens to its signs?",
        "What may you do to both sides of {equation} without changing its solutions?",
        "Which methods for quadratics need a zero on the right of {equation}?",
    ),
    break_down=(
        "Deal with a single term first. Which term of {right} would you clear from the right?",
        "Keep {left} where it is. What do you do to both sides so that {right} vanishes?",
        "Think of {right} as a block. What cancels the whole block?",
        "Aim for zero on the right. What has to be done to {right} to get there?",
        "Write down {left} and leave space after it. Which terms fill that space?",
    ),
    probe=(
        "Why did you want zero on the right of {equation}?",
        "How did the signs of {right} change on the way to {result}?",
        "How do you know {result} has the same solutions as {equation}?",
        "What would go wrong if the signs of {right} stayed as they were?",
        "Could you have moved {left} instead, and what would that give?",
    ),
    reasons=(
        "Because then I can factor it, and a product that is zero tells me a lot.",
        "Each of them turned round, since I did the opposite on both sides.",
        "I did the same to both sides, so the same values still fit.",
        "Then the right side wouldn't come to zero.",
        "Yes, all the signs would be the opposite, with the same solutions.",
    ),
    confirm=(
        "Yes, with everything on the left, {result} is ready to be solved.",
        "Right, {right} was cleared from both sides with the correct signs.",
        "Exactly, that is the standard form: {result}.",
        "You kept the balance while clearing {right}.",
        "Having zero on the right of {result} is what makes the next step possible.",
    ),
    nudge=(
        "Clear {right} from the right side, and do the same to {left}.",
        "Watch the signs of {right} as they change sides.",
        "Aim for a polynomial on the left of {equation} and zero on the right.",
        "Order the terms from {equation} by their powers once they are together.",
    ),
    student=(
        "I bring everything to the left: {result}.",
        "Then it reads {result}.",
        "So {result}?",
        "Clearing {right} on both sides gives {result}.",
        "I get {result} with zero on the right.",
    ),
    ask_concept=(
        "Why does one side have to be zero?",
        "What is the standard form of a quadratic?",
        "Why do the signs change when terms switch sides?",
    ),
    answers=(
        "Only for zero does a product tell you something about its factors.",
        "Standard form has all terms on one side, ordered by powers, and zero on the other.",
        "Switching sides is short for doing the opposite on both sides.",
    ),
)

_ZERO_PRODUCT = StepPhrases(
    focus=(
        "When is the product {product} zero?",
        "Which values of {variable} make a factor of {product} vanish?",
        "What must be true of the factors if {equation} holds?",
        "For which {variable} does each bracket in {product} become zero?",
        "If a product like {product} is zero, what do you know about its factors?",
        "Taking the factors of {product} separately, what does each tell you about {variable}?",
        "How does the factored form {equation} lead to values of {variable}?",
        "What would you put in for {variable} so that the first factor of {product} is zero?",
        "Which little equations are hidden in {equation}?",
        "Setting each factor of {product} to zero, what do you find for {variable}?",
    ),
    recall=(
        "What does the zero-product property say about {product}?",
        "Can a product such as {product} be zero while none of its factors is?",
        "How many solutions might {equation} have, and why?",
        "What number makes a bracket zero, and how is its sign related to the bracket in {product}?",
        "Why is zero on the right of {equation} so useful?",
    ),
    break_down=(
        "Cover all but the first factor of {product}. For which {variable} is it zero?",
        "Each factor gives its own small equation. What are they for {product}?",
        "Try it with the last factor of {product}. Which {variable} makes it vanish?",
        "Forget the product for a second. What makes a single bracket of {product} zero?",
        "Split {equation} into cases. What is the first case?",
    ),
    probe=(
        "Why does each factor of {product} give a solution?",
        "How can you check {result} in {equation}?",
        "Why do the signs in the solutions differ from those inside {product}?",
        "Would this also work if {product} were some other number than zero, and why?",
        "How do you know there are no more solutions of {equation}?",
    ),
    reasons=(
        "If one factor is zero, the whole product is zero.",
        "I put it in, and a factor of {product} becomes zero.",
        "The value has to cancel the number that stands in the bracket.",
        "No, other numbers can be split into factors in many ways.",
        "If no factor is zero, the product isn't either.",
    ),
    confirm=(
        "Yes, those values make a factor of {product} zero: {result}.",
        "Right, you set each factor of {product} to zero and solved it on its own.",
        "Exactly, {result}, with the signs worked out rather than copied.",
        "Putting them into {product} gives zero each time, as it should.",
        "You covered every factor of {product}, so no solution is lost.",
    ),
    nudge=(
        "Look at the factors of {product} separately and ask when each vanishes.",
        "Mind the signs: a factor of {product} is zero only for a value that cancels its number.",
        "Put a candidate for {variable} into {product} and see whether a factor becomes zero.",
        "Keep going until every factor in {product} has had its turn.",
    ),
    student=(
        "Each factor can be zero, so {result}.",
        "That gives {result}.",
        "So {result}?",
        "Setting the factors to zero, I get {result}.",
        "One of the factors has to be zero: {result}.",
    ),
    ask_concept=(
        "Why can I set each factor to zero?",
        "What is the zero-product property?",
        "Why can there be more than one solution?",
    ),
    answers=(
        "A product is zero only if at least one of its factors is.",
        "It says that a product is zero exactly when one of its factors is zero.",
        "Every factor has its own chance to become zero.",
    ),
)

_SQUARE_ROOT = StepPhrases(
    focus=(
        "Which numbers, if any, have {value} as their square?",
        "How do you undo the square in {equation}?",
        "What could {variable} be if {square} is {value}?",
        "Are positive and negative values of {variable} both possible in {equation}?",
        "If {variable} times itself is {value}, what do you know about {variable}?",
        "What does {equation} tell you about the possible values of {variable}?",
        "Which operation reverses squaring, and what does it give for {value}?",
        "How many numbers satisfy {equation}, and which are they?",
        "Thinking of both sides of zero, where could {variable} lie if its square is {value}?",
        "Does any real {variable} satisfy {equation}, and if so, which?",
    ),
    recall=(
        "What sign does the square of a negative number have, and what does that mean for {equation}?",
        "What is the opposite operation of squaring {variable}?",
        "How many square roots can a number such as {value} have?",
        "Can the square of a real {variable} ever be negative?",
        "What does the square in {square} actually do to {variable}?",
    ),
    break_down=(
        "Say {equation} in words. Which number multiplied by itself gives {value}?",
        "Look at the sign of {value} first. What does it say about possible values of {variable}?",
        "Try some numbers. What do their squares come to, compared with {value}?",
        "Begin with positive numbers. Is there a positive {variable} with square {value}?",
        "Squaring hides a sign. Which signs could {variable} have in {equation}?",
    ),
    probe=(
        "How do you know that you have found every solution of {equation}?",
        "Why does the sign of {variable} not show in {square}?",
        "How can you check {result} in {equation}?",
        "What would change if {value} had the opposite sign?",
        "Could you explain {result} with the graph of {square}?",
    ),
    reasons=(
        "I looked on both sides of zero, and nothing else has the square {value}.",
        "Minus times minus is plus, so both signs give the same square.",
        "I square what I have and compare it with {value}.",
        "A square can't be negative, so only one of the two signs has solutions.",
        "It's at the same height left and right of zero, and never below it.",
    ),
    confirm=(
        "Yes, {result}, since squaring forgets the sign of {variable}.",
        "Right, you considered both signs of {variable} in {equation}.",
        "Exactly, and putting it back into {equation} settles it.",
        "You undid the square instead of halving, and {result} follows.",
        "That is complete: {equation} allows nothing else.",
    ),
    nudge=(
        "Look for every number whose square is {value}, on both sides of zero.",
        "Keep in mind that {square} means {variable} times {variable}.",
        "Check the sign of {value} before you take a root.",
        "Test a negative candidate for {variable} in {equation}, too.",
    ),
    student=(
        "Taking the root on both sides gives {result}.",
        "So {result}.",
        "I think {result}, because of the square.",
        "That means {result}?",
        "Undoing the square, I get {result}.",
    ),
    ask_concept=(
        "Why can a square have more than one root?",
        "What does taking a square root mean?",
        "What happens to the sign when I square a number?",
    ),
    answers=(
        "Squaring loses the sign, so two numbers can have the same square.",
        "It means looking for what was squared.",
        "Minus times minus is plus, so the sign is gone after squaring.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "quadratic.standard_form": _STANDARD_FORM,
    "quadratic.zero_product": _ZERO_PRODUCT,
    "quadratic.square_root": _SQUARE_ROOT,
}

"""What the tutor and the student say about dividing an inequality by a negative number."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_UNDO_NEGATIVE = StepPhrases(
    focus=(
        "In {equation}, what does a factor of {coefficient} mean for the direction of the sign?",
        "What would you divide by to free {variable}, and what does that do to the sign {sign}?",
        "Before you divide {equation}, what is special about the {coefficient}?",
        "How do you get from {term} to {variable}, and does {sign} stay as it is?",
        "Which step removes the {coefficient}, and what must you watch while doing it?",
        "If both sides of {equation} are divided by {coefficient}, what happens to their order?",
        "Only the {coefficient} is left with {variable}. What are the consequences of dividing by it?",
        "What do you know about {sign} when both sides change from positive to negative?",
        "When {variable} is positive, is {term} positive or negative, and what does that do to an order?",
        "Which direction should the sign have after the {coefficient} is gone?",
    ),
    recall=(
        "What does dividing by a negative number such as {coefficient} do to the order of numbers?",
        "When does the {sign} in an inequality have to turn round?",
        "Which operations on both sides of {equation} keep the direction, and which do not?",
        "Take numbers on a number line: where do they go when divided by {coefficient}?",
        "What is different about solving {equation} compared with an equation?",
    ),
    break_down=(
        "Test it with a number first. Which value of {variable} can you find that makes {equation} true?",
        "There are separate decisions here: the number and the direction. Which direction fits {equation} after "
        "dividing by {coefficient}?",
        "Leave the size aside for a moment. Does {equation} hold for a large positive {variable}?",
        "Mirror the number line at zero. What does that do to an order such as {sign}?",
        "Look only at the sign of {coefficient}. Is it positive or negative, and why does that matter?",
    ),
    probe=(
        "Why did the direction of the sign matter when you divided by {coefficient}?",
        "Which number could you try in {equation} to test {result}?",
        "How do you know that {result} points the right way?",
        "What would a value outside {result} do in {equation}?",
        "Can you explain, without a rule, why {coefficient} affects the order?",
    ),
    reasons=(
        "Because it's negative, and then everything swaps sides on the number line.",
        "Any number out of {result}: I put it in and see whether it's true.",
        "I put a number from it into {equation}, and it's true.",
        "It would make it false.",
        "The bigger number becomes the more negative one, so the order turns round.",
    ),
    confirm=(
        "Yes, dividing by {coefficient} reverses the order, and {result} shows it.",
        "Right, {result}: you handled both the number and the direction.",
        "Exactly, {result} is confirmed by any test value put into {equation}.",
        "You noticed that {coefficient} is negative, and that decides the direction.",
        "That is careful work: the {sign} was turned for a good reason.",
    ),
    nudge=(
        "Mind the minus in {coefficient}; it affects more than the number.",
        "Try a value for {variable} in {equation} and see on which side the solutions lie.",
        "Think of what happens to the order of numbers when all of them change sign, as with {coefficient}.",
        "Check your direction against {equation} with a value that is easy to compute.",
    ),
    student=(
        "I divide by {coefficient} and mind the sign, so {result}.",
        "Since {coefficient} is negative, I get {result}.",
        "So the answer is {result}?",
        "That gives {result}, the direction changes.",
        "I tested a number, and {result} fits.",
    ),
    ask_concept=(
        "Why does a negative number do anything to the {sign}?",
        "What does an inequality sign really say?",
        "When do I have to turn the sign round?",
    ),
    answers=(
        "Multiplying or dividing by a negative number mirrors the number line, so the order turns round.",
        "It says which of two numbers lies further to the left on the number line.",
        "Adding or taking away never turns it, multiplying or dividing by a negative number does.",
    ),
)

PHRASES: dict[str, StepPhrases] = {"inequality.undo_negative_coefficient": _UNDO_NEGATIVE}

"""What the tutor and the student say about the steps of linear equations and inequalities.

The words fit equations and inequalities alike: no "equals", no "equation". `{variable}` may be a square ("x²").
"""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_UNDO_CONSTANT = StepPhrases(
    focus=(
        "On the side with {variable} there is {side}. Which part would you clear away first?",
        "What could you do to both sides so that {term} is left alone?",
        "Apart from {term}, the side {side} involves {constant_operation}. How would you undo that?",
        "Looking at {equation}, what was done to {term} last?",
        "Which operation would take the {constant} off the side that holds {term}?",
        "If {term} is to stand alone, what has to happen to the {constant}?",
        "How can you get rid of the {constant} next to {term} without upsetting the balance?",
        "Where {equation} shows {constant_operation}, what is the opposite move?",
        "Someone had {term} and went on by {constant_operation}. How would you go back?",
        "In {equation}, what stands between you and a bare {term}?",
        "Before touching the {term} itself, what would you do about the {constant}?",
        "Your side reads {side}. What would you apply to both sides to be left with {term}?",
    ),
    recall=(
        "Every operation has an opposite. What is the opposite of {constant_operation}?",
        "To unwrap {side}, you start with whatever was done last. What was that?",
        "Both sides of {equation} may be changed in the same way. Which change would help here?",
        "Which operation brings you back to where you were after {constant_operation}?",
        "Suppose you read {side} aloud, starting at {variable}. Which operation comes last?",
        "When does a number like {constant} disappear from a sum or a difference?",
    ),
    break_down=(
        "This needs only a small move. Which number in {side} has no {variable} attached?",
        "Cover {term} with your thumb for a moment. What happens to the covered amount in {equation}?",
        "We can leave the multiplying for later. What is being done with the {constant} in {side}?",
        "Take just the left-over number, {constant}. Is it being added or taken away in {side}?",
        "No need to find {variable} yet. What should {term} have to be for {equation} to fit?",
    ),
    probe=(
        "Why was it right to deal with the {constant} before anything else?",
        "How do you know that both sides still match after that move from {equation}?",
        "What made you choose that operation for the {constant}?",
        "Could you explain why the {constant} disappeared on the side of {term}?",
        "How would you convince a friend that {result} says the same as {equation}?",
        "What would have gone differently if only {side} had been changed and not the {other}?",
    ),
    reasons=(
        "Because it was the last thing done to {variable}, so it comes off first.",
        "I did the same thing to both sides, so nothing got out of balance.",
        "There's {constant_operation} in {side}, and only the opposite undoes that.",
        "The opposite operation takes it down to zero, so only {term} stays there.",
        "Going back from {result} by {constant_operation} on both sides brings me to {equation} again.",
        "Then the sides wouldn't fit together any more, and {variable} would come out wrong.",
    ),
    confirm=(
        "Yes, you undid {constant_operation} on both sides, and that leaves {result}.",
        "That move keeps both sides of {equation} in balance, and {term} is free now.",
        "Exactly, the {constant} is gone from the side of {term} because you used the opposite operation.",
        "Right, {result} follows, since both sides were changed in the same way.",
        "Well reasoned: you cleared the {constant} first and left {term} untouched.",
        "Good, you went back through {constant_operation} and treated the {other} the same way.",
    ),
    nudge=(
        "Look at the {constant} beside {term}; it came in by {constant_operation}.",
        "Say {side} in words, step by step, and listen for the last thing that happens.",
        "Whatever you do to {side}, the {other} on the opposite side gets the same treatment.",
        "Keep {term} together as a block for now and work on the {constant}.",
        "Picture {equation} on a scale; the {constant} is the loose weight.",
    ),
    student=(
        "I undo {constant_operation} on both sides, and that gives {result}.",
        "Okay, the {constant} goes away when I do the opposite, so {result}.",
        "So then {result}?",
        "I did the same to the {other} and got {result}.",
        "Once the {constant} is out of the way I get {result}.",
        "Doing the opposite on both sides leaves {result}.",
    ),
    ask_concept=(
        "Why do I have to do the same thing to both sides?",
        "What does it even mean to undo an operation?",
        "How do I know which number to get rid of first?",
        "Why can't I just move the {constant} over?",
    ),
    answers=(
        "The two sides stay comparable only if the same thing happens to both.",
        "To undo an operation means to go back to where you were before it.",
        "Like shoes before socks, what was put on last comes off first.",
        "Moving it over is short for something that is really done to both sides.",
    ),
)

_UNDO_COEFFICIENT = StepPhrases(
    focus=(
        "In {term}, what is the {coefficient} doing to {variable}?",
        "What would turn {term} into plain {variable} while keeping both sides matched?",
        "How do you undo a multiplication by {coefficient}?",
        "You have {equation}. Which single operation on both sides frees {variable}?",
        "The {coefficient} multiplies {variable} in {equation}. How do you get back to {variable}?",
        "Just the {coefficient} stands in the way of {variable}. What would you do to both sides?",
        "Which operation cancels the {coefficient} in front of {variable}?",
        "In {term}, which operation connects {variable} and {coefficient}?",
        "How could {term} and {other} both be changed so that just {variable} is left?",
        "In {equation}, what is tied to {variable}, and how do you untie it?",
        "What separates {term} from a bare {variable}, and which operation removes that?",
    ),
    recall=(
        "A number written right before a letter, as in {term}, means which operation?",
        "Which operation is the opposite of multiplying by {coefficient}?",
        "What is the name for the number {coefficient} in {term}, and what does it do to {variable}?",
        "Think back to undoing operations: what cancels a factor such as {coefficient}?",
        "How do you get rid of a factor such as {coefficient} in {equation}?",
    ),
    break_down=(
        "There is a hidden sign between {coefficient} and {variable}. Which operation does it stand for?",
        'Put {equation} into words as "some number times {variable}". How would you find {variable} from that?',
        "A single operation is at work in {term}. Is {variable} added to {coefficient}, or multiplied by it?",
        "Say {term} with a word between number and letter. Which word fits between {coefficient} and {variable}?",
        "Go through {equation} backwards, from {other} on. Which operation leads from there to {variable}?",
    ),
    probe=(
        "Why does that operation, and not subtraction, undo the {coefficient}?",
        "How can you check {result} in {equation}?",
        "What happens on both sides when you put {result} back into {equation}?",
        "How do you know the {coefficient} was multiplied and not added?",
        "Could you convince me of {result} without repeating the calculation?",
    ),
    reasons=(
        "The {coefficient} multiplies {variable}, and taking something away doesn't undo a multiplication.",
        "I put it back into {equation}, and it fits.",
        "It fits: with that value {equation} is true.",
        "A number right in front of a letter means times, and there's no plus sign.",
        "I'd put it back into {equation} and show that it's true.",
    ),
    confirm=(
        "Yes, the {coefficient} multiplied {variable}, and you undid exactly that: {result}.",
        "Right, you treated both sides of {equation} the same way, so {result} stands.",
        "That works, and {equation} bears it out: the {coefficient} is undone on both sides.",
        "Exactly, {variable} stands alone now, and {result} fits {equation}.",
        "Sound reasoning: you saw that {term} is a product and took it apart.",
    ),
    nudge=(
        "Look at the {coefficient} multiplying {variable}; something has to undo it.",
        "Read {term} as a multiplication, then go the other way on both sides.",
        "Check whether {coefficient} is being added to {variable} or multiplied with it.",
        "Compare {term} with plain {variable}, and note what makes the difference.",
    ),
    student=(
        "I undo the {coefficient} on both sides, so {result}.",
        "That makes {result}.",
        "So {result}, right?",
        "The {coefficient} is multiplying, so I do the opposite and get {result}.",
        "Okay, {result}, now that the {coefficient} is gone.",
    ),
    ask_concept=(
        "What does it mean when a number is written right in front of {variable}?",
        "Why can't I just subtract the {coefficient}?",
        "What is a coefficient, anyway?",
    ),
    answers=(
        "A number right in front of a letter multiplies it; the times sign is left out.",
        "Subtracting undoes an addition, and this number doesn't stand there as an addition.",
        "A coefficient is a number that multiplies a letter.",
    ),
)

_UNDO_DIVISION = StepPhrases(
    focus=(
        "In {term}, what happens to {variable} because of the {divisor}?",
        "How do you undo a division by {divisor}?",
        "What would turn {term} into a whole {variable}?",
        "You know that {equation}. What would you do to both sides to see {variable} alone?",
        "If {variable} is shared among {divisor} and each gets {term}, how do you get back to {variable}?",
        "Which operation cancels the {divisor} that sits underneath {variable}?",
        "A fraction bar holds {variable} in {equation}. How can both sides lose it?",
        "What is the opposite of splitting {variable} into {divisor} equal parts?",
        "One part, {term}, is worth {other}. What are all {divisor} parts worth?",
        "Which single move on both sides of {equation} frees {variable}?",
    ),
    recall=(
        "A fraction bar stands for an operation. Which operation joins {variable} and {divisor} in {term}?",
        "Which operation is the opposite of dividing by {divisor}?",
        "When {term} is one of equal parts, how is the whole {variable} found?",
        "What does the {divisor} below the bar do to {variable}?",
        "Thinking of inverse operations, what cancels a divisor such as {divisor}?",
    ),
    break_down=(
        "Imagine {variable} cut into {divisor} equal pieces of size {term}. How would you find the whole?",
        "Read {term} aloud as a division. What is being divided, and how could that be reversed?",
        "The bar in {term} is the only obstacle. Which operation removes it?",
        "Start with what {term} stands for. Is it all of {variable}, or only a part of it?",
        "Leave the rest aside briefly. What brings {variable} back after it was divided by {divisor}?",
    ),
    probe=(
        "Why did you not divide by {divisor} a second time?",
        "How can you check {result} in {equation}?",
        "What does {term} come to when you use {result}?",
        "What did you do to both sides of {equation}, and why?",
        "Could you explain why that operation removes the {divisor}?",
    ),
    reasons=(
        "{variable} is divided already, so I have to go the other way and multiply.",
        "I divide by {divisor} again and I'm back at {equation}.",
        "It comes out the way {equation} says, so it fits.",
        "I multiplied them by {divisor}, because that undoes the dividing.",
        "Multiplying by {divisor} puts the {divisor} equal parts together again.",
    ),
    confirm=(
        "Yes, the {divisor} was dividing, and you reversed exactly that: {result}.",
        "Right, all {divisor} parts together make {variable}, so {result}.",
        "That keeps both sides of {equation} matched, and the fraction bar is gone.",
        "Exactly, {divisor} copies of {term} make up {variable} again.",
        "Good thinking: you read {term} as a division and turned it round.",
    ),
    nudge=(
        "Look at the {divisor} under the bar; it divides {variable}, and that can be reversed.",
        "Treat {term} as the size of a single part of {variable}.",
        "Say {term} aloud as a division, then do the opposite on both sides.",
        "Compare {variable} with {term}: the whole against a part of it.",
    ),
    student=(
        "I undo dividing by {divisor}, so {result}.",
        "All {divisor} parts together make {result}.",
        "So {result}, since I reversed the dividing by {divisor}.",
        "Doing the opposite on both sides gives {result}.",
        "Is it {result}, then?",
    ),
    ask_concept=(
        "What does {term} actually mean?",
        "Why do I do the opposite of dividing here?",
        "How does a fraction bar count as an operation?",
    ),
    answers=(
        "A fraction bar means division, so {term} is one equal share of {variable}.",
        "The opposite brings {variable} back to what it was before it was divided.",
        "The bar says that what stands above is divided by what stands below.",
    ),
)

_COLLECT = StepPhrases(
    focus=(
        "There is {variable} on both sides of {equation}. How could you bring it together?",
        "Which term would you remove from both sides so that {variable} stays on a single side?",
        "What would make the {moved_term} disappear from the {moved_side} side?",
        "Comparing {left} with {right}, which side has fewer of the {variable}?",
        "How can you change both sides of {equation} so that {variable} appears only once?",
        "What happens to both sides when you take care of the {moved_term}?",
        "Before handling plain numbers, what would you do with the {moved_term}?",
        "Which move leaves the {moved_side} side without any {variable}?",
        "If you wanted no {variable} on the {moved_side}, what would you do to both sides?",
        "Where would you like to keep {variable}, with {left} or with {right}?",
    ),
    recall=(
        "A term such as {moved_term} can be cancelled like any number. What cancels it?",
        "What may you do to both sides of {equation} without changing its solutions?",
        "How many places does {variable} appear in {equation}, and how many would you prefer?",
        "When the same amount is removed from {left} and from {right}, what stays true?",
        "What is the opposite of having {moved_term} on the {moved_side} side?",
    ),
    break_down=(
        "Take only the terms with {variable}. Which ones do you see in {left} and in {right}?",
        "The plain numbers can wait. What would you do to {moved_term} so that it vanishes?",
        "Picture both sides on a scale. Which amount of {variable} could be lifted off both pans of {equation}?",
        "We want {variable} gathered in a single place. What stops that in {equation}?",
        "Start with the {moved_side} side. Which term there carries the {variable}?",
    ),
    probe=(
        "Why did you choose the {moved_term} rather than a plain number?",
        "How do you know that {result} has the same solutions as {equation}?",
        "What happened to the {moved_term} on the {moved_side} side, and why?",
        "Could you have gathered {variable} on the other side, and what would change?",
        "Why must both {left} and {right} change by the same amount?",
    ),
    reasons=(
        "So that {variable} is left on one side only, then I can go on as usual.",
        "I changed both sides by the same amount, so the same {variable} still fits.",
        "It cancelled, because I did the opposite there and on the other side as well.",
        "Yes, the sides would be swapped and some signs turned, but {variable} would be the same.",
        "Otherwise I'd have changed only one of them, and they wouldn't belong together any more.",
    ),
    confirm=(
        "Yes, {variable} is gathered on a single side now: {result}.",
        "Right, you treated {left} and {right} alike, so nothing got out of balance.",
        "Exactly, the {moved_term} is gone from the {moved_side} side, and its effect shows on the other.",
        "That was the useful move: {result} has {variable} in only one place.",
        "Good, you cancelled the {moved_term} on both sides instead of just carrying it across.",
    ),
    nudge=(
        "Look at the {moved_term} on the {moved_side} side; it should cancel out there.",
        "Count how many of {variable} each side has in {equation}.",
        "Treat the {moved_term} like any other number that you want to clear from both sides.",
        "Write {left} and {right} under each other and compare the terms with {variable}.",
    ),
    student=(
        "I clear the {moved_term} from both sides, so {result}.",
        "Then {variable} is only on one side: {result}.",
        "I get {result} when the {moved_term} is gone.",
        "So it turns into {result}, doesn't it?",
        "Doing that to both sides leaves {result}.",
    ),
    ask_concept=(
        "Why am I allowed to move terms with {variable} at all?",
        "What do I do when {variable} is on both sides?",
        "Does it matter on which side I collect {variable}?",
    ),
    answers=(
        "The letter stands for one number, so its terms may be added and taken away like numbers.",
        "You make it disappear on one side by doing the same to both.",
        "No, both ways lead to the same value; one just has fewer minus signs.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "linear.undo_constant": _UNDO_CONSTANT,
    "linear.undo_coefficient": _UNDO_COEFFICIENT,
    "linear.undo_division": _UNDO_DIVISION,
    "linear.collect_variables": _COLLECT,
}

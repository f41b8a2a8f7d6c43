"""Phrases for limits at infinity: comparing leading terms."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    "limit.leading": StepPhrases(
        focus=(
            "Which term of {numerator} grows fastest as {variable} → {target}?",
            "For huge values of {variable}, which parts of {expression} matter most?",
            "Which terms in {numerator} and {denominator} can you neglect when {variable} → {target}?",
            "What are the strongest terms above and below in {expression}?",
            "If {variable} were a million, which term would rule {denominator}?",
            "How do the powers of {variable} in {numerator} compare with each other?",
            "As {variable} → {target}, what does {numerator} behave like, and what {denominator}?",
            "Looking at {expression} from very far out, which two terms are still visible?",
            "Which power of {variable} is the highest in {denominator}, and which in {numerator}?",
            "What would you keep of {expression} if only the biggest terms counted?",
        ),
        recall=(
            "Which grows faster for large {variable}: a higher power or a lower one?",
            "What is the leading term of a polynomial such as {numerator}?",
            "How important are constants in {expression} once {variable} is huge?",
            "What does {variable} → {target} mean for the terms of {denominator}?",
            "How do polynomials like {numerator} behave far away from zero?",
        ),
        break_down=(
            "Take the top first. Which term of {numerator} outgrows the others?",
            "Put in a large number in your mind, such as 1000. Which term of {denominator} dominates?",
            "Small terms fade far out. Which ones remain in {numerator} and {denominator}?",
            "Compare powers, not coefficients. Which power of {variable} is the highest in {numerator}?",
            "We only look at the giants now. Which are they in {expression}?",
        ),
        probe=(
            "Why may the other terms of {expression} be neglected?",
            "How large are the neglected terms compared with {result} when {variable} is 1000?",
            "What decides which term leads in {numerator}?",
            "Would the same terms lead for {variable} near zero?",
            "How do {result} describe the behaviour of {expression} far out?",
        ),
        reasons=(
            "They're tiny beside the highest powers when {variable} is huge.",
            "Very small, they hardly count.",
            "The highest power of {variable}.",
            "No, near zero the small powers and the constants count more.",
            "Everything else fades, so it looks like one of them over the other.",
        ),
        confirm=(
            "Yes, {result} are the terms that rule as {variable} → {target}.",
            "You compared the powers of {variable} and kept the highest.",
            "{result}, and everything else fades beside them.",
            "Those are the leading terms of {numerator} and {denominator}.",
            "Far out only {result} count.",
        ),
        nudge=(
            "Compare the powers of {variable} in {numerator}, then in {denominator}.",
            "Imagine {variable} as a million and see which terms of {expression} shrink to nothing beside the rest.",
            "Look for the highest power above and below in {expression}.",
            "Constants such as those in {expression} hardly count as {variable} → {target}.",
        ),
        student=(
            "The leading terms are {result}.",
            "{result} grow fastest.",
            "I only keep {result}.",
            "Far out it's {result} that matter.",
            "The strongest ones are {result}.",
        ),
        ask_concept=(
            "What does it mean that {variable} goes to infinity?",
            "Why can I ignore the smaller terms?",
            "What is a leading term?",
        ),
        answers=(
            "It grows beyond every number, however large.",
            "Beside the highest power they become too small to be seen.",
            "It's the term with the highest power.",
        ),
    ),
    "limit.infinity": StepPhrases(
        focus=(
            "What does {top} divided by {bottom} approach as {variable} → {target}?",
            "How do the powers of {variable} in {top} and {bottom} compare?",
            "When you simplify {top} over {bottom}, what happens to the {variable}?",
            "As {variable} → {target}, does the quotient of {top} and {bottom} settle down, and where?",
            "What is left of {top} over {bottom} after cancelling powers of {variable}?",
            "Which of {top} and {bottom} wins for huge {variable}, or is it a draw?",
            "If {variable} were a million, roughly what would {top} over {bottom} be?",
            "Where does {expression} level off as {variable} → {target}?",
            "Dividing {top} by {bottom}, which value remains in the long run?",
            "What does the race between {top} and {bottom} end in?",
        ),
        recall=(
            "Which of {top} and {bottom} has the higher power, or are they equal?",
            "When the bottom grows faster than the top, what becomes of a "
            "fraction, and is that so for {top} over {bottom}?",
            "How do you cancel powers of {variable} in {top} over {bottom}?",
            "What does a number divided by something huge come close to, and does {bottom} outgrow {top}?",
            "Which three cases are there when the degrees of {top} and {bottom} are compared?",
        ),
        break_down=(
            "Cancel what can be cancelled. What becomes of {top} over {bottom}?",
            "The small terms are gone already. How does {top} compare with {bottom} for large {variable}?",
            "Try it with {variable} as 10, then as 100. Where does {top} over {bottom} go?",
            "First look at the powers only. Which is higher, the one in {top} or the one in {bottom}?",
            "Write it as one fraction, {top} over {bottom}. What stays when {variable} → {target}?",
        ),
        probe=(
            "Why does the limit depend on {top} and {bottom} alone?",
            "How could you check {result} with a large value of {variable}?",
            "What would the limit be if the power in {bottom} were higher by one?",
            "What does {result} tell you about the graph of {expression}?",
            "How did the powers of {variable} in {top} and {bottom} lead to {result}?",
        ),
        reasons=(
            "Everything else becomes tiny beside them.",
            "I put in a huge number and watch where it goes.",
            "Smaller, because the bottom would grow faster.",
            "Where it heads far out.",
            "I compared them and cancelled what they share.",
        ),
        confirm=(
            "Yes, the quotient settles on {result}.",
            "{result} is the value that {expression} levels off at.",
            "You compared {top} with {bottom}, and {result} follows.",
            "That is the limit as {variable} → {target}: {result}.",
            "Cancelling the powers of {variable} shows it, {result}.",
        ),
        nudge=(
            "Write {top} over {bottom} and cancel the powers of {variable}.",
            "Compare the powers first, then the coefficients of {top} and {bottom}.",
            "See what {top} over {bottom} does for larger and larger {variable}.",
            "Ask which of {top} and {bottom} grows faster, or whether they keep pace.",
        ),
        student=(
            "It approaches {result}.",
            "So the limit is {result}.",
            "{top} over {bottom} goes to {result}.",
            "In the long run that's {result}.",
            "After cancelling, I see it tends to {result}.",
        ),
        ask_concept=(
            "Why isn't infinity over infinity just one?",
            "What does it mean to approach a value but never reach it?",
            "How can something have a limit at infinity?",
        ),
        answers=(
            "Both grow without end, but one may grow faster than the other.",
            "It comes as close as you like, without having to arrive.",
            "Its values may settle down, the further out you go.",
        ),
    ),
}

"""Phrases for discounts, taxes and other changes by a percentage, and for the gap behind a percent change."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    "percent.change_total": StepPhrases(
        focus=(
            "The {change} comes to {amount}; what does it do to the {whole}?",
            "Does the {amount} get added to {whole} or taken away from it?",
            "What is left, or what is reached, once the {change} of {amount} is applied to {whole}?",
            "How do you put {whole} and the {amount} together here?",
            "After the {percent} {change}, is the {thing} above or below {whole}, and at what value?",
            "You know the {change} is {amount}, so where does the {thing} end up?",
            "Which of the two, {whole} or {amount}, does the question still want you to change?",
            "From {whole}, which way does this {change} of {amount} move you?",
            "What is the final value for the {thing}, now that {amount} is known?",
            "Reading the question again, what do you do with {whole} and {amount}?",
        ),
        recall=(
            "What does this {change} do to an amount like {whole}?",
            "Is the {amount} the whole answer, or only the {change}?",
            "In the story of the {thing}, does {whole} get bigger or smaller?",
            "Which number does the question ask for: the {change} or what comes after it?",
            "What was the {thing} worth before the {change} of {amount}?",
        ),
        break_down=(
            "You have the size of the {change}. In which direction does {amount} move the {whole}?",
            "Only one line is missing now. What do {whole} and {amount} make after the {change}?",
            "Imagine standing at {whole} on a number line. Which way do you step {amount}?",
            "The percentage part is done. What happens to {whole} when the {change} of {amount} is applied?",
            "Think of the {thing} before and after. What is it after {amount} has changed hands?",
        ),
        probe=(
            "How does {result} compare with {whole}, and does that suit this {change}?",
            "What in the question told you which way the {amount} goes?",
            "How could you get {result} from {whole} in a single multiplication?",
            "Why is {amount} by itself not what was asked?",
            "Which percentage of {whole} is your {result}?",
        ),
        reasons=(
            "I checked that it moved the right way for this {change}.",
            "The word that they use for it, {change}, says the direction.",
            "I'd multiply {whole} by the percentage that's there after the {change}.",
            "It's only the {change}, not what comes after it.",
            "I start from 100% and let the {change} of {percent} act on that.",
        ),
        confirm=(
            "Yes, {result} is what the {thing} comes to after the {change}.",
            "You applied the {change} of {amount} to {whole} in the right direction.",
            "{result} is right, and you kept {amount} and {whole} apart.",
            "Finding {amount} first and then {result} answers the whole question.",
            "That is the value after the {percent} {change}: {result}.",
        ),
        nudge=(
            "Ask yourself whether this {change} makes {whole} larger or smaller.",
            "The {amount} is only the {change}; the question wants what comes after it.",
            "Put {whole} first, then let the {change} of {amount} act on it.",
            "Read once more what happens to the {thing} in the end.",
        ),
        student=(
            "With the {change} it's {result}.",
            "{whole} and the {change} of {amount} make {result}.",
            "So the {thing} ends up at {result}.",
            "That makes {result}.",
            "After the {change} I get {result}.",
        ),
        ask_concept=(
            "What exactly does {change} mean?",
            "Do I add or take away for this {change}?",
            "What is the percentage measured against?",
        ),
        answers=(
            "The {change} is how much the value moves, measured as a part of where it starts.",
            "A discount or a decrease goes off the value, a tax or an increase comes on top.",
            "It's measured against the value before the {change}.",
        ),
    ),
    "percent.difference": StepPhrases(
        focus=(
            "By how much did the value change from {old} to {new}?",
            "What is the {direction} from {old} to {new}, before you think in percent?",
            "How far apart are the values {old} and {new}?",
            "Starting at {old} and ending at {new}, how large is the step?",
            "Which subtraction shows the {direction} between {old} and {new}?",
            "If you put {old} and {new} side by side, what is the difference?",
            "To measure the {direction}, what do you need to know about {old} and {new} first?",
            "What had to happen to {old} to make it {new}?",
            "On a number line, how long is the way from {old} to {new}?",
            "Leaving percent aside, how much is the {direction} that takes {old} to {new}?",
        ),
        recall=(
            "How large is the {direction}, measured between {old} and {new}?",
            "Which of {old} and {new} came first in the story?",
            "How do you find the gap between two values like {old} and {new}?",
            "A percent change needs two things. Which one can you read off {old} and {new} at once?",
            "Does the value go up or down from {old} to {new}, and by how much?",
        ),
        break_down=(
            "Percent can wait a moment. How much lies between {old} and {new}?",
            "Two values, one gap. What is the distance from {old} to {new}?",
            "Start with the plain amount. What was the {direction} from {old}?",
            "Think of it as money gained or lost. How much separates {new} from {old}?",
            "A number line makes it visible. How long is the jump from {old} to {new}?",
        ),
        probe=(
            "What does {result} stand for in this story?",
            "Why do you need {result} before you can speak of percent?",
            "How do you know the {direction} doesn't go the other way?",
            "Which of {old} and {new} will you compare {result} with, and why?",
            "How could you check {result} using {old} and {new}?",
        ),
        reasons=(
            "How much it changed from {old} to {new}.",
            "The percentage compares this change with the start.",
            "{old} came first, and {new} after it.",
            "With {old}, because that's where it started.",
            "I start at {old}, change it by {result} and I'm at {new}.",
        ),
        confirm=(
            "Yes, between {old} and {new} lies {result}.",
            "{result} is the size of the {direction}.",
            "You found the plain change, {result}, before turning to percent.",
            "That is the gap from {old} to {new}.",
            "Subtracting gives the {direction} of {result}.",
        ),
        nudge=(
            "Subtract to see how far {old} and {new} are apart.",
            "First the plain {direction} from {old} to {new}, then the percentage.",
            "Mark {old} and {new} on a number line and measure the gap.",
            "Look at what was added to or lost from {old} on the way to {new}.",
        ),
        student=(
            "The change is {result}.",
            "From {old} to {new} it's {result}.",
            "It changed by {result}.",
            "The {direction} is {result}.",
            "The gap is {result}.",
        ),
        ask_concept=(
            "What is a percent change?",
            "Which value counts as 100% here?",
            "Why do I need the difference first?",
        ),
        answers=(
            "It compares how much something changed with where it started.",
            "The value it starts from counts as 100%.",
            "The percentage is about the change, so you need to know how large that is.",
        ),
    ),
}

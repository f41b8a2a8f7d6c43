"""Phrases for the product rule: the two factors' derivatives, then the sum of the two products."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    "derivative.factors": StepPhrases(
        focus=(
            "What are the derivatives of {first} and of {second}?",
            "Which two factors make up {function}, and how does each change?",
            "Before combining anything, what is the derivative of {first}, and what is that of {second}?",
            "How does {second} differentiate, and how does {first}?",
            "If you call {first} u and {second} v, what are their derivatives?",
            "Since {function} is a product, which two derivatives will you need?",
            "What slopes do {first} and {second} have, each taken alone?",
            "Splitting {function} into {first} and {second}, what do you find for each?",
            "Which rule applies to {first}, and which one to {second}?",
            "To prepare for the product rule, what do you note down about {first} and {second}?",
        ),
        recall=(
            "What does the product rule need to know about {first} and {second}?",
            "Is {function} a sum or a product, and what does that mean for you?",
            "Which derivatives do you know by heart that fit {first} or {second}?",
            "How would you recognise that {function} calls for the product rule?",
            "What are the two functions that are multiplied in {function}?",
        ),
        break_down=(
            "Take one factor at a time. What is the derivative of {first}?",
            "The combining comes later. What do {first} and {second} become, each by itself?",
            "Make a small table with four entries. What goes beside {first} and {second}?",
            "Name the factors before you do anything. What are the derivatives of {first} and {second}?",
            "Start with the one you find easier. Is it {first} or {second}, and what is its derivative?",
        ),
        probe=(
            "Which rule did you use for {second}?",
            "Why do you need both of them, {result}?",
            "How will {result} be used in the product rule?",
            "For {function}, why isn't it enough to multiply the two derivatives?",
            "What made you split {function} into {first} and {second}?",
        ),
        reasons=(
            "The one that fits {second}, as if it stood alone.",
            "Both factors change, so the rule needs both.",
            "Each one is multiplied by the other factor, and then I add.",
            "While one factor changes the other one is still there, so it has to stay in.",
            "They're multiplied with each other.",
        ),
        confirm=(
            "Yes, {result} are the derivatives of the two factors.",
            "Both {first} and {second} are differentiated properly.",
            "{result} is all that the product rule still needed.",
            "You kept the factors {first} and {second} apart, as it should be.",
            "Those are right: {result}.",
        ),
        nudge=(
            "Differentiate {first} and {second} each by itself first.",
            "Write {first} and {second} in one row and their derivatives underneath.",
            "Treat {function} as a product of two functions.",
            "Leave the multiplying for later and look only at how {first} and {second} change.",
        ),
        student=(
            "The derivatives are {result}.",
            "For {first} and {second} I get {result}.",
            "They are {result}.",
            "Separately that's {result}.",
            "So I have {result}.",
        ),
        ask_concept=(
            "What is the product rule?",
            "Why can't I just multiply the derivatives?",
            "How do I see that {function} is a product?",
        ),
        answers=(
            "It says how a product changes when both of its factors do.",
            "While one factor changes, the other one is still there as a factor.",
            "In a product two functions are multiplied with each other.",
        ),
    ),
    "derivative.product": StepPhrases(
        focus=(
            "How do {first}, {second} and their derivatives combine in the product rule?",
            "Which factor stays as it is while {first_derivative} comes in?",
            "Which factor do you multiply the derivative {second_derivative} by?",
            "The product rule adds two products: which two are they for {function}?",
            "With {first_derivative} and {second_derivative} ready, what is the derivative of {function}?",
            "When {first} changes and {second} stays, what does that contribute?",
            "How do you put {first_derivative} and {second_derivative} together with the unchanged factors?",
            "Where does {second} appear once more in the derivative of {function}?",
            "Using the product rule, what do you write down for {function}?",
            "Each factor gets its turn to change: what comes out for {first} and {second}?",
        ),
        recall=(
            "What does the product rule say about {first} times {second}?",
            "How many products are added in the derivative of {function}?",
            "In the product rule, what is {first_derivative} paired with?",
            "Why isn't {first_derivative} times {second_derivative} the whole story?",
            "Which of {first} and {second} is left alone in each part of the rule?",
        ),
        break_down=(
            "Do one half first. What is {first_derivative} times the unchanged {second}?",
            "Two products and a plus sign. Which product has {second_derivative} in it?",
            "All four pieces are known. How does the rule pair {first}, {second} and their derivatives?",
            "Let only one factor change at a time. What does {first_derivative} go with?",
            "Write the rule in words before the symbols. What does it make of {first} and {second}?",
        ),
        probe=(
            "Why are there two parts added in {result}?",
            "How could you check {result} at a simple value of {variable}?",
            "Which part of {result} comes from the change in {second}?",
            "What would be missing if you had multiplied only {first_derivative} and {second_derivative}?",
            "How would you explain {result} with a rectangle of sides {first} and {second}?",
        ),
        reasons=(
            "One for each factor that changes.",
            "I'd put a number in and compare with the slope between two close points.",
            "The one with {second_derivative} in it.",
            "The factors themselves, {first} and {second}.",
            "When both sides grow, two strips are added, one along each side.",
        ),
        confirm=(
            "Yes, {result} is the derivative of {function}.",
            "You let each of {first} and {second} change once and added the two parts.",
            "{result} pairs every derivative with the other factor.",
            "Both halves of the product rule for {function} are in place.",
            "The pieces {first_derivative} and {second_derivative} went to the right partners.",
        ),
        nudge=(
            "Pair {first_derivative} with the factor that stays, then do the same with {second_derivative}.",
            "There are two products to add in the derivative of {function}.",
            "In each part only one of {first} and {second} changes.",
            "Multiplying {first_derivative} by {second_derivative} alone would lose both original factors.",
        ),
        student=(
            "By the product rule I get {result}.",
            "So it's {result}.",
            "The derivative is {result}.",
            "Adding both parts gives {result}.",
            "That comes to {result}.",
        ),
        ask_concept=(
            "Why are two products added in the product rule?",
            "What does the product rule mean?",
            "Why does each factor stay unchanged once?",
        ),
        answers=(
            "Each factor changes once while the other one stays, and both changes count.",
            "It says: each derivative times the other factor, then add.",
            "Only one factor changes at a time, so the other is kept as it is.",
        ),
    ),
}

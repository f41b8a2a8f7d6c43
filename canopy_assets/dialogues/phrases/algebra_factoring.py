"""What the tutor and the student say about the steps of factoring."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_COMMON_FACTOR = StepPhrases(
    focus=(
        "What do the terms {terms} have in common?",
        "Which factor is hidden in every term of {polynomial}?",
        "What is the largest thing that divides all of {terms}?",
        "If you pull the shared factor out of {polynomial}, what stays in the bracket?",
        "How would you write {polynomial} as a product with a bracket?",
        "Looking at {terms}, which numbers or letters go into each of them?",
        "What could stand in front of a bracket so that the product is {polynomial}?",
        "By what can every term of {expression} be divided?",
        "Do {terms} share a number, a letter, or both?",
        "Before anything else in {expression}, is there something to take out of every term?",
    ),
    recall=(
        "What is the greatest common factor of terms such as {terms}?",
        "Expanding a bracket hands out a factor. What is the reverse of that for {polynomial}?",
        "How do you find what is left of each term once a shared factor leaves {polynomial}?",
        "Which letters, if any, stand in every one of {terms}?",
        "Which property lets you rewrite {polynomial} as a factor times a bracket?",
    ),
    break_down=(
        "Write each term as a product first. What factors do you see in {terms}?",
        "Start with the plain numbers in {terms}. What is their largest common divisor?",
        "Check the letter next. Does {variable} appear in every term of {polynomial}?",
        "Take any factor you can find for now. What goes into all of {terms}?",
        "Divide the terms separately. What remains of each of {terms} after taking out what they share?",
    ),
    probe=(
        "How can you check that {result} is the same as {expression}?",
        "Why could nothing larger be taken out of {terms}?",
        "What would you get if you multiplied {result} out again?",
        "How did you find what belongs inside the bracket of {result}?",
        "Do the terms inside the bracket of {result} still share anything, and how do you know?",
    ),
    reasons=(
        "I multiply the bracket out and get {expression} again.",
        "What is left in the bracket has nothing in common any more.",
        "I'd get {expression} back.",
        "I divided each of {terms} by what they share.",
        "No, I looked for a number or a letter that goes into all of them and there is none.",
    ),
    confirm=(
        "Yes, that factor goes into each of {terms}, and the bracket holds what is left.",
        "Right, multiplying {result} out brings {expression} back.",
        "Exactly, every term of {polynomial} was divided, not only the first.",
        "With {result} you took out the whole common factor, nothing is left to share.",
        "Good eye for what {terms} have in common.",
    ),
    nudge=(
        "Compare {terms} and look for a divisor that fits all of them.",
        "Split each of {terms} into factors and circle those that repeat.",
        "Check both the numbers and the letter in {polynomial}.",
        "Undo the distributive property: something in front, the rest of {polynomial} in a bracket.",
    ),
    student=(
        "I take out what {terms} share and get {result}.",
        "Factoring that out gives {result}.",
        "So it's {result}?",
        "They all have something in common, so {result}.",
        "Then I can write {result}.",
    ),
    ask_concept=(
        "What is a common factor?",
        "What does it mean to factor something out?",
        "How do I know when I've taken out enough?",
    ),
    answers=(
        "A common factor is something that divides every term without remainder.",
        "It means putting what the terms share in front of a bracket, the reverse of expanding.",
        "It's enough when the terms inside the bracket share nothing any more.",
    ),
)

_TRINOMIAL_NUMBERS = StepPhrases(
    focus=(
        "Which numbers multiply to {product} and add to {sum}?",
        "What pairs of factors does {product} have, and which pair adds up to {sum}?",
        "For {polynomial}, you need a product of {product} and a sum of {sum}. Which pair fits?",
        "Can you find a pair with product {product} whose sum is {sum}?",
        "What do the signs of {product} and {sum} tell you about the pair?",
        "Listing the factor pairs of {product}, which of them add to {sum}?",
        "If both numbers multiply to {product}, must they have the same sign or opposite signs?",
        "How would you search for a pair that gives {sum} when added and {product} when multiplied?",
        "The middle of {polynomial} wants a sum of {sum}. Which factors of {product} deliver it?",
        "Starting from {product}, which split into factors has the right sum, {sum}?",
    ),
    recall=(
        "How do the numbers in the brackets relate to {product} and {sum}?",
        "When brackets are multiplied out, where does a sum like {sum} show up in {polynomial}?",
        "What can you say about the signs of a pair whose product is {product}?",
        "Which coefficients of {polynomial} tell you the product and the sum to look for?",
        "How could you list all factor pairs of {product} without missing any?",
    ),
    break_down=(
        "Ignore the sum for a moment. Which pairs of whole numbers multiply to {product}?",
        "Settle the signs first. With product {product} and sum {sum}, what signs must the pair have?",
        "Make a list of factor pairs of {product}. What does each pair add up to?",
        "Try any pair with product {product}. How far is its sum from {sum}?",
        "Work with sizes before signs. Which pairs multiply to {product} apart from the sign?",
    ),
    probe=(
        "How did you use the sign of {product} to narrow down the pair?",
        "Why do the numbers have to add to {sum}?",
        "How can you be sure that no other pair gives {product} and {sum}?",
        "What would go wrong in {polynomial} if you swapped the signs of {result}?",
        "Which pairs did you rule out before you came to {result}?",
    ),
    reasons=(
        "It tells me whether the two have the same sign, so half of the pairs were out.",
        "The middle term comes from adding them when the brackets are multiplied out.",
        "I listed all the pairs for {product}, and only this one adds to {sum}.",
        "The middle term would get the wrong sign.",
        "The other pairs that multiply to {product}; their sums weren't {sum}.",
    ),
    confirm=(
        "Yes, {result} have product {product} and sum {sum}.",
        "Right, both conditions hold for {result}, not only the product.",
        "Exactly, {result}, and the signs fit as well.",
        "Well searched: {result} is the only pair that gives {sum}.",
        "You checked {product} and {sum} separately, which is the safe way.",
    ),
    nudge=(
        "List the factor pairs of {product} and add each of them up.",
        "Look at the sign of {product}; it decides whether the pair shares a sign.",
        "Keep both targets in view: product {product}, sum {sum}.",
        "Check negative pairs too while you look for the sum {sum}.",
    ),
    student=(
        "I think it's {result}.",
        "The pair is {result}, because they add to {sum}.",
        "That works with {result}.",
        "So {result}? They multiply to {product}.",
        "After trying a few I found {result}.",
    ),
    ask_concept=(
        "Why do we look for a product and a sum?",
        "Where do {product} and {sum} come from?",
        "What do those numbers have to do with factoring?",
    ),
    answers=(
        "When two brackets are expanded, the last term is a product and the middle one comes from a sum.",
        "They are read off the coefficients of {polynomial}.",
        "They are the numbers that go into the brackets in the end.",
    ),
)

_WRITE_FACTORS = StepPhrases(
    focus=(
        "Now that you have {pair}, how does {polynomial} look as a product?",
        "Where do the numbers {pair} go in the brackets?",
        "Which brackets multiply to {polynomial}, given {pair}?",
        "How do you turn the pair {pair} into factors of {polynomial}?",
        "What sign does each bracket get when the pair is {pair}?",
        "Using {pair}, can you write {polynomial} as a product of brackets?",
        "What would the factors of {polynomial} be, now that {pair} are known?",
        "If the middle term of {polynomial} is split by {pair}, which brackets come out?",
        "The pair {pair} was the hard part. How do the brackets look with it?",
        "How would you use {pair} to rewrite {expression}?",
    ),
    recall=(
        "What does each bracket of a factored form contain besides {variable}, given {pair}?",
        "How are {pair} and the constant terms of the brackets related?",
        "When brackets are expanded, what should come back for {polynomial}?",
        "Which form has a product in place of the sum {polynomial}?",
        "Why does it help to know {pair} when you write {polynomial} as a product?",
    ),
    break_down=(
        "Write empty brackets first. What stands at the front of each, so that {polynomial} can come out?",
        "Split the middle term of {polynomial} using {pair}. Which terms do you get?",
        "Place just the first of {pair}. What does that bracket look like?",
        "Multiply a first attempt out. How does its middle term compare with the one in {polynomial}?",
        "Only signs and places are left to decide. What do {pair} say about the signs?",
    ),
    probe=(
        "How can you check that {result} really says the same as {expression}?",
        "What do you get in the middle when you expand {result}?",
        "Why do {pair} lead to exactly these brackets?",
        "Does the order of the brackets in {result} matter, and why?",
        "Which part of {polynomial} confirms the signs you chose?",
    ),
    reasons=(
        "I multiply the brackets out and {expression} comes back.",
        "The same middle term as in {polynomial}, so it fits.",
        "They split the middle term of {polynomial}, and the brackets come from that.",
        "No, it's a product, so either one can come first.",
        "The middle term: it comes out with the right sign.",
    ),
    confirm=(
        "Yes, {result}, and expanding it brings {expression} back.",
        "Right, the pair {pair} landed in the brackets with the correct signs.",
        "Exactly, a sum has become a product: {result}.",
        "The middle term works out with {pair}, so the factored form holds.",
        "You placed {pair} well, sign and all.",
    ),
    nudge=(
        "Put {pair} to use: they decide what stands inside the brackets.",
        "Expand your attempt and compare its middle term with that of {polynomial}.",
        "Keep the signs of {pair} as they are while you split the middle term.",
        "Check the first terms of the brackets against the leading term of {polynomial}.",
    ),
    student=(
        "With {pair} I get {result}.",
        "So the factored form is {result}.",
        "It splits into {result}.",
        "Then it's {result}, isn't it?",
        "I write it as {result}.",
    ),
    ask_concept=(
        "What is a factored form good for?",
        "How do numbers like {pair} become brackets?",
        "What does factoring mean?",
    ),
    answers=(
        "In a product you can see what makes it zero; in a sum you can't.",
        "They split the middle term, and each part then gives one bracket.",
        "Factoring means writing a sum as a product.",
    ),
)

_DIFFERENCE_OF_SQUARES = StepPhrases(
    focus=(
        "Both {minuend} and {subtrahend} are squares. Squares of what?",
        "What kind of expression is {polynomial}, with {minuend} and {subtrahend} in it?",
        "Which brackets multiply to {polynomial} without leaving a middle term?",
        "If {minuend} and {subtrahend} are squares, how does their difference split?",
        "How would you choose the signs in the brackets so that the middle terms of {polynomial} cancel?",
        "What number squared gives {subtrahend}, and how does it enter the brackets?",
        "Seeing {polynomial}, which factoring pattern comes to mind?",
        "Where has the middle term of {polynomial} gone?",
        "Which root belongs to {minuend}, and which to {subtrahend}?",
        "How can {polynomial} be written as a sum times a difference?",
    ),
    recall=(
        "What is the pattern for a difference of squares such as {polynomial}?",
        "When do the middle terms of a product vanish, as in {polynomial}?",
        "What do you get when a sum and a difference of the same terms multiply to {polynomial}?",
        "How do you recognise that {minuend} and {subtrahend} are both squares?",
        "Which signs do the brackets need if {polynomial} has no middle term?",
    ),
    break_down=(
        "Take the square root of each part. What is it for {minuend}, and what for {subtrahend}?",
        "Write empty brackets with opposite signs. What goes in them to make {polynomial}?",
        "Look only at {subtrahend} first. What was squared to get it?",
        "Imagine the middle terms cancelling. What must be true of the signs in the factors of {polynomial}?",
        "Start from the front. Which term times itself gives {minuend}?",
    ),
    probe=(
        "Why is there no middle term when you expand {result}?",
        "How do you know that the brackets in {result} need opposite signs?",
        "Would the same pattern work for a sum of {minuend} and {subtrahend}, and why?",
        "What happens to the mixed products when {result} is multiplied out?",
        "How could you check {result} quickly?",
    ),
    reasons=(
        "One mixed product is plus, the other minus, so they cancel.",
        "With equal signs the mixed products would add up and leave a middle term.",
        "No, for a sum nothing would cancel.",
        "They cancel, because their signs are opposite.",
        "I multiply it out, and only the two squares are left.",
    ),
    confirm=(
        "Yes, the roots of {minuend} and {subtrahend} sit in brackets with opposite signs.",
        "Right, in {result} the middle terms cancel and {polynomial} comes back.",
        "Exactly, you saw the difference of squares in {polynomial}.",
        "Opposite signs are what makes {result} work.",
        "You recognised {minuend} and {subtrahend} as squares, and the pattern did the rest.",
    ),
    nudge=(
        "Look at {minuend} and {subtrahend}: each is something squared.",
        "Choose signs so that the mixed products cancel, since {polynomial} has none.",
        "Find the roots of {minuend} and {subtrahend} before you write any bracket.",
        "Compare {polynomial} with the pattern of a sum times a difference.",
    ),
    student=(
        "It's a difference of squares, so {result}.",
        "I get {result}, because the middle terms cancel.",
        "So {result}?",
        "Both parts are squares, that gives {result}.",
        "Using the pattern I have {result}.",
    ),
    ask_concept=(
        "What is a difference of squares?",
        "How do I see that something is a square?",
        "Why do the brackets have different signs?",
    ),
    answers=(
        "It's one square minus another, with nothing in between.",
        "A square is something multiplied by itself.",
        "With opposite signs the mixed products cancel, so no middle term is left.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "factoring.common_factor": _COMMON_FACTOR,
    "factoring.trinomial_numbers": _TRINOMIAL_NUMBERS,
    "factoring.write_factors": _WRITE_FACTORS,
    "factoring.difference_of_squares": _DIFFERENCE_OF_SQUARES,
}

"""What the tutor and the student say about finding and writing the equation of a line."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_INTERCEPT = StepPhrases(
    focus=(
        "Which b makes y = mx + b pass through {point} when m is {slope}?",
        "How can {point} help you to find b?",
        "What do you get when {point} and the slope {slope} go into y = mx + b?",
        "If x is {x} and y is {y}, what does y = mx + b tell you about b?",
        "With slope {slope}, at which height does the line cross the y-axis?",
        "Starting at {point} with slope {slope}, how do you get back to the y-axis?",
        "What is still unknown in y = mx + b once {slope}, {x} and {y} are put in?",
        "How far is {point} from the y-axis, and what does the slope {slope} make of that?",
        "Which equation for b do you get from {point}?",
        "Putting x = {x} and y = {y} to use, how do you find the y-intercept?",
    ),
    recall=(
        "What does b stand for in y = mx + b, with slope {slope}?",
        "What must be true of {point} if it lies on the line?",
        "Which letter in y = mx + b is the slope {slope}, and which one are you looking for?",
        "What is x on the y-axis, and how far is {point} away from it?",
        "How do you test whether {point} satisfies y = mx + b?",
    ),
    break_down=(
        "Fill in what you know. How does y = mx + b look with slope {slope} and {point}?",
        "Work out the product first. What is {slope} times {x}?",
        "Walk along the line from {point} to the y-axis. How much height do you gain or lose?",
        "Only b is missing. Which equation ties b to {y} and {x}?",
        "Read the coordinates carefully. Which number of {point} replaces x, and which y?",
    ),
    probe=(
        "How can you check {result} with {point}?",
        "Why must {point} satisfy the equation of the line?",
        "Why is b usually not the y of {point}?",
        "What does {result} look like in the graph?",
        "Could another point than {point} have been used, and why?",
    ),
    reasons=(
        "I put x = {x} into the line, and y has to come out as {y}.",
        "It lies on the line, so its x and y have to fit.",
        "b is the height where x is zero, and this point is somewhere else.",
        "It's where the line crosses the y-axis.",
        "Yes, every point on it fits the same equation.",
    ),
    confirm=(
        "Yes, with {result} the line goes through {point}.",
        "Right, you used that {point} satisfies the equation.",
        "Exactly, {result} is the height at the y-axis.",
        "You put {x} and {y} in their places and solved for b.",
        "Slope and intercept are both known now, thanks to {result}.",
    ),
    nudge=(
        "Put {point} into y = mx + b with m = {slope}.",
        "Mind which coordinate of {point} is x and which is y.",
        "Work out {slope} times {x} and compare it with {y}.",
        "Follow the slope {slope} from {point} back to the y-axis.",
    ),
    student=(
        "I put the point in and get {result}.",
        "So {result}.",
        "That gives {result}.",
        "Solving for b: {result}.",
        "Then {result}?",
    ),
    ask_concept=(
        "What is the y-intercept?",
        "What does b mean in the equation?",
        "Why can I put a point into the equation?",
    ),
    answers=(
        "The y-intercept is the height at which the line meets the y-axis.",
        "The b is the height at which the line crosses the y-axis.",
        "Every point of a line makes its equation true.",
    ),
)

_WRITE = StepPhrases(
    focus=(
        "The line has slope {slope} and meets the y-axis at {intercept}. Which of these belongs to x?",
        "Where do {slope} and {intercept} go in y = mx + b?",
        "How do you put {slope} and {intercept} together into an equation?",
        "Which number multiplies x in your line, {slope} or {intercept}?",
        "What does y = mx + b look like for slope {slope} and intercept {intercept}?",
        "When x is zero, what is y, and which of {slope} and {intercept} tells you?",
        "If m is {slope} and b is {intercept}, what does the line say about y?",
        "Which form of a line shows {slope} and {intercept} directly?",
        "How would you describe the line with steepness {slope} and starting height {intercept}?",
        "Which of {slope} and {intercept} makes y change with x, and which is there from the start?",
    ),
    recall=(
        "What do m and b mean in y = mx + b, given {slope} and {intercept}?",
        "Which of {slope} and {intercept} is the steepness?",
        "At x equal to zero, what should y be for intercept {intercept}?",
        "Which form of a line uses the slope {slope} and the y-intercept?",
        "Where in y = mx + b do you see that the line meets the y-axis at {intercept}?",
    ),
    break_down=(
        "Write y = mx + b as a frame. Which number replaces m, {slope} or {intercept}?",
        "Place the slope first. What stands next to x when the slope is {slope}?",
        "Think of x as steps from the y-axis. What is y after a step, starting at {intercept}?",
        "Start with the height at the y-axis, {intercept}. What does each step in x add?",
        "Both ingredients are there. Where in y = mx + b does {intercept} belong?",
    ),
    probe=(
        "How can you check {result} with a point of the line?",
        "Why does {slope} stand with x?",
        "What does {intercept} tell you about the graph of {result}?",
        "How would the line change if the slope were larger than {slope}?",
        "Which point of the line can you read off {result} at once?",
    ),
    reasons=(
        "I put its x in and see whether its y comes out.",
        "Because y changes by {slope} with every step in x.",
        "That it crosses the y-axis at {intercept}.",
        "It'd still cross the y-axis at {intercept} but be tilted further upwards.",
        "The one on the y-axis, at height {intercept}.",
    ),
    confirm=(
        "Yes, {result} has slope {slope} and crosses the y-axis at {intercept}.",
        "Right, {slope} stands with x and {intercept} stands alone.",
        "Exactly, {result} describes the line completely.",
        "Slope {slope} and intercept {intercept} are in their proper places.",
        "That equation gives the height {intercept} at the y-axis, as it should.",
    ),
    nudge=(
        "Put {slope} where m stands and {intercept} where b stands.",
        "Keep steepness and height apart: {slope} goes with x.",
        "Check what your equation gives on the y-axis; it should be {intercept}.",
        "Mind the signs of {slope} and {intercept} when you write the line.",
    ),
    student=(
        "The line is {result}.",
        "So {result}.",
        "Putting it together, {result}.",
        "That gives {result}.",
        "Is it {result}?",
    ),
    ask_concept=(
        "What does y = mx + b mean?",
        "What is the slope-intercept form?",
        "Which number goes with x?",
    ),
    answers=(
        "It says: start at height b and change by m with each step in x.",
        "It's the form y = mx + b, which shows the slope and the height at the y-axis.",
        "The number with x is the one that acts again with every step.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "line.intercept": _INTERCEPT,
    "line.write": _WRITE,
}

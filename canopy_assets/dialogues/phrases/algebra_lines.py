"""What the tutor and the student say about slopes and equations of lines."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_RISE = StepPhrases(
    focus=(
        "How much does y change on the way from {first_point} to {second_point}?",
        "Going from {first_point} to {second_point}, what is the change in height?",
        "Which numbers in {first_point} and {second_point} tell you the heights?",
        "If y starts at {y1} and ends at {y2}, how much has it changed?",
        "What is the vertical distance, with sign, from {first_point} to {second_point}?",
        "Does y go up or down between {first_point} and {second_point}, and by how much?",
        "How do you work out the rise when y goes from {y1} to {y2}?",
        "Comparing {y2} with {y1}, what is the difference?",
        "Before thinking about x, what happens to y from {first_point} to {second_point}?",
        "Which subtraction gives the change in y, with {y1} first and {y2} last?",
    ),
    recall=(
        "Which coordinate of {first_point} is the height?",
        "How is a change from {y1} to {y2} calculated?",
        "What does slope compare, and which part concerns the heights {y1} and {y2}?",
        "What sign does a change have when y goes from {y1} to {y2}?",
        "In a point such as {second_point}, which number belongs to y?",
    ),
    break_down=(
        "Look at the second coordinates only. What are they in {first_point} and {second_point}?",
        "Imagine a lift starting at height {y1}. How far does it travel to reach {y2}?",
        "Mark both heights on a number line. How do you get from {y1} to {y2}?",
        "Leave x aside for now. What do {first_point} and {second_point} say about y?",
        "A change is the end less the start. Where does y start and end from {first_point} to {second_point}?",
    ),
    probe=(
        "How did you decide which of {y1} and {y2} to subtract from the other?",
        "What does the sign of {result} say about the line?",
        "How would the change look if you went from {second_point} to {first_point}?",
        "Why do only {y1} and {y2} matter here?",
        "How could you see a change of {result} in a sketch?",
    ),
    reasons=(
        "Where I end minus where I start, so {y2} minus {y1}.",
        "Whether it goes up or down from {first_point} to {second_point}.",
        "The same size with the opposite sign.",
        "They are the heights, and the rise is only about height.",
        "It's the vertical side of the triangle under the line.",
    ),
    confirm=(
        "Yes, from {y1} to {y2} the height changes by {result}.",
        "Right, you took the heights {y1} and {y2} and kept the order.",
        "Exactly, {result} is the change in y, sign included.",
        "You read the second coordinates of {first_point} and {second_point} correctly.",
        "That is the vertical part of the slope: {result}.",
    ),
    nudge=(
        "Compare the second coordinates of {first_point} and {second_point}.",
        "Picture moving from height {y1} to height {y2}.",
        "Keep the order: from {first_point} to {second_point}.",
        "Mind the signs when you compare {y2} with {y1}.",
    ),
    student=(
        "y changes by {result}.",
        "From {y1} to {y2} that's {result}.",
        "The rise is {result}.",
        "So {result} in y?",
        "I get {result} for the change in y.",
    ),
    ask_concept=(
        "What does slope even mean?",
        "What is the rise?",
        "Which coordinate is the height?",
    ),
    answers=(
        "Slope compares how much y changes with how much x changes.",
        "The rise is the change in height from one point to the other.",
        "In a point the first number says how far across, the second how high.",
    ),
)

_RUN = StepPhrases(
    focus=(
        "How much does x change on the way from {first_point} to {second_point}?",
        "Going from {first_point} to {second_point}, how far do you move across?",
        "Which numbers in {first_point} and {second_point} tell you the horizontal positions?",
        "If x starts at {x1} and ends at {x2}, how much has it changed?",
        "What is the horizontal distance, with sign, from {first_point} to {second_point}?",
        "Now for the run: what is the difference between {x2} and {x1}?",
        "How do you work out the change when x goes from {x1} to {x2}?",
        "Keeping the same order of points, what happens to x between {first_point} and {second_point}?",
        "Does x move right or left from {x1} to {x2}, and how far?",
        "Which subtraction gives the change in x, with {x1} first and {x2} last?",
    ),
    recall=(
        "Which coordinate of {first_point} is the horizontal position?",
        "How is a change from {x1} to {x2} calculated?",
        "Why should the order of {first_point} and {second_point} stay the same as for y?",
        "What sign does a change have when x goes from {x1} to {x2}?",
        "In a point such as {second_point}, which number belongs to x?",
    ),
    break_down=(
        "Look at the first coordinates only. What are they in {first_point} and {second_point}?",
        "Imagine walking along the axis from {x1}. How far is it to {x2}?",
        "Mark both positions on a number line. How do you get from {x1} to {x2}?",
        "The heights are done. What do {first_point} and {second_point} say about x?",
        "A change is the end less the start. Where does x start and end from {first_point} to {second_point}?",
    ),
    probe=(
        "Why does the order of {first_point} and {second_point} matter?",
        "What does a change of {result} look like in a sketch?",
        "How would the change look if you went from {second_point} to {first_point}?",
        "Why do only {x1} and {x2} matter here?",
        "What would it mean for the line if {result} were zero?",
    ),
    reasons=(
        "Rise and run have to go the same way, or the slope gets the wrong sign.",
        "It's the horizontal side of the triangle under the line.",
        "The same size with the opposite sign.",
        "They say how far across the points are, and that's what the run is about.",
        "The line would go straight up, and I couldn't divide.",
    ),
    confirm=(
        "Yes, from {x1} to {x2} the position changes by {result}.",
        "Right, {x2} less {x1}, in the order that you used for y.",
        "Exactly, {result} is the change in x, sign included.",
        "You read the first coordinates of {first_point} and {second_point} correctly.",
        "That is the horizontal part of the slope: {result}.",
    ),
    nudge=(
        "Compare the first coordinates of {first_point} and {second_point}.",
        "Picture moving along the axis from {x1} to {x2}.",
        "Keep the order that you used for y: from {first_point} to {second_point}.",
        "Mind the signs when you compare {x2} with {x1}.",
    ),
    student=(
        "x changes by {result}.",
        "From {x1} to {x2} that's {result}.",
        "The run is {result}.",
        "So {result} in x?",
        "I get {result} for the change in x.",
    ),
    ask_concept=(
        "What is the run?",
        "Why do I need the change in x as well?",
        "Does it matter which point comes first?",
    ),
    answers=(
        "The run is how far you move across.",
        "A climb is steep or gentle depending on how far across it goes.",
        "Either one may be first, as long as it's the same one for y and for x.",
    ),
)

_RATIO = StepPhrases(
    focus=(
        "With y changing by {rise} while x changes by {run}, what is the slope?",
        "How do you combine {rise} and {run} into a slope?",
        "If a run of {run} comes with a rise of {rise}, how much is that for each step in x?",
        "Which of {rise} and {run} goes on top in the slope?",
        "What do you get when {rise} is divided by {run}?",
        "Per unit of x, how much does y change when the totals are {rise} and {run}?",
        "Now that you have {rise} and {run}, what remains to be done?",
        "How steep is the line from {first_point} to {second_point}?",
        "What sign will the slope have, given {rise} and {run}, and what is its value?",
        "Turning {rise} and {run} into a rate, what do you get?",
    ),
    recall=(
        "How is slope defined in terms of changes like {rise} and {run}?",
        "What does the slope tell you about a single step in x, when {run} steps give {rise}?",
        "Which operation turns {rise} over {run} into a rate?",
        "What is the sign of a quotient such as {rise} by {run}?",
        "If {run} steps across change the height by {rise}, what does a single step do?",
    ),
    break_down=(
        "Say it as a rate. If {run} in x brings {rise} in y, what does each unit of x bring?",
        "Write the fraction first. Which number goes above the bar, {rise} or {run}?",
        "Settle the sign. Do {rise} and {run} have the same sign or opposite signs?",
        "Draw the triangle with the changes {rise} and {run}. How do you read the steepness off it?",
        "Only a division is left. What is divided by what, {rise} and {run} being given?",
    ),
    probe=(
        "Why is {rise}, the change in y, on top?",
        "What does {result} mean for someone walking along the line?",
        "How does the sign of {result} show in the graph?",
        "Would you get the same slope from {second_point} to {first_point}, and why?",
        "How could you use {result} to find another point on the line?",
    ),
    reasons=(
        "Because the slope says how much y changes for each step in x.",
        "With every step in x the height changes by {result}.",
        "Plus means it climbs to the right, minus means it falls.",
        "Yes, both changes swap their sign, and that cancels.",
        "I go one step in x and change y by {result}.",
    ),
    confirm=(
        "Yes, a rise of {rise} over a run of {run} makes the slope {result}.",
        "Right, {rise} over {run}, change in y over change in x.",
        "Exactly, each unit of x changes y by {result}.",
        "You set {rise} against {run} the right way round.",
        "That is the steepness of the line through {first_point} and {second_point}: {result}.",
    ),
    nudge=(
        "Compare {rise} with {run} as a rate, so much y for so much x.",
        "Put the change in y, {rise}, above the change in x.",
        "Mind the signs of {rise} and {run} when you divide.",
        "Check by starting at {first_point} and taking {run} steps with your slope.",
    ),
    student=(
        "The slope is {result}.",
        "So it's {result}.",
        "I divide and get {result}.",
        "Rise over run gives {result}.",
        "That makes {result}?",
    ),
    ask_concept=(
        "What does the slope tell me?",
        "Why is it y over x and not x over y?",
        "What is rise over run?",
    ),
    answers=(
        "It says how much y changes when x grows by a single unit.",
        "The slope is a change in height for each step across, so the height is what gets divided.",
        "It's the change in y divided by the change in x.",
    ),
)

_SLOPE = StepPhrases(
    focus=(
        "Which slope does the line from {first_point} to {second_point} have?",
        "How do y and x change between {first_point} and {second_point}?",
        "Going from {first_point} to {second_point}, how much does y change for each step in x?",
        "How steep is the line through {first_point} and {second_point}?",
        "Which differences do you need from {first_point} and {second_point}?",
        "Before writing the equation, what slope do {first_point} and {second_point} give?",
        "What is the rise, and what the run, from {first_point} to {second_point}?",
        "Does the line climb or fall from {first_point} to {second_point}, and how fast?",
        "Taking {first_point} as the start, how do you find the slope?",
        "What do the coordinates of {second_point} and {first_point} tell you about m?",
    ),
    recall=(
        "How is the slope found from points such as {first_point} and {second_point}?",
        "What does the slope of a line through {first_point} describe?",
        "Which coordinates of {first_point} and {second_point} belong to the change in y?",
        "Why should {first_point} and {second_point} be used in the same order above and below?",
        "Would a line from {first_point} to {second_point} climb or fall, and which sign goes with that?",
    ),
    break_down=(
        "Take the heights first. How does y change from {first_point} to {second_point}?",
        "Draw a triangle under the line. How long are its sides from {first_point} to {second_point}?",
        "Do the changes separately. What is the change in x from {first_point} to {second_point}?",
        "Sketch {first_point} and {second_point} roughly. Is the line going up or down?",
        "There are differences to find, then a quotient. Which difference in {first_point} and {second_point} "
        "goes on top?",
    ),
    probe=(
        "How did you keep the order of {first_point} and {second_point} the same?",
        "What does {result} say about the line?",
        "How could you check a slope of {result} with a sketch of {first_point} and {second_point}?",
        "Why could you have started from {second_point} as well?",
        "How would the line look if {result} had the opposite sign?",
    ),
    reasons=(
        "I went from {first_point} to {second_point} above the bar and below it.",
        "That y changes by {result} for each step in x.",
        "I draw both points and count how far it goes up or down for each step across.",
        "Both differences change their sign, so the quotient stays the same.",
        "Like a mirror image: falling where it climbs now, or the other way round.",
    ),
    confirm=(
        "Yes, from {first_point} to {second_point} the slope is {result}.",
        "Right, {result}, with both differences taken in the same order.",
        "Exactly, each unit of x changes y by {result}.",
        "You put the change in y over the change in x and got {result}.",
        "That is the m of your line: {result}.",
    ),
    nudge=(
        "Compare the heights of {first_point} and {second_point}, then their positions across.",
        "Keep the order of {first_point} and {second_point} the same above and below the bar.",
        "Sketch {first_point} and {second_point} to see the sign of the slope.",
        "Put the change in y over the change in x for {first_point} and {second_point}.",
    ),
    student=(
        "The slope is {result}.",
        "I get {result} for m.",
        "So the slope comes to {result}.",
        "That gives a slope of {result}?",
        "Change in y over change in x is {result}.",
    ),
    ask_concept=(
        "What does slope mean?",
        "Why do I need the slope for the equation?",
        "What is m in y = mx + b?",
    ),
    answers=(
        "The slope is the change in y for each unit of x.",
        "An equation of a line needs a steepness and a height.",
        "The m is the slope: how much y changes with each step in x.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "slope.rise": _RISE,
    "slope.run": _RUN,
    "slope.ratio": _RATIO,
    "line.slope": _SLOPE,
}

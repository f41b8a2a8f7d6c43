"""What the tutor and the student say about the steps of systems of equations."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

_MATCH = StepPhrases(
    focus=(
        "What could you multiply the equations by so that {variable} gets matching coefficients?",
        "The coefficients of {variable} are {first_coefficient} and {second_coefficient}. Which common multiple "
        "suits both?",
        "How can you prepare {first_equation} and {second_equation} so that {variable} will cancel?",
        "Which common multiple do {first_coefficient} and {second_coefficient} have in their lists?",
        "By which factor would you scale {first_equation}, and by which the other?",
        "What stops {variable} from cancelling right away, with {first_coefficient} and {second_coefficient} in front?",
        "If {variable} is to drop out, what must its coefficients look like?",
        "Scaling both equations, how do you bring {first_coefficient} and {second_coefficient} to the same size?",
        "Which unknown would you make ready to cancel, and how would you treat {second_equation}?",
        "What does {first_equation} become when you multiply it by a suitable factor?",
    ),
    recall=(
        "When do terms with {variable} cancel between equations?",
        "What may you do to {first_equation} without changing its solutions?",
        "What is the least common multiple of {first_coefficient} and {second_coefficient} good for here?",
        "If an equation like {second_equation} is multiplied by a number, which parts change?",
        "How does elimination get rid of an unknown such as {variable}?",
    ),
    break_down=(
        "Look only at {variable}. Which number do {first_coefficient} and {second_coefficient} both divide?",
        "Scale a single equation first. Which factor suits {first_equation}?",
        "Leave the other unknown aside. How can the terms with {variable} be given the same size?",
        "Treat it like finding a common denominator. What is it for {first_coefficient} and {second_coefficient}?",
        "Multiply every term, not just {variable}. What happens to {second_equation}?",
    ),
    probe=(
        "Why did every term of {first_equation} have to be multiplied?",
        "How did you choose the factors for {first_coefficient} and {second_coefficient}?",
        "Could you have matched the other unknown instead of {variable}, and how?",
        "Why does {result} still have the same solution?",
        "What will happen to {variable} in the next step?",
    ),
    reasons=(
        "Otherwise the two sides wouldn't be equal any more.",
        "I looked for a number that both of them divide.",
        "Yes, with a common multiple of its own numbers.",
        "Both sides were multiplied by the same number, so the same pair fits.",
        "It cancels, because both equations have the same amount of it.",
    ),
    confirm=(
        "Yes, the coefficients of {variable} match now.",
        "Right, {result}, with both sides scaled.",
        "Exactly, {result} are ready for elimination.",
        "You found a common multiple of {first_coefficient} and {second_coefficient} and used it well.",
        "Good preparation: {variable} can drop out now.",
    ),
    nudge=(
        "Compare {first_coefficient} and {second_coefficient} and find a multiple of both.",
        "Multiply whole equations, so that {first_equation} stays true.",
        "Aim for terms with {variable} of equal size in both equations.",
        "Treat {first_coefficient} and {second_coefficient} as if you wanted a common denominator.",
    ),
    student=(
        "I scale both and get {result}.",
        "Now I have {result}.",
        "Multiplying gives {result}.",
        "So that makes {result}?",
        "With a common multiple it's {result}.",
    ),
    ask_concept=(
        "Why am I allowed to multiply a whole equation?",
        "What does elimination mean?",
        "How do I pick the factors?",
    ),
    answers=(
        "An equation stays true when both sides are multiplied by the same number.",
        "Elimination combines the equations so that one unknown drops out.",
        "You look for a common multiple of the two numbers, as with denominators.",
    ),
)

_ELIMINATE = StepPhrases(
    focus=(
        "How can {first_equation} and {second_equation} be combined so that {variable} disappears?",
        "Would you add or subtract the equations to get rid of {variable}?",
        "What is left when {variable} is eliminated from {first_equation} and {second_equation}?",
        "Looking at the terms with {variable}, do they cancel by adding or by subtracting?",
        "Which combination of the equations leaves only {other_variable}?",
        "What happens to {variable} when you put the equations together column by column?",
        "Comparing the signs in front of {variable}, which operation removes it?",
        "If {variable} is to vanish, what do the other columns come to?",
        "How do you get a single equation in {other_variable}?",
        "The terms with {variable} have the same size. How do you use that?",
    ),
    recall=(
        "Why may whole equations such as {first_equation} be added to each other?",
        "When do terms with {variable} cancel in a sum, and when in a difference?",
        "What is the aim of combining {first_equation} with {second_equation}?",
        "Which signs in front of {variable} call for adding?",
        "What has to be done with the right sides when {first_equation} and {second_equation} are combined?",
    ),
    break_down=(
        "Work in columns. What do the terms with {other_variable} make together?",
        "Check only {variable} first. What is the sum of its terms, and what the difference?",
        "Decide on the operation before calculating. Which makes {variable} vanish?",
        "Write {first_equation} above {second_equation}. Which column will disappear?",
        "Do the right sides at the end. How do the left sides combine once {variable} is gone?",
    ),
    probe=(
        "How did you see whether to add or to subtract to lose {variable}?",
        "Why does {variable} drop out?",
        "Why is it allowed to combine {first_equation} with {second_equation}?",
        "What would have happened to {variable} with the opposite operation?",
        "How do you know that {result} is true for the solution of the system?",
    ),
    reasons=(
        "From the signs in front of {variable}: opposite ones cancel in a sum, equal ones in a difference.",
        "Its two terms cancel, so nothing of it is left.",
        "Each equation has two equal sides, so I put equal things to equal things.",
        "The {variable} would have stayed in.",
        "Both equations are true for it, so what I get from them is true as well.",
    ),
    confirm=(
        "Yes, {variable} is gone, and {result} is left.",
        "Right, {result}: you combined both sides in the same way.",
        "Exactly, the signs in front of {variable} decided it.",
        "With {result} there is only {other_variable} to find.",
        "Every column was handled, and {result} is left.",
    ),
    nudge=(
        "Look at the signs in front of {variable} in both equations.",
        "Write {first_equation} and {second_equation} under each other and go column by column.",
        "Combine the right sides in the same way as the terms with {other_variable}.",
        "Choose the operation that makes the terms with {variable} cancel.",
    ),
    student=(
        "Combining them removes {variable}, so {result}.",
        "Then I have {result}.",
        "That leaves {result}.",
        "So {result}?",
        "Without {variable} it's {result}.",
    ),
    ask_concept=(
        "Why can I add equations?",
        "What does it mean to eliminate an unknown?",
        "How do I know whether to add or subtract?",
    ),
    answers=(
        "Both sides of an equation are equal, and equal things added to equal things stay equal.",
        "It means combining the equations so that this unknown cancels.",
        "Opposite terms vanish in a sum, equal ones in a difference.",
    ),
)

_ISOLATE = StepPhrases(
    focus=(
        "How can {equation} be solved for {variable}?",
        "What would you do to {equation} so that {variable} stands alone?",
        "Which term has to leave the side of {variable} in {equation}?",
        "In terms of {other_variable}, what is {variable} according to {equation}?",
        "What keeps {variable} from standing alone in {equation}?",
        "How do you express {variable} by means of {other_variable}?",
        "If {equation} is rearranged, what does it say about {variable}?",
        "What happens to the term with {other_variable} when you free {variable} in {equation}?",
        "Which unknown in {equation} is easiest to isolate, and how?",
        'Rewriting {equation}, what comes after "{variable} ="?',
    ),
    recall=(
        "What does it mean to solve {equation} for {variable}?",
        "How do you clear a term with {other_variable} from a side of {equation}?",
        "What is the first step of the substitution method for {equation}?",
        "Which operations leave the solutions of {equation} unchanged?",
        "Why is {variable} a good choice in {equation}?",
    ),
    break_down=(
        "Treat {other_variable} like a number. How would you free {variable} in {equation} then?",
        "Look at the side with {variable}. Which other term is there in {equation}?",
        "Move only a single term. Which term with {other_variable} would you clear from {equation}?",
        "Say what you see in {equation}. What is done to {variable} there?",
        "The other equation can wait. What does {equation} alone say about {variable}?",
    ),
    probe=(
        "Why did you choose {variable} to isolate?",
        "How did the sign of the term with {other_variable} come about?",
        "How can you check that {result} agrees with {equation}?",
        "What will you use {result} for?",
        "Would isolating {other_variable} have been harder, and why?",
    ),
    reasons=(
        "It was the easiest one to get alone.",
        "I did the opposite on both sides.",
        "I do it backwards and I'm at {equation} again.",
        "To replace {variable} in the other equation.",
        "It would work as well, {variable} just looked simpler.",
    ),
    confirm=(
        "Yes, {result} says the same as {equation}.",
        "Right, the term with {other_variable} changed sides with the correct sign.",
        "Exactly, {variable} stands alone, ready to be replaced elsewhere.",
        "You rearranged {equation} without losing anything.",
        "That was a wise choice of unknown: {result}.",
    ),
    nudge=(
        "Clear the term with {other_variable} from the side of {variable} in {equation}.",
        "Treat {other_variable} as if it were a known number.",
        "Mind the sign of the term with {other_variable} in {equation}.",
        "Do the same to both sides of {equation} until {variable} is alone.",
    ),
    student=(
        "I rearrange it to {result}.",
        "So {result}.",
        "Solving for {variable} gives {result}.",
        "That means {result}?",
        "Then {result}, in terms of {other_variable}.",
    ),
    ask_concept=(
        "Why do I solve for {variable} first?",
        "What is the substitution method?",
        "What does it mean to isolate an unknown?",
    ),
    answers=(
        "Once one unknown stands alone, it can be replaced in the other equation.",
        "You express one unknown by the other and put that into the second equation.",
        "It means rearranging until the unknown stands alone on one side.",
    ),
)

_SUBSTITUTE = StepPhrases(
    focus=(
        "What does {equation} become when {variable} is replaced by means of {rule}?",
        "Where does {variable} occur in {equation}, and what can you put there instead?",
        "How can {rule} help you to get an equation in {other_variable} alone?",
        "You know {rule}. What can you write for {variable} in {equation}?",
        "If {variable} is replaced in {equation}, which unknown is left?",
        "Putting {rule} to use, how does {equation} read now?",
        "Which part of {equation} would you swap, thanks to {rule}?",
        "How would you combine {rule} with {equation}?",
        "With brackets where needed, what is {equation} after the replacement?",
        "Using {rule}, how do you remove {variable} from {equation}?",
    ),
    recall=(
        "What does it mean to substitute {rule} into {equation}?",
        "Why may {variable} be replaced by something equal to it, as in {rule}?",
        "When you replace {variable} in {equation}, why can brackets matter?",
        "What is gained when only {other_variable} is left?",
        "Which equation has not been used yet, and how does {rule} enter it?",
    ),
    break_down=(
        "Circle {variable} in {equation}. What does {rule} say it is worth?",
        "Write {equation} with a gap where {variable} was. What goes into the gap?",
        "Keep it as a block in brackets. Which block does {rule} give you for {variable}?",
        "Take it slowly and don't simplify yet. How does {equation} look with the replacement?",
        "Read off {rule} again. What is {variable} the same as?",
    ),
    probe=(
        "Why is it allowed to replace {variable} like that?",
        "Why are there brackets in {result}, or why not?",
        "What has improved compared with {equation}?",
        "How do you know that {result} holds for the solution of the system?",
        "What would you get by putting {rule} back into the equation it came from?",
    ),
    reasons=(
        "Because {rule} says they're the same, so one can stand for the other.",
        "All of it takes the place of {variable}, so I keep it together.",
        "There's only {other_variable} left in it.",
        "The solution fits both equations, so it fits them put together, too.",
        "Something that's always true, so it wouldn't help me.",
    ),
    confirm=(
        "Yes, {result} contains only {other_variable}.",
        "Right, {variable} was replaced by what it equals.",
        "Exactly, {rule} and {equation} are joined in {result}.",
        "You kept what stands for {variable} together as a block, which protects the signs.",
        "That leaves a single unknown, {other_variable}, to find.",
    ),
    nudge=(
        "Look for {variable} in {equation} and put in what {rule} offers.",
        "Use brackets around whatever you put in for {variable}.",
        "Leave {other_variable} as it is and replace only {variable}.",
        "Copy {equation} with a gap for {variable}, then fill it by means of {rule}.",
    ),
    student=(
        "I put it in and get {result}.",
        "So it becomes {result}.",
        "Replacing {variable} gives {result}.",
        "That's {result}, right?",
        "Now there's only {other_variable}: {result}.",
    ),
    ask_concept=(
        "What does substituting mean?",
        "Why can I replace {variable} by something else?",
        "How does putting equations together help?",
    ),
    answers=(
        "It means putting something equal in its place.",
        "Equal things may stand for each other anywhere.",
        "The solution makes both true, and one equation with one unknown can be solved.",
    ),
)

PHRASES: dict[str, StepPhrases] = {
    "systems.match_coefficients": _MATCH,
    "systems.eliminate": _ELIMINATE,
    "systems.isolate": _ISOLATE,
    "systems.substitute": _SUBSTITUTE,
}

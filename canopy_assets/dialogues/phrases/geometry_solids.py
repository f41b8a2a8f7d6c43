"""Phrases for volumes: the base, then the height."""

from __future__ import annotations

from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = {
    "geometry.base_area": StepPhrases(
        focus=(
            "The {shape} stands on a {base_shape}; what is the area of that {base_shape}?",
            "How much surface does the bottom of the {shape} cover, with {measures}?",
            "What shape is the bottom of this {shape}, and how large is its area?",
            "With {measures}, what area does the {base_shape} at the bottom have?",
            "Before the height comes in, how big is the base with {measures}?",
            "How do you find the area of a {base_shape} from {measures}?",
            "If you filled only the bottom layer of the {shape}, what surface would you cover?",
            "Which lengths in the problem belong to the bottom of the {shape}, and which one doesn't?",
            "Looking straight down on the {shape}, which area do you see?",
            "What would the footprint of the {shape} be, using {measures}?",
        ),
        recall=(
            "How is the area of a {base_shape} found?",
            "Which face does the {shape} stand on, and what do you know about its area?",
            "What role does the bottom of a {shape} play for its volume?",
            "Volume is base times height. Which measures give the base of this {shape}?",
            "What do {measures} tell you about the bottom of the {shape}?",
        ),
        break_down=(
            "Forget the height for now. What is the area of the {base_shape} with {measures}?",
            "One layer first, the others follow. How large is the bottom of the {shape}?",
            "It is a flat problem to begin with. What area does a {base_shape} with {measures} have?",
            "Trace around the {shape} on paper. What area is inside the {base_shape} that you get?",
            "Only the floor matters in this step. What does {measures} make of it?",
        ),
        probe=(
            "Why do you begin with the bottom of the {shape}?",
            "What does the area of the {base_shape} count, and why isn't it the volume yet?",
            "How does {result} help you to find the volume?",
            "What does {result} look like on the {shape}?",
            "How did {measures} lead you to {result}?",
        ),
        reasons=(
            "Every layer looks like the bottom, so I need that first.",
            "It counts the squares at the bottom, and the height is still missing.",
            "I take it as often as the height says.",
            "It's the face that it stands on.",
            "I used the area of a {base_shape}.",
        ),
        confirm=(
            "Yes, the {base_shape} at the bottom covers {result}.",
            "{result} is the area that the {shape} stands on.",
            "You used {measures} for the base and left the height aside.",
            "That is the footprint of the {shape}: {result}.",
            "The bottom layer is settled with {result}.",
        ),
        nudge=(
            "Look straight down on the {shape} and find the area of that {base_shape}.",
            "Use {measures} for the bottom and keep the height for later.",
            "The base of this {shape} is a flat {base_shape}.",
            "Start with the layer on which the {shape} stands.",
        ),
        student=(
            "The base has area {result}.",
            "The bottom is {result}.",
            "For the {base_shape} I get {result}.",
            "Its bottom covers {result}.",
            "So the base area is {result}.",
        ),
        ask_concept=(
            "What does the base have to do with volume?",
            "What is the base of a {shape}?",
            "Why do I need an area when the question is about volume?",
        ),
        answers=(
            "A solid like this is its base, repeated all the way up.",
            "The base is the flat face that it stands on.",
            "A volume can be filled layer by layer, and the area tells how much goes into one layer.",
        ),
    ),
    "geometry.stack": StepPhrases(
        focus=(
            "With {base_area} at the bottom and a height of {height}, what is the volume?",
            "How do you get from the base of {base_area} to all that fits into the {shape}?",
            "If the base of {base_area} is repeated up to {height}, how much space is that?",
            "What does the height of {height} do to the {base_area}?",
            "Which operation takes {base_area} and {height} to a volume?",
            "How many layers are there up to {height}, and what do they make together?",
            "Now that the base is {base_area}, how large is the whole {shape}?",
            "Filling the {shape} up to {height}, how much goes in?",
            "What is still missing after {base_area} to know the volume?",
            "Given {base_area} for one layer, where does a height of {height} bring you?",
        ),
        recall=(
            "How are the base area and the height of a {shape} connected with its volume?",
            "What does the volume count inside the {shape}, unit by unit?",
            "What does a base of {base_area} count, and what will the volume of the {shape} count?",
            "How many layers of height one fit into {height}?",
            "If the {shape} were twice as high as {height}, what would happen to its volume?",
        ),
        break_down=(
            "You have one layer. What do you get when it is stacked up to {height}?",
            "The base is done, the height remains. How do {base_area} and {height} go together?",
            "Picture pouring water in, up to {height}. How much stands on a floor of {base_area}?",
            "A single operation is left. What do {base_area} and {height} make?",
            "Begin with a height of one. What is the volume then, and what is it up to {height}?",
        ),
        probe=(
            "Why do you multiply {base_area} by the height?",
            "How do you get back from {result} to {base_area}?",
            "What would the volume be if the {shape} were only half as high?",
            "How could you check that {result} is a sensible size?",
            "How do {base_area} and the height show up in {result}?",
        ),
        reasons=(
            "There's one layer of it for every unit of height.",
            "I divide by the height.",
            "Half as much.",
            "I'd round {base_area} and {height} and multiply in my head.",
            "One layer has {base_area}, and there are as many as the height says.",
        ),
        confirm=(
            "Yes, {base_area} stacked up to {height} makes {result}.",
            "{result} is the volume of the {shape}.",
            "You took the base of {base_area} as often as the height says.",
            "Base times height, and that gives {result}.",
            "Base and height are both in {result} now.",
        ),
        nudge=(
            "Stack layers of {base_area} until you reach a height of {height}.",
            "Let the height of {height} act on the base of {base_area}.",
            "The volume of the {shape} grows in step with its height.",
            "Think of the {base_area} being lifted up to {height} and filling the space.",
        ),
        student=(
            "The volume is {result}.",
            "Base times height is {result}.",
            "{base_area} times the height makes {result}.",
            "So the space inside is {result}.",
            "That gives {result}.",
        ),
        ask_concept=(
            "What does volume measure?",
            "Why is volume base times height?",
            "What are cubic units?",
        ),
        answers=(
            "It counts the unit cubes that fit inside.",
            "Each unit of height adds one more layer like the base.",
            "A cubic unit is a little cube, one unit long, wide and high.",
        ),
    ),
}

"""Last words on a finished problem, and the plainest questions for when nothing else can be said."""

CLOSINGS = (
    "You built that yourself.",
    "That settles {short}.",
    "And every step was yours.",
    "Nothing about {short} was handed to you.",
    "The next one of this kind will go faster.",
    "So {short} is done, from start to finish.",
    "You could explain {short} to somebody now.",
    "Try the same way on the next one.",
    "Keep that way of working.",
    "It was your own reasoning that got there.",
    "Worth remembering for the next one of these.",
    "Nice, steady work.",
    "Notice how few steps {short} needed in the end.",
    "That was the last piece of {short}.",
    "You can trust it, because you worked it out.",
)

LAST_RESORT = (
    "What does {short} ask you to do next?",
    "Which piece of {short} would you look at now?",
    "In {short}, what have you not used yet?",
    "How would you go on with {short}?",
    "What is left to do in {short}?",
    "What are you looking for in {short}, and what would you have to know just before that?",
    "Which sentence or line of {short} do you understand best, and what does it say?",
    "If you told a friend about {short}, what would you say comes first?",
    "What happens first in {short}, and what after that?",
)

"""Questions for how a result came about.

They are asked of right and of wrong results alike, so that neither the student nor the model that is trained can read
off the question which it was. `{claimed}` is the result as the student gave it.
"""

from __future__ import annotations

WORKING = (
    "How did you get to {claimed}?",
    "How did you arrive at {claimed}?",
    "Can you walk me through how {claimed} came about?",
    "Walk me through it: what did you do to get {claimed}?",
    "Tell me more about {claimed}: where does it come from?",
    "Which calculation gave you {claimed}?",
    "What did you work with to get {claimed}?",
    "Show me your way: how does {claimed} come about?",
    "What was the thought behind {claimed}?",
    "Where in {short} did {claimed} come from?",
    "What made you go for {claimed}?",
    "What does {claimed} stand for, and how did you find it?",
    "Before I say anything about {claimed}, how did you work it out?",
    "Say it line by line: how did {claimed} come out?",
    "If a friend asked you where {claimed} comes from, what would you say?",
    "Which parts of {short} did you use for {claimed}?",
    "Which line came first on your way to {claimed}?",
    "Take me along: which step led to {claimed}?",
    "What did you do with what's given to end up with {claimed}?",
    "How would you write down the way to {claimed}?",
    "Some work stands behind {claimed}: which was it?",
    "Explain {claimed} to me as if I hadn't read {short}: where did it start?",
    "Retrace {claimed} for me: what is the line above it?",
    "Which way did you take to {claimed}?",
    "Which idea brought you to {claimed}?",
    "In your own words, how does {claimed} come out of {short}?",
    "With {claimed} on the page, what stands on the line before?",
    "Talk me through the last line: why {claimed}?",
    "From {short} to {claimed}, what happened in between?",
    "In your notes, which line is just above {claimed}?",
)

WAY = (
    "How did you get there from {short}?",
    "Can you walk me through your way so far, beginning with {short}?",
    "What did you do with {short}, line by line?",
)
"""The same of a result that is too long to be named."""

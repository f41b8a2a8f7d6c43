"""A page of biology, and an endpoint without a model that proposes exercises from it and words dialogues about them."""

from __future__ import annotations

import json
import random
import re

from tests.openai_server import Exchange, completion

PAGE = """\
# The cell and its energy

Every living cell is surrounded by a membrane. The membrane is a thin layer of lipids and proteins that decides which
substances enter the cell and which leave it.

Plants make sugar from carbon dioxide and water. This process is called photosynthesis, and it takes place in the
chloroplasts of the leaf. Chlorophyll is the green pigment that absorbs the light. The oxygen that is set free comes
from the water.

Animals and plants both release the energy of sugar in the mitochondria. This process is called cellular respiration.
It uses oxygen and sets free carbon dioxide.
"""
PIGMENT = {
    "statement": "Which pigment in the leaf absorbs the light that a plant uses to make sugar?",
    "answer": "chlorophyll",
    "steps": ["plants make sugar from carbon dioxide and water", "chlorophyll is the pigment that absorbs the light"],
    "topic": "photosynthesis",
    "quote": "Chlorophyll is the green pigment that absorbs the light",
    "misconceptions": [
        {
            "belief": "the membrane takes in the light as it takes in substances",
            "wrong_answer": "the membrane",
            "test": "The membrane is a thin layer of lipids and proteins: does the page say that it is green?",
            "seen": "no, the membrane only decides which substances enter the cell",
        },
        {"belief": "x", "wrong_answer": "Chlorophyll", "test": "is it?", "seen": "no"},
    ],
}
ENERGY = {
    "statement": "What is the process called that releases the energy of sugar in animals and in plants?",
    "answer": "cellular respiration",
    "steps": [
        "animals and plants release the energy of sugar in the mitochondria",
        "unicorns gallop through enchanted forests",
        "this process is called cellular respiration",
    ],
    "topic": "energy",
    "quote": "This process is called cellular respiration",
    "misconceptions": [
        {
            "belief": "every process with sugar is photosynthesis",
            "wrong_answer": "photosynthesis",
            "test": "Photosynthesis makes sugar: could a process that makes sugar also release its energy?",
            "seen": "no, it makes the sugar, so this one has to be another process",
        }
    ],
}
INVENTED = PIGMENT | {"quote": "Chlorophyll reflects the green light of the sun", "statement": "What is green?"}
UNSUPPORTED = ENERGY | {"answer": "fermentation", "statement": "Which process do yeasts use?"}
PROPOSED = [PIGMENT, ENERGY, INVENTED, UNSUPPORTED]

_ASKS = (
    "Which sentence of the page speaks of {a}, and what does it say about {b}?",
    "What does a {kind} need {b} for, when you think of {a}?",
    "If you draw {a} and {b} side by side, which word would you write between them?",
    "Where on the page do {b} and {a} stand together?",
    "What would change for {a} if there were no {b}?",
    "How would you explain to a friend what {a} has to do with {b}?",
    "Read on from {a}: which word comes up next to {b}?",
)
_STUCK = ("no idea, {a} and {b} are all the same to me", "hm, I only remember {a}", "how do I begin with {a} and {b}")


def answers(exchange: Exchange, *, leaks: bool) -> bool:
    """Reply to a request for exercises or for a dialogue.

    Args:
        exchange: the request.
        leaks: whether a tutor asked about `ENERGY` names the answer in the first turn.
    """
    said = [m["content"] for m in exchange.body["messages"]]
    if "Passage:" in said[-1]:
        exchange.send(200, completion(exchange.body, json.dumps({"exercises": PROPOSED})))
        return True
    exchange.send(200, completion(exchange.body, json.dumps(_dialogue(said, exchange.body["seed"], leaks))))
    return True


def _dialogue(said: list[str], seed: int, leaks: bool) -> dict[str, str]:
    plan = said[1]
    asked = re.findall(r'"(turn_\d+_\w+)": "…"\}', said[-1]) if len(said) > 2 else None
    turns = re.findall(r"^  (turn_\d+_(?:student|tutor)): (.+)$", plan, re.MULTILINE)
    rng = random.Random(f"{plan} {seed} {said[-1]}")
    words = {key: _turn(key, told, plan, rng) for key, told in turns}
    answer = re.search(r"^  answer: (.+)$", plan, re.MULTILINE)
    if leaks and answer and "releases the energy" in plan:
        words["turn_2_tutor"] = f"Think of {answer[1]}, which is named on the page. What do animals need sugar for?"
    return {key: words[key] for key in words if asked is None or key in asked}


def _turn(key: str, told: str, plan: str, rng: random.Random) -> str:
    statement = re.search(r"^Problem: (.*)$", plan, re.MULTILINE)
    terms = [w for w in ("sugar", "light", "leaf", "plants", "animals", "energy") if statement and w in statement[1]]
    a, b = rng.sample(terms, 2)
    results = re.findall(r"^  step \d+: (?:.* → )?(.+)$", plan, re.MULTILINE)
    answer = results[-1]
    if key.endswith("student"):
        done = [int(n) for n in re.findall(r"\d+", told.partition("says the result of step")[2])]
        wrong = re.search(r"in words such as: ([^;]+)", told)
        ends = rng.choice(("", "?", ", because of the " + a, ", I guess", ", it says so next to " + b))
        if wrong:
            return f"{wrong[1]}{ends}"
        if done:
            return f"{'; '.join(results[n - 1] for n in done)}{ends}"
        return f"{rng.choice(_STUCK).format(a=a, b=b)}{ends}"
    if told.startswith("confirms"):
        return f"Yes, {answer} it is, and you found it by looking at {a} and {b}." if answer in plan else ""
    test = re.search(r"the test: ([^;]+)", told)
    return test[1] if test else rng.choice(_ASKS).format(a=a, b=b, kind=rng.choice(("plant", "cell", "leaf")))

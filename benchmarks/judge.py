"""Fit the judge of usefulness, and measure how it agrees with people on replies that it has not seen.

    python benchmarks/judge.py ../shared/data            # the tables
    python benchmarks/judge.py ../shared/data --write    # also writes model.json and calibration.json

The rows are tutor replies that two readers rated, of `../shared/data` and of `canopy_assets/review/ratings`.
MRBench's other replies count as sent where people say that they guide, are coherent, can be acted on and do not reveal
the answer (on the rated ones of them this agrees with the readers in 22 of 25 clear cases). Turns of the embedded
teacher, the same turns damaged, the bundled sample chats and GSM8K's sub-questions teach the judge what fits and what
does not; nothing is evaluated on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from judge_corruptions import (
    empty_replies,
    misplaced_phrases,
    sub_questions,
    teacher_and_damaged,
    written_by_hand,
)
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from canopy_assets.review import mrbench
from canopy_assets.review.ratings.rated_replies import load_rated_replies
from canopy_assets.review.usefulness import judge
from canopy_assets.review.usefulness.features import DESCRIPTIONS, features

FOLDS = 8
RIDGE = 3.0
"""Penalty of the squared coefficients, for features scaled to unit variance."""
RAREST = 0.05
"""The least standard deviation that a feature is scaled by, so that a few rows cannot make a coefficient huge."""
THRESHOLD = 0.3
"""The probability from which a reply counts as sent. Chosen on cross-validated probabilities, where sensitivity and
specificity are alike: few replies are sent, and at 0.5 the judge misses a third of them."""
CALIBRATION = judge.MODEL.with_name("calibration.json")
NAMES = tuple(DESCRIPTIONS)
SPEAKS_FOR = frozenset(
    ("confirms_right", "asks_way", "declines", "names_last", "asks", "invites", "addresses", "fits_step", "fits_story")
)
"""Features that can only speak for a reply. Those that are neither here nor in `EITHER` can only speak against it."""
EITHER = frozenset(("no_question", "has_number", "words_of_problem", "understood"))


@dataclass(frozen=True)
class Row:
    """A reply with its rating. `rated` says whether people rated it: the others are for training only."""

    source: str
    problem: str
    answer: str
    conversation: tuple[tuple[str, str], ...]
    reply: str
    sends: float
    weight: float
    rated: bool

    @property
    def group(self) -> str:
        """What must not be split between training and test: the problem, or the conversation where there is none."""
        return (self.problem or " ".join(text for _, text in self.conversation))[:200]


def main() -> None:
    """Print the tables; with --write, store what was fitted on all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "data", type=Path, help="the folder with tutor_replies_rated.jsonl and mrbench_calibration.json"
    )
    parser.add_argument("--write", action="store_true", help="write model.json and calibration.json")
    parser.add_argument("--json", action="store_true", help="print the tables as JSON")
    parser.add_argument("--seed", type=int, default=0, help="of the damaged turns")
    options = parser.parse_args()
    rows = [*rated(options.data), *labelled(options.data), *damaged(options.data, options.seed)]
    fitted = Fitted.of(rows)
    by_problem = fitted.cross_validated()
    tables = {"by problem": table(rows, by_problem), "by source": table(rows, fitted.without_each_source())}
    if options.json:
        print(json.dumps({title: {name: asdict(a) for name, a in t.items()} for title, t in tables.items()}))
    else:
        for title, found in tables.items():
            print_table(title, found)
    if options.write:
        write(fitted, rows, by_problem)


def rated(data: Path) -> list[Row]:
    """Replies that two readers rated."""
    return [
        Row(r.source, r.problem, r.answer, r.conversation, r.reply, float(r.sends), weight(r.source), True)
        for r in (*load_rated_replies([data / "tutor_replies_rated.jsonl"]), *load_rated_replies())
    ]


def weight(source: str) -> float:
    """How much a rated row counts. Replies that were written to look right or wrong are only measured on: what tells
    them apart is beyond these features, and with them the judge learns to trust whatever it does not recognize. Nearly
    all turns of the teacher of plain phrases are sent, and they are alike, so each of them counts less.
    """
    if source.startswith("written"):
        return 0.0
    return 0.3 if source == "embedded teacher, plain phrases" else 1.0


def labelled(data: Path) -> list[Row]:
    """MRBench's replies that nobody rated for this project, with labels turned into a rating."""
    known = {row.reply.strip() for row in rated(data)}
    found = []
    for row in mrbench.labelled_replies(data / "mrbench_calibration.json"):
        sends = _sends(row.labels)
        if sends is None or row.text.strip() in known:
            continue
        turns = tuple(("user" if role == "student" else "assistant", text) for role, text in row.history)
        source = f"MRBench, {row.responder}"
        found.append(Row(source, row.problem, row.solution or "", turns, row.text, sends, 0.4, False))
    return found


def _sends(labels: Mapping[str, str]) -> float | None:
    """1 where people found nothing to object to, 0 where they did, None in between."""
    main = [labels[name] for name in ("Providing_Guidance", "Coherence", "Actionability", "Mistake_Identification")]
    revealing = labels["Revealing_of_the_Answer"].startswith("Yes (and the answer is correct")
    if "No" in main or revealing:
        return 0.0
    return 1.0 if main[:2] == ["Yes", "Yes"] else None


def damaged(data: Path, seed: int) -> list[Row]:
    """Turns of the embedded teacher, GSM8K's sub-questions, and what is damaged or out of place."""
    rng = random.Random(seed)
    found = [Row(s, p, a, c, r, float(y), 0.05, False) for s, p, a, c, r, y in teacher_and_damaged(rng)]
    found += [Row("sample chats", p, a, c, r, 1.0, 0.05, False) for p, a, c, r in written_by_hand()]
    for p, a, c, r, y in sub_questions(data / "gsm8k_socratic_500.jsonl", rng):
        found.append(Row("GSM8K" if y else "damaged", p, a, c, r, float(y), 0.05, False))
    talks = {row.conversation: (row.problem, row.conversation) for row in labelled(data)}
    for p, c, r in misplaced_phrases(talks.values(), rng):
        found.append(Row("damaged", p, "", c, r, 0.0, 1.5, False))
    talks |= {row.conversation: (row.problem, row.conversation) for row in found[:: len(found) // 300]}
    answers = {row.problem: row.answer for row in found}
    for p, c, r in empty_replies(talks.values(), rng):
        found.append(Row("damaged", p, answers.get(p, ""), c, r, 0.0, 0.15, False))
    return found


@dataclass(frozen=True)
class Fitted:
    """Rows with their features, shape (rows, features)."""

    rows: Sequence[Row]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Fitted:
        """Compute the features of all rows."""
        found = [
            features(row.reply, problem=row.problem, answer=row.answer, conversation=row.conversation) for row in rows
        ]
        return cls(rows, np.array([[f[name] for name in NAMES] for f in found]))

    def coefficients(self, use: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The intercept and the coefficients fitted on the rows in `use`."""
        sends = np.array([row.sends for row in self.rows])
        weights = np.array([row.weight for row in self.rows])
        return logistic(self.values[use], sends[use], weights[use])

    def probabilities(self, fitted: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of each row under fitted coefficients."""
        return expit(fitted[0] + self.values @ fitted[1:])

    def cross_validated(self) -> NDArray[np.float64]:
        """Each row's probability from models that saw no row of its problem."""
        folds = np.array([int(hashlib.sha256(row.group.encode()).hexdigest(), 16) % FOLDS for row in self.rows])
        return self._held_out(folds, range(FOLDS))

    def without_each_source(self) -> NDArray[np.float64]:
        """Each row's probability from models that saw no row of its kind of source."""
        kinds = np.array([kind(row.source) for row in self.rows])
        return self._held_out(kinds, sorted(set(kinds)))

    def _held_out(self, parts: NDArray[np.generic], names: Iterable[object]) -> NDArray[np.float64]:
        found = np.zeros(len(self.rows))
        for name in names:
            out = parts == name
            found[out] = self.probabilities(self.coefficients(~out))[out]
        return found


def kind(source: str) -> str:
    """Sources that are left out together: all adapters, all human experts, and so on."""
    for name in ("adapter", "expert", "teacher", "written", "damaged"):
        if name in source.lower():
            return name
    return source


def logistic(
    values: NDArray[np.float64], sends: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Ridge logistic regression: the intercept, then a coefficient for each column of `values`.

    A coefficient may only point where its feature's meaning does: giving the answer away never speaks for a reply,
    however few such replies there are in the data.
    """
    scale = np.maximum(values.std(0), RAREST)
    design = np.c_[np.ones(len(values)), values / scale]
    ridge = np.r_[0.0, np.full(len(NAMES), RIDGE)]

    def loss(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = design @ vector
        error = weights * (expit(logits) - sends)
        value = weights @ (np.logaddexp(0, logits) - sends * logits) + 0.5 * ridge @ vector**2
        return float(value), design.T @ error + ridge * vector

    bounds = [(None, None), *(_bounds(name) for name in NAMES)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.r_[found[0], found[1:] / scale]


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in EITHER:
        return None, None
    return (0.0, None) if name in SPEAKS_FOR else (None, 0.0)


@dataclass(frozen=True)
class Agreement:
    """How a judge agrees with readers; a figure is None where there is nothing to compute it from."""

    n: int
    sent: float
    judged: float
    sensitivity: float | None
    specificity: float | None
    kappa: float | None

    @classmethod
    def of(cls, sends: NDArray[np.bool_], says: NDArray[np.bool_]) -> Agreement:
        """The agreement of what the judge says with what the readers do, shape (rows,) each."""
        sent, judged = float(sends.mean()), float(says.mean())
        chance = sent * judged + (1 - sent) * (1 - judged)
        return cls(
            len(sends),
            sent,
            judged,
            float(says[sends].mean()) if sends.any() else None,
            float((~says[~sends]).mean()) if not sends.all() else None,
            float(((sends == says).mean() - chance) / (1 - chance)) if chance < 1 else None,
        )


def table(rows: Sequence[Row], probabilities: NDArray[np.float64]) -> dict[str, Agreement]:
    """Agreement with the readers, for all rated rows, for all adapters and experts, and by source."""
    groups: dict[str, Callable[[Row], bool]] = {
        "all": lambda row: not row.source.startswith("written"),
        "all adapters": lambda row: kind(row.source) == "adapter",
        "all experts": lambda row: kind(row.source) == "expert",
    }
    for name in sorted({row.source for row in rows if row.rated}):
        groups[name] = lambda row, name=name: row.source == name
    found = {}
    for name, belongs in groups.items():
        some = [i for i, row in enumerate(rows) if row.rated and belongs(row)]
        sends = np.array([rows[i].sends > 0.5 for i in some])
        found[name] = Agreement.of(sends, probabilities[some] >= THRESHOLD)
    return found


def print_table(title: str, found: Mapping[str, Agreement]) -> None:
    """One table as Markdown."""
    print(f"\n{title}: rated replies, judged by models that saw none of the same {title.rpartition(' ')[2]}\n")
    print("| source | n | sent by readers | by the judge | sensitivity | specificity | kappa |")
    print("|---|---|---|---|---|---|---|")
    for name, a in found.items():
        figures = " | ".join("–" if x is None else f"{x:.2f}" for x in (a.sensitivity, a.specificity, a.kappa))
        print(f"| {name} | {a.n} | {a.sent:.0%} | {a.judged:.0%} | {figures} |")


def write(fitted: Fitted, rows: Sequence[Row], by_problem: NDArray[np.float64]) -> None:
    """Store the models fitted on all rows, and the judge's errors on rows that it had not seen."""
    final = fitted.coefficients(np.ones(len(rows), dtype=bool))
    model = {
        "intercept": round(float(final[0]), 4),
        "threshold": THRESHOLD,
        "coefficients": {n: round(float(c), 4) for n, c in zip(NAMES, final[1:], strict=True) if abs(c) > 5e-5},
    }
    judge.MODEL.write_text(json.dumps(model, indent=1) + "\n")
    some = [i for i, row in enumerate(rows) if row.rated and not row.source.startswith("written")]
    truth, says = np.array([rows[i].sends > 0.5 for i in some]), by_problem[some] >= THRESHOLD
    errors = {
        "source": f"{len(some)} replies that two readers rated; cross-validated by problem (benchmarks/judge.py)",
        "sensitivity": [int(says[truth].sum()), int(truth.sum())],
        "specificity": [int((~says[~truth]).sum()), int((~truth).sum())],
    }
    CALIBRATION.write_text(json.dumps(errors, indent=1) + "\n")
    print(f"\nwritten: {judge.MODEL}, {CALIBRATION}")


if __name__ == "__main__":
    main()

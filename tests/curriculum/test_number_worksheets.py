"""Problems in the manner of public worksheets: never a wrong answer, and most of them are read."""

from __future__ import annotations

from canopy_assets.curriculum.registry import recognise
from canopy_assets.maths.answers import equivalent, infer_kind
from tests.curriculum.worksheet_statements import STATEMENTS

LEAST_READ = 0.75


def test_no_worksheet_statement_is_answered_wrongly_and_most_are_answered() -> None:
    right, wrong = 0, []
    for statement, answer in STATEMENTS:
        solution = recognise(statement)
        if solution is None:
            continue
        kinds = (solution.answer_kind, infer_kind(answer or ""))
        if answer is not None and any(equivalent(solution.answer, answer, kind) for kind in kinds):
            right += 1
        else:
            wrong.append((statement, solution.answer))
    assert wrong == []
    assert right >= LEAST_READ * sum(answer is not None for _, answer in STATEMENTS)

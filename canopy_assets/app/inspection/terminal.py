"""An inspected file on the terminal: its lines with their classes, its problems as they are read, and a summary."""

from __future__ import annotations

from typing import Any

from canopy_assets.app.inspection.inspecting import Inspection
from canopy_assets.app.status import refusal_line, unexplained_lines
from canopy_assets.records import Exercise
from canopy_assets.seeds.exercises.prose.lines import LineClass
from canopy_assets.seeds.findings import refusals

_STYLES: dict[LineClass, str] = {
    "problem": "bold",
    "part": "",
    "guidance": "cyan",
    "answer": "green",
    "prose": "dim",
    "unexplained": "yellow",
}


def print_inspection(found: Inspection) -> None:
    """Print the lines, the problems and a summary to standard output."""
    from rich.console import Console

    console = Console(highlight=False)
    if found.lines:
        console.print(_lines(found))
    if found.problems:
        console.print(_problems(found))
    console.print(in_a_line(found), markup=False)
    for refused in refusals(found.problems):
        console.print(f"  {refusal_line(refused)}", markup=False)


def in_a_line(found: Inspection) -> str:
    """What was found, in a line: "sheet.md: 8 problems, 6 verified, 1 unexplained line (line 74)"."""
    name = found.document.name
    if found.document.kind == "chats":
        chats, remarks = _counted(len(found.dialogues), "chat"), _counted(len(found.problems), "row")
        return f"{name}: {chats}, {remarks} with a remark"
    text = f"{name}: {_counted(len(found.problems), 'problem')}, {found.verified} verified"
    if not found.lines:
        return text
    unexplained = unexplained_lines([line for line, _ in found.unused.unexplained], found.unused.classes)
    return f"{text}; unexplained lines: {unexplained}"


def reading(exercise: Exercise) -> str:
    """The answer of an exercise and how it was found, or why there is none."""
    if not exercise.verified:
        return f"not verified: {exercise.verification}"
    return f"{answer(exercise)}: {exercise.verification}"


def answer(exercise: Exercise) -> str:
    """The answer of a verified exercise, with its unit."""
    text = exercise.answer or ""
    return text if not exercise.unit or exercise.unit in text else f"{text} {exercise.unit}"


def _lines(found: Inspection) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table("line", "what it is", "text", box=None, padding=(0, 1))
    for line in found.lines:
        style = _STYLES[line.kind]
        table.add_row(str(line.number), Text(line.kind, style), Text(line.text, style))
    return table


def _problems(found: Inspection) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table("line", "problem", "answer, or why there is none", "guidance", title="problems", title_justify="left")
    exercises = {(e.span.line_start, e.statement): e for e in found.exercises}
    for problem in found.problems:
        exercise = exercises.get((problem.line, problem.text))
        said = reading(exercise) if exercise else f"refused: {problem.reason}"
        hints = "\n".join(exercise.hints) if exercise else ""
        style = "" if problem.verified else "yellow"
        table.add_row(str(problem.line), Text(problem.text), Text(said, style), Text(hints))
    return table


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"

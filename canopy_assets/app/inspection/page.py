"""An inspected file as one HTML page without scripts and foreign resources; its formulas are MathML."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from canopy_assets.app.inspection.inspecting import Inspection
from canopy_assets.app.inspection.terminal import answer
from canopy_assets.maths.mathml import html_of
from canopy_assets.maths.typography import latex_to_unicode, split_formulas
from canopy_assets.seeds.exercises.prose.lines import LINE_CLASSES
from canopy_assets.seeds.findings import refusals
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.tree import pandoc

_SECONDS = 20.0
_MAX_FORMULAS = 5_000
"""Of so many formulas MathML is made, in one call of pandoc; further ones are written with Unicode's signs."""


def write(found: Inspection, path: Path) -> None:
    """Write the page.

    Raises:
        OSError: the page cannot be written, or there is something at the path that is not a page.
    """
    if path.exists() and path.suffix.lower() not in (".html", ".htm"):
        raise FileExistsError(f"{path} exists and is no HTML page: give a name that ends in .html")
    path.write_text(render(found), encoding="utf-8")


def render(found: Inspection) -> str:
    """The page: a summary, the problems as they are read, and the document with the class of each line."""
    shown = _with_mathml([line.text for line in found.lines])
    lines = [(line, text) for line, text in zip(found.lines, shown, strict=True)]
    exercises = {(e.span.line_start, e.statement): e for e in found.exercises}
    problems = [(problem, exercises.get((problem.line, problem.text))) for problem in found.problems]
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            found=found,
            counts=_counts(found),
            problems=problems,
            refusals=refusals(found.problems),
            lines=lines,
            classes=[(kind, found.unused.classes[kind]) for kind in LINE_CLASSES if kind in found.unused.classes],
            answer=answer,
        )
    )


def _counts(found: Inspection) -> list[tuple[int, str]]:
    """How many there are of what, for the head of the page."""
    if found.document.kind == "chats":
        counts = [(len(found.dialogues), "chats"), (len(found.problems), "remarks")]
    else:
        counts = [(len(found.problems), "problems"), (found.verified, "with a verified answer")]
    if found.lines:
        counts.append((found.unused.classes.get("unexplained", 0), "unexplained lines"))
    return [(count, what.removesuffix("s") if count == 1 else what) for count, what in counts]


def _with_mathml(texts: Iterable[str]) -> list[str]:
    """Each text as HTML, with MathML where it has LaTeX."""
    pieces = [split_formulas(text) for text in texts]
    formulas = [piece for text in pieces for piece, is_formula in text if is_formula]
    try:
        shown = iter(pandoc.mathml([_bare(f) for f in formulas[:_MAX_FORMULAS]], seconds=_SECONDS))
    except UnreadableError:
        shown = iter(())
    return ["".join(_piece(piece, shown if is_formula else None) for piece, is_formula in text) for text in pieces]


def _piece(piece: str, formulas: Any) -> str:
    made = next(formulas, None) if formulas is not None else None
    return made if made is not None else html.escape(latex_to_unicode(piece) if formulas is not None else piece)


def _bare(formula: str) -> tuple[str, bool]:
    """A formula without the signs around it, and whether it stands on a line of its own."""
    if formula.startswith("$$") or formula.startswith("\\["):
        return formula[2:-2].strip(), True
    return (formula[1:-1] if formula.startswith("$") else formula[2:-2]).strip(), False


def _environment() -> Any:
    """Jinja's environment. It escapes every value, and a value that is missing is an error."""
    import jinja2
    import markupsafe

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["math"] = lambda text: markupsafe.Markup(html_of(latex_to_unicode(text)))
    return environment

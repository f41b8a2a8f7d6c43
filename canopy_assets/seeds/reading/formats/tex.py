r"""Reads LaTeX sources. The environments of the exam class and those that courses define become labels and lists."""

from __future__ import annotations

import re

from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.formats.light_markup import MAX_CHARACTERS
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

_LABELS = {
    "exercise": "Exercise", "exercises": "Exercise", "ex": "Exercise", "problem": "Problem", "prob": "Problem",
    "question": "Question", "example": "Example", "task": "Task", "solution": "Solution", "sol": "Solution",
    "answer": "Answer", "hint": "Hint", "tutor": "Guidance", "guidance": "Guidance",
}  # fmt: skip
_OPTION = r"(?:\s*\[[^\]]*\])?"


def to_markdown(data: bytes, seconds: float, extension: str = ".tex") -> str:
    """A LaTeX source as Markdown.

    Raises:
        UnreadableError: it is not well-formed, or too large.
    """
    if len(data) > MAX_CHARACTERS:
        raise UnreadableError(f"it has over {MAX_CHARACTERS >> 20} million characters: split it")
    source = _with_labels(_with_lists(data.decode()))
    return Printer().document(pandoc.read(source.encode(), "latex+raw_tex", seconds=seconds))


def _with_lists(source: str) -> str:
    r"""The questions and parts of the exam class as lists: `\question[3]` is an item."""
    if not re.search(r"\\begin\s*\{(questions|parts|subparts)\}", source):
        return source
    source = re.sub(r"\\(begin|end)\s*\{(?:questions|parts|subparts)\}", r"\\\1{enumerate}", source)
    return re.sub(
        rf"\\(?:question|part|subpart|titledquestion\s*\{{[^{{}}]*\}})(?![A-Za-z]){_OPTION}", r"\\item ", source
    )


def _with_labels(source: str) -> str:
    """Environments of exercises as paragraphs under a label, unless the source defines how they are numbered."""
    for name, label in _LABELS.items():
        if not re.search(rf"\\newtheorem\*?\s*\{{{name}\}}", source):
            source = re.sub(rf"\\begin\s*\{{{name}\*?\}}{_OPTION}", rf"\n\n{label}: ", source)
            source = re.sub(rf"\\end\s*\{{{name}\*?\}}", "\n\n", source)
    return source

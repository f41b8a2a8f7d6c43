"""Runs pandoc, the program that reads most document formats, as a process of its own with limits.

`--sandbox` keeps it from reading other files and from the network. Its heap is limited, it dies with its parent, and it
gets its document on standard input.
"""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from canopy_assets.compute.orphans import die_with_parent
from canopy_assets.seeds.reading.decoding import UnreadableError

HEAP_MEGABYTES = 400
"""Limit on pandoc's heap. 20,000 paragraphs of a Word file need 150 MB."""

_HEAP_EXHAUSTED = 251
_CUT = "<!--cut-->"
"""What stands after each formula in the HTML that pandoc prints."""


def read(data: bytes, reader: str, *, seconds: float) -> list[Any]:
    """The blocks of a document, in pandoc's JSON form.

    Args:
        data: the document.
        reader: pandoc's name of the format, with extensions ("html+tex_math_dollars").
        seconds: limit on its processor time, which the worker sets.

    Raises:
        UnreadableError: it is damaged, or takes too long or too much memory.
    """
    # The worker's limit on processor time holds for pandoc as well; by the clock, a busy machine may need longer.
    printed = _run([f"--from={reader}", "--to=json"], data, seconds, patience=4)
    try:
        return json.loads(printed)["blocks"]
    except RecursionError:
        raise UnreadableError("it is nested too deeply: simplify the document") from None


def mathml(formulas: Sequence[tuple[str, bool]], *, seconds: float) -> list[str]:
    """LaTeX formulas as HTML with MathML, in their order. One that pandoc cannot convert is shown as its LaTeX.

    Args:
        formulas: the LaTeX of each, without its dollar signs, and whether it stands on a line of its own.
        seconds: wall-clock limit.

    Raises:
        UnreadableError: pandoc is not installed, or takes too long or too much memory.
    """
    cut = {"t": "RawBlock", "c": ["html", _CUT]}
    kinds = {True: {"t": "DisplayMath"}, False: {"t": "InlineMath"}}
    blocks = [b for tex, own in formulas for b in ({"t": "Plain", "c": [{"t": "Math", "c": [kinds[own], tex]}]}, cut)]
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    printed = _run(["--from=json", "--to=html5", "--mathml", "--wrap=none"], json.dumps(tree).encode(), seconds)
    return [part.strip() for part in printed.decode().split(_CUT)[: len(formulas)]]


def _run(arguments: list[str], data: bytes, seconds: float, *, patience: float = 1) -> bytes:
    """What pandoc prints, given a document on its standard input, within `patience` times the seconds by the clock."""
    too_long = f"reading it took longer than {seconds:g} s: split or simplify the document"
    command = [str(program()), "+RTS", f"-M{HEAP_MEGABYTES}m", "-RTS", "--sandbox", *arguments]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=seconds * patience,
            check=False,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(too_long) from None
    if done.returncode == -getattr(signal, "SIGXCPU", 0):
        raise UnreadableError(too_long)
    if done.returncode == _HEAP_EXHAUSTED:
        raise UnreadableError(f"it needs more than {HEAP_MEGABYTES} MB to be read: split the document")
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise UnreadableError(f"it is damaged ({said or f'exit status {done.returncode}'}): save or export it again")
    return done.stdout


def program() -> Path:
    """The program inside the wheel pypandoc_binary, which is not imported for that."""
    found = importlib.util.find_spec("pypandoc")
    folder = Path(found.origin).parent / "files" if found and found.origin else Path()
    found_program = next((p for p in (folder / "pandoc", folder / "pandoc.exe") if p.is_file()), None)
    if found_program is None:
        raise UnreadableError("pandoc is not installed: run pip install pypandoc_binary")
    return found_program


MARK = re.compile("\ue0f0([0-9]{1,6})\ue0f1")
"""What stands for a formula in a document that pandoc reads: it is not to touch the formula itself."""


def mark(number: int) -> str:
    """The text that stands for a formula."""
    return f"\ue0f0{number}\ue0f1"

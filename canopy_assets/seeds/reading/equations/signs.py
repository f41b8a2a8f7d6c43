"""Characters and words of an equation as LaTeX, for all formats."""

from __future__ import annotations

import re
import unicodedata

from canopy_assets.maths.notation.symbols import FUNCTIONS

_SPECIAL = {"{": r"\{", "}": r"\}", "%": r"\%", "$": r"\$", "#": r"\#", "&": r"\&", "_": r"\_", "\\": r"\backslash ",
            "~": r"\sim ", "∣": "|", "￼": "\ufffc"}  # fmt: skip
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\u200c\u200d\u2060\ufeff"))
_ACCENTS = {"→": "vec", "⃗": "vec", "^": "hat", "̂": "hat", "¯": "overline", "‾": "overline", "̅": "overline",
            "̄": "overline", "_": "overline", "˜": "tilde", "~": "tilde", "̃": "tilde", "˙": "dot",
            "̇": "dot"}  # fmt: skip
_LETTERS = re.compile("[A-Za-z]{2,}")


class EquationError(ValueError):
    """An equation that cannot be read as a whole; the message names the part."""


def characters(text: str) -> str:
    """Characters of a formula as LaTeX: letters are variables, names of functions become commands."""
    text = _folded(text)
    latex = "".join(_SPECIAL.get(c, c) for c in text)
    return _LETTERS.sub(lambda m: f"\\{m[0]} " if m[0] in FUNCTIONS else m[0], latex)


def words(text: str) -> str:
    """Upright text of a formula as LaTeX: a name of a function, or words."""
    text = _folded(text)
    if text.strip() in FUNCTIONS:
        return f"\\{text.strip()} "
    if not _LETTERS.search(text):
        return characters(text)
    if re.search(r"[{}\\$]", text):
        raise EquationError("a text with brackets or signs of LaTeX")
    return f"\\text{{{text.replace('%', chr(92) + '%')}}}"


def accent(sign: str, content: str) -> str:
    """Content with an accent over it."""
    name = _ACCENTS.get(sign.strip())
    if name is None:
        raise EquationError(f"the accent {sign!r}")
    return f"\\{name}{{{content}}}"


def delimiter(sign: str) -> str:
    """A bracket after `\\left` or `\\right`."""
    return {"{": r"\{", "}": r"\}", "": ".", "∥": r"\|", "‖": r"\|", "∣": "|"}.get(sign, sign)


def _folded(text: str) -> str:
    """Text with mathematical italics and the like as plain letters, and without invisible operators."""
    plain = "".join(unicodedata.normalize("NFKC", c) if 0x1D400 <= ord(c) <= 0x1D7FF or c == "ℎ" else c for c in text)
    return plain.translate(_INVISIBLE).replace("\u00a0", " ")

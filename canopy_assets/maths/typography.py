"""Typesets text that authors typed, for display: LaTeX, Markdown marks and ASCII operators become Unicode.

The opposite direction, one ASCII spelling for comparing texts, is in `maths.canonical`. `maths.formatting` writes the
numbers and expressions that the code computes.
"""

from __future__ import annotations

import re

from canopy_assets.maths.glyphs import TO_SUPERSCRIPT

_COMMANDS = {
    "cdot": "·", "times": "×", "div": "÷", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "lt": "<", "gt": ">",
    "neq": "≠", "ne": "≠", "pm": "±", "pi": "π", "theta": "θ", "infty": "∞", "to": "→", "rightarrow": "→",
    "approx": "≈", "quad": " ", "qquad": " ", "left": "", "right": "", "displaystyle": "", "limits": "",
    "dfrac": "\\frac", "tfrac": "\\frac", "det": "det ", "lim": "lim ", "sin": "sin ", "cos": "cos ", "tan": "tan ",
    "ln": "ln ", "log": "log ", "exp": "exp ", "degree": "°", "prime": "'",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])")
_INLINE_MATH = re.compile(
    r"""
    \$\$(.{1,400}?)\$\$
    | (?<![\w\\$])\$(?=\S)([^$\n]{1,300}?)(?<=[^\s\\])\$(?![\d$])  # $…$, but not from one price to the next
    | \\\((.{1,400}?)\\\)
    | \\\[(.{1,400}?)\\\]
    """,
    re.DOTALL | re.VERBOSE,
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"""
    (?<![\w*)])([*_])(?=[^\s*_])  # no product: the sign stands after a space or a bracket that opens
    ([^*_\n]+?)
    (?<=[^\s*_])\1(?![\w*(])
    """,
    re.VERBOSE,
)
_MINUS_BETWEEN = re.compile(r"(?<=[\d)²³xyz%])(\s*)[-–](\s*)(?=[$\d(.]|[a-z]\b)")
_MINUS_SIGN = re.compile(r"(^|[=(<>≤≥,+×÷·]\s*|\s)-(?=[$\d.]|[a-z]\b)")
_TIMES = re.compile(r"(?<=[\d)%.a-z])(\s*)\*(\s*)(?=[$\d(.a-z])")
_POWER = re.compile(r"\^\(?(\d{1,2})\)?(?![\d.)])")


def latex_to_unicode(text: str) -> str:
    r"""Text with LaTeX such as `$\frac{3}{4}x^{2} \le 5$` written as `3/4x^2 ≤ 5`; a price ("$40") is left alone."""
    return _INLINE_MATH.sub(lambda m: _from_latex(next(g for g in m.groups() if g is not None)), text)


def without_markdown(text: str) -> str:
    """Text without Markdown emphasis, code marks, links, pictures, escapes, and with single spaces."""
    text = re.sub(r"!\[[^\]]*\]\([^)\s]*\)", " ", text)
    text = re.sub(r"\[([^\]]+)\]\([^)\s]*\)", r"\1", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    text = re.sub(r"`+([^`]*)`+", r"\1", text)
    text = re.sub(r"</?u>|<br\s*/?>", " ", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!<>|~-])", r"\1", text)
    return " ".join(text.split())


def typeset(text: str) -> str:
    """Display text: − for a minus between or before numbers and letters, × for *, ² for ^2."""
    text = _MINUS_SIGN.sub(r"\1−", _MINUS_BETWEEN.sub(r"\1−\2", text))
    text = _TIMES.sub(r"\1×\2", text)
    return _POWER.sub(lambda m: m[1].translate(TO_SUPERSCRIPT), text)


def _from_latex(source: str) -> str:
    text = source.strip()
    for _ in range(4):  # four levels of nesting are more than a course needs
        text = _COMMAND.sub(lambda m: _COMMANDS.get(m[1], m[0]), text)
        text = re.sub(r"\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", _fraction, text)
        text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\\(?:text|mathrm|operatorname|mathbf)\s*\{([^{}]*)\}", r" \1 ", text)
        text = re.sub(
            r"([\^_])\{([^{}]*)\}", lambda m: m[1] + (m[2] if re.fullmatch(r"\w+", m[2]) else f"({m[2]})"), text
        )
    text = text.replace("\\%", "%").replace("\\$", "$").replace("\\{", "{").replace("\\}", "}")
    return " ".join(re.sub(r"\\[,;:! ]", " ", text).split())


def _fraction(match: re.Match[str]) -> str:
    above, below = (part if re.fullmatch(r"[\w.]+", part) else f"({part})" for part in match.groups())
    return f"{above}/{below}"

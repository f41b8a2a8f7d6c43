r"""Prints LaTeX mathematics as plain text on one line: `\frac{x+1}{2} \le 2^{3y}` is "(x+1)/2 ≤ 2^(3y)".

Brackets are added wherever the line would otherwise be read differently: `\frac{1}{2}x` is "(1/2)x", `x^{2}3` is
"x^2·3". What cannot be written on a line without changing its meaning raises `LatexError`; nothing is dropped silently.
"""

from canopy_assets.maths.latex.joining import LatexError
from canopy_assets.maths.latex.parser import plain

__all__ = ["LatexError", "plain"]

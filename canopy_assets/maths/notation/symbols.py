"""What LaTeX commands look like in plain text: symbols, letters, functions, and commands that only change the looks."""

from __future__ import annotations

SYMBOLS = {
    "cdot": "·", "times": "×", "ast": "*", "div": "÷", "pm": "±", "mp": "∓", "le": "≤", "leq": "≤", "leqslant": "≤",
    "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<", "gt": ">", "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡",
    "sim": "∼", "cong": "≅", "propto": "∝", "infty": "∞", "to": "→", "rightarrow": "→", "longrightarrow": "→",
    "leftarrow": "←", "Rightarrow": "⇒", "implies": "⇒", "Longrightarrow": "⇒", "iff": "⇔", "Leftrightarrow": "⇔",
    "leftrightarrow": "↔", "mapsto": "↦", "circ": "∘", "degree": "°", "prime": "'", "in": "∈", "notin": "∉",
    "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "setminus": "∖", "emptyset": "∅", "varnothing": "∅",
    "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "parallel": "∥",
    "perp": "⊥", "angle": "∠", "triangle": "△", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "ldots": "…", "dots": "…",
    "cdots": "…", "dotsc": "…", "dotsb": "…", "forall": "∀", "exists": "∃", "partial": "∂", "nabla": "∇", "colon": ":",
    "therefore": "∴", "because": "∵", "neg": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "euro": "€",
    "pounds": "£", "textdollar": "$", "backslash": "\\", "ell": "ℓ", "cent": "¢", "checkmark": "✓", "minus": "−",
}  # fmt: skip
"""Commands that stand for one sign."""

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log", "lg",
    "exp", "det", "lim", "max", "min", "gcd", "lcm", "arg", "dim", "ker", "deg", "sup", "inf", "mod",
})  # fmt: skip
LARGE_OPERATORS = {"int": "∫", "iint": "∬", "oint": "∮", "sum": "∑", "prod": "∏", "bigcup": "⋃", "bigcap": "⋂"}

SPACES = {" ": " ", ",": " ", ";": " ", ":": " ", ">": " ", "!": "", "/": "", "quad": " ", "qquad": " ", "enspace": " ",
          "thinspace": " ", "space": " ", "nobreakspace": " ", "-": ""}  # fmt: skip

IGNORED = frozenset({
    "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle", "limits", "nolimits", "nonumber", "notag",
    "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "bigm", "middle",
    "rm", "bf", "it", "sf", "tt", "normalsize", "small", "large", "Large", "mathstrut", "strut", "relax",
    "allowbreak", "centering", "noindent", "par", "bfseries", "itshape", "boldmath",
})  # fmt: skip
"""Commands without an argument that only change the looks."""

IGNORED_WITH_ARGUMENT = frozenset({
    "label", "tag", "hspace", "vspace", "phantom", "hphantom", "vphantom", "color", "mspace", "hskip", "kern",
})  # fmt: skip
"""Commands whose argument is not shown."""

WRAPPERS = frozenset({
    "mathbf", "mathit", "boldsymbol", "bm", "mathsf", "mathtt", "mathcal", "mathscr", "boxed", "fbox", "mathop",
    "mathbin", "mathrel", "mathord", "mathopen", "mathclose", "mathinner", "smash", "ensuremath", "pmb", "underline",
    "textcolor", "colorbox", "underbrace", "overbrace",
})  # fmt: skip
"""Commands that show their last argument as it is."""

TEXT_COMMANDS = frozenset({
    "text", "textrm", "textnormal", "textit", "textbf", "texttt", "textsf", "mathrm", "operatorname", "mbox", "hbox",
    "operatorname*", "emph", "textup",
})  # fmt: skip

ACCENTS = {"vec": "\u20d7", "overrightarrow": "\u20d7", "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303",
           "dot": "\u0307", "ddot": "\u0308", "widehat": "\u0302", "widetilde": "\u0303"}  # fmt: skip

BLACKBOARD = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ"}

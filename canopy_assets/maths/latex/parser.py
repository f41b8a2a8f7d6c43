"""Reads LaTeX token by token."""

from __future__ import annotations

import re

from canopy_assets.maths.latex.joining import (
    LatexError,
    Piece,
    character,
    fraction,
    joined,
    kind_of_sign,
    scripted,
    words,
)
from canopy_assets.maths.layout import laid_out
from canopy_assets.maths.notation import symbols
from canopy_assets.maths.notation.lexer import AmbiguousError, ExpressionError

MAX_CHARACTERS = 2_000
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|\d+(?:\{,\}\d+|\.\d+)*|\s+|.", re.DOTALL
)
_ROWS = {"align", "aligned", "alignat", "alignedat", "gather", "gathered", "split", "eqnarray", "equation", "multline",
         "cases", "displaymath", "math", "dcases", "rcases", "flalign"}  # fmt: skip
_MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "smallmatrix", "array"}
_RELATION = re.compile(r"\s*[=<>≤≥≈≠⇒⇔→]")


def plain(source: str) -> str:
    r"""LaTeX mathematics (without `$`) as one line of plain text.

    Raises:
        LatexError: an unknown command, an unbalanced bracket, or a form that has no unambiguous line of text.
    """
    if len(source) > MAX_CHARACTERS:
        raise LatexError(f"a formula may have at most {MAX_CHARACTERS} characters")
    source = re.sub(r"(?<!\\)%[^\n]*", "", source)
    try:
        return laid_out(source, latex=True)
    except AmbiguousError as error:
        unclear = error
    except ExpressionError:  # not an expression or relation alone: prose, a system, a limit
        unclear = None
    parser = _Parser(_TOKEN.findall(source))
    text = " ".join(parser.rows(()).split())
    if parser.position < len(parser.tokens):
        raise LatexError(f"{parser.tokens[parser.position]!r} has no beginning")
    if unclear and _can_be_read(text):
        raise LatexError(str(unclear))
    return text


def _can_be_read(line: str) -> bool:
    try:
        laid_out(line)
    except ExpressionError:
        return False
    return True


class _Parser:
    """Reads tokens one after the other.

    Attributes:
        position: index of the next token.
        depth: how many groups are open.
    """

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    def rows(self, ends: tuple[str, ...]) -> str:
        r"""Lines that `\\` separates, up to a token of `ends`: a chain of relations stays one, equations get commas."""
        lines: list[str] = []
        while True:
            cells = self._cells((*ends, "\\\\"))
            if len(cells) > 1 and not _RELATION.match(cells[1]) and "".join(cells[1:]).strip():
                raise LatexError("a formula in columns cannot be written on one line")
            line = " ".join(" ".join(cells).split())
            if line:
                lines.append(line)
            if self._peek() != "\\\\":
                break
            self.position += 1
        text = ""
        for line in lines:
            if text and not _RELATION.match(line) and not text.endswith((",", ";", "+", "−", "-", "=")):
                text += ","
            text += f" {line}"
        return text.strip()

    def _cells(self, ends: tuple[str, ...]) -> list[str]:
        cells = [self._line((*ends, "&"))]
        while self._peek() == "&":
            self.position += 1
            cells.append(self._line((*ends, "&")))
        return cells

    def _line(self, ends: tuple[str, ...]) -> str:
        return joined(self._pieces(ends))

    def _pieces(self, ends: tuple[str, ...]) -> list[Piece]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LatexError("it is nested too deeply")
        pieces: list[Piece] = []
        while (token := self._peek()) is not None and token not in ends:
            if token in ("}", "&", "\\\\") or token.startswith("\\end"):
                break
            if token in ("\\over", "\\choose", "\\atop"):
                if token != "\\over":
                    raise LatexError(f"{token} cannot be written on one line")
                self.position += 1
                pieces = [fraction(pieces, self._pieces(ends))]
                break
            self.position += 1
            self._take(token, pieces)
        self.depth -= 1
        return pieces

    def _peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _take(self, token: str, pieces: list[Piece]) -> None:
        """Add what a token stands for, and for `^` and `_` change the piece before it."""
        if token in ("^", "_"):
            while pieces and pieces[-1].kind == "space":
                pieces.pop()
            self._raise_or_lower(token, pieces)
        elif token == "\\right" and self._peek() == ".":
            self.position += 1
            opened = next((i for i in range(len(pieces) - 1, -1, -1) if pieces[i].text == "{"), None)
            if opened is not None:  # the brace before a system of equations is open on the right
                del pieces[opened]
        elif token == "{":
            pieces += self._group("}")
        elif token.startswith("\\"):
            pieces += self._command(token)
        else:
            pieces.append(character(token))

    def _group(self, end: str) -> list[Piece]:
        pieces = self._pieces((end,))
        if self._peek() != end:
            raise LatexError(f"a {end!r} is missing")
        self.position += 1
        return pieces

    def _argument(self) -> list[Piece]:
        """The next group or single token."""
        self._skip_spaces()
        token = self._peek()
        if token is None or token in ("}", "&", "^", "_"):
            raise LatexError("an argument is missing")
        self.position += 1
        if token == "{":
            return self._group("}")
        if token.startswith("\\"):
            return self._command(token)
        if token.isdigit() and len(token) > 1:  # \frac12 is a half: the second digit is the next argument
            self.tokens.insert(self.position, token[1:])
            token = token[0]
        return [character(token)]

    def _option(self) -> list[Piece] | None:
        self._skip_spaces()
        if self._peek() != "[":
            return None
        self.position += 1
        return self._group("]")

    def _raw_argument(self) -> str:
        """The characters of the next group, as `\text{…}` shows them."""
        self._skip_spaces()
        if self._peek() != "{":
            return joined(self._argument())
        self.position += 1
        depth, start = 1, self.position
        while depth:
            token = self._peek()
            if token is None:
                raise LatexError("a '}' is missing")
            depth += (token == "{") - (token == "}")
            self.position += 1
        text = "".join(self.tokens[start : self.position - 1])
        if "\\" in text.replace("\\ ", " ").replace("\\%", "%").replace("\\$", "$") or "$" in text.replace("\\$", ""):
            raise LatexError(f"the text {text[:30]!r} has commands in it")
        return re.sub(r"\\([ %$])", r"\1", text)

    def _skip_spaces(self) -> None:
        while (token := self._peek()) is not None and token.isspace():
            self.position += 1

    def _raise_or_lower(self, mark: str, pieces: list[Piece]) -> None:
        script = [p for p in self._argument() if p.kind != "space"]
        text = joined(script)
        base = pieces[-1] if pieces else None
        if mark == "^" and text and set(text) <= {"'"}:
            pieces.append(Piece(text, "sign"))
        elif mark == "^" and text in ("°", "∘"):
            pieces.append(Piece("°", "sign"))
        elif mark == "^" and text in ("st", "nd", "rd", "th") and base and base.kind == "number":
            pieces[-1] = Piece(base.text + text, "word")
        elif (
            base is None or base.kind in ("space", "open") or (base.kind == "sign" and base.text[0] not in "∫∬∮∑∏⋃⋂'!")
        ):
            raise LatexError(f"nothing stands before {mark}")
        else:
            simple = len(script) == 1 and script[0].kind in ("number", "letter") and "," not in text
            shown = mark + (text if simple else f"({text})")
            pieces[-1] = scripted(base, shown, mark)

    def _command(self, token: str) -> list[Piece]:
        name = token[1:]
        if token.startswith(("\\begin", "\\end")):
            return self._environment(token)
        if name in ("left", "right"):
            return self._delimiter(name)
        if name in symbols.SPACES:
            return [Piece(symbols.SPACES[name], "space")] if symbols.SPACES[name] else []
        if name in symbols.SYMBOLS:
            return [Piece(symbols.SYMBOLS[name], kind_of_sign(name))]
        if name in symbols.GREEK:
            return [Piece(symbols.GREEK[name], "letter")]
        if name in symbols.FUNCTIONS:
            return [Piece(name, "function")]
        if name in symbols.LARGE_OPERATORS:
            return [Piece(symbols.LARGE_OPERATORS[name], "sign")]
        if name in ("{", "}", "%", "$", "#", "&", "_", "|"):
            return [Piece("‖" if name == "|" else name, {"{": "open", "}": "close"}.get(name, "sign"))]  # type: ignore[arg-type]
        return self._looks(name)

    def _looks(self, name: str) -> list[Piece]:
        """Commands that take arguments or only change the looks."""
        if name in symbols.IGNORED:
            return []
        if name in symbols.IGNORED_WITH_ARGUMENT:
            self._raw_argument()
            return []
        if name in symbols.TEXT_COMMANDS:
            text = self._raw_argument()
            return words(text)
        if name in symbols.WRAPPERS:
            if name in ("textcolor", "colorbox"):
                self._raw_argument()
            return self._argument()
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            above = self._argument()
            return [fraction(above, self._argument())]
        if name == "sqrt":
            return [self._root()]
        return self._rare(name)

    def _root(self) -> Piece:
        order, content = self._option(), joined(self._argument())
        if not content:
            raise LatexError("a root of nothing")
        sign = {"": "sqrt", "2": "sqrt", "3": "∛", "4": "∜"}.get(joined(order or []))
        if sign is None:
            raise LatexError("a root of a higher order cannot be written on one line")
        return Piece(f"{sign}({content})", "call")

    def _rare(self, name: str) -> list[Piece]:
        if name == "mathbb":
            letter = joined(self._argument())
            return [Piece(symbols.BLACKBOARD.get(letter, letter), "letter")]
        if name in symbols.ACCENTS:
            content = joined(self._argument())
            if len(content) != 1:
                raise LatexError(f"\\{name} over more than a letter cannot be written on one line")
            return [Piece(content + symbols.ACCENTS[name], "letter")]
        if name in ("binom", "dbinom", "tbinom"):
            return [Piece(f"C({joined(self._argument())}, {joined(self._argument())})", "call")]
        if name in ("bmod", "pmod"):
            return [Piece(" mod ", "sign")] if name == "bmod" else words(f" (mod {joined(self._argument())})")
        if name in ("underset", "overset"):
            script, base = self._argument(), self._argument()
            if name == "underset" and len(base) == 1 and base[0].kind == "function":
                return [scripted(base[0], f"_({joined(script)})", "_")]
        if name == "not" and self._peek() == "=":
            self.position += 1
            return [Piece("≠", "sign")]
        raise LatexError(f"\\{name} is not known")

    def _delimiter(self, side: str) -> list[Piece]:
        self._skip_spaces()
        token = self._peek()
        if token is None:
            raise LatexError(f"\\{side} without a bracket")
        self.position += 1
        if token == ".":
            return []
        text = token if len(token) == 1 else symbols.SYMBOLS.get(token[1:], token[1:])
        return [Piece("‖" if token == "\\|" else text, "open" if side == "left" else "close")]

    def _environment(self, token: str) -> list[Piece]:
        name = token[token.index("{") + 1 : -1].strip().removesuffix("*")
        if token.startswith("\\end"):
            raise LatexError(f"{token} without its beginning")
        if name in ("array", "alignat", "alignedat"):
            self._raw_argument()
        if name in _MATRICES:
            pieces = [self._matrix(name)]
        elif name in _ROWS:
            pieces = [Piece(self.rows(()), "word")]
        else:
            raise LatexError(f"\\begin{{{name}}} is not known")
        end = self._peek()
        if end is None or not end.startswith("\\end") or end[end.index("{") + 1 : -1].strip().removesuffix("*") != name:
            raise LatexError(f"\\end{{{name}}} is missing")
        self.position += 1
        return pieces

    def _matrix(self, name: str) -> Piece:
        """A matrix as "[[2, 1], [5, 4]]", a column as "(2, 1)", a determinant with "det " before it."""
        grid = [self._cells(())]
        while self._peek() == "\\\\":
            self.position += 1
            grid.append(self._cells(()))
        rows = [[cell.strip() for cell in row] for row in grid if "".join(row).strip()]
        if not rows or len({len(row) for row in rows}) > 1 or not all(cell for row in rows for cell in row):
            raise LatexError("a matrix whose rows differ in length")
        if len(rows[0]) == 1 and name != "array" and name != "vmatrix":
            return Piece(f"({', '.join(row[0] for row in rows)})", "call")
        if name == "array" and any(_RELATION.search(cell) for row in rows for cell in row):
            return Piece(_system(rows), "word")
        text = f"[{', '.join('[' + ', '.join(row) + ']' for row in rows)}]"
        return Piece(f"det {text}" if name == "vmatrix" else text, "call")


def _system(rows: list[list[str]]) -> str:
    """The equations of an array, one for each row, whose parts may stand in columns."""
    if any(len(row) > 1 and re.search(r"[^\s=<>≤≥]\s*[=<>≤≥]\s*[^\s=<>≤≥]", cell) for row in rows for cell in row):
        raise LatexError("a formula in columns cannot be written on one line")
    return ", ".join(" ".join(row) for row in rows)

"""Brings Markdown into the form in which exercises are searched, line by line.

Lines stay where they are, because errors name them; only several list items on one line of HTML become several lines.
Formulas over several lines are put on their first one, lists and folded parts in HTML become Markdown, entities become
characters, and pictures leave the mark of something that could not be read.
"""

from __future__ import annotations

import html
import re

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.latex import LatexError, plain
from canopy_assets.seeds.reading.decoding import goes_on, normalize

_MAX_FORMULA = 2_000
"""In characters: a longer text between `$$` is none."""

_DISPLAY = re.compile(
    r"""
    \$\$(?P<dollars>[^$]+?)\$\$
  | \\\[(?P<brackets>.+?)\\\]
  | (?P<environment>\\begin\{(?P<name>align|aligned|equation|gather|eqnarray|multline|cases)(?P<star>\*?)\}
      .+?\\end\{(?P=name)(?P=star)\})
    """,
    re.DOTALL | re.VERBOSE,
)
_FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})\s*\{?\.?(?P<language>[A-Za-z+#]*)", re.MULTILINE)
_READABLE = {"", "text", "txt", "md", "markdown", "plain", "plaintext", "none"}
_MATHS = {"math", "latex", "tex"}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]{0,300})\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_TAG = re.compile(
    r"""
    <(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,12})
    (?P<rest>(?:\s[^<>]{0,500})?)/?>
    """,
    re.VERBOSE,
)
_VARIABLES = {"a", "b", "i", "p", "q", "s", "u"}
"""Tags that are called like variables: in "x <b and b> 3" stand two relations."""
_MAX_PAIR = 5_000
"""In characters: how far behind a tag the other one of its pair may be."""
_ATTRIBUTES = re.compile(r"""(?:\s+[A-Za-z-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=]+))*\s*""")
_REMOVED = {
    "div", "span", "p", "center", "b", "strong", "i", "em", "u", "font", "section", "article", "a", "small", "big",
    "hr",
    "code", "pre", "kbd", "mark", "details", "main", "header", "table", "tbody", "thead", "tr", "td", "th", "figure",
    "figcaption", "blockquote", "dl", "dt", "dd", "label", "input", "nobr", "wbr", "ol", "ul", "li", "summary",
}  # fmt: skip
"""Tags that go, with what stands between them kept."""
_LOST = {"img", "svg", "math", "object", "iframe", "canvas", "script", "style"}
_LOST_ELEMENT = re.compile(
    r"<(svg|math|object|iframe|canvas|script|style)\b.{0,20000}?</\1\s*>", re.DOTALL | re.IGNORECASE
)


def canonical(text: str) -> str:
    """Markdown, which may have HTML and LaTeX in it, in the form in which exercises are searched."""
    text = _with_fences(text)
    text = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
    text = _ENTITY.sub(lambda m: normalize(html.unescape(m[0])), powers(text))
    text = text.replace("$`", "$").replace("`$", "$")  # GitLab's formulas
    text = re.sub(r"(?<=\w)\$\s*\^\s*\{?(\d)\}?\s*\$", r"^\1", text)  # "40 cm$^2$"
    text = _DISPLAY.sub(_on_first_line, text)
    text = _PICTURE.sub(lambda m: _picture(m["alt"]), text)
    text = _LOST_ELEMENT.sub(lambda m: (UNREADABLE if m[1].lower() != "style" else "") + "\n" * m[0].count("\n"), text)
    text = re.sub(r"~~(?=\S)[^~\n]{1,200}~~", UNREADABLE, text)
    text = re.sub(r"\[\^[\w-]{1,20}\](?!:)", "", text)  # the mark of a footnote
    text = re.sub(
        r"[ \t]*\{(?::\s*[#.]?|[#.])[A-Za-z][^{}\n]{0,100}\}[ \t]*$", "", text, flags=re.MULTILINE
    )  # attributes of a heading
    return _with_open_lines_joined(_Tags().replaced(text))


def _with_open_lines_joined(text: str) -> str:
    """A line with nothing but a number is no list item where the line above it is not complete ("3x + 4 =")."""
    lines = text.split("\n")
    for index in range(1, len(lines)):
        lone = re.fullmatch(r"\s*[-+−]?\d{1,3}[.)]?\s*", lines[index])
        if lone and goes_on(lines[index - 1]) and not lines[index - 1].rstrip().endswith(":"):
            lines[index - 1 : index + 1] = [f"{lines[index - 1].rstrip()} {lines[index].strip()}", ""]
    return "\n".join(lines)


def powers(text: str) -> str:
    """Write `x<sup>2</sup>` as `x^2`, `x<sub>1</sub>` as `x_1`, and the raised letters of an ordinal plainly (1st)."""
    text = re.sub(r"<sup>\s*(st|nd|rd|th)\s*</sup>", r"\1", text)
    return re.sub(r"<su([pb])>\s*([^<>\n]{1,80}?)\s*</su\1>(?=(\w?))", _raised, text)


def _raised(match: re.Match[str]) -> str:
    content, after = match[2], match[3]
    simple = re.fullmatch(r"\d+|[A-Za-z]", content)
    bare = simple and not (after.isdigit() or (content.isalpha() and after.isalnum()))
    return ("_" if match[1] == "b" else "^") + (content if bare else f"({content})")


def _with_fences(text: str) -> str:
    """The text with formulas in fences as formulas, and without programs: their lines are blank."""
    lines = text.split("\n")
    mark: str | None = None
    language = ""
    for index, line in enumerate(lines):
        fence = _FENCE.match(line)
        if mark is None and fence:
            mark, language = fence["mark"], fence["language"].lower()
            lines[index] = "$$" if language in _MATHS else line
        elif mark is not None and re.fullmatch(rf"\s*{re.escape(mark[0])}{{{len(mark)},}}\s*", line):
            lines[index] = "$$" if language in _MATHS else line
            mark = None
        elif mark is not None and language not in _READABLE | _MATHS:
            lines[index] = ""
    return "\n".join(lines)


def _on_first_line(match: re.Match[str]) -> str:
    """A formula on its first line, and blank lines for its others."""
    content = match["dollars"] or match["brackets"] or match["environment"]
    is_text = len(content) > _MAX_FORMULA or re.search(r"\n\s*(?:#{1,6}\s|\n\s*\n|\d+\.\s+[A-Z])", content)
    if is_text or not content.strip():
        return match[0]
    return f"$${' '.join(content.split())}$$" + "\n" * match[0].count("\n")


def _picture(alt: str) -> str:
    """A picture: the formula that its alternative text states, or the mark of something that could not be read."""
    bare = alt.strip().strip("$").strip()
    if re.search(r"[\d=+^]", bare) and not re.search(r"[A-Za-z]{3,}", re.sub(r"\\[A-Za-z]+", "", bare)):
        try:
            return f"${bare}$" if plain(bare) else UNREADABLE
        except LatexError:
            pass
    return UNREADABLE


def after_summary(summary: str) -> str:
    """What has to stand behind the title of a folded part: a colon behind a label ("Hint"), a label behind a problem.

    What is folded below a problem is its solution, whether the page says so or not.
    """
    text = summary.strip()
    is_label = re.match(r"(?:click|show|see|view|reveal|hint|answer|solution)\b", text, re.IGNORECASE)
    if is_label or not re.search(r"[?$=√^]|\d\s*[-+−×÷·*/]\s*\d", text):
        return "" if text.endswith(":") else ":"
    return ("" if text.endswith((".", "?", "!", ")", "$")) else ".") + " Solution:"


class _Tags:
    """Replaces HTML tags one after the other.

    Attributes:
        summary: how many parts there were when the title of a folded part began.
        lists: for each open list the number of its last item, or None for one with bullets.
        types: for each open list the kind of its numbers: "1" or "a".
    """

    def __init__(self) -> None:
        self.lists: list[int | None] = []
        self.types: list[str] = []
        self.summary = 0

    def replaced(self, text: str) -> str:
        parts: list[str] = []
        position = 0
        for match in _TAG.finditer(text):
            name = match["name"].lower()
            known = name in _REMOVED or name in _LOST or re.fullmatch("h[1-6]|br|del|s|strike", name)
            if not known or (name in _VARIABLES and not _is_tag(match, name)):
                continue
            parts.append(text[position : match.start()])
            position = match.end()
            fresh = not "".join(parts[-3:]).rpartition("\n")[2].strip(" >")
            if name == "summary" and match["close"]:
                parts.append(after_summary("".join(parts[self.summary :])))
            elif name == "summary":
                self.summary = len(parts)
            else:
                parts.append(self._replacement(name, bool(match["close"]), match["rest"], fresh))
        return "".join(parts) + text[position:]

    def _replacement(self, name: str, closes: bool, rest: str, fresh: bool) -> str:
        """What stands for a tag; `fresh` if nothing stands before it on its line."""
        if name in ("ol", "ul"):
            return self._list(name, closes, rest)
        if name == "li":
            return "" if closes else ("" if fresh else "\n") + self._marker()
        if name in ("td", "th"):
            return "" if closes else ("" if fresh else "  ")
        if name in _LOST:
            alt = re.search(r"""\balt\s*=\s*["']([^"']{1,300})["']""", rest)
            return _picture(alt[1]) if alt else (UNREADABLE if name == "img" else "")
        if re.fullmatch("h[1-6]", name):
            return "" if closes else ("" if fresh else "\n") + "#" * int(name[1]) + " "
        if name in ("del", "s", "strike"):
            return UNREADABLE
        return " " if name == "br" else ""

    def _list(self, name: str, closes: bool, rest: str) -> str:
        if closes:
            if self.lists:
                self.lists.pop()
                self.types.pop()
            return ""
        start = re.search(r"""\bstart\s*=\s*["']?(\d{1,3})""", rest)
        kind = re.search(r"""\btype\s*=\s*["']?([1aA])""", rest)
        self.lists.append((int(start[1]) if start else 1) - 1 if name == "ol" else None)
        self.types.append(kind[1].lower() if kind else "1")
        return ""

    def _marker(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        number = self.lists[-1] = self.lists[-1] + 1
        return f"{chr(96 + number)}) " if self.types[-1] == "a" and number <= 26 else f"{number}. "


def _is_tag(match: re.Match[str], name: str) -> bool:
    """Whether what is called like a variable is a tag: it has attributes or none, and the other one of its pair."""
    if match["close"]:
        return True
    ends = name == "p" or match.string.find(f"</{match['name']}", match.end(), match.end() + _MAX_PAIR) > 0
    return ends and _ATTRIBUTES.fullmatch(match["rest"]) is not None

"""Reads web pages: pandoc reads their structure, `equations` their formulas.

A formula may be in a page several times: as MathML, as TeX in a script or an annotation, and as glyphs that a script of
the page drew. One of them is kept, as a mark that pandoc passes on. Menus, footers and what is hidden are left out.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, cast

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.latex import LatexError, plain
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.equations import mathml
from canopy_assets.seeds.reading.equations.signs import EquationError
from canopy_assets.seeds.reading.markdown import after_summary
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

MAX_DEPTH = 1_000
"""Limit on nested open elements. lxml silently drops elements that are nested deeper than about 2,000."""

MAX_CHARACTERS = 5 << 20
"""Limit on a page, without embedded pictures."""

MAX_ELEMENTS = 150_000

READER = "html-native_divs-native_spans+tex_math_dollars+tex_math_single_backslash"

# Elements without an end tag, and elements whose end tag is optional.
_UNNESTED = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp",
}  # fmt: skip
"""Elements of which a page may hold any number without nesting."""

_LEFT_OUT = ("nav", "footer", "style", "noscript", "template", "iframe", "select", "button", "head", "aside", "dialog")
_DRAWN = {
    "katex-html", "MathJax_Preview", "MathJax_Display", "MathJax", "MathJax_SVG", "MathJax_CHTML",
    "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display",
}  # fmt: skip
"""Classes of what scripts drew for a formula that stands beside it in another form."""
_STYLED_CLASS = re.compile(r"\.([\w-]{1,60})[^{},]{0,60}\{([^{}]{0,2000})\}")
_LEVEL = re.compile(r"vertical-align:(super|sub|text-top|text-bottom|-?[0-9.]*[1-9][0-9.]*(?:em|px|pt|%|ex))")
_FORMULA_PICTURE = re.compile(r"latex|tex\b|math|equation|formula|eqn|codecogs", re.IGNORECASE)


def to_markdown(data: bytes, seconds: float, extension: str = ".html") -> str:
    """A web page (in UTF-8) as Markdown.

    Raises:
        UnreadableError: it is nested too deeply, or too large.
    """
    formulas: dict[int, str | None] = {}
    page = prepared(data.decode(), formulas)
    return Printer(formulas).document(pandoc.read(page, READER, seconds=seconds))


def prepared(source: str, formulas: dict[int, str | None]) -> bytes:
    """A page with marks in the place of formulas, and without what no reader of the page would call its text.

    The parser adds the end tags that a browser adds: `<li>a<li>b` are two items.
    """
    from lxml import html

    source = re.sub(r"""(["'])data:[^"']{100,}\1""", '""', source)
    if len(source) > MAX_CHARACTERS or source.count("<") > 2 * MAX_ELEMENTS:
        raise UnreadableError(
            f"the page has over {MAX_CHARACTERS >> 20} million characters or {MAX_ELEMENTS:,} elements: split it"
        )
    depth = _Depth()
    depth.feed(source)
    depth.close()
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True)
    page = html.document_fromstring(source.encode(), parser)
    _Preparation(page, formulas).run()
    return cast(bytes, html.tostring(page, encoding="utf-8"))


class _Depth(HTMLParser):
    """Counts the elements that are open, and refuses a page with too many."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag not in _UNNESTED
        if self.depth > MAX_DEPTH:
            raise UnreadableError(
                f"line {self.getpos()[0]}: over {MAX_DEPTH} elements are open: close them, or simplify the page"
            )

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - (tag not in _UNNESTED))


class _Preparation:
    """Changes a page: formulas become marks, and what is no text of the page goes."""

    def __init__(self, page: Any, formulas: dict[int, str | None]) -> None:
        self.page = page
        self.formulas = formulas

    def run(self) -> None:
        """Make all changes."""
        self._apply_styles()
        for element in self._all("script"):
            kind = (element.get("type") or "").lower()
            if kind.startswith("math/tex"):
                self._replace(element, self._mark(element.text))
            elif kind == "math/mml":
                self._replace(element, UNREADABLE)
            else:
                _drop(element)
        self._drop_left_out()
        self._drop_drawings()
        for element in self._all("math"):
            if element.getparent() is not None and not any(a.tag == "math" for a in element.iterancestors()):
                self._replace(element, self._read(element))
        for element in self._all("img", "svg", "canvas", "object", "embed"):
            if element.getparent() is not None:
                self._replace(element, self._picture(element))
        for element in self._all("summary"):
            element.tag = "p"
            element.append(element.makeelement("span"))
            element[-1].text = after_summary(pandoc.MARK.sub("=", "".join(element.itertext())))
        for element in self._all("del", "s", "strike"):
            element.tag = "del"

    def _apply_styles(self) -> None:
        """Text that a style raises or lowers as `sup` and `sub`; text under a line as something lost."""
        sheets = " ".join(element.text or "" for element in self._all("style"))
        classes = {m[1]: _level(m[2]) for m in _STYLED_CLASS.finditer(sheets)}
        for element in list(self.page.iter()):
            if not isinstance(element.tag, str) or element.tag in ("sup", "sub", "td", "th", "tr", "img"):
                continue
            named = (classes.get(name) for name in (element.get("class") or "").split())
            level = _level(element.get("style") or "") or next((n for n in named if n), "")
            if level == "overline":
                self._replace(element, UNREADABLE)
            elif level and element.tag in ("span", "font", "small", "b", "i", "em", "strong", "a"):
                element.tag = level

    def _all(self, *names: str) -> list[Any]:
        return list(self.page.iter(*names))

    def _drop_left_out(self) -> None:
        for element in self._all(*_LEFT_OUT):
            _drop(element)
        for element in list(self.page.iter()):
            style = (element.get("style") or "").replace(" ", "").lower() if isinstance(element.tag, str) else ""
            is_hidden = "display:none" in style or "visibility:hidden" in style or element.get("hidden") is not None
            # The MathML that a script keeps for screen readers is hidden by design.
            if is_hidden and not any(e.tag == "math" for e in element.iter()):
                _drop(element)

    def _drop_drawings(self) -> None:
        """Drop what a script drew, and keep what it drew it from; where that is missing, keep a mark."""
        for element in list(self.page.iter()):
            classes = (element.get("class") or "").split() if isinstance(element.tag, str) else []
            if element.getparent() is None:
                continue
            if element.tag == "mjx-container" or "katex" in classes:
                inner = next(element.iter("math"), None)
                self._replace(element, self._read(inner) if inner is not None else UNREADABLE)
            elif _DRAWN & {*classes}:
                self._drop_drawing(element)

    def _drop_drawing(self, element: Any) -> None:
        """Of MathJax 2: its script with the TeX stands behind what it drew, and has become a mark before."""
        source = element.get("data-mathml")
        inner = next(element.iter("math"), None)
        after = element.tail or ""
        following = element.getnext()
        while following is not None and not after.strip() and "MathJax" in (following.get("class") or ""):
            after, following = following.tail or "", following.getnext()
        has_source = pandoc.MARK.match(after.strip()) or "mwe-math" in (element.get("class") or "")
        if has_source or "MathJax_Preview" in (element.get("class") or ""):
            _drop(element)
        elif source or inner is not None:
            from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

            read = inner if inner is not None else etree.fromstring(source, etree.XMLParser(resolve_entities=False))
            self._replace(element, self._read(read))
        else:
            self._replace(element, UNREADABLE)

    def _read(self, element: Any) -> str:
        try:
            return self._mark(mathml.to_latex(element))
        except EquationError:
            return self._mark(None)

    def _mark(self, latex: str | None) -> str:
        number = len(self.formulas)
        self.formulas[number] = latex
        return pandoc.mark(number)

    def _picture(self, element: Any) -> str:
        """A picture: the formula that its alternative text states, or the mark of something that could not be read."""
        alt = (element.get("alt") or "").strip()
        is_formula = _FORMULA_PICTURE.search(f"{element.get('class') or ''} {element.get('src') or ''}")
        if alt and (_is_mathematics(alt) or (is_formula and re.search(r"[\\^_=+]|\d", alt))):
            return self._mark(alt.strip("$"))
        return UNREADABLE

    def _replace(self, element: Any, text: str) -> None:
        parent = element.getparent()
        if parent is not None:
            element.tail = text + (element.tail or "")
            _drop(element)


def _level(css: str) -> str:
    """What a style makes of a text: "sup", "sub", "overline", or nothing of these."""
    css = css.replace(" ", "").lower()
    if "text-decoration" in css and "overline" in css:
        return "overline"
    moved = re.search(r"(?:^|;)(top|bottom):(-?)0*[1-9.]", css) if "position:relative" in css else None
    if moved:
        return "sup" if (moved[1] == "top") == (moved[2] == "-") else "sub"
    found = _LEVEL.search(css)
    if found is None:
        return ""
    return "sub" if found[1] in ("sub", "text-bottom") or found[1].startswith("-") else "sup"


def _is_mathematics(text: str) -> bool:
    """Whether a text is a formula that can be read, and no words or file name."""
    if not re.search(r"[\d=+^]", text) or re.search(r"[A-Za-z]{3,}", re.sub(r"\\[A-Za-z]+", "", text)):
        return False
    try:
        return bool(plain(text.strip("$")))
    except LatexError:
        return False


def _drop(element: Any) -> None:
    """Take an element out, and leave the text after it."""
    if element.getparent() is not None:
        element.drop_tree()

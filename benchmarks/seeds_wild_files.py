"""Makes the office files, books and pages of `seeds_wild.py` from Markdown, so that the material can be reviewed.

pandoc writes docx, pptx, odt, epub and rtf. A page of KaTeX has the markup that KaTeX leaves in a saved page: MathML
with the TeX as its annotation, then the same in spans for the eye. A PDF is set by matplotlib, which raises exponents
and draws fraction bars as TeX does.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection
from pathlib import Path

MADE = frozenset({".docx", ".pptx", ".odt", ".epub", ".rtf", ".pdf", ".html"})
PAGE_INCHES = (8.27, 11.69)
LINE_INCHES = 0.3
CHARACTERS = 84
"""Characters of a PDF's line; mathematics counts with its TeX, so such lines are shorter."""


def make_files(folder: Path, into: Path, names: Collection[str]) -> dict[str, Path]:
    """The path of each file: the folder's own, or one made from `NAME.EXTENSION.md` into another folder.

    Ends the program if the folder has neither.
    """
    paths = {}
    for name in sorted(names):
        source = folder / f"{name}.md"
        if (folder / name).is_file():
            paths[name] = folder / name
        elif source.is_file() and Path(name).suffix in MADE:
            paths[name] = into / name
            _make(source, paths[name])
        else:
            raise SystemExit(f"{folder} has neither {name} nor {name}.md: correct the key's file")
    return paths


def _make(source: Path, target: Path) -> None:
    import pypandoc

    if target.suffix == ".pdf":
        return _make_pdf(source.read_text(encoding="utf-8"), target)
    if target.suffix == ".html":
        page = pypandoc.convert_file(str(source), "html5", format="markdown", extra_args=["--mathml", "--standalone"])
        target.write_text(re.sub(r"<math.*?</math>", _as_katex, page, flags=re.DOTALL), encoding="utf-8")
        return None
    pypandoc.convert_file(
        str(source), target.suffix[1:], format="markdown", outputfile=str(target), extra_args=["--standalone"]
    )
    return None


def _as_katex(formula: re.Match[str]) -> str:
    mathml = formula[0]
    presentation = re.sub(r"<annotation.*?</annotation>", "", mathml, flags=re.DOTALL)
    shown = "".join(f'<span class="mord">{leaf}</span>' for leaf in re.findall(r"<m[ino][^>]*>([^<]*)<", presentation))
    return (
        f'<span class="katex"><span class="katex-mathml">{mathml}</span>'
        f'<span class="katex-html" aria-hidden="true"><span class="base">{shown}</span></span></span>'
    )


def _make_pdf(source: str, target: Path) -> None:
    """One page with a line of text for each line that fits; headings in bold, paragraphs apart."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    # TrueType: Type 3 fonts, matplotlib's own choice, are rare in files that people have
    with rc_context({"pdf.fonttype": 42, "mathtext.fontset": "dejavuserif", "font.family": "DejaVu Serif"}):
        figure = Figure(figsize=PAGE_INCHES)
        FigureCanvasPdf(figure)
        y = PAGE_INCHES[1] - 1
        for paragraph in source.strip().split("\n\n"):
            heading = paragraph.startswith("# ")
            for line in textwrap.wrap(paragraph.removeprefix("# "), CHARACTERS):
                figure.text(
                    0.1, y / PAGE_INCHES[1], line, size=14 if heading else 11, weight="bold" if heading else None
                )
                y -= LINE_INCHES
            y -= LINE_INCHES / 2
        figure.savefig(target)

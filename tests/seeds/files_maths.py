"""Files with mathematics in them, as programs write them: OMML, MathML, PDF pages with raised glyphs and bars."""

from __future__ import annotations

from tests.seeds.files import docx

M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_Formula = tuple["str | int", "_Formula", "_Formula"] | int | str
"""A number, a letter, or a sign with two formulas: "+", "-", "*", "/" (a fraction) or "^"."""


def omml(formula: _Formula) -> str:
    """The content of an `m:oMath` element, without the optional property elements."""
    if isinstance(formula, int | str):
        return f"<m:r><m:t>{formula}</m:t></m:r>"
    sign, left, right = formula
    if sign == "/":
        return f"<m:f><m:num>{omml(left)}</m:num><m:den>{omml(right)}</m:den></m:f>"
    if sign == "^":
        return f"<m:sSup><m:e>{_omml_factor(left)}</m:e><m:sup>{omml(right)}</m:sup></m:sSup>"
    sign = {"*": "×", "-": "−"}.get(str(sign), str(sign))
    factor = omml if sign in "+=" else _omml_factor
    return f"{factor(left)}<m:r><m:t>{sign}</m:t></m:r>{factor(right)}"


def _omml_factor(formula: _Formula) -> str:
    """The formula in the brackets that it needs as a factor or a base."""
    return omml(formula) if isinstance(formula, int | str) else f"<m:d><m:e>{omml(formula)}</m:e></m:d>"


def mathml(formula: _Formula) -> str:
    """A formula as MathML elements."""
    if isinstance(formula, int | str):
        return f"<mn>{formula}</mn>" if isinstance(formula, int) else f"<mi>{formula}</mi>"
    sign, left, right = formula
    if sign == "/":
        return f"<mfrac><mrow>{mathml(left)}</mrow><mrow>{mathml(right)}</mrow></mfrac>"
    if sign == "^":
        return f"<msup><mrow>{_mathml_factor(left)}</mrow><mrow>{mathml(right)}</mrow></msup>"
    sign = {"*": "×", "-": "−"}.get(str(sign), str(sign))
    factor = mathml if sign in "+=" else _mathml_factor
    return f"{factor(left)}<mo>{sign}</mo>{factor(right)}"


def _mathml_factor(formula: _Formula) -> str:
    inner = mathml(formula)
    return inner if isinstance(formula, int | str) else f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"


def docx_with(*paragraphs: str) -> bytes:
    """A Word file; `{…}` in a paragraph holds OMML, everything else is text."""
    body = ""
    for text in paragraphs:
        parts = text.replace("}", "{").split("{")
        runs = "".join(
            f"<m:oMath {M}>{part}</m:oMath>" if i % 2 else f'<w:r><w:t xml:space="preserve">{part}</w:t></w:r>'
            for i, part in enumerate(parts)
        )
        body += f"<w:p>{runs}</w:p>"
    return docx(body)


class Page:
    """A page of a PDF: text at positions, raised or lowered, and thin bars. The origin is at the lower left."""

    def __init__(self) -> None:
        self.content = ""

    def text(self, x: float, y: float, *parts: str, size: float = 12) -> Page:
        """Text from `x` on, at the baseline `y`; a part that begins with "^" is raised, with "_" lowered."""
        self.content += f"BT 1 0 0 1 {x} {y} Tm\n"
        for part in parts:
            small, rise = (0.65 * size, 0.38 * size) if part[0] == "^" else (0.65 * size, -0.15 * size)
            if part[0] not in "^_":
                small, rise = size, 0.0
            shown = part.lstrip("^_").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            self.content += f"/F1 {small} Tf {rise} Ts ({shown}) Tj\n"
        self.content += "ET\n"
        return self

    def fraction(self, x: float, y: float, above: str, below: str, size: float = 12) -> Page:
        """A fraction whose bar begins at `x`, on a line with the baseline `y`. A digit of Helvetica is 0.556 wide."""
        width = 0.556 * size * max(len(above), len(below)) + 2
        middle = x + width / 2
        bar = y + 0.28 * size
        for text, level in ((above, bar + 0.25 * size), (below, bar - 0.95 * size)):
            self.text(middle - 0.278 * size * len(text), level, text, size=size)
        return self.bar(x, bar, width)

    def bar(self, x: float, y: float, width: float) -> Page:
        """A thin filled rectangle."""
        self.content += f"{x} {y} {width} 0.6 re f\n"
        return self

    def rule(self, x: float, y: float, height: float) -> Page:
        """A thin filled rectangle that stands upright, from `y` upwards."""
        self.content += f"{x} {y} 0.6 {height} re f\n"
        return self


def pdf_of(*pages: Page) -> bytes:
    """A PDF with these pages, in Helvetica."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(page.content.encode('cp1252'))} >>\nstream\n{page.content}\nendstream")
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()
    return bytes(out)

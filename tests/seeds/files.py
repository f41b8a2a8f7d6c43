"""Small real PDF, DOCX and PPTX files, as programs write them."""

import io
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*lines: str, encrypt: bool = False) -> bytes:
    """A one-page PDF with a line of text per argument; with `encrypt`, one that asks for a password."""
    shown = "".join(f"({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*\n" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td 16 TL\n{shown}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32),
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    more = b"/Encrypt 6 0 R /ID [<00> <00>]" if encrypt else b""
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, xref)
    return bytes(out)


def docx(body: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    """A Word file around the given `w:p` elements."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relations)
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(*runs: str) -> str:
    """A Word paragraph; a run that begins with "^" is raised."""
    parts = []
    for run in runs:
        raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>' if run.startswith("^") else ""
        parts.append(f'<w:r>{raised}<w:t xml:space="preserve">{run.removeprefix("^")}</w:t></w:r>')
    return f"<w:p>{''.join(parts)}</w:p>"


def pptx(title: str, *lines: str) -> bytes:
    """A PowerPoint file with one slide; text after a "^" up to a space is raised."""
    import pptx as python_pptx

    deck = python_pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    heading, body = list(slide.placeholders)
    heading.text = title  # type: ignore[attr-defined]
    frame = body.text_frame  # type: ignore[attr-defined]
    for i, line in enumerate(lines):
        text = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        before, mark, after = line.partition("^")
        text.add_run().text = before
        if mark:
            power, space, rest = after.partition(" ")
            run = text.add_run()
            run.text = power
            run.font._element.set("baseline", "30000")
            text.add_run().text = space + rest
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()

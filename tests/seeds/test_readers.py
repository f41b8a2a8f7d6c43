"""Reading files: the text of each format; bad files are quarantined with a reason that a person can act on."""

import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from canopy_assets.records import SeedDocument
from canopy_assets.seeds import inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import conversion, file_checks, reader, worker
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.storage.arrow import from_table, to_table
from tests.seeds import files


def _read(folder: Path, name: str, data: bytes | str) -> SeedDocument:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (seed,) = [f for f in inbox.scan([folder]) if f.name == name]
    return reader.read(seed)


def _reason(folder: Path, name: str, data: bytes | str) -> str:
    document = _read(folder, name, data)
    assert document.state == "quarantined"
    assert document.text == ""
    assert document.reason is not None
    assert document.reason.startswith(f"{name}: ")
    return document.reason


def test_markdown_comes_through_with_its_lines(tmp_path):
    document = _read(tmp_path, "a.md", "\ufeff# One\r\n\r\nSolve\u00a0x\u00b2\r= 9 \u200bnow\u2028e\u0301nd\n")
    assert document.text == "# One\n\nSolve x² \n= 9 now\nénd\n".replace("x² \n", "x²\n")
    assert (document.state, document.kind, document.media_type) == ("read", "prose", "text/markdown")
    assert [(s.line_start, s.line_end) for s in document.spans] == [(1, 1), (3, 5)]
    first = document.spans[0]
    assert document.text[first.char_start : first.char_end] == "# One"


def test_utf16_with_a_byte_order_mark_is_read(tmp_path):
    assert "Übung: 3 × 4" in _read(tmp_path, "a.txt", "Übung: 3 × 4".encode("utf-16")).text


def test_html_keeps_powers_lists_and_bold_and_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "convert", _convert_here)
    source = (
        "<h2>Exercise 1</h2><p>Solve x<sup>2</sup> + x<sub>1</sub> = 2*3*4 for the 1<sup>st</sup> y<sup>n+1</sup></p>"
        "<script>alert(1)</script><ul><li>first<li>second</ul><p><b>Answer:</b> 3<img src='http://example.org/x.png'>"
    )
    text = _read(tmp_path, "a.html", source).text
    assert "Solve x^2 + x_1 = 2*3*4 for the 1st y^(n+1)" in text
    assert re.search(r"- first\n- second", text)
    assert "Answer: 3" in text
    assert "alert" not in text


def test_html_is_read_in_its_declared_encoding(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "convert", _convert_here)
    assert "Übung" in _read(tmp_path, "a.htm", '<meta charset="latin-1"><p>Übung'.encode("latin-1")).text


def test_pdf_docx_and_pptx_give_their_text(tmp_path):
    pdf = _read(tmp_path, "a.pdf", files.pdf("Exercise 1", "Solve 5x - 9 = 16 (for x).", "Answer: 5"))
    docx = _read(
        tmp_path, "a.docx", files.docx(files.paragraph("Solve x", "^2", " = 9.") + files.paragraph("Answer: 3"))
    )
    pptx = _read(tmp_path, "a.pptx", files.pptx("Quadratics", "Solve x^2 = 9", "Answer: 3"))
    assert [d.state for d in (pdf, docx, pptx)] == ["read"] * 3
    assert "Exercise 1\nSolve 5x - 9 = 16 (for x).\nAnswer: 5" in pdf.text
    assert "Solve x^2 = 9.\n\nAnswer: 3" in docx.text
    assert "# Quadratics\n\nSolve x^2 = 9\nAnswer: 3" in pptx.text


def test_html_nested_deeply_or_with_many_open_paragraphs_loses_no_text(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "convert", _convert_here)
    assert "Solve 2x = 6" in _read(tmp_path, "a.html", "<div>" * 990 + "Solve 2x = 6").text
    assert _read(tmp_path, "b.html", "<p>Solve 2x = 6" * 3000).text.count("Solve 2x = 6") == 3000


BAD_FILES = [
    ("empty.md", b"", "empty"),
    ("blank.txt", b" \n\n ", "empty"),
    ("blank.html", b"<html><body></body></html>", "no text"),
    ("empty.docx", b"", "empty"),
    ("binary.md", bytes(range(256)) * 4, "line 1: a zero byte"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n....", "picture"),
    ("really-a.md", files.pdf("hello"), "give it the extension .pdf"),
    ("latin.md", "Aufgabe\n\nÜbung".encode("latin-1"), "line 3: byte 10 (0xdc) is not UTF-8: save the file as UTF-8"),
    ("latin.html", "<p>Übung</p>".encode("latin-1"), "is not UTF-8"),
    ("wrong.html", '<meta charset="utf-7000"><p>x', "'utf-7000' is unknown"),
    ("codec.html", '<meta charset="base64"><p>x', "not a text encoding"),
    ("utf16.txt", b"\xff\xfea\x00\x00", "UTF-16"),
    ("control.txt", b"abc\x01\x02\x03\x04", "control characters"),
    ("deep.html", "<div>" * 6000, "line 1: over 1000 elements"),
    ("encrypted.pdf", files.pdf("hello", encrypt=True), "encrypted: remove its password"),
    ("truncated.pdf", files.pdf("hello")[:-80], "truncated"),
    ("fake.pdf", b"hello", "not a PDF"),
    ("damaged.pdf", b"%PDF-1.4\n" + b"garbage " * 40 + b"\n%%EOF", "PDF"),
    ("scan.pdf", files.pdf(""), "Recognise their text (OCR)"),
    ("truncated.docx", files.docx(files.paragraph("hello"))[:-30], "truncated"),
    ("fake.docx", b"hello", "not a .docx"),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old binary format"),
    (
        "locked.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "remove the password",
    ),
    ("sheet.pptx", files.docx(files.paragraph("hello")), "no ppt/presentation.xml"),
    ("broken.docx", files.docx("<w:p><unclosed>"), "damaged"),
    ("tool.exe", b"MZ", "extension '.exe' is unknown: use one of .md"),
    ("noextension", b"hello", "(none)"),
    ("bad.jsonl", "{]\n[1]\n", "line 1: bad JSON at column 2"),
]


@pytest.mark.parametrize(("name", "data", "expected"), BAD_FILES, ids=[b[0] for b in BAD_FILES])
def test_bad_files_are_quarantined_with_place_and_fix(tmp_path, monkeypatch, name, data, expected):
    monkeypatch.setattr(conversion, "convert", _convert_here)
    assert expected in _reason(tmp_path, name, data)


def test_an_office_file_that_unpacks_to_too_much_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(file_checks, "MAX_UNPACKED_BYTES", 1 << 20)
    bomb = files.docx(files.paragraph("x"), extra={"word/media/x.bin": bytes(2 << 20)})
    assert "unpacks to over 1 MB" in _reason(tmp_path, "bomb.docx", bomb)


def test_a_bad_file_does_not_stop_others(tmp_path):
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04nonsense")
    (tmp_path / "good.md").write_text("Solve 2x = 6")
    states = {f.key: reader.read(f).state for f in inbox.scan([tmp_path])}
    assert states == {"bad.docx": "quarantined", "good.md": "read"}


def test_a_problem_found_by_the_inbox_is_the_reason(tmp_path):
    (tmp_path / "big.md").write_text("x" * 100)
    (seed,) = inbox.scan([tmp_path], max_bytes=50)
    document = reader.read(seed)
    assert document.state == "quarantined"
    assert "CANOPY_MAX_SEED_MB" in (document.reason or "")


@pytest.mark.parametrize("content", ["Solve 2x = 6 and more", "Solve 2x = 8", ""])
def test_a_file_that_is_not_the_registered_one_is_not_read(tmp_path, content):
    path = tmp_path / "a.md"
    path.write_text("Solve 2x = 6")
    (seed,) = inbox.scan([tmp_path])
    path.write_text(content)
    with pytest.raises(inbox.SeedChangedError, match=r"a\.md changed since"):
        reader.read(seed)
    path.unlink()
    with pytest.raises(inbox.SeedChangedError, match=r"a\.md was removed since"):
        reader.read(seed)


def test_entities_in_office_files_are_not_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    body = f'<!DOCTYPE d [<!ENTITY l0 "ha"><!ENTITY s SYSTEM "file://{secret}">{laughs}]>'
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(files.docx(files.paragraph("&s;&l11;")))) as plain,
        zipfile.ZipFile(out, "w") as evil,
    ):
        for name in plain.namelist():
            content = plain.read(name)
            evil.writestr(name, body.encode() + content if name == "word/document.xml" else content)
    document = _read(tmp_path, "evil.docx", out.getvalue())
    assert "TOPSECRET" not in document.text
    assert "haha" not in document.text


def test_a_conversion_that_takes_too_long_is_stopped():
    with pytest.raises(UnreadableError, match="took longer than"):
        conversion.convert(b"<p>x", ".html", seconds=0.01)


def test_jsonl_with_bad_lines_is_read_and_the_bad_lines_are_listed(tmp_path):
    rows = [
        '{"question": "1+1?", "answer": "1+1=<<1+1=2>>2\\n#### 2"}',
        "{oops",
        "",
        '{"question": "no answer"}',
        "[1, 2]",
        '{"question": "", "answer": "#### 2"}',
        '{"messages": [{"role": "user", "content": "hi"}]}',
        '{"question": "\\ud800", "answer": "x"}',
        '{"question": NaN, "answer": "x"}',
        "[" * 100_000,
        '{"question": "2+2?", "answer": "2+2=<<2+2=4>>4\\n#### 4"}',
    ]
    document = _read(tmp_path, "a.jsonl", "\n".join(rows))
    assert (document.state, document.kind) == ("read", "worked_exercises")
    assert [s.line_start for s in document.spans] == [1, 4, 11]  # the fourth is a question alone, without mathematics
    reasons = {s.line: s.reason for s in document.skipped}
    assert sorted(reasons) == [2, 5, 6, 7, 8, 9, 10]
    assert "bad JSON at column 2" in reasons[2]
    assert "JSON list" in reasons[5]
    assert "a chat in a file of worked exercises" in reasons[7]
    assert [e.verified for e in extraction.extract(document)[0]] == [True, False, True]


def test_jsonl_of_chats_is_known_by_its_first_usable_row(tmp_path):
    text = '{"other": 1}\n{"messages": [{"role": "user", "content": "hi"}]}\n'
    document = _read(tmp_path, "a.jsonl", text)
    assert document.kind == "chats"
    assert [s.line for s in document.skipped] == [1]


def test_documents_fit_their_table(tmp_path):
    documents = [_read(tmp_path, "a.md", "Solve 2x = 6"), _read(tmp_path, "b.md", b"\xff")]
    assert from_table(to_table(documents, SeedDocument), SeedDocument) == documents


# A conversion in its own process takes a second; here the same code is called without the process.
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([".md", ".txt", ".jsonl", ".json", ".csv", ".xml", ".gift", ".markdown", ".xyz", ""]),
    st.binary(max_size=400),
)
@example(".jsonl", b'{"messages": [1]}\n{"messages": {}}')
@example(".jsonl", b'{"messages": [{"role": [], "content": {}}]}')
def test_random_bytes_are_read_or_quarantined_never_raised(extension, data):
    _never_raises(extension, data)


@settings(max_examples=40)
@given(
    st.sampled_from([".html", ".pdf", ".docx", ".pptx"]),
    st.binary(max_size=300),
    st.integers(0, 3000),
    st.booleans(),
)
def test_random_and_spoiled_documents_are_read_or_quarantined_never_raised(extension, noise, position, whole):
    valid = _VALID[extension]
    position %= len(valid)
    data = noise if whole else valid[:position] + noise + valid[position + len(noise) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversion, "convert", _convert_here)
        _never_raises(extension, data)


def test_the_separate_process_returns_the_reason(tmp_path):
    assert "encrypted: remove its password" in _reason(tmp_path, "a.pdf", files.pdf("hello", encrypt=True))


def _convert_here(data: bytes, extension: str) -> str:
    try:
        return worker.to_markdown(data, extension, 30)
    except Exception as error:
        raise UnreadableError(worker.reason_of(error)) from error


def _never_raises(extension: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        document = _read(Path(folder), f"seed{extension}", data)
    assert (document.state == "quarantined") == (document.reason is not None)
    to_table([document], SeedDocument)
    extraction.extract(document)


_VALID = {
    ".html": b"<h2>Exercise 1</h2><p>Solve x<sup>2</sup> = 9</p><ul><li>ask<li>think</ul>",
    ".pdf": files.pdf("Exercise 1", "Solve 2x = 6"),
    ".docx": files.docx(files.paragraph("Solve x", "^2", " = 9")),
    ".pptx": files.pptx("Quadratics", "Solve x^2 = 9"),
}

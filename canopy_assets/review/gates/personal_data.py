"""The personal-data gate: patterns with checksums where the field has one, so that a problem's numbers pass."""

from __future__ import annotations

import re
from collections.abc import Callable

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext

_CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]?\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return len(plain) >= 15 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _always(text: str) -> bool:
    return True


_PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("an e-mail address", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b"), _always),
    (
        "a URL with credentials",
        re.compile(
            r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/@:]+:[^\s/@]+@|\b(?:token|api_?key|access_?key|password|passwd|"
            r"secret|sig)=[^\s&]{6,}",
            re.IGNORECASE,
        ),
        _always,
    ),
    (
        "an access key",
        re.compile(r"\b(?:sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|hf_[A-Za-z0-9]{20,})\b"),
        _always,
    ),
    (
        "a phone number",
        re.compile(
            r"(?<![\d.+])\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?!\d)(?![ ]?[=+*/×])|"
            r"\(\d{3}\) ?\d{3}-\d{4}(?!\d)|(?<![\d-])\d{3}-\d{3}-\d{4}(?![\d-])"
            r"|\b(?:phone|mobile|cell|tel|call me|text me|whatsapp)\b[^\d\n]{0,25}\+?\d[\d ()-]{5,}\d",
            re.IGNORECASE,
        ),
        _always,
    ),
    ("a payment card number", _CARD, _luhn),
    ("an IBAN", _IBAN, _iban),
    (
        "a student number",
        re.compile(
            r"\b(?:student|matriculation|enrol?lment|registration)\s*(?:number|no\.?|nr\.?|"
            r"id)\b\D{0,12}[A-Z]{0,3}\d{5,}|\b(?:ssn|social security)\b\D{0,20}\d",
            re.IGNORECASE,
        ),
        _always,
    ),
)


def personal_data(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No turn and no statement names a way to reach or identify a person, or a secret."""
    for i, text in ((None, dialogue.statement), *((i, t.text) for i, t in enumerate(dialogue.turns))):
        found = find_personal_data(text)
        if found:
            what, start, end = found
            return Verdict("personal_data", False, f"holds {what}", i, start, end)
    return Verdict("personal_data", True)


def find_personal_data(text: str) -> tuple[str, int, int] | None:
    """The first piece of personal data: what it is (never its content), start and end."""
    for what, pattern, checks in _PATTERNS:
        for match in pattern.finditer(text):
            if checks(match[0]):
                return what, match.start(), match.end()
    return None

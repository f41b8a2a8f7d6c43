"""The personal-data gate: patterns with checksums where the field has one, so that a problem's numbers pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext
from canopy_assets.review.findings import Finding


def _luhn(text: str) -> bool:
    """Whether the check digit of a card number is right (Luhn, ISO/IEC 7812-1)."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = (d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616: the number modulo 97 is 1)."""
    plain = text.replace(" ", "")
    return len(plain) >= 15 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


@dataclass(frozen=True)
class _Kind:
    """A kind of personal data: its name in a verdict, the pattern that finds it, and what confirms a match."""

    name: str
    pattern: re.Pattern[str]
    confirms: Callable[[str], bool] = bool  # any match, where there is no checksum


_KINDS = (
    _Kind("an e-mail address", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")),
    _Kind(
        "a URL with credentials",
        re.compile(
            r"""
            \b[a-z][a-z0-9+.-]{0,20}://[^\s/@:]+:[^\s/@]+@    # https://name:password@host
            |\b(?:token|api_?key|access_?key|password|passwd|secret|sig)=[^\s&]{6,}
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    _Kind(
        "an access key",
        re.compile(
            r"""
            \b(?:
              sk-[A-Za-z0-9_-]{16,}            # OpenAI
              |gh[pousr]_[A-Za-z0-9]{20,}      # GitHub
              |AKIA[0-9A-Z]{16}                # Amazon
              |hf_[A-Za-z0-9]{20,}             # Hugging Face
            )\b
            """,
            re.VERBOSE,
        ),
    ),
    _Kind(
        "a phone number",
        re.compile(
            r"""
            # With a country code, and no arithmetic behind it.
            (?<![\d.+])\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?!\d)(?![ ]?[=+*/×])
            # As in the United States: (415) 555-2671, 415-555-2671.
            |\(\d{3}\)\ ?\d{3}-\d{4}(?!\d)
            |(?<![\d-])\d{3}-\d{3}-\d{4}(?![\d-])
            # Behind a word for it.
            |\b(?:phone|mobile|cell|tel|call\ me|text\ me|whatsapp)\b[^\d\n]{0,25}\+?\d[\d ()-]{5,}\d
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    _Kind("a payment card number", re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d.,]?\d)"), _luhn),
    _Kind(
        "an IBAN",
        re.compile(
            r"""
            \b[A-Z]{2}\d{2}(?:\ ?[A-Z0-9]{4}){2,7}(?:\ ?[A-Z0-9]{1,4})?\b
            """,
            re.VERBOSE,
        ),
        _iban,
    ),
    _Kind(
        "a student number",
        re.compile(
            r"""
            \b(?:student|matriculation|enrol?lment|registration)\s*(?:number|no\.?|nr\.?|id)\b\D{0,12}[A-Z]{0,3}\d{5,}
            |\b(?:ssn|social\ security)\b\D{0,20}\d
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
)


def personal_data(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No turn and no statement names a way to reach or identify a person, or a secret."""
    for i, text in ((None, dialogue.statement), *((i, t.text) for i, t in enumerate(dialogue.turns))):
        found = find_personal_data(text)
        if found:
            return Verdict("personal_data", False, found.reason, i, found.start, found.end)
    return Verdict("personal_data", True)


def find_personal_data(text: str) -> Finding | None:
    """The first piece of personal data. The reason says what it is, never what it contains."""
    for kind in _KINDS:
        for match in kind.pattern.finditer(text):
            if kind.confirms(match[0]):
                return Finding(f"holds {kind.name}", *match.span())
    return None

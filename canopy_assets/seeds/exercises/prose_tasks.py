"""What a problem sounds like: task verbs, shared instructions ("Solve each equation:") and lettered parts."""

from __future__ import annotations

import re

_VERBS = (
    r"solve|factori[sz]e|factor|simplify|evaluate|find|compute|calculate|differentiate|determine|expand|work\s+out|reduce|convert|"
    r"express|write|add|subtract|multiply|divide|estimate|what|how\s+(?:many|much|far|long|old|fast|tall|often)|which|given|let|if|rewrite|"
    r"combine|graph|sketch|show|prove|state|use|complete|round|order|integrate|suppose"
)
_TASK_START = re.compile(rf"(?:please\s+|now\s+|then\s+|first,?\s+)?(?:{_VERBS})\b", re.IGNORECASE)
_SHARED = re.compile(r"\b(?:each|every|all|following|below|these|both)\b", re.IGNORECASE)
_LIST_OF = re.compile(
    r"\s*\b(?:of\s+)?(?:(?:each|every|all|both)(?:\s+(?:one\s+)?of)?(?:\s+(?:the|these))?(?:\s+following)?|(?:the|these)\s+following|these|the)"
    r"(?:\s+(?:two|three|four|five|six|linear|quadratic|given|below|rational|simple))*"
    r"\s+(?:equations?|inequalit(?:y|ies)|expressions?|problems?|systems?(?:\s+of\s+equations)?|exercises?|questions?|items?|numbers?|polynomials?|"
    r"trinomials?|fractions?|ones|sums?|products?|calculations?)(?:\s+below)?",
    re.IGNORECASE,
)
_OF_EACH = re.compile(
    r"(?<!each )(?<!every )(?<!all )(?<!both )"
    r"\b(of|through|between)\s+(?:each|every|all|both|the)(?:\s+of)?(?:\s+the|\s+these)?(?:\s+following)?(?:\s+\w+){0,3}",
    re.IGNORECASE,
)
_MATHS = re.compile(r"[=<>≤≥]|[\d)a-z²³][\s]*[+−*/×÷·^][\s]*[\d(a-z√]|\d\s*%|√|\b\d*[a-z][²³⁴]", re.IGNORECASE)
_PART = re.compile(r"(?:(?<=\s)|^)\(?([a-h]|\d{1,2})[.)]\s+(?=\S)")


def has_quantities(text: str) -> bool:
    """Whether there is something to compute with: a number, in figures or in words, or mathematics."""
    return _has_figures(text) or _number_words(text)


def starts_like_task(text: str) -> bool:
    """Whether a text begins as problems do ("Solve …", "What is …")."""
    return _TASK_START.match(text) is not None


def is_task(text: str) -> bool:
    """Whether a text is a problem by its wording: it begins like one or asks something, and has figures.

    Number words won't do here: "Say first what counts as one outcome" is no problem.
    """
    return _has_figures(text) and (starts_like_task(text) or text.rstrip().endswith("?"))


def is_bare_mathematics(text: str) -> bool:
    """Whether a text is nothing but mathematics ("5x − 9 = 16", "15% of 80")."""
    words = re.findall(r"[A-Za-z]{3,}", text)
    return has_quantities(text) and all(
        w.lower() in {"sin", "cos", "tan", "log", "sqrt", "det", "lim", "and"} for w in words
    )


def is_instruction(text: str) -> bool:
    """Whether a text announces several problems ("Solve for x:", "Factor each expression.")."""
    text = text.strip()
    if len(text) > 150 or not re.match(rf"(?:{_VERBS})\b", text, re.IGNORECASE):
        return False
    return (text.endswith(":") or bool(_SHARED.search(text))) and "=" not in text and not text.endswith("?")


def with_instruction(instruction: str, item: str) -> tuple[str, ...]:
    """The ways in which a list item under a shared instruction can be meant, the likeliest first."""
    if is_task(item):
        return (item, f"{instruction} {item}")
    bare = instruction.strip().rstrip(":.").strip()
    own = re.sub(r"\s+", " ", _LIST_OF.sub("", _OF_EACH.sub(r"\1", bare))).strip(" ,")
    return tuple(dict.fromkeys([f"{own} {item}".strip(), f"{own}: {item}", f"{bare}: {item}", item]))


def split_parts(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What precedes the first "(a)" of a text, and its parts by letter or number; none unless two stand in sequence."""
    marks = list(_PART.finditer(text))
    names = [m[1] for m in marks]
    expected = (
        ["abcdefgh"[i] for i in range(min(len(names), 8))]
        if names and names[0] == "a"
        else [str(i + 1) for i in range(len(names))]
    )
    if len(marks) < 2 or names != expected:
        return text, []
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return text[: marks[0].start()].strip(), [
        (m[1], text[m.end() : end].strip(" ,;")) for m, end in zip(marks, ends, strict=True)
    ]


def key_entries(text: str) -> list[tuple[str, str]]:
    """The entries of an answer key on one line: "1. x = 5  4) 12" as [("1", "x = 5"), ("4", "12")]."""
    marks = list(_PART.finditer(text))
    ends = [*(m.start() for m in marks[1:]), len(text)][: len(marks)]
    return [(m[1], text[m.end() : end].strip(" ,;")) for m, end in zip(marks, ends, strict=True)]


def _has_figures(text: str) -> bool:
    return bool(re.search(r"[\d½⅓⅔¼¾√π]", text) or _MATHS.search(text))


def _number_words(text: str) -> bool:
    from canopy_assets.maths.answers import numbers_in

    return bool(numbers_in(text[:500]))

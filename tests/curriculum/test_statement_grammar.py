"""The matcher of statement grammars: it reads what lark's Earley parser reads, and says where it ends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

from canopy_assets import curriculum
from canopy_assets.curriculum.grammar import parsed
from canopy_assets.curriculum.statement_grammar.matching import NoMatchError, StatementGrammar
from canopy_assets.curriculum.statement_grammar.source import GrammarError, Source, read_source

ROOM = Path(str(curriculum.__file__)).parent

STATEMENTS = {
    "units": (
        "Convert 3.5 km to m.",
        "How many minutes are there in 4 hours?",
        "Convert 5 kg.",
        "How many minutes are there inside 4 hours?",
    ),
    "limits": (
        "Find the limit of (x^2 - 4)/(x - 2) as x approaches 2.",
        "lim x→0 sin(x)/x",
        "Find the limit of x as x.",
        "What does f(x) = 3x + 1 approach as x tends to 5?",
    ),
    "straight_lines": (
        "Find the slope of the line through (1, 2) and (3, 8).",
        "A line has slope 3 and passes through the point (1, 2). Find its equation.",
        "Find the slope of the line through (1, 2).",
    ),
    "arithmetic": (
        "Subtract 17 from 42.",
        "twice the sum of 4 and 9",
        "the sum of 4",
        "Add 5 to the product of 3 and 7",
    ),
}


@pytest.mark.parametrize("topic", STATEMENTS)
def test_a_statement_has_the_parts_that_lark_finds(topic: str) -> None:
    theirs = _lark(topic)
    for statement in STATEMENTS[topic]:
        ours = parsed(f"canopy_assets.curriculum.{topic}", statement)
        assert (ours and (ours.kind, sorted((name, text.strip()) for name, text in ours.listed))) == _by_lark(
            theirs, statement
        ), statement
    assert parsed(f"canopy_assets.curriculum.{topic}", STATEMENTS[topic][0])


def _by_lark(grammar: Lark, statement: str) -> tuple[str, list[tuple[str, str]]] | None:
    text = statement.rstrip(".?")
    try:
        tree = grammar.parse(text.lower())
    except UnexpectedInput:
        return None
    (kind,) = tree.children
    assert isinstance(kind, Tree)
    parts = [part for part in kind.iter_subtrees() if part is not kind and not part.meta.empty]
    listed = [(str(part.data), text[part.meta.start_pos : part.meta.end_pos].strip()) for part in parts]
    return str(kind.data), sorted(listed)


def _lark(topic: str) -> Lark:
    text = (ROOM / topic / "grammar.lark").read_text()
    if "%include english\n" in text:
        text = text.replace("%include english\n", (ROOM / "english.lark").read_text())
        text = re.sub(r'"([a-z][a-z\'-]*)"', r"/(?<![a-z])\1(?!['-]?[a-z])/", text)
    lexer = "basic" if "\nWORD: " in text else "dynamic"
    return Lark(
        text,
        parser="earley",
        lexer=lexer,
        propagate_positions=True,
        maybe_placeholders=False,
        import_paths=[str(ROOM)],
    )


def _grammar(text: str, **how: bool) -> StatementGrammar:
    return StatementGrammar(read_source(text, lambda _: Source()), **how)


def test_of_two_derivations_the_higher_priority_wins_then_the_first() -> None:
    first = 'start: one | two\none: A\ntwo: B\nA: "x"\nB{}: "x"\n'
    assert _grammar(first.format("")).match("x").rule == "one"
    assert _grammar(first.format(".2")).match("x").rule == "two"


def test_the_place_is_named_where_a_text_leaves_the_grammar() -> None:
    grammar = _grammar('start: go\ngo: "turn" ("left" | "right") "now"?\n%ignore / /\n', in_tokens=True)
    assert grammar.match("turn left now").rule == "go"
    for text, position in (("turn up", 5), ("turn left up", 10), ("turn", 4)):
        with pytest.raises(NoMatchError) as raised:
            grammar.match(text)
        assert raised.value.position == position


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start: missing\n", "‘missing’ is not defined"),
        ('start: "a" %\n', "was not understood"),
        ('start: ("a"\n', "not closed"),
        ("start: ?\n", "nothing stands before"),
    ],
)
def test_a_faulty_grammar_is_reported(text: str, message: str) -> None:
    with pytest.raises(GrammarError, match=message):
        _grammar(text)


def test_a_rule_that_begins_with_itself_is_reported() -> None:
    with pytest.raises(GrammarError, match="begins with itself"):
        _grammar('start: sum\nsum: sum "+" "1" | "1"\n').match("1+1")


def test_many_optional_parts_do_not_multiply_the_time() -> None:
    grammar = _grammar(f'start: many\nmany: {"_x? " * 40} "b"\n_x: "a" | "a" "a"\n')
    with pytest.raises(NoMatchError):
        grammar.match("a" * 60 + "c")
    assert grammar.match("a" * 30 + "b").rule == "many"

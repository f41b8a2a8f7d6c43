"""Rows come back from Arrow as they were, whatever they hold."""

import dataclasses
import typing

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets import records
from canopy_assets.records import content_id
from canopy_assets.storage.arrow import from_table, schema_of, to_table

ROWS = [
    records.SeedDocument,
    records.Exercise,
    records.Dialogue,
    records.ReviewedDialogue,
    records.TrainingExample,
    records.PreferencePair,
    records.EvalPrompt,
    records.TutorResponse,
]


@pytest.mark.parametrize("row_type", ROWS, ids=lambda t: t.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_rows_come_back_from_arrow_as_they_were(row_type: type, data: st.DataObject) -> None:
    row = data.draw(st.builds(row_type, **{n: _strategy(h) for n, h in typing.get_type_hints(row_type).items()}))
    assert from_table(to_table([row], row_type), row_type) == [row]


def _strategy(hint: typing.Any) -> st.SearchStrategy:
    """Values for a type hint, without those that Arrow cannot hold or compare: surrogates, long integers, NaN."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    simple = {str: text, int: st.integers(-(2**63), 2**63 - 1), float: st.floats(allow_nan=False), bool: st.booleans()}
    if hint in simple:
        return simple[hint]
    arguments = typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return st.builds(typing.cast(type, hint), **{n: _strategy(h) for n, h in typing.get_type_hints(hint).items()})
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(arguments)
    if typing.get_origin(hint) is tuple:
        return st.lists(_strategy(arguments[0]), max_size=2).map(tuple)
    if type(None) in arguments:
        return st.none() | _strategy(next(a for a in arguments if a is not type(None)))
    return st.dictionaries(text, text, max_size=2)


def test_an_empty_table_has_the_columns_of_its_rows(tmp_path) -> None:
    pq.write_table(to_table([], records.Exercise), tmp_path / "t.parquet")
    assert pq.read_schema(tmp_path / "t.parquet").names == schema_of(records.Exercise).names


def test_a_content_id_depends_on_every_part_and_on_where_the_parts_end() -> None:
    assert content_id("ab", "c") != content_id("a", "bc")
    assert content_id("a", 1) == content_id("a", 1)

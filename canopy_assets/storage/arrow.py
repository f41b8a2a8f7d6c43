"""Rows as Arrow tables and back. The schema is derived from the row's dataclass, so that the two cannot drift apart."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

import pyarrow as pa

from canopy_assets.records import DESCRIPTION

Row = TypeVar("Row")


def schema_of(row_type: type) -> pa.Schema:
    """The Arrow schema of a dataclass: one column per field, nested dataclasses as structs, tuples as lists.

    A description in a field's metadata becomes one of the column.

    Raises:
        TypeError: a field type has no Arrow type here.
    """
    hints = typing.get_type_hints(row_type)
    fields = [(_arrow_field(f.name, hints[f.name]), f.metadata.get(DESCRIPTION)) for f in dataclasses.fields(row_type)]
    return pa.schema([column.with_metadata({DESCRIPTION: text}) if text else column for column, text in fields])


def description_of(column: pa.Field) -> str | None:
    """What a column means, if its dataclass says so."""
    text = (column.metadata or {}).get(DESCRIPTION.encode())
    return text.decode() if text is not None else None


def to_table(rows: Iterable[Any], row_type: type) -> pa.Table:
    """Rows of one dataclass as an Arrow table with `schema_of(row_type)`. No rows give an empty table."""
    return pa.Table.from_pylist([dataclasses.asdict(r) for r in rows], schema=schema_of(row_type))


def from_table(table: pa.Table, row_type: type[Row]) -> list[Row]:
    """The dataclass rows of a table written by `to_table`."""
    return [_build(row_type, row) for row in table.to_pylist(maps_as_pydicts="strict")]


_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _arrow_field(name: str, hint: Any) -> pa.Field:
    """A column, nullable if the hint is optional."""
    inner, optional = _strip_optional(hint)
    return pa.field(name, _arrow_type(inner), nullable=optional)


def _arrow_type(hint: Any) -> pa.DataType:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if dataclasses.is_dataclass(hint):
        return pa.struct(list(schema_of(typing.cast(type, hint))))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return pa.list_(_arrow_field("item", arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return pa.map_(*(_arrow_type(a) for a in arguments))
    raise TypeError(f"no Arrow type for {hint!r}")


def _strip_optional(hint: Any) -> tuple[Any, bool]:
    """The hint without `| None`, and whether it had that."""
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in arguments:
        (inner,) = [a for a in arguments if a is not type(None)]
        return inner, True
    return hint, False


def _build(hint: Any, value: Any) -> Any:
    """A value of an Arrow row as the hint says: structs as dataclasses, lists as tuples."""
    hint, _ = _strip_optional(hint)
    if value is None or hint in _SCALARS:
        return value
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return typing.cast(type, hint)(**{name: _build(hints[name], item) for name, item in value.items()})
    if typing.get_origin(hint) is tuple:
        return tuple(_build(typing.get_args(hint)[0], item) for item in value)
    return value

"""The rows of JSON text: JSON Lines, an array, objects over several lines, or rows with commas between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from canopy_assets.records import Span
from canopy_assets.seeds.reading.decoding import line_starts
from canopy_assets.seeds.rows.messages import is_message
from canopy_assets.seeds.rows.shapes import folded, shape_of

Row = dict[str, Any]

MAX_ROW_CHARACTERS = 200_000
"""In characters, for one row; the longest in GSM8K has about 2,000."""

_FIRST_TRY = 4_096
"""In characters: how much of the text is copied to decode a row. Only a longer row is tried again with the maximum."""

_TRAILING_COMMA = re.compile(
    r"""
    "(?:[^"\\\n]|\\.)*"?       # a string, in which a comma stays; one that breaks off ends with its line
    |,(?=\s*[\]}])             # a comma before the end of a list or an object
    """,
    re.VERBOSE,
)
_WRAPPER = re.compile(
    r"""
    \{\s*
    (?:"[^"\n]{1,80}"\s*:\s*(?:"[^"\n]{0,1000}"|[-\w.+]{1,40})\s*,\s*){0,20}    # "version": "1.0",
    "[^"\n]{1,80}"\s*:\s*
    (?=\[\s*[\[{])                                                              # "data": [{
    """,
    re.VERBOSE,
)
"""The beginning of an object that holds the rows in a list ("train" and "test" in turn, say)."""
_NEXT_LIST = re.compile(r"""[\s,}]*(?:"[^"\n]{1,80}"\s*:\s*(?:(?=\[)|"[^"\n]{0,1000}"|[-\w.+]{1,40}))?""")
"""What may stand between the lists of such an object, and after the last."""


def rows_of(text: str) -> Iterator[tuple[Span, Row | str]]:
    """Every row with its place: as an object, or the reason why it is not one. A list of messages is one chat.

    A row that cannot be read takes at most the lines up to the next one that begins like it.
    """
    return iter(_Rows(text))


class _Rows:
    """Reads one row after the other, and remembers in how many lists it is."""

    def __init__(self, text: str) -> None:
        # Blanked and not removed, so that positions stay those of the file.
        self._text = _TRAILING_COMMA.sub(lambda m: " " if m[0] == "," else m[0], text)
        self._starts = line_starts(text)
        self._line = 0
        self._position, self._depth, self._wrapped = 0, 0, False

    def __iter__(self) -> Iterator[tuple[Span, Row | str]]:
        self._unwrap()
        while (start := self._next_value()) is not None:
            value, end = self._value(start)
            first = self._line_at(start)
            if isinstance(value, str):
                end = self._after_failure(start, end)
                self._position = end
                yield Span(first + 1, first + 1, start, min(end, self._line_end(first))), value
            else:
                self._position = end
                yield Span(first + 1, self._line_at(end - 1) + 1, start, end), value

    def _unwrap(self) -> None:
        """Step into an object that holds the rows in a list."""
        found = _WRAPPER.match(self._text, len(self._text) - len(self._text.lstrip()))
        if found is None:
            return
        first, _ = self._decoded(self._skip(found.end() + 1))
        if _is_chat(first) or (isinstance(first, dict) and shape_of(folded(first))):
            self._position, self._wrapped = found.end(), True

    def _next_value(self) -> int | None:
        """The position of the next value; None at the end of the text."""
        while True:
            position = self._skip(self._position)
            if position == len(self._text):
                return None
            sign = self._text[position]
            if sign == "]" and self._depth:
                self._depth, self._position = self._depth - 1, position + 1
            elif (
                self._wrapped and not self._depth and sign in '}"' and (found := _NEXT_LIST.match(self._text, position))
            ):
                if found.end() == position:
                    return position
                self._position = found.end()
            elif sign == "[" and self._holds_rows(position):
                self._depth, self._position = self._depth + 1, position + 1
            else:
                return position

    def _skip(self, position: int) -> int:
        """Past spaces and commas."""
        while position < len(self._text) and self._text[position] in " \t\r\n,":
            position += 1
        return position

    def _holds_rows(self, start: int) -> bool:
        """Whether the list at this position holds rows; a list of messages is a row itself."""
        inside = self._skip(start + 1)
        if self._depth > 1 or self._text[inside : inside + 1] not in ("{", "["):
            return False
        element, _ = self._decoded(inside)
        return _is_chat(element) if self._text[inside] == "[" else not is_message(element)

    def _value(self, start: int) -> tuple[Row | str, int]:
        """The row at this position and its end, or why there is none and where that was found."""
        value, end = self._decoded(start)
        if _is_chat(value):
            value = {"messages": value}
        if isinstance(value, dict):
            return (value, end) if _is_encodable(value) else (_SURROGATE, end)
        if isinstance(value, _Failure):
            return self._reason(start, value), value.position
        return f"a JSON {type(value).__name__}, not an object: write {{…}}", end

    def _decoded(self, start: int) -> tuple[Any, int]:
        """Any JSON value at this position and its end."""
        for size in (_FIRST_TRY, MAX_ROW_CHARACTERS):
            failure = _Failure("nested too deeply", start)
            try:
                value, length = _DECODER.raw_decode(self._text[start : start + size])
            except json.JSONDecodeError as error:
                failure = _Failure(error.msg, start + error.pos)
                if error.pos < size - 10 and not error.msg.startswith("Unterminated string"):
                    break  # it does not come from the cut: ten characters are more than any sign or word of JSON
            except RecursionError:
                break
            except ValueError as error:
                failure = _Failure(str(error), start)
            else:
                if isinstance(value, dict | list) or start + length < len(self._text):
                    return value, start + length
                return value, len(self._text)
        return failure, failure.position

    def _reason(self, start: int, failure: _Failure) -> str:
        line = self._line_at(start)
        if self._line_end(line) - start > MAX_ROW_CHARACTERS:
            size = self._line_end(line) - start
            return f"{size} characters are more than the {MAX_ROW_CHARACTERS} allowed in a row: split it"
        at = self._line_at(failure.position)
        column = failure.position - self._starts[at] + 1
        place = f"column {column}" if at == line else f"line {at + 1}, column {column}"
        return f"bad JSON at {place}: {failure.reason}"

    def _after_failure(self, start: int, found: int) -> int:
        """Where to go on: the next line, or where an object over several lines failed, the next that begins like it."""
        line = self._line_at(start)
        column = start - self._starts[line]
        following = line + 1
        if found > self._line_end(line) and not self._text[self._starts[line] : start].strip():
            begins = re.compile(rf"\n[ \t]{{{column}}}(?=[{{\[])")
            again = begins.search(self._text, self._line_end(line))
            return again.end() if again else len(self._text)
        return self._starts[following] if following < len(self._starts) else len(self._text)

    def _line_at(self, position: int) -> int:
        """The index of the line that holds a position. Positions are asked for in about their order."""
        while self._line + 1 < len(self._starts) and self._starts[self._line + 1] <= position:
            self._line += 1
        while self._starts[self._line] > position:
            self._line -= 1
        return self._line

    def _line_end(self, line: int) -> int:
        return self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self._text)


def _is_chat(value: Any) -> bool:
    """Whether a list is a chat of its own: not empty, and nothing but messages."""
    return isinstance(value, list) and bool(value) and all(map(is_message, value))


class _Failure:
    """Why a value cannot be read, and the position where that shows."""

    def __init__(self, reason: str, position: int) -> None:
        self.reason, self.position = reason, position


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON: write a number or null")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_SURROGATE = "half of a surrogate pair (\\ud800 to \\udfff) on its own: write the character itself"


def _is_encodable(row: Row) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True

"""A table of text, as spreadsheets and data frames write it, -> a sequence: rows are time steps, columns features.

Nothing is guessed that would change a number: how the table was read is told (`Table`), and a comma that may be decimal
is asked about.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from lstm_core.limits import MAX_BATCH, MAX_FEATURES, MAX_TIMESTEPS
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import (
    MAX_TEXT,
    Array,
    first_refused,
    float32_of,
    parse_number,
)

Comma = Literal["decimal", "separator"]
"""What a comma between two digits is: the decimal mark, or what separates two columns."""

SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "space"}
"""What may separate columns, the surest first, and its name."""
MAX_COLUMNS = 256
"""Columns of a table, of which some may be left out, at most."""

_SHOWN = 40
_NUMBER_LIKE = re.compile(r"[+-]?[0-9.][0-9.,eE+-]*")
_TIGHT_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = ("nan", "inf", "infinity", "na", "n/a", "null", "none", "#n/a")


@dataclass(frozen=True)
class Table:
    """Cells as they stand in the text, and how they were found.

    `separator` is one of `SEPARATORS`, or None for a single column; `header` the names in the first row, or None;
    `lines` the line in the text that each row ends on, from 1; `comma` what commas were taken for, if any.
    """

    separator: str | None
    header: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    comma: Comma | None

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.rows[0])

    def name(self, column: int) -> str:
        """Return a column's number, from 1, with its name where the table has a header."""
        named = self.header[column] if self.header else ""
        return f"{column + 1} ({_shortened(named)})" if named else str(column + 1)


def decode(raw: bytes) -> str:
    """Return a file's text: UTF-8, UTF-16 where it says so, or what Excel saves as CSV in Korean (CP949).

    Raises:
        Refusal: `csv_too_large`, `csv_encoding`.
    """
    check_size(len(raw))
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("csv_encoding")


def check_size(size: int) -> None:
    """Refuse more than `MAX_TEXT` bytes or characters: `csv_too_large`."""
    if size > MAX_TEXT:
        raise Refusal("csv_too_large", given=f"{size / 2**20:.1f}")


def read_table(text: str, *, comma: Comma | None = None, header: bool | None = None) -> Table:
    r"""Return the cells of CSV text. `header` says whether the first row is names; None: if no cell is a number.

    >>> table = read_table("t,x\n0,1.5\n1,2.5\n")
    >>> table.separator, table.header, table.rows, table.lines
    (',', ('t', 'x'), (('0', '1.5'), ('1', '2.5')), (2, 3))

    Raises:
        Refusal: `no_numbers`, `csv_too_large`, `csv_nul`, `csv_quote`, `csv_long_cell`, `csv_ragged`, `too_many`, and
            `csv_comma` where a comma may be decimal and `comma` does not decide; `line` names the place, from 1.
    """
    check_size(len(text))
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Refusal("no_numbers")
    if "\0" in text:
        before = text[: text.index("\0")]
        raise Refusal("csv_nul", line=before.count("\n") + 1)
    separator = _separator(text, comma)
    rows, lines = _cells(text, separator)
    if comma is None and _may_be_decimal(rows, separator):
        raise Refusal("csv_comma", given=_first_comma(rows, separator))
    if comma == "decimal":
        rows = [tuple(c.replace(",", ".") if _TIGHT_COMMA.fullmatch(c) else c for c in row) for row in rows]
    if header is None:
        header = any(rows[0]) and not any(map(_is_number_like, rows[0]))
    header = header and len(rows) > 1
    return Table(
        separator=separator,
        header=rows[0] if header else None,
        rows=tuple(rows[header:]),
        lines=tuple(lines[header:]),
        comma=comma,
    )


def to_sequence(table: Table, *, columns: Sequence[int] | None = None, batch_column: int | None = None) -> Array:
    r"""Return the table's numbers as (batch, timesteps, features), float32.

    `columns`, from 0, are the features; None: all but `batch_column`, whose equal cells are one batch row, in the order
    of their first appearance.

    >>> to_sequence(read_table("who,x\na,1\nb,3\na,2\nb,4"), batch_column=0).tolist()
    [[[1.0], [2.0]], [[3.0], [4.0]]]

    Raises:
        Refusal: `csv_empty_cell`, `csv_not_finite`, `csv_digits`, `csv_text_cell`, `too_large`, `too_small`,
            `csv_rows_differ`, `csv_no_columns`, `too_many`.
    """
    if columns is None:
        columns = range(table.columns)
    chosen = [column for column in columns if column != batch_column]
    if not chosen:
        raise Refusal("csv_no_columns")
    _check_count("features", len(chosen), MAX_FEATURES)
    members = _batch_rows(table, batch_column)
    _check_count("batch", len(members), MAX_BATCH)
    timesteps = len(next(iter(members.values())))
    for who, rows in members.items():
        _check_count("timesteps", len(rows), MAX_TIMESTEPS)
        if len(rows) != timesteps:
            raise Refusal("csv_rows_differ", name=_shortened(who), given=len(rows), expected=timesteps)
    order = [row for rows in members.values() for row in rows]
    cells = [table.rows[row][column] for row in order for column in chosen]
    numbers = float32_of(cells)
    if numbers is None:
        row, column = divmod(first_refused(cells), len(chosen))
        _refuse_cell(table, order[row], chosen[column])
    return numbers.reshape(len(members), timesteps, len(chosen))


def _separator(text: str, comma: Comma | None) -> str | None:
    """Return what parts the columns of the first line that has anything in it, or None for a single column."""
    if comma == "separator":
        return ","
    line = next(line for line in text.splitlines() if line.strip())
    outside_quotes = re.sub(r'"[^"]*"?', "", line)
    for separator in SEPARATORS:
        if separator == "," and comma == "decimal":
            continue
        if separator in outside_quotes.strip(" "):
            return separator
    return None


def _cells(text: str, separator: str | None) -> tuple[list[tuple[str, ...]], list[int]]:
    """Return all rows that are not empty, of equally many cells, and the line each ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or "\t", strict=True, skipinitialspace=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for cells in _read(reader):
        if not any(cells):
            continue
        if separator == " ":
            cells = [cell for cell in cells if cell]
        row = tuple(map(str.strip, cells))
        _check_count("columns", len(row), MAX_COLUMNS)
        if rows and len(row) != len(rows[0]):
            raise Refusal("csv_ragged", line=reader.line_num, given=len(row), expected=len(rows[0]))
        rows.append(row)
        lines.append(reader.line_num)
        _check_count("rows", len(rows), MAX_BATCH * MAX_TIMESTEPS + 1)
    if not rows:
        raise Refusal("no_numbers")
    return rows, lines


def _read(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    line = 1
    try:
        for cells in reader:
            yield cells
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except csv.Error as error:
        raise Refusal("csv_long_cell" if "limit" in str(error) else "csv_quote", line=line) from error


def _may_be_decimal(rows: list[tuple[str, ...]], separator: str | None) -> bool:
    """Whether some comma between digits may be decimal: inside a cell, or the only one of each line without a point."""
    if separator != ",":
        return any(_TIGHT_COMMA.fullmatch(cell) for row in rows for cell in row)
    if len(rows[0]) != 2:
        return False
    return all(cell.lstrip("+-").isdecimal() for row in rows for cell in row)


def _first_comma(rows: list[tuple[str, ...]], separator: str | None) -> str:
    if separator == ",":
        return _shortened(",".join(rows[0]))
    return _shortened(next(cell for row in rows for cell in row if _TIGHT_COMMA.fullmatch(cell)))


def _is_number_like(cell: str) -> bool:
    return _NUMBER_LIKE.fullmatch(cell) is not None or cell.lower().lstrip("+-") in _NOT_FINITE


def _batch_rows(table: Table, batch_column: int | None) -> dict[str, list[int]]:
    """Return the rows of each batch row, in the table's order, by what stands in its column."""
    if batch_column is None:
        return {"": list(range(len(table.rows)))}
    members: dict[str, list[int]] = {}
    for index, row in enumerate(table.rows):
        members.setdefault(row[batch_column], []).append(index)
    return members


def _refuse_cell(table: Table, row: int, column: int) -> NoReturn:
    """Raise the refusal of a cell that is not a plain number."""
    cell = table.rows[row][column]
    place = {"line": table.lines[row], "column": table.name(column)}
    if not cell:
        raise Refusal("csv_empty_cell", **place)
    if cell.lower().lstrip("+-") in _NOT_FINITE:
        raise Refusal("csv_not_finite", given=cell, **place)
    try:
        parse_number(cell, **place)
    except Refusal as refusal:
        if refusal.code != "not_a_number":
            raise
        digits = any(character.isdigit() and not character.isascii() for character in cell)
        code = "csv_digits" if digits else "csv_text_cell"
        raise Refusal(code, given=_shortened(cell), **place) from refusal
    raise AssertionError("the cell is a number")


def _check_count(what: str, given: int, high: int) -> None:
    if given > high:
        raise Refusal("too_many", what=what, given=given, high=high)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

"""Reading the CSV files that people hand in: encoding, rows with line numbers, rows that are wrong.

Lives here: what every such file has in common. What the columns mean stands with the readers of
each kind of file (``dgpa``, ``roster_files``).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from opendata.rules.errors import Fault, Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TableRow:
    """A record of a file: the line it begins in (1 is the header's) and its cells, trimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a record was not taken; ``fault.field`` is the column, or '' for the whole row."""

    line: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read: the header's names, its good records, and those of a wrong length."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    faults: tuple[RowFault, ...]


def decode_text(raw: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else CP950.

    Raises:
        Invalid: ``encoding`` – it is none of them.
    """
    has_mark = raw.startswith(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig",) if has_mark else ("utf-8", "cp950"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(Fault("file", "encoding"))


def read_table(raw: bytes, required: Collection[str]) -> Table:
    """Read a CSV file with a header.

    Args:
        raw: the file's bytes; line breaks may stand inside quoted cells.
        required: columns it must have; it may have more.

    Raises:
        Invalid: nothing of the file can be read – ``encoding``, ``empty``, ``column_missing``,
            ``column_twice``, or ``not_csv`` with the line.
    """
    records = _records(decode_text(raw))
    _, header = next(records, (1, []))
    columns = tuple(name.strip() for name in header)
    _check_header(columns, required)
    rows: list[TableRow] = []
    faults: list[RowFault] = []
    for line, cells in records:
        if len(cells) == len(columns):
            trimmed = (cell.strip() for cell in cells)
            rows.append(TableRow(line, dict(zip(columns, trimmed, strict=True))))
        else:
            counts = (("expected", len(columns)), ("found", len(cells)))
            faults.append(RowFault(line, Fault("", "cells", counts)))
    return Table(columns, tuple(rows), tuple(faults))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins in; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(Fault("file", "not_csv", (("line", line),))) from None


def _check_header(columns: tuple[str, ...], required: Collection[str]) -> None:
    if not columns:
        raise Invalid(Fault("file", "empty"))
    faults = [Fault(name, "column_missing") for name in required if name not in columns]
    faults += [Fault(name, "column_twice") for name in required if columns.count(name) > 1]
    if faults:
        raise Invalid(*faults)


def take(
    table: Table, read: Callable[[TableRow], T]
) -> tuple[tuple[tuple[int, T], ...], tuple[RowFault, ...]]:
    """Read every row; the good ones go in, the others are reported.

    Args:
        table: the file.
        read: makes an object of a row, or raises Invalid.

    Returns:
        The objects with their lines, and the faults of all other rows, by line.
    """
    taken: list[tuple[int, T]] = []
    faults = list(table.faults)
    for row in table.rows:
        try:
            taken.append((row.line, read(row)))
        except Invalid as wrong:
            faults += (RowFault(row.line, fault) for fault in wrong.faults)
    return tuple(taken), tuple(sorted(faults, key=lambda one: one.line))

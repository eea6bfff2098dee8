"""The platform's list of all datasets, in each of its generations, read as a stream.

Lives here: which generation a file is, by its header; what its columns hold; and whether it is
whole. Contacts are dropped here. Nothing is held but the row at hand, so a file may be of any
size. Which rows are the ministry's, and what they change, stands in ``desk.catalogue``.

Codes of faults: ``not_a_catalogue``, ``web_page``, ``cut_off``, ``cut_off_after``, ``empty``,
``encoding``, ``line_too_long``; of rows ``cells``, ``blank``, ``not_a_date``.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import IO, Any

from opendata.rules.canonical import canonical
from opendata.rules.catalogue import Found, Listing
from opendata.rules.errors import Fault, Invalid
from opendata.rules.roc import parse_date

PEEK, CHUNK = 1 << 16, 1 << 16
LONGEST = 1 << 20
"""Characters of a line or of a JSON object; the longest cell known has 29,000."""

FIRST = 20
"""Objects of a JSON list that are looked at for the keys that there are."""
LONGEST_ID, LONGEST_TITLE = 40, 500

# What each generation calls what we keep, in the order of preference.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("資料集識別碼", "id", "nid", "datasetId"),
    "title": ("資料集名稱", "title"),
    "agency": ("提供機關", "提供機關名稱", "資料集提供機關", "agency_name"),
    "listed": ("上架日期", "發布時間", "上架日", "pubdate"),
    "quality": ("品質檢測", "quality_check_status"),
    "frequency": ("更新頻率", "updatefreq_desc"),
    "updated": ("詮釋資料更新時間", "修訂時間", "metadata_changed"),
}
_CONTENT: tuple[tuple[str, ...], ...] = (
    ("檔案格式", "all_file_format_name"),
    ("資料下載網址", "下載連結"),
    ("資料集描述", "content"),
    ("主要欄位說明",),
    ("授權方式", "license_name"),
    ("計費方式",),
    ("服務分類", "category_name"),
    ("相關網址",),
    ("備註",),
)
_ARRAYS = ("Records", "search_result", "result", "datasets", "data")
_NOTHING = frozenset({"", "NA", "N/A", "null", "NULL"})


class Export:
    """An export that is open for reading: its generation, and its rows, once.

    Attributes:
        form: ``csv22``, ``csv19``, ``json``, ``csv6-unnumbered``: kind of file, number of columns,
            and whether its datasets lack numbers.
        numbered: whether its datasets have numbers.
    """

    def __init__(self, file: IO[bytes] | io.RawIOBase) -> None:
        """Look at the beginning.

        Raises:
            Invalid: it is no list of datasets.
        """
        self._hashed = _Hashed(file)
        head = self._hashed.peek()
        if not head.removeprefix(codecs.BOM_UTF8).strip():
            raise Invalid(Fault("file", "empty"))
        if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
            raise Invalid(Fault("file", "web_page"))
        text = _Lines(self._hashed, _encoding(head))
        if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"[", b"{"):
            self._rows, self.form, columns = _json_rows(text)
        else:
            self._rows, self.form, columns = _csv_rows(text)
        has = {field for field, names in _COLUMNS.items() if not columns.isdisjoint(names)}
        if not has.issuperset({"title", "agency"}):
            raise Invalid(Fault("file", "not_a_catalogue"))
        self.numbered = "id" in has
        if not self.numbered:
            self.form += "-unnumbered"

    def __iter__(self) -> Iterator[Found]:
        """Its rows.

        Raises:
            Invalid: ``cut_off``, ``encoding`` or ``line_too_long`` – it cannot be read to its end.
        """
        try:
            for line, cells in self._rows:
                yield cells if isinstance(cells, Found) else self._found(line, cells)
        except UnicodeDecodeError:
            raise Invalid(Fault("file", "encoding")) from None

    @property
    def digest(self) -> str:
        """SHA-256 of the file, when it was read to its end."""
        return self._hashed.sha.hexdigest()

    def _found(self, line: int, cells: Mapping[str, Any]) -> Found:
        told = {field: _text(cells, names) for field, names in _COLUMNS.items()}
        faults = [Fault(_COLUMNS[f][0], "blank") for f in ("title", "agency") if not told[f]]
        if self.numbered and not told["id"]:
            faults.append(Fault(_COLUMNS["id"][0], "blank"))
        if len(told["id"] or "") > LONGEST_ID:
            length = len(told["id"] or "")
            told["id"] = ""
            counts = (("most", LONGEST_ID), ("length", length))
            faults.append(Fault(_COLUMNS["id"][0], "too_long", counts))
        if faults:
            return Found(line, None, tuple(faults), told["id"] or "")
        listed, wrong = _day(told["listed"])
        rest = [_text(cells, names) or "" for names in _CONTENT]
        listing = Listing(
            id=told["id"] or "",
            title=(told["title"] or "")[:LONGEST_TITLE],
            agency_name=told["agency"] or "",
            listed=listed,
            quality=told["quality"],
            frequency=told["frequency"],
            updated=told["updated"] or "",
            content=hashlib.sha256(canonical(rest)).hexdigest()[:32],
        )
        return Found(line, listing, wrong, listing.id)


def _text(cells: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """A cell, trimmed, U+3000 too; None: the row has no such column, whatever it is called."""
    name = next((name for name in names if name in cells), None)
    if name is None:
        return None
    value = cells[name]
    told = value if isinstance(value, str) else "" if value is None else str(value)
    # Half of a pair, which JSON can name, is no text that anything can store.
    told = told.encode("utf-8", "replace").decode().strip()
    return "" if told in _NOTHING else told


def _day(text: str | None) -> tuple[date | None, tuple[Fault, ...]]:
    """The day of ``2026-05-11 16:51:14`` and its like; a row without one is taken all the same."""
    name = _COLUMNS["listed"][0]
    if text is None:
        return None, ()
    if not text:
        return None, (Fault(name, "no_date"),)
    try:
        return parse_date(text.split()[0].split("T")[0]), ()
    except Invalid:
        return None, (Fault(name, "not_a_date", (("text", text[:40]),)),)


def _encoding(head: bytes) -> str:
    """By the byte order mark, else UTF-8 if the beginning is, else CP950.

    Raises:
        Invalid: ``encoding``.
    """
    for encoding in ("utf-8-sig", "cp950"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Invalid(Fault("file", "encoding"))


class _Hashed(io.RawIOBase):
    """A stream that is hashed while it is read."""

    def __init__(self, file: IO[bytes] | io.RawIOBase) -> None:
        self.sha = hashlib.sha256()
        self._file = file
        self._head = b""

    def peek(self) -> bytes:
        """The beginning, which is read again later."""
        while len(self._head) < PEEK and (more := self._file.read(PEEK - len(self._head))):
            self._head += more
        return self._head

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        size = len(buffer)
        told, self._head = self._head[:size], self._head[size:]
        told = told or self._file.read(size) or b""
        self.sha.update(told)
        buffer[: len(told)] = told
        return len(told)


class _Lines:
    """The lines of a text, none longer than LONGEST, and its text in pieces."""

    def __init__(self, raw: io.RawIOBase, encoding: str) -> None:
        buffered = io.BufferedReader(raw, CHUNK)
        self._text = io.TextIOWrapper(buffered, encoding=encoding, newline="")

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST):
            if len(line) == LONGEST:
                raise Invalid(Fault("file", "line_too_long", (("most", LONGEST),)))
            yield line

    def read(self) -> str:
        """The next piece; "" at the end."""
        return self._text.read(CHUNK)


Rows = Iterator[tuple[int, "Mapping[str, Any] | Found"]]
Columns = frozenset[str]


def _csv_rows(text: _Lines) -> tuple[Rows, str, Columns]:
    reader = csv.reader(iter(text), strict=True)
    records = _records(reader)
    _, header = next(records, (1, []))
    columns = tuple(name.strip() for name in header)
    return _cells(records, columns), f"csv{len(columns)}", frozenset(columns)


def _records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Records with the line that each begins in; a quote that is never closed is a cut-off file."""
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(Fault("file", "cut_off", (("line", line),))) from None


def _cells(records: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]) -> Rows:
    """Rows by column. The last one may be cut off in the middle: then the file is."""
    short = 0
    for line, cells in records:
        short = line if len(cells) < len(columns) else 0
        if len(cells) == len(columns):
            yield line, dict(zip(columns, cells, strict=True))
        else:
            counts = (("expected", len(columns)), ("found", len(cells)))
            numbered = columns[0] in _COLUMNS["id"] and cells[0].strip().isalnum()
            number = cells[0].strip() if numbered else ""
            yield line, Found(line, None, (Fault("", "cells", counts),), number)
    if short:
        raise Invalid(Fault("file", "cut_off", (("line", short),)))


def _json_rows(text: _Lines) -> tuple[Rows, str, Columns]:
    """Objects need not have the same keys; the first ones say whether it is a list of datasets."""
    rows = enumerate(_objects(text), 1)
    first = list(islice(rows, FIRST))
    if not first:
        raise Invalid(Fault("file", "empty"))
    return chain(first, rows), "json", frozenset(name for _, one in first for name in one)


def _objects(text: _Lines) -> Iterator[Mapping[str, Any]]:
    """The objects of the first list of objects, which may stand inside an object.

    What stands behind the list is read past, so that the file's digest is that of all of it.

    Raises:
        Invalid: ``cut_off`` – the list has no end; it says after which object.
    """
    decoder, buffer, n = json.JSONDecoder(), text.read(), 0
    buffer = buffer[_list_of(buffer) :]
    while not (buffer := buffer.lstrip(" \t\r\n,")).startswith("]"):
        try:
            told, end = decoder.raw_decode(buffer)
        except json.JSONDecodeError:
            more = text.read()
            if not more or len(buffer) > LONGEST:
                raise Invalid(Fault("file", "cut_off_after", (("n", n),))) from None
            buffer += more
            continue
        except (RecursionError, ValueError):
            # Nested without end, or a number of thousands of digits.
            raise Invalid(Fault("file", "not_a_catalogue")) from None
        if not isinstance(told, Mapping):
            raise Invalid(Fault("file", "not_a_catalogue"))
        n += 1
        yield told
        buffer = buffer[end:] or text.read()
    while text.read():
        pass


def _list_of(buffer: str) -> int:
    """Where the list's first object may begin."""
    tidy = buffer.lstrip()
    if tidy.startswith("["):
        return len(buffer) - len(tidy) + 1
    for name in _ARRAYS:
        at = buffer.find(f'"{name}"')
        begin = buffer.find("[", at) if at >= 0 else -1
        if begin >= 0 and not buffer[at + len(name) + 2 : begin].strip(": \t\r\n"):
            return begin + 1
    raise Invalid(Fault("file", "not_a_catalogue"))

"""資料盤點表 as a file: CSV or ODS, in and out.

Columns may be named in Chinese or in English; what the desk exports it takes in again unchanged.
What an item must have is decided in ``rules.inventory``.

Codes of faults: ``required``, ``unknown_agency``, ``not_an_openness``, ``not_a_priority``,
``not_yes_or_no``, ``not_a_year``, ``twice``, ``unknown_inventory_columns``, and those of ``tables``
and ``ods``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from opendata.adapters import ods
from opendata.adapters.tables import RowFault, Table, TableRow, read_table, take
from opendata.desk.inventory import Entry
from opendata.rules import matching
from opendata.rules.canonical import digest
from opendata.rules.errors import Fault, Invalid
from opendata.rules.inventory import Item, Openness, Priority, Readiness
from opendata.rules.people import Directory
from opendata.rules.roc import BEFORE_YEAR_1

T = TypeVar("T")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("盤點編號", "編號", "number"),
    "agency": ("機關", "機關名稱", "agency"),
    "title": ("資料集名稱", "資料項目", "title"),
    "openness": ("開放程度", "openness"),
    "planned": ("預計開放年度", "planned_year"),
    "priority": ("優先開放理由", "priority"),
    "origin": ("施政計畫或系統", "origin"),
    "reason": ("不開放理由", "reason"),
    "structured": ("結構化", "structured"),
    "deidentified": ("已去識別化", "deidentified"),
    "open_format": ("開放格式或API", "open_format"),
    "dataset": ("資料集識別碼", "dataset_id"),
    "why": ("異動理由", "change_reason"),
}
_NEEDED = ("agency", "title", "openness")
_OPENNESS = {"開放": Openness.OPEN, "依申請提供": Openness.ON_REQUEST, "不開放": Openness.CLOSED}
_PRIORITIES = {
    "依法應公開": Priority.LEGALLY_REQUIRED,
    "無法規限制": Priority.NO_RESTRICTION,
    "查詢量較高": Priority.HIGH_DEMAND,
}
_YES = frozenset({"1", "true", "yes", "y", "是", "v", "✓"})
_NO = frozenset({"", "0", "false", "no", "n", "否"})
_YEAR = re.compile(r"(?:民國|中華民國)?\s*(\d{2,4})\s*年?度?")


def is_inventory(raw: bytes) -> bool:
    """Whether a file is a 盤點表, by its header; nothing else is handed in as ODS.

    Raises:
        Invalid: it cannot be read at all.
    """
    if raw.startswith(ods.MAGIC):
        return True
    columns = set(read_table(raw, ()).columns)
    return not any(columns.isdisjoint(COLUMNS[field]) for field in _NEEDED)


def read_inventory(
    raw: bytes, directory: Directory
) -> tuple[tuple[Entry, ...], tuple[RowFault, ...]]:
    """Read a 盤點表.

    Args:
        raw: the file's bytes, CSV or ODS.
        directory: the agencies that its rows name, today or formerly, or by code.

    Returns:
        Its good rows, and why the others were not taken.

    Raises:
        Invalid: the file as a whole cannot be read, or is none.
    """
    table = _from_ods(raw) if raw.startswith(ods.MAGIC) else read_table(raw, ())
    names = {
        field: next((name for name in told if name in table.columns), None)
        for field, told in COLUMNS.items()
    }
    if any(names[field] is None for field in _NEEDED):
        raise Invalid(Fault("file", "unknown_inventory_columns"))
    taken, faults = take(table, lambda row: _entry(row, names, directory))
    return _once(taken, faults)


def _once(
    taken: Iterable[tuple[int, Entry]], faults: Iterable[RowFault]
) -> tuple[tuple[Entry, ...], tuple[RowFault, ...]]:
    """The first row of a number counts; a second one is refused."""
    kept, refused = dict[str, Entry](), list(faults)
    for line, entry in taken:
        if entry.item.number in kept:
            refused.append(RowFault(line, Fault(COLUMNS["number"][0], "twice")))
        else:
            kept[entry.item.number] = entry
    return tuple(kept.values()), tuple(sorted(refused, key=lambda one: one.line))


def _from_ods(raw: bytes) -> Table:
    """The first row is the header; lines are rows of the sheet."""
    records = ods.rows(raw)
    columns = tuple(name.strip() for name in next(records, []))
    if not columns:
        raise Invalid(Fault("file", "empty"))
    rows, faults = list[TableRow](), list[RowFault]()
    for line, cells in enumerate(records, 2):
        if len(cells) > len(columns):
            counts = (("expected", len(columns)), ("found", len(cells)))
            faults.append(RowFault(line, Fault("", "cells", counts)))
        elif cells:
            filled = (*cells, *("" for _ in range(len(columns) - len(cells))))
            told = (cell.strip() for cell in filled)
            rows.append(TableRow(line, dict(zip(columns, told, strict=True))))
    return Table(columns, tuple(rows), tuple(faults))


def _entry(row: TableRow, names: Mapping[str, str | None], directory: Directory) -> Entry:
    faults = list[Fault]()

    def cell(field: str) -> str:
        name = names[field]
        return row.cells[name].strip() if name else ""

    def chosen(field: str, table: Mapping[str, T], code: str) -> T | None:
        text = cell(field)
        if text and text not in table:
            faults.append(Fault(names[field] or field, code, (("text", text[:40]),)))
        return table.get(text)

    agency = directory.resolve(cell("agency")) or directory.agency(cell("agency"))
    if agency is None:
        told = (("text", cell("agency")[:40]),)
        faults.append(Fault(names["agency"] or "agency", "no_such_agency", told))
    openness = chosen("openness", _named(_OPENNESS), "not_an_openness")
    if openness is None and not cell("openness"):
        faults.append(Fault(names["openness"] or "openness", "required"))
    priority = chosen("priority", _named(_PRIORITIES), "not_a_priority")
    readiness = frozenset(one for one in Readiness if _ticked(names, cell, one.value, faults))
    planned = _year(cell("planned"), names["planned"], faults)
    if not cell("title"):
        faults.append(Fault(names["title"] or "title", "required"))
    if faults or agency is None or openness is None:
        raise Invalid(*faults)
    title = " ".join(cell("title").split())
    item = Item(
        number=cell("number") or _number(agency.code, title),
        agency=agency.code,
        title=title,
        openness=openness,
        planned=planned,
        priority=priority,
        origin=cell("origin"),
        reason=cell("reason"),
        readiness=readiness,
        dataset=cell("dataset") or None,
    )
    return Entry(row.line, item, cell("why"))


def _named(table: Mapping[str, T]) -> dict[str, T]:
    """By the Chinese word and by the code."""
    return {**table, **{str(getattr(one, "value", one)): one for one in table.values()}}


def _ticked(
    names: Mapping[str, str | None], cell: Callable[[str], str], field: str, faults: list[Fault]
) -> bool:
    text = cell(field).lower()
    if text not in _YES | _NO:
        told = (("text", text[:40]),)
        faults.append(Fault(names[field] or field, "not_yes_or_no", told))
    return text in _YES


def _year(text: str, name: str | None, faults: list[Fault]) -> int | None:
    """115, 115年, 民國115年度 or 2026."""
    if not text:
        return None
    found = _YEAR.fullmatch(text)
    if found is None:
        faults.append(Fault(name or "planned", "not_a_year", (("text", text[:40]),)))
        return None
    year = int(found[1])
    return year - BEFORE_YEAR_1 if year > BEFORE_YEAR_1 else year


def _number(agency: str, title: str) -> str:
    """What stands for the number of an item that has none: agency, and what is compared of it."""
    return f"{agency[:24]}-{digest([agency, matching.key(title)])[:8]}"


# -- out ----------------------------------------------------------------------------------------


def table_of(items: Iterable[Item], directory: Directory) -> list[list[str]]:
    """The items as a table that can be read again; the first row is the header."""
    openness = {code: word for word, code in _OPENNESS.items()}
    priorities = {code: word for word, code in _PRIORITIES.items()}
    rows = [[names[0] for names in COLUMNS.values()]]
    for item in items:
        agency = directory.agency(item.agency)
        ticks = ["是" if one in item.readiness else "" for one in Readiness]
        rows.append(
            [
                *(item.number, agency.name if agency else item.agency, item.title),
                *(openness[item.openness], str(item.planned or "")),
                *(priorities[item.priority] if item.priority else "", item.origin, item.reason),
                *(*ticks, item.dataset or "", ""),
            ]
        )
    return rows


def csv_of(table: Iterable[Iterable[str]]) -> bytes:
    """UTF-8 with BOM, for spreadsheets that know an encoding by nothing else.

    A cell that a spreadsheet would take for a formula is kept from being one.
    """
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_harmless(cell) for cell in row] for row in table)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell

"""Exported lists of feedback as webhook bodies, row by row.

Told apart by their header: suggestions (我想要更多) and comments (我有話要說), as the platform and
the public crawls of it export them. What the columns hold beside the opinion itself, e.g. replies,
is left alone. Sending stands elsewhere.

Codes of faults: ``unknown_header``, ``no_posted_at``, ``not_a_time``, and those of ``tables``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from opendata.adapters.tables import RowFault, TableRow, read_table, take
from opendata.rules.canonical import canonical
from opendata.rules.errors import Fault, Invalid
from opendata.rules.feedback import Kind
from opendata.rules.roc import TAIPEI

LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook that a row became: its line, its id, which is derived from the body, the body.

    ``answered``: whether the list says that it was answered; None: it does not say. ``columns``:
    where each field of the body comes from, by its JSON pointer.
    """

    line: int
    webhook: str
    body: bytes
    answered: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


Read = tuple[tuple[Letter, ...], tuple[RowFault, ...]]

# Each field of the contract with the columns that hold it, in the order of preference.
_SUGGESTION: Mapping[str, tuple[str, ...]] = {
    "id": ("ID",),
    "title": ("標題", "開放建議標題"),
    "body": ("建議原因", "建議資料集名稱", "標題", "開放建議標題"),
    "posted_at": ("發表時間", "發表日期"),
    "requested_dataset": ("建議資料集名稱",),
    "requested_fields": ("建議開放的欄位",),
    "dispatched_agencies": ("派發機關", "實際派發機關"),
    "submitter": ("建議者(原始已遮罩)", "建議者"),
}
_COMMENT: Mapping[str, tuple[str, ...]] = {
    "id": ("cid", "ID"),
    "title": ("title", "標題"),
    "body": ("body", "內容", "title", "標題"),
    "posted_at": ("發表時間",),
    "dataset_id": ("nid",),
    "dataset_title": ("dataset_title", "資料集名稱"),
    "dispatched_agencies": ("agency",),
}
# What only one of the two kinds has.
_MARKS = {
    Kind.SUGGESTION: {"建議原因", "開放建議標題", "建議資料集名稱"},
    Kind.COMMENT: {"cid", "資料集名稱"},
}
_PAGES = {
    Kind.SUGGESTION: ("https://data.gov.tw/suggests/{}", "id"),
    Kind.COMMENT: ("https://data.gov.tw/dataset/{}", "dataset_id"),
}
_ANSWERED = {"已回復": True, "再回復": True, "未回復": False}
_FORMS = tuple(
    day + clock for day in ("%Y-%m-%d", "%Y/%m/%d") for clock in (" %H:%M", " %H:%M:%S", "")
)
_BETWEEN_NAMES = re.compile("[;；]")


def read_feedback(raw: bytes, posted_at: datetime | None = None) -> Read:
    """Read an exported list.

    Args:
        raw: the file's bytes.
        posted_at: for rows that do not say when they were posted, and only for those; aware.

    Returns:
        A letter for each good row, byte-identical at every reading, and why others are none.

    Raises:
        Invalid: the file as a whole cannot be read, or is neither kind of list.
    """
    table = read_table(raw, ())
    kind = _kind(set(table.columns))
    taken, faults = take(table, lambda row: _letter(kind, row, posted_at))
    return tuple(letter for _, letter in taken), faults


def _kind(columns: set[str]) -> Kind:
    for kind, marks in _MARKS.items():
        if marks & columns:
            return kind
    raise Invalid(Fault("file", "unknown_header"))


def _letter(kind: Kind, row: TableRow, default: datetime | None) -> Letter:
    columns = {
        part: next((name for name in names if row.cells.get(name)), names[0])
        for part, names in (_SUGGESTION if kind is Kind.SUGGESTION else _COMMENT).items()
    }
    told: dict[str, Any] = {part: row.cells.get(name) or None for part, name in columns.items()}
    posted_at = _posted_at(told["posted_at"], default, columns["posted_at"]).isoformat()
    agencies = _BETWEEN_NAMES.split(told["dispatched_agencies"] or "")
    title = told["title"] or told["body"]
    page, number = _PAGES[kind]
    told |= {
        "kind": kind,
        "posted_at": posted_at,
        # The platform takes no longer title; an export that has one is cut as its form would.
        "title": title and title[:LONGEST_TITLE],
        "dispatched_agencies": [name.strip() for name in agencies if name.strip()],
        "url": page.format(told[number]) if told[number] else None,
    }
    made = letter(row.line, {"type": "feedback.posted", "timestamp": posted_at, "data": told})
    pointers = {f"/data/{part}": name for part, name in columns.items()}
    answered = _ANSWERED.get(row.cells.get("回復狀態", ""))
    return replace(made, answered=answered, columns=pointers)


def letter(line: int, told: Mapping[str, Any]) -> Letter:
    """A letter whose id is derived from its body, so that sending it twice is one delivery."""
    body = canonical(told)
    return Letter(line, f"msg_{hashlib.sha256(body).hexdigest()[:32]}", body)


def _posted_at(text: str | None, default: datetime | None, column: str) -> datetime:
    if text is None:
        if default is None:
            raise Invalid(Fault(column, "no_posted_at"))
        return default
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=TAIPEI)
        except ValueError:
            continue
    raise Invalid(Fault(column, "not_a_time", (("text", text[:40]),)))

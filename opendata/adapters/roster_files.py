"""The files of the roster: agencies, people and deputies.

Lives here: their columns, and how a cell becomes a value. Good rows go in and bad rows are reported
with their line. What a roster means stands in ``opendata.rules.people``.

Codes of faults: ``cells``, ``required``, ``not_a_code``, ``twice``, ``unknown_agency``,
``unknown_parent``, ``second_root``, ``own_ancestor``, ``not_a_role``, ``not_a_locale``,
``not_yes_or_no``, ``not_a_date``, ``not_a_form``, ``ends_before_start``, ``own_deputy``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from opendata.adapters.tables import RowFault, TableRow, read_table, take
from opendata.rules.errors import Fault, Invalid
from opendata.rules.people import Agency, Deputy, Directory, Form, Locale, Person, Role
from opendata.rules.roc import parse_date

AGENCY_COLUMNS = ("code", "name", "parent", "county", "channel", "former_names")
PEOPLE_COLUMNS = ("slack_user_id", "name", "agency", "roles", "locale", "active")
DEPUTY_COLUMNS = ("for", "by", "from", "to", "form", "ground")

_MEMBER, _CHANNEL = re.compile(r"[UW][A-Za-z0-9_-]+"), re.compile(r"[CG][A-Za-z0-9_-]+")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SEPARATORS = re.compile(r"[;；、]")
_ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "承辦人": Role.OFFICER,
        "單位主管": Role.SECTION_HEAD,
        "法制": Role.LEGAL,
        "資訊長": Role.CIO,
        "窗口": Role.COORDINATOR,
        "委員": Role.MEMBER,
        "稽核": Role.AUDITOR,
    }
)
_FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "代": Form.ACTING_FOR_ABSENT,
        "代行": Form.ACTING_FOR_ABSENT,
        "代理": Form.ACTING,
        "授權決行": Form.DELEGATED,
    }
)
_YES = frozenset({"", "1", "true", "yes", "y", "是", "在職"})
_NO = frozenset({"0", "false", "no", "n", "否", "離職"})
_LOCALES: Mapping[str, Locale] = MappingProxyType(
    {
        "": "zh",
        "zh": "zh",
        "zh-tw": "zh",
        "zh-hant-tw": "zh",
        "en": "en",
        "en-us": "en",
        "en-gb": "en",
    }
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Taken = tuple[tuple[T, ...], tuple[RowFault, ...]]


def read_agencies(raw: bytes, known: Iterable[Agency] = ()) -> Taken[Agency]:
    """Read agencies: code, name, parent, county, channel, former_names (joined with ;).

    Args:
        raw: the file's bytes.
        known: the tree that the file adds to; a row with a known code replaces that agency.

    Returns:
        The agencies, and why the other rows were not taken.

    Raises:
        Invalid: the file as a whole cannot be read.
    """
    taken, faults = _once(raw, AGENCY_COLUMNS, _agency, key=lambda agency: agency.code)
    kept = dict(taken)
    refused = list(faults)
    tree = {agency.code: agency for agency in known}
    # A refused row may have been the parent of another: look again until nothing changes.
    while wrong := list(_misplaced(kept, tree)):
        refused += wrong
        for one in wrong:
            kept.pop(one.line, None)
    return tuple(kept.values()), _by_line(refused)


def _misplaced(kept: Mapping[int, Agency], known: Mapping[str, Agency]) -> list[RowFault]:
    tree = Directory(tuple({**known, **{one.code: one for one in kept.values()}}.values()))
    tops = [agency.code for agency in tree.agencies if agency.parent is None]
    return [
        RowFault(line, fault)
        for line, agency in kept.items()
        if (fault := _place_fault(agency, tree, tops)) is not None
    ]


def _place_fault(agency: Agency, tree: Directory, tops: list[str]) -> Fault | None:
    if agency.parent is None:
        other = agency.code != tops[0]
        return Fault("parent", "second_root", (("root", tops[0]),)) if other else None
    if tree.agency(agency.parent) is None:
        return Fault("parent", "unknown_parent", (("text", agency.parent),))
    line = tree.ancestors(agency.code)
    return Fault("parent", "own_ancestor") if line[-1].parent == agency.code else None


def read_people(raw: bytes, directory: Directory) -> Taken[Person]:
    """Read people: slack_user_id, name, agency, roles (joined with ;), locale, active.

    Args:
        raw: the file's bytes. Roles may be codes or 承辦人, 單位主管, 法制, 資訊長, 窗口, 委員,
            稽核; an empty locale is zh, an empty ``active`` is yes.
        directory: the agencies, which a row names by code or by name.

    Returns:
        The people, and why the other rows were not taken.

    Raises:
        Invalid: the file as a whole cannot be read.
    """

    def person(row: TableRow) -> Person:
        return _person(row, directory)

    taken, faults = _once(raw, PEOPLE_COLUMNS, person, key=lambda one: one.id)
    return tuple(one for _, one in taken), faults


def read_deputies(raw: bytes) -> Taken[Deputy]:
    """Read deputies: for, by (Slack user ids), from, to, form, ground.

    Args:
        raw: the file's bytes. Both days of a term are included and may be ROC or ISO dates; the
            form may be a code or 代, 代行, 代理, 授權決行; the ground is never empty.

    Returns:
        The deputies, and why the other rows were not taken.

    Raises:
        Invalid: the file as a whole cannot be read.
    """
    taken, faults = _once(
        raw, DEPUTY_COLUMNS, _deputy, key=lambda one: (one.for_, one.by, one.start)
    )
    return tuple(one for _, one in taken), faults


def _once(
    raw: bytes,
    columns: tuple[str, ...],
    read: Callable[[TableRow], T],
    key: Callable[[T], Hashable],
) -> tuple[tuple[tuple[int, T], ...], tuple[RowFault, ...]]:
    """Read all rows; of two with the same key only the first is taken."""
    taken, faults = take(read_table(raw, columns), read)
    first: dict[Hashable, int] = {}
    for line, one in taken:
        first.setdefault(key(one), line)
    again = [
        RowFault(line, Fault("", "twice", (("line", first[key(one)]),)))
        for line, one in taken
        if first[key(one)] != line
    ]
    kept = tuple((line, one) for line, one in taken if first[key(one)] == line)
    return kept, _by_line([*faults, *again])


def _by_line(faults: Iterable[RowFault]) -> tuple[RowFault, ...]:
    return tuple(sorted(faults, key=lambda one: one.line))


def _agency(row: TableRow) -> Agency:
    cells = row.cells
    if not _CODE.fullmatch(cells["code"]):
        raise Invalid(Fault("code", "not_a_code", (("text", cells["code"]),)))
    return Agency(
        code=cells["code"],
        name=_required(row, "name"),
        parent=cells["parent"] or None,
        county=cells["county"].replace("台", "臺"),
        channel=_slack_id(row, "channel", _CHANNEL, "not_a_channel") if cells["channel"] else None,
        former_names=tuple(_listed(cells["former_names"])),
    )


def _person(row: TableRow, directory: Directory) -> Person:
    cells = row.cells
    agency = directory.agency(cells["agency"]) or directory.resolve(cells["agency"])
    if agency is None:
        raise Invalid(Fault("agency", "unknown_agency", (("text", cells["agency"]),)))
    locale = _LOCALES.get(cells["locale"].lower().replace("_", "-"))
    if locale is None:
        raise Invalid(Fault("locale", "not_a_locale", (("text", cells["locale"]),)))
    roles = (_named(name, _ROLES, Role, "roles", "not_a_role") for name in _listed(cells["roles"]))
    return Person(
        id=_slack_id(row, "slack_user_id", _MEMBER, "not_a_member"),
        name=_required(row, "name"),
        agency=agency.code,
        roles=frozenset(roles),
        locale=locale,
        active=_yes_or_no(row, "active"),
    )


def _slack_id(row: TableRow, column: str, pattern: re.Pattern[str], code: str) -> str:
    """An id as Slack gives it; a name in its place would be found out only when nothing comes."""
    told = _required(row, column)
    if not pattern.fullmatch(told):
        raise Invalid(Fault(column, code, (("text", told),)))
    return told


def _deputy(row: TableRow) -> Deputy:
    deputy = Deputy(
        for_=_required(row, "for"),
        by=_required(row, "by"),
        start=_date(row, "from"),
        end=_date(row, "to"),
        form=_named(row.cells["form"], _FORMS, Form, "form", "not_a_form"),
        ground=_required(row, "ground"),
    )
    if deputy.end < deputy.start:
        raise Invalid(Fault("to", "ends_before_start"))
    if deputy.by == deputy.for_:
        raise Invalid(Fault("by", "own_deputy"))
    return deputy


def _required(row: TableRow, column: str) -> str:
    if not row.cells[column]:
        raise Invalid(Fault(column, "required"))
    return row.cells[column]


def _listed(cell: str) -> Iterator[str]:
    return (part for text in _SEPARATORS.split(cell) if (part := text.strip()))


def _named(text: str, names: Mapping[str, E], kind: type[E], column: str, code: str) -> E:
    """The member of an enum by its Chinese name or its code."""
    if text in names:
        return names[text]
    try:
        return kind(text.lower())
    except ValueError:
        raise Invalid(Fault(column, code, (("text", text),))) from None


def _yes_or_no(row: TableRow, column: str) -> bool:
    text = row.cells[column].lower()
    if text not in _YES | _NO:
        raise Invalid(Fault(column, "not_yes_or_no", (("text", row.cells[column]),)))
    return text in _YES


def _date(row: TableRow, column: str) -> date:
    try:
        return parse_date(row.cells[column])
    except Invalid:
        raise Invalid(Fault(column, "not_a_date", (("text", row.cells[column]),))) from None

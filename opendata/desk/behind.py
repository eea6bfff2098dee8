"""The cases behind a number of the status, page by page, agency by agency.

Each page is a query of one agency's shelf; a page may be short, or even empty, and still have a
next one. What stands behind a number is decided in ``rules.behind``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from opendata.desk import records
from opendata.desk.casefile import Sheet
from opendata.desk.context import Desk
from opendata.desk.numbers import status
from opendata.desk.ports import Index
from opendata.desk.reading import person
from opendata.rules import behind as rules
from opendata.rules import kpi
from opendata.rules.behind import Measure
from opendata.rules.feedback import Case
from opendata.rules.roc import BEFORE_YEAR_1

PAGE = 20
"""Heads that are read for a page."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the cases behind a number.

    Attributes:
        agency: code of the agency whose they are; None: nobody that the person sees has any.
        cases: those on this page.
        next: from where to go on; None at the end.
    """

    agency: str | None
    cases: tuple[Case, ...]
    next: str | None


def behind(
    desk: Desk,
    actor: str,
    measure: Measure,
    period: str,
    agency: str | None = None,
    after: str | None = None,
) -> Behind:
    """A page of the cases behind a number, of agencies whose cases the person may see.

    Args:
        desk: the desk.
        actor: Slack id.
        measure: which number.
        period: ``115Q3`` or ``115``.
        agency: code; only of it and those below it.
        after: the ``next`` of an earlier page.

    Raises:
        Stranger: not in the roster.
        Invalid: no such period.
    """
    who, directory, now = person(desk, actor), desk.directory(), desk.now()
    quarters = kpi.quarters(period)
    if after is None:
        first = _next_agency(desk, actor, measure, period, agency, "")
        if first is None:
            return Behind(None, (), None)
        after = json.dumps([first, 0, None])
    code, shelf, place = json.loads(after)
    prefixes = _prefixes(measure, quarters[0].year)
    page = desk.store.find(
        Index.AGENCY,
        records.agency_shelf(code),
        prefix=prefixes[shelf],
        after=place,
        limit=PAGE,
    )
    codes = {one.code for one in quarters}
    found = [
        case
        for case in map(records.read_case, page.rows)
        if rules.behind(case, measure, codes, desk.today())
        and Sheet(desk, case, who, directory, now).sees()
    ]
    further: str | None = None
    if page.next is not None:
        further = json.dumps([code, shelf, page.next])
    elif shelf + 1 < len(prefixes):
        further = json.dumps([code, shelf + 1, None])
    else:
        other = _next_agency(desk, actor, measure, period, agency, str(code))
        further = json.dumps([other, 0, None]) if other else None
    return Behind(code, tuple(found), further)


def _prefixes(measure: Measure, year: int) -> Sequence[str]:
    """Where such cases lie: a matter under study is answered, and open all the same."""
    closed = f"{records.CLOSED_SHELF}{year + BEFORE_YEAR_1}-"
    if measure in (Measure.LATE, Measure.IN_TIME):
        return (closed, records.OPEN_SHELF)
    return (records.OPEN_SHELF,)


def _next_agency(
    desk: Desk, actor: str, measure: Measure, period: str, agency: str | None, last: str
) -> str | None:
    """The next agency, by code, that has such cases and whose cases the person may see."""
    counted = status(desk, period, agency=agency).agencies
    codes = sorted(code for code, line in counted.items() if getattr(line, measure.value))
    return next((code for code in codes if code > last and _reaches(desk, actor, code)), None)


def _reaches(desk: Desk, actor: str, code: str) -> bool:
    """Whether somebody works for the agency, or above it, or may decide there today."""
    directory = desk.directory()
    who = person(desk, actor)
    able = directory.approvers(code, desk.today())
    return directory.covers(who, code) or any(one.person.id == actor for one in able)

"""The numbers of a period, from the counters: one query, however many cases there are.

What is counted stands in ``rules.kpi``; an instant in the past is counted anew from the events.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opendata.desk import records
from opendata.desk.catalogue import figures
from opendata.desk.catalogue_records import SYNC_KEY, dataset_counts
from opendata.desk.context import Desk
from opendata.desk.ports import Row
from opendata.desk.reading import histories
from opendata.desk.records import Cause
from opendata.rules import kpi
from opendata.rules.agencies import within
from opendata.rules.catalogue import COUNTS, Year, quarter_reached
from opendata.rules.people import Directory
from opendata.rules.roc import TAIPEI, Quarter, local_date, quarter_of

_COUNTERS = re.compile(r"\d{2,3}Q[1-4]#")


@dataclass(frozen=True, slots=True)
class Now:
    """How the desk itself is.

    Attributes:
        undelivered: what keeps messages from being delivered.
        swept_at: when the reminders were swept last.
        heartbeat: when the watchdog last found nothing wrong.
        synced: when a list of datasets was taken last; reconciled: when a list of feedback was
            compared with the cases.
    """

    undelivered: tuple[Cause, ...] = ()
    swept_at: datetime | None = None
    heartbeat: datetime | None = None
    synced: datetime | None = None
    reconciled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The numbers of a period: a line for each agency that has any, and all together.

    ``now``: how the desk itself is, if the numbers are those of the present. ``datasets``: what is
    new in the year up to the end of the period; None: not known, or asked for an instant past.
    ``agency``: whose they are, with those below it; None: the whole ministry's.
    """

    period: str
    as_of: datetime
    agencies: Mapping[str, kpi.Figures]
    total: kpi.Figures
    now: Now | None = None
    datasets: Year | None = None
    agency: str | None = None


def status(
    desk: Desk,
    period: str | None = None,
    as_of: datetime | None = None,
    agency: str | None = None,
) -> Status:
    """The numbers of ``115Q3`` or ``115``, or of the quarter of today.

    Args:
        desk: the desk.
        period: a quarter or a ROC year.
        agency: code; only it and the agencies below it.
        as_of: an instant in the past, counted anew from the events; None: now, from the counters.

    Raises:
        Invalid: no such period.
    """
    at = as_of or desk.now()
    asked = period or quarter_of(local_date(at)).code
    wanted = kpi.quarters(asked)
    if as_of:
        rows, now, datasets = _counted_anew(desk, wanted, at), None, None
    else:
        rows, now, datasets = _standing(desk, wanted, agency)
    if agency is not None:
        codes = within(desk.directory(), agency)
        rows = [(code, counts) for code, counts in rows if code in codes]
    by_agency: dict[str, list[Mapping[str, int]]] = {}
    for code, counts in rows:
        if not set(counts).difference(COUNTS):
            continue  # it has datasets, and no case
        by_agency.setdefault(code, []).append(counts)
    today = local_date(at)
    lines = {agency: kpi.figures(kpi.added(counts), today) for agency, counts in by_agency.items()}
    total = kpi.figures(kpi.added(counts for _, counts in rows), today)
    named = wanted[0].code if len(wanted) == 1 else str(wanted[0].year)
    return Status(named, at, lines, total, now, datasets, agency)


def all_told(desk: Desk) -> kpi.Figures:
    """The numbers of all quarters together; one query of every row, so not for a request."""
    rows = desk.store.query(records.STATUS).rows
    counts = (row.value for row in rows if _COUNTERS.match(row.key.sk))
    return kpi.figures(kpi.added(counts), desk.today())


def as_json(counted: Status, directory: Directory) -> dict[str, Any]:
    """The contract of ``status --json``; what has no source yet is null."""
    agencies, beat = [], counted.now and counted.now.heartbeat
    for code, line in sorted(counted.agencies.items()):
        agency = directory.agency(code)
        agencies.append(
            {"code": code, "name": agency.name if agency else code, **kpi.to_json(line)}
        )
    return {
        "period": counted.period,
        "as_of": counted.as_of.astimezone(TAIPEI).isoformat(),
        "agencies": agencies,
        "total": kpi.to_json(counted.total),
        "datasets": counted.datasets and _datasets_json(counted.datasets),
        "heartbeat": beat and beat.astimezone(TAIPEI).isoformat(),
    }


def _datasets_json(of: Year) -> dict[str, Any]:
    return {
        "target": of.target.n if of.target else None,
        "gross": of.gross,
        "delisted": of.delisted,
        "net": of.net,
        "pace": of.pace,
        "forecast": of.forecast,
    }


Counts = list[tuple[str, Mapping[str, int]]]
"""Agency by agency, what was counted; an agency may stand there several times."""


def _standing(
    desk: Desk, wanted: Sequence[Quarter], agency: str | None
) -> tuple[Counts, Now | None, Year | None]:
    """The counters of a quarter or a year, its datasets, and if it is the present, how the desk is.

    One query: what is parked and when was swept stands behind the newest counters.
    """
    codes = {quarter.code for quarter in wanted}
    present = quarter_of(desk.today()) in wanted
    year = f"{wanted[0].year}Q"
    if present:
        page = desk.store.query(records.STATUS, after=year)
    else:
        page = desk.store.query(records.STATUS, year)
    counts = [records.read_counters(row) for row in page.rows if _quarter_in(row, codes)]
    watched = {
        row.key: records.read_watch(row)
        for row in page.rows
        if row.key.sk.startswith(records.WATCH)
    }
    now = Now(
        tuple(map(records.read_cause, filter(records.is_cause, page.rows))),
        watched.get(records.watch_key(records.SWEEP)),
        watched.get(records.watch_key(records.HEARTBEAT)),
        watched.get(SYNC_KEY),
        max((at for key, at in watched.items() if records.RECONCILED in key.sk), default=None),
    )
    return counts, now if present else None, _datasets(desk, page.rows, wanted, agency)


def _datasets(
    desk: Desk, rows: Sequence[Row], wanted: Sequence[Quarter], agency: str | None
) -> Year | None:
    """The new datasets of the year up to the period's end; None: no list was ever taken."""
    of_year = [row for row in rows if row.key.sk.startswith(f"{wanted[0].year}Q")]
    synced = any(row.key == SYNC_KEY for row in rows)
    if not (synced or any(dataset_counts(row.value) for row in of_year)):
        return None
    reached = quarter_reached(wanted[0].year, desk.today())
    return figures(of_year, wanted[0].year, desk, min(wanted[-1].number, reached), agency)


def _quarter_in(row: Row, codes: Container[str]) -> bool:
    return row.key.sk.partition("#")[0] in codes


def _counted_anew(desk: Desk, wanted: Sequence[Quarter], at: datetime) -> Counts:
    codes = {quarter.code for quarter in wanted}
    return [
        (tally.agency, tally.counts)
        for events in histories(desk)
        for tally in kpi.flows(None, (event for event in events if event.at <= at))
        if tally.quarter in codes
    ]

"""每週概況: the numbers once a week to the ministry's channel, on the first morning of the week.

A morning that was missed is caught up with on the next workday of that week; a week that was
missed whole is past. What came in and was answered in a week is the difference between what was
counted when two messages were asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from opendata.desk import inventory, outbox, reconciling, records
from opendata.desk.context import Desk
from opendata.desk.numbers import Status, all_told, status
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Index, Key, Put, Row
from opendata.desk.submissions import standing
from opendata.rules import week
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import Stale
from opendata.rules.reminders import opening
from opendata.rules.roc import quarter_of

LOOKED_AT, WEEK = 1000, "WEEK#"


def ask(desk: Desk) -> bool:
    """Leave the message of this week, if the week has begun and nobody has yet."""
    today = desk.today()
    key = _key(week.code_of(today))
    if not desk.calendar().is_workday(today) or key in desk.store.get(key):
        return False
    code = week.code_of(today)
    at = opening(desk.now(), desk.calendar()).astimezone(UTC).replace(microsecond=0)
    about = records.WEEKLY
    intent = Intent(f"{about}.{code}.0", about, code, Message.WEEKLY, str(code), at)
    asked = Row(key, encode(_counted(desk)))
    try:
        desk.store.commit(Put(asked), Put(outbox.intent_row(intent), Expect.ANY))
    except Stale:
        return False
    return True


def _key(code: int) -> Key:
    return Key(records.WEEKLY, f"{WEEK}{code}")


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many rounds had come in, and how many were answered, when a week began."""

    at: datetime
    received: int = 0
    answered: int = 0


def _counted(desk: Desk) -> _Counted:
    total = all_told(desk)
    return _Counted(desk.now(), total.received, total.in_time + total.late)


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since the message of the week before.

    Attributes:
        at: when that was.
        received, answered: rounds.
    """

    at: datetime
    received: int
    answered: int


@dataclass(frozen=True, slots=True)
class Week:
    """What is told: the numbers of the quarter, and what waits, of whatever quarter.

    Attributes:
        first, last: the week's first and last day.
        since: what the week before came to; None: it is the first message.
        due: open cases that fall due from today until the last day.
        overdue: how many open cases are overdue, by agency's code.
        owing: codes of the agencies whose submission is late.
        differing: cases that are not as the platform's lists say.
        items_late: items of the inventory that should have been opened in a year that has passed.
    """

    counted: Status
    first: date
    last: date
    since: Since | None
    due: int
    overdue: Mapping[str, int] = field(default_factory=dict)
    owing: tuple[str, ...] = ()
    items_late: int = 0
    differing: int = 0


def is_over(desk: Desk, code: int) -> bool:
    """Whether a week has passed; nobody is told of it any more."""
    return code < week.code_of(desk.today())


def told(desk: Desk) -> Week:
    """The week as it stands now; of more than LOOKED_AT open cases the first to fall due count."""
    today = desk.today()
    first, last = week.span(today)
    page = desk.store.find(Index.OPEN, records.OPEN_CASES, upto=f"{last}~", limit=LOOKED_AT)
    cases = [records.read_case(row) for row in page.rows]
    overdue = Counter(case.agency for case in cases if case.due_now < today)
    quarter = quarter_of(today)
    asked = (*standing(desk, quarter.before.code), *standing(desk, quarter.code))
    return Week(
        counted=status(desk),
        first=first,
        last=last,
        since=_since(desk, week.code_of(today)),
        due=len(cases) - overdue.total(),
        overdue=overdue,
        owing=tuple(one.agency for one in asked if one.answer is None and one.late(today)),
        items_late=inventory.overview(desk).overdue,
        differing=len(reconciling.differences(desk)),
    )


def _since(desk: Desk, code: int) -> Since | None:
    rows = desk.store.query(records.WEEKLY, WEEK).rows
    known = {int(row.key.sk.removeprefix(WEEK)): decode(_Counted, row.value) for row in rows}
    earlier = [number for number in known if number < code]
    if code not in known or not earlier:
        return None
    before, now = known[max(earlier)], known[code]
    return Since(
        before.at, max(0, now.received - before.received), max(0, now.answered - before.answered)
    )

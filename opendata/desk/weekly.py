"""每週概況: the numbers once a week to the ministry's channel, on the first morning of the week.

A morning that was missed is caught up with on the next workday of that week; a week that was
missed whole is past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date

from opendata.desk import outbox, records
from opendata.desk.context import Desk
from opendata.desk.numbers import Status, status
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Index, Key, Put, Row
from opendata.rules import week
from opendata.rules.errors import Stale
from opendata.rules.reminders import opening

LOOKED_AT = 1000


def ask(desk: Desk) -> bool:
    """Leave the message of this week, if the week has begun and nobody has yet."""
    today = desk.today()
    if not desk.calendar().is_workday(today):
        return False
    code = week.code_of(today)
    at = opening(desk.now(), desk.calendar()).astimezone(UTC).replace(microsecond=0)
    about = records.WEEKLY
    intent = Intent(f"{about}.{code}.0", about, code, Message.WEEKLY, str(code), at)
    asked = Row(Key(about, f"WEEK#{code}"), {"at": desk.now().isoformat()})
    try:
        desk.store.commit(Put(asked), Put(outbox.intent_row(intent), Expect.ANY))
    except Stale:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Week:
    """What is told: the numbers of the quarter, and what waits, of whatever quarter.

    Attributes:
        last: the week's last day.
        due: open cases that fall due from today until then.
        overdue: how many open cases are overdue, by agency's code.
    """

    counted: Status
    last: date
    due: int
    overdue: Mapping[str, int] = field(default_factory=dict)


def told(desk: Desk) -> Week:
    """The week as it stands now; of more than LOOKED_AT open cases the first to fall due count."""
    today = desk.today()
    _, last = week.span(today)
    page = desk.store.find(Index.OPEN, records.OPEN_CASES, upto=f"{last}~", limit=LOOKED_AT)
    cases = [records.read_case(row) for row in page.rows]
    overdue = Counter(case.agency for case in cases if case.due_now < today)
    return Week(status(desk), last, len(cases) - overdue.total(), overdue)

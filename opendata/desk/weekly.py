"""每週概況: the numbers once a week to the ministry's channel, on the first morning of the week.

A morning that was missed is caught up with on the next workday of that week; a week that was
missed whole is past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

from opendata.desk import outbox, records
from opendata.desk.context import Desk
from opendata.desk.numbers import Status, status
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Key, Put, Row
from opendata.rules import week
from opendata.rules.errors import Stale
from opendata.rules.reminders import opening


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
    """What is told: the numbers of the quarter, and what falls due until the week's last day."""

    counted: Status
    last: date
    due: int


def told(desk: Desk) -> Week:
    """The week as it stands now; one query."""
    _, last = week.span(desk.today())
    counted = status(desk)
    due = sum(n for day, n in counted.total.open_due.items() if desk.today() <= day <= last)
    return Week(counted, last, due)

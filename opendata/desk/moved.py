"""期限變更: an officer's open cases whose date a change of the calendar moved, in one message.

The transaction that recounts a case asks for the message; which cases stand in it is found when it
is sent. How a case is recounted stands in ``recompute``, how the message looks in ``bot.moved``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from opendata.desk import outbox, reading
from opendata.desk.context import Desk
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Put
from opendata.desk.records import DIGEST
from opendata.rules.calendar import ChangeKind
from opendata.rules.feedback import Action, Case, Event
from opendata.rules.roc import local_date

TOGETHER = timedelta(minutes=1)
"""So long a walk has for the other cases of the same officer."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A case, what moved its date, and the dates that its officer works towards."""

    case: Case
    cause: ChangeKind
    before: date
    after: date


def ask(desk: Desk, officer: str, entry: int, at: datetime) -> Put:
    """What asks for the message, in the commit that moves a date; of a change and day there is one.

    Args:
        desk: the desk.
        officer: Slack id of whoever has the case.
        entry: number of the change of the calendar; 0: none was entered.
        at: when it may go out.
    """
    about, day = f"{DIGEST}{officer}", int(f"{local_date(desk.now()):%Y%m%d}")
    asked = Intent(
        id=f"{about}.{entry}.{day}",
        case=about,
        version=entry,
        kind=Message.MOVED,
        occasion=f"{entry}.{day}",
        not_before=at + TOGETHER,
        person=officer,
    )
    return outbox.asked_again(desk, asked)


def moved(desk: Desk, intent: Intent) -> tuple[Moved, ...]:
    """The cases that the person of a MOVED still has, by due date, if that date still holds."""
    found = []
    for case in reading.own(desk, intent.person or ""):
        events = reversed(reading.history(desk, case.id))
        event = next((one for one in events if _caused(one, intent)), None)
        if event is None:
            continue
        before, after = (_worked_towards(event.facts[it]) for it in ("before", "after"))
        if before != after == case.due_now:
            found.append(Moved(case, ChangeKind(event.facts["cause"]), before, after))
    return tuple(found)


def _caused(event: Event, intent: Intent) -> bool:
    if event.action is not Action.RECOMPUTE:
        return False
    return f"{event.facts['entry']}.{local_date(event.at):%Y%m%d}" == intent.occasion


def _worked_towards(dates: Mapping[str, str]) -> date:
    return date.fromisoformat(dates.get("study") or dates["on"])

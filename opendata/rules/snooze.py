"""稍後提醒: a wish to be reminded later, and when it ends.

Which reminders it holds back stands in ``reminders``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Snooze:
    """稍後提醒: whoever has the case wants no reminder before that morning.

    Attributes:
        until: the day on which they want one; at: when they last said so.
        since: from when on mornings are held back, by this wish or the one it replaced.
        ended_at: when the case went to somebody else; what was held back until then stays so.
    """

    until: date
    at: datetime
    since: datetime
    ended_at: datetime | None = None


def ended(snooze: Snooze | None, at: datetime) -> Snooze | None:
    """The wish of somebody who has the case no longer."""
    if snooze is None or snooze.ended_at is not None:
        return snooze
    return replace(snooze, ended_at=at)

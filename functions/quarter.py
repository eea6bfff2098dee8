"""Every morning: the quarterly submissions, and once a week the numbers to the ministry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.observed import publish
from opendata import wiring
from opendata.desk import submissions, weekly


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Look at the calendar; on most mornings there is nothing to do."""
    desk = wiring.desk()
    weekly_asked, called = weekly.ask(desk), submissions.call(desk)
    counts = {
        "SubmissionsAsked": called.asked,
        "SubmissionsReminded": called.reminded,
        "WeeklyAsked": int(weekly_asked),
    }
    publish(**counts)
    return counts

"""Every quarter of an hour: prove that nothing waits unseen, mend what can be, then beat."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from functions import remind
from functions.deliver import each, tallied
from functions.observed import logger, publish
from opendata import wiring
from opendata.desk import roster, watching
from opendata.desk.watching import Found
from opendata.rules.errors import Stale

FOR_THE_SWEEP, FOR_CASES, FOR_INTENTS = 240.0, 60.0, 30.0
"""Seconds after which each begins nothing more; what is left then withholds the heartbeat."""


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Look, mend, look again at what was wrong; the heartbeat only if nothing is left.

    A newer calendar that came with a release is noticed here too.
    """
    desk = wiring.desk()
    with suppress(Stale):  # somebody else has changed the calendar; the next run looks again
        roster.came_along(desk)
    found = watching.look(desk)
    if found:
        _mend(found)
    left = watching.left(desk, found)
    if left:
        # No more than numbers of cases and intents: the heads hold titles.
        told = [case.head.key.pk for case in left.cases] + [one.id for one in left.intents]
        logger.error("not mended", extra={"left": told, "sweep_late": left.sweep_late})
    else:
        watching.beat(desk)
    counts = {"Heartbeat": int(not left), "Mended": _size(found) - _size(left), "Left": _size(left)}
    publish(**counts)
    return counts


def _mend(found: Found) -> None:
    """Do what the sweep and the outbox should have done long ago."""
    if found.sweep_late:
        remind.sweep(FOR_THE_SWEEP)
    remind.wake(found.cases, FOR_CASES)
    publish(**tallied(each(found.intents, FOR_INTENTS)))


def _size(found: Found) -> int:
    return len(found.cases) + len(found.intents) + found.sweep_late

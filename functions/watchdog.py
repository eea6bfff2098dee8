"""Every quarter of an hour: prove that nothing waits unseen, mend what can be, then beat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions import remind
from functions.deliver import attempted, in_time
from functions.observed import logger, publish
from opendata import wiring
from opendata.desk import reminding, watching
from opendata.desk.watching import Found


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Look, mend, look again; the heartbeat only if nothing is left."""
    desk = wiring.desk()
    found = watching.look(desk)
    if found:
        _mend(found)
    left = watching.look(desk) if found else found
    if not left:
        watching.beat(desk)
    counts = {"Heartbeat": int(not left), "Mended": _size(found) - _size(left), "Left": _size(left)}
    publish(**counts)
    return counts


def _mend(found: Found) -> None:
    """What the sweep and the outbox should have done long ago."""
    desk = wiring.desk()
    if found.sweep_late:
        remind.sweep()
    for case in in_time(found.cases):
        try:
            reminding.wake(desk, case)
        except Exception as error:  # noqa: BLE001  # one case must not hold up all the others
            told = {"case": case.head.key.pk, "error": type(error).__name__}
            logger.error("not mended", extra=told)
    for intent in in_time(found.intents):
        attempted(intent)


def _size(found: Found) -> int:
    return len(found.cases) + len(found.intents) + found.sweep_late

"""Every hour: open cases whose milestones have come call for whoever has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from functions.observed import logger, publish
from functions.timing import in_time
from opendata import wiring
from opendata.desk import reminding, watching
from opendata.desk.reminding import Awake

FAILED = "RemindFailed"
ENOUGH = 240.0
"""Seconds after which a run begins with no further case; the watchdog goes on with the rest."""


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Sweep, and say how many milestones came to pass."""
    counts = sweep(ENOUGH)
    publish(Reminded=counts.total() - counts[FAILED], **{FAILED: counts[FAILED]})
    return dict(counts)


def sweep(enough: float) -> Counter[str]:
    """Deal with every case whose milestones have come, as far as so many seconds go.

    Returns:
        How many milestones of each kind came to pass, and FAILED.

    Raises:
        DeskError: the store does not answer.
    """
    desk = wiring.desk()
    begun, before = desk.now(), watching.swept_at(desk)
    cases = reminding.awake(desk)
    counts = wake(cases, enough)
    reminding.nudge(desk, since=before or begun)
    if next(cases, None) is None:
        watching.swept(desk)
    return counts


def wake(cases: Iterable[Awake], enough: float) -> Counter[str]:
    """Wake one case after another, as far as there is time; none holds up those behind it."""
    desk, counts = wiring.desk(), Counter[str]()
    for case in in_time(cases, enough):
        try:
            counts += reminding.wake(desk, case)
        except Exception as error:  # noqa: BLE001  # one case must not hold up all the others
            told = {"case": case.head.key.pk, "error": type(error).__name__}
            logger.error("not reminded of", extra=told)
            counts[FAILED] += 1
    return counts

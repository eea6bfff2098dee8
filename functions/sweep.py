"""Every minute: deliver what waits in the outbox and is due, whatever the stream did with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from functions.deliver import FAILED, attempted, in_time, tallied
from functions.observed import logger, publish
from opendata import wiring
from opendata.desk.outbox import waiting
from opendata.rules.errors import DeskError

MOST = 100


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """At most MOST intents a run, longest waiting first; the next run takes the rest."""
    counts: Counter[str] = Counter()
    swept = 0
    for intent in in_time(waiting(wiring.desk(), MOST)):
        swept += 1
        try:
            counts += attempted(intent)
        except DeskError as error:
            logger.error("left where it is", extra={"error": error.code})
            counts[FAILED] += 1
    publish(OutboxSwept=swept, **tallied(counts))
    return {"swept": swept, "failed": counts[FAILED]}

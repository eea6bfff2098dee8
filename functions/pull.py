"""Every hour: take in the exported lists of feedback that were dropped into the inbox."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from functions.observed import logger, publish
from opendata import wiring
from opendata.desk import pulling
from opendata.desk.pulling import Pulled

ENOUGH = 240.0
"""Seconds after which a run begins with no further row; the next one goes on."""


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Where no inbox is set, there is nothing to do."""
    place, desk, begun = wiring.settings().inbox_place, wiring.desk(), time.monotonic()
    done = Pulled()
    if place:
        inbox = wiring.inbox(place, desk.clock)
        done = pulling.pull(desk, inbox, lambda: time.monotonic() - begun > ENOUGH)
    for name in done.unread:
        logger.error("no list of feedback", extra={"file": name})
    counts = {
        "RowsOpened": done.opened,
        "RowsKnown": done.known,
        "RowsRefused": len(done.refused),
        "FilesUnread": len(done.unread),
        "CasesDiffering": done.differing,
    }
    publish(**counts)
    return counts

"""Every minute: deliver what waits in the outbox and is due, whatever the stream did with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.deliver import FAILED, SWEPT, each, tallied
from functions.observed import publish
from opendata import wiring
from opendata.desk.outbox import waiting

MOST = 100


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """At most MOST intents a run, longest waiting first; the next run takes the rest."""
    counts = each(waiting(wiring.desk(), MOST))
    publish(**{SWEPT: counts[SWEPT]}, **tallied(counts))
    return {"swept": counts[SWEPT], "failed": counts[FAILED]}

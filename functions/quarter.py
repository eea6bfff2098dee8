"""Every morning: ask agencies for their quarterly submission, and remind those that owe one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.observed import publish
from opendata import wiring
from opendata.desk import submissions


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Look at the calendar; on most mornings there is nothing to do."""
    called = submissions.call(wiring.desk())
    counts = {"SubmissionsAsked": called.asked, "SubmissionsReminded": called.reminded}
    publish(**counts)
    return counts

"""GET /healthz: 200 when the store answers, else 503."""

from __future__ import annotations

from typing import Any

from functions.answers import Response, answer
from functions.http import Event, route
from opendata import wiring


@route
def handler(_event: Event, _context: Any) -> Response:
    """Ask the store for a row that every desk looks for."""
    wiring.desk().directory()
    return answer(200, {"status": "ok"})

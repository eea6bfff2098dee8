"""The road on which an app reaches Slack: where faults strike its calls, and what it then hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.desk.errors import RateLimited
from infra.desk.faults import FaultName, Faults


async def carried(faults: Faults, act: Callable[[], Response]) -> ASGIApp:
    """What an app hears of what it asked for: the answer, or what a fault makes of it.

    Args:
        faults: the faults of the workspace.
        act: does it, and gives the answer.
    """
    if (seconds := faults.strike(FaultName.RATE_LIMITED)) is not None:
        return _rate_limited(seconds)
    if (status := faults.strike(FaultName.FAILS_BEFORE)) is not None:
        return _failed(int(status))
    try:
        answer = act()
    except RateLimited as limited:
        answer = _rate_limited(limited.seconds)
    if (seconds := faults.strike(FaultName.SLOW_API)) is not None:
        await asyncio.sleep(seconds)
    if (status := faults.strike(FaultName.FAILS_AFTER)) is not None:
        return _failed(int(status)) if status else _break_off
    return answer


def _rate_limited(seconds: float) -> Response:
    told = {"ok": False, "error": "ratelimited"}
    return JSONResponse(told, 429, {"retry-after": str(max(round(seconds), 1))})


def _failed(status: int) -> Response:
    return JSONResponse({"ok": False, "error": "internal_error"}, status)


async def _break_off(_scope: Scope, _receive: Receive, send: Send) -> None:
    """An answer whose body never comes: the server then closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})

"""API Gateway's HTTP events (version 2), as far as the functions read them, and the outer frame.

``route`` wraps a handler: errors of the desk become answers by the one map, and anything else a
500 that says nothing, logged without the words of whoever caused it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from functions.answers import Response, answer, refused
from functions.observed import logger
from opendata.rules.errors import DeskError

Event = Mapping[str, Any]
Handler = Callable[[Event, Any], Response]


def body_of(event: Event) -> bytes:
    """The bytes that were sent; what should be base64 and is not counts as none."""
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b""


def headers_of(event: Event) -> dict[str, str]:
    """The headers by lower-case name."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def route(handle: Handler) -> Handler:
    """The outermost frame of an HTTP function."""

    @wraps(handle)
    def framed(event: Event, context: Any) -> Response:
        try:
            return handle(event, context)
        except DeskError as error:
            logger.info("refused", extra={"error": error.code})
            return refused(error)
        except Exception as error:  # noqa: BLE001  # where an unknown error ends
            logger.error("failed", extra={"error": type(error).__name__, "place": _place(error)})
            return answer(500, {"error": "internal"})

    return framed


def _place(error: Exception) -> str:
    """File and line of the innermost frame: enough to find it, none of its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""

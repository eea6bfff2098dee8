"""Plays AWS for one machine: HTTP API, table stream and schedules, as ``template.yaml`` has them.

Handlers are found by the template's strings and called with the events that Lambda would bring.
What it does not play: IAM, queues for what failed, several regions.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.desk.interactions import Send, SlackAnswer, SlackRequest
from infra.template import Schedule, StreamMapping, Template, load_handler
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Key
from opendata.rules.errors import DeskError

log = logging.getLogger(__name__)
Handler = Callable[[Any, Any], Any]

POLL_SECONDS = 0.2
RETRY_SECONDS = 5.0
# API Gateway's own limit on a body, in bytes; ours is narrower and answered by the function.
LARGEST_BODY = 10 * 1024 * 1024


class Context:
    """What a handler may ask of Lambda."""

    function_name = "local"
    aws_request_id = "local"
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:local"


def http_routes(template: Template) -> list[Route]:
    """The template's HTTP routes; every other path stays unknown."""
    return [
        Route(route.path, _endpoint(load_handler(route.handler)), methods=[route.method])
        for route in template.routes
    ]


def _endpoint(handler: Handler) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        told = await run_in_threadpool(handler, http_event(request, body), Context())
        return Response(told.get("body", ""), told["statusCode"], told.get("headers"))

    return endpoint


def http_event(request: Request, body: bytes) -> dict[str, Any]:
    """A request as API Gateway's HTTP API tells it, payload version 2.0."""
    return {
        "version": "2.0",
        "rawPath": request.url.path,
        "rawQueryString": request.url.query,
        "headers": dict(request.headers),
        "requestContext": {"http": {"method": request.method, "path": request.url.path}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def slack_sender(template: Template, path: str = "/slack/events") -> Send:
    """How the stand-in for Slack reaches the app: as an HTTP event, like any other request."""
    (handler,) = (load_handler(route.handler) for route in template.routes if route.path == path)

    async def send(request: SlackRequest) -> SlackAnswer:
        event = {
            "version": "2.0",
            "rawPath": path,
            "headers": {name.lower(): told for name, told in request.headers.items()},
            "requestContext": {"http": {"method": "POST", "path": path}},
            "body": base64.b64encode(request.body).decode(),
            "isBase64Encoded": True,
        }
        told = await run_in_threadpool(handler, event, Context())
        return SlackAnswer(told["statusCode"], str(told.get("body", "")).encode())

    return send


class Worker:
    """Threads for the stream and for each schedule; they end when the process does, or by stop.

    Raises:
        Unavailable: the store cannot say what its newest row is.
    """

    def __init__(self, template: Template, store: SqliteStore) -> None:
        self._template, self._store = template, store
        self._prepare()

    def _prepare(self) -> None:
        # A thread that outlives its time keeps the event that told it to end.
        self._stop = threading.Event()
        told = (self._template.stream, self._store, self._store.last_change(), self._stop)
        stream = threading.Thread(target=self._follow, args=told, daemon=True)
        keepers = (
            threading.Thread(target=self._keep, args=(one, self._stop), daemon=True)
            for one in self._template.schedules
        )
        self._threads = [stream, *keepers]

    def start(self) -> None:
        """Begin. What came before the worker was made is the schedules' to find."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(RETRY_SECONDS)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing is under way inside the block; then it goes on with what is newest by then."""
        self.stop()
        try:
            yield
        finally:
            self._prepare()
            self.start()

    @staticmethod
    def _follow(stream: StreamMapping, store: SqliteStore, seen: int, stop: Event) -> None:
        handler = load_handler(stream.handler)
        while not stop.wait(POLL_SECONDS):
            try:
                changed = store.changes(seen, stream.prefix)[: stream.batch_size]
            except DeskError as error:
                # Nothing was seen, so nothing is missed: the next look begins at the same place.
                log.warning("stream not read: %s", error.code)
                stop.wait(RETRY_SECONDS)
                continue
            if not changed:
                continue
            told = _called(handler, stream_event(changed))
            failed = (told or {}).get("batchItemFailures")
            if told is None or failed:
                # Lambda would come back to a failed record; the sweep does it here.
                stop.wait(RETRY_SECONDS)
            seen = changed[-1][0]

    @staticmethod
    def _keep(schedule: Schedule, stop: Event) -> None:
        handler, seconds = load_handler(schedule.handler), rate_seconds(schedule.expression)
        while not stop.is_set():
            begun = time.monotonic()
            _called(handler, dict(schedule.input))
            stop.wait(max(0.0, seconds - (time.monotonic() - begun)))


def _called(handler: Handler, event: Mapping[str, Any]) -> Any:
    try:
        return handler(event, Context())
    except Exception as error:  # noqa: BLE001  # a failed invocation ends, Lambda goes on
        log.error("invocation failed: %s", type(error).__name__)  # noqa: TRY400  # no words of it
        return None


def stream_event(changed: list[tuple[int, Key]]) -> dict[str, Any]:
    """New rows as records of a DynamoDB stream that carries keys only."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "Keys": {"pk": {"S": key.pk}, "sk": {"S": key.sk}},
                },
            }
            for number, key in changed
        ]
    }


_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def rate_seconds(expression: str) -> int:
    """The seconds of a ``rate(…)``.

    Raises:
        ValueError: another kind of expression.
    """
    told = _RATE.fullmatch(expression)
    if told is None:
        raise ValueError(expression)
    return int(told[1]) * _SECONDS[told[2]]

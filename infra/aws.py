"""Plays AWS for one machine: HTTP API, table stream and schedules, as ``template.yaml`` has them.

Handlers are found by the template's strings and called with the events that Lambda would bring.
Schedules go by the desk's clock, which a demo may turn (``turning``); when they are due stands in
``schedules``. What it does not play: IAM, queues for what failed, several regions.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from threading import Condition, Event, Lock
from typing import Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.desk.interactions import Send, SlackAnswer, SlackRequest
from infra.schedules import is_each_minute, next_after
from infra.template import Schedule, StreamMapping, Template, load_handler
from opendata.adapters.sqlite import SqliteStore
from opendata.desk.ports import Clock, Key
from opendata.rules.errors import DeskError
from opendata.rules.roc import TAIPEI
from opendata.wiring import now

log = logging.getLogger(__name__)
Handler = Callable[[Any, Any], Any]

POLL_SECONDS = 0.2
RETRY_SECONDS = 5.0
LOOK_SECONDS = 1.0
"""Seconds between two looks at a clock that may have been turned."""
LONGEST_STEP = timedelta(hours=1)
# API Gateway's own limit on a body, in bytes; ours is narrower and answered by the function.
LARGEST_BODY = 10 * 1024 * 1024


class Context:
    """What a handler may ask of Lambda."""

    function_name = "local"
    aws_request_id = "local"
    invoked_function_arn = "arn:aws:lambda:local:000000000000:function:local"


class Invocations:
    """Whatever is under way of the handlers: a clock that is turned is turned between them."""

    def __init__(self) -> None:
        self._turn, self._number = Condition(), 0

    def invoke(self, handler: Handler, event: Any) -> Any:
        """Call a handler as Lambda does."""
        with self._turn:
            self._number += 1
        try:
            return handler(event, Context())
        finally:
            with self._turn:
                self._number -= 1
                self._turn.notify_all()

    @contextmanager
    def none(self) -> Iterator[None]:
        """None is under way inside the block: it waits for those that are, others wait for it."""
        with self._turn:
            self._turn.wait_for(lambda: not self._number)
            yield


def http_routes(template: Template, invocations: Invocations) -> list[Route]:
    """The template's HTTP routes; every other path stays unknown."""
    return [
        Route(
            route.path,
            _endpoint(load_handler(route.handler), invocations),
            methods=[route.method],
        )
        for route in template.routes
    ]


def _endpoint(handler: Handler, invocations: Invocations) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        told = await run_in_threadpool(invocations.invoke, handler, http_event(request, body))
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


def slack_sender(template: Template, invocations: Invocations, path: str = "/slack/events") -> Send:
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
        told = await run_in_threadpool(invocations.invoke, handler, event)
        return SlackAnswer(told["statusCode"], str(told.get("body", "")).encode())

    return send


class Worker:
    """Threads for the stream and for each schedule; they end when the process does, or by stop.

    Raises:
        Unavailable: the store cannot say what its newest row is.
        ValueError: a schedule is not understood.
    """

    def __init__(
        self,
        template: Template,
        store: SqliteStore,
        clock: Clock = now,
        invocations: Invocations | None = None,
    ) -> None:
        """Work on a store.

        Args:
            template: what there is to do.
            store: whose new rows the stream tells.
            clock: what the schedules go by.
            invocations: where the handlers are counted.
        """
        self._template, self._store, self._clock = template, store, clock
        self._invocations = invocations or Invocations()
        self._prepare()

    def _prepare(self) -> None:
        # A thread that outlives its time keeps the event that told it to end.
        self._stop = threading.Event()
        self._stream = _Stream(self._template.stream, self._store, self._invocations)
        self._timers = [
            _Timer(schedule, self._clock, self._invocations)
            for schedule in self._template.schedules
        ]
        keepers = [self._stream.keep, *(timer.keep for timer in self._timers)]
        self._threads = [
            threading.Thread(target=keep, args=(self._stop,), daemon=True) for keep in keepers
        ]

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

    def next_stop(self) -> datetime:
        """How far the clock may be turned now without leaping over anything but sweeps."""
        stops = [timer.due for timer in self._timers if timer.due and not timer.is_sweep]
        return min([*stops, self._clock() + LONGEST_STEP])

    def catch_up(self) -> None:
        """Do what is due, each once, in the order in which it came due; then tell what is new."""
        for timer in sorted(self._timers, key=lambda one: one.due or self._clock()):
            timer.run_if_due()
        self._stream.drain()


class _Stream:
    """The table's stream; one look at a time, whoever looks."""

    def __init__(
        self, mapping: StreamMapping, store: SqliteStore, invocations: Invocations
    ) -> None:
        self._mapping, self._store, self._invocations = mapping, store, invocations
        self._handler, self._turn = load_handler(mapping.handler), Lock()
        self._seen = store.last_change()

    def keep(self, stop: Event) -> None:
        """Look again and again."""
        pause = POLL_SECONDS
        while not stop.wait(pause):
            pause = self._look()

    def drain(self) -> None:
        """Tell all that is new; what fails comes again in its own time."""
        while self._look() == 0:
            pass

    def _look(self) -> float:
        """Tell what is new; how many seconds to wait then."""
        with self._turn:
            try:
                changed = self._store.changes(self._seen, self._mapping.prefix)
            except DeskError as error:
                # Nothing was seen, so nothing is missed: the next look begins at the same place.
                log.warning("stream not read: %s", error.code)
                return RETRY_SECONDS
            batch = changed[: self._mapping.batch_size]
            if not batch:
                return POLL_SECONDS
            told = _called(self._invocations, self._handler, stream_event(batch))
            self._seen = batch[-1][0]
            # Lambda would come back to a failed record; the sweep does it here.
            return RETRY_SECONDS if told is None or told.get("batchItemFailures") else 0


class _Timer:
    """A schedule, and when it is due next; it runs once for each time, whoever looks.

    A rate is due at once: on AWS it would have gone on while this machine was off.
    """

    def __init__(self, schedule: Schedule, clock: Clock, invocations: Invocations) -> None:
        self._schedule, self._clock, self._invocations = schedule, clock, invocations
        self._handler, self._zone = load_handler(schedule.handler), _zone(schedule.timezone)
        self._turn = Lock()
        self.is_sweep = is_each_minute(schedule.expression)
        begun = clock()
        first = next_after(schedule.expression, self._zone, begun)
        self.due = begun if schedule.expression.startswith("rate") else first

    def keep(self, stop: Event) -> None:
        """Run whenever it is due."""
        while not stop.is_set():
            self.run_if_due()
            left = (self.due - self._clock()).total_seconds() if self.due else LOOK_SECONDS
            stop.wait(min(max(left, 0), LOOK_SECONDS))

    def run_if_due(self) -> None:
        """Run if its time has come; what came due several times meanwhile is done once."""
        with self._turn:
            moment = self._clock()
            if self.due is None or self.due > moment:
                return
            self.due = next_after(self._schedule.expression, self._zone, moment)
            _called(self._invocations, self._handler, dict(self._schedule.input))


def _zone(name: str) -> tzinfo:
    # Some machines have no table of zones, and this one never changes.
    return TAIPEI if name == str(TAIPEI) else ZoneInfo(name)


def _called(invocations: Invocations, handler: Handler, event: Mapping[str, Any]) -> Any:
    try:
        return invocations.invoke(handler, event)
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

"""Turning a demo's clock: it never leaps over a schedule, and all comes in its order, on its day.

It goes in steps, from one schedule slower than a minute to the next. At each, everything that came
due is done once and the stream is told of what that brought, before the clock goes on. Handlers
see it turned between two invocations, never within one: whoever presses a button meanwhile is
served as always.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from infra.aws import Invocations, Worker
from infra.clock import TurnableClock
from infra.desk.errors import SlackError

log = logging.getLogger(__name__)

FARTHEST = timedelta(days=400)
PLAYED_DAYS = 14
PLAYED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Course:
    """A turning under way: from when to when, and in how many real seconds; 0: at once."""

    begin: datetime
    end: datetime
    seconds: float = 0.0

    def pause(self, passed: float, at: datetime) -> float:
        """How long to wait at ``at``, ``passed`` seconds after the course began."""
        share = (at - self.begin) / (self.end - self.begin)
        return max(0.0, self.seconds * share - passed)


class Turner:
    """Turns the clock while the process runs, one course at a time.

    Attributes:
        clock: what is turned.
        course: what is under way.
    """

    def __init__(self, clock: TurnableClock, worker: Worker, invocations: Invocations) -> None:
        """Turn ``clock`` for ``worker``, between ``invocations``."""
        self.clock, self._worker, self._invocations = clock, worker, invocations
        self._turn, self._stop = Lock(), Event()
        self._thread: Thread | None = None
        self.course: Course | None = None

    def jump(self, to: datetime) -> None:
        """Turn to an instant, as fast as it goes.

        Raises:
            SlackError: clock_past, clock_far, clock_turning.
        """
        self._begin(lambda now: Course(now, to))

    def play(self, days: int = PLAYED_DAYS) -> None:
        """Let so many days go by in a minute.

        Raises:
            SlackError: clock_far, clock_turning.
        """
        self._begin(lambda now: Course(now, now + timedelta(days=days), PLAYED_SECONDS))

    def _begin(self, planned: Callable[[datetime], Course]) -> None:
        if not self._turn.acquire(blocking=False):
            raise SlackError("clock_turning")
        try:
            if self.course:
                raise SlackError("clock_turning")
            course = planned(self.clock())
            if course.end <= course.begin:
                raise SlackError("clock_past")
            if course.end - course.begin > FARTHEST:
                raise SlackError("clock_far")
            self._stop, self.course = Event(), course
            self._thread = Thread(target=self._go, args=(course, self._stop), daemon=True)
            self._thread.start()
        finally:
            self._turn.release()

    def stop(self) -> None:
        """Go no further; what is due by then is done."""
        self._stop.set()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """The clock is not turned inside the block."""
        with self._turn:
            self.stop()
            if self._thread:
                self._thread.join()
            yield

    def _go(self, course: Course, stop: Event) -> None:
        begun = time.monotonic()
        try:
            while not stop.is_set() and (now := self.clock()) < course.end:
                to = min(max(self._worker.next_stop(), now), course.end)
                stop.wait(course.pause(time.monotonic() - begun, to))
                if not stop.is_set():
                    self._step(to)
        except OSError as error:
            log.error("clock not turned: %s", type(error).__name__)  # noqa: TRY400 - no words of it
        finally:
            self.course = None

    def _step(self, to: datetime) -> None:
        with self._invocations.none():
            # While it waited, real time may have come there by itself.
            if to > self.clock():
                self.clock.turn(to)
        self._worker.catch_up()

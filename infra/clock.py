"""The clock of a demo's desk: real time, and whole seconds that it was turned by.

It is turned forward only, so that events stay in the order in which they happened; where a demo
begins may also lie in the past. What is due on the way stands in ``turning``.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from opendata.desk.ports import Clock

FILE = "demo-clock"


class TurnableClock:
    """Tells the desk's time; what it was turned by is kept in a file, so a restart goes on there.

    Safe to use from threads.
    """

    def __init__(self, file: Path, real: Clock) -> None:
        """Go on as the file says; without one, in real time."""
        self._file, self._real, self._turn = file, real, Lock()
        self._ahead = timedelta(seconds=int(file.read_text())) if file.exists() else timedelta()

    def __call__(self) -> datetime:
        """This instant, UTC."""
        return (self._real() + self._ahead).astimezone(UTC)

    @property
    def ahead(self) -> timedelta:
        """How far it is before real time; negative where a demo began in the past."""
        return self._ahead

    def turn(self, to: datetime) -> None:
        """Go on from an instant; it is on disk before anybody sees it.

        Raises:
            ValueError: it lies in the past.
        """
        with self._turn:
            if to < self():
                raise ValueError(to)
            self._set(to)

    def begin(self, at: datetime | None) -> datetime:
        """Begin at an instant, wherever it lies, or at None in real time; says when that is."""
        with self._turn:
            if at is None:
                self._file.unlink(missing_ok=True)
                self._ahead = timedelta()
            else:
                self._set(at)
        return self()

    def _set(self, to: datetime) -> None:
        # Rounded up: who turns to nine o'clock never sees it a moment before.
        seconds = math.ceil((to - self._real()) / timedelta(seconds=1))
        half = self._file.with_suffix(".new")
        half.write_text(str(seconds))
        half.replace(self._file)
        self._ahead = timedelta(seconds=seconds)

"""The clock that a host lets the page turn; which days there are to turn to, the host says."""

from __future__ import annotations

from typing import Any, Protocol

Json = dict[str, Any]


class Clock(Protocol):
    """A clock that can be turned forward."""

    @property
    def mark(self) -> object:
        """Another one whenever what is told changes by more than time's passing."""

    def told(self) -> Json:
        """The time, and what the page may offer.

        ``now`` in milliseconds since 1970; ``real``: it is the real time; ``day`` in ISO; ``off``:
        why it is a day off, or null; ``course``: null, or ``begin``, ``end`` in milliseconds and
        ``played``; ``offers``: the names that ``jump`` takes; ``last``: the last day it takes.
        """

    def jump(self, to: str) -> None:
        """Turn to what was offered by this name, to a date, or to a date with time.

        Raises:
            SlackError: invalid_arguments, clock_past, clock_far, clock_turning.
        """

    def play(self) -> None:
        """Let some days go by quickly.

        Raises:
            SlackError: clock_turning.
        """

    def stop(self) -> None:
        """Turn no further."""

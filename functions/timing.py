"""How long an invocation goes on: Lambda ends it after its timeout, wherever it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def in_time(
    all_: Iterable[T], enough: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[T]:
    """The things to be done, until so many seconds are enough for one invocation.

    An iterator that was not exhausted goes on where this left it.
    """
    begun, things = clock(), iter(all_)
    while clock() - begun <= enough:
        try:
            yield next(things)
        except StopIteration:
            return

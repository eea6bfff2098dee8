"""Pulling feedback: lists that the platform exports, dropped into an inbox, taken in like webhooks.

Each row is a delivery whose id comes from what it says, so that a file that is dropped twice, or
a row that came by webhook too, makes no second case. Where the inbox lies and how its files are
read stands in the adapters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from opendata.desk import intake
from opendata.desk.context import Desk
from opendata.desk.following import numbers_of
from opendata.desk.incoming import Incoming
from opendata.rules.errors import Fault, Invalid

Refused = tuple[int, Fault]
"""The line of a row, and why it was not taken."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A row as a delivery.

    Attributes:
        line: it begins in.
        webhook: id of the delivery; body: hash of it.
        told: gives what it says, or raises Invalid.
        answered: the platform says that it is answered already.
    """

    line: int
    webhook: str
    body: str
    told: Callable[[], Incoming]
    answered: bool = False


class Dropped(Protocol):
    """A file of the inbox that is whole.

    Attributes:
        name: what it is called.
    """

    name: str

    def letters(self) -> tuple[Sequence[Letter], Sequence[Refused]]:
        """Its rows, and those that cannot be read; raises Invalid if the file is no such list."""
        ...

    def finish(self, refused: Sequence[Refused], *, read: bool) -> None:
        """Put it away, with a report of the rows that were not taken; ``read``: any could be."""
        ...


class Inbox(Protocol):
    """Where exported lists are dropped."""

    def files(self) -> Iterator[Dropped]:
        """The files that are whole, oldest first; one that still grows waits."""
        ...


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of the inbox.

    Attributes:
        files: that were put away; unread: names of those that are no such lists.
        opened: rows that opened a case; known: rows that told nothing new.
        answered: rows that were answered on the platform before the desk knew them.
        refused: rows that were not taken, by file.
    """

    files: int = 0
    unread: tuple[str, ...] = ()
    opened: int = 0
    known: int = 0
    answered: int = 0
    refused: tuple[tuple[str, Refused], ...] = ()


def pull(desk: Desk, inbox: Inbox) -> Pulled:
    """Take in every file that waits; one that cannot be read keeps none of the others.

    A file is put away when all of its rows were dealt with: after a crash it is read again, and
    what was taken is known.

    Raises:
        Unavailable: store or inbox do not answer; what was not put away waits.
    """
    done = Pulled()
    for file in inbox.files():
        done = _taken(desk, file, done)
    return done


def _taken(desk: Desk, file: Dropped, before: Pulled) -> Pulled:
    try:
        letters, unread = file.letters()
    except Invalid as wrong:
        refused = [(0, fault) for fault in wrong.faults]
        file.finish(refused, read=False)
        told = tuple((file.name, one) for one in refused)
        return Pulled(
            before.files + 1,
            (*before.unread, file.name),
            before.opened,
            before.known,
            before.answered,
            (*before.refused, *told),
        )
    opened, known, answered, refused = 0, 0, 0, list(unread)
    for letter in letters:
        try:
            if letter.answered and _is_new(desk, letter):
                answered += 1
                continue
            taken = intake.receive(desk, letter.told, letter.webhook, letter.body)
        except Invalid as wrong:
            refused += ((letter.line, fault) for fault in wrong.faults)
        else:
            opened, known = opened + (not taken.known), known + taken.known
    refused.sort(key=lambda one: one[0])
    file.finish(refused, read=True)
    return Pulled(
        before.files + 1,
        before.unread,
        before.opened + opened,
        before.known + known,
        before.answered + answered,
        (*before.refused, *((file.name, one) for one in refused)),
    )


def _is_new(desk: Desk, letter: Letter) -> bool:
    """Whether no case knows the opinion: what was answered before is the past, and no case."""
    return not numbers_of(desk, letter.told()).posted

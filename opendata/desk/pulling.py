"""Pulling feedback: lists that the platform exports, dropped into an inbox, taken in like webhooks.

Each row is a delivery whose id comes from what it says, so that a file that is dropped twice, or
a row that came by webhook too, makes no second case. What is not taken is told to the
coordinators, a message a file; what the list says was answered is compared with the cases. Where
the inbox lies and how its files are read stands in the
adapters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from opendata.desk import intake, outbox, reconciling, records
from opendata.desk.context import Desk
from opendata.desk.following import numbers_of
from opendata.desk.incoming import Incoming
from opendata.desk.outbox import Message
from opendata.desk.ports import MAX_READ, Expect, Key, Put, Row
from opendata.desk.reconciling import Said
from opendata.desk.records import INBOX
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import Fault, Invalid, Mismatch, NotFound, Stale
from opendata.rules.feedback import Kind

Refused = tuple[int, Fault]
"""The line of a row, and why it was not taken."""
TOLD, NAME = 20, 120
"""Rows of a file that the message tells, and characters of its name."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A row as a delivery.

    Attributes:
        line: it begins in.
        webhook: id of the delivery; body: hash of it.
        told: gives what it says, or raises Invalid.
        answered: whether the platform says that it is answered; None: it does not say.
    """

    line: int
    webhook: str
    body: str
    told: Callable[[], Incoming]
    answered: bool | None = None


class Dropped(Protocol):
    """A file of the inbox that is whole.

    Attributes:
        name: what it is called.
        digest: of what it holds, or of this version of it; hexadecimal.
    """

    name: str
    digest: str

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
        compared: cases of which the list says whether they were answered; differing: those that
            are not so.
        refused: rows that were not taken, by file.
        left: there was no time for all; the next look goes on.
    """

    files: int = 0
    unread: tuple[str, ...] = ()
    opened: int = 0
    known: int = 0
    answered: int = 0
    refused: tuple[tuple[str, Refused], ...] = ()
    compared: int = 0
    differing: int = 0
    left: bool = False

    def __add__(self, more: Pulled) -> Pulled:
        """Both together."""
        return Pulled(
            self.files + more.files,
            self.unread + more.unread,
            self.opened + more.opened,
            self.known + more.known,
            self.answered + more.answered,
            self.refused + more.refused,
            self.compared + more.compared,
            self.differing + more.differing,
            self.left or more.left,
        )


def pull(desk: Desk, inbox: Inbox, enough: Callable[[], bool] = lambda: False) -> Pulled:
    """Take in every file that waits; one that cannot be read keeps none of the others.

    A file is put away when all of its rows were dealt with: after a crash, or when there was no
    time for more, it is read again, and what was taken is known.

    Args:
        desk: the desk.
        inbox: where the files lie.
        enough: whether there is no time for another row, asked before each.

    Raises:
        Unavailable: store or inbox do not answer; what was not put away waits.
    """
    done = Pulled()
    for file in inbox.files():
        done += _taken(desk, file, enough)
        if done.left:
            break
    return done


def _taken(desk: Desk, file: Dropped, enough: Callable[[], bool]) -> Pulled:
    try:
        letters, unread = file.letters()
    except Invalid as wrong:
        whole = [(0, fault) for fault in wrong.faults]
        _put_away(desk, file, whole, read=False)
        return Pulled(1, (file.name,), refused=tuple((file.name, one) for one in whole))
    done, refused = Pulled(), list(unread)
    for letter in letters:
        if enough():
            return replace(done, left=True)
        try:
            done += _received(desk, letter)
        except Invalid as wrong:
            refused += ((letter.line, fault) for fault in wrong.faults)
        except Mismatch:
            refused.append((letter.line, Fault("", "mismatch")))
    refused.sort(key=lambda one: one[0])
    done += _compared(desk, letters)
    _put_away(desk, file, refused, read=True)
    return done + Pulled(1, refused=tuple((file.name, one) for one in refused))


def _compared(desk: Desk, letters: Sequence[Letter]) -> Pulled:
    """What the list says of the cases that there are now, against those."""
    done = Pulled()
    for kind, said in _said(desk, letters).items():
        found = reconciling.compare(desk, kind, said)
        done += Pulled(compared=found.compared, differing=found.differing)
    return done


def _said(desk: Desk, letters: Sequence[Letter]) -> Mapping[Kind, list[Said]]:
    answered: dict[Key, bool] = {}
    for letter in letters:
        if letter.answered is not None:
            with suppress(Invalid):
                told = letter.told()
                answered[records.numbers_key(told.kind, told.id)] = letter.answered
    said, keys = dict[Kind, list[Said]](), list(answered)
    for at in range(0, len(keys), MAX_READ):
        for key, row in desk.store.get(*keys[at : at + MAX_READ]).items():
            numbers = records.read_numbers(row)
            of_kind = said.setdefault(numbers.kind, [])
            of_kind += (Said(case, answered[key]) for case in numbers.cases)
    return {kind: some for kind, some in said.items() if some}


def _received(desk: Desk, letter: Letter) -> Pulled:
    if letter.answered and not numbers_of(desk, letter.told()).posted:
        # No case knows it: what was answered before is the past, and becomes none.
        return Pulled(answered=1)
    taken = intake.receive(desk, letter.told, letter.webhook, letter.body)
    return Pulled(opened=int(not taken.known), known=int(taken.known))


# -- what is not taken ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A row that was not taken: the line it begins in, and why."""

    line: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Notice:
    """What was not taken of a file.

    Attributes:
        name: of the file, cut.
        at: when; read: whether it is a list of feedback at all.
        n: rows that were not taken; rows: the first of them.
    """

    name: str
    at: datetime
    read: bool
    n: int
    rows: tuple[NotTaken, ...]


def _put_away(desk: Desk, file: Dropped, refused: Sequence[Refused], *, read: bool) -> None:
    """Tell of it first: what lies in the inbox is looked at again, what was put away is not."""
    if refused:
        lines = len({line for line, _ in refused})
        rows = tuple(NotTaken(line, fault) for line, fault in refused[:TOLD])
        told = Notice(file.name[:NAME], desk.now(), read, lines, rows)
        about, until = f"{INBOX}{file.digest}", desk.now() + intake.KEEP_ANSWERS
        task = replace(outbox.task(desk, Message.NOT_TAKEN, about, 1), occasion="1")
        with suppress(Stale):  # the same file was told of before
            desk.store.commit(
                Put(Row(_notice_key(file.digest), encode(told), expires_at=until)),
                Put(outbox.intent_row(task), Expect.ANY),
            )
    file.finish(refused, read=read)


def _notice_key(digest: str) -> Key:
    return Key(f"{INBOX}{digest}", "NOTICE")


def notice(desk: Desk, digest: str) -> Notice:
    """What was not taken of the file with that digest.

    Raises:
        NotFound: it was taken whole, or never seen.
    """
    key = _notice_key(digest)
    row = desk.store.get(key).get(key)
    if row is None:
        raise NotFound(what="file", name=digest)
    return decode(Notice, row.value)

"""What the platform tells of an opinion that is known: comments, ratings, withdrawals.

Each happens to a case once per delivery; what comes before its posting is held until then. The
posting itself stands in ``intake``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from opendata.desk import records
from opendata.desk.casefile import ATTEMPTS, Sheet
from opendata.desk.context import Desk
from opendata.desk.incoming import Commented, Incoming, Rated, Withdrawn
from opendata.desk.outbox import Message
from opendata.desk.ports import Delete, Expect, Put
from opendata.desk.records import Numbers
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import OutOfTurn, Stale, Unavailable
from opendata.rules.feedback import Action, State

LIVING = (Message.CARD, Message.COSIGN, Message.REVIEW, Message.APPROVAL, Message.TO_PUBLISH)
Following = Commented | Rated | Withdrawn
_TYPES: Mapping[str, type[Following]] = {
    kind.__name__: kind for kind in (Commented, Rated, Withdrawn)
}


def numbers_of(desk: Desk, told: Incoming) -> Numbers:
    """What the desk knows of the opinion that is spoken of."""
    key = records.numbers_key(told.kind, told.id)
    row = desk.store.get(key).get(key)
    return records.read_numbers(row) if row else Numbers(told.kind, told.id, {})


def followed(desk: Desk, told: Following, webhook: str) -> tuple[str, ...]:
    """Let it happen to every case of the opinion, or hold it; the numbers of the cases touched."""
    numbers = numbers_of(desk, told)
    if not numbers.posted:
        _hold(desk, numbers, told, webhook)
        return ()
    for number in numbers.cases:
        _follow(desk, number, told, webhook)
    return tuple(numbers.cases)


def _hold(desk: Desk, numbers: Numbers, told: Incoming, webhook: str) -> None:
    """Keep an event whose posting has not come; the head makes the two meet."""
    kept = {"type": type(told).__name__, **encode(told)}
    row = records.held_row(told.kind, told.id, told.timestamp, webhook, kept)
    head = replace(numbers, version=numbers.version + 1)
    desk.store.commit(
        Put(records.numbers_row(head), numbers.version or Expect.ABSENT), Put(row, Expect.ANY)
    )


def release_held(desk: Desk, numbers: Numbers) -> None:
    """Apply, in the order they happened, the events that came before the posting."""
    pk = records.feedback_partition(numbers.kind, numbers.id)
    for row in desk.store.query(pk, records.HELD).rows:
        told = dict(row.value["told"])
        event = decode(_TYPES[told.pop("type")], told)
        for number in numbers.cases:
            _follow(desk, number, event, row.value["webhook"])
        desk.store.commit(Delete(row.key, Expect.ANY))


def _follow(desk: Desk, number: str, told: Following, webhook: str) -> None:
    def decide(sheet: Sheet) -> None:
        if isinstance(told, Withdrawn):
            _withdraw(sheet)
        else:
            _hear(sheet, told)

    apply_once(desk, number, webhook, decide)


def _withdraw(sheet: Sheet) -> None:
    try:
        to = sheet.may(Action.RETRACT)
    except OutOfTurn:
        return  # withdrawn already, or another ministry's by now
    officer = sheet.case.officer
    sheet.record(Action.RETRACT, to)
    sheet.tell(*LIVING)
    if officer:
        sheet.tell(Message.NEWS, person=officer)


def _hear(sheet: Sheet, told: Commented | Rated) -> None:
    """A comment or a rating; on an answered case fewer than 3 stars or a comment ask again."""
    case, officer = sheet.case, sheet.case.officer
    sheet.may(Action.RATE if isinstance(told, Rated) else Action.COMMENT)
    if isinstance(told, Rated):
        sheet.record(Action.RATE, facts={"stars": told.stars}, stars=told.stars)
    else:
        sheet.record(Action.COMMENT, comments=case.comments + 1)
    if told.body:
        sheet.keep(records.said_row(case.id, sheet.case.version, told.timestamp, told.body))
    asks_again = not isinstance(told, Rated) or told.stars < 3
    # What was said before the answer stood on the platform asks for no further one.
    after = case.answered_at is not None and told.timestamp >= case.answered_at
    if case.state is State.ANSWERED and asks_again and after:
        _new_round(sheet, told)
    sheet.tell(Message.CARD)
    if officer:
        sheet.tell(Message.NEWS, person=officer)


def _new_round(sheet: Sheet, told: Commented | Rated) -> None:
    """再回復: a new round with a clock of its own, from when the citizen spoke.

    The one before it is kept as it counts.
    """
    sheet.record(
        Action.NEW_ROUND,
        sheet.may(Action.NEW_ROUND),
        round=sheet.case.round + 1,
        earlier=sheet.case.rounds,
        opened_at=told.timestamp,
        dispatched_at=None,
        due=sheet.due_of(told.timestamp),
        officer=None,
        reviewer=None,
        draft=None,
        submissions=0,
        approval=None,
        first_answered_at=None,
        answered_at=None,
        answered_by=None,
        refused=False,
        extended=False,
        transferred=False,
        stars=None,
        worked=None,
        spent={},
        # What came before this round is past, whenever the citizen spoke.
        reminded_to=sheet.now,
        kept_at=None,
        asked_at=None,
        snooze=None,
        resting=None,
    )


def apply_once(desk: Desk, number: str, webhook: str, decide: Callable[[Sheet], None]) -> None:
    """What the platform said happens to a case, once per delivery.

    Raises:
        Unavailable: the case is being opened by another delivery at this moment.
    """
    key, mark = records.head_key(number), records.applied_row(number, webhook)
    for _ in range(ATTEMPTS):
        rows = desk.store.get(key, mark.key, *records.VERSIONS)
        if mark.key in rows:
            return
        if key not in rows:
            raise Unavailable(what="case")
        sheet = Sheet.of(desk, records.read_case(rows[key]), versions=rows)
        decide(sheet)
        if not sheet.events:
            return
        sheet.keep(mark)
        try:
            desk.store.commit(*sheet.writes())
        except Stale:
            continue
        return
    raise Unavailable(what="case")

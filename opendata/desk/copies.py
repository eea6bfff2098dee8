"""What delivery knows of each message to each addressee: where it is, what it shows, who is at it.

A message is written under a lease, and what its sender knows is committed before and after: see
``bot.posting``. What is to be told at all stands in ``outbox``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opendata.desk.context import Desk
from opendata.desk.outbox import ATTEMPTS, Intent, Message, intent_at, intent_row
from opendata.desk.ports import Delete, Expect, Key, Put, Row
from opendata.desk.records import SENT, outbox_partition
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import Stale

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sent:
    """What delivery knows of one message to one addressee.

    Attributes:
        to: channel id, or Slack id of the person.
        intent: id of the intent that sent it; it stands in the message's metadata.
        channel, ts: where it is in Slack; ts None: it may or may not have been sent.
        shown: version that it shows at least; 0: nobody knows, a sender is or was at work.
        lease: until when a sender may be at work on it; begun: when the first one began.
    """

    case: str
    kind: Message
    occasion: str
    to: str
    intent: str
    lease: datetime
    begun: datetime
    channel: str | None = None
    ts: str | None = None
    shown: int = 0
    version: int = 0


def sent_key(case: str, kind: Message, occasion: str, to: str) -> Key:
    """Where it lies what is known of a message of a kind and occasion to an addressee."""
    return Key(outbox_partition(case), f"{SENT}{kind}#{occasion}#{to}")


def _sent_row(sent: Sent) -> Row:
    return Row(sent_key(sent.case, sent.kind, sent.occasion, sent.to), encode(sent), sent.version)


def _read_sent(row: Row) -> Sent:
    return replace(decode(Sent, row.value), version=row.version)


def sent(desk: Desk, case: str, kind: Message, occasion: str = "") -> Iterator[Sent]:
    """Every message of a kind, of one occasion or of all, that was sent or begun."""
    prefix = f"{SENT}{kind}#{occasion}#" if occasion else f"{SENT}{kind}#"
    for row in desk.store.query(outbox_partition(case), prefix).rows:
        yield _read_sent(row)


def lease(
    desk: Desk, intent: Intent, to: str, known: Sent | None, channel: str | None = None
) -> Sent | None:
    """Take the right to write a message; None when another sender has it.

    From here on, until it is marked, nobody knows what the message shows.

    Args:
        desk: the desk.
        intent: what is to be sent.
        to: to whom or where.
        known: the message as it was found: sent, or an attempt whose fate is unknown.
        channel: where it is written.
    """
    now = desk.now()
    if known is not None and known.lease > now:
        return None
    begun = known or Sent(intent.case, intent.kind, intent.occasion, to, intent.id, now, now)
    mine = replace(
        begun,
        lease=now + LEASE,
        channel=channel or begun.channel,
        shown=0,
        version=begun.version + 1,
    )
    try:
        desk.store.commit(Put(_sent_row(mine), known.version if known else Expect.ABSENT))
    except Stale:
        return None
    return mine


def release(desk: Desk, mine: Sent, known: Sent | None) -> None:
    """Give a lease back, because Slack certainly did nothing: all is as it was found."""
    if known is None:
        forget(desk, mine)
        return
    back = replace(known, channel=mine.channel, version=mine.version + 1)
    with suppress(Stale):  # the lease had run out, and another sender has it
        desk.store.commit(Put(_sent_row(back), mine.version))


def forget(desk: Desk, mine: Sent) -> None:
    """The message is not there: it was never sent, or somebody deleted it."""
    with suppress(Stale):
        desk.store.commit(Delete(_sent_row(mine).key, mine.version))


def mark(desk: Desk, sent: Sent, *, channel: str, ts: str | None, shown: int) -> Sent:
    """Remember where the message is and what it shows, and give the lease back.

    Raises:
        Stale: another sender wrote meanwhile.
    """
    marked = replace(
        sent, channel=channel, ts=ts, shown=shown, lease=desk.now(), version=sent.version + 1
    )
    desk.store.commit(Put(_sent_row(marked), sent.version))
    return marked


def doubt(desk: Desk, intent: Intent, mine: Sent) -> None:
    """Two senders were at one message: nobody knows which rendering stayed, so it is drawn anew.

    The intent is put back if the other sender is done with it, and touched if not, so that it
    cannot be done any more with what it knew.
    """
    for _ in range(ATTEMPTS):
        known, again = _lookup(desk, mine), intent_at(desk, intent_row(intent).key)
        if known is None:
            return
        blank = replace(known, shown=0, version=known.version + 1)
        present = again or replace(intent, causes=())
        touched = replace(present, tries=present.tries + 1)
        expect = again.tries if again else Expect.ABSENT
        with suppress(Stale):
            desk.store.commit(
                Put(_sent_row(blank), known.version), Put(intent_row(touched), expect)
            )
            return


def _lookup(desk: Desk, of: Sent) -> Sent | None:
    """A message as it is now."""
    key = sent_key(of.case, of.kind, of.occasion, of.to)
    row = desk.store.get(key).get(key)
    return _read_sent(row) if row else None

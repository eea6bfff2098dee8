"""Intents: what is to be told to whom, written with the change that causes it.

An intent is never Block Kit. Who sends it, and what it looks like then, stands in ``bot``; here
is only what the desk promises about it: it is delivered, at least once, in its newest state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from opendata.desk.context import Desk
from opendata.desk.ports import Delete, Expect, Index, Key, Place, Put, Row
from opendata.desk.records import OUT, SENT, TIMER, case_partition
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import Stale

LEASE = timedelta(seconds=60)
PARKED = timedelta(minutes=10)


class Message(StrEnum):
    """The kinds of messages. A kind names who gets it and what it shows."""

    CARD = "card"
    COSIGN = "cosign"
    REVIEW = "review"
    APPROVAL = "approval"
    RETURNED = "returned"
    TO_PUBLISH = "to_publish"
    ASSIGNED = "assigned"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Intent:
    """A row of the outbox.

    Attributes:
        id: ``<case>.<version>.<n>``; messages carry it, so that they can be found again.
        case, version: the case, and the event that caused it.
        kind: what to tell.
        occasion: which one of several of a kind, e.g. the second submission of round 1; a
            message is living within its occasion.
        person: Slack id of the one person concerned; None: the kind says who.
        not_before: earliest instant of delivery.
        tries: how often delivery was put off.
        parked: Slack's code, while somebody has to mend the cause; it is tried now and then.
    """

    id: str
    case: str
    version: int
    kind: Message
    occasion: str
    not_before: datetime
    person: str | None = None
    tries: int = 0
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What delivery knows of one message to one addressee.

    Attributes:
        to: channel id, or Slack id of the person.
        intent: id of the intent that sent it; it stands in the message's metadata.
        channel, ts: where it is in Slack; ts None: it may or may not have been sent.
        shown: version of the case that it shows.
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


def intent_key(case: str, version: int, n: int) -> Key:
    """Where the n-th intent of an event lies."""
    return Key(case_partition(case), f"{OUT}{version:05}#{n}")


def _key(intent: Intent) -> Key:
    _, version, n = intent.id.rsplit(".", 2)
    return intent_key(intent.case, int(version), int(n))


def intent_row(intent: Intent) -> Row:
    """The intent's row; the timer finds it when its time has come."""
    waits = Place(TIMER, f"{intent.not_before.isoformat()}#{intent.id}")
    return Row(_key(intent), encode(intent), places={Index.TIMER: waits})


def intent_at(desk: Desk, key: Key) -> Intent | None:
    """The intent of a stream record, or None when it is done."""
    row = desk.store.get(key).get(key)
    return decode(Intent, row.value) if row else None


def waiting(desk: Desk, limit: int) -> tuple[Intent, ...]:
    """The intents whose time has come, longest waiting first."""
    upto = f"{desk.now().isoformat()}~"
    page = desk.store.find(Index.TIMER, TIMER, upto=upto, limit=limit)
    return tuple(decode(Intent, row.value) for row in page.rows)


def done(desk: Desk, intent: Intent) -> None:
    """The intent is delivered or overtaken."""
    desk.store.commit(Delete(_key(intent), Expect.ANY))


def put_off(desk: Desk, intent: Intent, wait: timedelta) -> None:
    """Try again later; nobody sleeps meanwhile."""
    later = replace(intent, not_before=desk.now() + wait, tries=intent.tries + 1)
    _rewrite(desk, later)


def park(desk: Desk, intent: Intent, reason: str) -> None:
    """It cannot be delivered until somebody mends the cause: it is kept, and tried now and then."""
    later = desk.now() + PARKED
    _rewrite(desk, replace(intent, not_before=later, tries=intent.tries + 1, parked=reason))


def _rewrite(desk: Desk, intent: Intent) -> None:
    try:
        desk.store.commit(Put(intent_row(intent), Expect.PRESENT))
    except Stale:
        return  # delivered by somebody else meanwhile


def _sent_key(case: str, kind: Message, occasion: str, to: str) -> Key:
    return Key(case_partition(case), f"{SENT}{kind}#{occasion}#{to}")


def _sent_row(sent: Sent) -> Row:
    return Row(_sent_key(sent.case, sent.kind, sent.occasion, sent.to), encode(sent), sent.version)


def sent(desk: Desk, case: str, kind: Message, occasion: str = "") -> Iterator[Sent]:
    """Every message of a kind, of one occasion or of all, that was sent or begun."""
    prefix = f"{SENT}{kind}#{occasion}#" if occasion else f"{SENT}{kind}#"
    for row in desk.store.query(case_partition(case), prefix).rows:
        yield replace(decode(Sent, row.value), version=row.version)


def lease(desk: Desk, intent: Intent, to: str, known: Sent | None) -> Sent | None:
    """Take the right to send a message; None when another sender has it.

    Args:
        desk: the desk.
        intent: what is to be sent.
        to: to whom or where.
        known: an earlier attempt whose fate is unknown, if there was one.
    """
    now = desk.now()
    if known is not None and known.lease > now:
        return None
    begun = known or Sent(intent.case, intent.kind, intent.occasion, to, intent.id, now, now)
    mine = replace(begun, lease=now + LEASE, version=begun.version + 1)
    try:
        desk.store.commit(Put(_sent_row(mine), known.version if known else Expect.ABSENT))
    except Stale:
        return None
    return mine


def doubt(desk: Desk, of: Sent) -> None:
    """Two senders were at one message: nobody knows which rendering stayed, so it is drawn anew."""
    for known in sent(desk, of.case, of.kind, of.occasion):
        if known.to == of.to:
            blank = replace(known, shown=0, version=known.version + 1)
            desk.store.commit(Put(_sent_row(blank), Expect.PRESENT))


def mark(desk: Desk, sent: Sent, *, channel: str, ts: str | None, shown: int) -> Sent:
    """Remember where the message is and what it shows.

    Raises:
        Stale: another sender wrote meanwhile.
    """
    marked = replace(sent, channel=channel, ts=ts, shown=shown, version=sent.version + 1)
    desk.store.commit(Put(_sent_row(marked), sent.version))
    return marked

"""Intents: what is to be told to whom, written with the change that causes it.

An intent is never Block Kit. Who sends it, and what it looks like then, stands in ``bot``; here
is only what the desk promises about it: it is delivered, at least once, in its newest state, or
it is parked and counted under what keeps it, which is told once. A message is written under a
lease, and what its sender knows is committed before and after: see ``bot.posting``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from opendata.desk.context import Desk
from opendata.desk.ports import MAX_READ, Delete, Expect, Index, Key, Place, Put, Row, Write
from opendata.desk.records import (
    CAUSE,
    DIGEST,
    OUT,
    SENT,
    STATUS,
    TIMER,
    Cause,
    cause_key,
    cause_row,
    outbox_partition,
    read_cause,
)
from opendata.rules.canonical import decode, encode
from opendata.rules.errors import Stale, Unavailable

LEASE = timedelta(seconds=60)
PARKED_FOR = timedelta(minutes=10)
ATTEMPTS = 8


class Message(StrEnum):
    """The kinds of intents. A message's kind names who gets it and what it shows.

    TASKS stand among them: work that a commit leaves behind, of which nobody is told.
    """

    CARD = "card"
    COSIGN = "cosign"
    REVIEW = "review"
    APPROVAL = "approval"
    RETURNED = "returned"
    TO_PUBLISH = "to_publish"
    ASSIGNED = "assigned"
    NEWS = "news"
    UNDELIVERABLE = "undeliverable"
    DIGEST = "digest"
    STILL_YOURS = "still_yours"
    ESCALATION = "escalation"
    HELP = "help"
    RECOMPUTE = "recompute"


TASKS = frozenset({Message.RECOMPUTE})
"""What is done, and not told: no message comes of it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A row of the outbox.

    Attributes:
        id: ``<case>.<version>.<n>``; messages carry it, so that they can be found again.
        case, version: the case, and the event that caused it; of an UNDELIVERABLE, the name and
            version of the cause; of a DIGEST, its addressee and which one it is; of a
            RECOMPUTE, the calendar's.
        kind: what to tell.
        occasion: which one of several of a kind, e.g. the second submission of round 1; a
            message is living within its occasion.
        person: Slack id of the one person concerned; None: the kind says who.
        not_before: earliest instant of delivery.
        tries: how often delivery was put off; it is the row's version.
        causes: what somebody has to mend first, by name; it is parked, and tried now and then.
        cursor: of a task that ran out of time: where it goes on; None: at the beginning.
    """

    id: str
    case: str
    version: int
    kind: Message
    occasion: str
    not_before: datetime
    person: str | None = None
    tries: int = 0
    causes: tuple[str, ...] = ()
    cursor: str | None = None


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


# -- intents ----------------------------------------------------------------------------------


def task(desk: Desk, kind: Message, about: str, version: int) -> Intent:
    """The intent to do what a change makes necessary; it is written in the same commit."""
    return Intent(f"{about}.{version}.0", about, version, kind, "", desk.now())


def intent_key(case: str, version: int, n: int) -> Key:
    """Where the n-th intent of an event lies."""
    return Key(outbox_partition(case), f"{OUT}{version:05}#{n}")


def _key(intent: Intent) -> Key:
    _, version, n = intent.id.rsplit(".", 2)
    return intent_key(intent.case, int(version), int(n))


def digest(to: str, at: datetime, *, afternoon: bool, person: bool) -> Intent:
    """The digest of somebody, or of a channel, for a morning or the afternoon's check.

    Whoever asks for it asks for the same row, so there is one.

    Args:
        to: Slack id of the person or the channel.
        at: when the office is open, in Taipei's time.
        afternoon: the check at 14:00.
        person: whether it is one.
    """
    about, number = f"{DIGEST}{to}", int(f"{at:%Y%m%d}{afternoon:d}")
    return Intent(
        id=f"{about}.{number}.0",
        case=about,
        version=number,
        kind=Message.DIGEST,
        occasion=str(number),
        not_before=at.astimezone(UTC).replace(microsecond=0),
        person=to if person else None,
    )


def intent_row(intent: Intent) -> Row:
    """The intent's row; the timer finds it when its time has come."""
    waits = Place(TIMER, f"{intent.not_before.astimezone(UTC).isoformat()}#{intent.id}")
    return Row(_key(intent), encode(intent), intent.tries, {Index.TIMER: waits})


def _read(row: Row) -> Intent:
    return replace(decode(Intent, row.value), tries=row.version)


def intent_at(desk: Desk, key: Key) -> Intent | None:
    """The intent of a stream record, or None when it is done."""
    row = desk.store.get(key).get(key)
    return _read(row) if row else None


def stored(desk: Desk, intents: Sequence[Intent]) -> tuple[Intent, ...]:
    """Those of the intents that are not done, as they are now; strongly consistent."""
    keys = [_key(intent) for intent in intents]
    found = (desk.store.get(*keys[at : at + MAX_READ]) for at in range(0, len(keys), MAX_READ))
    return tuple(_read(row) for rows in found for row in rows.values())


def waiting(desk: Desk, limit: int, *, by: datetime | None = None) -> tuple[Intent, ...]:
    """The intents whose time has come, now or by an instant, longest waiting first."""
    upto = f"{(by or desk.now()).isoformat()}~"
    page = desk.store.find(Index.TIMER, TIMER, upto=upto, limit=limit)
    return tuple(_read(row) for row in page.rows)


def overtaken(desk: Desk, intent: Intent) -> bool:
    """Whether a newer intent waits that brings the same message up to date.

    One that is parked gives way only to one that is parked too: else its cause would seem mended
    before anybody has tried.
    """
    others = desk.store.query(outbox_partition(intent.case), OUT).rows
    return any(
        (other.kind, other.occasion, other.person) == (intent.kind, intent.occasion, intent.person)
        and other.version > intent.version
        and (other.causes or not intent.causes)
        for other in map(_read, others)
    )


def done(desk: Desk, intent: Intent, reached: Collection[str] = ()) -> None:
    """The intent is delivered or overtaken. ``reached``: whom or where it was delivered to."""
    _turn(desk, intent, None, reached)


def put_off(desk: Desk, intent: Intent, wait: timedelta, *, mended: bool = False) -> None:
    """Try again later; nobody sleeps meanwhile. ``mended``: it is no longer parked."""
    later = replace(intent, not_before=desk.now() + wait, tries=intent.tries + 1)
    _turn(desk, intent, replace(later, causes=()) if mended else later)


def park(desk: Desk, intent: Intent, causes: Iterable[str]) -> None:
    """It waits until somebody mends the causes, given by name: kept, and tried now and then."""
    later = replace(intent, not_before=desk.now() + PARKED_FOR, tries=intent.tries + 1)
    _turn(desk, intent, replace(later, causes=tuple(sorted(set(causes)))))


def _turn(desk: Desk, intent: Intent, later: Intent | None, reached: Collection[str] = ()) -> None:
    """Put an intent's later state in its place, or take it away, and count what is parked.

    Who comes second finds the row changed and leaves it: it comes again, or is done.

    Raises:
        Unavailable: others counted under the same cause each time.
    """
    own: Write = Delete(_key(intent), intent.tries)
    if later is not None:
        own = Put(intent_row(later), intent.tries)
    before, after = set(intent.causes), set(later.causes if later else ())
    for _ in range(ATTEMPTS):
        known = {name: cause(desk, name) for name in before ^ after}
        more = [(known[name], _one_more(desk, known[name])) for name in after - before]
        less = [(known[name], _one_less(known[name], reached)) for name in before - after]
        try:
            desk.store.commit(
                own, *(write for was, now in more + less for write in _kept(desk, was, now))
            )
        except Stale as stale:
            if _names(stale, own.key):
                return
        else:
            return
    raise Unavailable(what="outbox")


def _names(stale: Stale, key: Key) -> bool:
    keys = stale.params["keys"]
    return isinstance(keys, tuple) and key in keys


# -- what is parked, and why ------------------------------------------------------------------


def causes(desk: Desk) -> tuple[Cause, ...]:
    """What keeps messages from being delivered now; one query, a row for each cause."""
    known = map(read_cause, desk.store.query(STATUS, CAUSE).rows)
    return tuple(cause for cause in known if cause.parked)


def cause(desk: Desk, name: str) -> Cause:
    """A cause as it is now."""
    row = desk.store.get(cause_key(name)).get(cause_key(name))
    code, _, place = name.partition("@")
    return read_cause(row) if row else Cause(code, place, desk.now())


def _one_more(desk: Desk, of: Cause) -> Cause:
    """The cause, when one more message waits for it."""
    if of.mended and not of.parked:
        of = replace(of, since=desk.now(), broke=of.broke + 1)
    return replace(of, parked=of.parked + 1, mended=False)


def _one_less(of: Cause, reached: Collection[str]) -> Cause:
    """The cause, when a message waits no longer: it went out, or is not wanted any more."""
    mended = of.mended or of.place in reached or (not of.place and bool(reached))
    return replace(of, parked=of.parked - 1, mended=mended)


def _kept(desk: Desk, was: Cause, now: Cause) -> Iterator[Write]:
    """A cause in its new state; when the first message waits, or none any more, it is told."""
    now = replace(now, version=was.version + 1)
    yield Put(cause_row(now), was.version or Expect.ABSENT)
    if not (was.parked and now.parked):
        yield Put(intent_row(_notice(desk, now)))


def _notice(desk: Desk, of: Cause) -> Intent:
    return Intent(
        id=f"{of.name}.{of.version}.0",
        case=of.name,
        version=of.version,
        kind=Message.UNDELIVERABLE,
        occasion=str(of.broke),
        not_before=desk.now(),
    )


# -- messages ---------------------------------------------------------------------------------


def _sent_key(case: str, kind: Message, occasion: str, to: str) -> Key:
    return Key(outbox_partition(case), f"{SENT}{kind}#{occasion}#{to}")


def _sent_row(sent: Sent) -> Row:
    return Row(_sent_key(sent.case, sent.kind, sent.occasion, sent.to), encode(sent), sent.version)


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
        known, again = _lookup(desk, mine), intent_at(desk, _key(intent))
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
    key = _sent_key(of.case, of.kind, of.occasion, of.to)
    row = desk.store.get(key).get(key)
    return _read_sent(row) if row else None

"""Intents: what is to be told to whom, written with the change that causes it.

An intent is never Block Kit. Who sends it, and what it looks like then, stands in ``bot``; here
is only what the desk promises about it: it is delivered, at least once, in its newest state, or
it is parked and counted under what keeps it, which is told once. What is known of the messages
that were sent stands in ``copies``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from opendata.desk.context import Desk
from opendata.desk.ports import MAX_READ, Delete, Expect, Index, Key, Place, Put, Row, Write
from opendata.desk.records import (
    CAUSE,
    DIGEST,
    OUT,
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

PARKED_FOR = timedelta(minutes=10)
ATTEMPTS, PAGE = 8, 500


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
    MOVED = "moved"
    STILL_YOURS = "still_yours"
    ESCALATION = "escalation"
    HELP = "help"
    CATALOGUE_REFUSED = "catalogue_refused"
    PROMISE_KEPT = "promise_kept"
    CALL = "call"
    WEEKLY = "weekly"
    NOT_TAKEN = "not_taken"
    RECOMPUTE = "recompute"
    MATCH = "match"
    PLAN = "plan"
    FULFIL = "fulfil"
    ANNOUNCE = "announce"


TASKS = frozenset(
    {Message.RECOMPUTE, Message.MATCH, Message.PLAN, Message.FULFIL, Message.ANNOUNCE}
)
"""What is done, and not told: no message comes of it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A row of the outbox.

    Attributes:
        id: ``<case>.<version>.<n>``; messages carry it, so that they can be found again.
        case, version: the case, and the event that caused it; of an UNDELIVERABLE, the name and
            version of the cause; of a DIGEST, its addressee and which one it is; of a
            MOVED, its addressee and the number of the change; of a RECOMPUTE, the calendar's; of
            what is about the catalogue, that and seconds since 1970.
        kind: what to tell.
        occasion: which one of several of a kind, e.g. the second submission of round 1; a
            message is living within its occasion.
        person: Slack id of the one person concerned; None: the kind says who.
        not_before: earliest instant of delivery.
        tries: how often delivery was put off; it is the row's version.
        causes: what somebody has to mend first, by name; it is parked, and tried now and then.
        cursor: of a task that ran out of time: where it goes on; None: at the beginning. Of a
            digest: what else it reminds of; see ``reminding``.
        since: when it was due first, if it was put off since then; None: it was not.
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
    since: datetime | None = None

    @property
    def due_since(self) -> datetime:
        """When it should have been delivered; one that is parked, tried again."""
        return self.not_before if self.causes or self.since is None else self.since


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


def asked_again(desk: Desk, intent: Intent) -> Put:
    """What asks for an intent; one that waits already is touched, so that nobody is done with it.

    Who sends it at this moment may not have seen what the commit adds.
    """
    key = _key(intent)
    row = desk.store.get(key).get(key)
    if row is None:
        return Put(intent_row(intent))
    waits = _read(row)
    return Put(intent_row(replace(waits, tries=waits.tries + 1)), waits.tries)


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


def waiting(desk: Desk, limit: int) -> tuple[Intent, ...]:
    """The intents whose time has come, longest waiting first."""
    page = desk.store.find(Index.TIMER, TIMER, upto=f"{desk.now().isoformat()}~", limit=limit)
    return tuple(_read(row) for row in page.rows)


def stuck(desk: Desk, since: datetime) -> Iterator[Intent]:
    """The intents that have been due since an instant or before it, however often they were tried.

    It reads the whole outbox, a page at a time.
    """
    after = None
    while True:
        page = desk.store.find(Index.TIMER, TIMER, after=after, limit=PAGE)
        yield from (one for one in map(_read, page.rows) if one.due_since <= since)
        if page.next is None:
            return
        after = page.next


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


def put_off(
    desk: Desk, intent: Intent, wait: timedelta, *, mended: bool = False, anew: bool = False
) -> None:
    """Try again later; nobody sleeps meanwhile.

    ``mended``: it is no longer parked. ``anew``: nothing failed, it is due only then.
    """
    since = None if anew else intent.since or intent.not_before
    later = replace(intent, not_before=desk.now() + wait, tries=intent.tries + 1, since=since)
    _turn(desk, intent, replace(later, causes=()) if mended else later)


def park(desk: Desk, intent: Intent, causes: Iterable[str]) -> None:
    """It waits until somebody mends the causes, given by name: kept, and tried now and then."""
    named, tries = tuple(sorted(set(causes))), intent.tries + 1
    at = desk.now() + PARKED_FOR
    _turn(desk, intent, replace(intent, not_before=at, tries=tries, causes=named, since=None))


def hand_on(desk: Desk, intent: Intent, to: Intent) -> None:
    """The intent is part of a later one, which waits already or does so from now on.

    What keeps the one keeps the other until somebody has tried, so it stays counted.
    """
    own, key = Delete(_key(intent), intent.tries), _key(to)

    def writes() -> Iterator[Write]:
        row = desk.store.get(key).get(key)
        waits, both = _read(row) if row else to, set(intent.causes)
        kept = tuple(sorted(both.union(waits.causes)))
        if row is None:
            yield Put(intent_row(replace(to, causes=kept)))
        elif kept != waits.causes:
            yield Put(intent_row(replace(waits, causes=kept, tries=waits.tries + 1)), waits.tries)
        yield from _counted(desk, less=both.intersection(waits.causes))

    _swap(desk, own, writes)


def _turn(desk: Desk, intent: Intent, later: Intent | None, reached: Collection[str] = ()) -> None:
    """Put an intent's later state in its place, or take it away, and count what is parked."""
    own: Write = Delete(_key(intent), intent.tries)
    if later is not None:
        own = Put(intent_row(later), intent.tries)
    before, after = set(intent.causes), set(later.causes if later else ())
    _swap(desk, own, lambda: _counted(desk, after - before, before - after, reached))


def _swap(desk: Desk, own: Write, others: Callable[[], Iterator[Write]]) -> None:
    """Commit what becomes of an intent, with what is found to be written beside it.

    Who comes second finds the row changed and leaves it: it comes again, or is done.

    Raises:
        Unavailable: others counted under the same cause each time.
    """
    for _ in range(ATTEMPTS):
        try:
            desk.store.commit(own, *others())
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


def _counted(
    desk: Desk,
    more: Iterable[str] = (),
    less: Iterable[str] = (),
    reached: Collection[str] = (),
) -> Iterator[Write]:
    """Causes, by name, for which one message more waits, or one less."""
    for name in more:
        was = cause(desk, name)
        yield from _kept(desk, was, _one_more(desk, was))
    for name in less:
        was = cause(desk, name)
        yield from _kept(desk, was, _one_less(was, reached))


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

"""按季提報: ask each agency that has an inventory, take its answer, remind it, show who is late.

When it is asked and reminded is decided in ``rules.submissions``. What an agency hands in goes into
the inventory like any file, but only its own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from opendata.desk import inventory, outbox
from opendata.desk import submission_records as stored
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry, TakenIn
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Put, Write
from opendata.rules import submissions as rules
from opendata.rules.errors import Fault, Invalid, NotFound, Stale
from opendata.rules.reminders import opening
from opendata.rules.roc import TAIPEI, Quarter, quarter_of
from opendata.rules.submissions import Answer, Submission


@dataclass(frozen=True, slots=True)
class Called:
    """What a morning's look came to: how many agencies were asked, and how many reminded."""

    asked: int = 0
    reminded: int = 0


def call(desk: Desk) -> Called:
    """Ask every agency that has items and was not asked yet, and remind those that owe an answer.

    Done twice on a day, it changes nothing more; a morning that was missed is caught up with.
    """
    quarter, today = quarter_of(desk.today()), desk.today()
    asked = 0
    if today >= rules.opens(quarter, desk.calendar()):
        known = {one.agency for one in standing(desk, quarter.code)}
        counts = inventory.overview(desk).counts
        for agency in sorted(code for code, n in counts.items() if n.get("items")):
            if agency not in known and desk.directory().agency(agency) is not None:
                asked += _ask(desk, quarter, agency)
    reminded = 0
    for code in _awaited(quarter):
        for one in standing(desk, code):
            if rules.reminds(one, today, desk.calendar(one.agency)):
                reminded += _remind(desk, one)
    return Called(asked, reminded)


def _awaited(quarter: Quarter) -> tuple[str, ...]:
    """The quarter and the one before it, of which somebody may still owe an answer."""
    before = (
        Quarter(quarter.year - 1, 4)
        if quarter.number == 1
        else Quarter(quarter.year, quarter.number - 1)
    )
    return (before.code, quarter.code)


def _ask(desk: Desk, quarter: Quarter, agency: str) -> bool:
    due = rules.due(quarter, desk.calendar(agency))
    one = Submission(quarter.code, agency, due, desk.today(), version=1)
    try:
        desk.store.commit(Put(stored.submission_row(one)), _told(desk, one, "call"))
    except Stale:
        return False  # another run has just asked
    return True


def _remind(desk: Desk, one: Submission) -> bool:
    today = desk.today()
    later = replace(one, reminded=(*one.reminded, today), version=one.version + 1)
    try:
        desk.store.commit(
            Put(stored.submission_row(later), one.version), _told(desk, later, f"{today:%Y%m%d}")
        )
    except Stale:
        return False
    return True


def _told(desk: Desk, one: Submission, occasion: str) -> Write:
    """The message to the agency, when its office is open."""
    about = f"{stored.partition(one.quarter)}#{one.agency}"
    at = opening(desk.now(), desk.calendar(one.agency)).astimezone(UTC).replace(microsecond=0)
    intent = Intent(f"{about}.{one.version}.0", about, one.version, Message.CALL, occasion, at)
    return Put(outbox.intent_row(intent), Expect.ANY)


def standing(desk: Desk, quarter: str | None = None) -> tuple[Submission, ...]:
    """How the agencies stand that were asked in a quarter, by code; one query."""
    wanted = quarter or quarter_of(desk.today()).code
    Quarter.parse(wanted)
    rows = desk.store.query(stored.partition(wanted)).rows
    return tuple(map(stored.read_submission, rows))


def submission(desk: Desk, quarter: str, agency: str) -> Submission:
    """An agency's submission.

    Raises:
        NotFound: it was not asked in that quarter.
    """
    key = stored.submission_key(quarter, agency)
    row = desk.store.get(key).get(key)
    if row is None:
        raise NotFound(what="submission", name=f"{quarter} {agency}")
    return stored.read_submission(row)


# -- what an agency answers ---------------------------------------------------------------------


def confirm(desk: Desk, quarter: str, agency: str, actor: str) -> Submission:
    """本季無異動.

    Raises:
        Stranger, WrongRole, NotFound.
        Invalid: ``already_submitted`` – it has answered by now; it says who, and when.
    """
    one = _open(desk, quarter, agency, actor)
    return _answer(desk, one, actor, Answer.NO_CHANGE, TakenIn())


def update(
    desk: Desk, quarter: str, agency: str, actor: str, entries: Sequence[Entry], unread: int = 0
) -> tuple[Submission, TakenIn]:
    """上傳更新: what differs goes into the inventory; of other agencies nothing is taken.

    Args:
        desk: the desk.
        quarter: e.g. ``115Q3``.
        agency: code.
        actor: Slack id.
        entries: the rows of the file that could be read.
        unread: how many could not.

    Raises:
        Stranger, WrongRole, NotFound.
        Invalid: ``already_submitted``, or ``nothing_taken`` – not one row could be taken.
    """
    one = _open(desk, quarter, agency, actor)
    own = [entry for entry in entries if entry.item.agency == agency]
    foreign = [
        (entry.line, Fault("機關", "another_agency")) for entry in entries if entry not in own
    ]
    done = inventory.take_in(desk, own, actor, within=agency)
    done = replace(done, refused=(*done.refused, *foreign))
    if not (done.new or done.changed or done.same):
        raise Invalid(Fault("file", "nothing_taken", (("n", len(entries) + unread),)))
    refused = len({line for line, _ in done.refused}) + unread
    return _answer(desk, one, actor, Answer.UPDATED, done, refused), done


def _open(desk: Desk, quarter: str, agency: str, actor: str) -> Submission:
    inventory.for_change(desk, actor, agency)
    one = submission(desk, quarter, agency)
    if one.answer is Answer.NO_CHANGE or (one.answer and one.by != actor):
        raise Invalid(
            Fault("submission", "already_submitted", (("by", one.by or ""), ("at", one.at)))
        )
    return one


def _answer(
    desk: Desk, one: Submission, actor: str, answer: Answer, done: TakenIn, refused: int = 0
) -> Submission:
    """Keep the answer, and bring every message about it up to date.

    Raises:
        Stale: somebody else has just answered.
    """
    now = replace(
        one,
        answer=answer,
        by=actor,
        at=desk.now().astimezone(TAIPEI),
        new=done.new,
        changed=done.changed,
        refused=refused,
        version=one.version + 1,
    )
    told = [_told(desk, now, "call")]
    desk.store.commit(Put(stored.submission_row(now), one.version), *told)
    return now

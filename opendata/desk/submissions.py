"""按季提報: ask each agency that has an inventory, take its answer, remind it, show who is late.

When it is asked and reminded is decided in ``rules.submissions``. What an agency hands in goes into
the inventory like any file, but only its own rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from opendata.desk import inventory, outbox
from opendata.desk import submission_records as stored
from opendata.desk.context import Desk
from opendata.desk.inventory import Entry, TakenIn
from opendata.desk.outbox import Intent, Message
from opendata.desk.ports import Expect, Put, Row, Write
from opendata.rules import submissions as rules
from opendata.rules.errors import Fault, Invalid, NotFound, Stale, Unavailable
from opendata.rules.reminders import opening
from opendata.rules.roc import TAIPEI, Quarter, local_date, quarter_of
from opendata.rules.submissions import Answer, Given, Submission

CALL, SHOWN, ATTEMPTS = "call", 20, 5
"""The first message; how many of the reminders turn into the answer with it; tries at a commit."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a morning's look came to: how many agencies were asked, and how many reminded."""

    asked: int = 0
    reminded: int = 0


def call(desk: Desk) -> Called:
    """Ask every agency that has items and was not asked yet, and remind those that owe an answer.

    Done twice on a day, it changes nothing more; a morning that was missed is caught up with, and
    a quarter of which every morning was.
    """
    today = desk.today()
    quarter = quarter_of(today)
    asked = _asked(desk, quarter) if today >= rules.opens(quarter, desk.calendar()) else 0
    asked += _caught_up(desk, quarter.before)
    reminded = 0
    for one in (*standing(desk, quarter.before.code), *standing(desk, quarter.code)):
        calendar = desk.calendar(one.agency)
        due = one.due if one.answer else rules.moved_due(one, calendar)
        if rules.reminds(replace(one, due=due), today, calendar):
            reminded += _remind(desk, replace(one, due=due))
        elif due != one.due:
            _commit(desk, replace(one, due=due), ())
    return Called(asked, reminded)


def _asked(desk: Desk, quarter: Quarter) -> int:
    known = {one.agency for one in standing(desk, quarter.code)}
    return sum(_ask(desk, quarter, one) for one in _with_items(desk) if one not in known)


def _caught_up(desk: Desk, quarter: Quarter) -> int:
    """Ask for a quarter that has passed without a look at it, whoever had items then; once."""
    looked = stored.looked_key(quarter.code)
    if looked in desk.store.get(looked) or standing(desk, quarter.code):
        return 0
    asked = sum(
        _ask(desk, quarter, one) for one in _with_items(desk) if _had_items(desk, one, quarter)
    )
    desk.store.commit(Put(Row(looked, {"at": desk.now().isoformat()}), Expect.ANY))
    return asked


def _with_items(desk: Desk) -> list[str]:
    counts, directory = inventory.overview(desk).counts, desk.directory()
    return sorted(code for code, n in counts.items() if n.get("items") and directory.agency(code))


def _had_items(desk: Desk, agency: str, quarter: Quarter) -> bool:
    first = inventory.first_changes(desk, agency)
    return any(local_date(one.at) <= quarter.last for one in first)


def _ask(desk: Desk, quarter: Quarter, agency: str) -> bool:
    due = rules.due(quarter, desk.calendar(agency))
    one = Submission(quarter.code, agency, due, desk.today())
    return _commit(desk, one, [CALL])  # else another run has just asked


def _remind(desk: Desk, one: Submission) -> bool:
    today = desk.today()
    return _commit(desk, replace(one, reminded=(*one.reminded, today)), [_occasion(today)])


def _occasion(day: date) -> str:
    return f"{day:%Y%m%d}"


def _commit(desk: Desk, one: Submission, occasions: Iterable[str]) -> bool:
    """Keep a submission's next state, with the messages that show it; False: it has changed."""
    now = replace(one, version=one.version + 1)
    told = (_told(desk, now, occasion, n) for n, occasion in enumerate(occasions))
    try:
        desk.store.commit(Put(stored.submission_row(now), one.version or Expect.ABSENT), *told)
    except Stale:
        return False
    return True


def _told(desk: Desk, one: Submission, occasion: str, n: int) -> Write:
    """The message to the agency, when its office is open."""
    about = f"{stored.partition(one.quarter)}#{one.agency}"
    at = opening(desk.now(), desk.calendar(one.agency)).astimezone(UTC).replace(microsecond=0)
    intent = Intent(f"{about}.{one.version}.{n}", about, one.version, Message.CALL, occasion, at)
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
        Invalid: ``already_submitted`` – it has answered by now; it says who, and when – or
            ``being_submitted``.
        Unavailable: it was changed again and again meanwhile.
    """

    def open_to(one: Submission) -> bool:
        return one.last is None

    one = _open(desk, quarter, agency, actor, open_to)
    given = Given(Answer.NO_CHANGE, actor, _now(desk))
    return _answer(desk, one, given, lambda: _open(desk, quarter, agency, actor, open_to))


def update(
    desk: Desk,
    quarter: str,
    agency: str,
    actor: str,
    entries: Sequence[Entry],
    unread: int = 0,
    file: str = "",
) -> tuple[Submission, TakenIn]:
    """上傳更新: what differs goes into the inventory; of other agencies nothing is taken.

    It corrects an answer that was given, too. Whoever hands in is alone meanwhile, so that no row
    goes in of a file that is no answer.

    Args:
        desk: the desk.
        quarter: e.g. ``115Q3``.
        agency: code.
        actor: Slack id.
        entries: the rows of the file that could be read.
        unread: how many could not.
        file: SHA-256 of it.

    Raises:
        Stranger, WrongRole, NotFound.
        Invalid: ``already_submitted``, ``being_submitted``, or ``nothing_taken`` – not one row
            could be taken.
        Stale: somebody else changed one of the items in this moment; the same file handed in
            again goes on.
        Unavailable: it was changed again and again meanwhile.
    """
    coordinator = inventory.is_coordinator(desk, actor, agency)

    def held() -> Submission:
        return _open(
            desk,
            quarter,
            agency,
            actor,
            lambda one: rules.correctable(one, actor, coordinator=coordinator),
        )

    one = _held(desk, held, actor)
    own = [entry for entry in entries if entry.item.agency == agency]
    foreign = [
        (entry.line, Fault("機關", "another_agency")) for entry in entries if entry not in own
    ]
    done = inventory.take_in(desk, own, actor, within=agency)
    done = replace(done, refused=(*done.refused, *foreign))
    if not (done.new or done.changed or done.same):
        _commit(desk, replace(one, holder=None, held=None), ())
        raise Invalid(Fault("file", "nothing_taken", (("n", len(entries) + unread),)))
    refused = len({line for line, _ in done.refused}) + unread
    given = Given(Answer.UPDATED, actor, _now(desk), done.new, done.changed, refused, file)
    return _answer(desk, one, given, held), done


def _open(
    desk: Desk, quarter: str, agency: str, actor: str, open_to: Callable[[Submission], bool]
) -> Submission:
    inventory.for_change(desk, actor, agency)
    one = submission(desk, quarter, agency)
    if rules.held_by_another(one, actor, desk.now()):
        raise Invalid(_by(desk, "being_submitted", one.holder or "", one.held))
    if not open_to(one) and one.last:
        raise Invalid(_by(desk, "already_submitted", one.last.by, one.last.at))
    return one


def _by(desk: Desk, code: str, by: str, at: datetime | None) -> Fault:
    person = desk.directory().person(by)
    return Fault("submission", code, (("by", person.name if person else by), ("at", at)))


def _now(desk: Desk) -> datetime:
    return desk.now().astimezone(TAIPEI)


def _held(desk: Desk, again: Callable[[], Submission], actor: str) -> Submission:
    """The submission, held by who hands in."""
    for _ in range(ATTEMPTS):
        one = replace(again(), holder=actor, held=_now(desk))
        if _commit(desk, one, ()):
            return replace(one, version=one.version + 1)
    raise Unavailable(what="submissions")


def _answer(
    desk: Desk, one: Submission, given: Given, again: Callable[[], Submission]
) -> Submission:
    """Keep the answer, and bring every message about it up to date.

    ``again`` reads it anew when it was changed meanwhile, and refuses who came second.
    """
    for _ in range(ATTEMPTS):
        now = replace(one, given=(*one.given, given), holder=None, held=None)
        shown = [_occasion(day) for day in now.reminded[-SHOWN:]]
        if _commit(desk, now, [CALL, *shown]):
            return replace(now, version=now.version + 1)
        one = again()
    raise Unavailable(what="submissions")

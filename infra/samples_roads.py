"""The roads that cases take in the samples, and at each step all that was ever told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from infra.samples_desk import (
    AGENCY_NAME,
    BEGIN,
    CIO,
    COLLEAGUE,
    DEPUTY,
    HEAD,
    LEGAL,
    OFFICER,
    Ministry,
)
from infra.samples_inventory import synced, worked
from infra.samples_steps import (
    approved,
    extended,
    opening,
    passed,
    published,
    refusal,
    returned,
    study,
    submitted,
    woken,
    written,
)
from opendata.desk import casework, decisions, holding, inventory, outbox, recompute, roster
from opendata.desk.outbox import TASKS, Intent, Message
from opendata.desk.reading import Dossier, dossier
from opendata.rules.calendar import Closure
from opendata.rules.catalogue import Listing
from opendata.rules.roc import TAIPEI

Step = Iterator[tuple[str, str]]
MOST = 10_000
NEXT_YEAR = date(2027, 1, 4)
_CALLS = frozenset(
    {
        *(Message.STILL_YOURS, Message.ESCALATION, Message.HELP, Message.NEWS),
        Message.PROMISE_KEPT,
    }
)


def on_the_way(made: Ministry) -> Iterator[tuple[str, Dossier, list[Intent]]]:
    """Each step of each road: its name, the case after it, and what was ever told of it.

    Of a road that shows only how somebody is called, only that.
    """
    told: dict[tuple[str, str, str, str | None], Intent] = {}
    for road in (*ROADS, *CALLING):
        for case, step in road(made):
            for one in outbox.waiting(made.desk, MOST):
                told[one.case, one.kind, one.occasion, one.person] = one
            kinds = _CALLS if road in CALLING else set(Message) - TASKS
            of_it = [one for one in told.values() if one.case == case and one.kind in kinds]
            yield step, dossier(made.desk, case), of_it


# -- the roads --------------------------------------------------------------------------------


def _refused(made: Ministry) -> Step:
    """A refusal by law: co-sign, review, return, approval, revocation, a deputy, publication."""
    desk, words = made.desk, made.words
    case = made.opened(
        "97944",
        dispatched_agencies=[AGENCY_NAME, *words.others],
        dispatched_at=made.clock().isoformat(),
        posted_at=(made.clock() - timedelta(days=3)).isoformat(),
        requested_dataset=words.wish,
        requested_fields=words.wish,
    )
    yield case, "new"
    casework.claim(desk, case, OFFICER)
    yield case, "claimed"
    written(made, case, refusal(made))
    yield case, "drafted"
    casework.cosign(desk, case, LEGAL, made.hash(case))
    yield case, "cosigned"
    submitted(made, case)
    yield case, "submitted"
    returned(made, case, HEAD)
    yield case, "returned"
    written(made, case, refusal(made, "法務部廉政署 02-23141001"))
    yield case, "redrafted"
    submitted(made, case)
    yield case, "resubmitted"
    casework.recall(desk, case, OFFICER, made.hash(case))
    yield case, "recalled"
    submitted(made, case)
    passed(made, case)
    yield case, "passed"
    decisions.approve(desk, case, CIO, made.hash(case))
    yield case, "approved"
    decisions.revoke(desk, case, CIO, made.hash(case), words.note)
    yield case, "revoked"
    made.clock.turn(days=2)
    submitted(made, case)
    approved(made, case, DEPUTY)
    yield case, "approved_by_deputy"
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    yield case, "reassigned"
    published(made, case, COLLEAGUE)
    yield case, "published"


def _studied(made: Ministry) -> Step:
    """A matter under study, answered too late, with all that the platform says meanwhile."""
    desk, words, number = made.desk, made.words, "97945"
    case = made.opened(number)
    casework.claim(desk, case, OFFICER)
    written(made, case, refusal(made))
    submitted(made, case)
    returned(made, case, HEAD)
    written(made, case, study(made))
    yield case, "changed_to_study"
    submitted(made, case)
    yield case, "study_submitted"
    approved(made, case)
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    yield case, "study_approved"
    casework.revise(desk, case, COLLEAGUE, made.hash(case))
    yield case, "revised"
    submitted(made, case, COLLEAGUE)
    approved(made, case)
    published(made, case, COLLEAGUE)
    yield case, "under_study"
    made.receive("suggestion", number, "commented", body=words.comment)
    yield case, "commented"
    made.opened(number, body=words.amended)
    yield case, "amended"
    written(made, case, replace(opening(made), promised=NEXT_YEAR), COLLEAGUE)
    yield case, "answer_drafted"
    submitted(made, case, COLLEAGUE)
    yield case, "answer_submitted"
    passed(made, case)
    yield case, "answer_passed"
    decisions.approve(desk, case, CIO, made.hash(case))
    made.clock.turn(days=70)
    yield case, "approved_and_late"
    published(made, case, COLLEAGUE)
    yield case, "answered_late"
    made.receive("suggestion", number, "withdrawn")
    yield case, "withdrawn"


def _asked_again(made: Ministry) -> Step:
    """A citizen who is not content: stars, a second round, and a withdrawal."""
    desk, number = made.desk, "97946"
    case = made.opened(number)
    casework.claim(desk, case, OFFICER)
    written(made, case, refusal(made))
    submitted(made, case)
    returned(made, case, HEAD)
    casework.submit(desk, case, OFFICER, made.hash(case))
    approved(made, case)
    casework.reassign(desk, case, HEAD, COLLEAGUE)
    published(made, case, COLLEAGUE)
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=5)
    yield case, "praised"
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=2, body=made.words.comment)
    yield case, "asked_again"
    casework.claim(desk, case, OFFICER)
    yield case, "claimed_again"
    written(made, case, refusal(made))
    casework.release(desk, case, OFFICER)
    yield case, "released"
    made.receive("suggestion", number, "withdrawn")
    yield case, "withdrawn_again"


def _others(made: Ministry) -> Step:
    """Cards of other kinds: a comment on a dataset, another agency's, a year not yet published."""
    comment = made.opened("501", "comment", dataset_title=made.words.dataset)
    yield comment, "comment"
    nobodys = made.opened("502", dispatched_agencies=["內政部"])
    yield nobodys, "unassigned"
    overdue = made.opened("503", posted_at=(made.clock() - timedelta(days=9)).isoformat())
    yield overdue, "overdue"
    made.clock.at = datetime(2026, 12, 29, 10, 0, tzinfo=TAIPEI)
    provisional = made.opened("504", dispatched_at=made.clock().isoformat())
    yield provisional, "provisional"
    made.clock.at = BEGIN


def _recounted(made: Ministry) -> Step:
    """A date that moves because offices were closed on it."""
    case = made.opened("506")
    casework.claim(made.desk, case, OFFICER)
    closed = Closure(made.case(case).due.on, "臺北市")
    if task := roster.close(made.desk, [closed]):
        recompute.perform(made.desk, task)
    yield case, "offices_closed"


def _extended(made: Ministry) -> Step:
    """More time: drafted beside a reply, sent back, approved, published, and the reply goes on."""
    made.clock.at = BEGIN
    case, until = made.opened("97947"), date(2026, 3, 12)
    casework.claim(made.desk, case, OFFICER)
    written(made, case, opening(made))
    extended(made, case, until)
    yield case, "notice_drafted"
    submitted(made, case)
    yield case, "notice_submitted"
    returned(made, case, HEAD)
    yield case, "notice_returned"
    submitted(made, case)
    passed(made, case)
    yield case, "notice_passed"
    decisions.approve(made.desk, case, CIO, made.hash(case))
    yield case, "notice_approved"
    published(made, case, OFFICER)
    yield case, "notice_published"
    submitted(made, case)
    yield case, "reply_submitted"


def _called(made: Ministry) -> Step:
    """A case that does not move: asked about, helped with, kept, and at last on its way."""
    made.clock.at = BEGIN
    desk, number = made.desk, "97948"
    case = made.opened(number)
    holding.ask_help(desk, case, OFFICER)
    yield case, "help"
    casework.claim(desk, case, OFFICER)
    made.clock.turn(days=3)
    woken(made, case)
    yield case, "asked"
    holding.keep(desk, case, OFFICER)
    yield case, "kept"
    made.clock.turn(days=6)
    woken(made, case)
    made.clock.turn(days=1)
    woken(made, case)
    yield case, "given_back"
    casework.claim(desk, case, OFFICER)
    written(made, case, study(made))
    submitted(made, case)
    yield case, "moving"
    passed(made, case)
    yield case, "moving_on"
    decisions.approve(desk, case, CIO, made.hash(case))
    yield case, "moved"
    published(made, case, OFFICER)
    yield case, "studied"
    written(made, case, opening(made))
    submitted(made, case)
    approved(made, case)
    published(made, case, OFFICER)
    yield case, "done"
    worked(made)
    item = inventory.items(made.desk, [case, made.words.statute]).popitem()[1]
    synced(made, Listing("1000", item.title, AGENCY_NAME, listed=date(2026, 3, 2)))
    yield case, "promise_kept"
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=1)
    yield case, "again"
    made.receive("suggestion", number, "withdrawn")
    yield case, "gone"


def _escalated(made: Ministry) -> Step:
    """A case that is overdue from its first day on: what the CIO is told at each step."""
    made.clock.at = BEGIN
    desk, number = made.desk, "97949"
    case = made.opened(number, posted_at=(made.clock() - timedelta(days=30)).isoformat())
    woken(made, case)
    yield case, "escalated"
    casework.claim(desk, case, OFFICER)
    yield case, "escalated_claimed"
    written(made, case, refusal(made))
    yield case, "escalated_cosign"
    written(made, case, study(made))
    yield case, "escalated_drafted"
    submitted(made, case)
    yield case, "escalated_submitted"
    holding.instruct(desk, case, CIO, made.words.note)
    yield case, "instructed"
    passed(made, case)
    yield case, "escalated_passed"
    holding.instruct(desk, case, CIO)
    decisions.approve(desk, case, CIO, made.hash(case))
    yield case, "agreed"
    published(made, case, OFFICER)
    yield case, "escalated_study"
    made.clock.at = datetime(2026, 5, 4, 10, 0, tzinfo=TAIPEI)
    yield case, "study_over"
    made.clock.turn(days=14)
    woken(made, case)
    yield case, "study_escalated"
    written(made, case, refusal(made))
    submitted(made, case)
    approved(made, case)
    published(made, case, OFFICER)
    yield case, "escalated_answered"
    made.clock.turn(hours=1)
    made.receive("suggestion", number, "rated", stars=1)
    yield case, "escalated_before"
    made.receive("suggestion", number, "withdrawn")
    yield case, "escalated_withdrawn"
    made.clock.at = BEGIN


def _escalated_more(made: Ministry) -> Step:
    """Other places at which an overdue case waits."""
    long_ago = (made.clock() - timedelta(days=30)).isoformat()
    nobodys = made.opened("97951", dispatched_agencies=["內政部"], posted_at=long_ago)
    waits = made.opened("97952", posted_at=long_ago)
    woken(made, nobodys)
    yield nobodys, "escalated_nobodys"
    casework.claim(made.desk, waits, OFFICER)
    written(made, waits, opening(made))
    submitted(made, waits)
    approved(made, waits)
    woken(made, waits)
    yield waits, "escalated_approved"


ROADS = (_refused, _studied, _asked_again, _others, _extended, _recounted)
CALLING = (_called, _escalated, _escalated_more)

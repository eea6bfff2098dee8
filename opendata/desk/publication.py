"""What was approved goes to the platform: an officer posts it there and reports when.

The platform's interface for agencies is not public, so the event says ``reported``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from opendata.desk.casefile import CARD, Sheet, drafted, transact
from opendata.desk.clocks import extended, studied
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.rules.errors import Fault, Invalid, TextChanged
from opendata.rules.feedback import Action, Approval, Case
from opendata.rules.reply import Draft, Purpose, ReplyType
from opendata.rules.roc import local_date
from opendata.rules.transitions import PUBLISHED_AS

_ANSWERS = frozenset({Purpose.REPLY, Purpose.UNDER_STUDY, Purpose.REDISPATCH_NOTICE})


def publish(
    desk: Desk,
    case_id: str,
    actor: str,
    shown: str,
    published_at: datetime,
) -> Case:
    """已於平臺回復: the clock stops at the platform's time of the reply.

    Any officer of the agency may report it, or the coordinator. ``shown`` is the hash of the
    approved text that was posted; ``published_at`` the platform's time, aware, not before the
    approval, to the minute, and not after now. What it promises must not have passed by then.

    Raises:
        Invalid: the time cannot be, or came after the date that was promised or granted.
        TextChanged: this is not the text that was approved.
    """

    def decide(sheet: Sheet) -> None:
        case = sheet.case
        sheet.may(Action.PUBLISH)
        saved, approval = drafted(case, Action.PUBLISH), case.approval
        if approval is None or approval.hash != saved.hash or saved.hash != shown:
            raise TextChanged(case=case_id, shown=shown, current=saved.hash)
        # The platform tells minutes, the approval seconds.
        if published_at < approval.at.replace(second=0, microsecond=0):
            raise Invalid(Fault("published_at", "before_approval", (("at", approval.at),)))
        if published_at > sheet.now:
            raise Invalid(Fault("published_at", "in_future"))
        if saved.promised is not None and saved.promised < local_date(published_at):
            raise Invalid(_passed(saved))
        to = PUBLISHED_AS[saved.purpose]
        facts = {"reported": True, "published_at": published_at, "hash": saved.hash}
        sheet.record(Action.PUBLISH, to, facts, **_outcome(sheet, saved, approval, published_at))
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)
        if saved.type is ReplyType.PLANNED:
            sheet.tell(Message.PLAN)

    return transact(desk, case_id, actor, decide)


def _passed(saved: Draft) -> Fault:
    """An extension cannot be asked for again after the due date; a promise can be made anew."""
    params = (("promised", saved.promised),)
    if saved.purpose is Purpose.PROGRESS_NOTICE:
        return Fault("published_at", "extension_passed", params)
    return Fault("published_at", "promise_passed", params)


def _outcome(sheet: Sheet, saved: Draft, approval: Approval, at: datetime) -> dict[str, Any]:
    """What a publication settles: the first answer stops the clock, the substantive one ends it.

    A redispatch is judged by its notice; a progress notice answers nothing, but moves the date.
    """
    case, calendar = sheet.case, sheet.calendar()
    if saved.purpose is Purpose.PROGRESS_NOTICE:
        moved = extended(case.due, saved.promised or case.due.on, calendar)
        rested = {"draft": case.resting, "resting": None, "approval": None}
        return {"due": moved, "extended": True, **rested}
    if saved.purpose not in _ANSWERS:
        return {}
    settled: dict[str, Any] = {"refused": saved.type is ReplyType.NOT_OPEN}
    if case.first_answered_at is None:
        worked = calendar.workdays_between(local_date(case.opened_at), local_date(at))
        settled |= {"first_answered_at": at, "answered_by": approval.capacity, "worked": worked}
    if saved.purpose is Purpose.REDISPATCH_NOTICE:
        return settled | {"transferred": True}
    if saved.purpose is Purpose.REPLY:
        return settled | {"answered_at": at, "due": replace(case.due, study=None, promised=None)}
    due = studied(case.due, saved.promised, calendar) if saved.promised else case.due
    return settled | {"due": due}

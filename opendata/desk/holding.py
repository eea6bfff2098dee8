"""What whoever has a case answers to a reminder, and what the CIO says to an escalation.

When somebody is reminded stands in ``reminding``; more time is asked for in ``extension``.
"""

from __future__ import annotations

from datetime import date

from opendata.desk.casefile import MAX_NOTE, Sheet, transact
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.desk.reminding import holders
from opendata.rules import reply
from opendata.rules.errors import Fault, Invalid, NotHolder
from opendata.rules.feedback import Action, Case, State
from opendata.rules.people import Role
from opendata.rules.roc import local_date
from opendata.rules.snooze import Snooze

_WITH_A_UNIT = (State.IN_REVIEW, State.AWAITING_APPROVAL)


def keep(desk: Desk, case_id: str, actor: str) -> Case:
    """仍由我辦理: the officer goes on with the case, and is not asked again for a while."""

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.KEEP)
        sheet.record(Action.KEEP, kept_at=sheet.now)
        if sheet.case.asked_at is not None:
            sheet.tell(Message.STILL_YOURS, person=actor)

    return transact(desk, case_id, actor, decide)


def snooze(desk: Desk, case_id: str, actor: str, until: date) -> Case:
    """稍後提醒: no reminder before the morning of a workday that lies before the due date.

    Raises:
        NotHolder: somebody else is the officer of the case.
        Invalid: ``shared``, ``not_in_future``, ``past_due`` or ``day_off``.
    """

    def decide(sheet: Sheet) -> None:
        may_snooze(sheet)
        case = sheet.case
        if until <= local_date(sheet.now):
            raise Invalid(Fault("until", "not_in_future"))
        if until >= case.due_now:
            raise Invalid(Fault("until", "past_due", (("due", case.due_now),)))
        if not sheet.calendar().is_workday(until):
            raise Invalid(Fault("until", "day_off", (("date", until),)))
        before = case.snooze
        goes_on = before is not None and before.until >= local_date(sheet.now)
        since = before.since if before is not None and goes_on else sheet.now
        sheet.record(Action.SNOOZE, snooze=Snooze(until, sheet.now, since))

    return transact(desk, case_id, actor, decide)


def may_snooze(sheet: Sheet) -> None:
    """Refuse whoever does not have the case alone: the others would be reminded no more.

    Raises:
        NotHolder: somebody else is its officer.
        Invalid: ``shared``: somebody else has it too.
        OutOfTurn, WrongRole: as the table has it.
    """
    sheet.may(Action.SNOOZE)
    if sheet.case.state not in _WITH_A_UNIT and sheet.case.officer != sheet.actor:
        raise NotHolder(action=Action.SNOOZE, officer=sheet.case.officer)
    having = holders(sheet.case, sheet.directory, local_date(sheet.now))
    if any(one.to != sheet.actor for one in having):
        raise Invalid(Fault("until", "shared"))


def ask_help(desk: Desk, case_id: str, actor: str) -> Case:
    """請求協助: the coordinators are told that somebody needs them.

    They are told once, until something is done about the case.
    """

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.HELP)
        sheet.record(Action.HELP)
        sheet.tell(Message.HELP)

    return transact(desk, case_id, actor, decide)


def instruct(desk: Desk, case_id: str, actor: str, words: str | None = None) -> Case:
    """The CIO's answer to an escalation: 同意 what was proposed, or 另作指示 in words.

    Raises:
        Invalid: the words are blank or too long.
    """

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.INSTRUCT)
        told = None if words is None else reply.tidy(words)
        if told == "":
            raise Invalid(Fault("words", "required"))
        if told is not None and len(told) > MAX_NOTE:
            raise Invalid(Fault("words", "too_long", (("most", MAX_NOTE), ("length", len(told)))))
        sheet.record(Action.INSTRUCT, facts={"agreed": told is None})
        if told is not None:
            sheet.note(told)
        coordinators = sheet.directory.nearest_holders(Role.COORDINATOR, sheet.case.agency)
        concerned = [sheet.case.officer, *(one.id for one in coordinators)]
        for person in dict.fromkeys(one for one in concerned if one and one != actor):
            sheet.tell(Message.NEWS, person=person)
        sheet.tell(Message.ESCALATION)

    return transact(desk, case_id, actor, decide)

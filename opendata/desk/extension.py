"""展延: more time, once, asked for before the case is due, with a notice to the citizen.

The notice is a draft like any other: reviewed, approved by the CIO and published; only then does
the date move. The numbers go on counting the original one. Domain rule R8; 行政程序法 §51 II
allows one extension, of at most the original length.
"""

from __future__ import annotations

from datetime import date

from opendata.desk import records
from opendata.desk.casefile import CARD, MAX_NOTE, Sheet, transact
from opendata.desk.context import Desk
from opendata.rules import deadline, reply
from opendata.rules.errors import Fault, Invalid
from opendata.rules.feedback import Action, Case
from opendata.rules.reply import Closing, Draft, Purpose, Reply, ReplyType
from opendata.rules.roc import local_date


def extend(
    desk: Desk, case_id: str, actor: str, until: date, reason: str, text: str, contact: str
) -> Case:
    """Draft the progress notice that asks for more time; it is submitted like a reply.

    Args:
        desk: the desk.
        case_id: its number.
        actor: its officer.
        until: the new due date, a workday.
        reason: for the CIO; it stays inside.
        text: the notice that the citizen reads.
        contact: as it is published with the notice.

    Raises:
        Invalid: field by field; see ``limits`` for the date.
    """

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.EXTEND)
        case, ground = sheet.case, reply.tidy(reason)
        notice = reply.tidied(
            Reply(ReplyType.PROGRESS, text, contact, Closing.NOT_CLOSED, promised=until)
        )
        faults = (hindered(sheet), _date(sheet, until), _ground(ground))
        reply.require_notice(notice, local_date(sheet.now), *faults)
        number = case.drafts + 1
        saved = Draft(
            number,
            notice.purpose,
            notice.type,
            reply.reply_hash(case.id, case.round, notice),
            actor,
            sheet.now,
            until,
        )
        resting = case.resting if _is_notice(case) else case.draft
        facts = {"from": case.due.on, "until": until}
        sheet.record(
            Action.EXTEND, facts=facts, draft=saved, drafts=number, approval=None, resting=resting
        )
        sheet.note(ground)
        sheet.keep(records.draft_row(case.id, number, notice))
        sheet.tell(CARD)

    return transact(desk, case_id, actor, decide)


def limits(sheet: Sheet) -> tuple[date, date]:
    """The first and the last date to which a case can be extended.

    The last is as far behind the original due date as the promise is long, counted alike.
    """
    due, calendar = sheet.case.due, sheet.calendar()
    first = calendar.workday_after(due.on, 1)
    counted_from = deadline.end_of_day(due.original)
    return first, deadline.due(counted_from, calendar, due.days, due.mode).due_on


def hindered(sheet: Sheet) -> Fault | None:
    """Why a case cannot be given more time; None: it can."""
    due = sheet.case.due
    if sheet.case.extended:
        return Fault("until", "extended_already")
    if due.study is not None:
        return Fault("until", "under_study")
    if local_date(sheet.now) > due.on:
        return Fault("until", "after_due", (("due", due.on),))
    return None


def still_extendable(saved: Draft, sheet: Sheet) -> None:
    """A notice that lay about until the case was due, or dates moved, may ask for time no longer.

    Raises:
        Invalid: see ``extend``.
    """
    if saved.purpose is not Purpose.PROGRESS_NOTICE or saved.promised is None:
        return
    if fault := hindered(sheet) or _reach(sheet, saved.promised):
        raise Invalid(fault)


def _is_notice(case: Case) -> bool:
    return case.draft is not None and case.draft.purpose is Purpose.PROGRESS_NOTICE


def _date(sheet: Sheet, until: date) -> Fault | None:
    if fault := _reach(sheet, until):
        return fault
    off = not sheet.calendar().is_workday(until)
    return Fault("until", "day_off", (("date", until),)) if off else None


def _reach(sheet: Sheet, until: date) -> Fault | None:
    first, last = limits(sheet)
    if first <= until <= last:
        return None
    return Fault("until", "out_of_reach", (("first", first), ("last", last)))


def _ground(ground: str) -> Fault | None:
    if not ground:
        return Fault("ground", "required")
    if len(ground) > MAX_NOTE:
        return Fault("ground", "too_long", (("most", MAX_NOTE), ("length", len(ground))))
    return None

"""The officer's use cases: take a case, draft its reply, submit it, take it back.

And those of the people around the officer: the coordinator assigns, the legal unit co-signs.
Deciding stands in ``decisions``, publishing in ``publication``.
"""

from __future__ import annotations

from dataclasses import replace

from opendata.desk import records
from opendata.desk.casefile import (
    CARD,
    MAX_NOTE,
    Sheet,
    as_shown,
    still_promised,
    transact,
    waiting_at,
)
from opendata.desk.context import Desk
from opendata.desk.extension import still_extendable
from opendata.desk.outbox import Message
from opendata.rules import reply
from opendata.rules.calendar import ChangeKind
from opendata.rules.errors import (
    Fault,
    Invalid,
    NobodyMay,
    NotFound,
    OutOfTurn,
    OwnDraft,
)
from opendata.rules.feedback import Action, Case, State
from opendata.rules.people import Role
from opendata.rules.reply import Draft, Reply
from opendata.rules.roc import local_date
from opendata.rules.snooze import ended
from opendata.rules.transitions import submitted_to


def claim(desk: Desk, case_id: str, actor: str) -> Case:
    """認領: the officer takes the case on."""

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.CLAIM)
        sheet.record(Action.CLAIM, to, officer=sheet.actor, unassigned=False)
        sheet.tell(CARD)

    return transact(desk, case_id, actor, decide)


def assign(desk: Desk, case_id: str, actor: str, agency: str) -> Case:
    """分辦: the coordinator gives a case to an agency or unit of the ministry.

    Raises:
        Invalid: no such agency, or it has the case already.
    """

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.ASSIGN)
        if sheet.directory.agency(agency) is None:
            raise Invalid(Fault("agency", "unknown_agency"))
        if agency == sheet.case.agency and not sheet.case.unassigned:
            raise Invalid(Fault("agency", "already_there"))
        sheet.record(Action.ASSIGN, to, agency=agency, unassigned=False)
        sheet.recount(ChangeKind.SEAT)
        sheet.tell(CARD)

    return transact(desk, case_id, actor, decide)


def release(desk: Desk, case_id: str, actor: str) -> Case:
    """退回待認領: the case goes back to the pool; a saved draft is kept."""

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.RELEASE)
        sheet.record(Action.RELEASE, to, officer=None)
        sheet.tell(CARD)

    return transact(desk, case_id, actor, decide)


def reassign(desk: Desk, case_id: str, actor: str, officer: str) -> Case:
    """改分: another officer of the same agency has the case from now on.

    Raises:
        Invalid: the person is no officer of that agency, or has the case already.
    """

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.REASSIGN)
        person = sheet.directory.person(officer)
        roles = sheet.directory.roles_in(person, sheet.case.agency) if person else ()
        if Role.OFFICER not in roles:
            raise Invalid(Fault("officer", "not_an_officer"))
        if officer == sheet.case.officer:
            raise Invalid(Fault("officer", "already_there"))
        snooze = ended(sheet.case.snooze, sheet.now)
        sheet.record(Action.REASSIGN, to, officer=officer, kept_at=sheet.now, snooze=snooze)
        sheet.tell(CARD, Message.TO_PUBLISH)
        sheet.tell(Message.ASSIGNED, person=officer)

    return transact(desk, case_id, actor, decide)


def draft(desk: Desk, case_id: str, actor: str, written: Reply) -> Case:
    """擬具回復: save the draft. Saving the same words again changes nothing.

    Raises:
        Invalid: what the reply lacks, field by field.
    """

    def decide(sheet: Sheet) -> None:
        case = sheet.case
        tidy = reply.tidied(written)
        reply.require(tidy, case.kind, local_date(sheet.now))
        text = reply.reply_hash(case.id, case.round, tidy)
        to = sheet.may(Action.DRAFT)
        if case.draft and case.state is to and case.draft.hash == text:
            return
        number = case.drafts + 1
        saved = Draft(
            number,
            tidy.purpose,
            tidy.type,
            text,
            actor,
            sheet.now,
            tidy.promised,
            tidy.needs_cosign,
        )
        if case.draft and case.draft.awaits_cosign:
            sheet.tell(Message.COSIGN)
        sheet.record(Action.DRAFT, to, draft=saved, drafts=number, approval=None, resting=None)
        sheet.keep(records.draft_row(case.id, number, tidy))
        sheet.tell(CARD)
        if saved.needs_cosign:
            sheet.tell(Message.COSIGN)

    return transact(desk, case_id, actor, decide)


def cosign(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """法制會簽: the legal unit agrees to a refusal that rests on law, to exactly this text.

    ``shown`` is the hash of the text that the person saw.

    Raises:
        TextChanged: it is no longer the text of the draft.
        OwnDraft: the drafter cannot co-sign.
    """

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.COSIGN)
        saved = as_shown(sheet, shown, Action.COSIGN)
        if saved.drafter == actor:
            raise OwnDraft(approvers=())
        if not saved.awaits_cosign:
            raise OutOfTurn(action=Action.COSIGN, state=sheet.case.state)
        sheet.record(
            Action.COSIGN,
            to,
            {"hash": saved.hash},
            draft=replace(saved, cosigned_by=actor),
            kept_at=sheet.now,
        )
        sheet.tell(CARD, Message.COSIGN)
        if sheet.case.officer:
            sheet.tell(Message.NEWS, person=sheet.case.officer)

    return transact(desk, case_id, actor, decide)


def submit(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """陳核: hand in the draft that was previewed.

    Raises:
        TextChanged: the draft is no longer the one that was shown.
        Invalid: it lacks a co-sign.
        NobodyMay: nobody but its drafter could approve it today.
    """

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.SUBMIT)
        case, saved = sheet.case, as_shown(sheet, shown, Action.SUBMIT)
        if saved.awaits_cosign:
            raise Invalid(Fault("draft", "awaits_cosign"))
        still_promised(saved, sheet)
        still_extendable(saved, sheet)
        _someone_must_be_able(sheet, saved)
        reviewers = [
            one for one in sheet.directory.reviewers(case.agency) if one.id != saved.drafter
        ]
        to = submitted_to(saved.purpose, has_reviewer=bool(reviewers))
        if case.submissions:
            sheet.tell(Message.RETURNED)
        submissions = case.submissions + 1
        sheet.record(
            Action.SUBMIT, to, {"hash": saved.hash}, submissions=submissions, reviewer=None
        )
        sheet.tell(CARD)
        sheet.tell(Message.REVIEW if to is State.IN_REVIEW else Message.APPROVAL)

    return transact(desk, case_id, actor, decide)


def _someone_must_be_able(sheet: Sheet, saved: Draft) -> None:
    """Nobody able to approve is found out now, not when the case has waited for days."""
    able = sheet.directory.approvers(sheet.case.agency, local_date(sheet.now))
    if all(one.person.id == saved.drafter for one in able):
        raise NobodyMay(role=Role.CIO, agency=sheet.case.agency)


def recall(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """抽回: the officer takes back the text that was shown, before it is decided."""

    def decide(sheet: Sheet) -> None:
        waiting, to = sheet.case.state, sheet.may(Action.RECALL)
        as_shown(sheet, shown, Action.RECALL)
        sheet.record(Action.RECALL, to)
        sheet.tell(CARD, waiting_at(waiting))

    return transact(desk, case_id, actor, decide)


def revise(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """修改: the officer reopens the approved text that was shown, which voids the approval."""

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.REVISE)
        as_shown(sheet, shown, Action.REVISE)
        sheet.record(Action.REVISE, to, approval=None)
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)

    return transact(desk, case_id, actor, decide)


def reveal(desk: Desk, case_id: str, actor: str, purpose: str) -> Case:
    """查看原文: who looks at personal data leaves a trace; the words are read separately.

    Raises:
        Invalid: no purpose given.
        NotFound: not a case of this person's agency.
    """

    def decide(sheet: Sheet) -> None:
        told = reply.tidy(purpose)
        if not told:
            raise Invalid(Fault("purpose", "required"))
        if len(told) > MAX_NOTE:
            raise Invalid(Fault("purpose", "too_long", (("most", MAX_NOTE), ("length", len(told)))))
        if not sheet.sees():
            raise NotFound(what="case", name=case_id)
        sheet.record(Action.REVEAL, sheet.may(Action.REVEAL))
        sheet.note(told)

    return transact(desk, case_id, actor, decide)

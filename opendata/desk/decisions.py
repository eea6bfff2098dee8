"""Review and approval: pass, approve, return, revoke. Each judges exactly what was shown.

Sources: DESIGN §3, rules 1 to 5; domain rule R5; 公文程式條例 §4 for deputies.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from opendata.desk.casefile import Sheet, transact
from opendata.desk.casework import CARD, MAX_NOTE, drafted, waiting_at
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.rules import reply
from opendata.rules.errors import Fault, Invalid, NotAllowed, OwnDraft, TextChanged
from opendata.rules.feedback import Action, Approval, Case, approved_to
from opendata.rules.roc import local_date


class ReturnReason(StrEnum):
    """退回原因, several may hold."""

    NOT_ANSWERED = "not_answered"
    NO_GROUND = "no_ground"
    NO_DATE_OR_CONTACT = "no_date_or_contact"
    WORDING = "wording"
    SENSITIVE = "sensitive"
    CONSULT = "consult"
    OTHER = "other"


def pass_review(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """核稿通過: the section head lets the draft go on to the CIO."""

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.PASS)
        text = _as_shown(sheet, shown, Action.PASS)
        sheet.record(Action.PASS, to, {"hash": text}, reviewer=sheet.actor)
        sheet.tell(CARD, Message.REVIEW, Message.APPROVAL)

    return transact(desk, case_id, actor, decide)


def approve(desk: Desk, case_id: str, actor: str, shown: str) -> Case:
    """核准 by the CIO, or a deputy valid today, of exactly the text that was shown.

    Raises:
        OwnDraft: the drafter of record is never the approver.
        TextChanged, WrongRole, LostRace.
    """

    def decide(sheet: Sheet) -> None:
        sheet.may(Action.APPROVE)
        text = _as_shown(sheet, shown, Action.APPROVE)
        able = sheet.approver()
        if able is None:
            raise NotAllowed(action=Action.APPROVE)
        principal = able.for_.id if able.for_ else None
        approval = Approval(actor, able.capacity, sheet.now, text, principal)
        to = approved_to(drafted(sheet.case, Action.APPROVE).purpose)
        sheet.record(Action.APPROVE, to, approval=approval)
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)

    return transact(desk, case_id, actor, decide)


def return_draft(
    desk: Desk,
    case_id: str,
    actor: str,
    shown: str,
    reasons: Sequence[ReturnReason],
    comment: str,
) -> Case:
    """退回修正, with reasons and words that the officer reads as they are.

    Raises:
        Invalid: no reason chosen, or no words.
    """

    def decide(sheet: Sheet) -> None:
        waiting = sheet.case.state
        to = sheet.may(Action.RETURN)
        told = _reasoned(reasons, comment)
        text = _as_shown(sheet, shown, Action.RETURN, own=True)
        facts = {"hash": text, "reasons": [reason.value for reason in reasons]}
        sheet.record(Action.RETURN, to, facts)
        sheet.note(told)
        sheet.tell(CARD, waiting_at(waiting))
        sheet.tell(Message.RETURNED, person=sheet.case.officer)

    return transact(desk, case_id, actor, decide)


def revoke(desk: Desk, case_id: str, actor: str, comment: str) -> Case:
    """撤回核准, until publication; a revocation has a reason.

    Raises:
        Invalid: no words.
    """

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.REVOKE)
        told = _reasoned((ReturnReason.OTHER,), comment)
        sheet.record(Action.REVOKE, to, {"reasons": [ReturnReason.OTHER.value]}, approval=None)
        sheet.note(told)
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)
        sheet.tell(Message.RETURNED, person=sheet.case.officer)

    return transact(desk, case_id, actor, decide)


def _as_shown(sheet: Sheet, shown: str, action: Action, *, own: bool = False) -> str:
    """The draft's hash, if it is what the person saw and not their own draft."""
    saved = drafted(sheet.case, action)
    if saved.hash != shown:
        raise TextChanged(case=sheet.case.id, shown=shown, current=saved.hash)
    if saved.drafter == sheet.actor and not own:
        able = sheet.directory.approvers(sheet.case.agency, local_date(sheet.now))
        others = tuple(one.person.id for one in able if one.person.id != sheet.actor)
        raise OwnDraft(approvers=others)
    return saved.hash


def _reasoned(reasons: Sequence[ReturnReason], comment: str) -> str:
    told = reply.tidy(comment)
    faults = [
        fault
        for fault in (
            None if reasons else Fault("reasons", "required"),
            None if told else Fault("comment", "return_words_required"),
            Fault("comment", "too_long", (("most", MAX_NOTE), ("length", len(told))))
            if len(told) > MAX_NOTE
            else None,
        )
        if fault
    ]
    if faults:
        raise Invalid(*faults)
    return told

"""Review and approval: pass, approve, return, revoke. Each judges exactly what was shown.

Sources: DESIGN §3, rules 1 to 5; domain rule R5; 公文程式條例 §4 for deputies.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from opendata.desk.casefile import (
    CARD,
    MAX_NOTE,
    Sheet,
    as_shown,
    drafted,
    still_promised,
    transact,
    waiting_at,
)
from opendata.desk.context import Desk
from opendata.desk.extension import still_extendable
from opendata.desk.outbox import Message
from opendata.rules import reply
from opendata.rules.errors import Fault, Invalid, OwnDraft
from opendata.rules.feedback import Action, Approval, Case
from opendata.rules.roc import local_date
from opendata.rules.transitions import approved_to


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
        saved = drafted(sheet.case, Action.APPROVE)
        still_promised(saved, sheet)
        still_extendable(saved, sheet)
        to = approved_to(saved.purpose)
        sheet.record(Action.APPROVE, to, approval=_approval(sheet, text))
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)
        if desk.announcer is not None:
            sheet.tell(Message.ANNOUNCE)

    return transact(desk, case_id, actor, decide)


def _approval(sheet: Sheet, text: str) -> Approval:
    """Who approves, in which capacity and for whom; ``may`` has found the approver before."""
    able = sheet.directory.approvers(sheet.case.agency, local_date(sheet.now))
    one = next(one for one in able if one.person.id == sheet.actor)
    principal = one.for_.id if one.for_ else None
    return Approval(sheet.actor, one.capacity, sheet.now, text, principal)


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


def revoke(desk: Desk, case_id: str, actor: str, shown: str, comment: str) -> Case:
    """撤回核准 of the text that was shown, until publication; a revocation has a reason.

    Raises:
        Invalid: no words.
        TextChanged: another text has been approved meanwhile.
    """

    def decide(sheet: Sheet) -> None:
        to = sheet.may(Action.REVOKE)
        told = _reasoned((ReturnReason.OTHER,), comment)
        text = _as_shown(sheet, shown, Action.REVOKE, own=True)
        facts = {"hash": text, "reasons": [ReturnReason.OTHER.value]}
        sheet.record(Action.REVOKE, to, facts, approval=None)
        sheet.note(told)
        sheet.tell(CARD, Message.APPROVAL, Message.TO_PUBLISH)
        sheet.tell(Message.RETURNED, person=sheet.case.officer)

    return transact(desk, case_id, actor, decide)


def _as_shown(sheet: Sheet, shown: str, action: Action, *, own: bool = False) -> str:
    """The draft's hash, if it is what the person saw and not their own draft."""
    saved = as_shown(sheet, shown, action)
    if saved.drafter == sheet.actor and not own:
        raise OwnDraft(approvers=_others(sheet, action))
    return saved.hash


def _others(sheet: Sheet, action: Action) -> tuple[str, ...]:
    """Who else could decide: the section heads on a review, else whoever approves today."""
    if action is Action.PASS:
        able = sheet.directory.reviewers(sheet.case.agency)
    else:
        approvers = sheet.directory.approvers(sheet.case.agency, local_date(sheet.now))
        able = tuple(one.person for one in approvers)
    return tuple(one.id for one in able if one.id != sheet.actor)


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

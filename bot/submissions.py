"""Modals that are submitted: read the fields, one use case, close or show what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from slack_bolt import Ack, App

from bot import modals
from bot.extension import has_blank
from bot.face import Face
from bot.ids import Modal, Ref
from opendata.desk import casework, decisions, extension, holding, publication
from opendata.desk.decisions import ReturnReason
from opendata.rules.errors import Fault, Invalid
from opendata.rules.reply import Closing, Reason, Reply, ReplyType

Body = dict[str, Any]
View = dict[str, Any]


def register(app: App, face: Face) -> None:
    """Tie each modal to its use case."""
    for modal, submit in _SUBMITS.items():
        app.view(modal.value)(_submitting(face, submit))


Submit = Callable[[Face, str, Ref, "Fields"], View | None]


class Fields:
    """What a person filled in, by block_id; a field that the modal lacks is empty."""

    def __init__(self, view: View) -> None:
        values = view["state"]["values"]
        self._by_block = {block: next(iter(told.values())) for block, told in values.items()}

    def text(self, block: str) -> str:
        """What was typed."""
        return self._by_block.get(block, {}).get("value") or ""

    def choice(self, block: str) -> str | None:
        """The value that was selected."""
        chosen = self._by_block.get(block, {}).get("selected_option")
        return chosen["value"] if chosen else None

    def choices(self, block: str) -> list[str]:
        """The values that were ticked."""
        return [one["value"] for one in self._by_block.get(block, {}).get("selected_options") or ()]

    def day(self, block: str) -> date | None:
        """The date that was picked."""
        told = self._by_block.get(block, {}).get("selected_date")
        return date.fromisoformat(told) if told else None

    def instant(self, block: str) -> datetime:
        """The instant that was picked."""
        return datetime.fromtimestamp(self._by_block[block]["selected_date_time"], UTC)


def _submitting(face: Face, submit: Submit) -> Callable[..., None]:
    def handle_submit(ack: Ack, body: Body, view: View) -> None:
        actor, ref = body["user"]["id"], Ref.read(view["private_metadata"])
        shown = face.answer(lambda f: submit(f.judging(ref), actor, ref, Fields(view)))
        if shown is None:
            ack(response_action="clear")
        else:
            ack(response_action="update", view=shown)

    return handle_submit


def _draft(face: Face, actor: str, ref: Ref, told: Fields) -> View:
    chosen, reason = told.choice("type"), told.choice("reason")
    if chosen is None:
        raise Invalid(Fault("type", "required"))
    written = Reply(
        type=ReplyType(chosen),
        text=told.text("text"),
        contact=told.text("contact"),
        closing=Closing(told.choice("closing") or ""),
        promised=told.day("promised"),
        reason=Reason(reason) if reason else None,
        statute=told.text("statute"),
        item=told.text("item"),
    )
    face.shown(actor, ref.case)  # read whole once, for the act and for what is shown of it
    casework.draft(face.desk, ref.case, actor, written)
    return modals.preview(face.shown(actor, ref.case))


def _preview(face: Face, actor: str, ref: Ref, _: Fields) -> None:
    casework.submit(face.desk, ref.case, actor, ref.hash)


def _return(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    reasons = [ReturnReason(value) for value in told.choices("reasons")]
    decisions.return_draft(face.desk, ref.case, actor, ref.hash, reasons, told.text("comment"))


def _revoke(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    decisions.revoke(face.desk, ref.case, actor, ref.hash, told.text("comment"))


def _publish(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    publication.publish(face.desk, ref.case, actor, ref.hash, told.instant("published_at"))


def _assign(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    casework.assign(face.desk, ref.case, actor, told.choice("agency") or "")


def _reassign(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    casework.reassign(face.desk, ref.case, actor, told.choice("officer") or "")


def _reveal(face: Face, actor: str, ref: Ref, told: Fields) -> View:
    face.shown(actor, ref.case)
    casework.reveal(face.desk, ref.case, actor, told.text("purpose"))
    return modals.revealed(face.shown(actor, ref.case))


def _extend(face: Face, actor: str, ref: Ref, told: Fields) -> View:
    face.shown(actor, ref.case)
    until = told.day("until")
    if until is None:
        raise Invalid(Fault("until", "required"))
    if has_blank(told.text("text")):
        raise Invalid(Fault("text", "reason_left"))
    words = told.text("ground"), told.text("text"), told.text("contact")
    extension.extend(face.desk, ref.case, actor, until, *words)
    return modals.preview(face.shown(actor, ref.case))


def _snooze(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    until = told.choice("until")
    day = date.fromisoformat(until) if until else date.min
    holding.snooze(face.desk, ref.case, actor, day)


def _instruct(face: Face, actor: str, ref: Ref, told: Fields) -> None:
    holding.instruct(face.desk, ref.case, actor, told.text("words"))


_SUBMITS: dict[Modal, Submit] = {
    Modal.DRAFT: _draft,
    Modal.PREVIEW: _preview,
    Modal.RETURN: _return,
    Modal.REVOKE: _revoke,
    Modal.PUBLISH: _publish,
    Modal.ASSIGN: _assign,
    Modal.REASSIGN: _reassign,
    Modal.REVEAL: _reveal,
    Modal.EXTEND: _extend,
    Modal.SNOOZE: _snooze,
    Modal.INSTRUCT: _instruct,
}

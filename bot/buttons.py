"""Buttons: in messages, in modals and in App Home. Each is one use case, or opens one modal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import commands, forms, modals
from bot.face import Face
from bot.ids import Button, Ref, Spot
from bot.reminders import mornings
from bot.scene import Scene, extends
from opendata.desk import casework, decisions, extension, holding
from opendata.desk.casefile import drafted
from opendata.desk.explained import explained
from opendata.desk.reading import show as shown_to
from opendata.rules.errors import Fault, Invalid, TextChanged
from opendata.rules.feedback import Action
from opendata.rules.people import Role
from opendata.rules.reply import ReplyType

Body = dict[str, Any]
Opens = Callable[[Face, str, Ref], dict[str, Any]]


def register(app: App, face: Face) -> None:
    """Tie each button to what it does."""
    for button, act in _ACTS.items():
        app.action(button.value)(_acting(face, act, _TOLD.get(button)))
    for button, view in _OPENS.items():
        app.action(button.value)(_opening(face, view))
    app.action(Button.PLATFORM.value)(lambda ack: ack())
    app.action(Button.TYPE.value)(_retyping(face))
    app.action(Button.AGAIN.value)(_drafting_again(face))
    for button in (Button.MORE, Button.BACK):
        app.action(button.value)(_paging(face))
    app.action(Button.LIST.value)(_listing(face))


def ref_of(body: Body) -> Ref:
    """What the pressed button is about."""
    return Ref.read(body["actions"][0]["value"])


_ACTS: dict[Button, Callable[[Face, str, Ref], object]] = {
    Button.CLAIM: lambda f, who, ref: casework.claim(f.desk, ref.case, who),
    Button.RELEASE: lambda f, who, ref: casework.release(f.desk, ref.case, who),
    Button.RECALL: lambda f, who, ref: casework.recall(f.desk, ref.case, who, ref.hash),
    Button.REVISE: lambda f, who, ref: casework.revise(f.desk, ref.case, who, ref.hash),
    Button.COSIGN: lambda f, who, ref: casework.cosign(f.desk, ref.case, who, ref.hash),
    Button.PASS: lambda f, who, ref: decisions.pass_review(f.desk, ref.case, who, ref.hash),
    Button.APPROVE: lambda f, who, ref: decisions.approve(f.desk, ref.case, who, ref.hash),
    Button.KEEP: lambda f, who, ref: holding.keep(f.desk, ref.case, who),
    Button.AGREE: lambda f, who, ref: holding.instruct(f.desk, ref.case, who),
    Button.HELP: lambda f, who, ref: holding.ask_help(f.desk, ref.case, who),
}
# What leaves no trace where it was pressed: whoever did it is told.
_TOLD = {Button.HELP: "help.asked"}


def _acting(
    face: Face, act: Callable[[Face, str, Ref], object], told: str | None = None
) -> Callable[..., None]:
    """A button that acts at once; ``told`` is the code of what is said of it beside a message."""

    def handle_act(ack: Ack, body: Body, client: WebClient, respond: Callable[..., object]) -> None:
        actor, ref = body["user"]["id"], ref_of(body)
        if not _in_modal(body):
            face.answer(lambda f: act(f.judging(ref), actor, ref))
            if told:
                text = face.refusing(actor).say(told, case=ref.case)
                respond(text=text, response_type="ephemeral", replace_original=False)
        else:
            made = face.answer(lambda f: _shown_after(f.judging(ref), act, actor, ref))
            client.views_update(view_id=body["view"]["id"], view=made)
        ack()

    return handle_act


def _shown_after(
    face: Face, act: Callable[[Face, str, Ref], object], actor: str, ref: Ref
) -> dict[str, Any]:
    """Act, and show the details as they are then; the case is read whole once, before the act."""
    face.shown(actor, ref.case)
    act(face, actor, ref)
    return modals.details(face.shown(actor, ref.case))


def _in_modal(body: Body) -> bool:
    return bool((body.get("view") or {}).get("type") == "modal")


def _opening(face: Face, view: Opens) -> Callable[..., None]:
    def handle_open(ack: Ack, body: Body, client: WebClient) -> None:
        actor, ref = body["user"]["id"], ref_of(body)
        made = face.answer(lambda f: view(f.judging(ref), actor, ref))
        show = client.views_push if _in_modal(body) else client.views_open
        show(trigger_id=body["trigger_id"], view=made)
        ack()

    return handle_open


def _draft(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    """The draft of record: a reply, or the notice that asks for more time."""
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    if extends(sheet.case):
        return _extend(face, actor, ref)
    sheet.may(Action.DRAFT)
    return draft_modal(face.scene(dossier, face.voice_of(actor)))


def _reply(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    """The reply that rests while the notice is the draft of record."""
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.DRAFT)
    return draft_modal(face.scene(dossier, face.voice_of(actor)))


def _extend(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.EXTEND)
    if fault := extension.hindered(sheet):
        raise Invalid(fault)
    return forms.extend(face.scene(dossier, face.voice_of(actor)), *extension.limits(sheet))


def _snooze(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    holding.may_snooze(sheet)
    scene = face.scene(dossier, face.voice_of(actor))
    if not mornings(scene):
        raise Invalid(Fault("until", "past_due", (("due", sheet.case.due_now),)))
    return forms.snooze(scene)


def _instruct(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.INSTRUCT)
    return forms.instruct(face.scene(dossier, face.voice_of(actor)))


def draft_modal(scene: Scene, chosen: ReplyType | None = None) -> dict[str, Any]:
    """The draft as it was saved last; the type of a new one is for the officer to choose."""
    written = scene.dossier.resting if extends(scene.case) else scene.dossier.reply
    return modals.draft(scene, written, chosen or (written.type if written else None))


def _deciding(action: Action, view: Callable[[Scene], dict[str, Any]]) -> Opens:
    """A modal of an action that needs words: only for who may, and only for what was shown."""

    def open_for(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
        sheet, dossier = shown_to(face.desk, actor, ref.case)
        sheet.may(action)
        current = drafted(sheet.case, action).hash
        if ref.hash != current:
            raise TextChanged(case=ref.case, shown=ref.hash, current=current)
        return view(face.scene(dossier, face.voice_of(actor)))

    return open_for


def _publish(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    return _deciding(Action.PUBLISH, lambda scene: modals.publish(scene, face.desk.now()))(
        face, actor, ref
    )


def _assign(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, _ = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.ASSIGN)
    return modals.assign(face.voice_of(actor), ref)


def _reassign(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, _ = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.REASSIGN)
    officers = sheet.directory.holders(Role.OFFICER, sheet.case.agency)
    return modals.reassign(face.voice_of(actor), ref, officers, sheet.case.officer)


def _reveal(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    sheet, dossier = shown_to(face.desk, actor, ref.case)
    sheet.may(Action.REVEAL)
    return modals.reveal(face.scene(dossier, face.voice_of(actor)))


def _why(face: Face, actor: str, ref: Ref) -> dict[str, Any]:
    _, dossier = shown_to(face.desk, actor, ref.case)
    told = explained(face.desk, dossier.case, dossier.events)
    terms = face.desk.terms
    return modals.why(face.voice_of(actor), dossier.case, told, terms.platform_days)


_OPENS: dict[Button, Opens] = {
    Button.DRAFT: _draft,
    Button.PREVIEW: _deciding(Action.SUBMIT, modals.preview),
    Button.RETURN: _deciding(Action.RETURN, modals.return_draft),
    Button.REVOKE: _deciding(Action.REVOKE, modals.revoke),
    Button.PUBLISH: _publish,
    Button.ASSIGN: _assign,
    Button.REASSIGN: _reassign,
    Button.DETAILS: lambda face, who, ref: modals.details(face.shown(who, ref.case)),
    Button.REVEAL: _reveal,
    Button.WHY: _why,
    Button.DECIDE: lambda face, who, ref: forms.decide(face.shown(who, ref.case)),
    Button.EXTEND: _extend,
    Button.REPLY: _reply,
    Button.SNOOZE: _snooze,
    Button.INSTRUCT: _instruct,
}


def _retyping(face: Face) -> Callable[..., None]:
    def handle_type(ack: Ack, body: Body, client: WebClient) -> None:
        view = body["view"]
        ref = Ref.read(view["private_metadata"])
        chosen = ReplyType(body["actions"][0]["selected_option"]["value"])
        made = face.answer(lambda f: draft_modal(f.shown(body["user"]["id"], ref.case), chosen))
        client.views_update(view_id=view["id"], hash=view["hash"], view=made)
        ack()

    return handle_type


def _drafting_again(face: Face) -> Callable[..., None]:
    def handle_again(ack: Ack, body: Body, client: WebClient) -> None:
        view, actor, ref = body["view"], body["user"]["id"], ref_of(body)
        made = face.answer(lambda f: _draft(f.judging(ref), actor, ref))
        client.views_update(view_id=view["id"], hash=view["hash"], view=made)
        ack()

    return handle_again


def _paging(face: Face) -> Callable[..., None]:
    def handle_more(ack: Ack, body: Body, respond: Callable[..., object]) -> None:
        ack()
        actor, spot = body["user"]["id"], Spot.read(body["actions"][0]["value"])
        told = face.answer(lambda f: commands.page(f, actor, spot))
        respond(**told, response_type="ephemeral", replace_original=True)

    return handle_more


def _listing(face: Face) -> Callable[..., None]:
    def handle_list(ack: Ack, body: Body, respond: Callable[..., object]) -> None:
        ack()
        told = face.answer(lambda f: commands.listing(f, body["user"]["id"]))
        respond(**told, response_type="ephemeral", replace_original=False)

    return handle_list

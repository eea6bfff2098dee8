"""The messages to persons: each kind as Block Kit and notification text, from the newest state.

The card stands in ``card``, what a case says that does not move, in ``escalation``, a digest in
``digest``; who gets what, and how it travels, in ``delivery``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import blocks as b
from bot import escalation, extension, promise, undelivered
from bot.blocks import Block, escaped
from bot.card import card
from bot.ids import Button
from bot.scene import (
    Rendered,
    Scene,
    closed,
    draft_button,
    extends,
    masked_body,
    platform_link,
)
from bot.voice import Voice
from opendata.desk.outbox import Message
from opendata.desk.records import Cause
from opendata.rules.feedback import Action, Event, State
from opendata.rules.reply import Reply, doubts
from opendata.texts import joined

QUESTION, REPLY, PLACE = 2000, 3000, 1000


def question_and_reply(scene: Scene) -> list[Block]:
    """民眾意見 beside 擬回復, whole as far as one message holds them."""
    say, written = scene.say, scene.dossier.reply
    if written and extends(scene.case):
        return extension.notice(scene, written)
    more = say("approval.cut")
    blocks = [
        b.section(say("approval.question")),
        b.quote(masked_body(scene), QUESTION, more),
    ]
    if written is None:
        return blocks
    told = say("approval.reply", type=written.type, closing=written.closing)
    blocks += [b.section(told), b.quote(written.text, REPLY, more)]
    blocks.append(b.paragraph("\n".join(_rests_on(scene, written))))
    return blocks


def _rests_on(scene: Scene, written: Reply) -> list[str]:
    """Contact, and what the type of reply carries, each on a line."""
    return [scene.say("approval.contact", contact=written.contact), *_carries(scene, written)]


def _carries(scene: Scene, written: Reply) -> list[str]:
    say, lines = scene.say, list[str]()
    if written.promised:
        lines.append(say("approval.promised", date=written.promised))
    if written.reason:
        lines.append(say("approval.reason", reason=written.reason))
    if written.statute:
        lines.append(say("approval.statute", statute=written.statute))
    if written.item:
        lines.append(say("approval.item", item=written.item))
    return lines


def changes(voice: Voice, before: Reply, after: Reply) -> str:
    """What a reply differs in from the one submitted before."""
    told = [
        voice.say(f"change.{part}", before=len(before.text), after=len(after.text))
        for part in ("type", "text", "contact", "closing", "promised", "reason", "statute", "item")
        if getattr(before, part) != getattr(after, part)
    ]
    return joined(voice.language, told) if told else voice.say("approval.unchanged")


def _heading(scene: Scene, code: str) -> str:
    """What the message is about; a request for more time says so, whoever decides."""
    published = _published(scene)
    extended = published is not None and "extended" in published.changes
    code = "extension.heading" if extended or extends(scene.case) else code
    return scene.say(code, case=scene.case.id, title=scene.voice.title(scene.case))


def _submission(scene: Scene, heading: str, ask: str) -> list[Block]:
    """The part that review and approval share."""
    case, say, voice = scene.case, scene.say, scene.voice
    clock = say(
        "approval.clock",
        due=voice.due(case),
        left=voice.left(case.due_now),
        officer=voice.person(case.officer),
    )
    parts = [clock]
    if case.reviewer:
        parts.append(say("approval.reviewed", reviewer=voice.person(case.reviewer)))
    if case.draft and case.draft.cosigned_by:
        parts.append(say("approval.cosigned", by=voice.person(case.draft.cosigned_by)))
    blocks = [b.header(heading), b.section("｜".join(parts)), *question_and_reply(scene)]
    written, before = scene.dossier.reply, scene.dossier.previous
    if written and (raised := doubts(written)):
        blocks.append(b.context(say("approval.doubts", doubts=raised)))
    if written and before:
        told = changes(voice, before, written)
        blocks.append(b.context(say("approval.nth", n=case.submissions, changes=told)))
    return [
        *blocks,
        b.context(say("approval.binds"), say("approval.hash", hash=scene.ref.hash[:8])),
        b.section(say(ask)),
    ]


def approval(scene: Scene) -> Rendered:
    """【陳核】 to the CIO and today's deputies."""
    case, say = scene.case, scene.say
    heading = _heading(scene, "approval.heading")
    if not scene.current:
        return closed(heading, say("decision.over"))
    if case.state is State.AWAITING_APPROVAL:
        blocks = _submission(scene, heading, "approval.ask")
        confirm = scene.confirm(Button.APPROVE)
        approve = scene.button(Button.APPROVE, style="primary", confirm=confirm)
        blocks.append(
            b.actions([approve, scene.button(Button.RETURN), scene.button(Button.DETAILS)])
        )
        return Rendered(_notice(scene, "approval.notice", "extension.approval"), blocks)
    closing = [b.actions([scene.button(Button.DETAILS)])]
    if case.approval is None:
        return closed(heading, moved_line(scene), closing)
    done = say(
        "approval.done",
        actor=scene.voice.person(case.approval.by),
        time=case.approval.at,
        capacity=capacity(scene),
    )
    if case.state is State.APPROVED:
        closing = [b.actions([scene.button(Button.REVOKE), scene.button(Button.DETAILS)])]
    return closed(heading, done, closing)


def _notice(scene: Scene, of_reply: str, of_extension: str) -> str:
    """What the notification says of a submission."""
    case = scene.case
    told = {"case": case.id, "title": scene.title, "due": scene.voice.due(case)}
    if extends(case) and case.draft:
        return scene.say(of_extension, until=case.draft.promised, **told)
    return scene.say(of_reply, **told)


def capacity(scene: Scene) -> str:
    """In which capacity the approval was given: 資訊長, or 資訊長…代 for an absent one."""
    given = scene.case.approval
    if given is None:
        return ""
    return scene.say(f"Capacity.{given.capacity}")


def moved_line(scene: Scene) -> str:
    """Who brought the case where it is."""
    moved = scene.case.moved
    who = scene.voice.person(moved.actor)
    return scene.say("decision.done", actor=who, time=moved.at, action=moved.action)


def review(scene: Scene) -> Rendered:
    """【核稿】 to the section heads."""
    case, say = scene.case, scene.say
    heading = _heading(scene, "review.heading")
    if scene.current and case.state is State.IN_REVIEW:
        blocks = _submission(scene, heading, "review.ask")
        passing = scene.button(Button.PASS, style="primary")
        blocks.append(
            b.actions([passing, scene.button(Button.RETURN), scene.button(Button.DETAILS)])
        )
        return Rendered(_notice(scene, "review.notice", "extension.review"), blocks)
    closing = [b.actions([scene.button(Button.DETAILS)])]
    if scene.current and case.reviewer:
        who = scene.voice.person(case.reviewer)
        told = say("decision.done", actor=who, time=passed_at(scene), action=Action.PASS)
        return closed(heading, told, closing)
    return closed(heading, moved_line(scene) if scene.current else say("decision.over"), closing)


def passed_at(scene: Scene) -> object:
    """When the review was passed last."""
    return next(e.at for e in reversed(scene.dossier.events) if e.action is Action.PASS)


def cosign(scene: Scene) -> Rendered:
    """【會簽】 to the legal unit."""
    case, say, draft = scene.case, scene.say, scene.case.draft
    heading = say("cosign.heading", case=case.id, title=scene.voice.title(case))
    if not scene.current or draft is None or not draft.needs_cosign:
        return closed(heading, say("cosign.over"))
    if not draft.awaits_cosign:
        return closed(heading, say("cosign.done", actor=scene.voice.person(draft.cosigned_by)))
    if case.state is not State.IN_PROGRESS:
        return closed(heading, moved_line(scene))
    agree = scene.button(Button.COSIGN, style="primary", confirm=scene.confirm(Button.COSIGN))
    blocks = [
        b.header(heading),
        b.section(say("cosign.ask")),
        *question_and_reply(scene),
        b.context(say("approval.hash", hash=draft.hash[:8])),
        b.actions([agree, scene.button(Button.DETAILS)]),
    ]
    return Rendered(say("cosign.notice", case=case.id, title=scene.title), blocks)


def returned(scene: Scene) -> Rendered:
    """退回修正, with the words of whoever returned it, to the letter."""
    case, say, event = scene.case, scene.say, scene.event
    if not scene.current or case.state is not State.IN_PROGRESS:
        told = say("returned.over", case=case.id)
        return Rendered(told, [b.section(told), b.actions([scene.button(Button.DETAILS)])])
    code = "returned.revoked" if event.action is Action.REVOKE else "returned.text"
    reasons = [f"ReturnReason.{reason}" for reason in event.facts.get("reasons", ())]
    told = say(
        code,
        case=case.id,
        actor=scene.voice.name(event.actor),
        reasons=joined(scene.voice.language, (scene.say(name) for name in reasons)),
        comment=scene.dossier.note or "",
        due=scene.voice.due(case),
    )
    buttons = [draft_button(scene, primary=True), scene.button(Button.DETAILS)]
    return Rendered(escaped(told, b.NOTICE), [b.paragraph(told), b.actions(buttons)])


def to_publish(scene: Scene) -> Rendered:
    """After approval: the block to copy, and 已於平臺回復."""
    case, say, written = scene.case, scene.say, scene.dossier.reply
    published = _published(scene)
    if scene.current and case.state is not State.APPROVED and published:
        told = _done(scene, published)
        return Rendered(told, [b.section(told), b.actions([scene.button(Button.DETAILS)])])
    if not scene.current or case.state is not State.APPROVED or written is None:
        told = say("publish.over", case=case.id)
        return Rendered(told, [b.section(told), b.actions([scene.button(Button.DETAILS)])])
    fields = say(
        "publish.fields", type=written.type, contact=written.contact, closing=written.closing
    )
    buttons = [
        *platform_link(scene),
        scene.button(Button.PUBLISH, style="primary"),
        scene.button(Button.REVISE, confirm=scene.confirm(Button.REVISE)),
    ]
    blocks = [
        b.section(_when(scene, written)),
        b.section(say("publish.block")),
        b.preformatted(written.text),
        b.preformatted("\n".join([fields, *_carries(scene, written)])),
        b.actions(buttons),
    ]
    notice = say("publish.notice", case=case.id, title=scene.title, due=scene.voice.due(case))
    return Rendered(notice, blocks)


def _published(scene: Scene) -> Event | None:
    """The publication of what was submitted last."""
    ends = (Action.PUBLISH, Action.SUBMIT)
    newest = next((e for e in reversed(scene.dossier.events) if e.action in ends), None)
    return newest if newest and newest.action is Action.PUBLISH else None


def _done(scene: Scene, published: Event) -> str:
    case, who = scene.case, scene.voice.person(published.actor)
    at = datetime.fromisoformat(published.facts["published_at"])
    if "extended" in published.changes:
        due = scene.voice.due(case)
        return scene.say("extension.published", case=case.id, at=at, actor=who, due=due)
    return scene.say("publish.done", case=case.id, at=at, actor=who)


def _when(scene: Scene, written: Reply) -> str:
    """By when to publish; what is overdue cannot be asked for by its date."""
    case, due = scene.case, scene.voice.due(scene.case)
    if extends(case):
        return scene.say("extension.publish", case=case.id, due=due, until=written.promised)
    late = case.due_now < scene.voice.today
    return scene.say("publish.text.late" if late else "publish.text", case=case.id, due=due)


def assigned(scene: Scene) -> Rendered:
    """改分 to the new officer."""
    case, voice = scene.case, scene.voice
    told = scene.say(
        "assigned.text",
        case=case.id,
        title=scene.title,
        due=voice.due(case),
        left=voice.left(case.due_now),
    )
    return Rendered(told, [b.section(told), b.actions([scene.button(Button.DETAILS)])])


def news(scene: Scene) -> Rendered:
    """What the platform, the legal unit or the CIO did to a case of yours."""
    case, event = scene.case, scene.event
    if event.action is Action.INSTRUCT:
        return escalation.instructed(scene)
    told = scene.say(
        f"news.{event.action.value}",
        case=case.id,
        title=scene.title,
        stars=event.facts.get("stars"),
        round=case.round,
        due=scene.voice.due(case),
    )
    return Rendered(told, [b.section(told), b.actions([scene.button(Button.DETAILS)])])


def undeliverable(voice: Voice, cause: Cause, occasion: str) -> Rendered:
    """To the coordinators: what cannot be delivered, where, why, what to do; or how it ended.

    Args:
        voice: of the coordinator.
        cause: as it is now.
        occasion: which time that it broke is meant.
    """
    where = escaped(undelivered.place(voice.language, voice.directory, cause), PLACE)
    over = occasion != str(cause.broke)
    if over or not cause.parked:
        mended = over or cause.mended
        told = voice.say("undelivered.mended" if mended else "undelivered.none", place=where)
        return Rendered(told, [b.section(told)])
    told = voice.say(
        "undelivered.text",
        place=where,
        since=cause.since,
        n=cause.parked,
        reason=undelivered.why(voice.language, cause),
    )
    advice = voice.say("undelivered.do", advice=undelivered.what_to_do(voice.language, cause))
    later = voice.say("undelivered.later")
    return Rendered(f"{told}\n{advice}", [b.section(told), b.section(advice), b.context(later)])


RENDER: Mapping[Message, Callable[[Scene], Rendered]] = {
    Message.CARD: card,
    Message.COSIGN: cosign,
    Message.REVIEW: review,
    Message.APPROVAL: approval,
    Message.RETURNED: returned,
    Message.TO_PUBLISH: to_publish,
    Message.ASSIGNED: assigned,
    Message.NEWS: news,
    Message.STILL_YOURS: escalation.still_yours,
    Message.ESCALATION: escalation.escalation,
    Message.HELP: escalation.help_wanted,
    Message.PROMISE_KEPT: promise.promise_kept,
}

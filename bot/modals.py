"""The modals: what a person fills in or reads. What a submission does is in ``submissions``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.card import case_buttons, facts, look_buttons
from bot.ids import Button, Modal, Ref
from bot.messages import question_and_reply
from bot.scene import Scene, wishes
from bot.voice import Voice
from opendata.desk.decisions import ReturnReason
from opendata.rules import privacy
from opendata.rules.deadline import Deadline
from opendata.rules.feedback import Case, Event
from opendata.rules.people import Agency, Person
from opendata.rules.reply import (
    DATED,
    MAX_CONTACT,
    MAX_STATUTE,
    MAX_TEXT,
    REASONS,
    TYPES,
    Closing,
    Reply,
    ReplyType,
    doubts,
)
from opendata.texts import explained_days, masked, name_of

DETAILS = 24_000
PARAGRAPH = 2900


def _close(voice: Voice) -> str:
    return voice.say("button.close")


def error(voice: Voice, told: str) -> Block:
    """Why something was not done, where no other place is left to say it."""
    return b.modal(voice.say("modal.error"), [b.paragraph(told)], close=_close(voice))


# -- the draft --------------------------------------------------------------------------------


def draft(scene: Scene, written: Reply | None, chosen: ReplyType | None) -> Block:
    """擬具回復: the fields that the chosen type of reply asks for.

    Block ids stay the same from type to type, so Slack keeps what was typed.
    """
    say, case = scene.say, scene.case
    question = " ".join(privacy.mask(scene.dossier.opinion.body, masked).split())
    blocks = [
        b.section(f"*{case.id}*　{escaped(scene.voice.title(case))}"),
        b.context(say("draft.question")),
        b.quote(question, 300),
        b.field("type", say("field.type"), _types(scene, chosen), dispatch=True),
        b.field(
            "text",
            say("field.text"),
            b.text_input("text", written.text if written else None, most=MAX_TEXT, multiline=True),
            hint=say("field.text.hint"),
        ),
        *_depending_on_type(scene, written, chosen),
        b.field(
            "contact",
            say("field.contact"),
            b.text_input("contact", written.contact if written else None, most=MAX_CONTACT),
            hint=say("field.contact.hint"),
        ),
        b.field("closing", say("field.closing"), _closings(scene, written, chosen)),
    ]
    return b.modal(
        say("modal.draft"),
        blocks,
        submit=say("button.save"),
        close=say("button.cancel"),
        callback=Modal.DRAFT,
        metadata=str(scene.ref),
    )


def _types(scene: Scene, chosen: ReplyType | None) -> Block:
    language = scene.voice.language
    options = [b.option(name_of(language, one), one) for one in TYPES[scene.case.kind]]
    return b.select(Button.TYPE, options, chosen, scene.say("placeholder.choose"))


def _closings(scene: Scene, written: Reply | None, chosen: ReplyType | None) -> Block:
    language = scene.voice.language
    options = [b.option(name_of(language, one), one) for one in Closing]
    usual = Closing.NOT_CLOSED if chosen in DATED else Closing.CLOSED
    given = written.closing if written and written.type is chosen else usual
    return b.select("closing", options, given, scene.say("placeholder.choose"))


def _depending_on_type(
    scene: Scene, written: Reply | None, chosen: ReplyType | None
) -> Iterable[Block]:
    say, language = scene.say, scene.voice.language
    if chosen is not None and chosen in REASONS:
        options = [b.option(name_of(language, one), one) for one in REASONS[chosen]]
        reason = written.reason if written else None
        pick = b.select("reason", options, reason, say("placeholder.choose"))
        yield b.field("reason", say("field.reason"), pick)
        statute = b.text_input("statute", written.statute if written else None, most=MAX_STATUTE)
        hint = say("field.statute.hint")
        yield b.field("statute", say("field.statute"), statute, hint=hint, optional=True)
    if chosen in DATED:
        promised = written.promised if written else None
        picker: Block = {"type": "datepicker", "action_id": "promised"}
        picker |= {"initial_date": promised.isoformat()} if promised else {}
        yield b.field("promised", say("field.promised"), picker)
    if chosen is ReplyType.PLANNED:
        item = b.text_input("item", written.item if written else None, most=MAX_STATUTE)
        yield b.field("item", say("field.item"), item, optional=True)


def preview(scene: Scene) -> Block:
    """What was saved, as it will be submitted: the whole reply, its hash, what to look at again."""
    say, saved, written = scene.say, scene.case.draft, scene.dossier.reply
    blocks = [b.section(say("preview.saved")), *question_and_reply(scene)]
    if written and (raised := doubts(written)):
        blocks.append(b.context(say("approval.doubts", doubts=raised)))
    waits = bool(saved and saved.awaits_cosign)
    if waits:
        blocks.append(b.section(say("preview.needs_cosign")))
    elif saved and saved.cosigned_by:
        blocks.append(b.section(say("preview.cosigned")))
    blocks.append(b.context(say("approval.hash", hash=scene.ref.hash[:8])))
    again = b.button(say("button.again"), Button.AGAIN, str(scene.ref))
    blocks.append(b.actions([again]))
    return b.modal(
        say("modal.preview"),
        blocks,
        submit=None if waits else say("button.submit"),
        close=_close(scene.voice),
        callback=Modal.PREVIEW,
        metadata=str(scene.ref),
    )


# -- short forms ------------------------------------------------------------------------------


def _form(voice: Voice, modal: Modal, ref: Ref, blocks: Sequence[Block], submit: str) -> Block:
    return b.modal(
        voice.say(f"modal.{modal}"),
        blocks,
        submit=submit,
        close=voice.say("button.cancel"),
        callback=modal,
        metadata=str(ref),
    )


def return_draft(scene: Scene) -> Block:
    """退回修正: reasons to tick, and words for the officer."""
    say = scene.say
    options = [b.option(name_of(scene.voice.language, one), one) for one in ReturnReason]
    ticks: Block = {"type": "checkboxes", "action_id": "reasons", "options": options}
    blocks = [
        b.field("reasons", say("field.reasons"), ticks),
        _comment(scene),
        b.context(say("return.due", due=scene.voice.due(scene.case))),
    ]
    return _form(scene.voice, Modal.RETURN, scene.ref, blocks, say("button.return"))


def revoke(scene: Scene) -> Block:
    """撤回核准: words for the officer."""
    blocks = [_comment(scene)]
    return _form(scene.voice, Modal.REVOKE, scene.ref, blocks, scene.say("button.revoke"))


def _comment(scene: Scene) -> Block:
    words = b.text_input("comment", None, most=1000, multiline=True)
    hint = scene.say("field.comment.hint")
    return b.field("comment", scene.say("field.comment"), words, hint=hint)


def publish(scene: Scene, now: datetime) -> Block:
    """已於平臺回復: the platform's time, now if nothing else is chosen."""
    minute = int(now.timestamp()) // 60 * 60
    picker: Block = {
        "type": "datetimepicker",
        "action_id": "published_at",
        "initial_date_time": minute,
    }
    hint = scene.say("field.published_at.hint")
    blocks = [b.field("published_at", scene.say("field.published_at"), picker, hint=hint)]
    return _form(scene.voice, Modal.PUBLISH, scene.ref, blocks, scene.say("button.confirm"))


def reveal(scene: Scene) -> Block:
    """查看原文: why somebody wants to see personal data."""
    purpose = b.text_input("purpose", None, most=200)
    hint = scene.say("field.purpose.hint")
    blocks = [b.field("purpose", scene.say("field.purpose"), purpose, hint=hint)]
    return _form(scene.voice, Modal.REVEAL, scene.ref, blocks, scene.say("button.reveal"))


def revealed(scene: Scene) -> Block:
    """The citizen's words unmasked; shown to one person, once asked and noted."""
    opinion = scene.dossier.opinion
    told = [opinion.title, opinion.body, *wishes(opinion), *scene.dossier.said]
    more = scene.say("details.cut")
    blocks = [block for text in told if text for block in _long(text, more, DETAILS // 4)]
    return b.modal(scene.say("modal.reveal"), blocks, close=_close(scene.voice))


def assign(voice: Voice, ref: Ref) -> Block:
    """分辦: every agency of the ministry, in groups that Slack's limits allow."""
    directory = voice.directory
    groups: dict[str, list[Agency]] = {}
    for agency in directory.agencies:
        groups.setdefault(agency.parent or directory.root.code, []).append(agency)
    pick: Block = {
        "type": "static_select",
        "action_id": "agency",
        "placeholder": b.plain(voice.say("placeholder.choose"), 150),
        "option_groups": [
            {
                "label": b.plain(
                    f"{voice.agency(parent)}（{n + 1}）" if n else voice.agency(parent), 75
                ),
                "options": [b.option(one.name, one.code) for one in some],
            }
            for parent, members in groups.items()
            for n, some in enumerate(_hundreds(members))
        ],
    }
    blocks = [b.field("agency", voice.say("field.agency"), pick)]
    return _form(voice, Modal.ASSIGN, ref, blocks, voice.say("button.assign"))


def _hundreds(members: Sequence[Agency]) -> Iterable[Sequence[Agency]]:
    return (members[start : start + 100] for start in range(0, len(members), 100))


def reassign(voice: Voice, ref: Ref, officers: Sequence[Person], current: str | None) -> Block:
    """改分: the officers of the case's agency."""
    options = [b.option(one.name, one.id) for one in officers if one.id != current]
    if not options:
        return error(voice, voice.say("reassign.nobody"))
    pick = b.select("officer", options, None, voice.say("placeholder.choose"))
    blocks = [b.field("officer", voice.say("field.officer"), pick)]
    return _form(voice, Modal.REASSIGN, ref, blocks, voice.say("button.reassign"))


# -- to read ----------------------------------------------------------------------------------


def details(scene: Scene) -> Block:
    """詳細: the whole opinion masked, the reply, and what happened so far."""
    say, opinion, case = scene.say, scene.dossier.opinion, scene.case
    more = say("details.cut")
    posted = say("details.posted", at=case.opened_at, submitter=escaped(opinion.submitter or "—"))
    blocks = [
        b.header(f"{case.id}｜{scene.voice.title(case)}"),
        b.section(facts(scene)),
        b.context(posted),
        b.section(f"*{say('details.opinion')}*"),
        *_long(privacy.mask(opinion.body, masked), more),
    ]
    for part in ("requested_dataset", "requested_fields"):
        if text := getattr(opinion, part):
            blocks.append(b.section(f"*{say(f'details.{part}')}*"))
            blocks += _long(privacy.mask(text, masked), more, PARAGRAPH)
    for text in scene.dossier.said[-5:]:
        blocks.append(b.section(f"*{say('details.said')}*"))
        blocks += _long(privacy.mask(text, masked), more, PARAGRAPH)
    if scene.dossier.reply:
        blocks.append(b.section(f"*{say('details.reply', state=case.state)}*"))
        blocks.append(b.quote(scene.dossier.reply.text))
    blocks.append(b.section(f"*{say('details.history')}*"))
    blocks += [b.paragraph("\n".join(some)) for some in _history(scene)]
    if buttons := [*case_buttons(scene), *look_buttons(scene)]:
        blocks.insert(2, b.actions(buttons))
    return b.modal(say("modal.details"), blocks, close=_close(scene.voice))


def _long(text: str, more: str, most: int = DETAILS) -> list[Block]:
    """A text of any length as paragraphs, cut where the modal ends."""
    shown = b.cut(b.inert(text), most, more)
    return [b.paragraph(shown[at : at + PARAGRAPH]) for at in range(0, len(shown), PARAGRAPH)]


def _history(scene: Scene) -> Iterable[list[str]]:
    lines = [_line(scene.voice, event) for event in scene.dossier.events[-60:]]
    return (lines[at : at + 20] for at in range(0, len(lines), 20))


def _line(voice: Voice, event: Event) -> str:
    who, done = voice.person(event.actor), name_of(voice.language, event.action)
    if approval := event.changes.get("approval"):
        capacity = voice.say(f"Capacity.{approval['capacity']}")
        done = voice.say("details.approved", action=done, capacity=capacity)
    return voice.say("details.event", at=event.at, actor=who, action=done)


def why(voice: Voice, case: Case, explained: Deadline) -> Block:
    """為什麼是這一天: every day, counted or not, and why."""
    blocks = [
        b.section(voice.say("why.heading", case=case.id, due=case.due.on)),
        b.paragraph("\n".join(explained_days(voice.language, explained))),
        b.context(voice.say("why.calendar", version=explained.calendar_version)),
    ]
    if explained.calendar_version != case.due.calendar_version and explained.due_on != case.due.on:
        blocks.append(b.context(voice.say("why.outdated", version=case.due.calendar_version)))
    return b.modal(voice.say("modal.why"), blocks, close=_close(voice))

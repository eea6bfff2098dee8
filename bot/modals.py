"""The modals: what a person fills in or reads. What a submission does is in ``submissions``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.card import SHOWN_AGENCIES, case_buttons, facts, look_buttons, other_agencies
from bot.explained import of_case
from bot.ids import Button, Modal, Ref
from bot.messages import question_and_reply
from bot.reminders import WORKED, help_button, mornings
from bot.scene import Scene, extends, form, masked_body, wishes
from bot.voice import NAME, Voice
from opendata.desk.decisions import ReturnReason
from opendata.desk.explained import Explained
from opendata.rules import privacy
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
from opendata.texts import joined, masked, name_of

# UTF-16 units of foreign words, six characters each at most in JSON: together they stay below the
# 250 kB of a view. And of the newest comments and events, so many.
BODY, PART, AGENCIES = 12_000, 1500, 3000
OPTION = 40
SAID, EVENTS, A_PARAGRAPH, LINE = 5, 100, 20, 80
FILE = "file"


def _close(voice: Voice) -> str:
    return voice.say("button.close")


def error(voice: Voice, told: str) -> Block:
    """Why something was not done, in mrkdwn, where no other place is left to say it."""
    return b.modal(voice.say("modal.error"), [b.section(told)], close=_close(voice))


# -- the draft --------------------------------------------------------------------------------


def draft(scene: Scene, written: Reply | None, chosen: ReplyType | None) -> Block:
    """擬具回復: the fields that the chosen type of reply asks for.

    Block ids stay the same from type to type, so Slack keeps what was typed.
    """
    say, case = scene.say, scene.case
    question = " ".join(masked_body(scene).split())
    blocks = [
        b.section(f"*{case.id}*　{scene.title}"),
        *([b.context(say("extension.dropped"))] if extends(case) else []),
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
        say("extension.preview" if extends(scene.case) else "modal.preview"),
        blocks,
        submit=None if waits else say("button.submit"),
        close=_close(scene.voice),
        callback=Modal.PREVIEW,
        metadata=str(scene.ref),
    )


# -- short forms ------------------------------------------------------------------------------


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
    return form(scene.voice, Modal.RETURN, scene.ref, blocks, say("button.return"))


def revoke(scene: Scene) -> Block:
    """撤回核准: words for the officer."""
    blocks = [_comment(scene)]
    return form(scene.voice, Modal.REVOKE, scene.ref, blocks, scene.say("button.revoke"))


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
    return form(scene.voice, Modal.PUBLISH, scene.ref, blocks, scene.say("button.confirm"))


def reveal(scene: Scene) -> Block:
    """查看原文: why somebody wants to see personal data."""
    purpose = b.text_input("purpose", None, most=200)
    hint = scene.say("field.purpose.hint")
    blocks = [b.field("purpose", scene.say("field.purpose"), purpose, hint=hint)]
    return form(scene.voice, Modal.REVEAL, scene.ref, blocks, scene.say("button.reveal"))


def revealed(scene: Scene) -> Block:
    """The citizen's words unmasked; shown to one person, once asked and noted."""
    opinion, more = scene.dossier.opinion, scene.say("details.cut")
    blocks = [
        *b.paragraphs(opinion.title, PART, more),
        *b.paragraphs(opinion.body, BODY, more),
        *(block for text in wishes(opinion) for block in b.paragraphs(text, PART, more)),
        *_said(scene, lambda text: text),
    ]
    return b.modal(scene.say("modal.reveal"), blocks, close=_close(scene.voice))


def assign(voice: Voice, ref: Ref) -> Block:
    """分辦: every agency of the ministry, grouped by the agency above as far as Slack allows."""
    directory = voice.directory
    by_parent: dict[str, list[Agency]] = {}
    for agency in directory.agencies:
        by_parent.setdefault(agency.parent or directory.root.code, []).append(agency)
    groups = [
        group
        for parent, members in by_parent.items()
        for group in b.groups_of(_options(members), voice.agency(parent))
    ]
    if len(groups) > b.OPTIONS:
        groups = b.groups_of(_options(directory.agencies))
    choose = voice.say("placeholder.choose")
    pick = b.select("agency", (), None, choose, groups)
    blocks = [b.field("agency", voice.say("field.agency"), pick)]
    return form(voice, Modal.ASSIGN, ref, blocks, voice.say("button.assign"))


def _options(agencies: Iterable[Agency]) -> list[Block]:
    return [b.option(b.cut(one.name, OPTION), one.code) for one in agencies]


def reassign(voice: Voice, ref: Ref, officers: Sequence[Person], current: str | None) -> Block:
    """改分: the officers of the case's agency."""
    options = [b.option(b.cut(one.name, OPTION), one.id) for one in officers if one.id != current]
    if not options:
        return error(voice, voice.say("reassign.nobody"))
    pick = b.select("officer", options, None, voice.say("placeholder.choose"))
    blocks = [b.field("officer", voice.say("field.officer"), pick)]
    return form(voice, Modal.REASSIGN, ref, blocks, voice.say("button.reassign"))


# -- to read ----------------------------------------------------------------------------------


def details(scene: Scene) -> Block:
    """詳細: the whole opinion masked, the reply, and what happened so far."""
    say, opinion, case = scene.say, scene.dossier.opinion, scene.case
    posted = say(
        "details.posted", at=case.opened_at, submitter=escaped(opinion.submitter or "—", NAME)
    )
    buttons = [*case_buttons(scene), *_calling(scene), *look_buttons(scene)]
    blocks = [
        b.header(f"{case.id}｜{scene.voice.title(case)}"),
        b.section(facts(scene)),
        *([b.actions(buttons)] if buttons else []),
        b.context(posted),
        *_part(scene, "details.opinion", masked_body(scene), BODY),
        *_part(scene, "details.requested_dataset", _masked(opinion.requested_dataset)),
        *_part(scene, "details.requested_fields", _masked(opinion.requested_fields)),
    ]
    others = other_agencies(scene)
    if len(others) > SHOWN_AGENCIES:
        named = joined(scene.voice.language, others)
        blocks += _part(scene, "details.agencies", named, AGENCIES)
    blocks += _said(scene, _masked)
    blocks += _replies(scene)
    blocks += _history(scene)
    return b.modal(say("modal.details"), blocks, close=_close(scene.voice))


def _calling(scene: Scene) -> list[Block]:
    """Help, and a later reminder where there is a morning left for it."""
    if not scene.case.open:
        return []
    later = scene.case.state in WORKED and mornings(scene)
    return [help_button(scene), *([scene.button(Button.SNOOZE)] if later else [])]


def _replies(scene: Scene) -> list[Block]:
    """The draft of record, or what was approved of it; and the reply that rests beside a notice."""
    say, dossier, state = scene.say, scene.dossier, scene.case.state
    notice = extends(scene.case)
    code = "extension.reading" if notice else "details.reply"
    found = {say(code, state=state): dossier.reply, say("extension.kept"): dossier.resting}
    return [
        block
        for heading, reply in found.items()
        if reply
        for block in (b.section(f"*{heading}*"), b.quote(reply.text))
    ]


def _masked(text: str | None) -> str:
    return privacy.mask(text or "", masked)


def _part(scene: Scene, heading: str, text: str, most: int = PART) -> list[Block]:
    """Foreign words under a heading of ours; nothing at all where there are none."""
    if not text:
        return []
    title = b.section(f"*{scene.say(heading)}*")
    return [title, *b.paragraphs(text, most, scene.say("details.cut"))]


def _said(scene: Scene, shown: Callable[[str], str]) -> list[Block]:
    """What the citizen added last; how much there is before it is told."""
    said = scene.dossier.said
    blocks = [block for text in said[-SAID:] for block in _part(scene, "details.said", shown(text))]
    earlier = len(said) - SAID
    return (
        blocks if earlier <= 0 else [b.context(scene.say("details.said.more", n=earlier)), *blocks]
    )


def _history(scene: Scene) -> list[Block]:
    """The newest events, some lines to a paragraph."""
    events, say = scene.dossier.events, scene.say
    lines = [b.cut(_line(scene.voice, event), LINE) for event in events[-EVENTS:]]
    blocks = [b.section(f"*{say('details.history')}*")]
    if len(events) > EVENTS:
        blocks.append(b.context(say("details.history.more", n=len(events) - EVENTS)))
    starts = range(0, len(lines), A_PARAGRAPH)
    return [*blocks, *(b.paragraph("\n".join(lines[at : at + A_PARAGRAPH])) for at in starts)]


def _line(voice: Voice, event: Event) -> str:
    who, done = voice.name(event.actor), name_of(voice.language, event.action)
    if approval := event.changes.get("approval"):
        capacity = voice.say(f"Capacity.{approval['capacity']}")
        done = voice.say("details.approved", action=done, capacity=capacity)
    return voice.say("details.event", at=event.at, actor=who, action=done)


def why(voice: Voice, case: Case, told: Explained) -> Block:
    """為什麼是這一天: every day, counted or not, and why; and what has moved the date."""
    blocks = of_case(voice, case, told)
    return b.modal(voice.say("modal.why"), blocks, close=_close(voice))

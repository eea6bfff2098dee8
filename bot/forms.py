"""The modals of whoever has a case: the draft to decide on, more time, a later reminder, a word.

The other modals stand in ``modals``; what a submission does, in ``submissions``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import blocks as b
from bot.blocks import Block
from bot.extension import proposed
from bot.ids import Modal
from bot.messages import approval, cosign, review
from bot.reminders import mornings
from bot.scene import Scene, extends, form
from opendata.desk.casefile import MAX_NOTE, occasion_of
from opendata.desk.outbox import Message
from opendata.rules.feedback import State
from opendata.rules.reply import MAX_CONTACT, MAX_TEXT
from opendata.texts import written

_DECIDED = {
    State.IN_REVIEW: (Message.REVIEW, review),
    State.IN_PROGRESS: (Message.COSIGN, cosign),
}


def decide(scene: Scene) -> Block:
    """查看擬稿: what somebody reviews, approves or co-signs, as their message has it."""
    kind, show = _DECIDED.get(scene.case.state, (Message.APPROVAL, approval))
    asked = replace(scene, kind=kind, occasion=occasion_of(scene.case, kind))
    close = scene.say("button.close")
    return b.modal(scene.say("modal.decide"), show(asked).blocks, close=close)


def extend(scene: Scene, first: date, last: date) -> Block:
    """申請展延: until when, why, and the notice to the citizen, as it was saved or to begin with.

    The new date lies between the first and the last that are given.
    """
    say, dossier = scene.say, scene.dossier
    notice = dossier.reply if extends(scene.case) else None
    until = (notice.promised if notice else None) or last
    text = notice.text if notice else proposed(scene, until)
    ground = dossier.ground if notice else None
    picker: Block = {
        "type": "datepicker",
        "action_id": "until",
        "initial_date": until.isoformat(),
    }
    words = b.text_input("text", text, most=MAX_TEXT, multiline=True)
    contact = dossier.reply.contact if dossier.reply else None
    blocks = [
        b.section(f"*{scene.case.id}*　{scene.title}"),
        b.field(
            "until",
            say("field.until"),
            picker,
            hint=say("field.until.hint", first=first, last=last),
        ),
        b.field(
            "ground",
            say("field.ground"),
            b.text_input("ground", ground, most=MAX_NOTE, multiline=True),
            hint=say("field.ground.hint"),
        ),
        b.field("text", say("field.notice"), words, hint=say("field.notice.hint")),
        b.field(
            "contact",
            say("field.contact"),
            b.text_input("contact", contact, most=MAX_CONTACT),
            hint=say("field.contact.hint"),
        ),
        b.context(say("extension.effect")),
    ]
    return form(scene.voice, Modal.EXTEND, scene.ref, blocks, say("button.save"))


def snooze(scene: Scene) -> Block:
    """稍後提醒: on which of the mornings before the case is due."""
    say, language = scene.say, scene.voice.language
    options = [b.option(str(written(language, day)), day.isoformat()) for day in mornings(scene)]
    pick = b.select("until", options, options[0]["value"], say("placeholder.choose"))
    hint = say("field.snooze.hint", due=scene.voice.due(scene.case))
    blocks = [b.field("until", say("field.snooze"), pick, hint=hint)]
    return form(scene.voice, Modal.SNOOZE, scene.ref, blocks, say("button.snooze_until"))


def instruct(scene: Scene) -> Block:
    """另作指示: words for whoever is concerned."""
    words = b.text_input("words", None, most=MAX_NOTE, multiline=True)
    blocks = [b.field("words", scene.say("field.words"), words, hint=scene.say("field.words.hint"))]
    return form(scene.voice, Modal.INSTRUCT, scene.ref, blocks, scene.say("button.instruct"))

"""展延 as it is shown: what the notice asks for, why, and what becomes of the date and the reply.

The notice is submitted, approved and published like a reply: see ``messages``.
"""

from __future__ import annotations

from datetime import date

from bot import blocks as b
from bot.blocks import Block
from bot.scene import Scene, masked_body
from opendata import texts
from opendata.rules.reply import Doubt, Reply, doubts

QUESTION, NOTICE, GROUND = 1500, 3000, 1000
_BLANK = texts.say("zh", "notice.reason")


def notice(scene: Scene, written: Reply) -> list[Block]:
    """From when to when, why, and the words that the citizen will read."""
    say, more, case = scene.say, scene.say("approval.cut"), scene.case
    dates = say("extension.dates", before=case.due.on, until=written.promised)
    blocks = [
        b.section(dates),
        *([b.quote(scene.dossier.ground, GROUND, more)] if scene.dossier.ground else []),
        b.section(say("approval.question")),
        b.quote(masked_body(scene), QUESTION, more),
        b.section(say("extension.notice", closing=written.closing)),
        b.quote(written.text, NOTICE, more),
        b.paragraph(say("approval.contact", contact=written.contact)),
        b.context(*_consequences(scene)),
    ]
    dated = Doubt.NO_DATE_TOLD not in doubts(written)
    if dated and written.promised and not tells(written.text, written.promised):
        blocks.append(b.context(say("extension.other_date", until=written.promised)))
    return blocks


def _consequences(scene: Scene) -> list[str]:
    """What the publication does to the date, and what becomes of a reply that was drafted."""
    told, resting = [scene.say("extension.effect")], scene.case.resting
    if resting is not None:
        told.append(scene.say("extension.resting", type=resting.type))
    return told


def tells(text: str, day: date) -> bool:
    """Whether a notice names its day, in one of the ways of writing it."""
    words = "".join(text.split())
    return any(
        f"{day.month}{a}{day.day}{b}" in words for a, b in (("月", "日"), ("/", ""), (".", ""))
    )


def proposed(scene: Scene, until: date) -> str:
    """The notice as the officer begins it: a letter to the citizen, so in Chinese."""
    case = scene.case
    return texts.say(
        "zh",
        f"notice.{case.kind}",
        title=case.title,
        agency=scene.voice.agency(case.agency),
        until=until,
        reason=_BLANK,
    )


def has_blank(text: str) -> bool:
    """Whether the reason that the officer should fill in is still to be written."""
    return _BLANK in text

"""按季提報 as Slack shows it: the message that asks an agency, who has answered, and the modal.

What the buttons do stands in ``reporting``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import blocks as b
from bot import modals
from bot.blocks import Block, escaped
from bot.face import Face
from bot.ids import Button, Modal, Ref
from bot.lists import refused_row
from bot.scene import Rendered
from bot.voice import Voice
from opendata import texts
from opendata.desk import submissions
from opendata.desk.reading import person
from opendata.rules.errors import Fault
from opendata.rules.roc import Quarter, quarter_of
from opendata.rules.submissions import Answer, Given, Submission

Told = dict[str, Any]
Body = dict[str, Any]
NAME, AGENCIES, FAULTS = 60, 25, 20


def called(voice: Voice, one: Submission) -> Rendered:
    """To an agency: what it is asked for, or what it has answered."""
    say, agency = voice.say, escaped(voice.agency(one.agency), NAME)
    params = {"agency": agency, "quarter": quarter_name(voice, one.quarter), "due": one.due}
    value = str(Ref(one.agency, hash=one.quarter))
    if one.last is not None:
        told = answered(voice, one)
        correct = b.button(say("button.correct"), Button.UPLOAD, value)
        who = b.context(say("quarterly.correct", by=escaped(voice.name(one.last.by), NAME)))
        return Rendered(told, [b.section(told), b.actions([correct]), who])
    late = one.late(voice.today)
    told = say("quarterly.late" if late else "quarterly.call", **params)
    sure = b.confirm(
        say("confirm.no_change.title"),
        say("confirm.no_change.text"),
        say("button.no_change"),
        say("button.cancel"),
    )
    buttons = [
        b.button(say("button.no_change"), Button.NO_CHANGE, value, style="primary", confirm=sure),
        b.button(say("button.upload"), Button.UPLOAD, value),
    ]
    return Rendered(told, [b.section(told), b.actions(buttons), b.context(say("quarterly.who"))])


def answered(voice: Voice, one: Submission) -> str:
    """Who answered what, and when; whether that was late, and what it took the place of."""
    parts = [_given(voice, one, one.given[-1])]
    if one.late(voice.today):
        parts.append(voice.say("quarterly.was_late"))
    if len(one.given) > 1:
        first = one.given[0]
        parts.append(voice.say("quarterly.first", answer=first.answer, at=first.at))
    return " ".join(parts)


def _given(voice: Voice, one: Submission, given: Given) -> str:
    return voice.say(
        "quarterly.no_change" if given.answer is Answer.NO_CHANGE else "quarterly.updated",
        agency=escaped(voice.agency(one.agency), NAME),
        quarter=quarter_name(voice, one.quarter),
        by=escaped(voice.name(given.by), NAME),
        at=given.at,
        new=given.new,
        changed=given.changed,
        refused=given.refused,
    )


def quarter_name(voice: Voice, code: str) -> str:
    """115年第3季."""
    quarter = Quarter.parse(code)
    return voice.say("status.quarter", year=quarter.year, n=quarter.number)


# -- who has answered ---------------------------------------------------------------------------


def overview(face: Face, actor: str, quarter: str | None = None, skipped: int = 0) -> Told:
    """A table of the agencies that were asked, the late ones first."""
    person(face.desk, actor)
    code = (quarter or quarter_of(face.desk.today()).code).upper()
    voice, found = face.voice_of(actor), submissions.standing(face.desk, code)
    return shown(voice, code, found, skipped)


def shown(voice: Voice, code: str, found: Sequence[Submission], skipped: int = 0) -> Told:
    """The standing of a quarter."""
    say, today = voice.say, voice.today
    heading = say("quarterly.heading", quarter=quarter_name(voice, code))
    if not found:
        none = say("quarterly.none")
        return {"text": none, "blocks": [b.header(heading), b.section(none)]}
    order = sorted(found, key=lambda one: (one.answer is not None, not one.late(today), one.agency))
    summary = home_line(voice, found)
    head = [
        say("quarterly.column.agency"),
        say("quarterly.column.answer"),
        say("quarterly.column.at"),
    ]
    rows = [_row(voice, one) for one in order[skipped : skipped + AGENCIES]]
    blocks = [
        b.header(heading),
        b.section(summary),
        b.table([head, *rows], [{"is_wrapped": True} for _ in head]),
    ]
    if len(order) > AGENCIES:
        last = min(skipped + AGENCIES, len(order))
        blocks.append(b.context(say("status.page", first=skipped + 1, last=last, n=len(order))))
    return {"text": f"{heading}\n{summary}", "blocks": blocks}


def _row(voice: Voice, one: Submission) -> list[str]:
    if one.last is None:
        word = voice.say("quarterly.owes_late" if one.late(voice.today) else "quarterly.owes")
        at = voice.say("quarterly.due", due=one.due)
    else:
        word, at = (
            voice.say(f"Answer.{one.last.answer.value}"),
            str(texts.written(voice.language, one.last.at)),
        )
    return [b.cut(voice.agency(one.agency), NAME), word, at]


def home_line(voice: Voice, found: Sequence[Submission]) -> str:
    """How many have answered, how many owe an answer, how many are late."""
    done = sum(one.answer is not None for one in found)
    late = sum(one.answer is None and one.late(voice.today) for one in found)
    return voice.say("quarterly.summary", n=len(found), done=done, owe=len(found) - done, late=late)


# -- the file ---------------------------------------------------------------------------------


def upload(voice: Voice, agency: str, quarter: str) -> Block:
    """上傳更新: the agency's 盤點表 as it is now."""
    say = voice.say
    file: Block = {
        "type": "file_input",
        "action_id": modals.FILE,
        "filetypes": ["csv", "ods"],
        "max_files": 1,
    }
    name = escaped(voice.agency(agency), NAME)
    told = say("quarterly.upload", agency=name, quarter=quarter_name(voice, quarter))
    field = b.field(modals.FILE, say("field.inventory"), file, hint=say("field.inventory.hint"))
    return b.modal(
        say("modal.submission"),
        [b.section(told), field],
        submit=say("button.upload"),
        close=say("button.cancel"),
        callback=Modal.SUBMISSION,
        metadata=str(Ref(agency, hash=quarter)),
    )


def handed_in(voice: Voice, one: Submission, wrong: Sequence[tuple[int, Fault]]) -> Block:
    """What became of the file, and why rows were not taken."""
    blocks = [b.section(answered(voice, one))]
    lines = [refused_row(voice, line, fault) for line, fault in wrong[:FAULTS]]
    if lines:
        blocks.append(b.paragraph("\n".join(lines)))
    if len(wrong) > FAULTS:
        blocks.append(b.context(voice.say("import.more", n=len(wrong) - FAULTS)))
    return b.modal(voice.say("modal.submission"), blocks, close=voice.say("button.close"))

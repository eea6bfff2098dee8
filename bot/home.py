"""App Home: what lies before a person, by due date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.commands import knows
from bot.face import Face
from bot.ids import Button
from bot.lists import case_line
from bot.numbers import summary_blocks
from bot.quarterly import home_line
from bot.voice import Voice
from opendata.desk import promises, watching
from opendata.desk.numbers import status
from opendata.desk.reading import Desktop, desktop
from opendata.desk.submissions import standing
from opendata.rules.feedback import Case
from opendata.rules.inventory import Item
from opendata.rules.people import Person, Role

SHOWN, PROMISES, TITLE = 10, 5, 100
_LEADERS = frozenset({Role.CIO, Role.COORDINATOR})
# Whoever may decide only since it was submitted got no request, and finds the draft here.
_DECIDED = frozenset({"home.to_approve", "home.to_review", "home.to_cosign"})


def register(app: App, face: Face) -> None:
    """Show App Home whenever somebody opens it."""

    def handle_opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            made = face.answer(lambda f: home(f, event["user"]))
            client.views_publish(user_id=event["user"], view=made)

    app.event("app_home_opened")(handle_opened)


def home(face: Face, actor: str) -> Block:
    """The view of a person; a stranger's says how to get into the roster."""
    if not knows(face, actor):
        voice = face.voice_of(actor)
        blocks = [b.section(voice.say("help.stranger")), b.section(voice.say("help.text"))]
        return {"type": "home", "blocks": blocks}
    before, voice = desktop(face.desk, actor), face.voice_of(actor)
    blocks = [b.header(voice.say("home.hello", name=before.person.name))]
    for heading, cases in _shelves(before):
        blocks += _shelf(voice, heading, cases, many=before.more)
    blocks += _promised(voice, promises.of(face.desk, actor))
    if len(blocks) == 1:
        blocks.append(b.section(voice.say("home.nothing")))
    blocks += _overview(face, voice, before.person)
    never = voice.say("status.never")
    swept, beat, synced = (at or never for at in watching.last(face.desk))
    version = face.desk.calendar().version
    foot = voice.say("home.foot", swept=swept, beat=beat, synced=synced, version=version)
    blocks += [b.divider(), b.context(foot)]
    return {"type": "home", "blocks": blocks}


def _promised(voice: Voice, items: Sequence[Item]) -> list[Block]:
    """我的承諾: what was promised to citizens and is not on the platform yet."""
    if not items:
        return []
    told = voice.say("home.shelf", heading=voice.say("home.promised"), n=len(items))
    blocks = [b.header(told)]
    for item in items[:PROMISES]:
        late = item.promised is not None and item.promised < voice.today
        line = voice.say(
            "home.promise.late" if late else "home.promise",
            case=item.case or "",
            title=escaped(item.title, TITLE),
            promised=item.promised or voice.today,
        )
        blocks.append(b.section(line))
    return blocks


def _overview(face: Face, voice: Voice, person: Person) -> list[Block]:
    """本季概況 for CIOs and coordinators, and at the ministry who has handed in."""
    if not _LEADERS & person.roles:
        return []
    root = face.desk.directory().root.code
    counted = status(face.desk, agency=None if person.agency == root else person.agency)
    blocks = [b.header(voice.say("home.quarter")), *summary_blocks(voice, counted)]
    handed_in = standing(face.desk) if face.desk.directory().may_import(person.id) else ()
    if handed_in:
        blocks.append(b.section(voice.say("home.submissions", told=home_line(voice, handed_in))))
    return blocks


def _shelves(before: Desktop) -> list[tuple[str, Sequence[Case]]]:
    return [
        ("home.to_approve", before.to_approve),
        ("home.to_review", before.to_review),
        ("home.to_cosign", before.to_cosign),
        ("home.to_assign", before.to_assign),
        ("home.mine", before.mine),
        ("home.unclaimed", before.unclaimed),
    ]


def _shelf(voice: Voice, heading: str, cases: Sequence[Case], *, many: bool) -> list[Block]:
    """A heading and its cases; nothing at all where there are none.

    ``many``: there may be more than these, which nobody has counted.
    """
    if not cases:
        return []
    code = "home.shelf.many" if many else "home.shelf"
    told = voice.say(code, heading=voice.say(heading), n=len(cases))
    button = Button.DECIDE if heading in _DECIDED else Button.DETAILS
    blocks = [b.header(told), *(case_line(voice, case, button) for case in cases[:SHOWN])]
    if len(cases) > SHOWN:
        code = "home.more.many" if many else "home.more"
        blocks.append(b.context(voice.say(code, n=len(cases) - SHOWN)))
    return blocks

"""App Home: what lies before a person, by due date, and what the person answers for."""

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
from bot.lists import case_button, case_line
from bot.numbers import summary_blocks
from bot.quarterly import home_line
from bot.voice import Voice
from opendata.desk import inventory, promises, reconciling, watching
from opendata.desk.desktop import DECIDED, Desktop, Shelf, desktop
from opendata.desk.numbers import status
from opendata.desk.reconciling import Differing
from opendata.desk.submissions import standing
from opendata.rules.feedback import Case
from opendata.rules.inventory import Item
from opendata.rules.people import Person, Role

SHOWN, FEW, TITLE, NAME = 10, 3, 100, 40
"""Cases of a shelf; FEW of each, where all shelves together are too many for a view."""
_NUMBERED = frozenset({Role.CIO, Role.COORDINATOR, Role.MEMBER, Role.AUDITOR})


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
    promised, led = promises.of(face.desk, actor), _overview(face, voice, before)
    foot = _foot(face, voice)
    for most in (SHOWN, FEW):
        blocks = [b.header(voice.say("home.hello", name=before.person.name))]
        blocks += _shelved(voice, before, most)
        blocks += _promised(voice, promised[:most], len(promised))
        if len(blocks) == 1:
            blocks.append(b.section(voice.say("home.nothing")))
        blocks += [*led, b.divider(), foot]
        if len(blocks) <= b.BLOCKS_IN_VIEW:
            break
    return {"type": "home", "blocks": blocks}


def _shelved(voice: Voice, before: Desktop, most: int) -> list[Block]:
    """The shelves, each with so many cases at most; what there is besides is counted."""
    return [
        block
        for shelf, cases in before.shelves.items()
        for block in _shelf(voice, shelf, cases, most, many=before.more)
    ]


def _shelf(
    voice: Voice, shelf: Shelf, cases: Sequence[Case], most: int, *, many: bool
) -> list[Block]:
    """A heading and its cases.

    ``many``: there may be more than these, which nobody has counted.
    """
    code = "home.shelf.many" if many else "home.shelf"
    told = voice.say(code, heading=shelf, n=len(cases))
    button = Button.DECIDE if shelf in DECIDED else Button.DETAILS
    blocks = [b.header(told), *(case_line(voice, case, button) for case in cases[:most])]
    if len(cases) > most:
        code = "home.more.many" if many else "home.more"
        blocks.append(b.context(voice.say(code, n=len(cases) - most)))
    return blocks


def _promised(voice: Voice, items: Sequence[Item], n: int) -> list[Block]:
    """我的承諾: what was promised to citizens and is not on the platform yet."""
    if not items:
        return []
    told = voice.say("home.shelf", heading=voice.say("home.promised"), n=n)
    blocks = [b.header(told)]
    for item in items:
        late = item.promised is not None and item.promised < voice.today
        line = voice.say(
            "home.promise.late" if late else "home.promise",
            case=item.case or "",
            title=escaped(item.title, TITLE),
            promised=item.promised or voice.say("home.promise.year", year=item.planned or ""),
        )
        blocks.append(b.section(line))
    if n > len(items):
        blocks.append(b.context(voice.say("home.promise.more", n=n - len(items))))
    return blocks


def _overview(face: Face, voice: Voice, before: Desktop) -> list[Block]:
    """What somebody answers for: the quarter, who stands in for whom, and the ministry's own."""
    person, directory = before.person, face.desk.directory()
    blocks = list[Block]()
    if not _NUMBERED.isdisjoint(person.roles):
        root = directory.root.code
        counted = status(face.desk, agency=None if person.agency == root else person.agency)
        blocks += [b.header(voice.say("home.quarter")), *summary_blocks(voice, counted)]
        if before.leftover:
            blocks.append(b.context(voice.say("home.leftover", n=before.leftover)))
    blocks += _deputies(voice, person)
    if directory.may_import(person.id):
        blocks += _ministry(face, voice)
    if Role.AUDITOR in person.roles:
        blocks.append(b.section(voice.say("home.audit")))
    return blocks


def _deputies(voice: Voice, person: Person) -> list[Block]:
    """我的代理人, and whom the person stands in for; an auditor sees everybody's."""
    all_ = Role.AUDITOR in person.roles
    found = [
        one
        for one in voice.directory.deputies
        if one.end >= voice.today and (all_ or person.id in (one.for_, one.by))
    ]
    if not found:
        return []
    lines = [
        voice.say(
            "home.deputy",
            principal=escaped(voice.name(one.for_), NAME),
            by=escaped(voice.name(one.by), NAME),
            form=one.form,
            start=one.start,
            end=one.end,
        )
        for one in sorted(found, key=lambda one: (one.start, one.for_, one.by))[:FEW]
    ]
    if len(found) > FEW:
        lines.append(voice.say("home.deputy.more", n=len(found) - FEW))
    return [b.header(voice.say("home.deputies")), b.section("\n".join(lines))]


def _ministry(face: Face, voice: Voice) -> list[Block]:
    """What the coordinators of the ministry see to beside the cases."""
    desk, say = face.desk, voice.say
    lines = list[str]()
    if handed_in := standing(desk):
        lines.append(say("home.submissions", told=home_line(voice, handed_in)))
    kept = inventory.overview(desk)
    if kept.suggestions:
        code = "home.to_confirm.many" if kept.more else "home.to_confirm"
        lines.append(say(code, n=len(kept.suggestions)))
    if kept.overdue:
        lines.append(say("home.items_late", n=kept.overdue))
    office = desk.office()
    first, *_, last = office.years.coverage
    ahead = sorted({one.day for one in office.closures if one.day >= voice.today})
    days = ahead[:FEW] or say("home.no_closures")
    lines.append(say("home.calendar", first=first, last=last, days=days))
    found = voice.directory.check(voice.today)
    lines.append(say("home.roster" if found else "home.roster.well", n=len(found)))
    told = [b.header(say("home.ministry")), b.section("\n".join(lines))]
    return [*_differing(voice, reconciling.differences(desk)), *told]


def _differing(voice: Voice, found: Sequence[Differing]) -> list[Block]:
    """與平臺對帳不符: the cases that are not as the platform's lists say."""
    if not found:
        return []
    blocks = [b.header(voice.say("home.shelf", heading=voice.say("home.differing"), n=len(found)))]
    for one in found[:FEW]:
        title = escaped(one.case.title, TITLE)
        told = {"case": one.case.id, "title": title, "how": one.how, "state": one.case.state}
        line = voice.say("home.difference", **told)
        blocks.append(b.section(line, case_button(voice, one.case, Button.DETAILS)))
    if len(found) > FEW:
        blocks.append(b.context(voice.say("home.differing.more", n=len(found) - FEW)))
    return blocks


def _foot(face: Face, voice: Voice) -> Block:
    never = voice.say("status.never")
    swept, beat, synced = (at or never for at in watching.last(face.desk))
    version = face.desk.calendar().version
    return b.context(voice.say("home.foot", swept=swept, beat=beat, synced=synced, version=version))

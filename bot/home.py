"""App Home: what lies before a person, by due date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot import blocks as b
from bot.blocks import Block
from bot.commands import knows
from bot.face import Face
from bot.ids import Button
from bot.lists import case_line
from bot.voice import Voice
from opendata.desk import watching
from opendata.desk.reading import Desktop, desktop
from opendata.rules.feedback import Case

SHOWN = 10
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
    if len(blocks) == 1:
        blocks.append(b.section(voice.say("home.nothing")))
    swept, beat = (at or voice.say("status.never") for at in watching.last(face.desk))
    version = face.desk.calendar().version
    foot = voice.say("home.foot", swept=swept, beat=beat, version=version)
    blocks += [b.divider(), b.context(foot)]
    return {"type": "home", "blocks": blocks}


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

"""App Home: what lies before a person, by due date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot import blocks as b
from bot.blocks import Block
from bot.commands import case_line
from bot.face import Face
from bot.voice import Voice
from opendata.desk.reading import HOME, Desktop, desktop
from opendata.rules.errors import Stranger
from opendata.rules.feedback import Case

SHOWN = 10


def register(app: App, face: Face) -> None:
    """Show App Home whenever somebody opens it."""

    def handle_opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            client.views_publish(user_id=event["user"], view=home(face, event["user"]))

    app.event("app_home_opened")(handle_opened)


def home(face: Face, actor: str) -> Block:
    """The view of a person; a stranger's says how to get into the roster."""
    voice = face.voice_of(actor)
    try:
        before = desktop(face.desk, actor)
    except Stranger:
        blocks = [b.section(voice.say("help.stranger")), b.section(voice.say("help.text"))]
        return {"type": "home", "blocks": blocks}
    blocks = [b.header(voice.say("home.hello", name=before.person.name))]
    for heading, cases in _shelves(before):
        blocks += _shelf(voice, heading, cases)
    if len(blocks) == 1:
        blocks.append(b.section(voice.say("home.nothing")))
    version = face.desk.calendar().version
    blocks += [b.divider(), b.context(voice.say("home.foot", version=version))]
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


def _shelf(voice: Voice, heading: str, cases: Sequence[Case]) -> list[Block]:
    """A heading and its cases; nothing at all where there are none."""
    if not cases:
        return []
    # The desktop brings at most so many of a kind; nobody has counted the others.
    many = len(cases) >= HOME
    code = "home.shelf.many" if many else "home.shelf"
    told = voice.say(code, heading=voice.say(heading), n=len(cases))
    blocks = [b.header(told), *(case_line(voice, case) for case in cases[:SHOWN])]
    if len(cases) > SHOWN:
        code = "home.more.many" if many else "home.more"
        blocks.append(b.context(voice.say(code, n=len(cases) - SHOWN)))
    return blocks

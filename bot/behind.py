"""The cases behind a number of /opendata status, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot import blocks as b
from bot.blocks import escaped
from bot.face import Face
from bot.ids import Button, Spot
from bot.lists import AGENCY, TRAIL, case_line
from bot.numbers import paging, period_of
from opendata.desk.behind import behind
from opendata.desk.reading import person
from opendata.rules.behind import Measure

Told = dict[str, Any]


def register(app: App, face: Face) -> None:
    """Tie the buttons of the numbers to their lists."""

    def handle_behind(ack: Ack, body: dict[str, Any], respond: Callable[..., object]) -> None:
        ack()
        spot = Spot.read(body["actions"][0]["value"])
        told = face.answer(lambda f: listing(f, body["user"]["id"], spot.where))
        respond(**told, response_type="ephemeral", replace_original=False)

    for measure in Measure:
        app.action(Button(measure.value).value)(handle_behind)


def listing(face: Face, actor: str, where: tuple[str, ...]) -> Told:
    """A page of the cases behind a number.

    Args:
        face: the face of the desk.
        actor: Slack id.
        where: the number, the period, the agency or "", and the ends of the pages before.
    """
    person(face.desk, actor)
    measure, period, agency, *before = where
    voice = face.voice_of(actor)
    page = behind(
        face.desk, actor, Measure(measure), period, agency or None, before[-1] if before else None
    )
    heading = voice.say(f"behind.{measure}", period=period_of(voice, period))
    if page.agency is None:
        none = voice.say("behind.none", heading=heading)
        return {"text": none, "blocks": [b.section(none)]}
    name = voice.agency(page.agency)
    blocks = [
        b.header(heading),
        b.context(voice.say("behind.agency", agency=escaped(name, AGENCY), n=len(page.cases))),
        *(case_line(voice, case) for case in page.cases),
        b.context(voice.say("behind.rounds")),
    ]
    trail = (*before, page.next)[-TRAIL:] if page.next else ()
    begin = (measure, period, agency)
    blocks += paging(
        voice,
        back=Spot("behind", (*begin, *before[:-1])) if before else None,
        more=Spot("behind", (*begin, *trail)) if page.next else None,
    )
    return {
        "text": voice.say("behind.notice", heading=heading, n=len(page.cases)),
        "blocks": blocks,
    }

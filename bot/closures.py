"""停止上班 from Slack: the coordinator opens the modal, and what was filled in is entered.

How the modals look stands in ``calendar``, what entering does in ``opendata.desk.roster``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import calendar
from bot.blocks import Block
from bot.face import Face
from bot.ids import Button, Modal
from bot.submissions import Fields
from opendata.desk import office, roster
from opendata.desk.reading import AROUND
from opendata.rules.calendar import Closure, county_of
from opendata.rules.errors import Fault, Invalid

Body = dict[str, Any]


def register(app: App, face: Face) -> None:
    """Tie the button and the modal to their use cases."""
    app.action(Button.CLOSURE.value)(_asking(face))
    app.view(Modal.CLOSURE.value)(_entering(face))


def _asking(face: Face) -> Callable[..., None]:
    def handle_ask(ack: Ack, body: Body, client: WebClient) -> None:
        made = face.answer(lambda f: _asked(f, body["user"]["id"]))
        client.views_open(trigger_id=body["trigger_id"], view=made)
        ack()

    return handle_ask


def _asked(face: Face, actor: str) -> Block:
    roster.for_import(face.desk, actor)
    half = face.desk.terms.half_closes
    return calendar.closure(face.voice_of(actor), face.desk.today(), half_closes=half)


def _entering(face: Face) -> Callable[..., None]:
    def handle_enter(ack: Ack, body: Body, view: Block) -> None:
        made = face.answer(lambda f: _entered(f, body["user"]["id"], Fields(view)))
        ack(response_action="update", view=made)

    return handle_enter


def _entered(face: Face, actor: str, told: Fields) -> Block:
    """Enter a closure or take it back; what it moves is looked at before."""
    roster.for_import(face.desk, actor)
    day, county = told.day("day"), county_of(told.choice("county") or "")
    if day is None:
        raise Invalid(Fault("day", "required"))
    ticked, desk = told.choices("entry"), face.desk
    one, undo = Closure(day, county, calendar.HALF in ticked), calendar.UNDO in ticked
    said = office.remark(desk, one, undo=undo)
    seen = office.outlook(desk, office.with_closures(desk, [one], undo=undo), AROUND)
    made = calendar.closed(face.voice_of(actor), one, said, seen)
    change = roster.reopen if undo else roster.close
    change(desk, [one], actor)
    return made

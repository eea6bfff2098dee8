"""按季提報 from Slack: 本季無異動, and a file that is handed in.

How it looks stands in ``quarterly``; what an answer does, in ``opendata.desk.submissions``; how a
file comes out of Slack, in ``imports``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import blocks as b
from bot import imports, modals
from bot.blocks import Block
from bot.face import Face
from bot.handing_in import MOST_ITEMS
from bot.ids import Button, Modal, Ref
from bot.quarterly import answered, handed_in, upload
from opendata import texts
from opendata.adapters.inventory_files import read_inventory
from opendata.desk import inventory, submissions
from opendata.desk.reading import person
from opendata.rules.errors import Fault, Invalid

Body = dict[str, Any]


def register(app: App, face: Face) -> None:
    """Tie the buttons and the modal to their use cases."""
    app.action(Button.NO_CHANGE.value)(_confirming(face))
    app.action(Button.UPLOAD.value)(_asking(face))
    app.view(Modal.SUBMISSION.value)(_handing_in(face))


def _confirming(face: Face) -> Callable[..., None]:
    def handle_confirm(ack: Ack, body: Body, respond: Callable[..., object]) -> None:
        actor, ref = body["user"]["id"], Ref.read(body["actions"][0]["value"])
        told = face.answer(lambda f: _confirmed(f, actor, ref))
        respond(text=told, response_type="ephemeral", replace_original=False)
        ack()

    return handle_confirm


def _confirmed(face: Face, actor: str, ref: Ref) -> str:
    person(face.desk, actor)
    one = submissions.confirm(face.desk, ref.hash, ref.case, actor)
    return answered(face.voice_of(actor), one)


def _asking(face: Face) -> Callable[..., None]:
    def handle_ask(ack: Ack, body: Body, client: WebClient) -> None:
        actor, ref = body["user"]["id"], Ref.read(body["actions"][0]["value"])
        made = face.answer(lambda f: _asked(f, actor, ref))
        client.views_open(trigger_id=body["trigger_id"], view=made)
        ack()

    return handle_ask


def _asked(face: Face, actor: str, ref: Ref) -> Block:
    person(face.desk, actor)
    inventory.for_change(face.desk, actor, ref.case)
    return upload(face.voice_of(actor), ref.case, ref.hash)


def _handing_in(face: Face) -> Callable[..., None]:
    def handle_hand_in(ack: Ack, body: Body, view: Block, client: WebClient) -> None:
        actor, ref = body["user"]["id"], Ref.read(view["private_metadata"])
        try:
            told = face.answer(lambda f: _handed_in(f, actor, ref, view, client))
        except Invalid as wrong:
            # Under the field, whatever column is wrong: another file can be chosen there.
            why = texts.refusal(face.refusing(actor).language, wrong)
            ack(response_action="errors", errors={modals.FILE: b.cut(why, b.PLAIN)})
        else:
            ack(response_action="update", view=told)

    return handle_hand_in


def _handed_in(face: Face, actor: str, ref: Ref, view: Block, client: WebClient) -> Block:
    """Whoever may is looked at first: nothing is fetched for anybody else."""
    person(face.desk, actor)
    inventory.for_change(face.desk, actor, ref.case)
    raw = imports.fetched(view, client)
    entries, faults = read_inventory(raw, face.desk.directory())
    if len(entries) > MOST_ITEMS:
        counts = (("n", len(entries)), ("most", MOST_ITEMS))
        raise Invalid(Fault(modals.FILE, "too_many_items", counts))
    lines = len({one.line for one in faults})
    digest = hashlib.sha256(raw).hexdigest()
    one, done = submissions.update(face.desk, ref.hash, ref.case, actor, entries, lines, digest)
    wrong = [*((fault.line, fault.fault) for fault in faults), *done.refused]
    return handed_in(face.voice_of(actor), one, sorted(wrong, key=lambda fault: fault[0]))

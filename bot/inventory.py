"""/opendata inventory: the 資料盤點表 in numbers, what is overdue, and suggestions to confirm.

What items are and who may change them stands in ``opendata.desk.inventory``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.face import Face
from bot.ids import Button, Modal, Ref, Spot
from bot.numbers import paging
from bot.submissions import Fields
from bot.voice import Voice
from opendata.desk import inventory, matching
from opendata.desk.inventory import Overview
from opendata.desk.inventory_records import Suggestion
from opendata.desk.reading import person
from opendata.rules.errors import Fault, Invalid
from opendata.rules.inventory import MOST, Item, Openness, Priority, Readiness

Told = dict[str, Any]
TITLE, AGENCY, SHOWN, TRAIL = 80, 40, 10, 12
MAX_YEAR, MAX_WHY = 3, 500


def register(app: App, face: Face) -> None:
    """Tie the buttons and the modal to their use cases."""
    for button, confirmed in ((Button.SAME_ITEM, True), (Button.OTHER_ITEM, False)):
        app.action(button.value)(_settling(face, confirmed=confirmed))
    app.action(Button.LATE_ITEMS.value)(_listing(face))
    app.action(Button.ITEM.value)(_opening(face))
    app.view(Modal.ITEM.value)(_changing(face))


# -- the numbers, and what waits for somebody ---------------------------------------------------


def overview(face: Face, actor: str) -> Told:
    """The inventory in numbers, with the first suggestions."""
    person(face.desk, actor)
    voice = face.voice_of(actor)
    found = inventory.overview(face.desk)
    blocks = overview_blocks(voice, found)
    return {"text": _numbers(voice, found), "blocks": blocks}


def overview_blocks(voice: Voice, found: Overview) -> list[Block]:
    """The numbers, the way to what is overdue, and each suggestion with its two buttons."""
    say = voice.say
    blocks = [b.header(say("inventory.heading")), b.section(_numbers(voice, found))]
    if found.overdue:
        late = b.button(say("button.late_items"), Button.LATE_ITEMS, "-")
        blocks.append(b.section(say("inventory.overdue", n=found.overdue), late))
    shown = found.suggestions[:SHOWN]
    if shown:
        blocks.append(b.section(say("inventory.suggested")))
    for n, one in enumerate(shown, 1):
        blocks += _suggestion(voice, one, n)
    if len(found.suggestions) > len(shown) or found.more:
        blocks.append(b.context(say("inventory.more")))
    return blocks


def _numbers(voice: Voice, found: Overview) -> str:
    if not found.total.get("items"):
        return voice.say("inventory.none")
    names = ("items", "open", "on_request", "closed", "opened", "ready")
    waits = sum(n for name, n in found.total.items() if name.startswith("waits:"))
    counts = {name: found.total.get(name, 0) for name in names}
    return voice.say("inventory.numbers", waits=waits, **counts)


def _suggestion(voice: Voice, one: Suggestion, n: int) -> list[Block]:
    told = voice.say(
        "inventory.suggestion",
        item=escaped(one.title, TITLE),
        agency=escaped(voice.agency(one.agency), AGENCY),
        dataset=escaped(one.dataset_title, TITLE),
        id=escaped(one.dataset, AGENCY),
        score=one.score,
    )
    value = str(Ref(one.item, hash=one.dataset))
    buttons = [
        b.button(
            voice.say(f"button.{which.value}"),
            which,
            value,
            label=f"{voice.say(f'button.{which.value}')} {n}",
        )
        for which in (Button.SAME_ITEM, Button.OTHER_ITEM)
    ]
    return [b.section(told), b.actions(buttons)]


def _settling(face: Face, *, confirmed: bool) -> Callable[..., None]:
    def handle_settle(ack: Ack, body: dict[str, Any], respond: Callable[..., object]) -> None:
        actor = body["user"]["id"]
        ref = Ref.read(body["actions"][0]["value"])
        told = face.answer(lambda f: settled(f, actor, ref.case, ref.hash, confirmed=confirmed))
        respond(text=told, response_type="ephemeral", replace_original=False)
        ack()

    return handle_settle


def settled(face: Face, actor: str, number: str, dataset: str, *, confirmed: bool) -> str:
    """What became of a suggestion."""
    person(face.desk, actor)
    done = matching.settle(face.desk, number, dataset, actor, confirmed=confirmed)
    code = "inventory.confirmed" if done.confirmed else "inventory.rejected"
    voice = face.voice_of(actor)
    return voice.say(code, item=escaped(done.item.title, TITLE), id=escaped(dataset, AGENCY))


# -- what is overdue ----------------------------------------------------------------------------


def late_items(face: Face, actor: str, before: Sequence[str] = ()) -> Told:
    """A page of 逾期未開放; ``before`` are the ends of the pages before it."""
    person(face.desk, actor)
    voice = face.voice_of(actor)
    page = inventory.overdue(face.desk, before[-1] if before else None, SHOWN)
    heading = voice.say("inventory.late.heading")
    if not (page.items or before):
        none = voice.say("inventory.late.none")
        return {"text": none, "blocks": [b.section(none)]}
    blocks = [b.header(heading), *late_lines(voice, page.items)]
    trail = (*before, page.next)[-TRAIL:] if page.next else ()
    blocks += paging(
        voice,
        back=Spot("items", tuple(before[:-1])) if before else None,
        more=Spot("items", trail) if page.next else None,
    )
    return {"text": voice.say("inventory.late.notice", n=len(page.items)), "blocks": blocks}


def late_lines(voice: Voice, items: Iterable[Item]) -> list[Block]:
    """A line for each item, with the button to change it."""
    return [
        b.section(
            voice.say(
                "inventory.late.line",
                item=escaped(item.title, TITLE),
                agency=escaped(voice.agency(item.agency), AGENCY),
                year=item.planned or 0,
                ready=len(item.readiness),
                of=len(Readiness),
            ),
            b.button(
                voice.say("button.item"),
                Button.ITEM,
                str(Ref(item.number)),
                label=f"{voice.say('button.item')} {n}",
            ),
        )
        for n, item in enumerate(items, 1)
    ]


def _listing(face: Face) -> Callable[..., None]:
    def handle_late(ack: Ack, body: dict[str, Any], respond: Callable[..., object]) -> None:
        ack()
        told = face.answer(lambda f: late_items(f, body["user"]["id"]))
        respond(**told, response_type="ephemeral", replace_original=False)

    return handle_late


# -- an item ------------------------------------------------------------------------------------


def _opening(face: Face) -> Callable[..., None]:
    def handle_item(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        actor, ref = body["user"]["id"], Ref.read(body["actions"][0]["value"])
        made = face.answer(lambda f: _asked(f, actor, ref.case))
        client.views_open(trigger_id=body["trigger_id"], view=made)
        ack()

    return handle_item


def _asked(face: Face, actor: str, number: str) -> Block:
    person(face.desk, actor)
    item = inventory.item(face.desk, number)
    inventory.for_change(face.desk, actor, item.agency)
    return item_modal(face.voice_of(actor), item)


def item_modal(voice: Voice, item: Item) -> Block:
    """盤點項目: openness, year, priority, where it comes from, readiness, and why it changes."""
    say = voice.say
    openness = [b.option(say(f"Openness.{one.value}"), one.value) for one in Openness]
    priorities = [b.option(say(f"Priority.{one.value}"), one.value) for one in Priority]
    ticks: Block = {
        "type": "checkboxes",
        "action_id": "readiness",
        "options": [b.option(say(f"Readiness.{one.value}"), one.value) for one in Readiness],
    }
    if item.readiness:
        ticks["initial_options"] = [
            one for one in ticks["options"] if one["value"] in item.readiness
        ]
    choose = say("placeholder.choose")
    priority = item.priority.value if item.priority else None
    year = str(item.planned) if item.planned else None
    return b.modal(
        say("modal.item"),
        [
            b.section(escaped(f"{item.number}　{item.title}")),
            b.field(
                "openness",
                say("field.openness"),
                b.select("openness", openness, item.openness.value, choose),
            ),
            b.field(
                "planned",
                say("field.planned"),
                b.text_input("planned", year, most=MAX_YEAR),
                optional=True,
            ),
            b.field(
                "priority",
                say("field.priority"),
                b.select("priority", priorities, priority, choose),
                optional=True,
            ),
            b.field(
                "origin",
                say("field.origin"),
                b.text_input("origin", item.origin or None, most=MOST),
                optional=True,
            ),
            b.field(
                "reason",
                say("field.why_closed"),
                b.text_input("reason", item.reason or None, most=MOST),
                optional=True,
            ),
            b.field("readiness", say("field.readiness"), ticks, optional=True),
            b.field(
                "why",
                say("field.why"),
                b.text_input("why", None, most=MAX_WHY, multiline=True),
                hint=say("field.why.hint"),
                optional=True,
            ),
        ],
        submit=say("button.save"),
        close=say("button.cancel"),
        callback=Modal.ITEM,
        metadata=str(Ref(item.number, item.version)),
    )


def _changing(face: Face) -> Callable[..., None]:
    def handle_change(ack: Ack, body: dict[str, Any], view: Block) -> None:
        actor, ref = body["user"]["id"], Ref.read(view["private_metadata"])
        face.answer(lambda f: _changed(f, actor, ref, Fields(view)))
        ack(response_action="clear")

    return handle_change


def _changed(face: Face, actor: str, ref: Ref, told: Fields) -> Item:
    person(face.desk, actor)
    planned = told.text("planned").strip()
    if planned and not planned.isdecimal():
        raise Invalid(Fault("planned", "not_a_year", (("text", planned),)))
    priority = told.choice("priority")
    return inventory.change(
        face.desk,
        ref.case,
        actor,
        ref.round,
        lambda known: {
            "openness": Openness(told.choice("openness") or known.openness.value),
            "planned": int(planned) if planned else None,
            "priority": Priority(priority) if priority else None,
            "origin": told.text("origin").strip(),
            "reason": told.text("reason").strip(),
            "readiness": frozenset(map(Readiness, told.choices("readiness"))),
        },
        told.text("why"),
    )

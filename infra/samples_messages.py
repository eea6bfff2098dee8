"""Samples of messages: cases on their way, and at each step everything that was ever told of them.

A message stays in Slack and is brought up to date, so each kind is rendered in every state that
the case comes to after it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.card import card
from bot.messages import undeliverable
from bot.plans import render
from bot.scene import Rendered
from bot.undelivered import OTHER, REASONS, cause_of, reason_of
from infra.samples_desk import (
    AGENCY,
    BEGIN,
    CHANNELS,
    COORDINATOR,
    OFFICER,
    Ministry,
    Sample,
)
from infra.samples_roads import on_the_way
from infra.samples_steps import PLAIN
from opendata.desk import casework
from opendata.desk.outbox import Intent
from opendata.desk.reading import Dossier, dossier
from opendata.desk.records import Cause
from opendata.rules.canonical import canonical


def messages(made: Ministry) -> Iterator[Sample]:
    """Every message kind in every state; of long words only what looks different."""
    seen: set[tuple[str, str, object]] = set()
    for step, about, told in on_the_way(made):
        yield from _rendered(made, step, about, told, seen)
    yield from _moved(made)
    yield from _undeliverable(made)


def _undeliverable(made: Ministry) -> Iterator[Sample]:
    """What keeps messages from being delivered: each reason at its place, and how it ended."""
    voice, places = made.face.voice(made.language), {"left": OFFICER, "nobody": OFFICER}
    codes = {reason_of(code): code for code in REASONS} | {OTHER: "as_yet_unheard_of"}
    everywhere = {reason: cause_of(code, "").endswith("@") for reason, code in codes.items()}
    for reason, code in codes.items():
        place = "" if everywhere[reason] else places.get(reason, CHANNELS[AGENCY])
        yield _cause(made, reason, undeliverable(voice, Cause(code, place, BEGIN, 3, 1), "1"))
    broken = Cause("not_in_channel", CHANNELS[AGENCY], BEGIN, parked=0, broke=1)
    for name, cause in {"mended": broken, "none": replace(broken, mended=False)}.items():
        yield _cause(made, name, undeliverable(voice, cause, "1"))


def _cause(made: Ministry, name: str, shown: Rendered) -> Sample:
    payload = {"text": shown.text, "blocks": shown.blocks}
    return made.sample(f"undeliverable-{name}", "message", payload)


def _rendered(
    made: Ministry,
    step: str,
    about: Dossier,
    told: list[Intent],
    seen: set[tuple[str, str, object]],
) -> Iterator[Sample]:
    names: dict[str, int] = {}
    for intent in told:
        shown = render(made.face, intent, about, made.face.voice(made.language))
        looks: object = canonical([shown.text, shown.blocks])
        if made.content != PLAIN:
            looks = tuple((one["type"], len(one.get("elements", ()))) for one in shown.blocks)
        if (intent.kind, about.case.state, looks) in seen:
            continue
        seen.add((intent.kind, about.case.state, looks))
        name = f"{intent.kind}.{about.case.state}.{step}"
        names[name] = names.get(name, 0) + 1
        numbered = name if names[name] == 1 else f"{name}-{names[name]}"
        payload = {"text": shown.text, "blocks": shown.blocks}
        yield made.sample(numbered, "message", payload)


def _moved(made: Ministry) -> Iterator[Sample]:
    """The card in a channel that the case has left."""
    case = made.opened("505", dispatched_agencies=["內政部"])
    casework.assign(made.desk, case, COORDINATOR, AGENCY)
    about = dossier(made.desk, case)
    scene = made.face.scene(about, made.face.voice(made.language))
    shown = card(scene, moved_to=about.case.agency)
    payload = {"text": shown.text, "blocks": shown.blocks}
    yield made.sample(f"card.{about.case.state}.moved_away", "message", payload)

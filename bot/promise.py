"""承諾兌現: what was promised to a citizen is on the platform, and has to be told there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot import blocks as b
from bot.ids import Button
from bot.scene import Rendered, Scene, platform_link
from opendata import texts
from opendata.rules.catalogue import PAGE
from opendata.rules.feedback import Action


def promise_kept(scene: Scene) -> Rendered:
    """What was promised has come: the text to post for the citizen, with the dataset's address."""
    case, say, facts = scene.case, scene.say, _fulfilment(scene)
    dataset = str(facts.get("dataset", ""))
    opened = date.fromisoformat(facts["opened"]) if facts.get("opened") else scene.voice.today
    told = say("promise.kept", case=case.id, title=scene.title, opened=opened, id=dataset)
    agency = texts.say("zh", "promise.agency", name=scene.voice.agency(case.agency))
    words = texts.say(
        "zh",
        "promise.reply",
        title=case.title,
        opened=opened,
        url=PAGE.format(dataset),
        agency=agency,
    )
    buttons = [*platform_link(scene), scene.button(Button.DETAILS)]
    blocks = [b.section(told), b.section(say("promise.block")), b.preformatted(words)]
    return Rendered(told, [*blocks, b.actions(buttons)])


def _fulfilment(scene: Scene) -> Mapping[str, Any]:
    """What the newest fulfilment says."""
    events = reversed(scene.dossier.events)
    return next((one.facts for one in events if one.action is Action.FULFIL), {})

"""What is said in Slack of the catalogue: why the platform's list is not taken."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import escaped
from bot.scene import Rendered
from bot.voice import Voice
from opendata import texts
from opendata.desk.catalogue_records import Refusal, Sync

SOURCE = 120


def refused(voice: Voice, why: Refusal | None, last: Sync | None) -> Rendered:
    """To the coordinators: what is wrong with the platform's list, and that nothing is lost.

    ``why`` is None when a later list was taken.
    """
    if why is None:
        told = voice.say("catalogue.accepted")
        return Rendered(told, [b.section(told)])
    told = voice.say(
        "catalogue.refused",
        source=escaped(why.source, SOURCE),
        since=why.at,
        reason=escaped(texts.fault(voice.language, why.fault)),
    )
    kept = (
        voice.say("catalogue.kept", at=last.at, n=last.ours)
        if last
        else voice.say("catalogue.nothing_yet")
    )
    return Rendered(f"{told}\n{kept}", [b.section(told), b.context(kept)])

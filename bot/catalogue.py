"""What is said in Slack of the platform's lists: why one is not taken, or rows of one."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import escaped
from bot.lists import refused_row
from bot.scene import Rendered
from bot.voice import Voice
from opendata import texts
from opendata.desk.catalogue_records import Refusal, Sync
from opendata.desk.pulling import Notice

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


def not_taken(voice: Voice, notice: Notice) -> Rendered:
    """To the coordinators: what was not taken of a dropped file, and what to do."""
    code = "inbox.rows" if notice.read else "inbox.not_a_list"
    told = voice.say(code, name=escaped(notice.name, SOURCE), n=notice.n)
    rows = [refused_row(voice, one.line, one.fault) for one in notice.rows]
    blocks = [b.section(told), b.paragraph("\n".join(rows))]
    lines = {one.line for one in notice.rows}
    if notice.n > len(lines):
        blocks.append(b.context(voice.say("inbox.more")))
    return Rendered(told, [*blocks, b.context(voice.say("inbox.then"))])

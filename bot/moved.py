"""期限變更: an officer's cases whose date a change of the calendar moved, in one message.

Which they are is found in ``opendata.desk.moved``. It shows how things stood when it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot import blocks as b
from bot.blocks import escaped
from bot.ids import Button
from bot.lists import TITLE, case_button
from bot.scene import Rendered
from bot.voice import Voice
from opendata.desk.moved import Moved

LINES = 20
"""Cases that one message shows, as a digest does."""


def moved(voice: Voice, told: Sequence[Moved]) -> Rendered:
    """The message to an officer; there is at least one case in it."""
    if len(told) == 1:
        return _alone(voice, told[0])
    heading = voice.say("moved.heading", n=len(told))
    text = voice.say("moved.text", n=len(told), cause=told[0].cause)
    blocks = [b.header(heading), b.section(text)]
    for one in told[:LINES]:
        title = escaped(one.case.title, TITLE)
        line = {"case": one.case.id, "title": title, "before": one.before, "after": one.after}
        blocks.append(b.section(voice.say("moved.line", **line), _details(voice, one)))
    if len(told) > LINES:
        blocks.append(b.context(voice.say("digest.rest", n=len(told) - LINES)))
    blocks.append(b.actions([b.button(voice.say("button.list"), Button.LIST, "list")]))
    return Rendered(text, blocks)


def _alone(voice: Voice, one: Moved) -> Rendered:
    told = voice.say(
        "moved.alone",
        case=one.case.id,
        title=escaped(one.case.title, TITLE),
        cause=one.cause,
        before=one.before,
        after=one.after,
    )
    buttons = [case_button(voice, one.case, Button.WHY), _details(voice, one)]
    return Rendered(told, [b.section(told), b.actions(buttons)])


def _details(voice: Voice, one: Moved) -> b.Block:
    return case_button(voice, one.case, Button.DETAILS)

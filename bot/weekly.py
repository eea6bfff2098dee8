"""每週概況 as Slack shows it."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import escaped
from bot.numbers import summary_blocks
from bot.scene import Rendered
from bot.voice import Voice
from opendata.desk.weekly import Week

SHOWN, NAME = 8, 40


def weekly(voice: Voice, told: Week) -> Rendered:
    """The quarter so far, what falls due this week, and which agencies are behind."""
    say, total = voice.say, told.counted.total
    heading = say("weekly.heading", date=voice.today)
    ahead = say("weekly.due", n=told.due, last=told.last)
    late = sorted(
        ((n, code) for code, n in told.overdue.items()),
        reverse=True,
    )
    lines = [ahead]
    if late:
        named = [
            say("weekly.agency", agency=escaped(voice.agency(code), NAME), n=n)
            for n, code in late[:SHOWN]
        ]
        lines.append(say("weekly.late", agencies=named))
    notice = say(
        "weekly.notice",
        heading=heading,
        n=total.within_7.n,
        d=total.within_7.d,
        late=sum(told.overdue.values()),
        due=told.due,
    )
    blocks = [
        b.header(heading),
        *summary_blocks(voice, told.counted),
        b.section("\n".join(lines)),
        b.context(say("status.foot")),
    ]
    return Rendered(notice, blocks)

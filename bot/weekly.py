"""每週概況 as Slack shows it."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import escaped
from bot.numbers import summary_blocks
from bot.scene import Rendered
from bot.voice import Voice
from opendata.desk.weekly import Since, Week
from opendata.rules.roc import local_date

SHOWN, NAME = 8, 40


def weekly(voice: Voice, told: Week) -> Rendered:
    """The week before, the quarter so far, what falls due this week, and who is behind."""
    say, total = voice.say, told.counted.total
    heading = say("weekly.heading", date=voice.today)
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
        *([b.section(_since(voice, told.since))] if told.since else []),
        *summary_blocks(voice, told.counted),
        b.section("\n".join(_waiting(voice, told))),
        b.context(say("status.foot")),
    ]
    return Rendered(notice, blocks)


def _since(voice: Voice, since: Since) -> str:
    told = {"received": since.received, "answered": since.answered}
    return voice.say("weekly.since", at=local_date(since.at), **told)


def _waiting(voice: Voice, told: Week) -> list[str]:
    """What falls due, and which agencies are late with what."""
    say = voice.say
    lines = [say("weekly.due", n=told.due, last=told.last)]
    late = sorted(told.overdue.items(), key=lambda one: (-one[1], one[0]))
    if late:
        named = [
            say("weekly.agency", agency=escaped(voice.agency(code), NAME), n=n)
            for code, n in late[:SHOWN]
        ]
        lines.append(say("weekly.late", agencies=named) + _others(voice, len(late)))
    if told.owing:
        owing = [escaped(voice.agency(code), NAME) for code in told.owing[:SHOWN]]
        lines.append(say("weekly.owing", agencies=owing) + _others(voice, len(told.owing)))
    if told.items_late:
        lines.append(say("weekly.items_late", n=told.items_late))
    if told.differing:
        lines.append(say("weekly.differing", n=told.differing))
    return lines


def _others(voice: Voice, n: int) -> str:
    return voice.say("weekly.others", n=n - SHOWN) if n > SHOWN else ""

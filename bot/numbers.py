"""The numbers of a period as Slack shows them: every rate with numerator and denominator."""

from __future__ import annotations

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.undelivered import summary
from bot.voice import Voice
from opendata.desk.reading import Status
from opendata.rules.kpi import Figures, Share

FEWEST = 5
AGENCIES = 20


def status_blocks(voice: Voice, counted: Status) -> list[Block]:
    """`/opendata status`: the ministry's numbers, and a line for each agency."""
    say, total = voice.say, counted.total
    heading = say(
        "status.heading",
        scope=voice.agency(voice.directory.root.code),
        period=_period(voice, counted.period),
        time=counted.as_of,
    )
    lines = "\n".join(_lines(voice, total))
    blocks = [b.header(heading), b.section(lines)]
    agencies = [
        say(
            "status.agency",
            agency=escaped(voice.agency(code)),
            n=line.within_7.n,
            d=line.within_7.d,
            open=line.open_in_time + line.open_late,
            late=line.open_late,
        )
        for code, line in sorted(counted.agencies.items(), key=lambda one: -one[1].received)
        if line.received
    ]
    if agencies:
        blocks.append(b.section("\n".join(agencies[:AGENCIES])))
    if counted.undelivered:
        told = summary(voice.language, voice.directory, counted.undelivered)
        blocks.append(b.context(escaped(told)))
    return [*blocks, b.context(say("status.foot"))]


def _period(voice: Voice, period: str) -> str:
    year, _, quarter = period.partition("Q")
    return voice.say("status.quarter" if quarter else "status.year", year=year, n=quarter)


def _lines(voice: Voice, total: Figures) -> list[str]:
    say = voice.say
    lines = [
        say("status.within_7", **_share(voice, total.within_7)),
        say("status.late", late=total.late, open_late=total.open_late),
        say("status.within_14", **_share(voice, total.within_14)),
        say(
            "status.not_due",
            n=total.not_due,
            early=total.answered_early,
            studying=total.under_study,
        ),
    ]
    if total.mean is not None:
        lines.append(say("status.days", mean=total.mean, median=total.median))
    if any(total.approved_by.values()):
        lines.append(say("status.approved_by", **total.approved_by))
    if total.stars:
        lines.append(
            say("status.stars", mean=total.stars_mean, n=total.stars, low=total.stars_below_3)
        )
    if total.rounds or total.refused or total.withdrawn:
        counts = {"rounds": total.rounds, "refused": total.refused, "withdrawn": total.withdrawn}
        lines.append(say("status.rounds", **counts))
    return lines


def _share(voice: Voice, share: Share) -> dict[str, object]:
    """A rate; no percentage below five cases, and none of nothing."""
    rate = ""
    if share.d >= FEWEST:
        rate = voice.say("status.rate", percent=round(100 * share.n / share.d))
    return {"n": share.n, "d": share.d, "rate": rate}

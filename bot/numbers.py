"""The numbers of a period as Slack shows them: every rate with numerator and denominator."""

from __future__ import annotations

from datetime import timedelta

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.charts import of_agencies
from bot.ids import Button, Spot
from bot.undelivered import summary
from bot.voice import Voice
from opendata import texts
from opendata.desk.numbers import Status
from opendata.desk.watching import SILENT
from opendata.rules.behind import Measure
from opendata.rules.feedback import Kind
from opendata.rules.kpi import Figures, Share

AGENCIES, NAME = 25, 60
_COLUMNS = (
    "status.column.agency",
    "status.column.within_7",
    "status.column.open",
    "status.column.late",
)
_SETTINGS: list[Block] = [{"is_wrapped": True}, *({"align": "right"} for _ in _COLUMNS[1:])]


def status_text(voice: Voice, counted: Status) -> str:
    """The ministry's numbers as a notification reads them."""
    ministry = escaped(voice.agency(counted.agency or voice.directory.root.code), NAME)
    lines = [*_lines(voice, counted.total), *datasets(voice.language, counted)]
    return "\n".join([_heading(voice, counted, ministry), *lines])


def status_blocks(
    voice: Voice, counted: Status, skipped: int = 0, *, charts: bool = True
) -> list[Block]:
    """`/opendata status`: the ministry's numbers, and a page of its agencies as a table.

    ``charts``: a chart of the agencies too.
    """
    ministry = voice.agency(counted.agency or voice.directory.root.code)
    lines = "\n".join(_lines(voice, counted.total))
    return [
        b.header(_heading(voice, counted, b.cut(ministry, NAME))),
        b.section(lines),
        *_leading(voice, counted),
        *(b.section(line) for line in datasets(voice.language, counted)),
        *(of_agencies(voice, counted.agencies) if charts and not skipped else ()),
        *_agencies(voice, counted, skipped),
        *_undelivered(voice, counted),
        *(b.context(line) for line in awake(voice.language, counted)),
        b.context(voice.say("status.foot")),
    ]


def _heading(voice: Voice, counted: Status, ministry: str) -> str:
    period = period_of(voice, counted.period)
    return voice.say("status.heading", scope=ministry, period=period, time=counted.as_of)


def summary_blocks(voice: Voice, counted: Status) -> list[Block]:
    """本季概況: the first numbers, the way to their cases, and the year's datasets."""
    total = counted.total
    lines = [
        voice.say("status.within_7", **_share(voice, total.within_7)),
        voice.say("status.late", late=total.late, open_late=total.open_late),
        *datasets(voice.language, counted),
    ]
    return [b.section("\n".join(lines)), *_leading(voice, counted)]


def _leading(voice: Voice, counted: Status) -> list[Block]:
    """Buttons to the cases behind the numbers; none where there are none."""
    buttons = [
        b.button(
            voice.say(f"button.{one.value}", n=n),
            Button(one.value),
            str(Spot("behind", (one.value, counted.period, counted.agency or ""))),
        )
        for one in Measure
        if (n := getattr(counted.total, one.value))
    ]
    return [b.actions(buttons)] if buttons else []


def _undelivered(voice: Voice, counted: Status) -> list[Block]:
    """What keeps messages from whoever should have them; nothing where all is well."""
    if not (counted.now and counted.now.undelivered):
        return []
    return [b.context(escaped(summary(voice.language, voice.directory, counted.now.undelivered)))]


def awake(language: str, counted: Status) -> list[str]:
    """That the desk is awake: when it swept last, and last found nothing wrong.

    Where it has not for as long as an alarm waits, or never has, that is said plainly.
    """
    now = counted.now
    if now is None:
        return []
    never = texts.say(language, "status.never")
    swept, beat = now.swept_at or never, now.heartbeat or never
    synced, reconciled = now.synced or never, now.reconciled or never
    lines = [
        texts.say(
            language, "status.awake", swept=swept, beat=beat, synced=synced, reconciled=reconciled
        )
    ]
    code = "status.asleep" if now.heartbeat else "status.unproven"
    if now.heartbeat is None or now.heartbeat <= counted.as_of - SILENT:
        lines.append(texts.say(language, code, n=SILENT // timedelta(minutes=1)))
    return lines


def datasets(language: str, counted: Status) -> list[str]:
    """New datasets of the year against its target; nothing where no list was taken."""
    of = counted.datasets
    if of is None or of.target is None or of.pace is None:
        return []
    told = {"gross": of.gross, "delisted": of.delisted, "net": of.net, "target": of.target.n}
    behind = of.gross < of.pace
    code = "status.datasets.behind" if behind else "status.datasets"
    lines = [texts.say(language, code, year=of.year, pace=f"{of.pace:g}", **told)]
    if of.forecast is not None:
        lines.append(texts.say(language, "status.forecast", n=of.forecast))
    return ["\n".join(lines)]


def _agencies(voice: Voice, counted: Status, skipped: int) -> list[Block]:
    """The agencies that have received anything, most first, and the way to the others."""
    say, busy = voice.say, [one for one in counted.agencies.items() if one[1].received]
    busy.sort(key=lambda one: (-one[1].received, one[0]))
    shown = busy[skipped : skipped + AGENCIES]
    if not shown:
        return []
    head = [say(column) for column in _COLUMNS]
    blocks = [b.table([head, *(_row(voice, code, line) for code, line in shown)], _SETTINGS)]
    if len(busy) > len(shown):
        place = {"first": skipped + 1, "last": skipped + len(shown), "n": len(busy)}
        blocks.append(b.context(say("status.page", **place)))
    before, after = skipped - AGENCIES, skipped + AGENCIES
    return [
        *blocks,
        *paging(
            voice,
            back=_spot(counted, max(before, 0)) if skipped else None,
            more=_spot(counted, after) if after < len(busy) else None,
        ),
    ]


def _row(voice: Voice, code: str, line: Figures) -> list[str]:
    answered, still_open = line.within_7, line.open_in_time + line.open_late
    return [
        b.cut(voice.agency(code), NAME),
        voice.say("status.share", n=answered.n, d=answered.d),
        str(still_open),
        str(line.open_late),
    ]


def _spot(counted: Status, skipped: int) -> Spot:
    agency = (counted.agency,) if counted.agency else ()
    return Spot("status", (counted.period, str(skipped), *agency))


def paging(voice: Voice, *, back: Spot | None, more: Spot | None) -> list[Block]:
    """The buttons to the page before and to the next one; nothing where there is neither."""
    buttons = [
        b.button(voice.say(f"button.{which.value}"), which, str(spot))
        for which, spot in ((Button.BACK, back), (Button.MORE, more))
        if spot
    ]
    return [b.actions(buttons)] if buttons else []


def period_of(voice: Voice, period: str) -> str:
    """115年第3季, or 115年."""
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
    if total.received:
        told = {one.value: total.kinds.get(one, 0) for one in Kind}
        lines.append(say("status.kinds", **told))
    lines += _days(voice, total)
    if any(total.approved_by.values()):
        lines.append(say("status.approved_by", **total.approved_by))
    if total.stars:
        lines.append(
            say("status.stars", mean=total.stars_mean, n=total.stars, low=total.stars_below_3)
        )
    names = ("rounds", "refused", "withdrawn", "set_aside", "extended", "transferred")
    counts = {name: getattr(total, name) for name in names}
    if any(counts.values()):
        lines.append(say("status.rounds", **counts))
    return lines


def _days(voice: Voice, total: Figures) -> list[str]:
    """How long answers took, first and in substance, and where the days went."""
    if total.mean is None:
        return []
    say, lines = voice.say, list[str]()
    lines.append(say("status.days", mean=total.mean, median=total.median))
    if total.mean_workdays is not None:
        told = {"mean": total.mean_workdays, "median": total.median_workdays}
        lines.append(say("status.workdays", **told))
    answered = total.substantive_in_time + total.substantive_late
    first = {"first": total.in_time + total.late, "n": answered}
    lines.append(say("status.substantive", **first, late=total.substantive_late))
    if total.stages:
        stages = [say("status.stage", state=one, days=days) for one, days in total.stages.items()]
        lines.append(say("status.stages", stages=stages))
    return lines


def _share(voice: Voice, share: Share) -> dict[str, object]:
    """A rate; no percentage below five cases, and none of nothing."""
    percent = share.percent
    rate = "" if percent is None else voice.say("status.rate", percent=percent)
    return {"n": share.n, "d": share.d, "rate": rate}

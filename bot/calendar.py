"""The office calendar in Slack: what is known, 停止上班 that is entered, a year before its import.

Lives here: the answer to ``/opendata calendar`` and the modals around it. What pressing and
submitting does stands in ``closures`` and ``imports``.
"""

from __future__ import annotations

from datetime import date

from bot import blocks as b
from bot.blocks import Block
from bot.explained import lines
from bot.ids import Button, Modal, Spot
from bot.numbers import paging
from bot.voice import Voice
from opendata.desk.office import Entered, Outlook, Overview, Remark
from opendata.rules.calendar import COUNTIES, Closure, Year
from opendata.texts import changed_year
from opendata.texts import closed as closed_day

ENTRIES, DAYS, MOVES, SOURCE = 15, 20, 15, 40
HALF, UNDO = "half", "undo"


def notice(voice: Voice, told: Overview) -> str:
    """The coverage and its version in one sentence."""
    first, *_, last = told.years.coverage
    return voice.say("calendar.notice", first=first, last=last, version=told.years.version)


def overview(
    voice: Voice, told: Overview, skipped: int, *, half_closes: bool, may_enter: bool
) -> list[Block]:
    """`/opendata calendar`: coverage with versions, and a page of the closures, newest first."""
    say = voice.say
    blocks = [b.header(say("calendar.heading")), b.section(notice(voice, told))]
    if told.missing:
        blocks.append(b.section(say("calendar.missing", years=[str(one) for one in told.missing])))
    blocks += lines([_year(voice, year) for _, year in sorted(told.years.years.items())])
    blocks += _closures(voice, told, skipped)
    blocks.append(b.context(half_rule(voice, half_closes=half_closes)))
    if may_enter:
        enter = b.button(say("button.closure"), Button.CLOSURE)
        blocks.append(b.actions([enter]))
    before, after = max(skipped - ENTRIES, 0), skipped + ENTRIES
    return [
        *blocks,
        *paging(
            voice,
            back=Spot("calendar", (str(before),)) if skipped else None,
            more=Spot("calendar", (str(after),)) if after < len(told.entered) else None,
        ),
    ]


def _year(voice: Voice, year: Year) -> str:
    return voice.say(
        "calendar.year",
        year=year.roc_year,
        n=len(year.off),
        version=year.version,
        source=b.cut(year.source, SOURCE),
    )


def _closures(voice: Voice, told: Overview, skipped: int) -> list[Block]:
    if not told.entered:
        return [b.section(voice.say("calendar.none"))]
    shown, n = told.entered[skipped : skipped + ENTRIES], len(told.entered)
    blocks = [b.section(voice.say("calendar.closures", n=n))]
    blocks += lines([_entered(voice, one) for one in shown])
    if n > len(shown):
        place = {"first": skipped + 1, "last": skipped + len(shown), "n": n}
        blocks.append(b.context(voice.say("calendar.page", **place)))
    return blocks


def _entered(voice: Voice, one: Entered) -> str:
    told = closed_day(voice.language, one.closure)
    if one.at is None:
        return told
    by = voice.name(one.by) if one.by else voice.say("calendar.command_line")
    return voice.say("calendar.entered", told=told, by=by, at=one.at)


def half_rule(voice: Voice, *, half_closes: bool) -> str:
    """What half a day comes to here."""
    return voice.say("calendar.half.closed" if half_closes else "calendar.half.open")


# -- closures ---------------------------------------------------------------------------------


def closure(voice: Voice, today: date, *, half_closes: bool) -> Block:
    """登錄停止上班: day and county; half a day, or an entry that was wrong."""
    say, directory = voice.say, voice.directory
    picker: Block = {
        "type": "datepicker",
        "action_id": "day",
        "initial_date": today.isoformat(),
    }
    counties = [b.option(one, one) for one in COUNTIES]
    seat = directory.seat(directory.root.code)
    county = b.select("county", counties, seat, say("placeholder.choose"))
    options = [b.option(say(f"closure.option.{one}"), one) for one in (HALF, UNDO)]
    ticks: Block = {"type": "checkboxes", "action_id": "entry", "options": options}
    rule = half_rule(voice, half_closes=half_closes)
    return b.modal(
        say("modal.closure"),
        [
            b.field("day", say("field.day"), picker),
            b.field("county", say("field.county"), county, hint=say("field.county.hint")),
            b.field("entry", say("field.entry"), ticks, hint=rule, optional=True),
        ],
        submit=say("button.confirm"),
        close=say("button.cancel"),
        callback=Modal.CLOSURE,
    )


def closed(voice: Voice, one: Closure, said: Remark, seen: Outlook) -> Block:
    """What became of an entry, and how many cases are recounted for it."""
    told = voice.say(f"closure.{said}", day=one.day, county=one.county)
    blocks = [b.section(told), *_moves(voice, seen)]
    if said not in (Remark.KNOWN, Remark.NOT_ENTERED):
        blocks.append(b.context(voice.say("outlook.later")))
    return b.modal(voice.say("modal.closure"), blocks, close=voice.say("button.close"))


def _moves(voice: Voice, seen: Outlook) -> list[Block]:
    """The open cases that get another date, and how many were not listed or not looked at."""
    say, moves = voice.say, seen.moves
    blocks = [b.section(say("outlook.moves", n=len(moves)) if moves else say("outlook.none"))]
    blocks += lines(
        [
            say("outlook.move", case=one.case.id, before=one.case.due_now, after=one.to)
            for one in moves[:MOVES]
        ]
    )
    if (more := len(moves) - MOVES) > 0:
        blocks.append(b.context(say("outlook.more", n=more)))
    if seen.settled:
        blocks.append(b.context(say("outlook.settled", n=seen.settled)))
    if seen.unread:
        blocks.append(b.context(say("outlook.unread", n=seen.unread)))
    if seen.more:
        blocks.append(b.context(say("outlook.unseen", n=seen.looked_at)))
    return blocks


# -- a year -----------------------------------------------------------------------------------


def year_preview(voice: Voice, year: Year, known: Year | None, seen: Outlook, mark: str) -> Block:
    """辦公日曆表預覽: what the year changes, and which open cases move, before it is imported."""
    heading, *days = changed_year(voice.language, year, known)
    blocks = lines([heading, *days[:DAYS]])
    if (more := len(days) - DAYS) > 0:
        blocks.append(b.context(voice.say("calendar.more_days", n=more)))
    return b.modal(
        voice.say("modal.calendar"),
        [*blocks, *_moves(voice, seen)],
        submit=voice.say("button.confirm_import"),
        close=voice.say("button.cancel"),
        callback=Modal.CALENDAR,
        metadata=mark,
    )


def year_imported(voice: Voice) -> Block:
    """A year that was confirmed is in."""
    told = voice.say("import.calendar", taken=1, refused=0)
    blocks = [b.section(told), b.context(voice.say("outlook.later"))]
    return b.modal(voice.say("modal.import"), blocks, close=voice.say("button.close"))

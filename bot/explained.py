"""為什麼是這一天 in Slack: every day of a period, counted or not, and what moved the date since.

A message and a modal show the same; what is told stands in ``opendata.desk.explained``.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot import blocks as b
from bot.blocks import Block
from bot.voice import Voice
from opendata.desk.explained import Explained, Moved, MovedBy
from opendata.rules.deadline import Deadline, Mode
from opendata.rules.feedback import Case, Due
from opendata.rules.roc import BEFORE_YEAR_1
from opendata.texts import explained_days

HEAD, TAIL, A_PARAGRAPH, LINE, MOVE = 15, 45, 30, 90, 225
"""Days that are listed at the beginning and at the end of a long period; lines to a paragraph, the
length of one, and that of a line that tells a move with both dates."""
_MOVED = {
    MovedBy.EXTENDED: "why.extended",
    MovedBy.STUDIED: "why.studied",
    MovedBy.RECOMPUTED: "why.recomputed",
    MovedBy.ORIGINAL: "why.recomputed.original",
}


def of_case(voice: Voice, case: Case, told: Explained) -> list[Block]:
    """A case's date: day by day, then what moved it, and the platform's date beside it."""
    counted, due = told.counted, case.due
    blocks = [b.section(voice.say("why.heading", case=case.id, due=case.due_now))]
    if case.due_now != due.original:
        blocks.append(b.section(voice.say("why.both", original=due.original, now=case.due_now)))
    moves = [*(_moved(voice, one) for one in told.moves), *_as_approved(voice, due)]
    blocks += lines(moves, MOVE)
    blocks += [_clock(voice, due.days, due.mode), *_days(voice, counted)]
    blocks.append(b.context(voice.say("why.platform", days=due.platform_days, due=due.platform)))
    if counted.calendar_version != due.calendar_version and counted.due_on != due.original:
        blocks.append(b.context(voice.say("why.outdated", version=due.calendar_version)))
    return blocks


def of_date(voice: Voice, counted: Deadline, days: int, mode: Mode) -> list[Block]:
    """When something would be due."""
    heading = voice.say("why.if", date=counted.steps[0].date, due=counted.due_on)
    return [b.section(heading), _clock(voice, days, mode), *_days(voice, counted)]


def _clock(voice: Voice, days: int, mode: Mode) -> Block:
    term = voice.say(f"case.term.{mode.value}", days=days)
    return b.context(voice.say("case.clock", term=term))


def _days(voice: Voice, counted: Deadline) -> list[Block]:
    told = explained_days(voice.language, counted)
    between = len(told) - HEAD - TAIL
    if between > 0:
        told = [*told[:HEAD], voice.say("why.between", n=between), *told[-TAIL:]]
    blocks = [*lines(told), b.context(voice.say("why.calendar", version=counted.calendar_version))]
    if counted.provisional:
        years = sorted({one.date.year - BEFORE_YEAR_1 for one in counted.steps})
        unknown = [str(one) for one in years if one not in voice.calendar.years]
        blocks.append(b.context(voice.say("why.provisional", years=unknown)))
    return blocks


def _as_approved(voice: Voice, due: Due) -> list[str]:
    """What was promised or granted, where another date is worked towards."""
    if due.study:
        if due.promised in (None, due.study):
            return []
        code = "why.promised" if due.study < due.promised else "why.promised.rolled"
        return [voice.say(code, promised=due.promised, study=due.study)]
    if due.granted in (None, due.on):
        return []
    code = "why.granted.original" if due.on == due.original else "why.granted"
    return [voice.say(code, granted=due.granted, on=due.on)]


def _moved(voice: Voice, moved: Moved) -> str:
    return voice.say(
        _MOVED[moved.by], at=moved.at, before=moved.before, after=moved.after, cause=moved.cause
    )


def lines(told: Sequence[str], most: int = LINE) -> list[Block]:
    """Lines of at most so many signs in which nothing is parsed, some to a paragraph."""
    cut, together = [b.cut(one, most) for one in told], A_PARAGRAPH * LINE // most
    starts = range(0, len(cut), together)
    return [b.paragraph("\n".join(cut[at : at + together])) for at in starts]

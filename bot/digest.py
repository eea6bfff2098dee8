"""The digest: in one message what somebody is to know on a morning, or at the afternoon's check.

Which cases stand in it, and under which heading, is planned in ``opendata.desk.digests``; a digest
of one case alone is the reminder of that case: see ``reminders``. It shows how things stood when it
was sent, and is never brought up to date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.ids import Button
from bot.lists import AGENCY, TITLE, case_button
from bot.scene import Rendered
from bot.voice import Voice
from opendata.desk.digests import Digest, Section
from opendata.rules.calendar import CLOSURE, DAY_OFF, WEEKDAYS, OfficeCalendar
from opendata.rules.feedback import Case, State

LINES = 20
"""Cases that one message shows; with their buttons they stay below what Slack takes."""
HOLIDAY = 20
_UNNAMED = frozenset({*WEEKDAYS, CLOSURE, DAY_OFF, "補假"})
_OPENED_BY = {
    Section.TO_APPROVE: Button.DECIDE,
    Section.TO_REVIEW: Button.DECIDE,
}


def digest(voice: Voice, plan: Digest) -> Rendered:
    """The digest of a person or a channel; it holds something.

    Args:
        voice: of the reader, on the calendar of where they work.
        plan: what is to be told.
    """
    total = sum(map(len, plan.sections.values()))
    code = "digest.afternoon" if plan.afternoon else "digest.heading"
    number = voice.say("digest.many" if plan.more else "digest.all", n=total)
    heading = voice.say(code if total else "digest.none", date=plan.day, number=number)
    blocks = [b.header(heading), *_notes(voice, plan)]
    blocks += _by_date(voice, plan) if plan.back else _by_heading(voice, plan)
    if total:
        blocks.append(b.actions([b.button(voice.say("button.list"), Button.LIST, "list")]))
    counts = (_heading(voice, section, cases) for section, cases in plan.sections.items())
    wanted = _wanted(voice, plan)
    return Rendered("｜".join([heading, *counts, *wanted]), blocks)


def _heading(voice: Voice, section: Section, cases: Sequence[Case]) -> str:
    return voice.say(f"digest.{section}", n=len(cases))


def _by_heading(voice: Voice, plan: Digest) -> Iterator[Block]:
    """Each heading with its cases; where there are many headings, each shows its first ones."""
    most = LINES // max(1, len(plan.sections))
    for section, cases in plan.sections.items():
        yield b.section(f"*{_heading(voice, section, cases)}*")
        if section is Section.NOBODY_MAY:
            yield b.context(voice.say("digest.nobody_may.do"))
        yield from (_line(voice, plan, section, case) for case in cases[:most])
        yield from _rest(voice, len(cases) - most)


def _by_date(voice: Voice, plan: Digest) -> Iterator[Block]:
    """On the first day back all cases in one list by due date."""
    if Section.NOBODY_MAY in plan.sections:
        yield b.section(
            f"*{_heading(voice, Section.NOBODY_MAY, plan.sections[Section.NOBODY_MAY])}*"
        )
        yield b.context(voice.say("digest.nobody_may.do"))
    found = [(case, section) for section, cases in plan.sections.items() for case in cases]
    found.sort(key=lambda one: (one[0].due_now, one[0].id))
    yield from (_line(voice, plan, section, case) for case, section in found[:LINES])
    yield from _rest(voice, len(found) - LINES)


def _line(voice: Voice, plan: Digest, section: Section, case: Case) -> Block:
    """A case, and where it is if not at home; whose it is stands there for nobody."""
    own = plan.to is None or plan.to.agency == case.agency
    told = voice.say(
        "digest.line.own" if own else "digest.line",
        case=case.id,
        title=escaped(case.title, TITLE),
        left=voice.left(case.due_now),
        due=voice.due(case),
        state=case.state,
        agency=escaped(voice.agency(case.agency), AGENCY),
    )
    button = _OPENED_BY.get(section, Button.DETAILS)
    if plan.to is None and case.state is State.RECEIVED:
        button = Button.CLAIM
    return b.section(told, case_button(voice, case, button))


def _rest(voice: Voice, n: int) -> list[Block]:
    return [b.context(voice.say("digest.rest", n=n))] if n > 0 else []


# -- what is said before the cases ------------------------------------------------------------


def noted(plan: Digest) -> bool:
    """Whether there is more to be said than what becomes of the cases."""
    before_break = plan.break_until is not None and not plan.afternoon
    return before_break or plan.back or plan.more


def _notes(voice: Voice, plan: Digest) -> Iterator[Block]:
    if plan.back and plan.sections:
        yield b.section(voice.say("digest.back"))
    if plan.break_until is not None and plan.sections and not plan.afternoon:
        yield from _break(voice, plan, plan.break_until)
    yield from _nudge(voice, plan)


def nudging(voice: Voice, plan: Digest, reminder: Rendered) -> Rendered:
    """The reminder of one case, and below it the calendar that the coordinator should import."""
    text = "｜".join([reminder.text, *_wanted(voice, plan)])
    return replace(reminder, text=text, blocks=[*reminder.blocks, *_nudge(voice, plan)])


def _nudge(voice: Voice, plan: Digest) -> Iterator[Block]:
    for wanted in _wanted(voice, plan):
        yield b.section(f"*{wanted}*\n{voice.say('digest.wanted_year.do')}")


def _break(voice: Voice, plan: Digest, first: date) -> Iterator[Block]:
    """The last workday before a break: what falls due on the first day back."""
    due = sum(case.due_now == first for case in plan.cases)
    told = {
        "holiday": _holiday(voice, plan.calendar, plan.day, first),
        "begin": plan.day + timedelta(days=1),
        "end": first - timedelta(days=1),
        "first": first,
    }
    yield b.section(voice.say("digest.break" if due else "digest.break.none", n=due, **told))
    yield b.context(voice.say("digest.break.new", first=first))


def _holiday(voice: Voice, calendar: OfficeCalendar, last: date, first: date) -> str:
    """What a break between two workdays is called: by the name that most of its days have."""
    days = (last + timedelta(days=n) for n in range(1, (first - last).days))
    reasons = (calendar.day_off_reason(day) or DAY_OFF for day in days)
    named = Counter(reason for reason in reasons if reason not in _UNNAMED)
    if not named:
        return voice.say("digest.holiday")
    return voice.say("digest.holiday.named", name=escaped(named.most_common(1)[0][0], HOLIDAY))


def _wanted(voice: Voice, plan: Digest) -> list[str]:
    """The calendar that the coordinator should import."""
    year = plan.wanted_year
    return [] if year is None else [voice.say("digest.wanted_year", year=year)]

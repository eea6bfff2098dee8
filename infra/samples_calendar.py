"""Samples of the office calendar: closures, a year before its import, and dates explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot import calendar
from bot.explained import of_date
from bot.ids import Button
from infra.samples_desk import COORDINATOR, OFFICER, Ministry, Sample
from infra.samples_steps import approved, extended, published, submitted
from opendata.desk import casework, office, recompute, roster
from opendata.desk.office import Outlook
from opendata.desk.ports import Put
from opendata.desk.records import closure_row
from opendata.rules import deadline
from opendata.rules.calendar import COUNTIES, Closure, shipped
from opendata.rules.deadline import Mode


def calendars(made: Ministry) -> Iterator[Sample]:
    """停止上班 as it is asked for and entered, a year before its import, and the list of all."""
    yield made.modal("closure", made.press(COORDINATOR, Button.CLOSURE, "-"))
    yield made.answer("closure-refused", made.press(OFFICER, Button.CLOSURE, "-"))
    yield from _entries(made)
    voice, year = made.face.voice_of(COORDINATOR), shipped().years[115]
    named = dict.fromkeys((day.date for day in year.days()), made.words.agency[:20])
    seen = office.outlook(made.desk, office.with_years(made.desk, [replace(year, off=named)]), 20)
    for name, before, after, moves in (
        ("new", None, year, Outlook((), 0, 0)),
        ("same", year, year, Outlook((), 2, 2)),
        (
            "other",
            year,
            replace(year, off=named),
            replace(seen, moves=seen.moves[:3], more=True, unread=2),
        ),
    ):
        shown = calendar.year_preview(voice, after, before, moves, "-")
        yield made.modal(f"year_preview-{name}", shown)
    yield made.modal("year_imported", calendar.year_imported(voice))
    yield made.answer("calendar-nothing", made.command(OFFICER, "calendar"))


def _entries(made: Ministry) -> Iterator[Sample]:
    """Every remark on an entry, with the cases that it moves."""
    case = made.case("S7400")
    platform, due, saturday = case.due.platform, case.due.on, date(2026, 3, 7)
    for name, day, ticked in (
        ("entered", due, ()),
        ("known", due, ()),
        ("half", platform, (calendar.HALF,)),
        ("whole", platform, ()),
        ("halved", platform, (calendar.HALF,)),
        ("off_anyway", saturday, ()),
        ("not_entered", date(2026, 3, 4), (calendar.UNDO,)),
        ("taken_back", due, (calendar.UNDO,)),
        ("taken_back_too", platform, (calendar.UNDO,)),
        ("taken_back_last", saturday, (calendar.UNDO,)),
    ):
        view = made.press(COORDINATOR, Button.CLOSURE, "-")
        shown = made.submit(
            COORDINATOR,
            view,
            day={"type": "datepicker", "selected_date": day.isoformat()},
            county={"type": "static_select", "selected_option": {"value": "臺北市"}},
            entry={"type": "checkboxes", "selected_options": [{"value": one} for one in ticked]},
        )
        yield made.modal(f"closed-{name}", shown)


def dates(made: Ministry) -> Iterator[Sample]:
    """A date instead of a case, neither of both, the longest period; and many closures."""
    yield made.answer("due-date", made.command(OFFICER, "due 115/2/13"))
    yield made.answer("due-wrong", made.command(OFFICER, f"due {made.words.title[:60]}"))
    voice, working = made.face.voice_of(OFFICER), Mode.WORKING
    counted = deadline.due(made.clock(), made.desk.calendar(), deadline.MOST_DAYS, working)
    blocks = of_date(voice, counted, deadline.MOST_DAYS, working)
    yield made.answer("due-long", {"text": blocks[0]["text"]["text"], "blocks": blocks})
    for county in COUNTIES:
        by = COORDINATOR if county < "臺" else None
        half = county == "臺北市"
        roster.close(made.desk, [Closure(date(2026, 3, 2), county, half)], by)
    made.desk.store.commit(Put(closure_row(Closure(date(2026, 3, 1), "連江縣"))))
    yield made.answer("calendar-full", made.command(COORDINATOR, "calendar"))


def moved_dates(made: Ministry, studied: str) -> Iterator[Sample]:
    """Why a case is due on another date than was promised, or than was granted to it."""
    case = made.opened("633")
    casework.claim(made.desk, case, OFFICER)
    original = made.case(case).due.on
    granted = made.desk.calendar().workday_after(original, 1)
    extended(made, case, granted)
    submitted(made, case)
    approved(made, case)
    published(made, case, OFFICER)
    year, promised = shipped().years[115], made.case(studied).due_now
    for name, about, off in (
        ("promised", studied, [promised]),
        ("granted", case, [granted]),
        ("granted_original", case, [original, granted]),
    ):
        named = dict.fromkeys(off, made.words.agency[:20])
        changed = replace(year, off={**year.off, **named})
        recompute.perform(made.desk, roster.import_year(made.desk, changed))
        yield made.modal(f"why-{name}", made.press(OFFICER, Button.WHY, made.ref(about)))
    recompute.perform(made.desk, roster.import_year(made.desk, year))

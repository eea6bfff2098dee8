"""Samples of reminders and digests: a case alone on each of its days, and many on a morning.

And what an officer is told of dates that moved, one or many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.moved import moved as moved_message
from bot.plans import digest_message
from bot.reminders import reminder
from bot.scene import Rendered
from infra.samples_desk import (
    AGENCY,
    BEGIN,
    CHANNELS,
    CIO,
    COORDINATOR,
    DEPUTY,
    HEAD,
    LEGAL,
    OFFICER,
    Ministry,
    Sample,
)
from infra.samples_steps import (
    PLAIN,
    approved,
    extended,
    opening,
    passed,
    published,
    refusal,
    study,
    submitted,
    written,
)
from opendata.desk import casework, outbox, recompute, roster
from opendata.desk.digests import digest
from opendata.desk.moved import TOGETHER, moved
from opendata.desk.outbox import Intent, Message
from opendata.desk.reading import dossier
from opendata.rules.calendar import Closure, shipped
from opendata.rules.people import Deputy, Form
from opendata.rules.roc import TAIPEI

MANY = 23
"""Cases of an officer: more than a digest shows."""
DAYS = {
    "three_before": datetime(2026, 3, 4, 9, tzinfo=TAIPEI),
    "one_before": datetime(2026, 3, 6, 9, tzinfo=TAIPEI),
    "due": datetime(2026, 3, 9, 9, tzinfo=TAIPEI),
    "afternoon": datetime(2026, 3, 9, 14, tzinfo=TAIPEI),
    "overdue": datetime(2026, 3, 11, 9, tzinfo=TAIPEI),
}
MORNINGS = {
    "soon": datetime(2026, 3, 4, 9, tzinfo=TAIPEI),
    "due": datetime(2026, 3, 9, 9, tzinfo=TAIPEI),
    "late": datetime(2026, 3, 13, 9, tzinfo=TAIPEI),
    "before_break": datetime(2026, 4, 2, 9, tzinfo=TAIPEI),
    "back": datetime(2026, 4, 7, 9, tzinfo=TAIPEI),
    "next_year": datetime(2026, 7, 1, 9, tzinfo=TAIPEI),
    "afternoon": DAYS["afternoon"],
    "bridge": datetime(2026, 3, 19, 9, tzinfo=TAIPEI),
}
WAITS = "S8402"
"""One of the many, which waits for approval."""
BRIDGE = date(2026, 3, 20)
"""A Friday off that has no name."""
TOLD = (
    ("officer", OFFICER, "late"),
    *(("officer", OFFICER, one) for one in ("due", "before_break", "back", "afternoon")),
    *(("channel", CHANNELS[AGENCY], one) for one in ("soon", "back")),
    *(("coordinator", COORDINATOR, one) for one in ("soon", "late", "next_year")),
    *(("head", HEAD, one) for one in ("soon", "late")),
    *(("cio", CIO, one) for one in ("soon", "late")),
    ("legal", LEGAL, "soon"),
    ("officer", OFFICER, "bridge"),
)


def reminders(made: Ministry) -> Iterator[Sample]:
    """The reminder of a case in each of its states, to whoever has it and to who is told too."""
    due = DAYS["due"].date()
    roster.import_deputies(made.desk, [Deputy(CIO, DEPUTY, due, due, Form.ACTING_FOR_ABSENT)])
    for name, holder, case in _one_of_each(made):
        days = DAYS if made.content == PLAIN else {"due": DAYS["due"]}
        for day, at in days.items():
            made.clock.at = at
            shown = _reminder(made, case, holder, afternoon=day == "afternoon")
            yield _sample(made, f"reminder.{name}.{day}", shown)
        if made.content == PLAIN:
            yield _sample(made, f"reminder.{name}.told_too", _reminder(made, case, COORDINATOR))
        made.clock.at = BEGIN


def _reminder(made: Ministry, case: str, to: str | None, *, afternoon: bool = False) -> Rendered:
    voice = made.face.voice_of(to) if to else made.face.voice(made.language)
    person = made.desk.directory().person(to) if to else None
    scene = made.face.scene(dossier(made.desk, case), voice)
    return reminder(scene, person, afternoon=afternoon)


def _one_of_each(made: Ministry) -> Iterator[tuple[str, str | None, str]]:
    """A case in each state, and who has it; it is made when it is asked for."""
    yield "received", None, made.opened("801")
    yield "unassigned", COORDINATOR, made.opened("802", dispatched_agencies=["內政部"])
    yield "claimed", OFFICER, _claimed(made, "803")
    drafted = _claimed(made, "804")
    written(made, drafted, opening(made))
    yield "drafted", OFFICER, drafted
    cosigned = _claimed(made, "805")
    written(made, cosigned, refusal(made))
    yield "cosign", LEGAL, cosigned
    yield "in_review", HEAD, _submitted(made, "806")
    waits = _submitted(made, "807")
    passed(made, waits)
    yield "awaiting", CIO, waits
    done = _submitted(made, "808")
    approved(made, done)
    yield "approved", OFFICER, done
    notice = _claimed(made, "809")
    extended(made, notice, datetime(2026, 3, 12, tzinfo=TAIPEI).date())
    yield "extended", OFFICER, notice


def _claimed(made: Ministry, number: str) -> str:
    case = made.opened(number)
    casework.claim(made.desk, case, OFFICER)
    return case


def _submitted(made: Ministry, number: str) -> str:
    case = _claimed(made, number)
    written(made, case, opening(made))
    submitted(made, case)
    return case


# -- several cases ----------------------------------------------------------------------------


def digests(made: Ministry) -> Iterator[Sample]:
    """What some are told on some mornings, and at an afternoon's check."""
    _fill(made)
    year = shipped().years[115]
    roster.import_year(made.desk, replace(year, off={**year.off, BRIDGE: ""}))
    for name, who, morning in TOLD if made.content == PLAIN else TOLD[:1]:
        made.clock.at = MORNINGS[morning]
        afternoon = morning == "afternoon"
        yield from _digest(made, f"{name}.{morning}", who, afternoon=afternoon)
    if made.content == PLAIN:
        made.clock.at = MORNINGS["soon"]
        cio = made.desk.directory().person(CIO)
        roster.import_people(made.desk, [replace(cio, active=False)] if cio else [])
        yield from _digest(made, "coordinator.nobody_may", COORDINATOR)
        yield _sample(made, "nobody_may.reminder", _reminder(made, WAITS, COORDINATOR))
        made.clock.at = MORNINGS["back"]
        yield from _digest(made, "coordinator.nobody_may.back", COORDINATOR)


def _digest(made: Ministry, name: str, who: str, *, afternoon: bool = False) -> Iterator[Sample]:
    person = made.desk.directory().person(who) is not None
    at = made.clock().astimezone(TAIPEI)
    asked: Intent = outbox.digest(who, at, afternoon=afternoon, person=person)
    plan = digest(made.desk, asked)
    if not plan.empty:
        yield _sample(made, f"digest.{name}", digest_message(made.face, plan, who))


def moved_dates(made: Ministry) -> Iterator[Sample]:
    """What an officer is told when offices are closed on the day on which cases are due."""
    numbers = {"alone": ["8600"], "many": [f"87{n:02}" for n in range(MANY)]}
    for (name, some), hours in zip(numbers.items(), (0, 24), strict=True):
        made.clock.at = BEGIN + timedelta(hours=hours)
        cases = [_claimed(made, number) for number in some]
        closed = Closure(made.case(cases[0]).due.on, "臺北市")
        if task := roster.close(made.desk, [closed]):
            recompute.perform(made.desk, task)
        made.clock.at += TOGETHER
        waiting = outbox.waiting(made.desk, 1000)
        *_, asked = (one for one in waiting if one.kind is Message.MOVED)
        voice = made.face.voice(made.language)
        yield _sample(made, f"moved.{name}", moved_message(voice, moved(made.desk, asked)))


def _fill(made: Ministry) -> None:
    """Many cases of an officer, and some in every place where a case waits."""
    for n in range(MANY):
        _claimed(made, f"81{n:02}")
    for n in range(3):
        made.opened(f"82{n:02}")
    made.opened("8300", dispatched_agencies=["內政部"])
    cosigned = _claimed(made, "8400")
    written(made, cosigned, refusal(made))
    _submitted(made, "8401")
    passed(made, _submitted(made, "8402"))
    approved(made, _submitted(made, "8403"))
    studied = _claimed(made, "8404")
    written(made, studied, study(made))
    submitted(made, studied)
    approved(made, studied)
    published(made, studied, OFFICER)
    made.clock.at = datetime(2026, 3, 31, 10, tzinfo=TAIPEI)
    for n in range(2):
        _claimed(made, f"85{n:02}")
    approved(made, _submitted(made, "8502"))


def _sample(made: Ministry, name: str, shown: Rendered) -> Sample:
    return made.sample(name, "message", {"text": shown.text, "blocks": shown.blocks})

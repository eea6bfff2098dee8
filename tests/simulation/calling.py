"""When a case has to call for somebody: a second reading of rule R10, and what it finds wrong.

Written apart from ``rules.reminders``. It knows only a case's events, the closures with the instant
at which they were entered, and when the sweep ran; workdays are places in a sorted list.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from opendata.rules.feedback import Event
from opendata.rules.roc import TAIPEI
from tests.due_oracle import Oracle

NINE, TWO, SIX = time(9), time(14), time(18)
NEVER = datetime.max.replace(tzinfo=TAIPEI)
ONE = timedelta(days=1)
_OPEN = {
    *("received", "in_progress", "in_review", "awaiting_approval"),
    *("approved", "under_study"),
}
# What shows that somebody is at work on the case, beside its moves from state to state.
_PROGRESS = {"draft", "extend", "cosign", "keep", "reassign", "snooze"}


@dataclass(frozen=True, eq=False)
class Office:
    """The workdays of an office, as they were known at a time."""

    workdays: Sequence[date]

    @cached_property
    def _known(self) -> frozenset[date]:
        return frozenset(self.workdays)

    def open_on(self, day: date) -> bool:
        return day in self._known

    def before(self, day: date, count: int) -> date:
        return self.workdays[bisect_left(self.workdays, day) - count]

    def after(self, day: date, count: int) -> date:
        return self.workdays[bisect_right(self.workdays, day) + count - 1]

    def hours(self, at: datetime) -> bool:
        """Whether the office is open at an instant."""
        local = at.astimezone(TAIPEI)
        return self.open_on(local.date()) and NINE <= local.time() < SIX

    def told_on(self, at: datetime) -> date:
        """The day on which somebody hears of what is sent at an instant."""
        local = at.astimezone(TAIPEI)
        today = self.open_on(local.date()) and local.time() < SIX
        return local.date() if today else self.after(local.date(), 1)


class Entered(NamedTuple):
    """A closure, and when the desk was told of it."""

    at: datetime
    day: date
    county: str


@dataclass
class Offices:
    """The workdays of every place at every time."""

    plain: Oracle
    closures: list[Entered] = field(default_factory=list)
    _made: dict[tuple[int, frozenset[str]], Office] = field(default_factory=dict)

    def at(self, when: datetime, counties: frozenset[str]) -> Office:
        """As the desk knew them just before an instant."""
        known = bisect_left(self.closures, when, key=lambda one: one.at)
        if (known, counties) not in self._made:
            closed = {one.day for one in self.closures[:known] if one.county in counties}
            days = [day for day in self.plain.workdays if day not in closed]
            self._made[known, counties] = Office(days)
        return self._made[known, counties]

    def changed(self, after: datetime, upto: datetime) -> bool:
        """Whether a closure was entered in between, the ends included."""
        return any(after <= one.at <= upto for one in self.closures)


class Swept(NamedTuple):
    """A run of the sweep that came to its end."""

    begin: datetime
    end: datetime


class Quiet(NamedTuple):
    """The mornings on which somebody who had the case wanted no reminder; on the last, one."""

    since: datetime
    until: date
    ended: datetime = NEVER


@dataclass(frozen=True)
class Standing:
    """What a case was from one event to the next.

    ``since`` is when it came to that; ``began`` is where the round begins, before which nothing
    counts; ``reminded``: it came to that by a reminder, or by what a reminder brought about.
    """

    since: datetime
    state: str
    round: int
    due: date
    began: datetime
    progressed: datetime
    officer: str | None = None
    waits: bool = False
    quiet: Quiet | None = None
    asked: datetime | None = None
    reminded: bool = False


def happened_at(event: Event) -> datetime:
    """When the desk did it; a reminder is dated to its milestone."""
    fired = event.facts.get("fired_at")
    return datetime.fromisoformat(fired) if fired else event.at


def standings(events: Sequence[Event]) -> list[Standing]:
    """What the case was after each of its events."""
    first = events[0]
    due = date.fromisoformat(first.changes["due"]["on"])
    told = [Standing(first.at, "received", 1, due, first.at, first.at)]
    for event in events[1:]:
        told.append(_after(told[-1], event))
    return told


def _after(one: Standing, event: Event) -> Standing:
    """What an event makes of a case."""
    when, said = happened_at(event), event.changes
    clock = event.actor == "clock" and event.action in ("remind", "release")
    now = replace(one, since=when, reminded=clock, officer=said.get("officer", one.officer))
    if "due" in said:
        now = replace(now, due=date.fromisoformat(said["due"]["study"] or said["due"]["on"]))
    if "draft" in said:
        saved = said["draft"] or {"needs_cosign": False}
        now = replace(now, waits=saved["needs_cosign"] and not saved["cosigned_by"])
    if "state" in said or event.action in _PROGRESS:
        now = replace(now, state=said.get("state", one.state), progressed=when, asked=None)
    if event.facts.get("milestone", "").startswith("idle@"):
        now = replace(now, asked=when)
    if event.action == "new_round":
        return replace(now, round=said["round"], began=when, quiet=None)
    return replace(now, quiet=_quiet(one.quiet, event, when))


def _quiet(before: Quiet | None, event: Event, when: datetime) -> Quiet | None:
    if event.action == "snooze":
        goes_on = before is not None and before.until >= when.astimezone(TAIPEI).date()
        until = date.fromisoformat(event.changes["snooze"]["until"])
        return Quiet(before.since if before and goes_on else when, until)
    if before and ("state" in event.changes or event.action == "reassign"):
        return before._replace(ended=min(before.ended, when))
    return before


def called(at: datetime, one: Standing, office: Office) -> set[str]:
    """What the case calls for at nine or two o'clock of a day, by name."""
    day = at.date()
    if one.state not in _OPEN or not office.open_on(day) or at <= one.began:
        return set()
    if at.time() == TWO:
        names = {"due_afternoon"} if day == one.due else set()
    else:
        names = {*_morning(day, one, office), *_idle(day, one, office)}
    return {f"{name}@{day:%Y%m%d}" for name in names}


def _morning(day: date, one: Standing, office: Office) -> Iterator[str]:
    if day >= one.due:
        yield "overdue" if day > one.due else "due_morning"
        return
    nine = datetime.combine(day, NINE, TAIPEI)
    if one.quiet and one.quiet.since < nine < one.quiet.ended:
        chosen = one.quiet.until
        chosen = chosen if office.open_on(chosen) else office.after(chosen, 1)
        if day == chosen:
            yield "snoozed"
        if day <= chosen:
            return
    left = {office.before(one.due, 1): "one_before", office.before(one.due, 3): "three_before"}
    if day in left:
        yield left[day]
    elif (day - office.before(day, 1)).days > 3:
        yield "first_day_back"
    elif (office.after(day, 1) - day).days > 3 and one.due <= office.after(day, 3):
        yield "before_break"


def _idle(day: date, one: Standing, office: Office) -> Iterator[str]:
    if one.state != "in_progress" or one.officer is None or one.waits:
        return
    if one.asked is not None:
        if day >= office.after(office.told_on(one.asked), 1):
            yield "given_back"
    elif day >= office.after(_rested_until(one), 3):
        yield "idle"


def _rested_until(one: Standing) -> date:
    """The last day on which something was done, or on which nothing was to be asked before."""
    last, quiet = one.progressed.astimezone(TAIPEI).date(), one.quiet
    return max(last, quiet.until) if quiet and quiet.ended == NEVER else last


class Finding(NamedTuple):
    """What is wrong with the reminders of a case."""

    what: str
    case: str
    name: str
    at: datetime


class Call(NamedTuple):
    """A case has called for whoever has it, by some milestones.

    ``since`` is when the first of them was, and ``at`` when the sweep found it.
    """

    since: datetime
    at: datetime
    case: str
    agency: str
    standing: Standing
    kinds: frozenset[str]


@dataclass
class Auditor:
    """Holds what the desk did against what should have happened.

    Attributes:
        counted: how many milestones of each kind came to pass; found: what was wrong.
        calls: when a case called for whoever has it, and what it was then.
        by_people: the events that the clock did not bring about, by case and version.
        moved: by case, when anything but a reminder happened to it.
    """

    offices: Offices
    sweeps: Sequence[Swept]
    upto: datetime
    counted: Counter[str] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    by_people: set[tuple[str, int]] = field(default_factory=set)
    moved: dict[str, list[datetime]] = field(default_factory=dict)

    def audit(self, events: Sequence[Event], seats: frozenset[str]) -> None:
        """Go through one case."""
        told = standings(events)
        self.found += self._findings(events, told, seats)
        self.by_people |= {(one.case, one.version) for one in events if _of_people(one)}
        agency = events[0].changes["agency"]
        calls: dict[datetime, list[Event]] = {}
        for event in filter(_calls, events):
            calls.setdefault(happened_at(event), []).append(event)
        for when, reminders in sorted(calls.items()):
            standing, since = _between(told, when, when)[-1], min(one.at for one in reminders)
            kinds = frozenset(one.facts["milestone"].partition("@")[0] for one in reminders)
            self.calls.append(Call(since, when, events[0].case, agency, standing, kinds))
        moved = (event for event in events if event.action != "remind")
        self.moved[events[0].case] = [happened_at(event) for event in moved]

    def changed(self, case: str, after: datetime, upto: datetime) -> bool:
        """Whether anything but a reminder happened to a case in between."""
        return any(after < at <= upto for at in self.moved[case])

    def _findings(
        self, events: Sequence[Event], told: list[Standing], seats: frozenset[str]
    ) -> Iterator[Finding]:
        fired = set()
        for before, event in zip(told, events[1:], strict=False):
            if event.action == "remind":
                name = (before.round, event.facts["milestone"])
                if name in fired:
                    yield _finding("doubled", event)
                fired.add(name)
                self.counted[name[1].partition("@")[0]] += 1
                yield from self._fired(before, event, told, seats)
        yield from self._missed(events[0].case, told, fired, seats)

    def _fired(
        self, before: Standing, event: Event, told: list[Standing], seats: frozenset[str]
    ) -> Iterator[Finding]:
        """Whether what came to pass should have, and no later than it did."""
        at, when, name = event.at.astimezone(TAIPEI), happened_at(event), event.facts["milestone"]
        if not at <= when:
            yield _finding("early", event)
        if name not in called(at, before, self.offices.at(when, seats)):
            yield _finding("uncalled", event)
        swept = self._first_sweep(at)
        if swept is not None and swept.end < when and not self._moved(told, swept.begin, when):
            yield _finding("late", event)

    def _moved(self, told: list[Standing], after: datetime, upto: datetime) -> bool:
        """Whether a due date or a calendar changed in between, which makes other milestones."""
        dues = {one.due for one in _between(told, after, upto)}
        return len(dues) > 1 or self.offices.changed(after, upto)

    def _first_sweep(self, at: datetime) -> Swept | None:
        n = bisect_left(self.sweeps, at, key=lambda one: one.begin)
        return self.sweeps[n] if n < len(self.sweeps) else None

    def _missed(
        self,
        case: str,
        told: list[Standing],
        fired: set[tuple[int, str]],
        seats: frozenset[str],
    ) -> Iterator[Finding]:
        """What should have happened and did not: the case called, and still did when the sweep ran.

        Somebody who has not been asked is not asked twice for the same.
        """
        asked: set[tuple[str, object]] = set()
        for at in _instants(told, self.upto):
            swept = self._first_sweep(at)
            if swept is None:
                return
            first, *rest = _between(told, at, swept.end)
            standing = [first, *(one for one in rest if not one.reminded)]
            offices = {self.offices.at(when, seats) for when in (at, swept.begin, swept.end)}
            names = set.intersection(
                *(called(at, one, office) for one in standing for office in offices)
            )
            for name in sorted(names):
                kind, cause = name.partition("@")[0], standing[0]
                about = {"idle": cause.progressed, "given_back": cause.asked}.get(kind, at)
                known = (cause.round, name) in fired or (kind, about) in asked
                asked.add((kind, about))
                if not known:
                    yield Finding("missed", case, name, at)


def _between(told: list[Standing], after: datetime, upto: datetime) -> list[Standing]:
    """What the case was just before an instant, and everything it became until another."""
    first = bisect_left(told, after, key=lambda one: one.since)
    last = bisect_right(told, upto, key=lambda one: one.since)
    return told[max(first - 1, 0) : max(last, first)]


def _instants(told: list[Standing], upto: datetime) -> Iterator[datetime]:
    """Nine and two o'clock of every day on which the case was open."""
    for n, one in enumerate(told):
        end = told[n + 1].since if n + 1 < len(told) else upto
        if one.state not in _OPEN:
            continue
        day = one.since.astimezone(TAIPEI).date()
        while day <= end.astimezone(TAIPEI).date():
            for clock in (NINE, TWO):
                at = datetime.combine(day, clock, TAIPEI)
                if one.since < at <= end:
                    yield at
            day += ONE


def _calls(event: Event) -> bool:
    """Whether a reminder asks for digests; the question who still has a case goes by itself."""
    return event.action == "remind" and not event.facts["milestone"].startswith("idle@")


def _of_people(event: Event) -> bool:
    """Whether a person's act brought it about: what somebody entered in the calendar is one too."""
    return event.actor != "clock" or bool(event.facts.get("entry"))


def _finding(what: str, event: Event) -> Finding:
    return Finding(what, event.case, event.facts["milestone"], event.at)

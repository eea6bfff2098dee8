"""What a changed calendar makes of the cases, one by one and all that it can touch."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from opendata.adapters.dgpa import read_year
from opendata.desk import (
    casework,
    decisions,
    extension,
    numbers,
    office,
    outbox,
    reading,
    recompute,
    records,
    reminding,
    roster,
)
from opendata.desk.context import Desk, Terms
from opendata.desk.moved import TOGETHER
from opendata.desk.outbox import Message
from opendata.desk.ports import Put, Row
from opendata.rules.calendar import ChangeKind, Closure, Year, shipped
from opendata.rules.deadline import Mode
from opendata.rules.errors import Invalid, NotFound, Stale, Unavailable
from opendata.rules.feedback import Action, Outside, State
from opendata.rules.roc import TAIPEI
from tests.counting import Counting
from tests.unit.sweeping import by_hand, poisoned
from tests.world import (
    CAROL,
    CORA,
    DUE,
    HELEN,
    OLIVE,
    PLATFORM_DUE,
    STUDY,
    FailingStore,
    commented,
    posted,
    refuses,
    withdrawn,
)

CAPITAL, EAST, EAST_OFFICE = "臺北市", "臺東縣", "臺灣臺東地方檢察署"
TUESDAY = DUE + timedelta(days=1)
NEXT_YEAR = {date(2027, 1, 1): "開國紀念日"} | {
    day: ""
    for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365))
    if day.weekday() >= 5
}


def closed(day=DUE, county=CAPITAL, *, half=False):
    return Closure(day, county, half)


def enter(world, *closures):
    """Closures are entered, and all that follows is done."""
    task = roster.close(world.desk, closures or [closed()])
    recompute.perform(world.desk, task)
    return task


def take_back(world, *closures):
    recompute.perform(world.desk, roster.reopen(world.desk, closures or [closed()]))


def told(world):
    """Kind and addressee of what waits, but for tasks; then nothing waits any more."""
    now = world.clock.at
    world.clock.at = now + TOGETHER
    waiting = outbox.waiting(world.desk, 1000)
    world.clock.at = now
    for intent in waiting:
        outbox.done(world.desk, intent)
    return {(one.kind, one.person) for one in waiting if one.kind not in outbox.TASKS}


def recounts(world, case="S97944"):
    events = reading.history(world.desk, case)
    return [event for event in events if event.action is Action.RECOMPUTE]


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=TAIPEI)


# -- one case


def test_a_closure_on_the_last_day_rolls_it_and_the_event_tells_all_dates(world):
    world.opened()
    task = enter(world)
    due = world.case().due
    assert (due.on, due.original, due.platform) == (TUESDAY, TUESDAY, PLATFORM_DUE)
    (event,) = recounts(world)
    assert event.actor == Outside.CLOCK
    assert event.facts == {
        "cause": ChangeKind.CLOSED,
        "entry": task.version,
        "before": {"on": "2026-03-09", "original": "2026-03-09", "platform": "2026-03-16"},
        "after": {"on": "2026-03-10", "original": "2026-03-10", "platform": "2026-03-16"},
    }
    assert due.calendar_version == world.desk.calendar("aac").version
    assert world.faults() == []


def test_a_closure_in_the_middle_moves_nothing_where_calendar_days_count(world):
    world.opened()
    enter(world, closed(date(2026, 3, 4)))
    assert world.case().due.on == DUE
    assert recounts(world) == []


def test_a_closure_in_the_middle_lengthens_a_period_of_workdays(world):
    desk = Desk(world.desk.store, world.clock, Terms(mode=Mode.WORKING))
    world.receive(posted(), desk=desk)
    before = world.case().due.on
    recompute.perform(desk, roster.close(desk, [closed(date(2026, 3, 4))]))
    assert world.case().due.on == before + timedelta(days=1)


def test_the_last_day_of_the_platforms_clock_rolls_too(world):
    world.opened()
    enter(world, closed(PLATFORM_DUE))
    due = world.case().due
    assert (due.on, due.platform) == (DUE, PLATFORM_DUE + timedelta(days=1))


def test_half_a_day_moves_nothing_unless_that_is_the_rule(world):
    world.opened()
    enter(world, closed(half=True))
    assert world.case().due.on == DUE
    strict = Desk(world.desk.store, world.clock, Terms(half_closes=True))
    recompute.recompute_case(strict, "S97944", ChangeKind.CLOSED)
    assert world.case().due.on == TUESDAY


def test_a_closure_at_the_approvers_seat_counts_like_one_at_the_officers(world):
    east = world.opened(EAST_OFFICE)
    enter(world, closed(DUE, CAPITAL))
    assert world.case(east).due.on == TUESDAY
    enter(world, closed(TUESDAY, EAST))
    assert world.case(east).due.on == TUESDAY + timedelta(days=1)


def test_a_closure_elsewhere_touches_nobody_here(world):
    world.opened()
    before = world.rows("%HEAD")
    enter(world, closed(DUE, EAST))
    assert world.rows("%HEAD") == before
    assert recounts(world) == []


def test_of_an_opinion_with_two_agencies_only_the_case_at_that_seat_moves(world):
    world.receive(posted("97944", "法務部廉政署", EAST_OFFICE))
    enter(world, closed(DUE, EAST))
    assert world.case("S97944").due.on == DUE
    assert world.case("S97944-2").due.on == TUESDAY


def test_a_closure_on_a_promised_day_rolls_it_and_never_makes_it_late(world):
    world.published(STUDY)
    enter(world, closed(STUDY.promised), closed())
    due = world.case().due
    assert (due.study, due.promised) == (date(2026, 5, 4), STUDY.promised), (
        "the first of May is off"
    )
    assert due.original == TUESDAY
    assert world.case().state is State.UNDER_STUDY


def test_an_extension_stays_what_was_granted_and_comes_back_when_a_closure_is_taken_back(world):
    case, granted = world.claimed(), date(2026, 3, 13)
    words = (
        "資料筆數眾多。",
        "您好：因資料筆數眾多，本署將於115年3月13日前再次回復您。",
        "02-23141000",
    )
    extension.extend(world.desk, case, OLIVE, granted, *words)
    world.submit(case)
    decisions.pass_review(world.desk, case, HELEN, world.hash(case))
    decisions.approve(world.desk, case, CAROL, world.hash(case))
    world.publish(case)
    assert (world.case().due.original, world.case().due.on) == (DUE, granted)
    enter(world, closed(), closed(granted))
    assert (world.case().due.original, world.case().due.on) == (TUESDAY, date(2026, 3, 16))
    take_back(world, closed(granted))
    assert (world.case().due.original, world.case().due.on) == (TUESDAY, granted)


def test_a_case_that_is_not_there_is_not_found(world):
    refuses(NotFound, world, lambda: recompute.recompute_case(world.desk, "S1", ChangeKind.YEAR))


def test_somebody_else_at_work_on_the_case_is_waited_for(world):
    world.opened()
    roster.close(world.desk, [closed()])
    world.desk.calendar()

    class Meanwhile:
        """Olive claims the case between reading and writing."""

        def __getattr__(self, name):
            return getattr(world.desk.store, name)

        def commit(self, *writes):
            if world.case().officer is None:
                casework.claim(world.desk, "S97944", OLIVE)
            world.desk.store.commit(*writes)

    late = Desk(Meanwhile(), world.clock)
    recompute.recompute_case(late, "S97944", ChangeKind.CLOSED)
    assert world.actions() == ["receive", "claim", "recompute"]
    assert (world.case().due.on, world.case().officer) == (TUESDAY, OLIVE)


# -- who hears of it


def test_the_officer_hears_of_the_new_date_and_every_living_message_shows_it(world):
    world.awaiting()
    told(world)
    enter(world)
    assert told(world) == {
        (Message.MOVED, OLIVE),
        *((kind, None) for kind in ("card", "cosign", "review", "approval", "to_publish")),
        (Message.RETURNED, None),
    }


def test_nobody_hears_news_of_a_case_whose_own_date_stays(world):
    world.claimed()
    told(world)
    enter(world, closed(PLATFORM_DUE))
    assert Message.MOVED not in {kind for kind, _ in told(world)}


def test_of_an_answered_case_only_the_card_is_drawn_anew(world):
    world.published()
    told(world)
    enter(world)
    assert told(world) == {(Message.CARD, None)}


# -- what is answered already


def late_answer(world):
    """Answered on the day after its due date."""
    world.approved()
    world.clock.set(at(TUESDAY))
    world.publish("S97944")


def test_an_answered_case_becomes_in_time_and_the_counters_follow(world):
    late_answer(world)
    world.clock.turn(days=1)
    assert numbers.status(world.desk).total.late == 1
    enter(world)
    total = numbers.status(world.desk).total
    assert (total.late, total.within_7.n, total.within_7.d) == (0, 1, 1)
    assert world.faults() == []
    take_back(world)
    assert numbers.status(world.desk).total.late == 1
    assert world.faults() == []


def test_a_case_that_falls_due_in_the_next_quarter_is_counted_there(world):
    world.clock.set(at(date(2026, 6, 23), 11))
    world.published(posted_at=at(date(2026, 6, 23)), timestamp=at(date(2026, 6, 23)))
    assert world.case().due.on == date(2026, 6, 30)
    enter(world, closed(date(2026, 6, 30)))
    counted = {quarter: counts for (quarter, _), counts in world.counters().items()}
    assert set(counted) == {"115Q3"}
    assert counted["115Q3"]["in:20260701"] == 1
    assert world.faults() == []
    take_back(world, closed(date(2026, 6, 30)))
    assert {quarter for quarter, _ in world.counters()} == {"115Q2"}
    assert world.faults() == []


@pytest.mark.parametrize("state", ["withdrawn", "answered", "under_study"])
def test_closed_cases_are_counted_anew_whatever_became_of_them(world, state):
    {
        "withdrawn": lambda: world.opened() and world.receive(withdrawn()),
        "answered": world.published,
        "under_study": lambda: world.published(STUDY),
    }[state]()
    enter(world)
    assert world.case().due.original == TUESDAY
    assert world.faults() == []


# -- rounds that a further one followed


def asked_again(world, day=TUESDAY):
    """Answered a day late; then the citizen asks again."""
    late_answer(world)
    world.clock.set(at(day, 12))
    world.receive(commented(at=world.clock()))
    assert world.case().round == 2


def test_an_earlier_round_is_kept_as_it_counts(world):
    asked_again(world)
    (first,) = world.case().earlier
    assert (first.number, first.agency, first.due.original) == (1, "aac", DUE)
    assert first.first_answered_at.astimezone(TAIPEI) == at(TUESDAY)
    assert world.faults() == []


def test_a_closure_makes_an_earlier_round_in_time_too(world):
    asked_again(world)
    assert numbers.status(world.desk).total.late == 1
    enter(world)
    assert (numbers.status(world.desk).total.late, numbers.status(world.desk).total.in_time) == (
        0,
        1,
    )
    (event,) = recounts(world)
    dates = {"on": "2026-03-17", "original": "2026-03-17", "platform": "2026-03-24"}
    assert event.facts["before"] == event.facts["after"] == dates
    moved = event.facts["earlier"]["1"]
    assert (moved["before"]["original"], moved["after"]["original"]) == ("2026-03-09", "2026-03-10")
    assert "due" not in event.changes
    assert world.faults() == []
    take_back(world)
    assert numbers.status(world.desk).total.late == 1
    assert world.faults() == []


def test_both_rounds_move_in_one_event(world):
    asked_again(world)
    enter(world, closed(), closed(date(2026, 3, 17)))
    case = world.case()
    assert (case.earlier[0].due.original, case.due.original) == (TUESDAY, date(2026, 3, 18))
    assert len(recounts(world)) == 1
    assert world.faults() == []


def test_an_earlier_round_is_found_though_the_case_ended_long_after_the_change(world):
    asked_again(world)
    world.clock.set(at(date(2027, 2, 1)))
    world.receive(commented(at=world.clock()))
    world.receive(withdrawn(at=world.clock()))
    assert world.case().earlier[0].due.original == DUE
    enter(world)
    assert world.case().earlier[0].due.original == TUESDAY
    assert world.faults() == []


def test_nobody_hears_news_of_an_earlier_round(world):
    asked_again(world)
    casework.claim(world.desk, "S97944", OLIVE)
    told(world)
    enter(world)
    assert Message.NEWS not in {kind for kind, _ in told(world)}


def test_an_earlier_round_that_falls_due_in_the_next_quarter_is_counted_there(world):
    last, first = date(2026, 6, 30), date(2026, 7, 1)
    opened = at(date(2026, 6, 23))
    world.clock.set(at(date(2026, 6, 23), 11))
    world.approved(posted_at=opened, timestamp=opened)
    world.clock.set(at(first))
    world.publish("S97944")
    world.clock.turn(hours=1)
    world.receive(commented(at=world.clock()))
    assert {quarter for quarter, _ in world.counters()} == {"115Q2", "115Q3"}
    enter(world, closed(last))
    (counts,) = (counts for (quarter, _), counts in world.counters().items() if quarter == "115Q3")
    assert {quarter for quarter, _ in world.counters()} == {"115Q3"}
    assert (counts["in:20260701"], counts["n:20260708"]) == (1, 1)
    assert world.faults() == []


def test_an_earlier_round_stays_with_the_agency_that_answered_it_and_its_seat(world):
    asked_again(world)
    casework.assign(world.desk, "S97944", CORA, "dpo-taitung")
    assert {agency for _, agency in world.counters()} == {"aac", "dpo-taitung"}
    before = world.case().earlier
    roster.close(world.desk, [closed(DUE, EAST)])
    assert recompute.recompute_case(world.desk, "S97944", ChangeKind.CLOSED) is None
    roster.close(world.desk, [closed()])
    recompute.recompute_case(world.desk, "S97944", ChangeKind.CLOSED)
    assert world.case().earlier != before
    assert numbers.status(world.desk).agencies["aac"].in_time == 1
    assert world.faults() == []


def test_what_an_earlier_round_counted_for_lasts_when_the_case_is_withdrawn(world):
    asked_again(world)
    world.receive(withdrawn(at=world.clock()))
    enter(world)
    total = numbers.status(world.desk).total
    assert (total.received, total.in_time, total.withdrawn) == (1, 1, 1)
    assert world.faults() == []


# -- taking back, and again


def test_a_closure_taken_back_gives_the_old_date_again(world):
    world.claimed()
    enter(world)
    take_back(world)
    assert world.case().due.on == DUE
    assert [event.facts["cause"] for event in recounts(world)] == ["closed", "reopened"]


def test_what_was_entered_before_is_not_entered_again(world):
    enter(world)
    before = world.rows()
    assert roster.close(world.desk, [closed()]) is None
    assert roster.reopen(world.desk, [closed(DUE, EAST)]) is None
    assert world.rows() == before


def test_half_a_day_becomes_a_whole_one_by_entering_it_again(world):
    world.opened()
    enter(world, closed(half=True))
    enter(world, closed())
    assert world.desk.office().closures == (closed(),)
    assert world.case().due.on == TUESDAY


def test_a_task_performed_twice_changes_nothing_more(world):
    world.opened()
    task = enter(world)
    before = world.rows("%HEAD") | world.rows("EVENT%")
    recompute.perform(world.desk, task)
    assert world.rows("%HEAD") | world.rows("EVENT%") == before


def test_who_entered_what_and_when_stays_on_record(world):
    task = roster.close(world.desk, [closed()], by=CORA)
    key = records.change_key(task.version)
    change = records.read_change(world.desk.store.get(key)[key])
    assert (change.kind, change.by, change.at) == (ChangeKind.CLOSED, CORA, world.clock())
    assert change.closures == (closed(),)


def test_two_who_change_the_calendar_in_one_moment_do_not_lose_a_version(world):
    asked = world.desk.for_request()
    asked.office()
    roster.close(world.desk, [closed()])
    with pytest.raises(Stale):
        roster.close(asked, [closed(TUESDAY)])
    assert world.desk.office().closures == (closed(),)


class BehindUs:
    """Somebody else enters a closure just after the version of the calendar was read."""

    def __init__(self, world):
        self._world, self._entered = world, False

    def __getattr__(self, name):
        return getattr(self._world.desk.store, name)

    def get(self, *keys):
        rows = self._world.desk.store.get(*keys)
        if not self._entered:
            self._entered = True
            roster.close(self._world.desk, [closed(TUESDAY, EAST)])
        return rows


def behind_us(world):
    desk = Desk(world.desk.store, world.clock)
    desk.office()
    return replace(desk, store=BehindUs(world))


@pytest.mark.parametrize("change", ["close", "reopen", "import_years"])
def test_a_calendar_that_changed_after_it_was_judged_is_not_written_over(world, change):
    roster.close(world.desk, [closed()])
    given = [shipped().years[115]] if change == "import_years" else [closed(half=change == "close")]
    with pytest.raises(Stale):
        getattr(roster, change)(behind_us(world), given)
    assert set(world.desk.office().closures) == {closed(), closed(TUESDAY, EAST)}


# -- the walk


def many(world, n=5):
    """As many cases, answered and open, in two agencies."""
    for number in range(n):
        world.opened(id_=str(100 + number))
    for number in range(n):
        world.opened(EAST_OFFICE, id_=str(200 + number))
    world.published(id_="300")
    return world.cases()


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(recompute, "PAGE", 2)


def test_a_walk_that_runs_out_of_time_goes_on_where_it_stopped(world, small_pages):
    cases = many(world)
    task = roster.close(world.desk, [closed()])
    runs, moved = 0, [0]
    while runs == 0 or task.cursor:
        done = recompute.perform(world.desk, task, lambda: True)
        runs += 1
        now = sum(world.case(case).due.on == TUESDAY for case in cases)
        assert now >= moved[-1]
        moved.append(now)
        task = outbox.intent_at(world.desk, outbox.intent_key(records.CALENDAR, task.version, 0))
    assert done
    assert runs > 5
    assert moved[-1] == len(cases)
    assert world.faults() == []


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("nth", [1, 4, 8, 11])
def test_a_store_that_goes_away_in_the_middle_loses_nothing(world, small_pages, nth, written):
    cases = many(world)
    task = roster.close(world.desk, [closed()])
    failing = Desk(FailingStore(world.desk.store, nth, written=written), world.clock)
    with suppress(Unavailable):  # the last ones come after all is done
        recompute.perform(failing, task)
    again = outbox.intent_at(world.desk, outbox.intent_key(records.CALENDAR, task.version, 0))
    recompute.perform(world.desk, again)
    assert all(len(recounts(world, case)) == 1 for case in cases)
    assert world.faults() == []


def test_a_second_walk_finds_what_the_first_one_came_too_early_for(world):
    task = roster.close(world.desk, [closed()])
    recompute.perform(world.desk, task)

    class Earlier:
        """The store as a delivery saw it that began before the closure was entered."""

        def __getattr__(self, name):
            return getattr(world.desk.store, name)

        def query(self, pk, *more, **how):
            page = world.desk.store.query(pk, *more, **how)
            rows = [] if pk == records.CALENDAR else page.rows
            return page._replace(rows=rows)

    world.receive(posted(), desk=Desk(Earlier(), world.clock))
    assert world.case().due.on == DUE
    world.clock.turn(minutes=1)
    (again,) = (one for one in world.waiting() if one.kind is Message.RECOMPUTE)
    recompute.perform(world.desk, again)
    assert world.case().due.on == TUESDAY
    assert [one for one in world.waiting() if one.kind is Message.RECOMPUTE] == []


def runs(world, minutes):
    """A page of the walk every so many minutes; how many it took until nothing was left to do."""
    pages = 0
    while tasks := [one for one in world.waiting() if one.kind is Message.RECOMPUTE]:
        recompute.perform(world.desk, tasks[0], lambda: True)
        world.clock.turn(minutes=minutes)
        pages += 1
    return pages


def test_a_walk_that_takes_minutes_goes_a_second_time_too(world, small_pages):
    many(world)
    moves_nothing = closed(DUE, EAST, half=True)
    roster.close(world.desk, [moves_nothing])
    twice = runs(world, minutes=2)
    roster.reopen(world.desk, [moves_nothing])
    world.clock.turn(minutes=1)
    assert twice == 2 * runs(world, minutes=2)


def test_a_case_that_cannot_be_read_keeps_no_other_from_being_counted(world):
    cases = many(world)
    poisoned(world, "S102")
    task, unread = roster.close(world.desk, [closed()]), []
    assert recompute.perform(world.desk, task, unread=unread.append)
    assert unread == ["CASE#S102"]
    others = [case for case in cases if case != "S102"]
    assert all(world.case(case).due.on == TUESDAY for case in others)


def test_a_preview_counts_the_cases_that_cannot_be_read_and_shows_the_others(world):
    for number in ("1", "2", "3"):
        world.opened(id_=number)
    poisoned(world, "S2")
    seen = office.outlook(world.desk, office.with_closures(world.desk, [closed()]))
    assert [one.case.id for one in seen.moves] == ["S1", "S3"]
    assert (seen.looked_at, seen.unread) == (3, 1)


def test_a_roster_that_changed_meanwhile_lets_the_walk_begin_anew(world, small_pages):
    cases = many(world)
    task = roster.close(world.desk, [closed()])
    lost = replace(task, cursor='["2026-03-02T02:00:00+00:00", "AG#gone", "open#", null]')
    recompute.perform(world.desk, lost)
    assert all(world.case(case).due.on == TUESDAY for case in cases)


def test_closed_cases_are_looked_for_about_the_time_of_the_change_only(world):
    world.published()
    late_in_the_year = [closed(date(2026, 11, 2))]
    task = roster.close(world.desk, late_in_the_year)
    seen = []
    recompute.perform(world.desk, task, told=lambda n, _: seen.append(n))
    assert seen[-1] == 0


def test_days_that_lie_years_apart_are_walked_by_years(world):
    def finds(*closures):
        desk = replace(world.desk, store=(counting := Counting(world.desk.store)))
        recompute.perform(desk, roster.close(world.desk, closures))
        return counting.calls.count("find")

    apart = closed(date(2013, 1, 1), EAST), closed(date(2027, 3, 1), EAST)
    assert finds(*apart) <= 4 * finds(closed(DUE, EAST))


def test_a_closure_at_the_end_of_time_that_stands_there_already_is_walked_and_taken_back(world):
    last = closed(date.max)
    change = records.Change(
        1, ChangeKind.CLOSED, world.clock(), None, date.max, date.max, (), (last,)
    )
    task = outbox.task(world.desk, Message.RECOMPUTE, records.CALENDAR, 1)
    world.desk.store.commit(
        Put(records.closure_row(last)),
        Put(records.change_row(change)),
        Put(outbox.intent_row(task)),
        Put(Row(records.CALENDAR_VERSION, {}, 1)),
    )
    assert recompute.perform(world.desk, task)
    take_back(world, last)
    assert world.desk.office().closures == ()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date.max, "closure_too_far"),
        (date(2027, 4, 7), "closure_too_far"),
        (date(2012, 12, 31), "closure_too_early"),
    ],
)
def test_a_closure_that_nobody_can_have_announced_is_refused(world, day, why):
    refused = refuses(Invalid, world, lambda: roster.close(world.desk, [closed(), closed(day)]))
    assert [fault.code for fault in refused.faults] == [why]


@pytest.mark.parametrize("day", [date(2013, 1, 1), date(2027, 4, 6)])
def test_the_first_and_the_last_day_for_which_one_can_be_announced(world, day):
    enter(world, closed(day))
    assert world.desk.office().closures == (closed(day),)


def test_agencies_without_a_seat_there_are_not_walked(world):
    many(world)
    seen = []
    task = roster.close(world.desk, [closed(DUE, EAST)])
    recompute.perform(world.desk, task, told=lambda n, moved: seen.append((n, moved)))
    assert seen[-1] == (5, 5)


def test_a_task_of_a_change_that_nobody_made_is_not_found(world):
    task = outbox.task(world.desk, Message.RECOMPUTE, records.CALENDAR, 99)
    refuses(NotFound, world, lambda: recompute.perform(world.desk, task))


# -- seats


def moved_to(world, county, code="aac"):
    """The ethics agency gets another entry in the agency file."""
    directory = world.desk.directory()
    return roster.import_agencies(world.desk, [replace(directory.agency(code), county=county)])


def test_a_county_that_is_corrected_moves_the_cases_that_its_closures_touch_answered_ones_too(
    world,
):
    world.opened()
    world.published(id_="2")
    enter(world, closed(DUE, EAST))
    task = moved_to(world, EAST)
    recompute.perform(world.desk, task)
    for case in ("S97944", "S2"):
        assert world.case(case).due.on == TUESDAY
        (event,) = recounts(world, case)
        assert (event.facts["cause"], event.facts["entry"]) == ("relocated", task.version)
    recompute.perform(world.desk, moved_to(world, CAPITAL))
    assert world.case().due.on == DUE
    assert world.faults() == []


def test_an_approver_who_comes_from_elsewhere_moves_the_cases_too(world):
    world.opened()
    enter(world, closed(DUE, EAST))
    directory = world.desk.directory()
    east, carol = directory.resolve(EAST_OFFICE), directory.person(CAROL)
    own = replace(east, code="east-cio", name="東部資訊處", parent=None)
    roster.import_agencies(world.desk, [replace(own, parent="moj")])
    roster.import_agencies(world.desk, [replace(directory.agency("aac"), parent="east-cio")])
    task = roster.import_people(world.desk, [replace(carol, agency="east-cio")])
    recompute.perform(world.desk, task)
    assert world.case().due.on == TUESDAY


def test_other_entries_leave_no_task(world):
    enter(world)
    before = world.rows("CHANGE%")
    assert moved_to(world, CAPITAL) is None
    assert roster.import_people(world.desk, world.desk.directory().people) is None
    assert roster.import_deputies(world.desk, world.desk.directory().deputies) is None
    assert moved_to(world, EAST) is None
    assert before == world.rows("CHANGE%")


def test_a_file_that_is_handed_in_counts_the_cases_anew_and_names_who_did_it(world):
    world.opened()
    enter(world, closed(DUE, EAST))
    judged = world.desk.directory()
    agency = replace(judged.agency("aac"), county=EAST)
    task = roster.hand_in(world.desk, judged, [agency], by=CORA)
    key = records.change_key(task.version)
    change = records.read_change(world.desk.store.get(key)[key])
    assert (change.by, change.agencies) == (CORA, ("aac",))
    recompute.perform(world.desk, task)
    assert world.case().due.on == TUESDAY


def test_who_entered_a_closure_stays_known_when_an_agency_moves_to_its_county(world):
    roster.close(world.desk, [closed(DUE, EAST)], by=CORA)
    moved_to(world, EAST)
    assert [one.by for one in office.overview(world.desk).entered] == [CORA]


# -- a case that is counted before the walk comes by


def met(world):
    """The sweep meets the case first."""
    world.clock.set(at(date(2026, 3, 4), 9))
    for case in reminding.awake(world.desk):
        reminding.wake(world.desk, case)


def test_a_closure_that_the_sweep_meets_first_is_recorded_as_what_it_is(world):
    world.opened()
    enter(world, closed(date(2026, 3, 5), EAST))
    task = roster.close(world.desk, [closed()], by=CORA)
    roster.close(world.desk, [closed(date(2026, 7, 10))])
    roster.close(world.desk, [closed(DUE, EAST)])
    met(world)
    (event,) = recounts(world)
    assert (event.facts["cause"], event.facts["entry"]) == ("closed", task.version)


def test_a_seat_that_the_sweep_meets_first_is_recorded_as_what_it_is(world):
    world.opened()
    enter(world, closed(DUE, EAST))
    task = moved_to(world, EAST)
    met(world)
    (event,) = recounts(world)
    assert (event.facts["cause"], event.facts["entry"]) == ("relocated", task.version)


# -- a calendar that comes with the desk


def shipped_before(world, **versions):
    """The desk that stood here before knew another table."""
    roster.came_along(world.desk)
    row = world.desk.store.get(records.SHIPPED)[records.SHIPPED]
    older = replace(row, value={**row.value, **versions}, version=row.version + 1)
    world.desk.store.commit(Put(older, row.version))


def test_a_calendar_that_came_along_is_remembered_and_moves_nothing(world):
    assert roster.came_along(world.desk) is None
    before = world.rows()
    assert roster.came_along(world.desk) is None
    assert world.rows() == before


def test_a_newer_calendar_that_came_along_recounts_the_cases(world):
    world.opened()
    amended = replace(shipped().years[115], off={**shipped().years[115].off, DUE: "選舉投票日"})
    recompute.perform(world.desk, roster.import_year(world.desk, amended))
    by_hand(world, "DELETE FROM rows WHERE pk = 'CALENDAR' AND sk = ?", "YEAR#115")
    world.desk.store.commit(Put(Row(records.CALENDAR_VERSION, {}, 2), 1))
    shipped_before(world, **{"115": "115-older"})
    task = roster.came_along(world.desk)
    recompute.perform(world.desk, task)
    assert world.case().due.on == DUE
    event = recounts(world)[-1]
    assert (event.facts["cause"], event.facts["entry"]) == ("shipped", task.version)
    assert roster.came_along(world.desk) is None


def test_a_year_that_was_imported_stands_whatever_comes_along(world):
    year = shipped().years[115]
    amended = replace(year, off={**year.off, DUE: "選舉投票日"})
    recompute.perform(world.desk, roster.import_year(world.desk, amended))
    shipped_before(world, **{"115": "115-older"})
    assert roster.came_along(world.desk) is None
    assert roster.came_along(world.desk) is None


# -- years


def test_a_provisional_date_becomes_final_when_its_year_arrives(world):
    world.clock.set(at(date(2026, 12, 25), 11))
    world.claimed(posted_at=at(date(2026, 12, 25)), timestamp=at(date(2026, 12, 25)))
    assert (world.case().due.on, world.case().due.provisional) == (date(2027, 1, 1), True)
    told(world)
    recompute.perform(world.desk, roster.import_year(world.desk, Year(116, NEXT_YEAR, "116")))
    assert (world.case().due.on, world.case().due.provisional) == (date(2027, 1, 4), False)
    assert (Message.MOVED, OLIVE) in told(world)
    assert recounts(world)[0].facts["cause"] == ChangeKind.YEAR
    assert world.faults() == []


def test_a_provisional_date_that_stays_the_same_is_settled_without_news(world):
    world.clock.set(at(date(2026, 12, 22), 11))
    world.claimed(posted_at=at(date(2026, 12, 22)), timestamp=at(date(2026, 12, 22)))
    before = world.case().due
    assert before.provisional
    told(world)
    recompute.perform(world.desk, roster.import_year(world.desk, Year(116, NEXT_YEAR, "116")))
    after = world.case().due
    assert (after.on, after.provisional) == (before.on, False)
    assert Message.MOVED not in {kind for kind, _ in told(world)}


def test_an_amended_year_moves_cases_and_the_one_before_it_moves_them_back(world):
    world.opened()
    year = shipped().years[115]
    amended = replace(year, off={**year.off, DUE: "選舉投票日"})
    recompute.perform(world.desk, roster.import_year(world.desk, amended))
    assert world.case().due.on == TUESDAY
    recompute.perform(world.desk, roster.import_year(world.desk, year))
    assert world.case().due.on == DUE


def test_the_same_year_again_moves_nothing(world):
    world.opened()
    recompute.perform(world.desk, roster.import_year(world.desk, shipped().years[115]))
    assert recounts(world) == []


def test_a_calendar_that_cannot_be_right_never_replaces_a_good_one(world):
    before = world.rows()
    for raw in (b"", "西元日期,星期,是否放假,備註\n20260101,四,2,\n".encode()):
        with pytest.raises(Invalid):
            roster.import_year(world.desk, read_year(raw, "wrong"))
    assert world.rows() == before
    assert world.desk.calendar() == shipped()

"""A year of reminders: whatever the machines and the people do, each milestone comes to pass once.

``make test`` lives through it with a few cases, ``OPENDATA_YEAR=10000`` with many.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from opendata.desk import reading
from opendata.desk.outbox import Message
from opendata.rules.reminders import Milestone
from opendata.rules.roc import TAIPEI
from tests.simulation.calling import Auditor
from tests.simulation.staff import AT, holders, seats_of
from tests.simulation.year import REMINDERS, Year

CASES = int(os.environ.get("OPENDATA_YEAR", "150"))


@pytest.fixture(scope="module")
def year(tmp_path_factory) -> Iterator[Year]:
    made = Year.make(tmp_path_factory.mktemp("year"), seed=116)
    with pytest.MonkeyPatch.context() as patch:
        # A ministry with few cases reads its digests by pages all the same.
        patch.setattr(reading, "AROUND", CASES // 30)
        made.run(CASES)
    yield made
    made.world.close()


@pytest.fixture(scope="module")
def audited(year):
    """What came to pass, and what should have been otherwise."""
    auditor = Auditor(year.offices, year.sweeps, year.world.clock())
    for events in reading.histories(year.world.desk):
        auditor.audit(events, AT[events[0].changes["agency"]].seats)
    return auditor


def test_no_milestone_is_missed_doubled_late_or_uncalled_for(audited):
    assert audited.found == []


def test_every_kind_of_milestone_came_to_pass_and_every_kind_of_run(year, audited):
    assert set(audited.counted) == {milestone.value for milestone in Milestone}
    assert set(year.ran) == {"run", "late", "twice", "down", "died before", "died after"}


def test_nothing_is_counted_twice_or_lost(year):
    assert year.world.counters() == year.world.recounted()


def test_every_open_case_stands_in_the_timer_and_no_other(year):
    year.look()
    assert year.untimed == []


@pytest.fixture(scope="module")
def firsts(year, audited):
    """Each message of the clock when it first went out: what follows only brings it up to date.

    Those that a person's act brought about go out at once, whenever that is.
    """
    told = {}
    for one in year.told:
        intent = one.intent
        told.setdefault((intent.case, intent.kind, intent.occasion, intent.person), one)
    acts = audited.by_people
    return [one for one in told.values() if (one.intent.case, one.intent.version) not in acts]


def test_nobody_is_called_at_night_or_on_a_day_off(year, firsts):
    """A digest goes out in office hours however late it is; the others are asked for in them."""
    called = {
        one: one.at if one.intent.kind is Message.DIGEST else one.intent.not_before
        for one in firsts
    }
    assert {one.intent.kind for one in called} == REMINDERS
    outside = [
        (at.astimezone(TAIPEI), one.intent)
        for one, at in called.items()
        if not any(year.offices.at(at, seats).hours(at) for seats in read_at(one.intent))
    ]
    assert outside == []


def read_at(intent):
    """The seats at one of which somebody is there: a channel is shared by several agencies."""
    if intent.kind is Message.DIGEST and intent.person is None:
        return [place.seats for place in AT.values()]
    return [seats_of(intent.person)]


def test_nobody_gets_a_second_digest_in_a_morning_or_for_an_afternoon(firsts):
    digests = Counter(
        (one.intent.case, one.at.astimezone(TAIPEI).date(), one.intent.occasion[-1])
        for one in firsts
        if one.intent.kind is Message.DIGEST
    )
    assert max(digests.values()) == 1


def test_whoever_has_a_case_is_to_hear_of_every_milestone_on_the_first_morning(year, audited):
    wanted = {
        (to, f"{year.offices.at(call.at, seats).told_on(call.at):%Y%m%d}")
        for call in audited.calls
        for to, seats in holders(year.world, call)
    }
    assert wanted <= year.asked


def test_every_milestone_is_heard_of_in_the_digest_that_goes_out(year, audited):
    """Unless the case has moved on since, or nobody was told on the first day back itself."""
    checked, unheard = 0, []
    for call in audited.calls:
        for to, seats in holders(year.world, call):
            day = year.offices.at(call.at, seats).told_on(call.at)
            told = first_heard(year, to, day)
            if not told:
                continue
            checked += 1
            times = [call.since, call.at, *(one.at for one in told)]
            heard = any(call.case in one.cases for one in told)
            moved = audited.changed(call.case, min(times), max(times))
            late = told[0].at.astimezone(TAIPEI).date() > call.since.astimezone(TAIPEI).date()
            back = late and call.kinds == {"first_day_back"}
            if not (heard or moved or back):
                unheard.append((call, to, told))
    assert unheard == []
    assert checked > CASES / 3


def first_heard(year, to, day):
    """What somebody heard on the first day from a date on."""
    heard = [
        one for one in year.heard.get(to, {}).values() if one.at.astimezone(TAIPEI).date() >= day
    ]
    days = [one.at.astimezone(TAIPEI).date() for one in heard]
    return [one for one, on in zip(heard, days, strict=True) if on == min(days)]

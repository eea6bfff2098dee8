import json
from datetime import UTC, datetime, timedelta

import pytest

from infra import demo, demo_roster
from opendata.adapters.feedback_files import letter
from opendata.adapters.platform_webhook import load, understand
from opendata.rules import privacy
from opendata.rules.calendar import shipped
from opendata.rules.deadline import due
from opendata.rules.feedback import Kind
from opendata.rules.people import Directory, shipped_agencies
from opendata.rules.roc import TAIPEI, local_date

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=TAIPEI)
TREE = Directory(shipped_agencies())
HOURS = [
    datetime(2026, 3, 4, 0, 0, tzinfo=TAIPEI),
    NOW,
    datetime(2026, 3, 4, 23, 59, tzinfo=TAIPEI),
]


def read(letters, now=NOW):
    return [understand(load(one.body), now) for one in letters]


def dispatched(posted):
    return {agency.code for name in posted.dispatched_agencies if (agency := TREE.resolve(name))}


def due_on(posted):
    return due(posted.posted_at, shipped()).due_on


@pytest.fixture(scope="module")
def feedback():
    return read(demo.letters(NOW))


def exported(*dates, **more):
    """An export with an opinion for each date."""
    return [
        letter(
            n,
            {
                "type": "feedback.posted",
                "timestamp": date,
                "data": {
                    "kind": "suggestion",
                    "id": str(n),
                    "title": "請開放",
                    "body": "統計",
                    "posted_at": date,
                }
                | more,
            },
        )
        for n, date in enumerate(dates, 2)
    ]


def posted_at(letters):
    return [one.posted_at.astimezone(TAIPEI) for one in read(letters)]


# -- our own


@pytest.mark.parametrize("now", HOURS)
def test_the_desk_takes_every_letter_at_whatever_hour_the_demo_begins(now):
    assert len(read(demo.letters(now), now)) >= 20


def test_the_letters_of_a_day_are_the_same_at_every_start():
    assert demo.letters(NOW) == demo.letters(NOW)


def test_the_letters_of_an_instant_are_the_same_in_every_zone_and_in_order():
    early = datetime(2026, 3, 4, 0, 5, tzinfo=TAIPEI)
    assert demo.letters(early) == demo.letters(early.astimezone(UTC))
    instants = [one.posted_at for one in read(demo.letters(early), early)]
    assert instants == sorted(instants)


def test_numbers_have_seven_digits_and_stand_once(feedback):
    assert all(len(one.id) == 7 for one in feedback)
    assert len({(one.kind, one.id) for one in feedback}) == len(feedback)
    assert {one.kind for one in feedback} == set(Kind)


def test_some_are_new_some_near_their_due_date_and_some_overdue(feedback):
    today = local_date(NOW)
    assert any(local_date(one.posted_at) == today for one in feedback)
    assert any(timedelta(0) <= due_on(one) - today <= timedelta(days=2) for one in feedback)
    assert any(due_on(one) < today for one in feedback)


@pytest.mark.parametrize(
    "today",
    [
        "2026-02-13",  # the last workday before Lunar New Year
        "2026-02-18",  # in its midst
        "2026-02-23",  # the first workday after it
        "2026-10-09",  # a substitute day off
        "2025-02-08",  # a make-up Saturday
        "2026-12-31",  # due dates in a year that is not known yet
    ],
)
def test_whenever_the_demo_begins_there_is_old_and_new(today):
    now = datetime.fromisoformat(f"{today}T10:00+08:00")
    dates = [(local_date(one.posted_at), due_on(one)) for one in read(demo.letters(now), now)]
    assert min(due for _, due in dates) < now.date() < max(due for _, due in dates)
    assert max(posted for posted, _ in dates) == now.date()


def test_the_ministrys_officer_finds_a_day_of_work(feedback):
    mine = [one for one in feedback if "moj" in dispatched(one)]
    assert len(mine) >= 5
    assert any(abs(due_on(one) - local_date(NOW)) <= timedelta(days=2) for one in mine)


def test_each_officer_of_the_demo_has_something_to_answer(feedback):
    agencies = {person.agency for person in demo_roster.PEOPLE}
    assert agencies <= {code for one in feedback for code in dispatched(one)}


def test_the_dispatch_is_as_various_as_the_platforms(feedback):
    ours = [(len(dispatched(one)), len(one.dispatched_agencies)) for one in feedback]
    assert (0, 1) in ours
    assert (1, 1) in ours
    assert (2, 2) in ours
    assert (2, 4) in ours


def test_one_was_dispatched_late(feedback):
    late = [one for one in feedback if one.dispatched_at]
    assert all(one.posted_at < one.dispatched_at <= NOW for one in late)
    assert late


def test_exactly_one_holds_personal_data_and_of_every_kind(feedback):
    found = [
        {
            finding.kind
            for text in (one.title, one.body, one.requested_dataset, one.requested_fields)
            for finding in privacy.find(text or "")
        }
        for one in feedback
    ]
    assert [kinds for kinds in found if kinds] == [set(privacy.PersonalData)]


def test_one_tries_what_slack_would_make_of_it(feedback):
    assert any("<!channel>" in one.body for one in feedback)


def test_some_use_characters_beyond_the_common_plane(feedback):
    texts = [one.title + one.body for one in feedback]
    assert any(0x20000 <= ord(char) < 0x30000 for text in texts for char in text)
    assert any(0x1F300 <= ord(char) < 0x1FB00 for text in texts for char in text)


# -- a real export


def test_an_export_of_years_becomes_three_weeks_in_its_order():
    given = ["2014-10-03T10:39:00+08:00", "2019-04-26T00:32:00+08:00", "2016-12-01T08:00:00+08:00"]
    oldest, newest, between = posted_at(demo.shift(exported(*given), NOW))
    assert local_date(newest) == local_date(NOW - timedelta(days=1))
    assert newest - oldest == demo.SPAN
    assert oldest < between < newest


def test_an_export_of_days_keeps_its_distances():
    given = ["2019-01-01T10:00:00+08:00", "2019-01-04T18:30:00+08:00"]
    first, last = posted_at(demo.shift(exported(*given), NOW))
    assert last - first == timedelta(days=3, hours=8, minutes=30)


def test_an_export_without_dates_is_spread_in_the_order_of_its_rows():
    moved = posted_at(demo.shift(exported(*[NOW.isoformat()] * 4), NOW))
    assert moved == sorted(set(moved))
    assert moved[-1] - moved[0] == demo.SPAN


def test_a_row_that_stands_twice_stays_one_letter():
    one, other = exported(*[NOW.isoformat()] * 2)
    first, again, _ = demo.shift([one, one, other], NOW)
    assert first.webhook == again.webhook


def test_moving_changes_nothing_but_the_dates():
    (given,) = exported("2019-01-01T10:00:00+08:00", submitter="y****8", url="https://data.gov.tw/")
    (moved,) = demo.shift([given], NOW)
    before, after = json.loads(given.body), json.loads(moved.body)
    assert moved.line == given.line
    assert after["timestamp"] == after["data"]["posted_at"] != before["timestamp"]
    del before["data"]["posted_at"], after["data"]["posted_at"]
    assert before["data"] == after["data"]


def test_an_empty_export_stays_empty():
    assert demo.shift([], NOW) == []

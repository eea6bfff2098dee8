"""每週概況: once a week, on its first morning, to the ministry's channel."""

from datetime import date, datetime, timedelta

from bot.face import Face
from bot.weekly import weekly as shown
from opendata.desk import inventory, submissions, weekly
from opendata.desk.inventory import Entry
from opendata.desk.outbox import Message
from opendata.rules.inventory import Item
from opendata.rules.roc import TAIPEI
from tests.slack import FakeSlack, sweep
from tests.world import MONDAY


def mornings(world, first, days):
    """On which of the mornings a message was asked for."""
    found = []
    for n in range(days):
        day = first + timedelta(days=n)
        world.clock.set(datetime.combine(day, datetime.min.time(), TAIPEI) + timedelta(hours=8.75))
        if weekly.ask(world.desk):
            found.append(day)
        assert not weekly.ask(world.desk)
    return found


def test_it_comes_on_the_first_workday_of_each_week(world):
    # 27 February is a day off, and 6 April; so is the week of Lunar New Year.
    assert mornings(world, date(2026, 3, 30), 14) == [date(2026, 3, 30), date(2026, 4, 7)]
    assert mornings(world, date(2026, 2, 16), 7) == []


def test_a_morning_that_was_missed_is_caught_up_with_in_its_week(world):
    assert mornings(world, date(2026, 3, 4), 5) == [date(2026, 3, 4)]


def test_it_tells_what_falls_due_until_sunday_and_who_is_behind(world):
    world.opened(id_="1")
    world.clock.set(MONDAY + timedelta(days=10))
    now = MONDAY + timedelta(days=3)
    world.opened(id_="2", posted_at=now, timestamp=now)
    told = weekly.told(world.desk)
    assert (told.last, told.due) == (date(2026, 3, 15), 1)
    words = shown(Face(world.desk, new_id=str).voice(), told)
    assert "本週屆期1件" in words.text
    assert "法務部廉政署1件" in str(words.blocks)


def test_what_is_left_over_from_another_quarter_is_told_too(world):
    world.opened(id_="1")
    world.clock.set(datetime(2026, 4, 1, 9, tzinfo=TAIPEI))
    late = datetime(2026, 3, 26, 9, tzinfo=TAIPEI)
    world.opened(id_="2", posted_at=late, timestamp=late)
    told = weekly.told(world.desk)
    assert (told.counted.total.open_late, dict(told.overdue), told.due) == (0, {"aac": 1}, 1)


def test_it_goes_to_the_ministrys_channel_at_nine(world):
    world.clock.set(MONDAY.replace(hour=8, minute=45))
    weekly.ask(world.desk)
    slack = FakeSlack()
    sweep(world, slack)
    assert slack.to("C-MOJ") == []
    world.clock.set(MONDAY.replace(hour=9))
    sweep(world, slack)
    (told,) = slack.to("C-MOJ")
    assert "每週概況" in told.words
    assert [one for one in world.waiting() if one.kind is Message.WEEKLY] == []


def test_it_tells_what_came_in_and_was_answered_since_the_last_one(world):
    world.opened(id_="1")
    world.clock.set(MONDAY)
    weekly.ask(world.desk)
    assert weekly.told(world.desk).since is None
    for n in (2, 3):
        world.opened(id_=str(n), posted_at=MONDAY, timestamp=MONDAY)
    world.published(id_="4")
    world.clock.set(MONDAY + timedelta(days=7))
    weekly.ask(world.desk)
    since = weekly.told(world.desk).since
    assert (since.at.date(), since.received, since.answered) == (MONDAY.date(), 3, 1)
    words = str(shown(Face(world.desk, new_id=str).voice(), weekly.told(world.desk)).blocks)
    assert "收到3件、回復1件" in words
    world.clock.set(MONDAY + timedelta(days=14))
    weekly.ask(world.desk)
    since = weekly.told(world.desk).since
    assert (since.received, since.answered) == (0, 0)


def test_what_is_counted_over_the_new_year_is_no_less(world):
    eve = datetime(2026, 12, 28, 9, tzinfo=TAIPEI)
    world.clock.set(eve)
    weekly.ask(world.desk)
    world.opened(id_="1", posted_at=eve, timestamp=eve)  # it is due in the next year
    world.clock.set(eve + timedelta(days=7))
    weekly.ask(world.desk)
    assert weekly.told(world.desk).since.received == 1


def test_who_has_not_handed_in_and_what_was_not_opened_is_told(world):
    inventory.take_in(world.desk, [Entry(2, Item("A1", "aac", "廉政統計", planned=114))])
    world.clock.set(MONDAY)
    submissions.call(world.desk)
    assert weekly.told(world.desk).owing == ()
    world.clock.set(datetime(2026, 4, 7, 9, tzinfo=TAIPEI))
    told = weekly.told(world.desk)
    assert (told.owing, told.items_late) == (("aac",), 1)
    words = str(shown(Face(world.desk, new_id=str).voice(), told).blocks)
    assert "逾期未提報盤點" in words


def test_a_message_that_was_held_back_until_its_week_was_over_is_not_sent(world):
    world.clock.set(MONDAY)
    weekly.ask(world.desk)
    world.clock.set(MONDAY + timedelta(days=7))
    slack = FakeSlack()
    sweep(world, slack)
    assert slack.to("C-MOJ") == []
    assert [one for one in world.waiting() if one.kind is Message.WEEKLY] == []
    weekly.ask(world.desk)
    sweep(world, slack)
    assert len(slack.to("C-MOJ")) == 1

"""按季提報: who is asked and when, who answers, who is reminded, and who is late."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot import quarterly
from bot.face import Face
from opendata.desk import inventory, roster, submissions
from opendata.desk.inventory import Entry
from opendata.desk.outbox import Message
from opendata.rules import submissions as rules
from opendata.rules.calendar import Closure, shipped
from opendata.rules.errors import Invalid, NotFound, Stranger, Unavailable, WrongRole
from opendata.rules.inventory import Item
from opendata.rules.roc import TAIPEI, Quarter
from opendata.rules.submissions import Answer
from tests.counting import Counting
from tests.slack import FakeSlack, sweep
from tests.world import (
    CORA,
    ETHICS,
    HELEN,
    HIGH,
    OLIVE,
    OTTO,
    PETRA,
    STRANGER,
    FailingStore,
    refuses,
)

QUARTER = "115Q1"
ITEMS = (
    Item("A1", ETHICS, "廉政統計", planned=115),
    Item("B1", HIGH, "起訴統計", planned=115),
)


def at(month, day, hour=8, minute=45):
    return datetime(2026, month, day, hour, minute, tzinfo=TAIPEI)


@pytest.fixture
def asked(world):
    """Two agencies with an inventory, on the first workday of the quarter's last month."""
    inventory.take_in(world.desk, [Entry(n, one) for n, one in enumerate(ITEMS, 2)])
    world.clock.set(at(3, 2))
    submissions.call(world.desk)
    return world


def standing(world):
    return {one.agency: one for one in submissions.standing(world.desk, QUARTER)}


def calls(world):
    return [one for one in world.waiting() if one.kind is Message.CALL]


@pytest.mark.parametrize(
    ("quarter", "opens", "due"),
    [
        ("115Q1", date(2026, 3, 2), date(2026, 3, 31)),
        ("114Q4", date(2025, 12, 1), date(2025, 12, 31)),
        ("115Q2", date(2026, 6, 1), date(2026, 6, 30)),
        ("110Q4", date(2021, 12, 1), date(2021, 12, 30)),
        ("112Q4", date(2023, 12, 1), date(2023, 12, 29)),
    ],
)
def test_a_quarter_opens_in_its_last_month_and_is_due_on_its_last_workday(quarter, opens, due):
    calendar, one = shipped(), Quarter.parse(quarter)
    assert (rules.opens(one, calendar), rules.due(one, calendar)) == (opens, due)


def test_a_closure_on_the_last_day_brings_the_due_date_forward(asked):
    calendar = shipped().with_closures([Closure(date(2026, 3, 31), "臺北市")], {"臺北市"})
    assert rules.due(Quarter(115, 1), calendar) == date(2026, 3, 30)


def test_nobody_is_asked_before_and_every_agency_with_items_once(world):
    inventory.take_in(world.desk, [Entry(n, one) for n, one in enumerate(ITEMS, 2)])
    world.clock.set(at(2, 26))
    assert submissions.call(world.desk).asked == 0
    world.clock.set(at(3, 2))
    assert submissions.call(world.desk).asked == 2
    assert submissions.call(world.desk).asked == 0
    assert set(standing(world)) == {ETHICS, HIGH}
    assert len(calls(world)) == 0  # the office opens at nine
    world.clock.set(at(3, 2, 9))
    assert len(calls(world)) == 2


def test_a_morning_that_was_missed_is_caught_up_with(world):
    inventory.take_in(world.desk, [Entry(2, ITEMS[0])])
    world.clock.set(at(3, 12))
    assert submissions.call(world.desk).asked == 1


def test_an_agency_that_gets_an_inventory_later_is_asked_then(asked):
    inventory.take_in(asked.desk, [Entry(2, Item("M1", "moj", "預算書", planned=115))])
    asked.clock.set(at(3, 5))
    assert submissions.call(asked.desk).asked == 1


def test_no_change_is_an_answer_of_the_agencys_officer_or_a_coordinator(asked):
    refuses(Stranger, asked, lambda: submissions.confirm(asked.desk, QUARTER, ETHICS, STRANGER))
    refuses(WrongRole, asked, lambda: submissions.confirm(asked.desk, QUARTER, ETHICS, PETRA))
    done = submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    assert (done.answer, done.last.by) == (Answer.NO_CHANGE, OLIVE)
    submissions.confirm(asked.desk, QUARTER, HIGH, CORA)
    assert [one.answer for one in submissions.standing(asked.desk, QUARTER)] == [
        Answer.NO_CHANGE,
        Answer.NO_CHANGE,
    ]


def test_who_comes_second_is_told_who_was_first(asked):
    submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    refused = refuses(
        Invalid, asked, lambda: submissions.confirm(asked.desk, QUARTER, ETHICS, OTTO)
    )
    told = dict(refused.faults[0].params)
    assert (told["by"], told["at"]) == ("林承辦", at(3, 2))


def test_an_agency_that_was_not_asked_cannot_answer(asked):
    refuses(NotFound, asked, lambda: submissions.confirm(asked.desk, "115Q2", ETHICS, OLIVE))


def test_an_update_takes_the_agencys_own_rows_and_tells_of_the_others(asked):
    own = replace(ITEMS[0], origin="115年施政計畫")
    foreign = replace(ITEMS[1], origin="不該動")
    entries = [Entry(2, own), Entry(3, foreign)]
    done, taken = submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, entries)
    assert (done.answer, done.last.changed, done.last.refused) == (Answer.UPDATED, 1, 1)
    assert [(line, fault.code) for line, fault in taken.refused] == [(3, "another_agency")]
    assert inventory.item(asked.desk, "A1").origin == "115年施政計畫"
    assert inventory.item(asked.desk, "B1").origin == ""


def test_an_update_takes_no_item_of_another_agency_by_its_number(asked):
    own, taken_over = ITEMS[0], replace(ITEMS[1], agency=ETHICS, title="變成我的", planned=115)
    entries = [Entry(2, own), Entry(3, taken_over, "改隸")]
    _, done = submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, entries)
    assert [(line, fault.code) for line, fault in done.refused] == [(3, "another_agency")]
    assert inventory.item(asked.desk, "B1").agency == HIGH


def test_a_file_of_which_nothing_can_be_taken_is_no_answer(asked):
    items = asked.rows("ITEM%")
    with pytest.raises(Invalid) as refused:
        submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, [Entry(2, ITEMS[1])])
    assert refused.value.faults[0].code == "nothing_taken"
    assert (standing(asked)[ETHICS].given, asked.rows("ITEM%")) == ((), items)
    assert submissions.confirm(asked.desk, QUARTER, ETHICS, OTTO).last.by == OTTO


def test_who_updated_may_update_again_and_nobody_else(asked):
    submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, [Entry(2, ITEMS[0])])
    again = replace(ITEMS[0], origin="補正")
    done, _ = submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, [Entry(2, again)])
    assert done.last.changed == 1
    refuses(
        Invalid,
        asked,
        lambda: submissions.update(asked.desk, QUARTER, ETHICS, OTTO, [Entry(2, ITEMS[0])]),
    )


@pytest.mark.parametrize("who", [OLIVE, CORA])
def test_a_mistaken_no_change_is_corrected_by_who_gave_it_or_a_coordinator(asked, who):
    submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    refuses(
        Invalid,
        asked,
        lambda: submissions.update(asked.desk, QUARTER, ETHICS, OTTO, [Entry(2, ITEMS[0])]),
    )
    again = replace(ITEMS[0], origin="補正")
    done, _ = submissions.update(asked.desk, QUARTER, ETHICS, who, [Entry(2, again)], file="0a")
    assert [(one.answer, one.by, one.file) for one in done.given] == [
        (Answer.NO_CHANGE, OLIVE, ""),
        (Answer.UPDATED, who, "0a"),
    ]
    assert inventory.item(asked.desk, "A1").origin == "補正"


def test_a_correction_after_the_due_date_makes_a_timely_answer_no_late_one(asked):
    submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    asked.clock.set(at(4, 10, 10))
    again = replace(ITEMS[0], origin="補正")
    done, _ = submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, [Entry(2, again)])
    assert not done.late(date(2026, 4, 10))
    assert "首次提報" in quarterly.answered(Face(asked.desk, new_id=str).voice(), done)


def test_who_hands_in_while_another_does_is_told_who_and_leaves_no_row(asked):
    def in_between(desk):
        mine = [Entry(2, replace(ITEMS[0], origin="我的"))]
        refused = refuses(
            Invalid, asked, lambda: submissions.update(desk, QUARTER, ETHICS, OTTO, mine)
        )
        assert refused.faults[0].code == "being_submitted"
        refuses(Invalid, asked, lambda: submissions.confirm(desk, QUARTER, ETHICS, OTTO))

    store = Between(asked.desk.store, 1, lambda: in_between(asked.desk))
    desk = type(asked.desk)(store, asked.desk.clock)
    theirs = [Entry(2, replace(ITEMS[0], origin="先到"))]
    submissions.update(desk, QUARTER, ETHICS, OLIVE, theirs)
    assert inventory.item(asked.desk, "A1").origin == "先到"
    assert [one.by for one in standing(asked)[ETHICS].given] == [OLIVE]


def test_who_died_while_handing_in_keeps_nobody_out_for_long(asked):
    store = FailingStore(asked.desk.store, 2, written=False)
    dying = type(asked.desk)(store, asked.desk.clock)
    with pytest.raises(Unavailable):
        submissions.update(dying, QUARTER, ETHICS, OLIVE, [Entry(2, _changed())])
    refuses(Invalid, asked, lambda: submissions.confirm(asked.desk, QUARTER, ETHICS, OTTO))
    asked.clock.turn(minutes=1)
    done = submissions.confirm(asked.desk, QUARTER, ETHICS, OTTO)
    assert (done.last.by, done.holder) == (OTTO, None)


@pytest.mark.parametrize("nth", range(1, 6))
@pytest.mark.parametrize("written", [False, True])
def test_a_file_whose_taking_dies_anywhere_is_taken_by_the_next_try(asked, nth, written):
    desk = type(asked.desk)(FailingStore(asked.desk.store, nth, written=written), asked.desk.clock)
    with suppress(Unavailable):
        submissions.update(desk, QUARTER, ETHICS, OLIVE, [Entry(2, _changed())])
    done, _ = submissions.update(asked.desk, QUARTER, ETHICS, OLIVE, [Entry(2, _changed())])
    assert (done.answer, done.holder) == (Answer.UPDATED, None)
    assert inventory.item(asked.desk, "A1").origin == "115年施政計畫"


def _changed():
    return replace(ITEMS[0], origin="115年施政計畫")


def test_a_reminder_in_the_same_moment_costs_nobody_the_answer(asked):
    asked.clock.set(at(3, 31))
    store = Between(asked.desk.store, 0, lambda: submissions.call(asked.desk))
    desk = type(asked.desk)(store, asked.desk.clock)
    done = submissions.confirm(desk, QUARTER, ETHICS, OLIVE)
    assert (done.answer, done.reminded) == (Answer.NO_CHANGE, (date(2026, 3, 31),))


def test_a_due_date_that_becomes_a_day_off_goes_to_the_next_workday(asked):
    asked.clock.set(at(3, 31))
    roster.close(asked.desk, [Closure(date(2026, 3, 31), "臺北市")])
    submissions.call(asked.desk)
    assert standing(asked)[ETHICS].due == date(2026, 4, 1)
    asked.clock.set(at(4, 1))
    assert submissions.call(asked.desk).reminded == 2
    assert not standing(asked)[ETHICS].late(date(2026, 4, 1))
    submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    roster.close(asked.desk, [Closure(date(2026, 4, 1), "臺北市")])
    submissions.call(asked.desk)
    assert [standing(asked)[one].due.day for one in (ETHICS, HIGH)] == [1, 2]


def test_a_quarter_whose_every_morning_was_missed_is_asked_for_afterwards(world):
    inventory.take_in(world.desk, [Entry(2, ITEMS[0])])
    world.clock.set(at(4, 2))
    inventory.take_in(world.desk, [Entry(2, ITEMS[1])])
    assert submissions.call(world.desk).asked == 1
    (one,) = submissions.standing(world.desk, QUARTER)
    assert (one.agency, one.due, one.late(date(2026, 4, 2))) == (ETHICS, date(2026, 3, 31), True)
    assert submissions.call(world.desk) == submissions.Called()


def test_a_desk_that_begins_in_a_quarter_asks_for_no_earlier_one(world):
    world.clock.set(at(4, 2))
    inventory.take_in(world.desk, [Entry(2, ITEMS[0])])
    assert submissions.call(world.desk) == submissions.Called()
    reads = Counting(world.desk.store)
    assert submissions.call(type(world.desk)(reads, world.desk.clock)) == submissions.Called()
    assert "find" not in reads.calls


def test_section_head_and_coordinator_are_told_once_when_it_is_late(asked):
    slack = FakeSlack()
    for day in (date(2026, 3, 30), date(2026, 3, 31), *_april(1, 2, 7)):
        asked.clock.set(datetime.combine(day, datetime.min.time(), TAIPEI) + timedelta(hours=9))
        submissions.call(asked.desk)
        sweep(asked, slack)
    for who in (HELEN, CORA):
        told = [one for one in slack.to(who) if "廉政署" in one.words and "提報" in one.words]
        assert [("已逾期" in one.words, one.buttons) for one in told] == [
            (True, ["no_change", "upload"])
        ]
    submissions.confirm(asked.desk, QUARTER, ETHICS, CORA)
    sweep(asked, slack)
    about = [one for one in slack.messages if "廉政署" in one.words and "提報" in one.words]
    assert len(about) == 8  # the call, five reminders, and two of them to a person
    assert {one.buttons[0] for one in about} == {"upload"}


def test_who_owes_an_answer_is_reminded_on_its_days_and_once_a_day(asked):
    submissions.confirm(asked.desk, QUARTER, HIGH, CORA)
    days, day = [], date(2026, 3, 3)
    while day < date(2026, 4, 4):
        asked.clock.set(datetime.combine(day, datetime.min.time(), TAIPEI) + timedelta(hours=8.75))
        if submissions.call(asked.desk).reminded:
            days.append(day)
        assert submissions.call(asked.desk).reminded == 0
        day += timedelta(days=1)
    # 3 April is a day off that year.
    assert days == [date(2026, 3, 24), date(2026, 3, 30), date(2026, 3, 31), *_april(1, 2)]
    assert standing(asked)[ETHICS].late(day)
    assert not standing(asked)[HIGH].late(day)


def _april(*days):
    return [date(2026, 4, day) for day in days]


def test_an_answer_after_the_due_date_stays_late_for_ever(asked):
    asked.clock.set(at(4, 2, 10))
    done = submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    assert done.late(date(2026, 4, 2))
    assert "逾期" in quarterly.answered(Face(asked.desk, new_id=str).voice(), done)


def test_of_two_who_answer_at_once_the_second_is_told_who_was_first(asked):
    def first():
        submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)

    desk = type(asked.desk)(Between(asked.desk.store, 0, first), asked.desk.clock)
    with pytest.raises(Invalid) as refused:
        submissions.confirm(desk, QUARTER, ETHICS, OTTO)
    assert dict(refused.value.faults[0].params)["by"] == "林承辦"
    assert len(standing(asked)[ETHICS].given) == 1


class Between:
    """The store behind it; once, before the n-th commit, something else happens."""

    def __init__(self, store, n, happens):
        self._store, self._left, self._happens = store, n, happens

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit(self, *writes):
        self._left -= 1
        if self._left == -1:
            self._happens()
        self._store.commit(*writes)


def test_the_message_in_the_channel_turns_into_the_answer(asked):
    asked.clock.set(at(3, 2, 9))
    slack = FakeSlack()
    sweep(asked, slack)
    assert [told.buttons for told in slack.to("C-AAC")] == [["no_change", "upload"]]
    submissions.confirm(asked.desk, QUARTER, ETHICS, OLIVE)
    sweep(asked, slack)
    (told,) = slack.to("C-AAC")
    assert "本季無異動" in told.words
    assert told.buttons == ["upload"]
    assert calls(asked) == []

"""Reconciling: what the platform's lists say was answered, against the cases."""

from datetime import timedelta

import pytest

from bot.numbers import awake
from opendata.desk import numbers, reconciling, weekly
from opendata.desk.reconciling import KEPT, Said
from opendata.rules.feedback import Kind
from opendata.rules.reconciling import Difference
from tests.world import MONDAY, commented


def compare(world, *said):
    return reconciling.compare(world.desk, Kind.SUGGESTION, [Said(*one) for one in said])


def found(world):
    return [(one.case.id, one.how) for one in reconciling.differences(world.desk)]


@pytest.mark.parametrize(
    ("state", "answered", "how"),
    [
        ("opened", True, Difference.UNAPPROVED),
        ("drafted", True, Difference.UNAPPROVED),
        ("awaiting", True, Difference.UNAPPROVED),
        ("approved", True, Difference.UNREPORTED),
        ("published", True, None),
        ("opened", False, None),
        ("approved", False, None),
        ("published", False, Difference.UNANSWERED),
    ],
)
def test_a_list_and_a_case_differ_both_ways(world, state, answered, how):
    case = getattr(world, state)()
    world.clock.turn(days=2)
    told = compare(world, (case, answered))
    assert (told.compared, told.differing) == (1, how is not None)
    assert found(world) == ([(case, how)] if how else [])


def test_a_list_that_was_exported_a_while_ago_differs_in_nothing_that_is_new(world):
    case = world.published()
    assert compare(world, (case, False)).differing == 0
    world.clock.turn(days=2)
    assert compare(world, (case, False)).differing == 1


def test_of_a_second_round_the_list_does_not_say_which_answer_it_means(world):
    case = world.published()
    world.clock.turn(days=1)
    world.receive(commented())
    assert world.case(case).round == 2
    assert compare(world, (case, True)).differing == 0


def test_what_was_put_right_meanwhile_is_gone_and_what_another_list_lacks_stays(world):
    first, second = world.opened(id_="1"), world.approved(id_="2")
    compare(world, (first, True), (second, True))
    assert [case for case, _ in found(world)] == [first, second]
    compare(world, (first, False))
    assert found(world) == [(second, Difference.UNREPORTED)]
    world.publish(second)
    assert found(world) == []


def test_suggestions_and_comments_are_compared_apart(world):
    case = world.opened(id_="1")
    compare(world, (case, True))
    reconciling.compare(world.desk, Kind.COMMENT, [Said("C1", answered=True)])
    assert found(world) == [(case, Difference.UNAPPROVED)]


def test_of_many_the_first_are_kept_and_all_are_counted(world):
    cases = [world.opened(id_=str(n)) for n in range(100, 100 + KEPT + 5)]
    told = compare(world, *((case, True) for case in cases))
    assert told.differing == KEPT + 5
    assert len(found(world)) == KEPT


def test_the_weekly_message_says_how_many_there_are(world):
    world.clock.set(MONDAY)
    compare(world, (world.opened(id_="1"), True))
    world.clock.set(MONDAY + timedelta(days=7))
    assert weekly.told(world.desk).differing == 1


def test_the_status_says_when_lists_were_compared_last(world):
    assert numbers.status(world.desk).now.reconciled is None
    compare(world, (world.opened(id_="1"), True))
    assert numbers.status(world.desk).now.reconciled == world.clock()
    assert "與平臺對帳115年3月" in awake("zh", numbers.status(world.desk))[0]

"""期限變更: what a change of the calendar did to an officer's cases, in one message."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.moved import LINES
from opendata import texts
from opendata.desk import casework, recompute, roster
from opendata.desk.outbox import Message
from opendata.rules.calendar import ChangeKind, Closure
from tests.slack import FakeSlack, sweep
from tests.unit.sweeping import at, intents
from tests.world import CORA, DUE, OLIVE, OTTO, PEOPLE

CLOSED = [Closure(DUE, "臺北市")]
TUESDAY = at(3, 3)


def said(code, **told):
    return texts.say("zh", code, **told)


@pytest.fixture
def slack():
    return FakeSlack()


def claimed(world, slack, number, who=OLIVE):
    """So many cases of an officer, all due on the ninth, and all that was told of them."""
    for n in range(number):
        casework.claim(world.desk, world.opened(id_=str(100 + n)), who)
    sweep(world, slack)


def changed(world, slack, change=roster.close, when=TUESDAY):
    """The calendar is changed, and what follows within some minutes is done; what Olive reads."""
    world.clock.set(when)
    before = len(slack.messages)
    change(world.desk, CLOSED, CORA)
    later(world, slack)
    return [one for one in slack.messages[before:] if one.channel == f"D-{OLIVE}"]


def later(world, slack):
    for _ in range(3):
        sweep(world, slack)
        world.clock.turn(minutes=1)


def test_a_closure_that_moves_thirty_cases_is_one_message(world, slack):
    claimed(world, slack, 30)
    (one,) = changed(world, slack)
    assert one.text == said("moved.text", n=30, cause=ChangeKind.CLOSED)
    assert said("moved.heading", n=30) in one.words
    assert one.words.count("→ 115年3月10日（星期二）") == LINES
    assert said("digest.rest", n=30 - LINES) in one.words
    assert intents(world, Message.MOVED) == []


def test_one_case_alone_is_told_of_in_full(world, slack):
    claimed(world, slack, 1)
    (one,) = changed(world, slack)
    assert "由115年3月9日（星期一）改為115年3月10日（星期二）" in one.text
    assert one.buttons == ["why", "details"]


def test_a_change_on_a_sunday_night_is_told_when_the_office_opens(world, slack):
    claimed(world, slack, 30)
    roster.close(world.desk, [Closure(date(2026, 3, 8), "臺北市")], CORA)
    assert changed(world, slack, when=at(3, 8, 23)) == []
    world.clock.set(at(3, 10, 8, 59))
    sweep(world, slack)
    assert slack.to(OLIVE) == []
    world.clock.set(at(3, 10))
    sweep(world, slack)
    assert [one.text for one in slack.to(OLIVE)] == [
        said("moved.text", n=30, cause=ChangeKind.CLOSED)
    ]


def test_what_was_taken_back_before_the_office_opened_is_not_told_as_it_was(world, slack):
    claimed(world, slack, 2)
    assert changed(world, slack, when=at(3, 5, 23)) == []
    assert changed(world, slack, roster.reopen, when=at(3, 5, 23, 30)) == []
    world.clock.set(at(3, 6))
    sweep(world, slack)
    (one,) = slack.to(OLIVE)
    assert one.text == said("moved.text", n=2, cause=ChangeKind.REOPENED)


def test_every_officer_hears_of_the_own_cases(world, slack):
    claimed(world, slack, 2)
    casework.claim(world.desk, world.opened(id_="5"), OTTO)
    changed(world, slack)
    assert "S5" in slack.to(OTTO)[-1].words
    assert "S5" not in slack.to(OLIVE)[-1].words


def test_a_case_that_went_to_somebody_else_meanwhile_is_not_told_of(world, slack):
    claimed(world, slack, 2)
    world.clock.set(at(3, 3))
    roster.close(world.desk, CLOSED, CORA)
    sweep(world, slack)
    casework.reassign(world.desk, "S100", CORA, OTTO)
    later(world, slack)
    assert "S101" in slack.to(OLIVE)[-1].text
    assert "S100" not in slack.to(OLIVE)[-1].words


def test_who_works_here_no_longer_is_not_told(world, slack):
    claimed(world, slack, 2)
    roster.import_people(world.desk, [replace(PEOPLE[0], active=False)])
    assert changed(world, slack) == []
    assert intents(world, Message.MOVED) == []


def test_a_case_that_is_recounted_while_the_message_is_written_is_not_forgotten(
    world, slack, monkeypatch
):
    """The second case is recounted after the message was rendered, and before it is done with."""
    claimed(world, slack, 2)
    world.clock.set(at(3, 3))
    roster.close(world.desk, CLOSED, CORA)
    recompute.recompute_case(world.desk, "S100", ChangeKind.CLOSED, 1)
    world.clock.turn(minutes=2)
    send = FakeSlack.chat_postMessage

    def meanwhile(fake, told):
        if told["channel"] == f"D-{OLIVE}":
            recompute.recompute_case(world.desk, "S101", ChangeKind.CLOSED, 1)
        return send(fake, told)

    monkeypatch.setattr(FakeSlack, "chat_postMessage", meanwhile)
    later(world, slack)
    later(world, slack)
    (one,) = slack.to(OLIVE)
    assert said("moved.heading", n=2) in one.words
    assert world.case("S101").due.on == DUE + timedelta(days=1)

"""What Slack refuses for good: parked, counted, told once a cause, delivered when it is mended."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery import Outcome, deliver
from bot.messages import undeliverable
from bot.numbers import status_blocks
from bot.undelivered import REASONS, cause_of
from infra.console import Console
from infra.desk.block_rules import check_message
from opendata.desk import casework, copies, numbers, outbox, roster
from opendata.desk.outbox import Message
from opendata.desk.records import Cause
from opendata.rules.people import Role
from tests.slack import StandInClient, face_of, refusal, stand_in, sweep
from tests.world import CHANNELS, CORA, DEREK, MONDAY, OLIVE, PEOPLE, posted

CARD = CHANNELS["aac"]
ALL_CODES = (*REASONS, "a_new_code_of_slacks")
PLACES = {"": "整個Slack工作區", CARD: "法務部廉政署的頻道", OLIVE: "林承辦", "C9": "C9"}


@pytest.fixture
def slack(world) -> Iterator[StandInClient]:
    workspace = stand_in(world)
    yield StandInClient(workspace)
    workspace.close()


def break_channel(slack, **changes) -> None:
    """The bot is thrown out of the channel, unless told otherwise; {} mends it."""
    known = slack.workspace.channels[CARD]
    whole = replace(known, archived=False, bot_member=True)
    slack.workspace.channels[CARD] = replace(whole, **changes)


def swept(world, slack, **by) -> None:
    world.clock.turn(**by)
    sweep(world, slack)
    sweep(world, slack)  # what the first caused


def notices(slack, who=CORA) -> list[str]:
    return [message["text"] for message in slack.to(who)]


# -- parked


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"bot_member": False}, "not_in_channel"), ({"archived": True}, "is_archived")],
)
def test_what_somebody_has_to_mend_is_kept_tried_now_and_then_and_never_lost(
    world, slack, changes, code
):
    world.opened()
    break_channel(slack, **changes)
    swept(world, slack)
    assert [one.name for one in outbox.causes(world.desk)] == [f"{code}@{CARD}"]
    tried = slack.calls.count("chat.postMessage")
    swept(world, slack, minutes=9)
    assert slack.calls.count("chat.postMessage") == tried
    break_channel(slack)
    swept(world, slack, minutes=2)
    assert len(slack.to(CARD)) == 1
    assert world.rows("OUT#%") == {}


def test_a_person_whom_slack_does_not_know_keeps_the_others_from_nothing(world, slack):
    world.clock.turn(days=2)
    slack.workspace.people[DEREK] = replace(slack.workspace.people[DEREK], deleted=True)
    world.awaiting()
    swept(world, slack)
    assert len(slack.to("U0CAROL")) == 1
    assert [one.name for one in outbox.causes(world.desk)] == [f"account_inactive@{DEREK}"]


def test_a_refused_update_of_what_somebody_has_is_parked_too(world, slack):
    case = world.opened()
    swept(world, slack)
    casework.claim(world.desk, case, OLIVE)
    break_channel(slack, bot_member=False)
    swept(world, slack)
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    break_channel(slack)
    swept(world, slack, minutes=10)
    assert "處理中" in str(slack.to(CARD)[0])
    assert outbox.causes(world.desk) == ()


# -- told once


def test_many_cases_in_one_broken_channel_make_one_notice(world, slack):
    break_channel(slack, bot_member=False)
    for number in range(1, 13):
        world.opened(id_=str(number))
    swept(world, slack)
    for _ in range(5):
        swept(world, slack, minutes=10)
    (told,) = notices(slack)
    assert "法務部廉政署的頻道" in told
    assert "/invite @opendata" in told
    assert [one.parked for one in outbox.causes(world.desk)] == [12]


def test_the_notice_counts_what_is_parked_when_it_goes_out(world, slack):
    break_channel(slack, bot_member=False)
    for number in ("1", "2", "3"):
        world.opened(id_=number)
    for intent in world.waiting():
        deliver(face_of(world), slack, intent)
    swept(world, slack)
    assert "有3則等待補送" in notices(slack)[0]


def test_every_coordinator_of_the_ministry_is_told_and_nobody_else(world, slack):
    second = replace(PEOPLE[8], id=DEREK, locale="en")
    roster.import_people(world.desk, [second])
    break_channel(slack, bot_member=False)
    world.opened()
    swept(world, slack)
    assert "等待補送" in notices(slack)[0]
    assert "waiting to be sent: 1" in notices(slack, DEREK)[0]
    assert sum(len(slack.to(one.id)) for one in PEOPLE) == 2


def test_after_it_is_mended_the_notice_says_so_and_another_breakdown_is_told_anew(world, slack):
    break_channel(slack, bot_member=False)
    world.opened(id_="1")
    swept(world, slack)
    break_channel(slack)
    swept(world, slack, minutes=10)
    (told,) = notices(slack)
    assert told.startswith("已恢復")
    break_channel(slack, bot_member=False)
    world.opened(id_="2")
    swept(world, slack)
    first, second = notices(slack)
    assert first.startswith("已恢復")
    assert "等待補送" in second


def test_what_is_not_wanted_any_more_proves_nothing_mended_and_is_not_told_again(world, slack):
    slack.workspace.people[OLIVE] = replace(slack.workspace.people[OLIVE], deleted=True)
    case = world.approved()
    swept(world, slack)
    (told,) = notices(slack)
    assert "林承辦" in told
    world.publish(case, "U0OTTO")
    swept(world, slack, minutes=10)
    assert outbox.causes(world.desk) == ()
    (told,) = notices(slack)
    assert told.startswith("沒有等待補送")
    world.approved(id_="2")
    swept(world, slack)
    (told,) = notices(slack)
    assert "目前有1則等待補送" in told


def test_trouble_of_another_kind_does_not_count_as_mended(world, slack):
    break_channel(slack, bot_member=False)
    world.opened()
    swept(world, slack)
    slack.before = lambda *_: (_ for _ in ()).throw(TimeoutError())
    swept(world, slack, minutes=10)
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    slack.before = lambda *_: None
    swept(world, slack, hours=1)
    assert len(notices(slack)) == 1


def test_a_cause_that_was_mended_before_anybody_could_be_told_is_not_told(world, slack):
    break_channel(slack, bot_member=False)
    world.opened()
    sweep(world, slack)
    break_channel(slack)
    world.clock.turn(minutes=10)
    for intent in reversed(world.waiting()):
        deliver(face_of(world), slack, intent)
    swept(world, slack)
    assert notices(slack) == []
    assert world.rows("OUT#%") == {}


# -- nobody can be told


@pytest.mark.parametrize("code", ["user_disabled", "token_revoked", "messages_tab_disabled"])
def test_a_coordinator_who_cannot_be_reached_starts_no_loop(world, slack, code):
    def broken(method, given):
        raise refusal(code)

    slack.before = broken
    world.opened()
    for _ in range(10):
        swept(world, slack, minutes=10)
    assert [one.parked for one in outbox.causes(world.desk)] == [1]
    assert len(world.rows("OUT#%")) == 2
    assert len(slack.calls) <= 2 * 10
    slack.before = lambda *_: None
    for _ in range(3):
        swept(world, slack, hours=1)
    assert len(slack.to(CARD)) == 1
    assert notices(slack) == []
    assert world.rows("OUT#%") == {}


def test_the_broken_coordinator_is_not_asked_to_hear_of_it(world, slack):
    roster.import_people(world.desk, [replace(PEOPLE[6], roles=frozenset({Role.COORDINATOR}))])
    cause = Cause("user_disabled", CORA, MONDAY, 1, 1)
    world.desk.store.commit(outbox.Put(outbox.cause_row(replace(cause, version=1))))
    deliver(face_of(world), slack, outbox._notice(world.desk, cause))
    assert slack.to(CORA) == []


def test_without_a_coordinator_the_notice_waits_for_one(world, slack):
    roster.import_people(world.desk, [replace(PEOPLE[8], active=False)])
    break_channel(slack, bot_member=False)
    world.opened()
    swept(world, slack)
    assert [len(slack.to(one.id)) for one in PEOPLE if slack.to(one.id)] == []
    roster.import_people(world.desk, [PEOPLE[8]])
    swept(world, slack, hours=1)
    assert len(notices(slack)) == 1


# -- in words


@pytest.mark.parametrize("code", ALL_CODES)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_every_cause_is_told_with_where_why_and_what_to_do(world, code, language, place):
    cause = Cause(code, place, MONDAY, parked=3, broke=1, mended=False)
    shown = undeliverable(face_of(world).voice(language), cause, "1")
    check_message(shown.blocks)
    assert "3" in shown.text
    assert PLACES[place] in shown.text or language == "en"
    assert code not in REASONS or code not in shown.text


def test_what_is_wrong_with_the_app_is_one_cause_wherever_it_was_met():
    assert {cause_of("token_revoked", to) for to in (CARD, OLIVE)} == {"token_revoked@"}
    assert cause_of("is_archived", CARD) == f"is_archived@{CARD}"
    assert cause_of("is_inactive", CARD) == cause_of("is_archived", CARD)


# -- in the status


def test_the_status_says_how_many_messages_wait_and_why(world, slack):
    break_channel(slack, bot_member=False)
    slack.workspace.people[OLIVE] = replace(slack.workspace.people[OLIVE], deleted=True)
    world.approved()
    world.opened(id_="2")
    swept(world, slack)
    counted = numbers.status(world.desk)
    blocks = status_blocks(face_of(world).voice(), counted)
    check_message(blocks)
    notes = [block["elements"][0]["text"] for block in blocks if block["type"] == "context"]
    (told,) = (note for note in notes if note.startswith("有3則訊息送不出去"))
    assert "2則（機器人不在這個頻道）" in told
    assert "林承辦1則（Slack帳號已停用）" in told
    out = io.StringIO()
    Console(out, {}).status(counted, world.desk.directory())
    assert "有3則訊息送不出去" in out.getvalue()


def test_nothing_is_said_of_it_while_all_is_well_or_of_a_day_that_is_past(world, slack):
    world.opened()
    swept(world, slack)
    assert numbers.status(world.desk).now.undelivered == ()
    break_channel(slack, bot_member=False)
    world.opened(id_="2")
    swept(world, slack)
    past = numbers.status(world.desk, as_of=world.clock() - timedelta(hours=1))
    assert past.now is None
    out = io.StringIO()
    Console(out, {}).status(past, world.desk.directory())
    assert "送不出去" not in out.getvalue()


def test_the_contract_of_the_json_knows_nothing_of_it(world, slack):
    before = numbers.as_json(numbers.status(world.desk), world.desk.directory()).keys()
    break_channel(slack, bot_member=False)
    world.opened()
    swept(world, slack)
    after = numbers.as_json(numbers.status(world.desk), world.desk.directory()).keys()
    assert before == after


def test_the_status_reads_a_row_for_each_cause_however_many_messages_wait(world, slack):
    break_channel(slack, bot_member=False)
    for number in range(1, 21):
        world.opened(id_=str(number))
    swept(world, slack)
    assert len(world.desk.store.query(outbox.STATUS, outbox.CAUSE).rows) == 1


def test_a_notice_is_no_case(world, slack):
    break_channel(slack, bot_member=False)
    world.opened()
    swept(world, slack)
    assert world.cases() == ["S97944"]
    assert world.faults() == []
    notice = next(
        one for one in copies.sent(world.desk, f"not_in_channel@{CARD}", Message.UNDELIVERABLE)
    )
    assert (notice.to, notice.shown) == (CORA, 1)


def test_the_outcome_of_a_refusal_is_parked(world, slack):
    break_channel(slack, bot_member=False)
    world.receive(posted())
    (intent,) = world.waiting()
    assert deliver(face_of(world), slack, intent) == {Outcome.PARKED: 1}

import asyncio
import json
import threading
from collections.abc import Iterator
from http.client import HTTPException
from itertools import pairwise
from urllib.request import Request, urlopen

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.desk.faults import FaultName, Faults
from infra.desk.interactions import SlackAnswer
from tests.unit.standin import (
    FOREIGN_SECRET,
    OFFICER,
    OPEN,
    SECRETIVE,
    TOKEN,
    App,
    Hand,
    Server,
    actions,
    button,
    field,
    modal,
    section,
    serving,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def url(server, space) -> str:
    return server.play(space, App())


@pytest.fixture
def client(url) -> WebClient:
    return WebClient(token=TOKEN, base_url=f"{url}api/", retry_handlers=[])


def refused(call, **arguments) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response


def said(space) -> list[str]:
    return [one["message"]["text"] for one in space.messages.shown_to(OFFICER, OPEN, 50)]


# -- switches ---------------------------------------------------------------------------------


def test_nothing_goes_wrong_until_it_is_switched_on():
    faults = Faults()
    assert [faults.strike(fault) for fault in FaultName] == [None] * len(FaultName)
    assert not any(one["on"] for one in faults.told())


def test_the_next_so_many_strike_and_then_no_more():
    faults = Faults()
    faults.set("rate_limited", left=2, value=7)
    assert [faults.strike(FaultName.RATE_LIMITED) for _ in range(3)] == [7, 7, None]
    told = next(one for one in faults.told() if one["name"] == "rate_limited")
    assert told == {"name": "rate_limited", "on": False, "percent": 0, "left": 0, "value": 7}
    assert faults.counts()["rate_limited"] == 2


def test_a_fault_may_strike_now_and_then_so_many_times():
    faults = Faults()
    faults.set("hash_conflict", percent=50, left=3)
    struck = [faults.strike(FaultName.HASH_CONFLICT) is not None for _ in range(100)]
    assert sum(struck) == 3
    assert struck[:3] != [True] * 3
    assert not any(one["on"] for one in faults.told())


@pytest.mark.parametrize("off", [{"percent": 0}, {"percent": 0, "left": 0}])
def test_a_fault_is_switched_off(off):
    faults = Faults()
    faults.set("slow_ack")
    faults.set("slow_ack", **off)
    assert faults.strike(FaultName.SLOW_ACK) is None


def test_only_what_has_a_value_tells_one():
    told = {one["name"]: one["value"] for one in Faults().told()}
    assert told["rate_limited"] == 30
    assert told["slow_ack"] is None


def test_a_probability_is_met_and_the_same_seed_throws_the_same():
    def throws(seed):
        faults = Faults(seed)
        faults.set("slow_ack", percent=30)
        return [faults.strike(FaultName.SLOW_ACK) is not None for _ in range(1000)]

    assert 250 < sum(throws(1)) < 350
    assert throws(1) == throws(1) != throws(2)


def test_clearing_switches_everything_off_and_keeps_the_counts():
    faults = Faults()
    faults.set("lost_delivery")
    faults.strike(FaultName.LOST_DELIVERY)
    faults.clear()
    assert faults.strike(FaultName.LOST_DELIVERY) is None
    assert faults.counts()["lost_delivery"] == 1


def test_no_strike_is_lost_or_doubled_between_threads():
    faults, struck = Faults(), []
    faults.set("doubled_click", left=400)

    def throw():
        struck.extend(faults.strike(FaultName.DOUBLED_CLICK) is not None for _ in range(200))

    threads = [threading.Thread(target=throw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(struck) == faults.counts()["doubled_click"] == 400


@pytest.mark.parametrize(
    "told",
    [
        {"name": "gravity"},
        {"name": "rate_limited", "percent": 101},
        {"name": "rate_limited", "percent": -1},
        {"name": "rate_limited", "left": -1},
        {"name": "rate_limited", "value": 1e9},
    ],
)
def test_a_switch_that_cannot_be_is_refused(told):
    with pytest.raises(ValueError, match=told["name"]):
        Faults().set(**told)


# -- what the app asks --------------------------------------------------------------------------


def test_a_rate_limit_is_429_with_the_seconds_to_wait(client, space):
    space.faults.set("rate_limited", left=1, value=17)
    told = refused(client.chat_postMessage, channel=OPEN, text="新案")
    assert (told.status_code, told.headers["retry-after"]) == (429, "17")
    assert told.data == {"ok": False, "error": "ratelimited"}
    assert said(space) == []
    client.chat_postMessage(channel=OPEN, text="新案")


def test_one_message_a_second_is_a_rule_of_each_channel(client, space, clock):
    space.faults.set("one_a_second")
    client.chat_postMessage(channel=OPEN, text="一")
    client.chat_postMessage(channel=SECRETIVE, text="別處")
    told = refused(client.chat_postMessage, channel=OPEN, text="二")
    assert (told.status_code, told.headers["retry-after"]) == (429, "1")
    clock.move(seconds=1)
    client.chat_postMessage(channel=OPEN, text="二")
    assert said(space) == ["一", "二"]
    assert space.faults.counts()["one_a_second"] == 1


def test_what_fails_before_it_takes_effect_has_none(client, space):
    space.faults.set("fails_before", left=1)
    assert refused(client.chat_postMessage, channel=OPEN, text="新案").status_code == 500
    assert said(space) == []


def test_an_internal_error_may_come_in_a_sound_answer(client, space):
    space.faults.set("fails_before", left=1, value=200)
    told = refused(client.chat_postMessage, channel=OPEN, text="新案")
    assert (told.status_code, told["error"]) == (200, "internal_error")


def test_what_fails_after_it_took_effect_was_done(client, space):
    space.faults.set("fails_after", left=1, value=500)
    assert refused(client.chat_postMessage, channel=OPEN, text="新案").status_code == 500
    assert said(space) == ["新案"]


def test_an_answer_may_be_lost_with_its_connection(client, space):
    space.faults.set("fails_after", left=1, value=0)
    with pytest.raises((HTTPException, OSError)):
        client.chat_postMessage(channel=OPEN, text="新案")
    assert said(space) == ["新案"]


def test_an_answer_that_is_too_slow_was_given_all_the_same(url, space):
    space.faults.set("slow_api", left=1, value=30)
    hasty = WebClient(token=TOKEN, base_url=f"{url}api/", timeout=1, retry_handlers=[])
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=OPEN, text="新案")
    assert said(space) == ["新案"]


@pytest.mark.parametrize("fault", ["token_revoked", "account_inactive"])
def test_an_app_that_was_shut_out_learns_why(client, space, fault):
    space.faults.set(fault)
    assert refused(client.auth_test)["error"] == fault
    space.faults.clear()
    assert client.auth_test()["ok"] is True


def test_an_app_that_was_removed_from_its_channels_keeps_its_direct_messages(client, space):
    space.faults.set("removed_from_channel")
    assert refused(client.chat_postMessage, channel=OPEN, text="新")["error"] == "not_in_channel"
    told = refused(client.chat_postMessage, channel=SECRETIVE, text="新")
    assert told["error"] == "channel_not_found"
    client.chat_postMessage(channel=OFFICER, text="您好")


def test_a_view_that_somebody_else_changed_conflicts(client, space):
    view = space.views.open(OFFICER, modal())
    space.faults.set("hash_conflict", left=1)
    told = refused(client.views_update, view_id=view["id"], hash=view["hash"], view=modal())
    assert told["error"] == "hash_conflict"
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal())


def test_a_response_url_is_the_apps_traffic_too(url, space, hand):
    ts = space.messages.post(OPEN, {"text": "新案", "blocks": [actions(button())]})["ts"]
    hand.press(ts, "acts", "claim")
    space.faults.set("rate_limited", left=1)
    content = json.dumps({"text": "已認領"}).encode()
    headers = {"content-type": "application/json"}
    assert httpx.post(hand.payload()["response_url"], content=content).status_code == 429
    request = Request(hand.payload()["response_url"], content, headers)
    with urlopen(request) as answer:
        assert answer.status == 200


# -- what the app is told -----------------------------------------------------------------------


def claimable(space) -> str:
    blocks = [section("新案"), actions(button(value="S1"))]
    return space.messages.post(OPEN, {"text": "新案", "blocks": blocks})["ts"]


def test_what_is_lost_never_reaches_the_app(hand, space, app):
    space.faults.set("lost_delivery", left=1)
    assert hand.type("/opendata status").trouble == "operation_timeout"
    assert app.asked == []


def test_an_answer_that_counts_as_late_was_heard_by_the_app(hand, space, app):
    space.faults.set("slow_ack", left=1)
    app.answer = SlackAnswer(200, b'{"text": "zu sp\\u00e4t"}')
    assert hand.type("/opendata status").trouble == "operation_timeout"
    assert len(app.asked) == 1
    assert said(space) == []


def test_a_doubled_delivery_is_the_same_request_twice(hand, space, app):
    space.faults.set("doubled_delivery", left=1)
    assert hand.press(claimable(space), "acts", "claim").trouble == ""
    first, second = app.asked
    assert first == second


def test_of_a_doubled_event_slack_says_that_it_tries_again(hand, space, app):
    space.faults.set("doubled_delivery", left=1)
    asyncio.run(hand.do.open_home(OFFICER))
    first, second = app.asked
    assert first.body == second.body
    assert "x-slack-retry-num" not in first.headers
    assert (
        second.headers.items()
        >= {
            "x-slack-retry-num": "1",
            "x-slack-retry-reason": "http_timeout",
        }.items()
    )


def test_a_doubled_click_is_two_requests_of_their_own(hand, space, app):
    space.faults.set("doubled_click", left=1)
    hand.press(claimable(space), "acts", "claim")
    assert len(app.asked) == 2
    bodies = [request.body for request in app.asked]
    assert all(before != after for before, after in pairwise(bodies))


def test_a_modal_is_not_clicked_twice_by_its_submit_button(hand, space, app):
    space.faults.set("doubled_click")
    view = space.views.open(OFFICER, modal(field("text", {"type": "plain_text_input"})))
    hand.submit(view, {"text": {"v": "字"}})
    assert len(app.asked) == 1


def test_a_first_delivery_that_breaks_down_is_trouble_though_the_second_is_taken(space):
    answers = [SlackAnswer(500), SlackAnswer(200)]

    async def app(_):
        return answers.pop(0)

    space.faults.set("doubled_delivery", left=1)
    assert Hand(space, app).type("/opendata status").trouble == "dispatch_failed"
    assert answers == []


# -- the page -----------------------------------------------------------------------------------


@pytest.fixture
def page(url) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as made:
        yield made


def test_the_page_switches_a_fault_and_sees_how_it_stands(page, space):
    before = page.get("page/state").json()["revision"]
    asked = {"name": "rate_limited", "percent": 40, "left": 3, "value": 12}
    assert page.post("page/act/fault", json=asked).status_code == 200
    state = page.get("page/state").json()
    assert {**asked, "on": True} in state["faults"]
    assert state["revision"] > before
    assert state["counts"]["rate_limited"] == 0
    page.post("page/act/faults_clear", json={})
    assert not any(one["on"] for one in page.get("page/state").json()["faults"])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"name": "gravity"},
        {"name": "slow_ack", "percent": "50"},
        {"name": "slow_ack", "left": 1.5},
    ],
)
def test_a_switch_that_cannot_be_is_refused_to_the_page(page, asked):
    answer = page.post("page/act/fault", json=asked)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_arguments"})


def test_faults_never_strike_the_page_itself(page, space):
    for fault in (
        FaultName.RATE_LIMITED,
        FaultName.FAILS_BEFORE,
        FaultName.FAILS_AFTER,
        FaultName.TOKEN_REVOKED,
    ):
        space.faults.set(fault)
    assert page.get("page/state").status_code == 200
    asked = {"as": OFFICER, "place": OPEN, "text": "大家好"}
    assert page.post("page/act/type", json=asked).status_code == 200
    assert said(space) == ["大家好"]


def test_a_private_channel_without_the_app_stays_unknown_whatever_goes_wrong(client, space):
    space.faults.set("removed_from_channel")
    told = refused(client.conversations_history, channel=FOREIGN_SECRET)
    assert told["error"] == "channel_not_found"

import asyncio
import json
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from infra.desk.errors import SlackError
from infra.desk.interactions import Interactions, SlackAnswer
from infra.desk.tickets import Response
from tests.unit.standin import (
    BASE,
    BOT,
    CIO,
    OFFICER,
    OPEN,
    SECRET,
    Clock,
    Hand,
    actions,
    answer,
    button,
    options,
    section,
    workspace,
)


def shown(space, person=OFFICER, place=OPEN):
    return space.messages.shown_to(person, place, 50)


def claimable(space, **more):
    content = {"text": "新案", "blocks": [section("新案"), actions(button(value="S1"))]}
    return space.messages.post(OPEN, content, **more)["ts"]


# -- requests ---------------------------------------------------------------------------------


def test_a_request_is_signed_as_slack_signs_it(hand, app, clock):
    hand.type("/opendata status")
    request = app.asked[0]

    class Then(SignatureClock):
        def now(self):
            return clock().timestamp()

    headers = dict(request.headers)
    assert SignatureVerifier(SECRET, Then()).is_valid_request(request.body, headers)
    assert not SignatureVerifier("another", Then()).is_valid_request(request.body, headers)


def test_a_press_in_a_message_tells_who_where_and_on_what(hand, space):
    ts = claimable(space)
    hand.press(ts, "acts", "claim", "S1")
    told = hand.payload()
    assert told["type"] == "block_actions"
    assert told["user"] == {
        "id": OFFICER,
        "username": "林怡君",
        "name": "林怡君",
        "team_id": "T0DESK",
    }
    assert told["team"]["id"] == "T0DESK"
    assert told["api_app_id"] == BOT.app_id
    assert told["channel"] == {"id": OPEN, "name": "資料開放"}
    assert told["container"]["message_ts"] == told["message"]["ts"] == ts
    assert (
        told["actions"][0].items()
        >= {
            "type": "button",
            "block_id": "acts",
            "action_id": "claim",
            "value": "S1",
        }.items()
    )
    assert told["actions"][0]["action_ts"]
    assert told["response_url"].startswith(f"{BASE}response/")
    assert space.triggers.use(told["trigger_id"]) == OFFICER


def test_the_value_of_a_button_is_the_apps_own_whatever_the_page_says(hand, space):
    hand.press(claimable(space), "acts", "claim", given="S2")
    assert hand.payload()["actions"][0]["value"] == "S1"


def test_a_press_in_an_ephemeral_message_does_not_tell_the_message(hand, space):
    ts = claimable(space, only_for=OFFICER)
    hand.press(ts, "acts", "claim")
    told = hand.payload()
    assert told["container"]["is_ephemeral"] is True
    assert "message" not in told


def test_nobody_presses_what_is_for_others_or_not_there(hand, space):
    ts = claimable(space, only_for=OFFICER)
    with pytest.raises(SlackError, match="message_not_found"):
        hand.press(ts, "acts", "claim", person=CIO)
    with pytest.raises(SlackError, match="element_not_found"):
        hand.press(ts, "acts", "approve")


def test_menus_tell_the_whole_option(hand, space):
    select = {"type": "static_select", "action_id": "s", "options": options("1", "2")}
    ts = space.messages.post(OPEN, {"text": "選", "blocks": [actions(select)]})["ts"]
    hand.press(ts, "acts", "s", "2", {"acts": {"s": "2"}})
    assert hand.payload()["actions"][0]["selected_option"] == options("2")[0]
    assert hand.payload()["state"]["values"]["acts"]["s"]["selected_option"] == options("2")[0]


def test_opening_the_home_is_an_event_with_an_id_of_its_own(hand, app):
    for _ in range(2):
        asyncio.run(hand.do.open_home(OFFICER))
    first, second = (json.loads(request.body) for request in app.asked)
    assert first["type"] == "event_callback"
    assert (
        first["event"].items()
        >= {"type": "app_home_opened", "user": OFFICER, "tab": "home"}.items()
    )
    assert first["event_id"] != second["event_id"]
    assert app.asked[0].headers["content-type"] == "application/json"


# -- commands ---------------------------------------------------------------------------------


def test_a_command_is_a_form_with_what_was_typed(hand, app):
    hand.type("/opendata show S97944 ")
    form = {name: value[0] for name, value in parse_qs(app.asked[0].body.decode()).items()}
    assert (form["command"], form["text"]) == ("/opendata", "show S97944")
    assert (form["user_id"], form["channel_id"], form["channel_name"]) == (
        OFFICER,
        OPEN,
        "資料開放",
    )
    assert form["team_id"] == "T0DESK"


def test_the_answer_to_a_command_is_for_whoever_asked(hand, space, app):
    app.answer = answer({"text": "辦理情形", "blocks": [section("辦理情形")]})
    assert hand.type("/opendata status").trouble == ""
    assert [one["ephemeral"] for one in shown(space)] == [True]
    assert shown(space, CIO) == []


def test_the_answer_to_a_command_may_be_for_everybody_or_plain_text(hand, space, app):
    app.answer = answer({"text": "辦理情形", "response_type": "in_channel"})
    hand.type("/opendata status")
    app.answer = SlackAnswer(200, "好".encode())
    hand.type("/opendata help")
    told = [(one["message"]["text"], one["ephemeral"]) for one in shown(space)]
    assert told == [("辦理情形", False), ("好", True)]


def test_an_empty_answer_to_a_command_shows_nothing(hand, space):
    assert hand.type("/opendata status").trouble == ""
    assert shown(space) == []


def test_an_unknown_command_never_reaches_the_app(hand, app):
    assert hand.type("/jira").trouble == "unknown_command"
    assert app.asked == []


def test_what_is_no_command_is_said_in_the_channel(hand, space, app):
    hand.type("大家好")
    assert shown(space, CIO)[0]["message"]["user"] == OFFICER
    assert app.asked == []


def test_blocks_that_slack_refuses_are_trouble_in_an_answer_too(hand, space, app):
    app.answer = answer({"text": "壞", "blocks": [section("")]})
    assert hand.type("/opendata status").trouble == "bad_answer"
    assert shown(space) == []


@pytest.mark.parametrize(
    "told",
    [
        {"text": "好", "colour": "red"},
        {"text": "好", "response_type": "everybody"},
        {"text": "好", "replace_original": True},
        {"text": "好", "thread_ts": "1.000001"},
        {"response_type": "ephemeral"},
        {"text": 5},
    ],
)
def test_an_answer_to_a_command_holds_what_slack_knows_and_nothing_else(hand, space, app, told):
    app.answer = answer(told)
    assert hand.type("/opendata status").trouble == "bad_answer"
    assert shown(space) == []


@pytest.mark.parametrize("told", [{}, {"text": "好"}, "好"])
def test_a_press_and_an_event_are_answered_with_nothing(hand, space, app, told):
    app.answer = answer(told)
    assert hand.press(claimable(space), "acts", "claim").trouble == "bad_answer"
    assert asyncio.run(hand.do.open_home(OFFICER)).trouble == "bad_answer"


# -- trouble ----------------------------------------------------------------------------------


def test_an_app_that_does_not_answer_well_is_trouble(hand, app):
    app.answer = SlackAnswer(500)
    assert hand.type("/opendata status").trouble == "dispatch_failed"


def test_an_app_that_breaks_down_is_trouble(space):
    async def broken(_):
        raise ConnectionError

    assert Hand(space, broken).type("/opendata status").trouble == "dispatch_failed"


def test_an_app_that_answers_late_is_trouble_but_goes_on(space):
    finished = []

    async def scene():
        gate = asyncio.Event()

        async def slow(_):
            await gate.wait()
            finished.append("yes")
            return SlackAnswer(200)

        interactions = Interactions(space, slow, ack_seconds=0)
        outcome = await interactions.open_home(OFFICER)
        gate.set()
        while not finished:
            await asyncio.sleep(0)
        return outcome.trouble

    assert asyncio.run(scene()) == "operation_timeout"
    assert finished == ["yes"]


# -- response URLs ----------------------------------------------------------------------------


def token_of(hand) -> str:
    return hand.payload()["response_url"].rpartition("/")[2]


def by_url(hand, token, **told):
    hand.do.answers.by_url(token, json.dumps(told).encode())


def test_a_response_url_works_five_times(hand, space):
    hand.press(claimable(space), "acts", "claim")
    for number in range(5):
        by_url(hand, token_of(hand), text=str(number))
    with pytest.raises(SlackError, match="used_url"):
        by_url(hand, token_of(hand), text="6")
    assert len(shown(space)) == 6


def test_a_response_url_works_for_half_an_hour(hand, space, clock):
    hand.press(claimable(space), "acts", "claim")
    clock.move(minutes=30)
    by_url(hand, token_of(hand), text="還行")
    clock.move(seconds=1)
    with pytest.raises(SlackError, match="expired_url"):
        by_url(hand, token_of(hand), text="太晚")


def test_a_response_is_for_one_or_for_all(hand, space):
    hand.press(claimable(space), "acts", "claim")
    by_url(hand, token_of(hand), text="只給您")
    by_url(hand, token_of(hand), text="給大家", response_type="in_channel")
    assert [one["message"]["text"] for one in shown(space, CIO)] == ["新案", "給大家"]


@pytest.mark.parametrize("only_for", [None, OFFICER])
def test_a_response_replaces_or_takes_away_what_was_pressed(hand, space, only_for):
    hand.press(claimable(space, only_for=only_for), "acts", "claim")
    by_url(hand, token_of(hand), text="已認領", replace_original=True)
    assert [one["message"]["text"] for one in shown(space)] == ["已認領"]
    by_url(hand, token_of(hand), delete_original=True)
    assert shown(space) == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"text": "好", "colour": "red"}, "invalid_arguments"),
        ({"text": "好", "response_type": "everybody"}, "invalid_arguments"),
        ({"text": "好", "replace_original": "yes"}, "invalid_arguments"),
        ({"text": "壞", "blocks": [section("")]}, "invalid_blocks"),
        ({"replace_original": True}, "no_text"),
        ({}, "no_text"),
    ],
)
def test_what_is_posted_to_a_response_url_is_checked_like_a_message(hand, space, told, code):
    hand.press(claimable(space), "acts", "claim")
    with pytest.raises(SlackError, match=code):
        by_url(hand, token_of(hand), **told)
    assert [one["message"]["text"] for one in shown(space)] == ["新案"]


@pytest.mark.parametrize("content", [b"", b"payload=%7B%7D", b"[]", b'"text"', b"\xff"])
def test_what_is_no_json_object_is_not_posted_by_a_response_url(hand, space, content):
    hand.press(claimable(space), "acts", "claim")
    with pytest.raises(SlackError, match="invalid_payload"):
        hand.do.answers.by_url(token_of(hand), content)


def test_a_command_has_no_original_to_replace_or_to_take_away(hand, app, space):
    hand.type("/opendata status")
    (url,) = parse_qs(app.asked[0].body.decode())["response_url"]
    for change in ("replace_original", "delete_original"):
        with pytest.raises(SlackError, match="message_not_found"):
            by_url(hand, url.rpartition("/")[2], text="新", **{change: True})


# -- a clock that is turned -----------------------------------------------------------------------


@pytest.fixture
def turned():
    """The clock that people live by; the app's stands still beside it."""
    return Clock()


@pytest.fixture
def elsewhen(tmp_path, clock, turned):
    made = workspace(tmp_path / "elsewhen", turned, real=clock)
    yield made
    made.close()


def test_a_turned_clock_cuts_nothing_short_that_an_app_may_do(elsewhen, turned, clock):
    trigger = elsewhen.triggers.issue(OFFICER)
    url = elsewhen.response_urls.issue(Response(OFFICER, OPEN, None))
    turned.move(days=30)
    assert elsewhen.triggers.use(trigger) == OFFICER
    assert elsewhen.response_urls.use(url).channel == OPEN
    clock.move(hours=1)
    with pytest.raises(SlackError, match="expired_url"):
        elsewhen.response_urls.use(url)


def test_messages_lie_in_the_turned_day_and_requests_are_signed_in_real_time(
    elsewhen, app, turned, clock
):
    turned.move(days=30)
    Hand(elsewhen, app).type("早安")
    assert float(shown(elsewhen)[-1]["message"]["ts"]) == turned().timestamp()
    Hand(elsewhen, app).type("/opendata status")
    assert app.asked[0].headers["x-slack-request-timestamp"] == str(int(clock().timestamp()))

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.desk import web_api
from tests.unit.standin import OFFICER, OPEN, TOKEN, App, Server, section, serving

BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def api(server, space) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.play(space, App())}api/") as made:
        yield made


def post(api, method, content, kind="application/json", headers=BEARER):
    return api.post(method, content=content, headers={"content-type": kind, **headers}).json()


def told(space, name, *, form=False, **arguments):
    answer = web_api.call(space, name, arguments, TOKEN, form=form)
    return answer.get("response_metadata", {}).get("messages", answer.get("error", "ok"))


@pytest.mark.parametrize(
    ("name", "arguments", "fault"),
    [
        ("chat.postMessage", {"text": "x"}, "missing required field: channel"),
        ("chat.postMessage", {"channel": "", "text": "x"}, "missing required field: channel"),
        ("chat.postMessage", {"channel": OPEN, "text": "x", "colour": "red"}, "colour"),
        ("chat.postMessage", {"channel": OPEN, "text": "x", "thread_ts": "1.000001"}, "thread_ts"),
        ("chat.postMessage", {"channel": OPEN, "text": "x", "username": "Ann"}, "username"),
        ("chat.postMessage", {"channel": OPEN, "text": 5}, "a string [json-pointer:/text]"),
        ("chat.postMessage", {"channel": OPEN, "text": "x", "mrkdwn": "yes"}, "a boolean"),
        ("chat.postMessage", {"channel": OPEN, "text": "x", "blocks": 7}, "JSON"),
        ("conversations.history", {"channel": OPEN, "limit": "ten"}, "a number"),
        ("conversations.history", {"channel": OPEN, "limit": 0}, "limit must be from 1 to 999"),
        ("users.info", {}, "missing required field: user"),
        ("views.open", {"trigger_id": "1.2"}, "missing required field: view"),
    ],
)
def test_what_a_method_does_not_take_is_refused_by_name(space, name, arguments, fault):
    (message,) = told(space, name, **arguments)
    assert message.startswith("[ERROR] ")
    assert fault in message


def test_every_fault_is_told_at_once(space):
    assert len(told(space, "chat.update", text=5, colour="red")) == 4


def test_null_and_the_empty_text_count_as_not_given(space):
    arguments = {"channel": OPEN, "text": "新案", "blocks": None, "metadata": ""}
    assert told(space, "chat.postMessage", **arguments) == "ok"


@pytest.mark.parametrize("flag", ["1", "0", "true", "false"])
def test_a_form_says_yes_and_no_in_words_or_digits(space, flag):
    assert told(space, "users.info", form=True, user=OFFICER, include_locale=flag) == "ok"
    assert told(space, "users.info", form=True, user=OFFICER, include_locale=f"{flag}!") != "ok"


def test_a_content_type_needs_no_charset(api):
    content = json.dumps({"channel": OPEN, "text": "新案"})
    assert post(api, "chat.postMessage", content)["ok"] is True
    assert post(api, "chat.postMessage", content, "application/json; charset=utf-8")["ok"] is True


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        ("{", "application/json", "invalid_json"),
        ("[" * 100_000, "application/json", "invalid_json"),
        ('{"channel": "\\ud800"}', "application/json", "invalid_json"),
        ('{"channel": NaN}', "application/json", "invalid_json"),
        ('["C01"]', "application/json", "json_not_object"),
        (b"channel=\xff", "application/x-www-form-urlencoded", "invalid_form_data"),
        ("channel: C01", "text/plain", "invalid_post_type"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(api, content, kind, code):
    assert post(api, "chat.postMessage", content, kind)["error"] == code


@pytest.mark.parametrize("name", ["users.info", "users.list", "conversations.info", "files.info"])
def test_a_method_that_reads_takes_no_json(api, name):
    assert post(api, name, "{}")["error"] == "invalid_post_type"


def test_a_method_that_reads_takes_a_query_as_well_as_a_form(api):
    assert api.get("users.info", params={"user": OFFICER}, headers=BEARER).json()["ok"] is True
    form = "application/x-www-form-urlencoded"
    assert post(api, "users.info", urlencode({"user": OFFICER}), form)["ok"] is True


def test_the_token_stands_in_the_header_or_in_a_form_and_nowhere_else(api):
    form, query = urlencode({"token": TOKEN}), {"token": TOKEN}
    assert post(api, "auth.test", form, "application/x-www-form-urlencoded", {})["ok"] is True
    assert post(api, "auth.test", json.dumps(query), headers={})["error"] == "not_authed"
    assert api.get("auth.test", params=query).json()["error"] == "not_authed"


def test_an_answer_names_the_scopes_that_the_app_has(api, space):
    answer = api.post("auth.test", headers=BEARER)
    assert answer.headers["x-oauth-scopes"] == ",".join(space.scopes)


# -- blocks.validate ----------------------------------------------------------------------------


def judged(api, **given):
    """Without a token."""
    return WebClient(base_url=str(api.base_url)).blocks_validate(**given)


def errors(api, **given):
    with pytest.raises(SlackApiError) as refused:
        judged(api, **given)
    return refused.value.response["error"], [
        one["pointer"] for one in refused.value.response.get("errors", [])
    ]


def test_sound_blocks_messages_and_views_pass_without_a_token(api):
    assert judged(api, blocks=[section("好")])["ok"] is True
    assert judged(api, message={"blocks": [section("好")]})["ok"] is True
    assert judged(api, view={"type": "home", "blocks": [section("好")]})["ok"] is True


def test_what_is_wrong_is_pointed_at(api):
    bad = section("")
    assert errors(api, blocks=[bad]) == ("invalid_blocks", ["/0/text/text"])
    assert errors(api, message={"blocks": [bad]}) == ("invalid_message", ["/blocks/0/text/text"])
    view = {"type": "home", "blocks": [bad]}
    assert errors(api, view=view) == ("invalid_view", ["/blocks/0/text/text"])
    assert errors(api, view={"type": "page"}) == ("invalid_view", ["/type"])


def test_the_text_of_a_message_is_no_matter_of_blocks(api):
    message = {"text": "好", "blocks": [section("好")]}
    assert errors(api, message=message) == ("invalid_message", ["/text"])


def test_exactly_one_thing_is_judged(api):
    assert errors(api) == ("invalid_arguments", [])
    both = {"blocks": [section("好")], "message": {"blocks": []}}
    assert errors(api, **both) == ("invalid_arguments", [])
    assert errors(api, blocks=[section("好")] * 4000) == ("invalid_arguments", [])
    assert errors(api, blocks="[") == ("invalid_arguments", [])

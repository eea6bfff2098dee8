"""Correctly signed requests that Slack would never send: each ends in an answer, none in a 500."""

import json
import logging
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.ids import Button, Modal, Ref
from functions.observed import logger
from tests.world import OLIVE

CANARY = "金絲雀"
REF = str(Ref("S97944", 1, ""))
VIEW = {
    "type": "modal",
    "id": "V1",
    "hash": "h",
    "callback_id": Modal.DRAFT.value,
    "private_metadata": REF,
    "blocks": [{"type": "input", "block_id": "text", "element": {"type": "plain_text_input"}}],
    "state": {"values": {"text": {"text": {"type": "plain_text_input", "value": CANARY}}}},
}
SOUND = [
    {
        "type": "block_actions",
        "user": {"id": OLIVE, "team_id": "T1"},
        "team": {"id": "T1"},
        "trigger_id": "1.2",
        "view": VIEW,
        "actions": [
            {
                "type": "button",
                "action_id": Button.CLAIM.value,
                "block_id": "b",
                "value": REF,
                "selected_option": {"value": "explained"},
            }
        ],
    },
    {
        "type": "view_submission",
        "user": {"id": OLIVE},
        "team": {"id": "T1"},
        "trigger_id": "1.2",
        "view": VIEW,
    },
    {"type": "view_closed", "user": {"id": OLIVE}, "view": VIEW},
    {"type": "event_callback", "event": {"type": "app_home_opened", "user": OLIVE, "tab": "home"}},
    {"type": "shortcut", "callback_id": "log", "user": {"id": OLIVE}, "trigger_id": "1.2"},
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([CANARY, "", "U1", "[]", "modal"]),
    lambda more: (
        st.lists(more, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "type", "value", "blocks", "values"]), more, max_size=2
        )
    ),
    max_leaves=4,
)


def places(told, at=()):
    """Every place in a body, as the way to it."""
    yield at
    if not isinstance(told, dict | list):
        return
    for name, value in told.items() if isinstance(told, dict) else enumerate(told):
        yield from places(value, (*at, name))


def put(told, at, value):
    """The body with something else at a place; ``...`` takes it away."""
    if not at:
        return value
    made = told.copy()
    made[at[0]] = put(told[at[0]], at[1:], value)
    if made[at[0]] is ...:
        del made[at[0]]
    return made


@st.composite
def bodies(draw):
    """A sound body, wrong in one or two places."""
    told = draw(st.sampled_from(SOUND))
    if told["type"] == "block_actions":
        action = draw(st.sampled_from(list(Button))).value
        told = put(told, ("actions", 0, "action_id"), action)
    if told["type"] == "view_submission":
        told = put(told, ("view", "callback_id"), draw(st.sampled_from(list(Modal))).value)
    for _ in range(draw(st.integers(1, 2))):
        known = list(places(told))
        told = put(told, draw(st.sampled_from(known)), draw(JUNK | st.just(...)))
    return None if told is ... else told


@pytest.fixture
def log(caplog):
    """What was logged, without clearing it between the examples."""
    caplog.set_level(logging.INFO)
    logger.addHandler(caplog.handler)
    yield lambda: "\n".join(str(vars(record)) for record in caplog.records)
    logger.removeHandler(caplog.handler)


def answered(slack, log, body, **headers):
    told = slack.send(body, **headers)
    assert told["statusCode"] in (200, 400, 404), log()[-3000:]
    assert CANARY not in log()
    return told


MANY = settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@MANY
@example(body={"type": CANARY, "event": None})
@example(body={"type": "block_actions", "user": CANARY, "event": [None]})
@given(body=bodies())
def test_a_signed_body_that_is_wrong_somewhere_is_answered(slack, log, body):
    answered(slack, log, urlencode({"payload": json.dumps(body)}))
    answered(slack, log, json.dumps(body), content_type="application/json")


@MANY
@given(body=st.text(max_size=40), kind=st.sampled_from(["application/json", "text/plain", ""]))
def test_a_signed_body_of_no_form_at_all_is_answered(slack, log, body, kind):
    answered(slack, log, body, content_type=kind)
    answered(slack, log, f"payload={body}", content_type=kind)
    answered(slack, log, f"payload={{{body}", content_type=kind)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "payload=",
        "payload={",
        "payload=[]",
        "payload=5",
        "payload=null",
        f"payload={CANARY}",
        f"command={CANARY}",
        "user_id=U1&text=status",
        "[" * 9999,
        "{}",
        '{"type": "event_callback"}',
        '{"type": "event_callback", "event": {"type": "app_home_opened"}}',
        '{"type": "url_verification"}',
    ],
)
def test_a_body_that_lacks_what_it_should_say_is_answered(slack, log, body):
    for kind in ("application/x-www-form-urlencoded", "application/json"):
        answered(slack, log, body, content_type=kind)


def test_a_button_of_another_age_is_answered_and_logged_without_its_words(slack, log):
    pressed = put(SOUND[0], ("actions", 0, "action_id"), CANARY)
    told = answered(slack, log, urlencode({"payload": json.dumps(pressed)}))
    assert told["statusCode"] == 404
    assert "not handled" in log()


def test_a_button_that_names_no_case_is_answered_with_a_sentence(slack, log):
    for value in (CANARY, "[]", "5", "null", '["S1"]', "", "[" * 9999):
        told = answered(slack, log, pressing(Button.CLAIM, value))
        assert told["statusCode"] == 200


def pressing(button, value):
    pressed = put(SOUND[0], ("actions", 0, "action_id"), button.value)
    pressed = put(pressed, ("actions", 0, "value"), value)
    return urlencode({"payload": json.dumps(pressed)})


def test_a_refusal_that_has_nowhere_to_be_told_is_answered(slack, log):
    pressed = {name: told for name, told in SOUND[0].items() if name != "view"}
    for url in ({"id": "x"}, ["x"], 1):
        body = urlencode({"payload": json.dumps(pressed | {"response_url": url})})
        assert slack.send(body)["statusCode"] == 400, log()[-3000:]

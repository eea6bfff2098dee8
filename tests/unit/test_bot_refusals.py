"""Refusals in Slack: each has a sentence, where the person sees it, and nothing is changed."""

import logging
import socket
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Thread

import pytest
from slack_sdk import WebClient

from bot import refusals
from bot.ids import Button, Modal, Ref
from bot.voice import Voice
from opendata import texts
from opendata.desk import casework, roster
from opendata.rules.errors import NotFound
from opendata.rules.people import Role
from tests.world import (
    CAROL,
    CORA,
    GONE,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    PEOPLE,
    PETRA,
    REFUSAL,
    REPLY,
    STRANGER,
)

REFUSED = [
    ("opened", HELEN, Button.CLAIM, "wrong_role"),
    ("claimed", OTTO, Button.CLAIM, "lost_race"),
    ("drafted", OTTO, Button.DRAFT, None),
    ("in_review", OTTO, Button.RECALL, "not_holder"),
    ("in_review", OLIVE, Button.PASS, "wrong_role"),
    ("awaiting", HELEN, Button.APPROVE, "wrong_role"),
    ("awaiting", OLIVE, Button.RETURN, "wrong_role"),
    ("approved", CAROL, Button.APPROVE, "out_of_turn"),
    ("approved", HELEN, Button.REVOKE, "wrong_role"),
    ("approved", LENA, Button.PUBLISH, "wrong_role"),
    ("opened", OLIVE, Button.ASSIGN, "wrong_role"),
    ("claimed", LENA, Button.REASSIGN, "wrong_role"),
    ("opened", PETRA, Button.DETAILS, "not_found"),
    ("opened", PETRA, Button.REVEAL, "not_found"),
]


def ref(world, case="S97944", shown=None):
    return str(Ref(case, world.case(case).round, world.hash(case) if shown is None else shown))


def beginning(language, code):
    """A refusal's sentence up to its first parameter."""
    return texts.LANGUAGES[language][f"error.{code}"].partition("{")[0]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("state", "who", "button", "code"), REFUSED)
def test_a_refused_button_is_answered_to_the_presser_alone(
    deployed, slack, state, who, button, code, language
):
    getattr(deployed, state)()
    entry = next(one for one in PEOPLE if one.id == who)
    roster.import_people(deployed.desk, [replace(entry, locale=language)])
    before = deployed.rows()
    slack.press(who, button, ref(deployed))
    assert deployed.rows() == before
    assert slack.ephemeral
    if code is not None:
        assert slack.ephemeral.startswith(beginning(language, code))


def test_who_loses_a_race_reads_who_was_first_by_name_and_pings_nobody(deployed, slack):
    deployed.claimed()
    slack.press(HELEN, Button.CLAIM, ref(deployed))
    assert "林承辦" in slack.ephemeral
    assert "認領" in slack.ephemeral
    assert OLIVE not in slack.ephemeral


def test_an_old_button_of_a_text_that_changed_is_refused(deployed, slack):
    deployed.awaiting()
    before = deployed.rows()
    for button in (Button.APPROVE, Button.RETURN):
        slack.press(CAROL, button, ref(deployed, shown="0" * 64))
        assert slack.ephemeral == texts.say("zh", "error.text_changed")
    assert deployed.rows() == before


def test_the_drafter_reads_who_can_approve_instead(deployed, slack):
    both = replace(PEOPLE[1], roles=frozenset({Role.OFFICER, Role.CIO}))
    roster.import_people(deployed.desk, [both])
    case = deployed.opened()
    casework.claim(deployed.desk, case, OTTO)
    casework.draft(deployed.desk, case, OTTO, REPLY)
    roster.import_people(deployed.desk, [replace(PEOPLE[2], active=False), replace(
        PEOPLE[3], agency="aac", roles=frozenset({Role.CIO}))])  # fmt: skip
    casework.submit(deployed.desk, case, OTTO, deployed.hash(case))
    slack.press(OTTO, Button.APPROVE, ref(deployed))
    assert "王檢察" in slack.ephemeral


def test_inside_a_modal_a_refusal_is_a_modal_over_it(deployed, slack):
    deployed.claimed()
    slack.press(OTTO, Button.DRAFT, ref(deployed), view={"type": "modal", "id": "V0"})
    assert slack.shown("views.push")["title"]["text"] == texts.say("en", "modal.error")


def test_in_app_home_a_refusal_is_a_modal(deployed, slack):
    deployed.opened()
    slack.press(PETRA, Button.DETAILS, ref(deployed), view={"type": "home", "id": "V0"})
    assert slack.shown("views.open")["title"]["text"] == texts.say("zh", "modal.error")


# -- strangers


@pytest.mark.parametrize("who", [STRANGER, GONE])
@pytest.mark.parametrize("text", ["", "help", "list", "status", "show S97944", "清單", "x"])
def test_a_stranger_gets_the_help_and_no_word_of_any_case(deployed, slack, who, text):
    deployed.opened()
    told = slack.command(who, text)
    assert told["response_type"] == "ephemeral"
    assert "/opendata" in told["text"]
    for secret in ("97944", "廉政", "法務部"):
        assert secret not in str(told).replace("S97944", "", text.count("S97944"))


@pytest.mark.parametrize("who", [STRANGER, GONE])
def test_a_stranger_presses_every_button_in_vain(deployed, slack, who):
    deployed.drafted(REFUSAL)
    before = deployed.rows()
    for button in Button:
        if button in (Button.PLATFORM, Button.TYPE, Button.AGAIN, Button.MORE):
            continue
        slack.press(who, button, ref(deployed))
        assert slack.ephemeral == "\n".join(
            texts.say("zh", code) for code in ("error.stranger", "help.text")
        )
    assert deployed.rows() == before


@pytest.mark.parametrize("modal", list(Modal))
def test_a_stranger_submits_every_modal_in_vain(deployed, slack, modal):
    deployed.drafted(REFUSAL)
    before = deployed.rows()
    fields = {"type": "thanks", "closing": "closed"}
    view = {
        "callback_id": modal.value,
        "private_metadata": ref(deployed),
        "blocks": [
            {
                "type": "input",
                "block_id": name,
                "element": {"type": "static_select", "action_id": name},
            }
            for name in fields
        ]
        + [
            {
                "type": "input",
                "block_id": "published_at",
                "element": {
                    "type": "datetimepicker",
                    "action_id": "published_at",
                    "initial_date_time": 1,
                },
            }
        ],
    }
    told = slack.submit(STRANGER, view, **fields)
    assert told["response_action"] == "update"
    assert texts.say("zh", "error.stranger") in str(told["view"])
    assert deployed.rows() == before


@pytest.mark.parametrize("who", [STRANGER, GONE])
def test_a_strangers_home_says_how_to_get_in(deployed, slack, who):
    deployed.opened()
    home = slack.home(who)
    assert texts.say("zh", "help.stranger") in str(home)
    assert "97944" not in str(home)


# -- what nobody expected


def test_an_unexpected_error_gets_an_id_that_the_log_knows_too(deployed, slack, caplog):
    deployed.opened(body="金絲雀")
    caplog.set_level(logging.DEBUG)
    slack.press(OLIVE, Button.CLAIM, "not json")
    told = slack.ephemeral
    assert told.startswith(beginning("zh", "unexpected"))
    (logged,) = [record.getMessage() for record in caplog.records if record.name == "bot.refusals"]
    error_id = logged.split()[1].rstrip(":")
    assert error_id in told
    assert "JSONDecodeError" in logged


def test_the_coordinator_reads_a_refusal_in_every_place(deployed, slack):
    deployed.claimed()
    slack.press(CORA, Button.ASSIGN, ref(deployed))
    assert "林承辦" in slack.ephemeral


# -- a Slack that does not listen


@contextmanager
def deaf(meet):
    """A place to answer to that meets every caller in its own way; its address, its callers."""
    callers = []

    def receive():
        with suppress(OSError):
            while True:
                caller, _ = place.accept()
                with caller:
                    callers.append(caller.recv(65536))
                    meet(caller)

    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = Thread(target=receive)
        thread.start()
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}/", callers
        finally:
            place.shutdown(socket.SHUT_RDWR)
            thread.join()


def refuse_at(url, world):
    voice = Voice("zh", world.desk.directory(), world.desk.calendar(), world.desk.today())
    body = {"trigger_id": "1.2", "response_url": url}
    refusals.answer(NotFound(what="case", name="S1"), body, WebClient(), voice, str)


def test_a_refusal_is_told_once_and_not_again_when_slack_hangs_up(world):
    with deaf(lambda caller: None) as (url, callers):
        refuse_at(url, world)
    assert len(callers) == 1


def test_a_refusal_gives_up_before_slack_does(world):
    left = []

    def say_nothing(caller):
        caller.settimeout(3)  # what Slack itself waits for us
        with suppress(TimeoutError):
            while caller.recv(65536):
                pass
            left.append(caller)

    with deaf(say_nothing) as (url, _):
        refuse_at(url, world)
    assert len(left) == 1

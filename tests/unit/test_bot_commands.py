"""Signatures, commands and App Home, through the Lambda handler."""

import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.ids import Button, Ref
from opendata import texts, wiring
from opendata.adapters.platform_webhook import LIMIT
from opendata.desk.desktop import Shelf
from tests.world import (
    CAROL,
    CORA,
    ETHICS,
    HELEN,
    LENA,
    OLIVE,
    OTTO,
    REFUSAL,
    REPLY,
    posted,
)


def ref(world, case="S97944", shown=None):
    now = world.case(case)
    return str(Ref(case, now.round, world.hash(case) if shown is None else shown))


def opened(deployed, slack, who, button):
    slack.press(who, button, ref(deployed))
    return slack.shown()


# -- signatures


def test_a_wrong_a_missing_and_an_old_signature_are_401_and_do_nothing(deployed, slack):
    deployed.opened()
    before = deployed.rows()
    other = SignatureVerifier("another").generate_signature(timestamp="1", body="x")
    for answer in (
        slack.send("x=1", x_slack_signature=other or ""),
        slack.send("x=1", x_slack_signature=""),
        slack.send("x=1", x_slack_signature="v0=é"),
        slack.send("x=1", x_slack_request_timestamp="soon"),
        slack.send("x=1", x_slack_request_timestamp="٣"),
        slack.send("x=1", x_slack_request_timestamp="9" * 5000),
        slack.send("x=1", age=60 * 6),
        slack.send("payload=nonsense", x_slack_signature="v0=0"),
        slack.send('payload={"type":"view_submission"}', x_slack_signature="v0=0"),
        slack.send("payload=[1]", x_slack_signature="v0=0"),
    ):
        assert answer["statusCode"] == 401
    assert deployed.rows() == before


def test_without_a_signing_secret_nobody_is_believed(deployed, slack, monkeypatch):
    monkeypatch.setenv("OPENDATA_SLACK_SIGNING_SECRET", "")
    wiring.slack_signing_secret.cache_clear()
    wiring.settings.cache_clear()
    stamp = str(int(time.time()))
    signed = f"v0={hmac.new(b'', f'v0:{stamp}:x=1'.encode(), 'sha256').hexdigest()}"
    told = slack.send("x=1", x_slack_signature=signed, x_slack_request_timestamp=stamp)
    assert told["statusCode"] == 401


def test_a_body_over_the_limit_is_413(slack):
    assert slack.send("x" * (LIMIT + 1))["statusCode"] == 413


def test_headers_of_bolts_own_are_not_believed(deployed, slack):
    deployed.opened()
    answer = slack.send("command=/opendata&text=help&user_id=U1", x_slack_bolt_lazy_only="1")
    assert "/opendata" in answer["body"]


@pytest.fixture
def of_one_team(deployed, slack, monkeypatch):
    """The desk that knows which workspace it is in."""
    monkeypatch.setenv("OPENDATA_SLACK_TEAM_ID", "T0OURS")
    wiring.settings.cache_clear()
    return slack


@pytest.mark.parametrize("team", ["T0THEIRS", ""])
def test_another_teams_request_is_403_and_does_nothing(deployed, of_one_team, team):
    deployed.opened()
    before = deployed.rows()
    press = {"type": "button", "action_id": Button.CLAIM, "block_id": "b", "value": ref(deployed)}
    payload = {"type": "block_actions", "team": {"id": team}, "user": {"id": OLIVE}}
    body = urlencode({"payload": json.dumps({**payload, "actions": [press]})})
    assert of_one_team.send(body)["statusCode"] == 403
    assert (
        of_one_team.send(f"command=/opendata&user_id={OLIVE}&team_id={team}")["statusCode"] == 403
    )
    assert deployed.rows() == before


def test_the_own_teams_request_is_answered_and_so_is_slacks_question_for_the_address(of_one_team):
    ours = of_one_team.send(f"command=/opendata&user_id={OLIVE}&team_id=T0OURS")
    assert "/opendata" in ours["body"]
    asked = json.dumps({"type": "url_verification", "challenge": "C"})
    told = of_one_team.send(asked, content_type="application/json")
    assert json.loads(told["body"]) == {"challenge": "C"}


# -- commands and App Home


@pytest.mark.parametrize("who", [OLIVE, OTTO, CAROL, CORA])
@pytest.mark.parametrize("word", ["status", "狀態", "list", "清單", "help", "說明", "", "HELP"])
def test_every_command_answers_only_the_asker_in_both_languages(deployed, slack, who, word):
    deployed.opened()
    told = slack.command(who, word)
    assert told["response_type"] == "ephemeral"
    assert told["blocks"]
    assert slack.heard == []


@pytest.mark.parametrize("word", ["show", "案件"])
def test_a_case_is_shown_again_whatever_happened_in_slack(deployed, slack, word):
    case = deployed.awaiting()
    told = slack.command(OLIVE, f"{word} {case.lower()}")
    assert case in str(told["blocks"])
    assert REPLY.text not in str(told)


@pytest.mark.parametrize(
    "text", ["show", "show S1", "show <!channel>", "status <!here>", "x <!here>"]
)
def test_what_there_is_not_is_told_and_pings_nobody(deployed, slack, text):
    told = slack.command(OLIVE, text)
    assert told["response_type"] == "ephemeral"
    assert "<!" not in str(told)


def test_a_period_can_be_asked_for_and_a_wrong_one_is_told(deployed, slack):
    deployed.opened()
    assert "115" in str(slack.command(OLIVE, "status 115q1"))
    assert slack.command(OLIVE, "status yesterday")["text"]


def test_a_long_list_goes_on_page_by_page(deployed, slack):
    for number in range(25):
        deployed.receive(posted(str(number + 1)))
    told = slack.command(OLIVE, "list")
    (more,) = [
        one
        for block in told["blocks"]
        for one in block.get("elements", ())
        if one.get("action_id") == Button.MORE
    ]
    slack.press(OLIVE, Button.MORE, more["value"])
    ((called, page),) = slack.heard
    assert (called, page["replace_original"], page["response_type"]) == (
        "respond",
        True,
        "ephemeral",
    )
    assert len([b for b in page["blocks"] if b["type"] == "section"]) == 5


@pytest.mark.parametrize(
    ("who", "heading"),
    [(OLIVE, Shelf.DUE), (OTTO, Shelf.UNCLAIMED), (HELEN, Shelf.TO_REVIEW),
     (CAROL, Shelf.TO_APPROVE), (LENA, Shelf.TO_COSIGN), (CORA, Shelf.TO_ASSIGN)],
)  # fmt: skip
def test_app_home_shows_what_waits_for_each(deployed, slack, who, heading):
    deployed.opened("內政部", id_="1")
    deployed.opened(id_="2")
    deployed.in_review(id_="3")
    deployed.awaiting(id_="4")
    deployed.drafted(REFUSAL, id_="5")
    language = "en" if who == OTTO else "zh"
    home = slack.home(who)
    assert home["type"] == "home"
    assert texts.name_of(language, heading) in str(home)


@pytest.mark.parametrize(
    ("who", "heading"),
    [(HELEN, Shelf.TO_REVIEW), (CAROL, Shelf.TO_APPROVE), (LENA, Shelf.TO_COSIGN)],
)
def test_who_decides_opens_the_draft_from_app_home(deployed, slack, who, heading):
    deployed.in_review(id_="3")
    deployed.awaiting(id_="4")
    deployed.drafted(REFUSAL, id_="5")
    blocks = slack.home(who)["blocks"]
    at = next(n for n, one in enumerate(blocks) if texts.name_of("zh", heading) in str(one))
    assert blocks[at + 1]["accessory"]["action_id"] == Button.DECIDE


def test_assigning_and_claiming_lead_on_to_the_new_agency(deployed, slack):
    deployed.opened("內政部")
    slack.submit(CORA, opened(deployed, slack, CORA, Button.ASSIGN), agency=ETHICS)
    slack.press(OLIVE, Button.CLAIM, ref(deployed))
    assert deployed.case().officer == OLIVE

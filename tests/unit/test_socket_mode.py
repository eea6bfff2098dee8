"""A real workspace over Socket Mode, against what plays Slack's side of it."""

import io
import logging
import signal
import socket
from contextlib import closing

import pytest

import functions.slack
from bot.ids import Button, Ref
from infra import socket_mode
from infra.console import Console
from infra.keys import local_keys
from infra.manifest import SCOPES
from infra.sending import post
from opendata import texts, wiring
from opendata.desk.desktop import Shelf
from opendata.rules.feedback import Action
from opendata.settings import SettingsError
from tests.slack import Reply, listening
from tests.unit.processes import PATIENCE, ask, opinion, serving, until
from tests.unit.socket_standin import Socketed, opening, refusal, sockets
from tests.world import CHANNELS, CORA, OLIVE, OTTO, REPLY, World

TEAM = "T0OFFICE"
APP_TOKEN, BOT_TOKEN = "xapp-1-test", "xoxb-test"
ALL = ",".join(SCOPES)


def identity(scopes=ALL, token=BOT_TOKEN):
    """How ``auth.test`` is answered."""
    told = {"ok": True, "team": "法務部", "team_id": TEAM, "user": "opendata", "user_id": "U0BOT"}

    def reply(given):
        right = given == token
        return Reply(told if right else refusal("invalid_auth"), headers={"X-OAuth-Scopes": scopes})

    return reply


@pytest.fixture
def standin():
    with sockets() as made:
        yield made


@pytest.fixture
def said():
    """What the terminal hears, in Chinese."""
    return io.StringIO()


@pytest.fixture
def out(said):
    return Console(said, env={})


@pytest.fixture
def tokens(deployed, monkeypatch):
    """The settings of a desk that was given its tokens."""
    monkeypatch.setenv("OPENDATA_SLACK_APP_TOKEN", APP_TOKEN)
    monkeypatch.setenv("OPENDATA_SLACK_TEAM_ID", TEAM)
    wiring.settings.cache_clear()
    return wiring.settings()


@pytest.fixture
def joined(tokens, replies, standin, out, monkeypatch):
    """The desk in the workspace, on its first socket."""
    monkeypatch.setattr(socket_mode, "PING_SECONDS", 0.2)
    monkeypatch.setattr(socket_mode, "LOOK_SECONDS", 0.05)
    replies["apps.connections.open"] = opening(standin)
    with socket_mode.joined(functions.slack.app(), tokens, out):
        standin.wait()
        yield standin


@pytest.fixture
def slack(joined, heard):
    return Socketed(joined, wiring.settings().slack_api_url, heard, TEAM)


def ref(world, case="S97944"):
    return str(Ref(case, world.case(case).round, world.hash(case)))


# -- envelopes


def test_app_home_is_shown_when_it_is_opened(deployed, slack):
    deployed.opened()
    assert texts.name_of("zh", Shelf.UNCLAIMED) in str(slack.home(OLIVE))


@pytest.mark.parametrize(("who", "language"), [(OLIVE, "zh"), (OTTO, "en")])
def test_a_command_is_answered_in_its_acknowledgement(slack, who, language):
    told = slack.command(who, "help")
    assert told["response_type"] == "ephemeral"
    assert texts.say(language, "help.text") in told["text"]


def test_a_button_does_its_work_and_is_acknowledged_with_nothing(deployed, slack):
    deployed.opened()
    assert slack.press(OLIVE, Button.CLAIM, ref(deployed)) == {}
    assert deployed.case().officer == OLIVE


def test_a_modal_is_answered_with_errors_under_its_fields_and_then_goes_on(deployed, slack):
    deployed.claimed()
    slack.press(OLIVE, Button.DRAFT, ref(deployed))
    view = slack.shown()
    wrong = slack.submit(OLIVE, view, type=REPLY.type, text="　", contact=REPLY.contact)
    assert (wrong["response_action"], list(wrong["errors"])) == ("errors", ["text"])
    right = slack.submit(OLIVE, view, type=REPLY.type, text=REPLY.text, contact=REPLY.contact)
    assert right["response_action"] == "update"
    assert REPLY.text in str(right["view"])


def test_a_refusal_is_shown_and_the_envelope_acknowledged(deployed, slack):
    deployed.opened()
    assert slack.press(CORA, Button.CLAIM, ref(deployed)) == {}
    assert "承辦人" in slack.ephemeral


def test_a_button_that_comes_twice_takes_effect_once(deployed, slack, joined):
    deployed.opened()
    press = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": OLIVE},
        "trigger_id": "1.2",
        "actions": [
            {"type": "button", "action_id": "claim", "block_id": "b", "value": ref(deployed)}
        ],
        "response_url": f"{wiring.settings().slack_api_url}respond",
    }
    for _ in range(2):
        joined.ask("interactive", press, envelope="E-again")
    assert deployed.actions().count(Action.CLAIM) == 1
    assert deployed.faults() == []


def test_a_modal_that_comes_twice_is_saved_once(deployed, slack, joined):
    deployed.claimed()
    slack.press(OLIVE, Button.DRAFT, ref(deployed))
    view = slack.shown()
    filled = {"type": REPLY.type, "text": REPLY.text, "contact": REPLY.contact}
    first = slack.submit(OLIVE, view, **filled)
    assert slack.submit(OLIVE, view, **filled) == first
    assert deployed.actions().count(Action.DRAFT) == 1
    assert deployed.faults() == []


def test_an_event_that_is_delivered_again_is_acknowledged_again(slack, joined, heard):
    event = {"type": "event_callback", "team_id": TEAM,
             "event": {"type": "app_home_opened", "user": OLIVE, "tab": "home"}}  # fmt: skip
    heard.clear()
    joined.ask("events_api", event, envelope="E-again")
    again = {"retry_attempt": 1, "retry_reason": "timeout"}
    assert joined.ask("events_api", event, envelope="E-again", **again) == {}
    assert {called for called, _ in heard} == {"views.publish"}


@pytest.mark.parametrize("place", [{"team": {"id": "T0OTHER"}}, {"team": None}])
def test_another_team_is_refused_and_nothing_is_done(deployed, slack, joined, place):
    deployed.opened()
    before = deployed.rows()
    press = {"type": "button", "action_id": "claim", "block_id": "b", "value": ref(deployed)}
    payload = {"type": "block_actions", "user": {"id": OLIVE}, "actions": [press], **place}
    joined.tell(envelope_id="E-other", type="interactive", payload=payload)
    slack.command(OLIVE, "help")  # the only acknowledgement that comes
    assert joined.acks.empty()
    assert deployed.rows() == before


# -- sockets come and go


def test_slack_asks_for_a_new_socket_and_gets_it_without_a_word(slack, joined, said):
    joined.tell(type="disconnect", reason="refresh_requested")
    joined.wait()
    assert slack.command(OLIVE, "help")["text"]
    assert said.getvalue() == ""


@pytest.mark.parametrize("end", ["close", "cut"])
def test_a_socket_that_is_lost_is_said_once_and_so_is_the_new_one(
    slack, joined, replies, said, end
):
    back = replies["apps.connections.open"]
    replies["apps.connections.open"] = lambda _: Reply(refusal("internal_error"), 503)
    old = joined.newest
    old.close() if end == "close" else old.socket.shutdown(socket.SHUT_RDWR)
    lost, regained = (f"{texts.say('zh', f'workspace.{one}')}\n" for one in ("lost", "regained"))
    assert until(lambda: said.getvalue() == lost)
    replies["apps.connections.open"] = back
    joined.wait()
    assert slack.command(OLIVE, "help")["text"]
    assert until(lambda: said.getvalue() == lost + regained)


def test_nothing_that_the_sdk_logs_is_ever_written(deployed, slack, joined, caplog):
    caplog.set_level(logging.INFO)
    deployed.opened()
    slack.command(OLIVE, "金絲雀")
    slack.press(OLIVE, Button.CLAIM, "金絲雀")
    joined.tell(type="disconnect", reason="refresh_requested")
    joined.wait()
    joined.newest.send(b"hunter2")  # a frame that the SDK does not know, and quotes
    slack.command(OLIVE, "help")
    for word in ("ticket", "金絲雀", "hunter2"):
        assert word not in caplog.text


# -- before it begins


def refused(told, settings, out):
    with pytest.raises(SettingsError) as error:
        told(settings, out)
    return str(error.value)


def test_slack_is_asked_once_whose_the_token_is(tokens, replies, out, heard):
    replies["auth.test"] = identity()
    found = socket_mode.installed(tokens, out)
    assert found == socket_mode.Installed(TEAM, "法務部", "opendata")
    assert [called for called, _ in heard] == ["auth.test"]


@pytest.mark.parametrize("name", ["APP_TOKEN", "BOT_TOKEN"])
@pytest.mark.parametrize("value", ["", "hunter2", "xoxp-hunter2", "xapp-hunter2\n", "xoxb-"])
def test_a_token_that_cannot_be_is_named_and_never_shown(
    tokens, monkeypatch, out, heard, name, value
):
    monkeypatch.setenv(f"OPENDATA_SLACK_{name}", value)
    wiring.settings.cache_clear()
    told = refused(socket_mode.installed, wiring.settings(), out)
    assert f"OPENDATA_SLACK_{name}" in told
    assert "api.slack.com/apps" in told
    assert "hunter2" not in told
    assert heard == []


def test_a_bots_token_that_slack_does_not_take_is_told_with_slacks_reason(tokens, replies, out):
    replies["auth.test"] = identity(token="xoxb-another")
    told = refused(socket_mode.installed, tokens, out)
    assert told.startswith("Slack不接受 OPENDATA_SLACK_BOT_TOKEN（invalid_auth）")


def test_scopes_that_were_not_granted_are_named(tokens, replies, out):
    replies["auth.test"] = identity(scopes="chat:write, commands,im:write,im:history,files:read")
    told = refused(socket_mode.installed, tokens, out)
    assert "channels:history、groups:history" in told
    assert "chat:write" not in told


@pytest.mark.parametrize(
    "answer",
    [
        Reply(refusal("internal_error"), 503),
        Reply(refusal("ratelimited"), 429),
        Reply(b"<html>Log in</html>"),
    ],
)
def test_what_is_not_slacks_answer_counts_as_no_answer(tokens, replies, out, answer):
    replies["auth.test"] = lambda _: answer
    assert refused(socket_mode.installed, tokens, out).startswith("連不上Slack（http://127.0.0.1")


def test_without_a_network_it_says_so(tokens, monkeypatch, out):
    monkeypatch.setenv("OPENDATA_SLACK_API_URL", "http://127.0.0.1:1/")
    wiring.settings.cache_clear()
    assert refused(socket_mode.installed, wiring.settings(), out).startswith("連不上Slack")


def join(settings, out):
    with socket_mode.joined(functions.slack.app(), settings, out):
        pytest.fail("joined")


def test_an_apps_token_that_slack_does_not_take_is_told_with_slacks_reason(
    tokens, replies, standin, out
):
    replies["apps.connections.open"] = opening(standin, "xapp-another")
    told = refused(join, tokens, out)
    assert told.startswith("Slack不接受 OPENDATA_SLACK_APP_TOKEN（invalid_auth）")


def test_a_socket_that_cannot_be_opened_is_told(tokens, replies, out):
    address = "ws://127.0.0.1:1/link/?ticket=1"
    replies["apps.connections.open"] = lambda _: Reply({"ok": True, "url": address})
    assert "wss（443）" in refused(join, tokens, out)


# -- the whole desk, as a process


@pytest.fixture
def workspace(standin, heard, replies, monkeypatch):
    """What the process finds in its environment: tokens, and where Slack is."""
    replies |= {"auth.test": identity(), "apps.connections.open": opening(standin)}
    with listening(heard, replies) as url:
        told = {"API_URL": url, "APP_TOKEN": APP_TOKEN, "BOT_TOKEN": BOT_TOKEN}
        for name, value in told.items():
            monkeypatch.setenv(f"OPENDATA_SLACK_{name}", value)
        yield url


def started(process):
    """What it says until it has printed its address, and the address."""
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if lines[-1].startswith("http://127.0.0.1:"):
            return lines[:-1], lines[-1]
    raise AssertionError(lines)


def test_an_opinion_becomes_a_card_in_slack_and_a_button_there_a_claim(
    tmp_path, workspace, standin, heard
):
    World.make(tmp_path).close()
    with serving(tmp_path, "--slack") as process:
        standin.wait()
        lines, url = started(process)
        assert lines[0] == "已連上Slack工作區「法務部」，機器人：opendata。"
        assert (ask(f"{url}/healthz")[0], ask(f"{url}/desk/")[0]) == (200, 404)

        sent = post(opinion(1), url, local_keys(tmp_path).webhook_secrets)
        assert [case["id"] for case in sent.body["cases"]] == ["S1"]
        assert until(lambda: [told for called, told in heard if called == "chat.postMessage"])
        (card,) = (told for called, told in heard if called == "chat.postMessage")
        assert card["channel"] == CHANNELS["moj"]

        slack = Socketed(standin, workspace, heard, TEAM)
        assert "S1" in str(slack.command(CORA, "list"))
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE)[1] == ""
    assert BOT_TOKEN not in (tmp_path / "secrets.json").read_text()


def failed(folder, *more):
    """The one line of a start that is refused."""
    with serving(folder, "--slack", *more) as process:
        said, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (2, "")
    (line,) = err.splitlines()
    return line


def test_a_start_that_slack_refuses_is_one_line_and_2(tmp_path, workspace, replies, standin):
    replies["auth.test"] = identity(scopes="chat:write")
    assert "channels:history" in failed(tmp_path)
    replies["auth.test"] = identity()
    replies["apps.connections.open"] = opening(standin, "xapp-another")
    assert "OPENDATA_SLACK_APP_TOKEN（invalid_auth）" in failed(tmp_path)


def test_the_made_up_token_of_the_local_desk_is_none_for_slack(tmp_path, workspace, monkeypatch):
    monkeypatch.delenv("OPENDATA_SLACK_BOT_TOKEN")
    assert "未設定 OPENDATA_SLACK_BOT_TOKEN" in failed(tmp_path)


@pytest.mark.usefixtures("workspace")
def test_the_people_of_the_demo_never_meet_a_real_slack(tmp_path):
    assert "--demo" in failed(tmp_path, "--demo")
    with serving(tmp_path, "--demo") as process:
        started(process)
    assert "--demo" in failed(tmp_path)


def test_a_second_desk_in_the_same_folder_is_refused(tmp_path):
    with serving(tmp_path) as first:
        started(first)
        with serving(tmp_path) as second:
            _, err = second.communicate(timeout=PATIENCE)
        assert (second.returncode, len(err.splitlines())) == (2, 1)
        assert "另一個 opendata serve" in err
        with closing(World.make(tmp_path / "other")), serving(tmp_path / "other") as other:
            assert started(other)
    with serving(tmp_path) as again:
        assert started(again)

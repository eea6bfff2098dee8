"""A real workspace over Socket Mode: whose the tokens are, and the socket to it.

Slack calls no address of ours here: the desk opens a socket, and Slack's requests come down it to
the same app that answers them over HTTP. Connecting, acknowledging and connecting anew, as Slack
asks for every hour or so, are the SDK's; here stands what the terminal hears of it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event, Thread

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web import SlackResponse

from bot.app import web_client
from infra.console import Console
from infra.manifest import SCOPES
from opendata.settings import Settings, SettingsError

log = logging.getLogger(__name__)

APP_TOKEN, BOT_TOKEN = "OPENDATA_SLACK_APP_TOKEN", "OPENDATA_SLACK_BOT_TOKEN"
SECONDS = 10
PING_SECONDS = 5.0
"""A socket that has died without a word is noticed after four of these."""
LOOK_SECONDS = 1.0
READ_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the app is installed: the workspace and the bot that the token belongs to."""

    team_id: str
    team: str
    bot: str


def installed(settings: Settings, out: Console) -> Installed:
    """Ask Slack, once, whose the bot's token is and what it may.

    Raises:
        SettingsError: a token is missing, is of the wrong kind or is not taken; a scope that the
            manifest asks for was not granted; Slack does not answer.
    """
    _check(APP_TOKEN, settings.slack_app_token, "xapp-", out)
    _check(BOT_TOKEN, settings.slack_bot_token, "xoxb-", out)
    client = web_client(settings.slack_bot_token, settings.slack_api_url, SECONDS)
    with _telling(BOT_TOKEN, settings, out):
        told = client.auth_test()
    if missing := [scope for scope in SCOPES if scope not in _granted(told)]:
        raise SettingsError(out.sentence("workspace.scopes_missing", scopes=missing))
    return Installed(told["team_id"], told["team"], told["user"])


def _check(variable: str, token: str, prefix: str, out: Console) -> None:
    """The form of a token; its value is never told, not even in part."""
    place = _place(variable, out)
    if not token:
        raise SettingsError(out.sentence("workspace.token_missing", variable=variable, place=place))
    if not re.fullmatch(rf"{prefix}[\w-]+", token, re.ASCII):
        raise SettingsError(
            out.sentence("workspace.token_wrong", variable=variable, prefix=prefix, place=place)
        )


def _place(variable: str, out: Console) -> str:
    """Where Slack shows the token."""
    is_app = variable == APP_TOKEN
    return out.sentence("workspace.place_app" if is_app else "workspace.place_bot")


def _granted(told: SlackResponse) -> set[str]:
    header = {name.lower(): value for name, value in told.headers.items()}
    return {scope.strip() for scope in header.get("x-oauth-scopes", "").split(",")}


@contextmanager
def _telling(variable: str, settings: Settings, out: Console) -> Iterator[None]:
    """Make of Slack's refusal, or of its silence, a sentence that says what to do.

    Raises:
        SettingsError: instead of the client's errors.
    """
    try:
        yield
    except SlackApiError as refused:
        error = str(refused.response.get("error"))
        # Whatever stands between answers with other things than a code of Slack's.
        if refused.response.status_code == 200 and re.fullmatch(r"[a-z_]+", error):
            place = _place(variable, out)
            raise SettingsError(
                out.sentence("workspace.refused", variable=variable, error=error, place=place)
            ) from None
        raise SettingsError(out.sentence("workspace.away", url=settings.slack_api_url)) from None
    except (SlackClientError, OSError, HTTPException):
        raise SettingsError(out.sentence("workspace.away", url=settings.slack_api_url)) from None


@contextmanager
def joined(app: App, settings: Settings, out: Console) -> Iterator[None]:
    """Take the workspace's requests for as long as the block lasts.

    Raises:
        SettingsError: Slack does not take the app's token, or no socket can be opened.
    """
    client = web_client(None, settings.slack_api_url, SECONDS)
    handler = _Handler(
        app, settings.slack_app_token, _silence(), client, ping_interval=PING_SECONDS
    )
    handler.client.on_message_listeners.append(lambda _: _let_go_soon(handler.client))
    over = Event()
    try:
        with _telling(APP_TOKEN, settings, out):
            handler.client.connect()
        if not handler.client.is_connected():
            raise SettingsError(out.sentence("workspace.no_socket"))
        watched = (handler.client.is_connected, out, over)
        Thread(target=_watch, args=watched, daemon=True).start()
        yield
    finally:
        over.set()
        # The SDK stumbles if it is just changing sockets; its threads end with the process then.
        with suppress(AttributeError):
            handler.client.close()


class _Handler(SocketModeHandler):
    """Bolt's handler; what it cannot answer is logged by its kind, never by its words."""

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt's own
        try:
            super().handle(client, req)
        except Exception as error:  # noqa: BLE001  # the next request is another one's
            log.error("request not answered: %s", type(error).__name__)  # noqa: TRY400  # no words of it


def _let_go_soon(client: SocketModeClient) -> None:
    """Make reads short: the SDK lets a socket go, and hears its successor, only between two.

    Its own three seconds are as long as Slack waits for an answer.
    """
    session = client.current_session
    if session is not None and session.sock is not None:
        session.sock.settimeout(READ_SECONDS)


def _silence() -> logging.Logger:
    """For the SDK, whose lines hold addresses with tickets in them, and now and then a payload."""
    silent = logging.getLogger(f"{__name__}.sdk")
    silent.disabled = True
    return silent


def _watch(is_connected: Callable[[], bool], out: Console, over: Event) -> None:
    """Say once that the connection is lost, and once that it is back.

    A single look may fall between an old socket and its successor, so it takes two.
    """
    told = before = True
    while not over.wait(LOOK_SECONDS):
        now = is_connected()
        if now == before != told:
            out.say("workspace.regained" if now else "workspace.lost")
            told = now
        before = now

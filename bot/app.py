"""The Bolt app: one for HTTP on Lambda and for Socket Mode, with every listener registered.

No lazies: each request is finished inside its own invocation. Nothing here is made at import.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import RequestVerification
from slack_sdk import WebClient

from bot import (
    behind,
    buttons,
    closures,
    commands,
    home,
    imports,
    inventory,
    refusals,
    reporting,
    submissions,
)
from bot.face import Face

ACK_SECONDS = 2


def web_client(token: str | None, api_url: str, seconds: int = ACK_SECONDS) -> WebClient:
    """A client of Slack's Web API that never repeats a call by itself.

    The SDK's own retry repeats after a connection was reset, when the message may have been
    posted already.
    """
    return WebClient(token=token, base_url=api_url, timeout=seconds, retry_handlers=[])


def build_app(
    face: Face, *, token: str, signing_secret: str, api_url: str, team_id: str = ""
) -> App:
    """The app of one workspace.

    Args:
        face: the desk and its voices.
        token: bot token.
        signing_secret: verifies that a request comes from Slack.
        api_url: Slack's Web API, or what stands in for it; ends with a slash.
        team_id: the only workspace whose requests are taken, where it is known.
    """

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # One workspace, one token: no auth.test on the way to an answer.
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token, bot_id="", bot_user_id=""
        )

    app = App(
        authorize=authorize,
        # Its token comes with each request, from authorize.
        client=web_client(None, api_url),
        signing_secret=signing_secret,
        process_before_response=True,
    )
    # Bolt logs the body of a request whose signature is wrong: it may hold anything. It sets the
    # level anew with every app.
    logging.getLogger(f"slack_bolt.{RequestVerification.__name__}").setLevel(logging.ERROR)
    # Of a request that nobody listens to it logs the ids, which may be anything too.
    logging.getLogger(f"slack_bolt.{App.__name__}").setLevel(logging.ERROR)
    if team_id:
        app.use(_only_of(team_id))
    commands.register(app, face)
    buttons.register(app, face)
    submissions.register(app, face)
    home.register(app, face)
    imports.register(app, face)
    closures.register(app, face)
    inventory.register(app, face)
    behind.register(app, face)
    reporting.register(app, face)
    app.error(_refusing(face))
    return app


def _only_of(team_id: str) -> Callable[..., BoltResponse | None]:
    """An app that somebody distributes is signed for by Slack whichever workspace it sits in."""

    def refuse_other_teams(context: BoltContext, next_: Callable[[], None]) -> BoltResponse | None:
        if context.team_id != team_id:
            return BoltResponse(status=403, body="")
        next_()
        return None

    return refuse_other_teams


def _refusing(face: Face) -> Callable[..., BoltResponse]:
    def refuse(error: Exception, body: dict[str, Any], client: WebClient) -> BoltResponse:
        voice = face.refusing(_actor(body))
        return refusals.answer(error, body, client, voice, face.new_id)

    return refuse


def _actor(body: dict[str, Any]) -> str:
    """Whoever acts, as far as the body says so: what comes here may be wrong anywhere."""
    user, event = body.get("user"), body.get("event")
    told = (
        body.get("user_id"),
        user.get("id") if isinstance(user, dict) else None,
        event.get("user") if isinstance(event, dict) else None,
    )
    return str(next(filter(None, told), ""))

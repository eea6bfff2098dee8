"""The stand-in as a Starlette application, to be mounted: Web API, response URLs and the page."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from infra.desk import file_methods, web_api
from infra.desk.acts import Acts, StartOver
from infra.desk.answers import Answers
from infra.desk.clock import Clock
from infra.desk.errors import SlackError
from infra.desk.interactions import Interactions, Send
from infra.desk.page import Page
from infra.desk.traffic import carried
from infra.desk.workspace import Workspace

_STATIC = Path(__file__).parent / "static"
# Whatever the app posts, the page runs no script but its own.
_POLICY = "default-src 'self'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'"
_GONE = {"expired_url", "used_url"}


def create_app(
    workspace: Workspace,
    send: Send,
    *,
    commands: tuple[str, ...] = ("/opendata",),
    ack_seconds: float = 3.0,
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost"),
    start_over: StartOver | None = None,
    clock: Clock | None = None,
) -> Starlette:
    """The stand-in for Slack.

    Args:
        workspace: the workspace it plays.
        send: posts a request to the app's ``/slack/events`` and gives the answer.
        commands: the slash commands that the app has.
        ack_seconds: how long Slack waits for an answer.
        hosts: the names by which it may be addressed. Whoever reaches the page can act as anybody,
            so other sites' names that point here are turned away.
        start_over: empties the workspace and what the host keeps besides, and lets both begin
            anew; not offered where there is none.
        clock: the workspace's clock, if it can be turned.

    Returns:
        An application; mounted at ``/desk`` the page is ``/desk/``, the base of the Web API
        ``/desk/api/``.
    """
    interactions = Interactions(workspace, send, commands=commands, ack_seconds=ack_seconds)
    return Starlette(
        routes=[
            Route("/", _index),
            web_api.route(workspace),
            _response_route(workspace, interactions.answers),
            *file_methods.routes(workspace),
            *Page(workspace, Acts(workspace, interactions, start_over, clock)).routes(),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
    )


async def _index(_: Request) -> Response:
    headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
    return FileResponse(_STATIC / "index.html", headers=headers)


def _response_route(workspace: Workspace, answers: Answers) -> Route:
    def answered(token: str, body: bytes) -> Response:
        try:
            answers.by_url(token, body)
        except SlackError as refused:
            status = 404 if refused.code in _GONE else 400
            return JSONResponse({"ok": False, "error": refused.code}, status_code=status)
        return PlainTextResponse("ok")

    async def endpoint(request: Request) -> ASGIApp:
        token, body = request.path_params["token"], await request.body()
        return await carried(workspace.faults, lambda: answered(token, body))

    return Route("/response/{token}", endpoint, methods=["POST"])

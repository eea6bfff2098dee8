"""The Web API: ``POST /api/<method>`` as the real client calls it, answered as Slack answers.

Here are reading a call, the token, and the table of methods; what the methods do stands in
``chat_methods``, ``conversation_methods`` and ``view_methods``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.desk import chat_methods, conversation_methods, view_methods
from infra.desk.arguments import Arguments
from infra.desk.errors import SlackError
from infra.desk.workspace import Workspace

Json = dict[str, Any]
Method = Callable[[Workspace, Arguments], Json]


def _auth_test(workspace: Workspace, _: Arguments) -> Json:
    bot = workspace.bot
    return {
        "url": "https://opendata-desk.slack.com/",
        "team": workspace.team_name,
        "team_id": workspace.team_id,
        "user": bot.name,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


METHODS: Mapping[str, Method] = {
    "auth.test": _auth_test,
    "chat.delete": chat_methods.delete,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.history": conversation_methods.history,
    "conversations.info": conversation_methods.info,
    "conversations.list": conversation_methods.list_all,
    "conversations.members": conversation_methods.members,
    "conversations.open": conversation_methods.open_direct,
    "users.info": conversation_methods.user_info,
    "users.list": conversation_methods.user_list,
    "views.open": view_methods.open_modal,
    "views.publish": view_methods.publish,
    "views.push": view_methods.push,
    "views.update": view_methods.update,
}


def call(workspace: Workspace, name: str, given: Mapping[str, Any], token: str) -> Json:
    """Call a method.

    Args:
        workspace: the workspace.
        name: e.g. ``chat.postMessage``.
        given: the arguments; those that hold structures may be JSON texts.
        token: the bearer token, or "".

    Returns:
        What Slack answers, ``{"ok": true, …}`` or ``{"ok": false, "error": …}``.
    """
    try:
        return {"ok": True, **_method(workspace, name, token)(workspace, Arguments(given))}
    except SlackError as refused:
        return {"ok": False, "error": refused.code, **refused.details}


def _method(workspace: Workspace, name: str, token: str) -> Method:
    if not token:
        raise SlackError("not_authed")
    if token != workspace.bot_token:
        raise SlackError("invalid_auth")
    if name not in METHODS:
        raise SlackError("unknown_method", req_method=name)
    return METHODS[name]


def route(workspace: Workspace) -> Route:
    """The route of the Web API."""

    async def endpoint(request: Request) -> Response:
        given = dict(request.query_params) | _body(await request.body(), request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" else str(given.get("token", ""))
        name = request.path_params["method"]
        return JSONResponse(call(workspace, name, given, shown))

    return Route("/api/{method}", endpoint, methods=["GET", "POST"])


def _body(body: bytes, request: Request) -> Json:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/json":
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    try:
        given = json.loads(body)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}

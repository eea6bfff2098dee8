"""The Web API: ``POST /api/<method>`` as the real client calls it, answered as Slack answers.

Here are reading a call, the token, and which function a method is; what methods take stands in
``method_table``, what they do in ``chat_methods``, ``conversation_methods``, ``file_methods``,
and ``view_methods``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from infra.desk import (
    chat_methods,
    conversation_methods,
    file_methods,
    view_methods,
)
from infra.desk.arguments import Arguments, read_json
from infra.desk.block_rules import validated
from infra.desk.errors import RateLimited, SlackError
from infra.desk.faults import FaultName
from infra.desk.method_table import SIGNATURES, refuse_misfit
from infra.desk.traffic import carried
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


def _validate(_: Workspace, arguments: Arguments) -> Json:
    kinds = ("blocks", "message", "view")
    validated(**{kind: arguments.structure(kind, "invalid_arguments") for kind in kinds})
    return {}


METHODS: Mapping[str, Method] = {
    "auth.test": _auth_test,
    "blocks.validate": _validate,
    "chat.delete": chat_methods.delete,
    "chat.postEphemeral": chat_methods.post_ephemeral,
    "chat.postMessage": chat_methods.post_message,
    "chat.update": chat_methods.update,
    "conversations.history": conversation_methods.history,
    "conversations.info": conversation_methods.info,
    "conversations.list": conversation_methods.list_all,
    "conversations.members": conversation_methods.members,
    "conversations.open": conversation_methods.open_direct,
    "files.completeUploadExternal": file_methods.complete_upload,
    "files.getUploadURLExternal": file_methods.upload_url,
    "files.info": file_methods.info,
    "users.info": conversation_methods.user_info,
    "users.list": conversation_methods.user_list,
    "views.open": view_methods.open_modal,
    "views.publish": view_methods.publish,
    "views.push": view_methods.push,
    "views.update": view_methods.update,
}


_FORMS = {"", "application/x-www-form-urlencoded"}


def call(
    workspace: Workspace, name: str, given: Mapping[str, Any], token: str, *, form: bool = False
) -> Json:
    """Call a method.

    Args:
        workspace: the workspace.
        name: e.g. ``chat.postMessage``.
        given: the arguments; those that hold structures may be JSON texts.
        token: the bearer token, or "".
        form: whether the arguments came as a form or a query, where all are texts.

    Returns:
        What Slack answers, ``{"ok": true, …}`` or ``{"ok": false, "error": …}``.

    Raises:
        RateLimited: it came too soon.
    """
    try:
        return {"ok": True, **_called(workspace, name, given, token, form=form)}
    except RateLimited:
        raise
    except SlackError as refused:
        return {"ok": False, "error": refused.code, **refused.details}


def _called(
    workspace: Workspace, name: str, given: Mapping[str, Any], token: str, *, form: bool
) -> Json:
    signature = SIGNATURES.get(name)
    if signature is None or signature.token:
        _refuse_token(workspace, token)
    if signature is None:
        raise SlackError("unknown_method", req_method=name)
    if signature.scopes:
        workspace.need(*signature.scopes)
    refuse_misfit(signature, given, form=form)
    return METHODS[name](workspace, Arguments(given))


def _refuse_token(workspace: Workspace, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    if token != workspace.bot_token:
        raise SlackError("invalid_auth")
    for fault in (FaultName.TOKEN_REVOKED, FaultName.ACCOUNT_INACTIVE):
        if workspace.faults.strike(fault) is not None:
            raise SlackError(fault.value)


def route(workspace: Workspace) -> Route:
    """The route of the Web API."""

    async def endpoint(request: Request) -> ASGIApp:
        body = await request.body()
        return await carried(workspace.faults, lambda: _answered(workspace, request, body))

    return Route("/api/{method}", endpoint, methods=["GET", "POST"])


def _answered(workspace: Workspace, request: Request, body: bytes) -> Response:
    name = request.path_params["method"]
    try:
        given, form = _arguments(name, request, body)
    except SlackError as refused:
        return JSONResponse({"ok": False, "error": refused.code})
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    # A form may hold the token; a query and a JSON body may not.
    posted = str(given.pop("token", "")) if form and body else ""
    token = bearer.strip() if scheme.lower() == "bearer" else posted
    told = call(workspace, name, given, token, form=form)
    scopes = {"x-oauth-scopes": ",".join(workspace.scopes)} if token == workspace.bot_token else {}
    return JSONResponse(told, headers=scopes)


def _arguments(name: str, request: Request, body: bytes) -> tuple[Json, bool]:
    """What was given, and whether as a form or query.

    Raises:
        SlackError: invalid_post_type, invalid_json, json_not_object, invalid_form_data.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    query = dict(request.query_params)
    if not body or kind in _FORMS:
        return query | _form(body), True
    signature = SIGNATURES.get(name)
    if kind != "application/json" or (signature and not signature.json):
        raise SlackError("invalid_post_type")
    try:
        given = read_json(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(given, dict):
        raise SlackError("json_not_object")
    return given, False


def _form(body: bytes) -> Json:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise SlackError("invalid_form_data") from None

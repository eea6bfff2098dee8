"""``files.*``, and the two addresses beside the Web API: where bytes go up and come down."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from infra.desk.arguments import Arguments
from infra.desk.errors import SlackError
from infra.desk.traffic import carried
from infra.desk.workspace import Workspace

Json = dict[str, Any]

_LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"


def upload_url(workspace: Workspace, arguments: Arguments) -> Json:
    """Where the bytes of a new file are to be sent, before ``complete_upload``."""
    length = arguments.number("length", 0, most=10**9)
    file_id, token = workspace.files.reserve(arguments.text("filename"), length, workspace.bot.id)
    return {"upload_url": f"{workspace.url}upload/{token}", "file_id": file_id}


def complete_upload(workspace: Workspace, arguments: Arguments) -> Json:
    """End the upload of files; with a channel's id they are posted there in one message."""
    given = arguments.structure("files", "invalid_arguments")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise SlackError.of_arguments("must be an array of files [json-pointer:/files]")
    titles = {str(one.get("id", "")): one.get("title") for one in given}
    channel, comment = arguments.optional("channel_id"), arguments.optional("initial_comment")
    # A person's id is no place for files, as it is for messages.
    place = workspace.to_post_in(workspace.conversation(channel).id) if channel else None
    files = workspace.files.complete(titles)
    if place:
        workspace.messages.post(place.id, {"text": comment or "", "files": files, "upload": True})
    return {"files": files}


def info(workspace: Workspace, arguments: Arguments) -> Json:
    """One file."""
    return {"file": workspace.files.info(arguments.text("file")), "comments": []}


def routes(workspace: Workspace) -> list[Route]:
    """The routes beside the Web API."""

    async def upload(request: Request) -> ASGIApp:
        content = await request.body()
        return await carried(
            workspace.faults, lambda: _uploaded(workspace, request.path_params["token"], content)
        )

    async def download(request: Request) -> ASGIApp:
        return await carried(workspace.faults, lambda: _downloaded(workspace, request))

    return [
        Route("/upload/{token}", upload, methods=["POST"]),
        Route("/files-pri/{place}/download/{name}", download, methods=["GET"]),
        Route("/files-pri/{place}/{name}", download, methods=["GET"]),
    ]


def _uploaded(workspace: Workspace, token: str, content: bytes) -> Response:
    try:
        workspace.files.receive(token, content)
    except SlackError as refused:
        return PlainTextResponse(refused.code, 404 if refused.code == "file_not_found" else 400)
    return PlainTextResponse(f"OK - {len(content)}")


def _downloaded(workspace: Workspace, request: Request) -> Response:
    """The bytes; whoever may not have them is shown a page to sign in, with 200, as by Slack."""
    shown = request.headers.get("authorization", "")
    file_id = request.path_params["place"].rpartition("-")[2]
    if shown != f"Bearer {workspace.bot_token}" or "files:read" not in workspace.scopes:
        return HTMLResponse(_LOGIN)
    try:
        told, content = workspace.files.info(file_id), workspace.files.content(file_id)
    except SlackError as refused:
        return PlainTextResponse(refused.code, 404)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(told['name'])}",
        "x-content-type-options": "nosniff",
    }
    return Response(content, 200, headers, told["mimetype"])

"""POST /slack/events: everything that Slack tells us, through Bolt."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.app import build_app
from bot.face import Face
from functions.answers import Response
from functions.http import Event, body_of, headers_of, route
from functions.observed import logger
from opendata import wiring
from opendata.adapters.platform_webhook import LIMIT
from opendata.rules.errors import BadSignature, NotJson, TooLarge

# Slack's verifier raises on what these cannot be, and Bolt reads a body before it verifies it; a
# stranger's nonsense is a 401, not a 500.
_SIGNED = ("request-timestamp", "signature")
OK = 200
_INSTANT = re.compile(r"[0-9]{1,12}")


# What Bolt and our refusals read of a body before a listener's own errors are caught. It is in
# every body of Slack's; where it is not, nobody is there to be told.
_WHO = {"user": {"id": str}}
_VIEW = {"view": {"type": str, "callback_id": str, "blocks": [{"type": str}]}}
_SHAPES: Mapping[str | None, Any] = {
    None: {"command": str, "user_id": str},
    "block_actions": _WHO | {"actions": [{"type": str, "action_id": str, "block_id": str}]},
    "view_submission": _WHO | _VIEW,
    "view_closed": _WHO | _VIEW,
    "event_callback": {"event": {"type": str}},
}


@cache
def app() -> App:
    """The Bolt app of this process."""
    return build_app(
        Face(
            wiring.desk(),
            new_id=lambda: uuid.uuid4().hex[:8],
            charts=wiring.settings().slack_charts,
        ),
        token=wiring.slack_bot_token(),
        signing_secret=wiring.slack_signing_secret(),
        api_url=wiring.settings().slack_api_url,
        team_id=wiring.settings().slack_team_id,
    )


@route
def handler(event: Event, _context: Any) -> Response:
    """Verify Slack's signature, hand the request to Bolt, answer what Bolt answers.

    Headers of Bolt's own are dropped: anybody may add them, and they would skip the ack.
    """
    raw, headers = body_of(event), headers_of(event)
    if len(raw) > LIMIT:
        raise TooLarge(limit=LIMIT)
    text = raw.decode(errors="replace")
    timestamp, signature = (headers.get(f"x-slack-{name}", "") for name in _SIGNED)
    if not (_INSTANT.fullmatch(timestamp) and signature.isascii()):
        raise BadSignature(reason="garbled")
    secret = wiring.slack_signing_secret()
    # Anybody can sign with an empty secret.
    if not secret or not SignatureVerifier(secret).is_valid(text, timestamp, signature):
        raise BadSignature(reason="signature")
    ours = {name: told for name, told in headers.items() if not name.startswith("x-slack-bolt-")}
    told = app().dispatch(_request(text, ours))
    if told.status != OK:
        logger.warning("not handled", extra={"status": told.status})
    return {"statusCode": told.status, "headers": told.first_headers(), "body": told.body}


def _request(text: str, headers: Mapping[str, str]) -> BoltRequest:
    """What Bolt makes of a signed body.

    Raises:
        NotJson: it is not one that Slack would send.
    """
    try:
        request = BoltRequest(body=text, headers=dict(headers))
    except Exception:  # noqa: BLE001  # Bolt reads ids from many places, and any may be something else
        raise NotJson from None
    if not _fits(_shape_of(request.body), request.body):
        raise NotJson
    return request


def _shape_of(body: Mapping[str, Any]) -> Any:
    """What a body of its type holds; of types that nobody listens to, nothing is asked."""
    kind = body.get("type")
    if "ssl_check" in body:
        return {}
    if kind is not None and not isinstance(kind, str):
        return {"type": str}
    inside: dict[str, Any] = {"view": dict} if body.get("view") else {}
    inside |= {"response_url": str} if body.get("response_url") else {}
    return inside | _SHAPES.get(kind, {})


def _fits(shape: Any, told: Any) -> bool:
    """Whether a value has a shape: a type, or a dict or list of shapes."""
    match shape:
        case dict():
            return isinstance(told, dict) and all(
                _fits(inner, told.get(name)) for name, inner in shape.items()
            )
        case [each]:
            return isinstance(told, list) and bool(told) and all(_fits(each, one) for one in told)
        case _:
            return isinstance(told, shape)

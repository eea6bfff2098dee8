"""POST /slack/events: everything that Slack tells us, through Bolt."""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.app import build_app
from bot.face import Face
from functions.answers import Response
from functions.http import Event, body_of, headers_of, route
from opendata import wiring
from opendata.adapters.platform_webhook import LIMIT
from opendata.rules.errors import BadSignature, TooLarge

# Slack's verifier raises on what these cannot be, and Bolt reads a body before it verifies it; a
# stranger's nonsense is a 401, not a 500.
_SIGNED = ("request-timestamp", "signature")
_INSTANT = re.compile(r"[0-9]{1,12}")


@cache
def app() -> App:
    """The Bolt app of this process."""
    return build_app(
        Face(wiring.desk(), new_id=lambda: uuid.uuid4().hex[:8]),
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
    told = app().dispatch(BoltRequest(body=text, headers=dict(ours)))
    return {"statusCode": told.status, "headers": told.first_headers(), "body": told.body}

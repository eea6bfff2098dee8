"""POST /webhooks/feedback: the platform tells of an opinion; signed as Standard Webhooks."""

from __future__ import annotations

import hashlib
from typing import Any

from functions.answers import Response, answer
from functions.http import Event, body_of, headers_of, route
from functions.observed import publish
from opendata import wiring
from opendata.adapters.platform_webhook import LIMIT, load, understand
from opendata.adapters.standard_webhooks import verify
from opendata.desk.intake import receive
from opendata.rules.errors import TooLarge


@route
def handler(event: Event, _context: Any) -> Response:
    """Size, signature, form, then intake; 202 if it was news, 200 if it was known.

    The store is touched last: whoever has not signed learns nothing of how it is.
    """
    body = body_of(event)
    if len(body) > LIMIT:
        raise TooLarge(limit=LIMIT)
    webhook = verify(headers_of(event), body, wiring.webhook_secrets(), wiring.now())
    told, fingerprint = load(body), hashlib.sha256(body).hexdigest()
    desk = wiring.desk()
    taken = receive(desk, lambda: understand(told, desk.now()), webhook, fingerprint)
    publish(**{"WebhooksKnown" if taken.known else "WebhooksTaken": 1})
    return answer(200 if taken.known else 202, taken.body)

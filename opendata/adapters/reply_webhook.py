"""The outgoing webhook, signed as Standard Webhooks; redirects are not followed."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import datetime
from http.client import HTTPException

from opendata.adapters.secrets import secret
from opendata.adapters.standard_webhooks import sign
from opendata.rules.errors import Rejected, Unavailable

SECONDS = 10
_LATER = frozenset({408, 425, 429})
"""What of 4xx says: not now."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was approved is for one address, not for whoever that sends it to."""

    def redirect_request(self, *_: object) -> None:
        return None


class ReplyWebhook:
    """Posts to one address."""

    def __init__(self, url: str, key: str) -> None:
        """``key`` is a ``whsec_…``, or the ARN of one; it is asked for when it is needed."""
        self._url, self._key = url, key

    def __call__(self, webhook: str, body: bytes, at: datetime) -> None:
        """See ``Announcer``; ``at`` is signed with the body.

        Raises:
            Rejected: it says no, or sends elsewhere; Unavailable: it does not answer, or not now.
        """
        headers = {**sign(secret(self._key), webhook, at, body), "content-type": "application/json"}
        asked = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310  # settings allow https and loopback
        try:
            with urllib.request.build_opener(_NoRedirect).open(asked, timeout=SECONDS):
                return
        except urllib.error.HTTPError as refused:
            refused.close()
            kind = Unavailable if refused.code >= 500 or refused.code in _LATER else Rejected
            raise kind(what="reply_webhook") from refused
        except (OSError, HTTPException) as error:
            raise Unavailable(what="reply_webhook") from error

"""Standard Webhooks v1: signing and verifying. What a delivery says stands in ``platform_webhook``.

The verifier is total: whatever a stranger sends, it gives the webhook-id or raises BadSignature.
Source: the Standard Webhooks specification 1.0 (symmetric signatures, ``whsec_`` secrets).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from opendata.rules.errors import BadSignature

TOLERANCE = 300
PREFIX = "whsec_"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
MOST_SIGNATURES = 10
# Printable ASCII without a dot, which separates what is signed.
_ID = re.compile(r"[!-\-/-~]{1,255}")
# One way to write an instant: no sign, no fraction, no leading zero.
_INSTANT = re.compile(r"[1-9][0-9]{0,11}")


class MalformedSecretError(ValueError):
    """A configured secret is no ``whsec_`` and base64; says which by position, never its value."""


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """The webhook-id of a delivery that one of our secrets has signed.

    Args:
        headers: by name, in any case.
        body: the bytes as they came.
        secrets: ``whsec_…``; several at once while they are rotated.
        now: aware; a timestamp may be 300 seconds off either way.

    Raises:
        BadSignature: with the reason as a code.
        MalformedSecretError: of our own configuration.
    """
    told = {name.lower(): value for name, value in headers.items()}
    id_, timestamp = told.get(ID, ""), told.get(TIMESTAMP, "")
    if not _ID.fullmatch(id_):
        raise BadSignature(reason="id")
    if not _INSTANT.fullmatch(timestamp):
        raise BadSignature(reason="timestamp")
    if abs(int(timestamp) - now.timestamp()) > TOLERANCE:
        raise BadSignature(reason="too_old")
    given = list(_signatures(told.get(SIGNATURE, "")))
    if not given:
        raise BadSignature(reason="signature")
    expected = [_mac(key, id_, timestamp, body) for key in keys_of(secrets)]
    # Every pair is compared, so that the time taken tells nothing about which one matched.
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    if not any(matches):
        raise BadSignature(reason="signature")
    return id_


def sign(secret: str, id_: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a delivery."""
    (key,) = keys_of([secret])
    seconds = str(int(timestamp.timestamp()))
    signature = base64.b64encode(_mac(key, id_, seconds, body)).decode()
    return {ID: id_, TIMESTAMP: seconds, SIGNATURE: f"v1,{signature}"}


def new_secret(random: Callable[[int], bytes]) -> str:
    """A fresh secret of 32 bytes from a source of randomness."""
    return PREFIX + base64.b64encode(random(32)).decode()


def _mac(key: bytes, id_: str, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, hashlib.sha256)


def _signatures(header: str) -> Iterable[bytes]:
    """The v1 signatures of a header; whatever else stands there is passed over."""
    for part in header.split(" ", MOST_SIGNATURES)[:MOST_SIGNATURES]:
        version, _, value = part.partition(",")
        if version == "v1" and value.isascii():
            try:
                yield base64.b64decode(value, validate=True)
            except binascii.Error:
                continue


def keys_of(secrets: Sequence[str]) -> list[bytes]:
    """The bytes that configured secrets stand for.

    Raises:
        MalformedSecretError: one is no ``whsec_`` and base64.
    """
    keys = []
    for n, secret in enumerate(secrets, 1):
        try:
            key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not secret.startswith(PREFIX) or not key:
            raise MalformedSecretError(f"webhook secret {n} is not whsec_ and base64")
        keys.append(key)
    return keys

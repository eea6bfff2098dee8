"""Sends letters as signed webhooks, one after the other; what became of each is told.

Running again is safe: ids derive from the bodies, so what has arrived is known there.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.console import Console
from opendata.adapters.feedback_files import Letter, read_feedback
from opendata.adapters.standard_webhooks import sign
from opendata.rules.errors import Fault, Invalid, Unavailable
from opendata.wiring import now

PATH = "/webhooks/feedback"
TRIES, WAIT, TIMEOUT = 5, 2.0, 30
TAKEN, KNOWN, AWAY = 202, 200, 503
EVERY = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a letter was answered."""

    status: int
    body: Mapping[str, Any]


def run(file: Path, to: str, secret: str, posted_at: datetime | None, out: Console) -> int:
    """Send an exported list.

    Args:
        file: the list.
        to: address of the desk, without the path.
        secret: ``whsec_…``.
        posted_at: for rows without a time.
        out: where progress and refusals are told.

    Returns:
        The exit code: 0 all in, 1 some rows refused, 2 nothing done.

    Raises:
        Invalid: the file cannot be read, or ``to`` is no address.
        Unavailable: nobody answers; what was sent has arrived, run again for the rest.
    """
    if not to.startswith(("http://", "https://")):
        raise Invalid(Fault("to", "not_an_address", (("text", to),)))
    letters, faults = read_feedback(file.read_bytes(), posted_at)
    for row in faults:
        out.fault(row.line, row.fault)
    counts = {TAKEN: 0, KNOWN: 0}
    refused = len({row.line for row in faults})
    for n, letter in enumerate(letters, 1):
        answer = post(letter, to, secret)
        if answer.status in counts:
            counts[answer.status] += 1
        else:
            refused += 1
            out.say("send.refused", line=letter.line, reason=reason(answer))
        if n % EVERY == 0:
            out.say("send.progress", n=n, of=len(letters))
    out.say("send.done", taken=counts[TAKEN], known=counts[KNOWN], refused=refused)
    if not refused:
        return 0
    return 1 if sum(counts.values()) else 2


def post(
    letter: Letter, to: str, secret: str, sleep: Callable[[float], None] = time.sleep
) -> Answer:
    """Send one letter; while the desk is away it is tried a few times.

    Raises:
        Unavailable: it stays away.
    """
    for _ in range(TRIES):
        headers = sign(secret, letter.webhook, now(), letter.body)
        headers["content-type"] = "application/json"
        request = urllib.request.Request(f"{to.rstrip('/')}{PATH}", letter.body, headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as told:
                return Answer(told.status, json.load(told))
        except urllib.error.HTTPError as refused:
            if refused.code != AWAY:
                return Answer(refused.code, _json(refused.read()))
            sleep(float(refused.headers.get("retry-after") or WAIT))
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            sleep(WAIT)
    raise Unavailable(what=to)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def reason(answer: Answer) -> str:
    """Why a letter was refused, in the desk's own words."""
    errors: Iterable[Mapping[str, str]] = answer.body.get("errors", ())
    told = "；".join(f"{one['pointer']} {one['message']}" for one in errors)
    return told or str(answer.body.get("message", f"HTTP {answer.status}"))

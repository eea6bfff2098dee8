"""Sends letters as signed webhooks, one after the other; what became of each is told.

Running again is safe: ids derive from the bodies, so what has arrived is known there.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.console import Console
from opendata.adapters.feedback_files import Letter, read_feedback
from opendata.adapters.standard_webhooks import MalformedSecretError, sign
from opendata.rules.errors import Fault, Invalid, Unavailable
from opendata.settings import SettingsError
from opendata.wiring import now

PATH = "/webhooks/feedback"
TRIES, WAIT, LONGEST_WAIT, TIMEOUT = 5, 2.0, 60.0, 30
TAKEN, KNOWN = 202, 200
AWAY = frozenset({429, 502, 503, 504})
"""Answers of a desk, or of what stands before it, that is away for a moment."""
OF_ONE_LETTER = frozenset({400, 409, 413, 422, 500})
"""Refusals of a letter; any other holds for all of them: a wrong secret, a wrong address."""
EVERY = 20
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a letter was answered."""

    status: int
    body: Mapping[str, Any]

    @property
    def arrived(self) -> bool:
        """A desk has the letter: it names the cases, which no other page does."""
        return self.status in (TAKEN, KNOWN) and "cases" in self.body


def run(
    file: Path,
    to: str,
    secret: str,
    posted_at: datetime | None,
    out: Console,
    sleep: Sleep = time.sleep,
) -> int:
    """Send an exported list.

    Args:
        file: the list.
        to: address of the desk, without the path.
        secret: ``whsec_…``.
        posted_at: for rows without a time.
        out: where progress and refusals are told.
        sleep: waits so many seconds for a desk that is away.

    Returns:
        The exit code: 0 all in, 1 some not, 2 nothing done.

    Raises:
        Invalid: the file cannot be read, or ``to`` is no address.
        SettingsError: the secret has not the form of one, or nobody answers at all.
    """
    if not _is_address(to):
        raise Invalid(Fault("to", "not_an_address", (("text", to),)))
    letters, faults = read_feedback(file.read_bytes(), posted_at)
    for row in faults:
        out.fault(row.line, row.fault)
    counts = {TAKEN: 0, KNOWN: 0}
    try:
        for answer in _answers(letters, to, secret, out, sleep):
            counts[answer.status] += 1
    except Unavailable as away:
        if not sum(counts.values()):
            raise SettingsError(out.sentence("send.nobody", to=to)) from None
        out.refuse(away)
    except MalformedSecretError as wrong:
        raise SettingsError(str(wrong)) from None
    arrived = sum(counts.values())
    refused = len(letters) - arrived + len({row.line for row in faults})
    out.say("send.done", taken=counts[TAKEN], known=counts[KNOWN], refused=refused)
    if not refused:
        return 0
    return 1 if arrived else 2


def _is_address(text: str) -> bool:
    try:
        told = urlsplit(text)
        named = bool(told.hostname) and ".." not in (told.hostname or "") and told.port != 0
    except ValueError:
        return False
    return named and told.scheme in ("http", "https") and text.isascii() and text.isprintable()


def _answers(
    letters: Sequence[Letter], to: str, secret: str, out: Console, sleep: Sleep
) -> Iterator[Answer]:
    """The answer to every letter that arrived; the others are told, and what stops them all."""
    for n, letter in enumerate(letters, 1):
        answer = post(letter, to, secret, sleep)
        if answer.arrived:
            yield answer
        else:
            out.say("send.refused", line=letter.line, reason=reason(answer))
            if answer.status not in OF_ONE_LETTER:
                return
        if n % EVERY == 0:
            out.say("send.progress", n=n, of=len(letters))


def post(letter: Letter, to: str, secret: str, sleep: Sleep = time.sleep) -> Answer:
    """Send one letter; while the desk is away it is tried a few times.

    Args:
        letter: what to send; every attempt is signed anew.
        to: address of the desk, without the path.
        secret: ``whsec_…``.
        sleep: waits so many seconds.

    Raises:
        MalformedSecretError: the secret has not the form of one.
        Unavailable: it stays away.
    """
    for tried in range(1, TRIES + 1):
        answer = _attempt(letter, to, secret)
        if isinstance(answer, Answer):
            return answer
        if tried < TRIES:
            sleep(answer)
    raise Unavailable(what=to)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed letter is for the desk it was addressed to, and a redirected POST becomes a GET."""

    def redirect_request(self, *_: object) -> None:
        return None


def _attempt(letter: Letter, to: str, secret: str) -> Answer | float:
    """The answer; from a desk that is away, after how many seconds to ask again."""
    headers = sign(secret, letter.webhook, now(), letter.body)
    headers["content-type"] = "application/json"
    request = urllib.request.Request(f"{to.rstrip('/')}{PATH}", letter.body, headers)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as told:
            return Answer(told.status, _json(told.read()))
    except urllib.error.HTTPError as refused:
        with refused:
            if refused.code in AWAY:
                return _wait(refused.headers.get("retry-after"))
            return Answer(refused.code, _json(refused.read()))
    except (OSError, HTTPException):
        return WAIT


def _wait(told: str | None) -> float:
    """Retry-After in seconds, within reason; its other form, a date, counts as none."""
    return min(float(told), LONGEST_WAIT) if told and told.isdecimal() else WAIT


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def reason(answer: Answer) -> str:
    """Why a letter was refused, in the desk's own words."""
    errors = answer.body.get("errors")
    faults = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    told = "；".join(f"{one.get('pointer', '')} {one.get('message', '')}" for one in faults)
    return told or str(answer.body.get("message", f"HTTP {answer.status}"))
